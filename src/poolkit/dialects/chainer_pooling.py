"""Chainer's maxima and averages of windows, and pyramids of them."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from poolkit._arguments import OneOrPerAxis, boolean, per_axis
from poolkit._errors import ArgumentError, ArgumentTypeError, message
from poolkit.dialects.chainer_windows import spatial_of, windows_of
from poolkit.dialects.layer import Answer, Layer
from poolkit.dialects.numbering import within_window
from poolkit.geometry import DifferenceSliding, Plan
from poolkit.reducers import ComparedMax, Mean, Reducer
from poolkit.reducers.dtypes import DType
from poolkit.reducers.reducer import Array

__all__ = [
    "average_pooling_1d",
    "average_pooling_2d",
    "average_pooling_3d",
    "average_pooling_nd",
    "max_pooling_1d",
    "max_pooling_2d",
    "max_pooling_3d",
    "max_pooling_nd",
    "spatial_pyramid_pooling_2d",
]

TALLEST_PYRAMID = 12
"""Levels of a pyramid: the last one has 2¹¹ windows on each axis."""


def for_floats(reducer: Reducer) -> Callable[[DType], Reducer]:
    def of(dtype: DType) -> Reducer:
        if dtype.kind != "f":
            raise ArgumentTypeError(message("x", "hold floats", dtype))
        return reducer

    return of


def _refuse_emptiness(plan: Plan) -> None:
    if 0 in plan.shape:
        raise ArgumentError(message("x", "hold an element", plan.shape))


def offsets(plan: Plan, indices: Array) -> Array:
    """Return offsets within the windows; 0 where the padding was chosen."""
    return np.maximum(within_window(plan, indices), 0)


def max_pooling(
    spatial: int,
    ksize: OneOrPerAxis,
    stride: OneOrPerAxis | None,
    pad: OneOrPerAxis,
    cover_all: bool,
    return_indices: bool,
) -> Layer:
    return Layer(
        windows_of(spatial, ksize, stride, pad, cover_all),
        for_floats(ComparedMax()),
        offsets if boolean("return_indices", return_indices) else None,
        check=_refuse_emptiness,
        padding_is_chosen=True,
    )


def max_pooling_nd(
    x: object,
    /,
    ksize: OneOrPerAxis,
    stride: OneOrPerAxis | None = None,
    pad: OneOrPerAxis = 0,
    cover_all: bool = True,
    return_indices: bool = False,
    *,
    rank: int,
) -> Layer:
    """Return what ``chainer.functions.max_pooling_nd`` gives for arrays (N, C, *spatial)."""
    del x
    return max_pooling(spatial_of(rank), ksize, stride, pad, cover_all, return_indices)


def max_pooling_1d(
    x: object,
    /,
    ksize: OneOrPerAxis,
    stride: OneOrPerAxis | None = None,
    pad: OneOrPerAxis = 0,
    cover_all: bool = True,
    return_indices: bool = False,
    *,
    rank: int,
) -> Layer:
    """Return what ``chainer.functions.max_pooling_1d`` gives for arrays (N, C, L)."""
    del x
    return max_pooling(spatial_of(rank, 1), ksize, stride, pad, cover_all, return_indices)


def max_pooling_2d(
    x: object,
    /,
    ksize: OneOrPerAxis,
    stride: OneOrPerAxis | None = None,
    pad: OneOrPerAxis = 0,
    cover_all: bool = True,
    return_indices: bool = False,
    *,
    rank: int,
) -> Layer:
    """Return what ``chainer.functions.max_pooling_2d`` gives for arrays (N, C, H, W)."""
    del x
    return max_pooling(spatial_of(rank, 2), ksize, stride, pad, cover_all, return_indices)


def max_pooling_3d(
    x: object,
    /,
    ksize: OneOrPerAxis,
    stride: OneOrPerAxis | None = None,
    pad: OneOrPerAxis = 0,
    cover_all: bool = True,
    return_indices: bool = False,
    *,
    rank: int,
) -> Layer:
    """Return what ``chainer.functions.max_pooling_3d`` gives for arrays (N, C, D, H, W)."""
    del x
    return max_pooling(spatial_of(rank, 3), ksize, stride, pad, cover_all, return_indices)


def _average_pooling(
    spatial: int,
    ksize: OneOrPerAxis,
    stride: OneOrPerAxis | None,
    pad: OneOrPerAxis,
    pad_value: int | None,
) -> Layer:
    if pad_value is not None and (isinstance(pad_value, str) or pad_value != 0):
        raise ArgumentError(message("pad_value", "be 0 or None", repr(pad_value)))
    windows = windows_of(spatial, ksize, stride, pad, cover_all=False, kind=DifferenceSliding)
    reducer = Mean("valid" if pad_value is None else "window")
    return Layer(windows, for_floats(reducer), check=_refuse_emptiness)


def average_pooling_nd(
    x: object,
    /,
    ksize: OneOrPerAxis,
    stride: OneOrPerAxis | None = None,
    pad: OneOrPerAxis = 0,
    pad_value: int | None = 0,
    *,
    rank: int,
) -> Layer:
    """Return what ``chainer.functions.average_pooling_nd`` gives for arrays (N, C, *spatial)."""
    del x
    return _average_pooling(spatial_of(rank), ksize, stride, pad, pad_value)


def average_pooling_1d(
    x: object,
    /,
    ksize: OneOrPerAxis,
    stride: OneOrPerAxis | None = None,
    pad: OneOrPerAxis = 0,
    pad_value: int | None = 0,
    *,
    rank: int,
) -> Layer:
    """Return what ``chainer.functions.average_pooling_1d`` gives for arrays (N, C, L)."""
    del x
    return _average_pooling(spatial_of(rank, 1), ksize, stride, pad, pad_value)


def average_pooling_2d(
    x: object,
    /,
    ksize: OneOrPerAxis,
    stride: OneOrPerAxis | None = None,
    pad: OneOrPerAxis = 0,
    *,
    rank: int,
) -> Layer:
    """Return what ``chainer.functions.average_pooling_2d`` gives for arrays (N, C, H, W)."""
    del x
    return _average_pooling(spatial_of(rank, 2), ksize, stride, pad, 0)


def average_pooling_3d(
    x: object,
    /,
    ksize: OneOrPerAxis,
    stride: OneOrPerAxis | None = None,
    pad: OneOrPerAxis = 0,
    pad_value: int | None = 0,
    *,
    rank: int,
) -> Layer:
    """Return what ``chainer.functions.average_pooling_3d`` gives for arrays (N, C, D, H, W)."""
    del x
    return _average_pooling(spatial_of(rank, 3), ksize, stride, pad, pad_value)


@dataclass(frozen=True)
class Pyramid:
    """Maxima over ever finer shares of a plane, one behind the other as channels.

    Attributes
    ----------
    height : int
        The number of levels; level i has about 2ⁱ windows on each axis.
    """

    height: int

    def level(self, number: int, lengths: tuple[int, ...]) -> Layer:
        """Return the pooling of one level, for planes of these lengths."""
        count = 2**number
        sizes = [-(-n // count) for n in lengths]
        pads = [(size * count - n) // 2 for size, n in zip(sizes, lengths, strict=True)]
        return max_pooling(2, sizes, None, pads, cover_all=True, return_indices=False)

    def answer(self, x: Array) -> Answer:
        """Return the output for an array (N, C, H, W)."""
        levels = [self.level(number, x.shape[2:]).answer(x) for number in range(self.height)]
        flat = [level.y.reshape(len(x), -1, 1, 1) for level in levels]
        ends = np.cumsum([0, *(part.shape[1] for part in flat)])

        def pull_back(gradient: Array) -> Array:
            total = np.zeros_like(x)
            for level, (begin, end) in zip(levels, pairwise(ends), strict=True):
                assert level.pull_back is not None
                total += level.pull_back(gradient[:, begin:end].reshape(level.y.shape))
            return total

        return Answer(np.concatenate(flat, axis=1), pull_back=pull_back)


def spatial_pyramid_pooling_2d(
    x: object,
    /,
    pyramid_height: int,
    pooling: str | None = None,
    *,
    rank: int,
) -> Pyramid:
    """Return what ``chainer.functions.spatial_pyramid_pooling_2d`` gives for (N, C, H, W)."""
    del x
    spatial_of(rank, 2)
    (height,) = per_axis("pyramid_height", pyramid_height, 1, least=1)
    if height > TALLEST_PYRAMID:
        wanted = f"be at most {TALLEST_PYRAMID}"
        raise ArgumentError(message("pyramid_height", wanted, height))
    if pooling != "max":
        raise ArgumentError(message("pooling", 'be "max"', repr(pooling)))
    return Pyramid(height)
