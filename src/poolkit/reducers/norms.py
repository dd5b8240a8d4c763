"""Norms as frameworks compute them: no scaling, no absolute value unless they take one."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from poolkit.reducers.dtypes import DType, as_float
from poolkit.reducers.reducer import Array, Divisor, Fold, Gradient, Reducer

__all__ = ["PowerNorm"]


@dataclass(frozen=True, slots=True)
class PowerNorm(Reducer):
    """The root of a sum of powers, in the precision of the input: (Σ xᵖ)^(1/p).

    Parameters
    ----------
    norm_type : float
        p.
    magnitudes : bool, default False
        Whether |x| is raised instead of x.
    mean : bool, default False
        Whether the mean of the powers is taken instead of their sum.
    quotient : bool, default False
        Whether the gradient is computed as (x / y)^(p−1), which is NaN or infinite where the
        sum is 0.
    single : bool, default False
        Whether powers and roots are those of float32, whatever the dtype.
    signed : bool, default False
        Whether an odd root is taken of negative sums too.

    Notes
    -----
    Nothing is scaled: of float32, 1e20 squared is infinite, 1e-25 squared is 0. A negative sum
    has no root, and becomes NaN, unless `signed`.
    NaN: a window that holds one becomes NaN.
    Dtype: that of the input for floats, float64 for integers and bool; half types are
    computed in float32.
    Gradient: the formula's, xᵖ⁻¹ · y^(1−p), 0 where the sum is 0.
    Source: Torch7; MXNet (signed); Paddle (quotient, single); ONNX's ``LpPool`` (magnitudes);
    TFLite's ``L2_POOL_2D`` (mean).

    Examples
    --------
    >>> import poolkit
    >>> poolkit.pool([-1.0, 2.0], (2,), reduce=poolkit.reducers.PowerNorm(3)).round(4)
    array([1.9129])
    """

    norm_type: float
    magnitudes: bool = False
    mean: bool = False
    quotient: bool = False
    single: bool = False
    signed: bool = False

    name: ClassVar[str] = "power norm"
    gradient: ClassVar[Gradient | None] = "sloped"

    @property
    def folds(self) -> tuple[Fold, ...]:
        return (Fold(np.add, self._power),)

    @property
    def divisor(self) -> Divisor:
        return "valid"

    def define(self, values: Array, count: float) -> Any:
        floats = values.astype(as_float(values.dtype))
        with np.errstate(all="ignore"):
            wide = floats.astype(self.accumulator_dtype(values.dtype))
            total = np.sum(self._power(wide, (), count), axis=-1)
            return self.finish((np.asarray(total),), np.asarray(count)).astype(floats.dtype)

    def result_dtype(self, dtype: DType) -> DType:
        return as_float(dtype)

    def accumulator_dtype(self, dtype: DType) -> DType:
        return np.promote_types(as_float(dtype), np.float32)

    def finish(self, folded: tuple[Array, ...], count: Array) -> Array:
        (total,) = folded
        total = total / count if self.mean else total
        dtype = total.dtype
        total = self._cut(total)
        return np.asarray(self._root(total).astype(dtype, copy=False))

    def slope(self, values: Array, folded: tuple[Array, ...], count: Any) -> Array:
        p = self.norm_type
        (total,) = folded
        total = total / count if self.mean else total
        base = np.abs(values) if self.magnitudes else values
        if self.quotient:
            return np.asarray((base / total ** (1 / p)) ** (p - 1))
        size = np.abs(total) if self.signed else total
        root = np.where(total == 0, 0, np.where(total == 0, 1, size) ** (1 / p - 1))
        slope = base ** (p - 1) * root
        if self.magnitudes:
            slope = slope * np.sign(values)
        return np.asarray(slope / count if self.mean else slope)

    def _root(self, total: Array) -> Array:
        if self.norm_type == 2:
            return np.asarray(np.sqrt(total))
        if not self.signed:
            return np.asarray(total ** (1 / self.norm_type))
        if self.norm_type == 3:
            return np.asarray(np.cbrt(total))
        return np.asarray(np.copysign(np.abs(total) ** (1 / self.norm_type), total))

    def _power(self, values: Array, earlier: tuple[Array, ...], count: Any) -> Array:
        del earlier, count
        base = self._cut(np.abs(values) if self.magnitudes else values)
        power = base * base if self.norm_type == 2 else base**self.norm_type
        return np.asarray(power.astype(values.dtype, copy=False))

    def _cut(self, values: Array) -> Array:
        return values.astype(np.float32, copy=False) if self.single else values
