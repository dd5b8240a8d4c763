"""Variance and standard deviation of a window.

Computed from the deviations from the mean, in two passes: the one-pass formula
E[x²] − E[x]² loses every digit when the spread is small beside the mean.
"""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from poolkit._errors import ArgumentError, ArgumentTypeError, message
from poolkit.reducers.dtypes import DType, as_float, float_accumulator
from poolkit.reducers.reducer import Array, Fold, Gradient, Reducer
from poolkit.reducers.sums import exact_sum

__all__ = ["Std", "Var"]


def _squared_deviation(values: Array, earlier: tuple[Array, ...], count: Any) -> Array:
    (total,) = earlier
    return np.asarray(np.square(values - total / count))


@dataclass(frozen=True, slots=True)
class Var(Reducer):
    """The variance.

    It is Σ (x − mean)² / (count − ddof).

    Parameters
    ----------
    ddof : int, default 0
        Degrees of freedom taken off the count, at least 0: PyTorch's `correction`.

    Notes
    -----
    NaN: a window that holds one, or an infinity, becomes NaN, and so does a window of
    `ddof` elements or fewer. Elements in the padding do not exist.
    Dtype: that of the input for floats, computed in float64 at least; float64 for
    integers and bool.
    Ties: none.
    Gradient: 2 (x − mean) / (count − ddof).
    Source: the definition, in two passes.

    Examples
    --------
    >>> import poolkit
    >>> poolkit.var_pool([1.0, 3.0, 10.0, 20.0], (2,), ddof=1)
    array([ 2., 50.])
    """

    ddof: int = 0

    name: ClassVar[str] = "var"
    gradient: ClassVar[Gradient | None] = "sloped"

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

    def slope(self, values: Array, folded: tuple[Array, ...], count: Any) -> Array:
        total, _ = folded
        freedom = np.where(count > self.ddof, count - self.ddof, np.nan)
        return np.asarray(2 * (values - total / count) / freedom)

    def finish(self, folded: tuple[Array, ...], count: Array) -> Array:
        freedom = np.where(count > self.ddof, count - self.ddof, np.nan)
        return np.divide(folded[-1], freedom)


@dataclass(frozen=True, slots=True)
class Std(Var):
    """The standard deviation.

    It is √(Σ (x − mean)² / (count − ddof)).

    Parameters
    ----------
    ddof : int, default 0
        Degrees of freedom taken off the count, at least 0: PyTorch's `correction`.

    Notes
    -----
    NaN: a window that holds one, or an infinity, becomes NaN, and so does a window of
    `ddof` elements or fewer. Elements in the padding do not exist.
    Dtype: that of the input for floats, computed in float64 at least; float64 for
    integers and bool.
    Ties: none.
    Gradient: (x − mean) / ((count − ddof) · y), 0 where the deviation is 0.
    Source: the definition, in two passes.

    Examples
    --------
    >>> import poolkit
    >>> poolkit.std_pool([1.0, 3.0, 1e8, 1e8 + 2], (2,))
    array([1., 1.])
    """

    name: ClassVar[str] = "std"

    def finish(self, folded: tuple[Array, ...], count: Array) -> Array:
        return np.sqrt(Var.finish(self, folded, count))

    def slope(self, values: Array, folded: tuple[Array, ...], count: Any) -> Array:
        deviation = self.finish(folded, count)
        variance_slope = Var.slope(self, values, folded, count)
        return np.where(deviation == 0, 0, variance_slope / (2 * deviation))
