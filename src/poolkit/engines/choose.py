"""Which engine serves a request: the single decision."""

import numpy as np

from poolkit._errors import ArgumentError, UnsupportedError, message
from poolkit.engines.compiled import CompiledEngine
from poolkit.engines.engine import Engine, Prepared, Task
from poolkit.engines.portable import PortableEngine
from poolkit.engines.reference import ReferenceEngine
from poolkit.geometry import Plan
from poolkit.reducers import Reducer
from poolkit.reducers.dtypes import DType
from poolkit.reducers.reducer import Array

__all__ = ["ENGINES", "choose_engine", "named_engine", "pool", "pool_with_indices", "prepare"]

ENGINES: tuple[Engine, ...] = (CompiledEngine(), PortableEngine(), ReferenceEngine())
"""Fastest first."""


def named_engine(name: str) -> Engine:
    """Return the engine of a name.

    Raises
    ------
    ArgumentError
        If there is none.
    """
    named = {engine.name: engine for engine in ENGINES}
    if name not in named:
        listed = ", ".join(f'"{each}"' for each in named)
        raise ArgumentError(message("engine", f"be one of {listed}", repr(name)))
    return named[name]


def choose_engine(
    plan: Plan, reducer: Reducer, dtype: DType, wanted: str | None = None, task: Task = "pool"
) -> Engine:
    """Return the engine asked for, or the fastest that can serve the request.

    Raises
    ------
    ArgumentError
        If there is no engine of that name.
    UnsupportedError
        If the engine asked for is unavailable, or does not serve the request.
    """
    if wanted is None:
        return next(
            engine
            for engine in ENGINES
            if engine.unavailable() is None and engine.refusal(plan, reducer, dtype, task) is None
        )
    engine = named_engine(wanted)
    reason = engine.unavailable() or engine.refusal(plan, reducer, dtype, task)
    if reason is not None:
        hint = "leave `engine` out and the fastest capable one is chosen."
        raise UnsupportedError(f'engine "{wanted}": {reason}\nHint: {hint}')
    return engine


def pool(plan: Plan, reducer: Reducer, x: Array, wanted: str | None = None) -> Array:
    """Carry out a plan on the engine asked for, or the fastest that can.

    Infinities and NaN are answers here, not accidents: NumPy's warnings about them
    are silenced.
    """
    engine = choose_engine(plan, reducer, x.dtype, wanted)
    with np.errstate(all="ignore"):
        return engine.pool(plan, reducer, x)


def pool_with_indices(
    plan: Plan, reducer: Reducer, x: Array, places: DType, wanted: str | None = None
) -> tuple[Array, Array]:
    """Carry out a plan; return also where each selected element lies in its plane."""
    engine = choose_engine(plan, reducer, x.dtype, wanted, "pool with indices")
    with np.errstate(all="ignore"):
        return engine.pool_with_indices(plan, reducer, x, places)


def prepare(
    plan: Plan,
    reducer: Reducer,
    dtype: DType,
    order: tuple[int, ...],
    wanted: str | None,
    task: Task,
) -> Prepared | None:
    """Return what pools such arrays without asking again, if there is: see `Engine.prepare`."""
    engine = choose_engine(plan, reducer, dtype, wanted, task)
    return engine.prepare(plan, reducer, dtype, order, task)
