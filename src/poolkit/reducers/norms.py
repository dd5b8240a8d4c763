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

    Notes
    -----
    Nothing is scaled: of float32, 1e20 squared is infinite, 1e-25 squared is 0. A negative sum
    has no root, and becomes NaN.
    NaN: a window that holds one becomes NaN.
    Dtype: that of the input for floats, float64 for integers and bool; half types are
    computed in float32.
    Gradient: the formula's, xᵖ⁻¹ · y^(1−p), 0 where the sum is 0.
    Source: MXNet, Paddle and Torch7; ONNX's ``LpPool`` (magnitudes); TFLite's ``L2_POOL_2D``
    (mean).

    Examples
    --------
    >>> import poolkit
    >>> poolkit.pool([-1.0, 2.0], (2,), reduce=poolkit.reducers.PowerNorm(3)).round(4)
    array([1.9129])
    """

    norm_type: float
    magnitudes: bool = False
    mean: bool = False

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
        return np.asarray(np.sqrt(total) if self.norm_type == 2 else total ** (1 / self.norm_type))

    def slope(self, values: Array, folded: tuple[Array, ...], count: Any) -> Array:
        p = self.norm_type
        (total,) = folded
        total = total / count if self.mean else total
        base = np.abs(values) if self.magnitudes else values
        root = np.where(total == 0, 0, np.where(total == 0, 1, total) ** (1 / p - 1))
        slope = base ** (p - 1) * root
        if self.magnitudes:
            slope = slope * np.sign(values)
        return np.asarray(slope / count if self.mean else slope)

    def _power(self, values: Array, earlier: tuple[Array, ...], count: Any) -> Array:
        del earlier, count
        base = np.abs(values) if self.magnitudes else values
        return np.asarray(base * base if self.norm_type == 2 else base**self.norm_type)
