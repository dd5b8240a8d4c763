"""The reference engine: one window at a time, by the definition. Slow, and the truth."""

from collections.abc import Iterator
from itertools import product
from math import prod
from typing import ClassVar

import numpy as np

from poolkit.engines.engine import Engine, count_elements, flat_positions
from poolkit.geometry import Plan
from poolkit.reducers import Reducer
from poolkit.reducers.dtypes import DType, float_accumulator, native
from poolkit.reducers.reducer import Array

__all__ = ["ReferenceEngine"]


class ReferenceEngine(Engine):
    """Cut every window out of the array and apply the reducer's definition."""

    name: ClassVar[str] = "reference"

    def pool(self, plan: Plan, reducer: Reducer, x: Array) -> Array:
        values = [
            reducer.define(x[elements].ravel(), _divisor(plan, reducer, window))
            for window, elements in _windows(plan)
        ]
        dtype = reducer.result_dtype(x.dtype)
        return _laid_out(plan, np.array(values, dtype=None if dtype is None else native(dtype)))

    def pool_with_indices(
        self, plan: Plan, reducer: Reducer, x: Array, places: DType
    ) -> tuple[Array, Array]:
        values, indices = [], []
        for _, elements in _windows(plan):
            chosen = reducer.select(x[elements].ravel())
            flat = flat_positions(plan, [elements[axis] for axis in plan.axes])
            if reducer.chooses_always:
                values.append(x[elements].ravel()[chosen])
            else:
                values.append(reducer.define(x[elements].ravel(), 0))
            indices.append(-1 if chosen < 0 else flat.ravel()[chosen])
        return (
            _laid_out(plan, np.array(values, dtype=native(x.dtype))),
            _laid_out(plan, np.array(indices, dtype=places)),
        )

    def pool_weighted(
        self, plan: Plan, reducer: Reducer, x: Array, weights: Array
    ) -> tuple[Array, Array]:
        """Return the pooled array, and how many elements of each window have a weight."""
        values, numbers = [], []
        for window, elements in _windows(plan):
            inside, often = x[elements].ravel(), weights[elements].ravel()
            there, often = inside[often > 0], often[often > 0]
            numbers.append(len(there))
            count = _divisor(plan, reducer, window)
            if isinstance(reducer.divisor, str):
                count += float(np.sum(often, dtype=np.float64)) - len(inside)
            if len(there) == 0:
                values.append(0)
            elif np.all(often == 1):
                values.append(reducer.define(there, count))
            else:
                values.append(reducer.define_weighted(there, often, count))
        dtype = reducer.result_dtype(x.dtype)
        pooled = np.array(values, dtype=None if dtype is None else native(dtype))
        return _laid_out(plan, pooled), _laid_out(plan, np.array(numbers, np.int64))

    def scatter(self, plan: Plan, gradient: Array, indices: Array) -> Array | None:
        x_gradient = np.zeros(plan.shape, float_accumulator(gradient.dtype))
        lengths = [plan.shape[axis] for axis in plan.axes]
        for place in np.ndindex(plan.output_shape):
            if not 0 <= indices[place] < prod(lengths):
                return None
            target = list(place)
            for axis, position in zip(
                plan.axes, np.unravel_index(int(indices[place]), lengths), strict=True
            ):
                target[axis] = int(position)
            x_gradient[tuple(target)] += gradient[place]
        return x_gradient.astype(native(gradient.dtype))

    def slope(self, plan: Plan, reducer: Reducer, x: Array, gradient: Array) -> Array:
        wide = float_accumulator(x.dtype)
        x_gradient = np.zeros(plan.shape, wide)
        # Windows come in the order of `_laid_out`.
        last = range(-len(plan.axes), 0)
        outputs = np.moveaxis(gradient, plan.axes, last).ravel()
        for (elements, slope), output in zip(_slopes(plan, reducer, x), outputs, strict=True):
            x_gradient[elements] += output.astype(wide) * slope
        return x_gradient.astype(native(x.dtype))

    def push(self, plan: Plan, reducer: Reducer, x: Array, tangent: Array) -> Array:
        values = [
            np.sum(tangent[elements].astype(slope.dtype) * slope)
            for elements, slope in _slopes(plan, reducer, x)
        ]
        return _laid_out(plan, np.array(values, native(x.dtype)))


def _slopes(plan: Plan, reducer: Reducer, x: Array) -> Iterator[tuple[tuple[Array, ...], Array]]:
    """Yield windows, by an index of their elements, and the slopes by those."""
    for window, elements in _windows(plan):
        values = x[elements].astype(float_accumulator(x.dtype))
        count = np.asarray(_divisor(plan, reducer, window))
        if not reducer.folds:
            yield elements, reducer.slope(values.ravel(), (), count).reshape(values.shape)
            continue
        folded: tuple[Array, ...] = ()
        for fold in reducer.slope_folds:
            lifted = values if fold.lift is None else fold.lift(values, folded, count)
            folded = (*folded, np.asarray(fold.combine.reduce(lifted, axis=None)))
        yield elements, reducer.slope(values, folded, count)


def _windows(plan: Plan) -> Iterator[tuple[tuple[int, ...], tuple[Array, ...]]]:
    """Yield windows, by their numbers on the pooled axes, with an index of their elements.

    The elements of a window come in row-major order of the window.
    """
    batch = [range(n) if axis not in plan.axes else [None] for axis, n in enumerate(plan.shape)]
    for place in product(*batch):
        for window in product(*(range(windows.count) for windows in plan.windows)):
            positions = [[i] if i is not None else [] for i in place]
            for axis, windows, number in zip(plan.axes, plan.windows, window, strict=True):
                positions[axis] = list(windows.inside(number))
            yield window, np.ix_(*(np.array(each, np.int64) for each in positions))


def _laid_out(plan: Plan, values: Array) -> Array:
    """Return values that come window after window, the batch outermost, as the output."""
    counts = tuple(windows.count for windows in plan.windows)
    batch = tuple(n for axis, n in enumerate(plan.shape) if axis not in plan.axes)
    return np.moveaxis(values.reshape(batch + counts), range(-len(counts), 0), plan.axes)


def _divisor(plan: Plan, reducer: Reducer, window: tuple[int, ...]) -> float:
    """Return what the sum of one window is divided by."""
    rule = reducer.divisor
    if not isinstance(rule, str):
        return float(rule)
    return prod(
        count_elements(windows, number, rule)
        for windows, number in zip(plan.windows, window, strict=True)
    )
