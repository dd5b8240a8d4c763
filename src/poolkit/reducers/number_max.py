"""The maximum of the numbers of a window: what is not a number is passed over."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from poolkit.reducers.dtypes import DType, is_float
from poolkit.reducers.extrema import Max
from poolkit.reducers.reducer import Array, Gradient, Reducer

__all__ = ["NumberMax"]


@dataclass(frozen=True, slots=True)
class NumberMax(Reducer):
    """The largest element that is a number; the lowest finite one if none is.

    Notes
    -----
    NaN: it is passed over. A window of nothing but NaN becomes the lowest finite number of its
    dtype, has the index −1 and passes no gradient on; one of −∞ stays −∞.
    Ties: the first in row-major order has the index.
    Dtype: that of the input; exact.
    Source: MATLAB's max pooling on the host.

    Examples
    --------
    >>> import poolkit
    >>> nan, inf = float("nan"), float("inf")
    >>> poolkit.pool([nan, 1.0, -inf, nan], (2,), reduce=poolkit.reducers.NumberMax())
    array([  1., -inf])
    """

    name: ClassVar[str] = "max of numbers"
    gradient: ClassVar[Gradient | None] = "selected"
    chooses_always: ClassVar[bool] = False

    def define(self, values: Array, count: float) -> Any:
        del count
        if not is_float(values.dtype):
            return np.max(values, axis=-1)
        nans = np.isnan(values)
        largest = np.max(np.where(nans, -np.inf, values), axis=-1)
        lowest = np.finfo(values.dtype).min
        return np.where(nans.all(axis=-1), lowest, largest).astype(values.dtype)

    def select(self, values: Array) -> Any:
        if not is_float(values.dtype):
            return np.argmax(values, axis=-1)
        nans = np.isnan(values)
        numbers = np.where(nans, -np.inf, values)
        largest = np.max(numbers, axis=-1, keepdims=True)
        first = np.argmax((numbers == largest) & ~nans, axis=-1)
        return np.where(nans.all(axis=-1), -1, first)

    def result_dtype(self, dtype: DType) -> DType:
        return dtype

    def usual(self) -> Reducer:
        return Max()

    def from_usual(self, values: Array, indices: Array | None = None) -> bool:
        del indices
        return not (is_float(values.dtype) and np.isnan(values).any())
