"""Derivatives where elements count more often than once, or not at all."""

from collections.abc import Callable
from typing import Any

import numpy as np

from poolkit._errors import UnsupportedError
from poolkit.engines.choose import pool
from poolkit.engines.fold_windows import PART_ELEMENTS, pull_slopes, push_slopes
from poolkit.engines.gather_present import pull_gathered_present, push_gathered_present
from poolkit.engines.present import weighted_divisors
from poolkit.geometry import Part, Plan
from poolkit.reducers import Mean, Reducer, Sum
from poolkit.reducers.dtypes import float_accumulator, native
from poolkit.reducers.reducer import Array

__all__ = ["pull_back_weighted", "push_forward_weighted"]


def pull_back_weighted(
    plan: Plan, reducer: Reducer, x: Array, weights: Array, valid: Array, gradient: Array
) -> Array:
    """Return the gradient of the input of a reducer that selects no element.

    Windows in which no element has a weight pass none on: of those, `gradient` is not looked at.

    Raises
    ------
    UnsupportedError
        If the reducer has no gradient.
    """
    wide = native(float_accumulator(x.dtype))
    outer = np.where(valid > 0, gradient, 0).astype(wide)
    with np.errstate(all="ignore"):
        if reducer.routing == "shared":
            shares = outer / _shares(plan, reducer, weights, valid)
            total = pool(plan.transposed(), Sum(), shares) * weights
            return np.where(weights > 0, total, 0).astype(native(x.dtype))
        _refuse(reducer)
        if reducer.folds:
            divisors_of = _divisors_for(reducer, weights, valid)
            total = pull_slopes(plan, reducer, x, outer, divisors_of, weights, valid)
        else:
            total = np.zeros(plan.shape, wide)
            pull_gathered_present(plan, reducer, x, weights, outer, total, PART_ELEMENTS)
    return total.astype(native(x.dtype))


def push_forward_weighted(
    plan: Plan, reducer: Reducer, x: Array, weights: Array, valid: Array, tangent: Array
) -> Array:
    """Return the tangent of the output of a reducer that selects no element.

    That of windows in which no element has a weight is 0.

    Raises
    ------
    UnsupportedError
        If the reducer has no gradient.
    """
    wide = native(float_accumulator(x.dtype))
    with np.errstate(all="ignore"):
        if reducer.routing == "shared":
            counted = np.where(weights > 0, tangent.astype(wide) * weights, 0)
            moved = pool(plan, Sum(), counted) / _shares(plan, reducer, weights, valid)
            return np.where(valid > 0, moved, 0).astype(native(x.dtype))
        _refuse(reducer)
        if reducer.folds:
            divisors_of = _divisors_for(reducer, weights, valid)
            total = push_slopes(plan, reducer, x, tangent, divisors_of, weights, valid)
        else:
            total = np.zeros(plan.output_shape, wide)
            push_gathered_present(plan, reducer, x, weights, tangent, total, PART_ELEMENTS)
    return total.astype(native(x.dtype))


def _divisors_for(reducer: Reducer, weights: Array, valid: Array) -> Callable[[Part], Array]:
    return lambda part: weighted_divisors(
        part.plan, reducer, weights[part.inputs], valid[part.outputs]
    )


def _shares(plan: Plan, reducer: Reducer, weights: Array, valid: Array) -> Any:
    """Return what the gradient of a sum or mean is divided by."""
    if not isinstance(reducer, Mean):
        return 1.0
    count = weighted_divisors(plan, reducer, weights, valid)
    return np.where(count == 0, 1, count)


def _refuse(reducer: Reducer) -> None:
    if reducer.routing is None:
        raise UnsupportedError(f"{reducer.name} has no gradient in poolkit.")
