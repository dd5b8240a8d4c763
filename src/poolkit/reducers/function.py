"""Any function as a reducer."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from poolkit._errors import ArgumentError, message
from poolkit.reducers.dtypes import DType
from poolkit.reducers.reducer import Array, Reducer

__all__ = ["Function"]


@dataclass(frozen=True, slots=True)
class Function(Reducer):
    """What a function of (windows, axis) returns.

    Parameters
    ----------
    function : callable
        Called as ``function(windows, axis=-1)`` with an array of shape (..., k)
        that holds the elements of many windows of equal size, in row-major order;
        must return an array of shape (...). NumPy's reductions do.
    """

    function: Callable[..., Any]

    name: ClassVar[str] = "function"
    takes_complex: ClassVar[bool] = True

    def define(self, values: Array, count: float) -> Any:
        reduced = np.asarray(self.function(values, axis=-1))
        if reduced.shape != values.shape[:-1]:
            title = getattr(self.function, "__name__", repr(self.function))
            wanted = (
                f"drop the last axis of what it is given (windows of shape {values.shape} "
                f"become values of shape {values.shape[:-1]})"
            )
            raise ArgumentError(message("reduce", wanted, f"shape {reduced.shape} from {title}"))
        return reduced

    def result_dtype(self, dtype: DType) -> None:
        return None
