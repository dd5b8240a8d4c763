"""The reference engine: one window at a time, by the definition. Slow, and the truth."""

from itertools import product
from math import prod
from typing import ClassVar

import numpy as np

from poolkit.engines.engine import Engine, count_elements
from poolkit.geometry import Plan
from poolkit.reducers import Reducer
from poolkit.reducers.reducer import Array

__all__ = ["ReferenceEngine"]


class ReferenceEngine(Engine):
    """Cut every window out of the array and apply the reducer's definition."""

    name: ClassVar[str] = "reference"

    def run(self, plan: Plan, reducer: Reducer, x: Array) -> Array:
        x = np.moveaxis(x, plan.axes, range(-len(plan.axes), 0))
        batch = x.shape[: x.ndim - len(plan.axes)]
        counts = tuple(windows.count for windows in plan.windows)
        values = [
            reducer.define(_elements(x[index], plan, window), _divisor(plan, reducer, window))
            for index in np.ndindex(batch)
            for window in product(*map(range, counts))
        ]
        dtype = reducer.result_dtype(x.dtype)
        if dtype is not None:
            dtype = dtype.newbyteorder("=")
        pooled = np.array(values, dtype=dtype).reshape(batch + counts)
        return np.moveaxis(pooled, range(-len(plan.axes), 0), plan.axes)


def _elements(x: Array, plan: Plan, window: tuple[int, ...]) -> Array:
    """Return a window's elements inside the input, in row-major order."""
    positions = [
        list(windows.inside(number)) for windows, number in zip(plan.windows, window, strict=True)
    ]
    return x[np.ix_(*positions)].ravel()


def _divisor(plan: Plan, reducer: Reducer, window: tuple[int, ...]) -> float:
    """Return what the sum of one window is divided by."""
    rule = reducer.divisor
    if not isinstance(rule, str):
        return float(rule)
    return prod(
        count_elements(windows, number, rule)
        for windows, number in zip(plan.windows, window, strict=True)
    )
