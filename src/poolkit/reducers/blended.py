"""A maximum and a mean, mixed."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from poolkit._errors import ArgumentError, message
from poolkit.reducers.dtypes import DType, as_float, float_accumulator, native
from poolkit.reducers.reducer import Array, Divisor, Fold, Reducer
from poolkit.reducers.sums import exact_sum

__all__ = ["MaxMeanBlend"]


@dataclass(frozen=True, slots=True)
class MaxMeanBlend(Reducer):
    """The maximum and the mean in given shares: (1 − b) · max x + b · Σ x / D.

    Parameters
    ----------
    share : float, default 0.0
        b, the share of the mean, from 0 to 1.
    divisor : {"valid", "padded", "window"} or float, default "valid"
        D, as of the mean.

    Notes
    -----
    NaN: a window that holds one becomes NaN. Empty windows: −∞, or NaN where D is 0.
    Dtype: that of the input for floats, float64 for integers and bool; computed in float64.
    Source: TensorRT's ``MAX_AVERAGE_BLEND``.

    Examples
    --------
    >>> import poolkit
    >>> blend = poolkit.reducers.MaxMeanBlend(0.25)
    >>> poolkit.pool([1.0, 5.0, 3.0, 3.0], (2,), reduce=blend)
    array([4.5, 3. ])
    """

    share: float = 0.0
    divisor: Divisor = "valid"

    name: ClassVar[str] = "blend of maximum and mean"

    def __post_init__(self) -> None:
        if not 0 <= self.share <= 1:
            raise ArgumentError(message("share", "lie in 0 to 1", self.share))

    @property
    def folds(self) -> tuple[Fold, ...]:
        return (Fold(np.maximum), Fold(np.add))

    def define(self, values: Array, count: float) -> Any:
        wide = native(self.accumulator_dtype(values.dtype))
        largest = np.max(values.astype(wide), axis=-1, initial=-np.inf)
        total = np.asarray(exact_sum(values))
        blend = self.finish((largest, total), np.asarray(count))
        return blend.astype(as_float(values.dtype))

    def result_dtype(self, dtype: DType) -> DType:
        return as_float(dtype)

    def accumulator_dtype(self, dtype: DType) -> DType:
        return float_accumulator(dtype)

    def finish(self, folded: tuple[Array, ...], count: Array) -> Array:
        largest, total = folded
        if self.share == 0:
            return largest
        mean = np.divide(total, count)
        return mean if self.share == 1 else (1 - self.share) * largest + self.share * mean
