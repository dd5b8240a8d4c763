"""Sum, mean and product. Padding adds nothing, and multiplies by nothing."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from poolkit._errors import ArgumentError, ArgumentTypeError, message
from poolkit.reducers.dtypes import DType, as_float, as_real, as_wide, float_accumulator, is_float
from poolkit.reducers.reducer import Array, Divisor, Fold, Gradient, Reducer

__all__ = ["Mean", "Product", "Sum", "exact_sum"]


def _sum_without_rounding(values: Sequence[float]) -> float:
    """Return the float64 nearest to the true sum of float64 values."""
    try:
        return math.fsum(values)
    except (OverflowError, ValueError):  # beyond the largest float; inf - inf
        return float(np.sum(values))


_exact_sums = np.vectorize(_sum_without_rounding, otypes=[np.float64], signature="(k)->()")


def exact_sum(values: Array) -> Any:
    """Return sums over the last axis, rounded once, of float64 or narrower values.

    Longer floats, which `math.fsum` would cut short, are added as they are.
    """
    if values.dtype.kind == "c":
        return exact_sum(values.real) + 1j * exact_sum(values.imag)
    if values.dtype.itemsize > np.dtype(np.float64).itemsize:
        return np.sum(values, axis=-1)
    return _exact_sums(values.astype(np.float64))


@dataclass(frozen=True, slots=True)
class Sum(Reducer):
    """The sum of the elements.

    Notes
    -----
    NaN: a window that holds one becomes NaN, and so does one with both infinities.
    Dtype: that of the input for floats, accumulated in float64 at least; uint64 for
    unsigned integers, int64 for the others and bool, wrapping around as NumPy's do.
    Ties: none.
    Gradient: every element gets that of its window.
    Source: the definition.

    Examples
    --------
    >>> import poolkit
    >>> poolkit.sum_pool([[True, False, True], [True, True, True]], (2, 2), stride=1)
    array([[3, 3]])
    """

    name: ClassVar[str] = "sum"
    takes_complex: ClassVar[bool] = True
    of_nothing: ClassVar[float | None] = 0
    gradient: ClassVar[Gradient | None] = "shared"

    @property
    def folds(self) -> tuple[Fold, ...]:
        return (Fold(np.add),)

    def slope(self, values: Array, folded: tuple[Array, ...], count: Any) -> Array:
        return np.ones_like(values)

    def define(self, values: Array, count: float) -> Any:
        if is_float(values.dtype) or values.dtype.kind == "c":
            return exact_sum(values)
        return np.sum(values, axis=-1, dtype=as_wide(values.dtype))

    def result_dtype(self, dtype: DType) -> DType:
        return as_wide(dtype)

    def accumulator_dtype(self, dtype: DType) -> DType:
        return float_accumulator(dtype) if is_float(as_real(dtype)) else as_wide(dtype)


@dataclass(frozen=True, slots=True)
class Mean(Reducer):
    """The sum of the elements, divided by a count of them.

    Parameters
    ----------
    divisor : {"valid", "padded", "window"} or float, default "valid"
        What to divide by: the elements inside the input; those inside the input or its
        padding; all elements of the window. A number is PyTorch's ``divisor_override``.
    empty : float, default NaN
        What a window becomes whose divisor is 0, because it is empty.

    Notes
    -----
    NaN: a window that holds one becomes NaN, and so does one with both infinities.
    Dtype: that of the input for floats, float64 for integers and bool. Accumulated in
    float64 at least: float16 and float32 means are within one unit in the last place.
    Ties: none.
    Gradient: every element gets that of its window over the divisor.
    Source: PyTorch's ``adaptive_avg_pool2d`` and ONNX's ``GlobalAveragePool``.

    Examples
    --------
    >>> import poolkit
    >>> poolkit.pool([1.0, 2.0, 3.0, 4.0, 5.0], (2,), reduce="mean", ceil_mode=True)
    array([1.5, 3.5, 5. ])
    """

    divisor: Divisor = "valid"
    empty: float = math.nan

    name: ClassVar[str] = "mean"
    takes_complex: ClassVar[bool] = True
    gradient: ClassVar[Gradient | None] = "shared"

    def __post_init__(self) -> None:
        wanted = 'be "valid", "padded", "window" or a number other than 0'
        if isinstance(self.divisor, str):
            if self.divisor not in ("valid", "padded", "window"):
                raise ArgumentError(message("divisor", wanted, repr(self.divisor)))
        elif isinstance(self.divisor, bool) or not isinstance(
            self.divisor, (int, float, np.integer, np.floating)
        ):
            raise ArgumentTypeError(message("divisor", wanted, repr(self.divisor)))
        elif self.divisor == 0 or not math.isfinite(self.divisor):
            raise ArgumentError(message("divisor", wanted, self.divisor))

    @property
    def folds(self) -> tuple[Fold, ...]:
        return (Fold(np.add),)

    def define(self, values: Array, count: float) -> Any:
        if count == 0:
            return np.full(values.shape[:-1], self.empty)
        return exact_sum(values) / count

    def slope(self, values: Array, folded: tuple[Array, ...], count: Any) -> Array:
        return np.asarray(np.ones_like(values) / count)

    def usual(self) -> Reducer:
        return Mean(self.divisor)

    def result_dtype(self, dtype: DType) -> DType:
        return as_float(dtype)

    def accumulator_dtype(self, dtype: DType) -> DType:
        return float_accumulator(dtype)

    def finish(self, folded: tuple[Array, ...], count: Array) -> Array:
        mean = np.divide(folded[0], count)
        return mean if np.isnan(self.empty) else np.where(count == 0, self.empty, mean)


@dataclass(frozen=True, slots=True)
class Product(Reducer):
    """The product of the elements.

    Notes
    -----
    NaN: a window that holds one becomes NaN, and so does one with 0 and an infinity.
    Dtype: that of the input for floats, accumulated in float64 at least; uint64 for
    unsigned integers, int64 for the others and bool, wrapping around as NumPy's do.
    Ties: none.
    Gradient: the product of the window's other elements.
    Source: the definition.

    Examples
    --------
    >>> import poolkit
    >>> poolkit.product_pool([1.0, 2.0, 3.0, 4.0], (2,))
    array([ 2., 12.])
    """

    name: ClassVar[str] = "product"
    takes_complex: ClassVar[bool] = True
    of_nothing: ClassVar[float | None] = 1

    gradient: ClassVar[Gradient | None] = "sloped"

    @property
    def folds(self) -> tuple[Fold, ...]:
        return (Fold(np.multiply),)

    @property
    def slope_folds(self) -> tuple[Fold, ...]:
        return (Fold(np.multiply, _not_zero), Fold(np.add, _is_zero))

    def slope(self, values: Array, folded: tuple[Array, ...], count: Any) -> Array:
        # Not the product over the element: where that is 0, it is the product of the others.
        others, zeros = folded
        alone = np.where(zeros == 1, (values == 0) * others, 0)
        return np.where(zeros == 0, others / _not_zero(values), alone)

    def define(self, values: Array, count: float) -> Any:
        return np.prod(values, axis=-1, dtype=self.accumulator_dtype(values.dtype))

    def result_dtype(self, dtype: DType) -> DType:
        return as_wide(dtype)

    def accumulator_dtype(self, dtype: DType) -> DType:
        return float_accumulator(dtype) if is_float(as_real(dtype)) else as_wide(dtype)


def _not_zero(values: Array, earlier: tuple[Array, ...] = (), count: Any = None) -> Array:
    return np.where(values == 0, values.dtype.type(1), values)


def _is_zero(values: Array, earlier: tuple[Array, ...], count: Any) -> Array:
    return np.asarray(np.equal(values, 0), values.dtype)
