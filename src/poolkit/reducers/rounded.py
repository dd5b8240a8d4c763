"""Means that stay integers, and answers kept within a range: what quantised networks compute."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from poolkit._errors import ArgumentTypeError, message
from poolkit.reducers.dtypes import DType, is_float
from poolkit.reducers.reducer import Array, Divisor, Fold, Reducer

__all__ = ["Clamped", "RoundedMean"]

MOST = float(np.finfo(np.float64).max)


@dataclass(frozen=True, slots=True)
class RoundedMean(Reducer):
    """The mean of integers, rounded to the nearest, halves away from 0.

    Parameters
    ----------
    divisor : {"valid", "padded", "window"}, default "valid"
        What to divide by, as of :class:`~poolkit.reducers.Mean`.

    Notes
    -----
    Dtype: that of the input, integers; summed in int64.
    Source: TFLite's quantised ``AVERAGE_POOL_2D``.

    Examples
    --------
    >>> import numpy as np
    >>> import poolkit
    >>> x = np.array([1, 2, -1, -2, -2, -4], np.int8)
    >>> poolkit.pool(x, (2,), reduce=poolkit.reducers.RoundedMean())
    array([ 2, -2, -3], dtype=int8)
    """

    divisor: Divisor = "valid"

    name: ClassVar[str] = "rounded mean"

    @property
    def folds(self) -> tuple[Fold, ...]:
        return (Fold(np.add),)

    def define(self, values: Array, count: float) -> Any:
        total = np.asarray(np.sum(values, axis=-1, dtype=self.accumulator_dtype(values.dtype)))
        return self.finish((total,), np.asarray(count)).astype(values.dtype)

    def result_dtype(self, dtype: DType) -> DType:
        return dtype

    def accumulator_dtype(self, dtype: DType) -> DType:
        if is_float(dtype):
            raise ArgumentTypeError(message("x", "hold integers for a rounded mean", dtype.name))
        return np.dtype(np.int64)

    def finish(self, folded: tuple[Array, ...], count: Array) -> Array:
        (total,) = folded
        divisor = np.where(count == 0, 1, count).astype(np.int64)
        return np.asarray(np.sign(total) * ((np.abs(total) + divisor // 2) // divisor))


@dataclass(frozen=True, slots=True)
class Clamped(Reducer):
    """What another reducer answers, kept between two numbers.

    Parameters
    ----------
    reducer : Reducer
        The other.
    least, most : float, default -inf and inf
        The bounds. One beyond the range of the answer's dtype is the end of that range: its
        lowest or largest finite number, for floats.
    raises_nan : bool, default False
        Whether NaN becomes the lower bound.

    Notes
    -----
    NaN: stays NaN, unless raised.
    Dtype: that of the other's answer.
    Gradient: none.
    Source: TFLite's fused activations; XNNPACK's means (NaN raised).

    Examples
    --------
    >>> import poolkit
    >>> relu6 = poolkit.reducers.Clamped(poolkit.reducers.Max(), 0.0, 6.0)
    >>> poolkit.pool([-2.0, -1.0, 3.0, 5.0, 7.0, 9.0], (2,), reduce=relu6)
    array([0., 5., 6.])
    """

    reducer: Reducer
    least: float = -np.inf
    most: float = np.inf
    raises_nan: bool = False

    name: ClassVar[str] = "clamped"

    @property
    def divisor(self) -> Divisor:
        return self.reducer.divisor

    def define(self, values: Array, count: float) -> Any:
        return self._clamp(np.asarray(self.reducer.define(values, count)))

    def result_dtype(self, dtype: DType) -> DType | None:
        return self.reducer.result_dtype(dtype)

    def usual(self) -> Reducer:
        return self.reducer.usual()

    def from_usual(self, values: Array, indices: Array | None = None) -> bool:
        if not self.reducer.from_usual(values, indices):
            return False
        values[...] = self._clamp(values)
        return True

    def _clamp(self, values: Array) -> Array:
        least, most = self._bounds(values.dtype)
        # NaN compares false.
        low = ~(values >= least) if self.raises_nan else values < least
        raised = np.where(low, least, values)
        return np.where(raised > most, most, raised).astype(values.dtype)

    def keeps_finite(self, dtype: DType) -> bool:
        """Return whether all finite answers of a dtype stay as they are."""
        least, most = Clamped(self.reducer, -MOST, MOST)._bounds(dtype)
        return self._bounds(dtype)[0] <= least and self._bounds(dtype)[1] >= most

    def _bounds(self, dtype: DType) -> tuple[float, float]:
        if not is_float(dtype):
            limits = np.iinfo(dtype)
            return max(self.least, limits.min), min(self.most, limits.max)
        largest = float(np.finfo(np.float32 if dtype.kind == "V" else dtype).max)
        least = self.least if np.isinf(self.least) else max(self.least, -largest)
        return least, self.most if np.isinf(self.most) else min(self.most, largest)
