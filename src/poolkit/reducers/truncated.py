"""The mean of integers as an integer."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from poolkit.reducers.dtypes import DType, as_wide
from poolkit.reducers.reducer import Array, Divisor, Fold, Gradient, Reducer

__all__ = ["TruncatedMean"]


@dataclass(frozen=True, slots=True)
class TruncatedMean(Reducer):
    """The sum of integers divided by a count of them, what is left over dropped.

    Parameters
    ----------
    divisor : {"valid", "padded", "window"} or int, default "valid"
        What to divide by: see :class:`~poolkit.reducers.Mean`.

    Notes
    -----
    Rounded towards 0, as C divides. An empty window becomes 0.
    Dtype: 64-bit integers, whose sums wrap around.
    Source: PyTorch's ``avg_pool2d`` of int64.

    Examples
    --------
    >>> import poolkit
    >>> poolkit.pool([1, 2, -1, -2], (2,), reduce=poolkit.reducers.TruncatedMean())
    array([ 1, -1])
    """

    divisor: Divisor = "valid"

    name: ClassVar[str] = "truncated mean"
    gradient: ClassVar[Gradient | None] = None

    @property
    def folds(self) -> tuple[Fold, ...]:
        return (Fold(np.add),)

    def define(self, values: Array, count: float) -> Any:
        total = np.sum(values, axis=-1, dtype=as_wide(values.dtype))
        return self.finish((np.asarray(total),), np.asarray(count))

    def result_dtype(self, dtype: DType) -> DType:
        return as_wide(dtype)

    def accumulator_dtype(self, dtype: DType) -> DType:
        return as_wide(dtype)

    def finish(self, folded: tuple[Array, ...], count: Array) -> Array:
        (total,) = folded
        divisor = np.where(count == 0, 1, count).astype(total.dtype)
        return np.asarray((total - np.fmod(total, divisor)) // divisor)
