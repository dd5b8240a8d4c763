"""From the gradient of the output to the gradient of the input."""

from math import prod
from typing import Any

import numpy as np

from poolkit._errors import ArgumentError, UnsupportedError, message
from poolkit.engines.choose import choose_engine, pool
from poolkit.engines.engine import divisors
from poolkit.geometry import Plan
from poolkit.reducers import Mean, Reducer, Sum
from poolkit.reducers.dtypes import DType, float_accumulator, native
from poolkit.reducers.reducer import Array

__all__ = ["index_dtype", "pull_back", "pull_back_equal", "pull_back_selected"]

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
    if reducer.routing is None:
        raise UnsupportedError(f"{reducer.name} has no gradient in poolkit.")
    if reducer.routing == "shared":
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


def pull_back_equal(
    plan: Plan, x: Array, pooled: Array, gradient: Array, within: float = 0.0
) -> Array:
    """Return the gradient of the input where each window passes its own to every equal element.

    An element gets, whole, the gradients of all windows that hold it and that became what it
    is, or differs from that by less than `within`. Unlike :class:`~poolkit.reducers.TiedMax`,
    this asks what the windows became, whatever made that of them: an element larger than that
    gets nothing, and neither does NaN.
    """
    last = range(-len(plan.axes), 0)
    values = np.moveaxis(x, plan.axes, last)
    became, outer = np.moveaxis(pooled, plan.axes, last), np.moveaxis(gradient, plan.axes, last)
    total = np.zeros(values.shape, float_accumulator(x.dtype))
    held = [[windows.inside(o) for o in range(windows.count)] for windows in plan.windows]
    sizes = [max(map(len, ranges), default=0) for ranges in held]
    for element in np.ndindex(*sizes):
        places, outputs = [], []
        for ranges, number in zip(held, element, strict=True):
            long_enough = [o for o, inside in enumerate(ranges) if number < len(inside)]
            outputs.append(long_enough)
            places.append([ranges[o][number] for o in long_enough])
        inputs: Any = (..., *np.ix_(*places))
        there: Any = (..., *np.ix_(*outputs))
        equal = values[inputs] == became[there]
        if within:
            with np.errstate(invalid="ignore"):  # of equal infinities
                equal = np.abs(values[inputs] - became[there]) < within
        np.add.at(total, inputs, np.where(equal, outer[there], 0))
    return np.moveaxis(total, last, plan.axes).astype(native(x.dtype))
