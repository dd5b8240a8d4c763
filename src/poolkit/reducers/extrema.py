"""Maximum, minimum, and the range between them."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from poolkit.reducers.dtypes import DType, as_unsigned
from poolkit.reducers.reducer import Array, Fold, Gradient, Reducer

__all__ = ["Max", "Min", "Range"]


@dataclass(frozen=True, slots=True)
class Max(Reducer):
    """The largest element.

    Notes
    -----
    NaN: a window that holds one becomes NaN. Infinities are values like any other.
    Ties: equal elements give the same result, but of −0.0 and 0.0 either may come out.
    The first in row-major order has the index and the gradient; so has the first NaN.
    Dtype: that of the input; exact.
    Source: PyTorch's ``max_pool2d``; deviations: padding is limited only by the rule
    that no window may be empty.

    Examples
    --------
    >>> import poolkit
    >>> x = [[3, 8, 1, 5], [6, 2, 4, 0], [7, 1, 9, 2], [4, 3, 6, 8]]
    >>> poolkit.max_pool(x, (2, 2))
    array([[8, 5],
           [7, 9]])
    >>> poolkit.max_pool(x, 2, stride=1, padding="same", axes=1)
    array([[8, 8, 5, 5],
           [6, 4, 4, 0],
           [7, 9, 9, 2],
           [4, 6, 8, 8]])
    """

    name: ClassVar[str] = "max"
    gradient: ClassVar[Gradient | None] = "selected"

    @property
    def folds(self) -> tuple[Fold, ...]:
        return (Fold(np.maximum),)

    def define(self, values: Array, count: float) -> Any:
        return np.max(values, axis=-1)

    def select(self, values: Array) -> Any:
        return np.argmax(values, axis=-1)

    def result_dtype(self, dtype: DType) -> DType:
        return dtype


@dataclass(frozen=True, slots=True)
class Min(Reducer):
    """The smallest element.

    Notes
    -----
    NaN: a window that holds one becomes NaN. Infinities are values like any other.
    Ties: equal elements give the same result, but of −0.0 and 0.0 either may come out.
    The first in row-major order has the index and the gradient; so has the first NaN.
    Dtype: that of the input; exact. The idiom −max(−x) is wrong for unsigned integers
    and for the most negative signed one; this is not.
    Source: the definition.

    Examples
    --------
    >>> import numpy as np
    >>> import poolkit
    >>> poolkit.min_pool(np.array([3, 1, 4, 1, 5, 9], dtype=np.uint8), (2,))
    array([1, 1, 5], dtype=uint8)
    """

    name: ClassVar[str] = "min"
    gradient: ClassVar[Gradient | None] = "selected"

    @property
    def folds(self) -> tuple[Fold, ...]:
        return (Fold(np.minimum),)

    def define(self, values: Array, count: float) -> Any:
        return np.min(values, axis=-1)

    def select(self, values: Array) -> Any:
        return np.argmin(values, axis=-1)

    def result_dtype(self, dtype: DType) -> DType:
        return dtype


@dataclass(frozen=True, slots=True)
class Range(Reducer):
    """The largest element less the smallest.

    Notes
    -----
    NaN: a window that holds one becomes NaN, and so does one whose extremes are the
    same infinity.
    Dtype: that of the input for floats; for integers the unsigned type of the same
    width, in which the difference always fits; bool says whether both values occur.
    Source: NumPy's ``ptp``, without its overflow.

    Examples
    --------
    >>> import numpy as np
    >>> import poolkit
    >>> poolkit.range_pool(np.array([-128, 127, 5, 3], dtype=np.int8), (2,))
    array([255,   2], dtype=uint8)
    """

    name: ClassVar[str] = "range"

    @property
    def folds(self) -> tuple[Fold, ...]:
        return (Fold(np.maximum), Fold(np.minimum))

    def define(self, values: Array, count: float) -> Any:
        return _difference(np.max(values, axis=-1), np.min(values, axis=-1))

    def result_dtype(self, dtype: DType) -> DType:
        return as_unsigned(dtype)

    def finish(self, folded: tuple[Array, ...], count: Array) -> Array:
        return _difference(*folded)


def _difference(largest: Array, smallest: Array) -> Array:
    """Return largest − smallest in the dtype where it cannot overflow."""
    if largest.dtype.kind == "b":
        return np.logical_xor(largest, smallest)
    dtype = as_unsigned(largest.dtype)
    return np.asarray(largest.astype(dtype) - smallest.astype(dtype))
