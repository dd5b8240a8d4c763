"""TensorFlow's pooling by sliding windows, under the names that it has."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, TypeAlias

import numpy as np

from poolkit._arguments import OneOrPerAxis, per_axis
from poolkit._errors import ArgumentError, ArgumentTypeError, UnsupportedError, message
from poolkit.dialects.layer import Layer
from poolkit.dialects.tensorflow_reducers import Kind
from poolkit.dialects.tensorflow_windows import (
    SHAPES,
    is_channels_last,
    paddings_of,
    pooling,
    sliding_layer,
    spatial_of,
)

__all__ = ["avg_pool", "max_pool", "of_rank", "pool", "raw_max_pool"]

Padding: TypeAlias = str | Sequence[Sequence[int]]


def max_pool(
    x: object,
    /,
    ksize: OneOrPerAxis,
    strides: OneOrPerAxis,
    padding: Padding,
    data_format: str | None = None,
    name: str | None = None,
    *,
    rank: int,
) -> Layer:
    """Return what ``tf.nn.max_pool`` gives for arrays (N, *spatial, C)."""
    del x, name
    layer = pooling("max", spatial_of(rank), ksize, strides, padding, data_format)
    return _with_layout(layer, data_format) if rank == 5 else layer


def avg_pool(
    x: object,
    /,
    ksize: OneOrPerAxis,
    strides: OneOrPerAxis,
    padding: str,
    data_format: str | None = None,
    name: str | None = None,
    *,
    rank: int,
) -> Layer:
    """Return what ``tf.nn.avg_pool`` gives for arrays (N, *spatial, C)."""
    del x, name
    layer = pooling("mean", spatial_of(rank), ksize, strides, padding, data_format)
    return _with_layout(layer, data_format) if rank > 3 else layer


def _with_layout(layer: Layer, data_format: str | None) -> Layer:
    """Return a layer whose gradient asks for the layout's name, and fails on None."""
    return replace(layer, has_gradient=False) if data_format is None else layer


def of_rank(kind: Kind, spatial: int, name: str) -> Callable[..., Layer]:
    """Return the function of a name in ``tf`` that pools so many axes."""

    def pool_axes(
        x: object,
        /,
        ksize: OneOrPerAxis,
        strides: OneOrPerAxis,
        padding: Padding,
        data_format: str | None = None,
        name: str | None = None,
        *,
        rank: int,
    ) -> Layer:
        del x, name
        return pooling(kind, spatial_of(rank, spatial), ksize, strides, padding, data_format)

    pool_axes.__name__ = pool_axes.__qualname__ = name.rpartition(".")[2]
    pool_axes.__doc__ = f"Return what ``tf.{name}`` gives for arrays {SHAPES[spatial]}."
    return pool_axes


def raw_max_pool(
    x: object,
    /,
    ksize: OneOrPerAxis,
    strides: OneOrPerAxis,
    padding: str,
    explicit_paddings: Sequence[int] = (),
    data_format: str = "NHWC",
    *,
    rank: int,
) -> Layer:
    """Return what ``tf.raw_ops.MaxPool`` gives for arrays (N, H, W, C)."""
    del x
    spatial_of(rank, 2)
    pads: Padding = padding
    if isinstance(padding, str) and padding == "EXPLICIT":
        flat = per_axis("explicit_paddings", explicit_paddings, 8, least=0)
        pads = [flat[place : place + 2] for place in range(0, 8, 2)]
    elif not isinstance(explicit_paddings, Sequence) or len(explicit_paddings) > 0:
        wanted = "be left out unless padding is EXPLICIT"
        raise ArgumentError(message("explicit_paddings", wanted, explicit_paddings))
    return pooling("max", 2, ksize, strides, pads, data_format)


def pool(
    x: object,
    /,
    window_shape: Sequence[int],
    pooling_type: str,
    strides: Sequence[int] | None = None,
    padding: Padding = "VALID",
    data_format: str | None = None,
    dilations: Sequence[int] | None = None,
    name: str | None = None,
    dilation_rate: Sequence[int] | None = None,
    *,
    rank: int,
) -> Layer:
    """Return what ``tf.nn.pool`` gives for arrays (N, *spatial, C)."""
    del x, name
    spatial = spatial_of(rank)
    sizes = _of_sequence("window_shape", window_shape, spatial)
    kinds: dict[str, Kind] = {"MAX": "max", "AVG": "mean"}
    if not isinstance(pooling_type, str) or pooling_type not in kinds:
        raise ArgumentError(message("pooling_type", "be MAX or AVG", repr(pooling_type)))
    kind = kinds[pooling_type]
    rates = dilation_rate if dilations is None else dilations
    apart = (1,) * spatial if rates is None else _of_sequence("dilations", rates, spatial)
    steps = (1,) * spatial if strides is None else _of_sequence("strides", strides, spatial)
    is_dilated = max(apart) > 1
    if max(steps) > 1 and is_dilated:
        raise ArgumentError(message("strides", "be 1 where dilations are not", steps))
    if isinstance(padding, str) and padding == "SAME" and is_dilated:
        raise ArgumentError(message("padding", "be VALID where dilations are not 1", padding))
    if any(step > size for step, size in zip(steps, sizes, strict=True)):
        raise ArgumentError(message("strides", f"be at most the window, {sizes}", steps))
    channels_last = is_channels_last(data_format, spatial)
    if not isinstance(padding, str) and is_dilated:
        raise UnsupportedError("TensorFlow pads dilated windows with 0, not with nothing.")
    # Padded explicitly, one pooled axis is made two, the first of length 1.
    is_widened = spatial == 1 and not isinstance(padding, str)
    pads = paddings_of(kind, padding, 2 if is_widened else spatial, channels_last=channels_last)
    if is_widened:
        none, *left = pads
        pads = tuple(left)
        if none != (0, 0):
            wanted = "hold 4 pairs, the second one of 0"
            raise ArgumentError(message("padding", wanted, padding))
    return sliding_layer(kind, sizes, steps, pads, apart, channels_last=channels_last)


def _of_sequence(name: str, value: Any, spatial: int) -> tuple[int, ...]:
    """Return one integer per axis of a sequence, refusing a number alone."""
    if isinstance(value, str) or not isinstance(value, Sequence | np.ndarray):
        raise ArgumentTypeError(message(name, "be a sequence", repr(value)))
    return per_axis(name, tuple(value), spatial, least=1)
