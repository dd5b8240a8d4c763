"""From the gradient of the output to the gradient of the input."""

from math import prod
from typing import Any

import numpy as np

from poolkit._errors import ArgumentError, UnsupportedError, message
from poolkit.engines.choose import choose_engine, pool
from poolkit.engines.engine import divisors
from poolkit.geometry import Plan
from poolkit.reducers import Mean, Reducer, Sum
from poolkit.reducers.dtypes import DType
from poolkit.reducers.reducer import Array

__all__ = ["index_dtype", "pull_back", "pull_back_selected"]

MOST_INT32 = 2**31 - 1


def index_dtype(plan: Plan) -> DType:
    """Return the narrower integer that an index in a plane fits."""
    positions = prod(plan.shape[axis] for axis in plan.axes)
    return np.dtype(np.int32 if positions <= MOST_INT32 else np.int64)


def pull_back(
    plan: Plan, reducer: Reducer, x: Array, gradient: Array, wanted: str | None = None
) -> Array:
    """Return the gradient of the input of a reducer that selects no element.

    Raises
    ------
    UnsupportedError
        If the reducer has no gradient, or the engine asked for does not serve it.
    """
    if reducer.gradient is None:
        raise UnsupportedError(f"{reducer.name} has no gradient in poolkit.")
    if reducer.gradient == "shared":
        return _share(plan, reducer, gradient, wanted)
    engine = choose_engine(plan, reducer, x.dtype, wanted, "gradient")
    with np.errstate(all="ignore"):
        return engine.slope(plan, reducer, x, gradient)


def pull_back_selected(
    plan: Plan, reducer: Reducer, indices: Array, gradient: Array, wanted: str | None = None
) -> Array:
    """Return the gradient of the input where each window selected the element of an index.

    Raises
    ------
    ArgumentError
        If an index does not lie in its plane.
    """
    engine = choose_engine(plan, reducer, gradient.dtype, wanted, "gradient")
    pulled = engine.scatter(plan, gradient, indices)
    if pulled is None:
        positions = prod(plan.shape[axis] for axis in plan.axes)
        came = f"{np.min(indices)} to {np.max(indices)}"
        raise ArgumentError(message("indices", f"lie in 0 to {positions - 1}", came))
    return pulled


def _share(plan: Plan, reducer: Reducer, gradient: Array, wanted: str | None) -> Array:
    """Sum, for every input element, what its windows pass on to each of their elements."""
    back = plan.transposed()
    if not isinstance(reducer, Mean):
        return pool(back, Sum(), gradient, wanted)
    count: Any = divisors(plan, reducer.divisor)
    count = np.where(count == 0, 1, count)  # of an empty window nobody has a share
    if np.all(count == count.flat[0]):
        return pool(back, Mean(float(count.flat[0])), gradient, wanted)
    with np.errstate(all="ignore"):
        shares = np.divide(gradient, count, dtype=None).astype(gradient.dtype)
    return pool(back, Sum(), shares, wanted)
