"""Pooling by weighted windows: the engine asked for, or the fastest; and the slower two."""

from collections.abc import Iterator, Mapping
from functools import reduce
from math import prod
from typing import NamedTuple

import numpy as np

from poolkit._errors import UnsupportedError
from poolkit.engines import weighted_kernels
from poolkit.engines.choose import named_engine
from poolkit.engines.taps import Taps, adds_exactly, divisors, find_taps, weighted_parts
from poolkit.geometry import WeightedWindow, WeightedWindows
from poolkit.reducers.dtypes import DType, as_float, float_accumulator, native
from poolkit.reducers.reducer import Array

__all__ = ["count_touched", "weigh", "weigh_back"]

PART_ELEMENTS = 2**16
"""Input elements at a time."""


def weigh(x: Array, windows: Mapping[int, WeightedWindows], wanted: str | None = None) -> Array:
    """Return the weighted means of windows on some axes of an array.

    Law: where all elements of a window are equal, its value is equal to them, whatever the
    dtype, unless the border is of zeros.

    Parameters
    ----------
    x : array of integers, floats or bool
        Of any strides and byte order.
    windows : mapping of int to WeightedWindows
        By axis, not negative.
    wanted : str, optional
        The engine.

    Returns
    -------
    array
        Of floats; laid out in memory as `x` is.

    Raises
    ------
    ArgumentError
        If there is no engine of that name.
    UnsupportedError
        If the engine asked for is unavailable, or does not serve the dtype.
    """
    engine = _chosen(wanted, x.dtype)
    with np.errstate(all="ignore"):
        if engine == "compiled":
            return weighted_kernels.weigh(x, windows)
        if engine == "reference":
            return _by_definition(x, windows)
        return _in_parts(x, windows)


def weigh_back(
    gradient: Array, windows: Mapping[int, WeightedWindows], wanted: str | None = None
) -> Array:
    """Return the gradient of the input of :func:`weigh`: an array of the gradient's dtype.

    Raises
    ------
    ArgumentError, UnsupportedError
        As for :func:`weigh`.
    """
    engine = _chosen(wanted, gradient.dtype)
    with np.errstate(all="ignore"):
        if engine == "reference":
            return _back_by_definition(gradient, windows)
        back = {axis: find_taps(along).transposed() for axis, along in windows.items()}
        if engine == "compiled":
            return weighted_kernels.weigh(gradient, back)
        return _in_parts(gradient, back)


def count_touched(there: Array, windows: Mapping[int, WeightedWindows]) -> Array:
    """Return how many elements of each window are there, whatever their weights."""
    counts = there.astype(np.int64)
    for axis, along in windows.items():
        taps = find_taps(along)
        counts = np.add.reduceat(counts.take(taps.positions, axis), taps.starts[:-1], axis)
    return counts


def _chosen(wanted: str | None, dtype: DType) -> str:
    """Return the name of the engine asked for, or of the fastest that can."""
    compiled = named_engine("compiled")
    reason = compiled.unavailable() or weighted_kernels.refusal(dtype)
    if wanted is None:
        return "compiled" if reason is None else "portable"
    if named_engine(wanted) is compiled and reason is not None:
        hint = "leave `engine` out and the fastest capable one is chosen."
        raise UnsupportedError(f'engine "{wanted}": {reason}\nHint: {hint}')
    return wanted


def _by_definition(x: Array, windows: Mapping[int, WeightedWindows]) -> Array:
    """Cut out one window at a time."""
    wide = float_accumulator(x.dtype)
    pooled = np.empty(_resized(x, windows), wide)
    for place, window in _cut_out(windows, pooled.shape):
        values = x[window.elements].astype(wide)
        mean = np.sum(values * window.weights) / window.total
        pooled[place] = np.clip(mean, values.min(), values.max()) if window.whole else mean
    return pooled.astype(native(as_float(x.dtype)))


def _back_by_definition(gradient: Array, windows: Mapping[int, WeightedWindows]) -> Array:
    """Add up what each window passes on to each of its elements."""
    wide = float_accumulator(gradient.dtype)
    pulled = np.zeros(
        [windows[axis].length if axis in windows else n for axis, n in enumerate(gradient.shape)],
        wide,
    )
    for place, window in _cut_out(windows, gradient.shape):
        pulled[window.elements] += gradient[place].astype(wide) * window.weights / window.total
    return pulled.astype(native(gradient.dtype))


class _Window(NamedTuple):
    """The index of a window's elements, their weights, the total, and whether that is theirs.

    On each axis weights and total are over the same power of two, because they may be larger
    than floats are exact.
    """

    elements: tuple[Array, ...]
    weights: Array
    total: float
    whole: bool


def _cut_out(
    windows: Mapping[int, WeightedWindows], shape: tuple[int, ...]
) -> Iterator[tuple[tuple[int, ...], _Window]]:
    """Yield the windows of an output of a shape, by their place in it."""
    single = np.ones(1), 1.0, True
    by_axis = [
        [_described(windows[axis].window(o)) for o in range(m)]
        if axis in windows
        else [(np.array([i]), *single) for i in range(m)]
        for axis, m in enumerate(shape)
    ]
    for place in np.ndindex(*shape):
        parts = [of_axis[number] for of_axis, number in zip(by_axis, place, strict=True)]
        positions, weights, totals, whole = zip(*parts, strict=True)
        weight = reduce(np.multiply.outer, weights)
        yield place, _Window(np.ix_(*positions), weight, prod(totals), all(whole))


def _described(window: WeightedWindow) -> tuple[Array, Array, float, bool]:
    scale = 2 ** (window.total - 1).bit_length()
    weights = np.array([weight / scale for weight in window.weights])
    whole = sum(window.weights) == window.total
    return np.array(window.positions, np.int64), weights, window.total / scale, whole


def _resized(x: Array, windows: Mapping[int, WeightedWindows | Taps]) -> list[int]:
    """Return the shape of the output."""
    return [windows[axis].count if axis in windows else n for axis, n in enumerate(x.shape)]


def _in_parts(x: Array, windows: Mapping[int, WeightedWindows | Taps]) -> Array:
    """All windows of a part at once, along one axis after another."""
    wide = float_accumulator(x.dtype)
    pooled = np.empty(_resized(x, windows), native(as_float(x.dtype)))
    for part in weighted_parts(x.shape, windows, PART_ELEMENTS):
        values = x[part.inputs].astype(wide)
        exact = adds_exactly(x.dtype, part.taps.values())
        for axis, taps in part.taps.items():
            values = np.moveaxis(_fold(np.moveaxis(values, axis, 0), taps, not exact), 0, axis)
        if exact:
            values /= divisors(part.taps, x.ndim)
        pooled[part.outputs] = values
    return pooled


def _fold(x: Array, taps: Taps, finished: bool) -> Array:
    """Return the windows along the first axis: their sums, or what becomes of them."""
    counts = np.diff(taps.starts)
    most = int(counts.max(initial=0))
    ones = [1] * (x.ndim - 1)
    sums = np.zeros((taps.count, *x.shape[1:]), x.dtype)
    least, greatest = (sums + np.inf, sums - np.inf) if finished else (sums, sums)
    if most > taps.count:
        for o in range(taps.count):
            taken = slice(taps.starts[o], taps.starts[o + 1])
            elements = x[taps.positions[taken]]
            np.sum(elements * taps.weights[taken].reshape(-1, *ones), axis=0, out=sums[o, ...])
            if finished:
                np.min(elements, axis=0, out=least[o, ...])
                np.max(elements, axis=0, out=greatest[o, ...])
    else:
        for number in range(most):
            there = np.flatnonzero(counts > number)
            places = taps.starts[there] + number
            elements = x[taps.positions[places]]
            sums[there] += elements * taps.weights[places].reshape(-1, *ones)
            if finished:
                least[there] = np.minimum(least[there], elements)
                greatest[there] = np.maximum(greatest[there], elements)
    if not finished:
        return sums
    sums /= taps.divisors.reshape(-1, *ones)
    return np.where(taps.whole.reshape(-1, *ones), np.clip(sums, least, greatest), sums)
