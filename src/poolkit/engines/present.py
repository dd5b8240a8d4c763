"""Elements that count more often than once, or not at all.

An element of weight w counts as w elements; of weight 0, or a mask's False, it is not there.
Weights have the shape of the input, and are bool or at least 0.
"""

from typing import Any

import numpy as np

from poolkit.engines.choose import choose_engine, pool, pool_with_indices
from poolkit.engines.engine import divisors
from poolkit.engines.fold_axis import identity
from poolkit.engines.fold_windows import PART_ELEMENTS, fold_all
from poolkit.engines.gather_present import define_gathered_present, select_gathered_present
from poolkit.engines.reference import ReferenceEngine
from poolkit.geometry import Plan
from poolkit.reducers import Max, Min, Product, Reducer, Sum
from poolkit.reducers.dtypes import DType, is_float, native
from poolkit.reducers.reducer import Array

__all__ = ["count_valid", "pool_weighted", "select_weighted", "weighted_divisors"]

ALONE: dict[np.ufunc, Reducer] = {
    np.maximum: Max(),
    np.minimum: Min(),
    np.add: Sum(),
    np.multiply: Product(),
}
"""The reducers that are one fold and nothing else, which have kernels."""


def count_valid(plan: Plan, weights: Array, wanted: str | None = None) -> Array:
    """Return how many elements of each window have a weight above 0."""
    there = weights if weights.dtype.kind == "b" else weights > 0
    return pool(plan, Sum(), there, wanted)


def weighted_divisors(plan: Plan, reducer: Reducer, weights: Array, valid: Array) -> Array:
    """Return what each window's sum is divided by: by each element as often as it counts."""
    if not isinstance(reducer.divisor, str):
        return divisors(plan, reducer.divisor)
    total = valid
    if weights.dtype.kind != "b":
        total = pool(plan, Sum(), weights.astype(np.float64))
    return np.asarray(total + (divisors(plan, reducer.divisor) - divisors(plan, "valid")))


def pool_weighted(
    plan: Plan, reducer: Reducer, x: Array, weights: Array, wanted: str | None = None
) -> tuple[Array, Array]:
    """Return the pooled array, and how many elements of each window have a weight.

    Where none has one, what the window becomes means nothing.
    """
    x = _as_added(reducer, x, weights)
    engine = choose_engine(plan, reducer, x.dtype, wanted)
    with np.errstate(all="ignore"):
        if isinstance(engine, ReferenceEngine):
            return engine.pool_weighted(plan, reducer, x, weights)
        valid = count_valid(plan, weights)
        if not reducer.folds:
            return define_gathered_present(plan, reducer, x, weights, PART_ELEMENTS), valid
        dtype = reducer.result_dtype(x.dtype)
        pooled = np.empty(plan.output_shape, dtype=dtype and native(dtype))
        separable = _by_engine(wanted)
        accumulator = native(reducer.accumulator_dtype(x.dtype))
        for part in plan.parts(PART_ELEMENTS):
            often = weights[part.inputs]
            count = weighted_divisors(part.plan, reducer, often, valid[part.outputs])
            folded = fold_all(
                part.plan, reducer.folds, x[part.inputs], accumulator, count, often, separable
            )
            pooled[part.outputs] = reducer.finish(folded, count)
    return pooled, valid


def select_weighted(
    plan: Plan, reducer: Reducer, x: Array, weights: Array, wanted: str | None = None
) -> tuple[Array, Array, Array]:
    """Return what each window selects, where it lies, and how many elements have a weight.

    The index of a window in which none has one is −1.
    """
    places = np.dtype(np.int64)
    with np.errstate(all="ignore"):
        valid = count_valid(plan, weights)
        if wanted != "reference" and isinstance(reducer, Max | Min) and reducer.ties == "first":
            there = weights if weights.dtype.kind == "b" else weights > 0
            combine = reducer.folds[0].combine
            neutral = native(x.dtype).type(identity(combine, x.dtype))
            filled = np.where(there, x, neutral).astype(native(x.dtype))
            pooled, indices = pool_with_indices(plan, reducer, filled, places, wanted)
            # Of elements that are what takes the place of absent ones, one of these may have
            # been chosen.
            if not np.any((pooled == neutral) & (valid > 0)):
                return pooled, np.where(valid > 0, indices, -1), valid
        pooled, indices = select_gathered_present(plan, reducer, x, weights, PART_ELEMENTS)
    return pooled, indices, valid


def _by_engine(wanted: str | None) -> Any:
    """Return what carries out a separable fold: the kernels, where there are some."""

    def separable(plan: Plan, combine: np.ufunc, x: Array, dtype: DType) -> Array:
        return pool(plan, ALONE[combine], x, wanted).astype(dtype, copy=False)

    return separable


def _as_added(reducer: Reducer, x: Array, weights: Array) -> Array:
    """Return floats where integers would be added that count a fraction of a time."""
    result = reducer.result_dtype(x.dtype)
    added = any(fold.combine in (np.add, np.multiply) for fold in reducer.folds)
    if added and is_float(weights.dtype) and result is not None and not is_float(result):
        return x.astype(np.float64)
    return x
