"""Variance and standard deviation of a window.

Computed from the deviations from the mean, in two passes: the one-pass formula
E[x²] − E[x]² loses every digit when the spread is small beside the mean.
"""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from poolkit._errors import ArgumentError, ArgumentTypeError, message
from poolkit.reducers.dtypes import DType, as_float, float_accumulator
from poolkit.reducers.reducer import Array, Fold, Reducer
from poolkit.reducers.sums import exact_sum

__all__ = ["Std", "Var"]


def _squared_deviation(values: Array, earlier: tuple[Array, ...], count: Any) -> Array:
    (total,) = earlier
    return np.asarray(np.square(values - total / count))


@dataclass(frozen=True, slots=True)
class Var(Reducer):
    """Σ (x − mean)² / (count − ddof), over the elements inside the input.

    A window of no more than `ddof` elements has the variance NaN. Integers and
    bool answer in float64.

    Parameters
    ----------
    ddof : int, default 0
        Degrees of freedom to take off, at least 0: NumPy's `ddof`, PyTorch's
        `correction`.
    """

    ddof: int = 0

    name: ClassVar[str] = "var"

    def __post_init__(self) -> None:
        wanted = "be an integer of at least 0"
        if isinstance(self.ddof, bool) or not isinstance(self.ddof, (int, np.integer)):
            raise ArgumentTypeError(message("ddof", wanted, repr(self.ddof)))
        if self.ddof < 0:
            raise ArgumentError(message("ddof", wanted, self.ddof))

    @property
    def folds(self) -> tuple[Fold, ...]:
        return (Fold(np.add), Fold(np.add, _squared_deviation, sees_windows=True))

    def define(self, values: Array, count: float) -> Any:
        wide = values.astype(float_accumulator(values.dtype))
        mean = np.asarray(exact_sum(wide) / count)[..., np.newaxis]
        total = exact_sum(np.square(wide - mean))
        return self.finish((mean, total), np.asarray(count))

    def result_dtype(self, dtype: DType) -> DType:
        return as_float(dtype)

    def accumulator_dtype(self, dtype: DType) -> DType:
        return float_accumulator(dtype)

    def finish(self, folded: tuple[Array, ...], count: Array) -> Array:
        freedom = np.where(count > self.ddof, count - self.ddof, np.nan)
        return np.divide(folded[-1], freedom)


@dataclass(frozen=True, slots=True)
class Std(Var):
    """The square root of the variance.

    Parameters
    ----------
    ddof : int, default 0
        As for :class:`Var`.
    """

    name: ClassVar[str] = "std"

    def finish(self, folded: tuple[Array, ...], count: Array) -> Array:
        return np.sqrt(Var.finish(self, folded, count))
