"""The one road from an operator to an engine."""

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy.typing as npt

from poolkit import engines
from poolkit._arrays import as_numeric_array
from poolkit._errors import PoolError
from poolkit.geometry import Specification, bind
from poolkit.reducers import Reducer

__all__ = ["Array", "Reduce", "run"]

Array: TypeAlias = npt.NDArray[Any]
Reduce: TypeAlias = str | Reducer | Callable[..., Any]


def run(x: npt.ArrayLike, reducer: Reducer, asked: Specification, engine: str | None) -> Array:
    """Pool an array, and tell an error which array it was."""
    array = as_numeric_array(x)
    try:
        return engines.run(bind(asked, array.shape), reducer, array, engine)
    except PoolError as error:
        error.add_note(f"({reducer.name} of a {array.dtype} array of shape {array.shape})")
        raise
