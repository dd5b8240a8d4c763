"""Stochastic pooling: an element drawn with its own value as its weight, and what is expected.

Source: Zeiler and Fergus, Stochastic Pooling for Regularization of Deep Convolutional Neural
Networks, arXiv 1301.3557, sections 3.1 and 3.2; BVLC/caffe: src/caffe/layers/pooling_layer.cu.
"""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from poolkit.reducers.dtypes import DType, as_float, float_accumulator
from poolkit.reducers.reducer import Array, Fold, Gradient, Reducer

__all__ = ["ExpectedDraw", "StochasticMean", "draw_by_share", "draw_by_size"]


@dataclass(frozen=True, slots=True)
class StochasticMean(Reducer):
    """The mean of the elements, each weighted by itself: Σ x² / Σ x.

    It is the expectation of an element that is drawn with a probability of x / Σ x, and takes
    the place of drawing when a network is tested. The elements are meant to be at least 0.

    Notes
    -----
    A window whose sum is not above 0, or is NaN, becomes 0; so does an empty one.
    NaN: as the sum is NaN, the window becomes 0.
    Dtype: that of the input for floats, float64 for integers and bool. Accumulated in float64
    at least.
    Gradient: (2 x − y) / Σ x, 0 where the window became 0.
    Source: arXiv 1301.3557, equation 6; Caffe, which guards the sum. Deviation: Caffe adds in
    the precision of the input, and has no gradient of its own for this.

    Examples
    --------
    >>> import poolkit
    >>> from poolkit.reducers import StochasticMean
    >>> poolkit.pool([1.0, 2.0, 3.0, 4.0, -1.0, 2.0, 3.0, -4.0], (4,), reduce=StochasticMean())
    array([3., 0.])
    """

    name: ClassVar[str] = "stochastic mean"
    gradient: ClassVar[Gradient | None] = "sloped"

    @property
    def folds(self) -> tuple[Fold, ...]:
        return (Fold(np.add), Fold(np.add, _square))

    def define(self, values: Array, count: float) -> Any:
        wide = values.astype(float_accumulator(values.dtype))
        folded = (np.sum(wide, axis=-1), np.sum(wide * wide, axis=-1))
        return self.finish(folded, np.asarray(count)).astype(as_float(values.dtype))

    def result_dtype(self, dtype: DType) -> DType:
        return as_float(dtype)

    def accumulator_dtype(self, dtype: DType) -> DType:
        return float_accumulator(dtype)

    def finish(self, folded: tuple[Array, ...], count: Array) -> Array:
        total, squares = folded
        return np.asarray(np.where(total > 0, squares / np.where(total > 0, total, 1), 0))

    def slope(self, values: Array, folded: tuple[Array, ...], count: Any) -> Array:
        total = np.where(folded[0] > 0, folded[0], 1)
        slope = (2 * values - folded[1] / total) / total
        return np.asarray(np.where(folded[0] > 0, slope, 0))


@dataclass(frozen=True, slots=True)
class ExpectedDraw(Reducer):
    """What is expected of an element drawn by its share of the sum: Σ x₊² / Σ x₊.

    x₊ is x, or 0 where that is negative: such elements are never drawn.

    Notes
    -----
    A window in which nothing is above 0 becomes 0.
    NaN: a window that holds one becomes NaN. One with +∞ becomes that.
    Dtype: that of the input for floats, float64 for integers and bool. Accumulated in float64
    at least.
    Gradient: (2 x − y) / Σ x₊ for elements above 0, 0 for the others.
    Source: arXiv 1301.3557, equation 6.

    Examples
    --------
    >>> import poolkit
    >>> from poolkit.reducers import ExpectedDraw
    >>> poolkit.pool([1.0, 2.0, 3.0, 4.0, -1.0, 2.0, 3.0, -4.0], (4,), reduce=ExpectedDraw())
    array([3. , 2.6])
    """

    name: ClassVar[str] = "expected draw"
    gradient: ClassVar[Gradient | None] = "sloped"

    @property
    def folds(self) -> tuple[Fold, ...]:
        return (Fold(np.add, _positive), Fold(np.add, _positive_square))

    def define(self, values: Array, count: float) -> Any:
        wide = values.astype(float_accumulator(values.dtype))
        positive = np.maximum(wide, 0)
        folded = (np.sum(positive, axis=-1), np.sum(positive * positive, axis=-1))
        return self.finish(folded, np.asarray(count)).astype(as_float(values.dtype))

    def result_dtype(self, dtype: DType) -> DType:
        return as_float(dtype)

    def accumulator_dtype(self, dtype: DType) -> DType:
        return float_accumulator(dtype)

    def finish(self, folded: tuple[Array, ...], count: Array) -> Array:
        total, squares = folded
        mean = squares / np.where(total == 0, 1, total)
        return np.asarray(np.where(total == np.inf, np.inf, mean))

    def slope(self, values: Array, folded: tuple[Array, ...], count: Any) -> Array:
        total = np.where(folded[0] == 0, 1, folded[0])
        return np.asarray(np.where(values > 0, (2 * values - folded[1] / total) / total, 0))


def draw_by_share(values: Array, numbers: Array) -> Array:
    """Return which elements random numbers draw, each by its share of the sum; −1 for none.

    Elements are laid one behind the other, each as long as it is large; a number falls into one
    of them. Negative ones are as long as 0, and are never drawn. NaN, the first of them, always
    is; else an infinity. None is drawn where nothing is above 0.

    Parameters
    ----------
    values : array of shape (..., k)
        The elements of windows, in row-major order.
    numbers : array of shape (...)
        A number from 0 to 1, without 1, for each window.

    Notes
    -----
    Dtype: sums are of float64 at least.
    Source: arXiv 1301.3557, section 3.1.

    Examples
    --------
    >>> import numpy as np
    >>> from poolkit.reducers import draw_by_share
    >>> draw_by_share(np.array([1.0, -2.0, 3.0, 4.0]), np.array([0.12, 0.13, 0.49, 0.5]))
    array([0, 2, 2, 3])
    """
    wide = values.astype(float_accumulator(values.dtype))
    with np.errstate(all="ignore"):
        sums = np.cumsum(np.where(wide > 0, wide, 0), axis=-1)
        total = sums[..., -1:]
        # Where the product is rounded up to the sum, the last element above 0 is meant.
        reached = (sums > numbers[..., np.newaxis] * total) | (sums >= total)
    drawn = np.where(total[..., 0] > 0, np.argmax(reached, axis=-1), -1)
    is_nan = np.isnan(wide)
    return np.where(is_nan.any(axis=-1), np.argmax(is_nan, axis=-1), drawn)


def draw_by_size(values: Array, numbers: Array) -> Array:
    """Return which elements random numbers draw, each by its size; −1 for none.

    It is the first whose sum with those before it reaches the number's share of the whole sum.

    Parameters
    ----------
    values : array of shape (..., k)
        The elements of windows, in row-major order.
    numbers : array of shape (...)
        A number from 0 to 1 for each window.

    Notes
    -----
    Of a window that sums up to less than 0, or holds NaN, it may be that none is reached.
    Dtype: sums are those of the values' dtype, added one by one; shares are float32.
    Source: Caffe's loop.

    Examples
    --------
    >>> import numpy as np
    >>> from poolkit.reducers import draw_by_size
    >>> draw_by_size(np.array([1.0, 2.0, 3.0, 4.0]), np.array([0.05, 0.3, 0.31, 0.99]))
    array([0, 1, 2, 3])
    """
    if values.shape[-1] == 0:
        return np.full(numbers.shape, -1)
    floats = values.astype(as_float(values.dtype))
    with np.errstate(all="ignore"):
        sums = np.cumsum(floats, axis=-1)
        shares = (numbers.astype(floats.dtype) * sums[..., -1]).astype(np.float32)
        reached = sums >= shares[..., np.newaxis]
    return np.where(reached.any(axis=-1), np.argmax(reached, axis=-1), -1)


def _positive(values: Array, earlier: tuple[Array, ...], count: Any) -> Array:
    del earlier, count
    return np.maximum(values, 0)


def _positive_square(values: Array, earlier: tuple[Array, ...], count: Any) -> Array:
    del earlier, count
    return np.square(np.maximum(values, 0))


def _square(values: Array, earlier: tuple[Array, ...], count: Any) -> Array:
    del earlier, count
    return values * values
