"""A mean that is multiplied afterwards."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from poolkit.reducers.dtypes import DType, as_float, float_accumulator
from poolkit.reducers.reducer import Array, Divisor, Fold, Gradient, Reducer
from poolkit.reducers.sums import exact_sum

__all__ = ["ScaledMean"]


@dataclass(frozen=True, slots=True)
class ScaledMean(Reducer):
    """The mean, multiplied by the elements of a window and divided by a number.

    For whole windows that is the sum over that number. For the windows at the border, which
    have fewer elements, it is not.

    Parameters
    ----------
    elements : int
        The number of elements of a window.
    override : float
        What to divide by.
    divisor : {"valid", "padded"}, default "valid"
        What the mean divides by: the elements inside the input, or its padding too.

    Notes
    -----
    NaN: a window that holds one becomes NaN; an empty one does where its divisor is 0. With an
    override of 0, infinity, or NaN where the mean is 0.
    Dtype: that of the input for floats, float64 for integers and bool. Accumulated in
    float64 at least.
    Gradient: every element gets that of its window, multiplied and divided likewise.
    Source: PaddlePaddle/Paddle: python/paddle/nn/functional/pooling.py (avg_pool2d,
    `divisor_override`).

    Examples
    --------
    >>> import poolkit
    >>> scaled = poolkit.reducers.ScaledMean(2, 4.0)
    >>> poolkit.pool([1.0, 3.0, 5.0], (2,), ceil_mode=True, reduce=scaled)  # sums: 4 and 5
    array([1. , 2.5])
    """

    elements: int
    override: float
    divisor: Divisor = "valid"

    name: ClassVar[str] = "scaled mean"
    gradient: ClassVar[Gradient | None] = "sloped"

    @property
    def folds(self) -> tuple[Fold, ...]:
        return (Fold(np.add),)

    def define(self, values: Array, count: float) -> Any:
        return self.finish((np.asarray(exact_sum(values)),), np.asarray(count))

    def result_dtype(self, dtype: DType) -> DType:
        return as_float(dtype)

    def accumulator_dtype(self, dtype: DType) -> DType:
        return float_accumulator(dtype)

    def finish(self, folded: tuple[Array, ...], count: Array) -> Array:
        with np.errstate(all="ignore"):
            mean = np.divide(folded[0], count)
            return np.asarray(np.divide(mean * self.elements, self.override))

    def slope(self, values: Array, folded: tuple[Array, ...], count: Any) -> Array:
        with np.errstate(all="ignore"):
            share = np.ones_like(values) / count * self.elements
            return np.asarray(np.divide(share, self.override))
