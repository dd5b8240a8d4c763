"""Weighted windows in the compiled kernels."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from math import prod

import numpy as np

from poolkit.engines.engine import memory_order
from poolkit.engines.recipe import kernels, threads_for
from poolkit.engines.taps import (
    MOST_WINDOWS,
    Taps,
    adds_exactly,
    divisors,
    find_taps,
    weighted_parts,
)
from poolkit.geometry import WeightedWindows
from poolkit.reducers.dtypes import DType, as_float, is_half, native
from poolkit.reducers.reducer import Array

__all__ = ["refusal", "weigh"]

PART_ELEMENTS = 2**19
"""Input elements at a time, of arrays that are converted or pooled along three axes or more:
enough for several threads."""

FEW_CHANNELS = 8
"""Fewer, and windows are folded along rows even on the first of two axes."""

TILE_VALUES = 4096
"""Of a row that is folded downwards before it is folded along: 32 KiB, which stay in the cache."""

LEAST_TILE = 16
"""Positions: of shorter tiles, neighbours would have much in common."""

MOST_ALONG = 2**17
"""Values of a tile, of whatever size its windows are: 16 MiB of scratch where eight rows are folded
side by side. Axes of longer windows are folded downwards, without any."""

ELEMENTS = ("float32", "float64", "uint8")
"""What kernels read."""


def refusal(dtype: DType) -> str | None:
    """Return why no kernel serves arrays of a dtype; None if one does."""
    if dtype.kind == "f" and dtype.itemsize > np.dtype(np.float64).itemsize:
        return f"no kernel for {dtype}."
    return None


def weigh(x: Array, windows: Mapping[int, WeightedWindows | Taps]) -> Array:
    """Return the weighted windows of an array, by axis, in an array laid out as it is."""
    order = memory_order(x)
    place_of = {axis: place for place, axis in enumerate(order)}
    ordered = dict(sorted((place_of[axis], each) for axis, each in windows.items()))
    pooled = _weigh(x.transpose(order), ordered)
    return pooled.transpose(np.argsort(order))


def _weigh(x: Array, windows: Mapping[int, WeightedWindows | Taps]) -> Array:
    """Do so for an array whose strides descend."""
    shape = [windows[axis].count if axis in windows else n for axis, n in enumerate(x.shape)]
    pooled = np.empty(shape, native(as_float(x.dtype)))
    if not pooled.size:
        return pooled
    at_once = len(_passes(tuple(windows))) == 1
    if at_once and _is_readable(x) and all(map(_is_described, windows.values())):
        taps = {
            axis: each if isinstance(each, Taps) else find_taps(each)
            for axis, each in windows.items()
        }
        exact = adds_exactly(x.dtype, taps.values())
        if exact or x.dtype.kind == "f":
            _run(x, taps, pooled, exact, _remembered)
            return pooled
    described = lru_cache(maxsize=8)(_describe)
    for part in weighted_parts(x.shape, windows, PART_ELEMENTS):
        given, out = x[part.inputs], pooled[part.outputs]
        exact = adds_exactly(x.dtype, part.taps.values())
        values = np.require(given, _read_as(x.dtype, exact), ["C_CONTIGUOUS", "ALIGNED"])
        result = np.dtype(np.float32 if is_half(x.dtype) else out.dtype)
        if out.flags.c_contiguous and out.dtype == result:
            _run(values, part.taps, out, exact, described)
        else:
            made = np.empty(out.shape, result)
            _run(values, part.taps, made, exact, described)
            out[...] = made
    return pooled


def _is_described(windows: WeightedWindows | Taps) -> bool:
    """Return whether the windows of an axis may be described at once."""
    return isinstance(windows, Taps) or windows.count <= MOST_WINDOWS


def _is_readable(x: Array) -> bool:
    return (
        x.dtype.name in ELEMENTS and x.dtype.isnative and x.flags.c_contiguous and x.flags.aligned
    )


def _read_as(dtype: DType, exact: bool) -> DType:
    """Return what elements are converted to before a kernel reads them."""
    if is_half(dtype) or native(dtype) == np.float32:
        return np.dtype(np.float32)
    if dtype == np.uint8 and exact:
        return dtype
    return np.dtype(np.float64)


def _passes(axes: tuple[int, ...]) -> list[tuple[int, ...]]:
    """Return the axes of each call of a kernel: the last two at once, if they are neighbours."""
    if len(axes) > 1 and axes[-2] + 1 == axes[-1]:
        return [*((axis,) for axis in axes[:-2]), axes[-2:]]
    return [(axis,) for axis in axes]


def _fits_along(taps: Mapping[int, Taps], shape: tuple[int, ...], axis: int) -> bool:
    """Return whether windows of an axis can be folded along rows in a little scratch."""
    reach = max(LEAST_TILE, _reach(taps[axis]))
    return reach * prod(shape[axis + 1 :]) <= MOST_ALONG


@lru_cache(maxsize=32)
def _reach(taps: Taps) -> int:
    """Return how many positions lie from one end of the widest window to the other, or more."""
    if not len(taps.positions):
        return 0
    firsts = taps.positions[np.minimum(taps.starts[:-1], len(taps.positions) - 1)]
    away = np.abs(taps.positions - np.repeat(firsts, np.diff(taps.starts)))
    return 2 * int(away.max()) + 1


def _run(
    x: Array,
    taps: Mapping[int, Taps],
    out: Array,
    exact: bool,
    described: Callable[[Taps, bool, int], "kernels.WeightedAxis"],
) -> None:
    """Weigh a contiguous array into another.

    Elements that add up without rounding are divided last; else every axis is finished before
    the next.
    """
    passes = _passes(tuple(taps))
    if len(passes[-1]) == 2 and not _fits_along(taps, x.shape, passes[-1][-1]):
        passes = [(axis,) for axis in taps]
    for axes in passes:
        is_last = axes == passes[-1]
        shape = list(x.shape)
        for axis in axes:
            shape[axis] = taps[axis].count
        made = out if is_last else np.empty(shape, np.float64)
        inner = prod(x.shape[axes[-1] + 1 :])
        along: kernels.WeightedAxis | None
        divided, tile = is_last or not exact, max(LEAST_TILE, TILE_VALUES // inner)
        rows, along = None, described(taps[axes[-1]], divided, tile)
        if len(axes) == 2:
            rows = described(taps[axes[0]], divided, tile)
        elif inner >= FEW_CHANNELS or not _fits_along(taps, x.shape, axes[0]):
            rows, along = along, None
        kernels.weigh(
            x.dtype.name,
            made.dtype.name,
            x,
            made,
            planes=prod(x.shape[: axes[0]]),
            rows=rows,
            along=along,
            inner=inner,
            # Narrowed to float32, what the least and the greatest have in common is the result.
            clamps=not exact
            and x.dtype == made.dtype == np.float64
            and any(bool(taps[axis].whole.any()) for axis in axes),
            threads=threads_for(x.nbytes + made.nbytes),
        )
        x = made
    if exact and len(passes) > 1:
        before = [axis for axes in passes[:-1] for axis in axes]
        out /= divisors({axis: taps[axis] for axis in before}, out.ndim)


def _describe(taps: Taps, divided: bool, tile: int) -> "kernels.WeightedAxis":
    """Return what the windows of an axis take as the kernels need it."""
    divides = divided and bool(np.any(taps.divisors != 1))
    return kernels.WeightedAxis(
        taps.length,
        taps.starts,
        taps.positions,
        taps.weights,
        taps.divisors if divides else None,
        taps.whole.view(np.uint8),
        tile,
    )


_remembered = lru_cache(maxsize=32)(_describe)
