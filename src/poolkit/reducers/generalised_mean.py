"""The generalised mean, and its derivative by the exponent."""

from dataclasses import dataclass
from math import inf
from typing import Any, ClassVar

import numpy as np

from poolkit.reducers.dtypes import DType, as_float, float_accumulator
from poolkit.reducers.exponentials import check_number, extremum, product, ratio
from poolkit.reducers.reducer import Array, Fold, Gradient, Reducer

__all__ = ["GeneralisedMean"]


@dataclass(frozen=True, slots=True)
class GeneralisedMean(Reducer):
    """The generalised mean.

    It is ((1/n) Σ cᵖ)^(1/p) of c = max(x, eps): the mean where p is 1, towards the maximum as
    p grows, the harmonic mean where p is −1. Computed as s·((1/n) Σ (c / s)ᵖ)^(1/p), where s
    is the c of the largest power, so that nothing overflows or vanishes unless the mean itself
    does.

    Parameters
    ----------
    p : float, default 3.0
        The exponent, any finite number but 0.
    eps : float, default 1e-6
        What smaller elements are raised to, at least 0.

    Notes
    -----
    NaN: a window that holds one becomes NaN. Infinities: −∞ is raised to `eps`; with p > 0 a
    window that holds +∞ becomes that, with p < 0 it does only where there is nothing else.
    Ties: of equal elements each has its power.
    Dtype: that of the input for floats, computed in float64 at least; float64 for
    integers and bool. Rounding is magnified by 1 / p, so that 1e-8 leaves 8 digits.
    Gradient: (1/n)·(c / y)^(p − 1), 0 for elements below `eps`. By `p`,
    (y / p)·Σ w·log(c / y), where w = cᵖ / Σ cᵖ.
    Source: Radenović, Tolias and Chum, Fine-tuning CNN Image Retrieval with No Human
    Annotation, arXiv 1711.02512, equation 3; `eps` as in its authors' code.

    Examples
    --------
    >>> import poolkit
    >>> poolkit.gem_pool([1.0, 1.0, 3e200, 4e200], (2,), p=2.0)
    array([1.00000000e+000, 3.53553391e+200])
    """

    p: float = 3.0
    eps: float = 1e-6

    name: ClassVar[str] = "gem"
    gradient: ClassVar[Gradient | None] = "sloped"
    learnable: ClassVar[tuple[str, ...]] = ("p",)

    def __post_init__(self) -> None:
        check_number("p", self.p, "be a finite number other than 0", nonzero=True, least=-inf)
        wanted = "be a finite number of at least 0"
        check_number("eps", self.eps, wanted, nonzero=False, least=0)

    @property
    def folds(self) -> tuple[Fold, ...]:
        return (
            Fold(extremum(self.p), self._raised),
            Fold(np.add, self._power, sees_windows=True),
        )

    def define(self, values: Array, count: float) -> Any:
        raised = np.maximum(values.astype(float_accumulator(values.dtype)), self.eps)
        scale = extremum(self.p).reduce(raised, axis=-1, keepdims=True)
        powers = ratio(raised, scale) ** self.p
        return scale[..., 0] * (np.sum(powers, axis=-1) / count) ** (1 / self.p)

    def result_dtype(self, dtype: DType) -> DType:
        return as_float(dtype)

    def accumulator_dtype(self, dtype: DType) -> DType:
        return float_accumulator(dtype)

    def finish(self, folded: tuple[Array, ...], count: Array) -> Array:
        scale, total = folded
        return np.asarray(scale * (total / count) ** (1 / self.p))

    def slope(self, values: Array, folded: tuple[Array, ...], count: Any) -> Array:
        scale, total = folded
        relative = ratio(np.maximum(values, self.eps), scale)
        slope = (relative / (total / count) ** (1 / self.p)) ** (self.p - 1) / count
        return np.where(values < self.eps, 0, slope)

    def by_parameter(self, name: str) -> Reducer:
        del name
        return _ByExponent(self.p, self.eps)

    def _raised(self, values: Array, earlier: tuple[Array, ...], count: Any) -> Array:
        return np.asarray(np.maximum(values, self.eps))

    def _power(self, values: Array, earlier: tuple[Array, ...], count: Any) -> Array:
        return np.asarray(ratio(np.maximum(values, self.eps), earlier[0]) ** self.p)


@dataclass(frozen=True, slots=True)
class _ByExponent(GeneralisedMean):
    """What the generalised mean grows by with its exponent: (y / p)·Σ w·log(c / y)."""

    name: ClassVar[str] = "generalised mean by exponent"
    gradient: ClassVar[Gradient | None] = None
    learnable: ClassVar[tuple[str, ...]] = ()

    @property
    def folds(self) -> tuple[Fold, ...]:
        whole = GeneralisedMean(self.p, self.eps).folds
        return (*whole, Fold(np.add, self._logarithm, sees_windows=True))

    def define(self, values: Array, count: float) -> Any:
        raised = np.maximum(values.astype(float_accumulator(values.dtype)), self.eps)
        scale = extremum(self.p).reduce(raised, axis=-1, keepdims=True)
        relative = ratio(raised, scale)
        total = np.sum(relative**self.p, axis=-1)
        logarithms = np.sum(product(relative**self.p, np.log(relative)), axis=-1)
        return self.finish((scale[..., 0], total, logarithms), np.asarray(count))

    def finish(self, folded: tuple[Array, ...], count: Array) -> Array:
        scale, total, logarithms = folded
        mean = GeneralisedMean(self.p, self.eps).finish((scale, total), count)
        above = logarithms / total - np.log(total / count) / self.p  # of log c, above log y
        return product(above, mean / self.p)

    def _logarithm(self, values: Array, earlier: tuple[Array, ...], count: Any) -> Array:
        relative = ratio(np.maximum(values, self.eps), earlier[0])
        return product(relative**self.p, np.log(relative))
