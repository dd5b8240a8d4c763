"""The portable engine: array slices and folds, in NumPy alone.

The work is cut into parts that fit the cache, so that temporary memory is a few
times `PART_ELEMENTS` whatever the size of the array or of its windows.
"""

from collections.abc import Callable
from math import prod
from typing import ClassVar

import numpy as np

from poolkit.engines.by_element import define_by_element, takes_elements
from poolkit.engines.engine import Engine, divisors
from poolkit.engines.fold_windows import PART_ELEMENTS, fold_all, pull_slopes, push_slopes
from poolkit.engines.gather import (
    define_gathered,
    pull_gathered,
    push_gathered,
    select_gathered,
)
from poolkit.geometry import Part, Plan
from poolkit.reducers import Reducer
from poolkit.reducers.dtypes import DType, float_accumulator, native
from poolkit.reducers.reducer import Array

__all__ = ["PortableEngine"]


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
            folded = fold_all(part.plan, reducer.folds, x[part.inputs], accumulator, count)
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
        if reducer.folds:
            total = pull_slopes(plan, reducer, x, gradient, _divisors_for(reducer))
        else:
            total = np.zeros(plan.shape, native(float_accumulator(x.dtype)))
            pull_gathered(plan, reducer, x, gradient, total, PART_ELEMENTS)
        return total.astype(native(x.dtype))

    def push(self, plan: Plan, reducer: Reducer, x: Array, tangent: Array) -> Array:
        if reducer.folds:
            total = push_slopes(plan, reducer, x, tangent, _divisors_for(reducer))
        else:
            total = np.zeros(plan.output_shape, native(float_accumulator(x.dtype)))
            push_gathered(plan, reducer, x, tangent, total, PART_ELEMENTS)
        return total.astype(native(x.dtype))


def _divisors_for(reducer: Reducer) -> Callable[[Part], Array]:
    return lambda part: divisors(part.plan, reducer.divisor)
