"""Windows that count the padding in, as elements of a value."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from poolkit._errors import ArgumentError, message
from poolkit.reducers.dtypes import DType, is_float
from poolkit.reducers.reducer import Array, Reducer

__all__ = ["Filled"]


@dataclass(frozen=True, slots=True)
class Filled(Reducer):
    """What another reducer makes of whole windows, the missing elements being a number.

    Parameters
    ----------
    reducer : Reducer
        The other. The missing elements come behind those that are there.
    elements : int
        How many elements a whole window has.
    value : float
        What the missing ones are, cast to the dtype of the input.

    Notes
    -----
    NaN: as of the other reducer.
    Dtype: as of the other reducer.
    Gradient: none.
    Source: scikit-image's ``block_reduce``, whose ``cval`` fills the last blocks up.

    Examples
    --------
    >>> import poolkit
    >>> filled = poolkit.reducers.Filled(poolkit.reducers.Max(), 2, 0)
    >>> poolkit.pool([-5, -3, -4], (2,), reduce=filled, padding="same")
    array([-3,  0])
    """

    reducer: Reducer
    elements: int
    value: float

    name: ClassVar[str] = "filled windows"

    def define(self, values: Array, count: float) -> Any:
        missing = self.elements - values.shape[-1]
        if missing > 0:
            if not is_float(values.dtype) and not np.isfinite(self.value):
                wanted = f"be a number that {values.dtype} has"
                raise ArgumentError(message("value", wanted, self.value))
            fill = np.full((*values.shape[:-1], missing), self.value, values.dtype)
            values = np.concatenate([values, fill], axis=-1)
        return self.reducer.define(values, self.elements)

    def result_dtype(self, dtype: DType) -> DType | None:
        return self.reducer.result_dtype(dtype)
