"""The portable engine: array slices and folds, in NumPy alone.

The work is cut into parts that fit the cache, so that temporary memory is a few
times `PART_ELEMENTS` whatever the size of the array or of its windows.
"""

from collections.abc import Iterator
from itertools import product
from math import prod
from typing import ClassVar, TypeAlias

import numpy as np

from poolkit.engines.by_element import define_by_element, takes_elements
from poolkit.engines.engine import Engine, divisors
from poolkit.engines.fold_axis import element_slices, fold_axis, identity
from poolkit.engines.gather import (
    define_gathered,
    pull_gathered,
    push_gathered,
    select_gathered,
)
from poolkit.geometry import Plan, SlidingWindows
from poolkit.reducers import Fold, Reducer
from poolkit.reducers.dtypes import DType, float_accumulator, native
from poolkit.reducers.reducer import Array

__all__ = ["PortableEngine"]

PART_ELEMENTS = 2**17
"""Input elements pooled at a time: 2¹⁶ to 2¹⁸ were within 5 % of each other on
max and mean of 64 Mi float32, 2²² took 1.7 times as long."""


class PortableEngine(Engine):
    """Fold the elements of all windows at once: along one axis after another."""

    name: ClassVar[str] = "portable"

    def pool(self, plan: Plan, reducer: Reducer, x: Array) -> Array:
        if not reducer.folds:
            if takes_elements(plan, reducer):
                return define_by_element(plan, reducer, x)
            return define_gathered(plan, reducer, x, PART_ELEMENTS)
        dtype = reducer.result_dtype(x.dtype)
        pooled = np.empty(plan.output_shape, dtype=dtype and native(dtype))
        accumulator = native(reducer.accumulator_dtype(x.dtype))
        for part in plan.parts(PART_ELEMENTS):
            count = divisors(part.plan, reducer.divisor)
            folded = _fold_all(part.plan, reducer, x[part.inputs], accumulator, count)
            pooled[part.outputs] = reducer.finish(folded, count)
        return pooled

    def pool_with_indices(
        self, plan: Plan, reducer: Reducer, x: Array, places: DType
    ) -> tuple[Array, Array]:
        return select_gathered(plan, reducer, x, places, PART_ELEMENTS)

    def scatter(self, plan: Plan, gradient: Array, indices: Array) -> Array | None:
        last = range(-len(plan.axes), 0)
        planes = np.moveaxis(indices, plan.axes, last)
        batch = planes.shape[: -len(plan.axes)]
        lengths = tuple(plan.shape[axis] for axis in plan.axes)
        planes = planes.reshape(prod(batch), prod(planes.shape[-len(plan.axes) :]))
        if np.any((planes < 0) | (planes >= prod(lengths))):
            return None
        sums = np.zeros((prod(batch), prod(lengths)), float_accumulator(gradient.dtype))
        values = np.moveaxis(gradient, plan.axes, last).reshape(planes.shape)
        np.add.at(sums, (np.arange(len(planes))[:, np.newaxis], planes), values.astype(sums.dtype))
        x_gradient = sums.astype(native(gradient.dtype)).reshape(batch + lengths)
        return np.moveaxis(x_gradient, last, plan.axes)

    def slope(self, plan: Plan, reducer: Reducer, x: Array, gradient: Array) -> Array:
        wide = native(float_accumulator(x.dtype))
        total = np.zeros(plan.shape, wide)
        if not reducer.folds:
            pull_gathered(plan, reducer, x, gradient, total, PART_ELEMENTS)
            return total.astype(native(x.dtype))
        for part in plan.parts(PART_ELEMENTS):
            outer, place = gradient[part.outputs].astype(wide), total[part.inputs]
            for inputs, outputs, slope in _slopes(part.plan, reducer, x[part.inputs], wide):
                place[inputs] += outer[outputs] * slope
        return total.astype(native(x.dtype))

    def push(self, plan: Plan, reducer: Reducer, x: Array, tangent: Array) -> Array:
        wide = native(float_accumulator(x.dtype))
        total = np.zeros(plan.output_shape, wide)
        if not reducer.folds:
            push_gathered(plan, reducer, x, tangent, total, PART_ELEMENTS)
            return total.astype(native(x.dtype))
        for part in plan.parts(PART_ELEMENTS):
            moved, place = tangent[part.inputs].astype(wide), total[part.outputs]
            for inputs, outputs, slope in _slopes(part.plan, reducer, x[part.inputs], wide):
                change = moved[inputs] * slope
                target = place[outputs]
                if change.shape != target.shape:
                    change = change.sum(axis=plan.axes, keepdims=True)
                target += change
        return total.astype(native(x.dtype))


def _slopes(
    plan: Plan, reducer: Reducer, x: Array, wide: DType
) -> Iterator[tuple["Index", "Index", Array]]:
    """Yield elements, the windows that they lie in, and the slopes of these by those."""
    count = divisors(plan, reducer.divisor)
    folded = _fold_all(plan, reducer, x, wide, count)
    counts = np.broadcast_to(count, plan.output_shape)
    for inputs, outputs in _by_element(plan) or _by_window(plan):
        seen = tuple(result[outputs] for result in folded)
        yield inputs, outputs, reducer.slope(x[inputs].astype(wide), seen, counts[outputs])


def _fold_all(
    plan: Plan, reducer: Reducer, x: Array, dtype: DType, count: Array
) -> tuple[Array, ...]:
    """Return the results of the reducer's folds."""
    folded: tuple[Array, ...] = ()
    for fold in reducer.folds:
        if fold.sees_windows or (fold.lift is not None and x.size > PART_ELEMENTS):
            result = _fold_windows(plan, fold, x, dtype, folded, count)
        else:
            result = _fold_axes(plan, fold, x, dtype)
        folded = (*folded, result)
    return folded


def _fold_axes(plan: Plan, fold: Fold, x: Array, dtype: DType) -> Array:
    """Fold along one pooled axis after another, the one that shrinks most first."""
    if fold.lift is not None:
        x = fold.lift(x.astype(dtype), (), None)
    pooled = zip(plan.axes, plan.windows, strict=True)
    for axis, windows in sorted(pooled, key=lambda pair: pair[1].count / max(1, pair[1].length)):
        x = fold_axis(fold.combine, x, axis, windows, dtype)
    return x


def _fold_windows(
    plan: Plan, fold: Fold, x: Array, dtype: DType, earlier: tuple[Array, ...], count: Array
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
