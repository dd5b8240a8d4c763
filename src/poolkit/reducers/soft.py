"""Soft pooling: the mean weighted by exponentials, and its derivative by their sharpness."""

from dataclasses import dataclass
from math import inf
from typing import Any, ClassVar

import numpy as np

from poolkit.reducers.dtypes import DType, as_float, float_accumulator
from poolkit.reducers.exponentials import check_number, distance, extremum, product, weight
from poolkit.reducers.reducer import Array, Fold, Gradient, Reducer

__all__ = ["SoftMean"]


@dataclass(frozen=True, slots=True)
class SoftMean(Reducer):
    """The exponentially weighted mean.

    It is Σ x·e^(βx) / Σ e^(βx): the mean where β is 0, towards the maximum as β grows,
    towards the minimum as it falls. Computed as m + Σ (x − m)·e^(β(x − m)) / Σ e^(β(x − m)),
    where m is the element of the largest weight, so that nothing overflows and something is
    left to divide by.

    Parameters
    ----------
    sharpness : float, default 1.0
        β, any finite number.

    Notes
    -----
    NaN: a window that holds one becomes NaN. Infinities: with β > 0, +∞ if the window holds
    one, and −∞ counts only where there is nothing else; with β < 0 the other way round; with
    β = 0 as the mean.
    Ties: of equal elements each has its weight.
    Dtype: that of the input for floats, computed in float64 at least; float64 for
    integers and bool.
    Gradient: w·(1 + β(x − y)), where w = e^(βx) / Σ e^(βx); equal infinities that the window
    becomes share it. By `sharpness`, Σ w·(x − y)².
    Source: Stergiou, Poppe and Kalliatakis, Refining Activation Downsampling with SoftPool,
    arXiv 2101.00440, where β is 1.

    Examples
    --------
    >>> import poolkit
    >>> poolkit.soft_pool([1.0, 2.0, 1000.0, 1001.0], (2,)).round(4)
    array([   1.7311, 1000.7311])
    """

    sharpness: float = 1.0

    name: ClassVar[str] = "soft"
    gradient: ClassVar[Gradient | None] = "sloped"
    learnable: ClassVar[tuple[str, ...]] = ("sharpness",)

    def __post_init__(self) -> None:
        wanted = "be a finite number"
        check_number("sharpness", self.sharpness, wanted, nonzero=False, least=-inf)

    @property
    def folds(self) -> tuple[Fold, ...]:
        return (
            Fold(extremum(self.sharpness)),
            Fold(np.add, self._weight, sees_windows=True),
            Fold(np.add, self._weighted, sees_windows=True),
        )

    def define(self, values: Array, count: float) -> Any:
        wide = values.astype(float_accumulator(values.dtype))
        if self.sharpness == 0:
            return np.mean(wide, axis=-1)
        extreme = extremum(self.sharpness).reduce(wide, axis=-1, keepdims=True)
        weights = weight(wide, extreme, self.sharpness)
        moved = np.sum(product(weights, distance(wide, extreme)), axis=-1)
        return extreme[..., 0] + moved / np.sum(weights, axis=-1)

    def result_dtype(self, dtype: DType) -> DType:
        return as_float(dtype)

    def accumulator_dtype(self, dtype: DType) -> DType:
        return float_accumulator(dtype)

    def finish(self, folded: tuple[Array, ...], count: Array) -> Array:
        extreme, total, moved = folded
        return np.asarray(moved / total if self.sharpness == 0 else extreme + moved / total)

    def slope(self, values: Array, folded: tuple[Array, ...], count: Any) -> Array:
        _, total, moved = folded
        weights = self._weight(values, folded, count)
        if self.sharpness == 0:
            return np.asarray(weights / total)
        apart = self._distance(values, folded) - moved / total
        return product(weights, (1 + self.sharpness * apart) / total)

    def by_parameter(self, name: str) -> Reducer:
        del name
        return _SoftSpread(self.sharpness)

    def _weight(self, values: Array, earlier: tuple[Array, ...], count: Any) -> Array:
        if self.sharpness == 0:
            return np.ones_like(values)
        return weight(values, earlier[0], self.sharpness)

    def _weighted(self, values: Array, earlier: tuple[Array, ...], count: Any) -> Array:
        return product(self._weight(values, earlier, count), self._distance(values, earlier))

    def _distance(self, values: Array, earlier: tuple[Array, ...]) -> Array:
        # Of weights that are all 1, no element stands out.
        return values if self.sharpness == 0 else distance(values, earlier[0])


@dataclass(frozen=True, slots=True)
class _SoftSpread(SoftMean):
    """The variance under the weights: what the soft mean grows by with its sharpness."""

    name: ClassVar[str] = "soft spread"
    gradient: ClassVar[Gradient | None] = None
    learnable: ClassVar[tuple[str, ...]] = ()

    @property
    def folds(self) -> tuple[Fold, ...]:
        means = SoftMean(self.sharpness).folds
        return (*means, Fold(np.add, self._squared, sees_windows=True))

    def define(self, values: Array, count: float) -> Any:
        wide = values.astype(float_accumulator(values.dtype))
        extreme = extremum(self.sharpness).reduce(wide, axis=-1, keepdims=True)
        weights = weight(wide, extreme, self.sharpness)
        total = np.sum(weights, axis=-1, keepdims=True)
        apart = distance(wide, extreme)
        mean = np.sum(product(weights, apart), axis=-1, keepdims=True) / total
        return np.sum(product(weights, np.square(apart - mean)) / total, axis=-1)

    def finish(self, folded: tuple[Array, ...], count: Array) -> Array:
        _, total, _, squares = folded
        return np.asarray(squares / total)

    def _squared(self, values: Array, earlier: tuple[Array, ...], count: Any) -> Array:
        _, total, moved = earlier
        apart = self._distance(values, earlier) - moved / total
        return product(self._weight(values, earlier, count), np.square(apart))
