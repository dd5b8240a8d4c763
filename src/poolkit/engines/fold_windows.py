"""Folds over whole windows, element after element or window after window, in NumPy alone."""

from collections.abc import Callable, Iterator
from itertools import product
from math import prod
from typing import TypeAlias

import numpy as np

from poolkit.engines.fold_axis import element_slices, fold_axis, identity
from poolkit.geometry import Part, Plan, SlidingWindows
from poolkit.reducers import Fold, Reducer
from poolkit.reducers.dtypes import DType, float_accumulator, native
from poolkit.reducers.reducer import Array

__all__ = ["PART_ELEMENTS", "fold_all", "pull_slopes", "push_slopes"]

PART_ELEMENTS = 2**17
"""Input elements pooled at a time: 2¹⁶ to 2¹⁸ were within 5 % of each other on
max and mean of 64 Mi float32, 2²² took 1.7 times as long."""


def pull_slopes(
    plan: Plan,
    reducer: Reducer,
    x: Array,
    gradient: Array,
    divisors_of: Callable[[Part], Array],
    weights: Array | None = None,
    valid: Array | None = None,
) -> Array:
    """Return the gradient of the input by the reducer's slopes, in float64 at least.

    Where elements have weights, windows of which none is `valid` pass nothing on.
    """
    wide = native(float_accumulator(x.dtype))
    total = np.zeros(plan.shape, wide)
    for part in plan.parts(PART_ELEMENTS):
        outer, place = gradient[part.outputs].astype(wide), total[part.inputs]
        for inputs, outputs, slope in _slopes(part, reducer, x, wide, divisors_of(part), weights):
            change = outer[outputs] * slope
            if valid is not None:
                change = np.where(valid[part.outputs][outputs] > 0, change, 0)
            place[inputs] += change
    return total


def push_slopes(
    plan: Plan,
    reducer: Reducer,
    x: Array,
    tangent: Array,
    divisors_of: Callable[[Part], Array],
    weights: Array | None = None,
    valid: Array | None = None,
) -> Array:
    """Return the tangent of the output by the reducer's slopes, in float64 at least.

    Where elements have weights, that of windows of which none is `valid` is 0.
    """
    wide = native(float_accumulator(x.dtype))
    total = np.zeros(plan.output_shape, wide)
    for part in plan.parts(PART_ELEMENTS):
        moved, place = tangent[part.inputs].astype(wide), total[part.outputs]
        for inputs, outputs, slope in _slopes(part, reducer, x, wide, divisors_of(part), weights):
            change = moved[inputs] * slope
            if valid is not None:
                change = np.where(valid[part.outputs][outputs] > 0, change, 0)
            target = place[outputs]
            if change.shape != target.shape:
                change = change.sum(axis=plan.axes, keepdims=True)
            target += change
    return total


def _slopes(
    part: Part,
    reducer: Reducer,
    x: Array,
    wide: DType,
    count: Array,
    weights: Array | None,
) -> Iterator[tuple["Index", "Index", Array]]:
    """Yield elements of a part, the windows that they lie in, and the slopes of these by those."""
    plan, values = part.plan, x[part.inputs]
    often = None if weights is None else weights[part.inputs]
    folded = fold_all(plan, reducer.slope_folds, values, wide, count, often)
    counts = np.broadcast_to(count, plan.output_shape)
    for inputs, outputs in _by_element(plan) or _by_window(plan):
        seen = tuple(result[outputs] for result in folded)
        slope = reducer.slope(values[inputs].astype(wide), seen, counts[outputs])
        if often is not None:
            slope = weigh(np.add, slope, often[inputs])
        yield inputs, outputs, slope


def fold_axes(plan: Plan, combine: np.ufunc, x: Array, dtype: DType) -> Array:
    """Fold along one pooled axis after another, the one that shrinks most first."""
    pooled = zip(plan.axes, plan.windows, strict=True)
    for axis, windows in sorted(pooled, key=lambda pair: pair[1].count / max(1, pair[1].length)):
        x = fold_axis(combine, x, axis, windows, dtype)
    return x


def fold_all(
    plan: Plan,
    folds: tuple[Fold, ...],
    x: Array,
    dtype: DType,
    count: Array,
    weights: Array | None = None,
    separable: Callable[[Plan, np.ufunc, Array, DType], Array] = fold_axes,
) -> tuple[Array, ...]:
    """Return the results of folds.

    `separable` carries out those that know nothing of windows.
    """
    folded: tuple[Array, ...] = ()
    for fold in folds:
        if fold.sees_windows or (fold.lift is not None and x.size > PART_ELEMENTS):
            result = _fold_windows(plan, fold, x, dtype, folded, count, weights)
        else:
            lifted = x if fold.lift is None else fold.lift(x.astype(dtype), (), None)
            if weights is not None:
                lifted = weigh(fold.combine, lifted.astype(dtype), weights)
            result = separable(plan, fold.combine, lifted, dtype)
        folded = (*folded, result)
    return folded


def weigh(combine: np.ufunc, lifted: Array, weights: Array) -> Array:
    """Return what elements contribute that count as often as their weights say, 0 times too."""
    neutral = lifted.dtype.type(identity(combine, lifted.dtype))
    there = weights if weights.dtype.kind == "b" else weights > 0
    if weights is not there and combine in (np.add, np.multiply):
        often = weights.astype(lifted.dtype)  # of uint64 and int64, NumPy would make floats
        lifted = lifted * often if combine is np.add else lifted**often
    return np.where(there, lifted, neutral)


def _fold_windows(
    plan: Plan,
    fold: Fold,
    x: Array,
    dtype: DType,
    earlier: tuple[Array, ...],
    count: Array,
    weights: Array | None = None,
) -> Array:
    """Fold elements that are lifted with what is known of their window.

    Such a fold is not separable: it goes over the elements of a window or over the
    windows, whichever are fewer. It lifts a piece at a time, so it also serves
    windows too large to be lifted at once.
    """
    assert fold.lift is not None
    out = np.full(plan.output_shape, identity(fold.combine, dtype), dtype=dtype)
    counts = np.broadcast_to(count, out.shape)
    for inputs, outputs in _by_element(plan) or _by_window(plan):
        seen = tuple(result[outputs] for result in earlier)
        lifted = fold.lift(x[inputs].astype(dtype), seen, counts[outputs])
        if weights is not None:
            lifted = weigh(fold.combine, lifted, weights[inputs])
        place = out[outputs]
        if lifted.shape != place.shape:
            lifted = fold.combine.reduce(lifted, axis=plan.axes, keepdims=True)
        fold.combine(place, lifted, out=place)
    return out


Index: TypeAlias = tuple[slice, ...]


def _by_element(plan: Plan) -> list[tuple[Index, Index]]:
    """Return, element by element, where it lies for all windows that have it.

    Nothing if windows are fewer than their elements, or have no common size.
    """
    sliding = [windows for windows in plan.windows if isinstance(windows, SlidingWindows)]
    if len(sliding) < len(plan.windows):
        return []
    if prod(w.count for w in sliding) < prod(w.kernel_size for w in sliding):
        return []
    return [
        (
            _index(plan, [inputs for inputs, _ in pairs]),
            _index(plan, [outputs for _, outputs in pairs]),
        )
        for pairs in product(
            *(
                [element_slices(windows, element) for element in range(windows.kernel_size)]
                for windows in sliding
            )
        )
    ]


def _by_window(plan: Plan) -> Iterator[tuple[Index, Index]]:
    """Yield, window by window, pieces of its elements and where it goes."""
    for window in product(*(range(windows.count) for windows in plan.windows)):
        inside = [w.inside(o) for w, o in zip(plan.windows, window, strict=True)]
        if not all(inside):
            continue
        outputs = _index(plan, [slice(o, o + 1) for o in window])
        rows = max(1, PART_ELEMENTS // prod(map(len, inside[1:])))
        for first in range(0, len(inside[0]), rows):
            piece = [inside[0][first : first + rows], *inside[1:]]
            yield _index(plan, [slice(p.start, p.stop, p.step) for p in piece]), outputs


def _index(plan: Plan, slices: list[slice]) -> Index:
    """Return an index that takes all of every axis that is not pooled."""
    index = [slice(None)] * len(plan.shape)
    for axis, taken in zip(plan.axes, slices, strict=True):
        index[axis] = taken
    return tuple(index)
