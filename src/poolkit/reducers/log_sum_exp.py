"""The logarithm of a sum of exponentials, and its derivative by their sharpness."""

from dataclasses import dataclass
from math import inf
from typing import Any, ClassVar

import numpy as np

from poolkit._errors import ArgumentTypeError, message
from poolkit.reducers.dtypes import DType, as_float, float_accumulator
from poolkit.reducers.exponentials import check_number, distance, extremum, product, weight
from poolkit.reducers.reducer import Array, Fold, Gradient, Reducer

__all__ = ["LogSumExp"]


@dataclass(frozen=True, slots=True)
class LogSumExp(Reducer):
    """The logarithm of the mean exponential.

    It is (1/r)·log((1/n) Σ e^(rx)): near the mean where r is small, towards the maximum as r
    grows, towards the minimum as it falls below 0. Computed as
    m + (1/r)·log((1/n) Σ e^(r(x − m))), where m is the element of the largest exponential, so
    that nothing overflows and the logarithm is never that of 0.

    Parameters
    ----------
    sharpness : float, default 1.0
        r, any finite number but 0.
    mean : bool, default True
        Whether the exponentials are averaged; else it is the logarithm of their sum.

    Notes
    -----
    NaN: a window that holds one becomes NaN. Infinities: with r > 0, +∞ if the window holds
    one, and −∞ counts only where there is nothing else; with r < 0 the other way round.
    Ties: of equal elements each has its exponential.
    Dtype: that of the input for floats, computed in float64 at least; float64 for
    integers and bool. Rounding is magnified by 1 / r, so that 1e-8 leaves 8 digits.
    Gradient: e^(rx) / Σ e^(rx); equal infinities that the window becomes share it. By
    `sharpness`, (Σ x·e^(rx) / Σ e^(rx) − y) / r.
    Source: Pinheiro and Collobert, From Image-Level to Pixel-Level Labeling with
    Convolutional Networks, arXiv 1411.6228, section 3.2, which averages.

    Examples
    --------
    >>> import poolkit
    >>> poolkit.log_sum_exp_pool([0.0, 0.0, 1000.0, -1000.0], (2,), mean=False).round(4)
    array([6.931e-01, 1.000e+03])
    """

    sharpness: float = 1.0
    mean: bool = True

    name: ClassVar[str] = "log_sum_exp"
    gradient: ClassVar[Gradient | None] = "sloped"
    learnable: ClassVar[tuple[str, ...]] = ("sharpness",)

    def __post_init__(self) -> None:
        wanted = "be a finite number other than 0"
        check_number("sharpness", self.sharpness, wanted, nonzero=True, least=-inf)
        if not isinstance(self.mean, (bool, np.bool_)):
            raise ArgumentTypeError(message("mean", "be True or False", repr(self.mean)))

    @property
    def folds(self) -> tuple[Fold, ...]:
        return (Fold(extremum(self.sharpness)), Fold(np.add, self._weight, sees_windows=True))

    def define(self, values: Array, count: float) -> Any:
        wide = values.astype(float_accumulator(values.dtype))
        extreme = extremum(self.sharpness).reduce(wide, axis=-1, keepdims=True)
        total = np.sum(weight(wide, extreme, self.sharpness), axis=-1)
        return extreme[..., 0] + np.log(total / count if self.mean else total) / self.sharpness

    def result_dtype(self, dtype: DType) -> DType:
        return as_float(dtype)

    def accumulator_dtype(self, dtype: DType) -> DType:
        return float_accumulator(dtype)

    def finish(self, folded: tuple[Array, ...], count: Array) -> Array:
        extreme, total = folded
        return np.asarray(extreme + self._log(total, count) / self.sharpness)

    def slope(self, values: Array, folded: tuple[Array, ...], count: Any) -> Array:
        return np.asarray(self._weight(values, folded, count) / folded[1])

    def by_parameter(self, name: str) -> Reducer:
        del name
        return _BySharpness(self.sharpness, self.mean)

    def _log(self, total: Array, count: Any) -> Array:
        return np.asarray(np.log(total / count if self.mean else total))

    def _weight(self, values: Array, earlier: tuple[Array, ...], count: Any) -> Array:
        return weight(values, earlier[0], self.sharpness)


@dataclass(frozen=True, slots=True)
class _BySharpness(LogSumExp):
    """What the logarithm grows by with its sharpness: (Σ w·x − y) / r."""

    name: ClassVar[str] = "log-sum-exp by sharpness"
    gradient: ClassVar[Gradient | None] = None
    learnable: ClassVar[tuple[str, ...]] = ()

    @property
    def folds(self) -> tuple[Fold, ...]:
        whole = LogSumExp(self.sharpness, self.mean).folds
        return (*whole, Fold(np.add, self._weighted, sees_windows=True))

    def define(self, values: Array, count: float) -> Any:
        wide = values.astype(float_accumulator(values.dtype))
        extreme = extremum(self.sharpness).reduce(wide, axis=-1, keepdims=True)
        weights = weight(wide, extreme, self.sharpness)
        moved = np.sum(product(weights, distance(wide, extreme)), axis=-1)
        total = np.sum(weights, axis=-1)
        return self.finish((extreme[..., 0], total, moved), np.asarray(count))

    def finish(self, folded: tuple[Array, ...], count: Array) -> Array:
        _, total, moved = folded
        above = self._log(total, count) / self.sharpness  # of y, above the extreme
        return np.asarray((moved / total - above) / self.sharpness)

    def _weighted(self, values: Array, earlier: tuple[Array, ...], count: Any) -> Array:
        return product(self._weight(values, earlier, count), distance(values, earlier[0]))
