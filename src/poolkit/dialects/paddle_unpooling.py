"""Paddle's maxima put back where they were found."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from poolkit._arguments import OneOrPerAxis, per_axis
from poolkit._errors import ArgumentError, ArgumentTypeError, message
from poolkit.dialects.layer import Answer, Shape
from poolkit.dialects.paddle_windows import CHANNELS_FIRST, axes_of, integers, paddings
from poolkit.ops.unpooling import pick, place
from poolkit.reducers.reducer import Array

__all__ = ["Unpooling", "max_unpool1d", "max_unpool2d", "max_unpool3d"]


@dataclass(frozen=True)
class Unpooling:
    """Maxima put back where they were found.

    Attributes
    ----------
    kernel_size, stride, padding : tuple of int
        Axis by axis, those of the pooling.
    output_size : tuple of int, or None
        The lengths of the pooled axes; by default the shortest that the pooling has.
    """

    kernel_size: tuple[int, ...]
    stride: tuple[int, ...]
    padding: tuple[int, ...]
    output_size: tuple[int, ...] | None

    def answer(self, x: Array, indices: Array) -> Answer:
        """Return the output for maxima (N, C, *spatial), and their row-major indices."""
        spatial = len(self.kernel_size)
        axes = axes_of(spatial, x.ndim)
        if x.dtype.kind != "f":
            raise ArgumentTypeError(message("x", "hold floats", x.dtype))
        if indices.dtype not in (np.int32, np.int64):
            raise ArgumentTypeError(message("indices", "hold int32 or int64", indices.dtype))
        lengths = self._lengths(x.shape[2:])
        if 0 in lengths:
            nothing = np.zeros((*x.shape[:2], *lengths), x.dtype)
            return Answer(nothing, pull_back=lambda gradient: np.zeros_like(x))
        y = place(x, indices, lengths, axes)
        return Answer(y, pull_back=lambda gradient: pick(np.asarray(gradient), indices, axes))

    def _lengths(self, shape: Shape) -> tuple[int, ...]:
        usual = tuple(
            (n - 1) * s + k - 2 * p
            for n, k, s, p in zip(shape, self.kernel_size, self.stride, self.padding, strict=True)
        )
        lengths = usual if self.output_size is None else self.output_size
        for length, default, step in zip(lengths, usual, self.stride, strict=True):
            if not default - step < length < default + step:
                wanted = f"lie between {default - step} and {default + step}, exclusive"
                raise ArgumentError(message("output_size", wanted, length))
        if min(lengths) < 0:
            raise ArgumentError(message("padding", "leave an output", f"one of {lengths}"))
        return lengths


def _max_unpool(
    spatial: int,
    kernel_size: OneOrPerAxis,
    stride: OneOrPerAxis | None,
    padding: object,
    data_format: str,
    output_size: Sequence[int] | None,
) -> Unpooling:
    sizes = per_axis("kernel_size", kernel_size, spatial, least=1)
    strides = sizes if stride is None else per_axis("stride", stride, spatial, least=1)
    if data_format != CHANNELS_FIRST[spatial]:
        raise ArgumentError(message("data_format", f"be {CHANNELS_FIRST[spatial]}", data_format))
    if spatial == 1:
        named = paddings(padding, 1, False, False)
        # Of sides padded unlike, Paddle reads those of the axis that it puts before.
        pair = (0, 0) if isinstance(named, str) else named[0]
        pads: tuple[int, ...] = (pair[0] if pair[0] == pair[1] else 0,)
    else:
        pads = integers(padding, spatial, "be an integer, or one for each pooled axis")
    lengths = None
    if output_size is not None:
        wanted = f"hold {spatial} or {spatial + 2} integers"
        if spatial == 1:
            wanted = "hold 3 integers, for batch and channels too"
        if not isinstance(output_size, Sequence) or isinstance(output_size, str):
            raise ArgumentTypeError(message("output_size", wanted, repr(output_size)))
        if len(output_size) not in ({3} if spatial == 1 else {spatial, spatial + 2}):
            raise ArgumentError(message("output_size", wanted, repr(output_size)))
        lengths = per_axis("output_size", output_size[-spatial:], spatial, least=1)
    return Unpooling(sizes, strides, pads, lengths)


def max_unpool1d(
    x: object,
    indices: object,
    /,
    kernel_size: OneOrPerAxis,
    stride: OneOrPerAxis | None = None,
    padding: object = 0,
    data_format: str = "NCL",
    output_size: Sequence[int] | None = None,
    name: str | None = None,
) -> Unpooling:
    """Return what ``paddle.nn.functional.max_unpool1d`` gives for arrays (N, C, L)."""
    del x, indices, name
    return _max_unpool(1, kernel_size, stride, padding, data_format, output_size)


def max_unpool2d(
    x: object,
    indices: object,
    /,
    kernel_size: OneOrPerAxis,
    stride: OneOrPerAxis | None = None,
    padding: object = 0,
    data_format: str = "NCHW",
    output_size: Sequence[int] | None = None,
    name: str | None = None,
) -> Unpooling:
    """Return what ``paddle.nn.functional.max_unpool2d`` gives for arrays (N, C, H, W)."""
    del x, indices, name
    return _max_unpool(2, kernel_size, stride, padding, data_format, output_size)


def max_unpool3d(
    x: object,
    indices: object,
    /,
    kernel_size: OneOrPerAxis,
    stride: OneOrPerAxis | None = None,
    padding: object = 0,
    data_format: str = "NCDHW",
    output_size: Sequence[int] | None = None,
    name: str | None = None,
) -> Unpooling:
    """Return what ``paddle.nn.functional.max_unpool3d`` gives for arrays (N, C, D, H, W)."""
    del x, indices, name
    return _max_unpool(3, kernel_size, stride, padding, data_format, output_size)
