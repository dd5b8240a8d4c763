"""From a small change of the input to that of the output."""

import numpy as np

from poolkit._errors import UnsupportedError
from poolkit.engines.choose import choose_engine, pool
from poolkit.geometry import Plan
from poolkit.reducers import Reducer
from poolkit.reducers.reducer import Array

__all__ = ["push_forward"]


def push_forward(
    plan: Plan, reducer: Reducer, x: Array, tangent: Array, wanted: str | None = None
) -> Array:
    """Return the tangent of the output of a reducer that selects no element.

    Raises
    ------
    UnsupportedError
        If the reducer has no gradient, or the engine asked for does not serve it.
    """
    if reducer.routing is None:
        raise UnsupportedError(f"{reducer.name} has no gradient in poolkit.")
    if reducer.routing == "shared":  # it is linear
        return pool(plan, reducer, tangent, wanted)
    engine = choose_engine(plan, reducer, x.dtype, wanted, "tangent")
    with np.errstate(all="ignore"):
        return engine.push(plan, reducer, x, tangent)
