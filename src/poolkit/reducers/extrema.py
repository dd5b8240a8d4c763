"""Maximum, minimum, and the range between them."""

from dataclasses import dataclass
from typing import Any, ClassVar, Literal, TypeAlias

import numpy as np

from poolkit._errors import ArgumentError, message
from poolkit.reducers.dtypes import DType, as_unsigned
from poolkit.reducers.reducer import Array, Fold, Gradient, Reducer

__all__ = ["Extreme", "Max", "Min", "Range", "Ties"]

Ties: TypeAlias = Literal["first", "last", "split", "all"]


@dataclass(frozen=True, slots=True)
class Extreme(Reducer):
    """The largest or the smallest element.

    Parameters
    ----------
    ties : {"first", "last", "split", "all"}, default "first"
        Which of equal elements has the gradient, and the index: the first in row-major order,
        the last; or none has the index, and all share the gradient evenly, or all get it whole.
    """

    ties: Ties = "first"

    combine: ClassVar[np.ufunc]
    gradient: ClassVar[Gradient | None] = "selected"

    def __post_init__(self) -> None:
        rules = ("first", "last", "split", "all")
        if self.ties not in rules:
            wanted = "be one of " + ", ".join(f'"{rule}"' for rule in rules)
            raise ArgumentError(message("ties", wanted, repr(self.ties)))

    @property
    def routing(self) -> Gradient | None:
        return "selected" if self.ties in ("first", "last") else "sloped"

    @property
    def folds(self) -> tuple[Fold, ...]:
        return (Fold(self.combine),)

    @property
    def slope_folds(self) -> tuple[Fold, ...]:
        return (*self.folds, Fold(np.add, _tied, sees_windows=True))

    def define(self, values: Array, count: float) -> Any:
        return self.combine.reduce(values, axis=-1)

    def define_weighted(self, values: Array, weights: Array, count: float) -> Any:
        return self.define(values, count)

    def select(self, values: Array) -> Any:
        place = np.argmax if self.combine is np.maximum else np.argmin
        if self.ties == "last":
            return values.shape[-1] - 1 - place(values[..., ::-1], axis=-1)
        return place(values, axis=-1)

    def slope(self, values: Array, folded: tuple[Array, ...], count: Any) -> Array:
        tied = _tied(values, folded, count)
        return np.asarray(tied / folded[1]) if self.ties == "split" else tied

    def result_dtype(self, dtype: DType) -> DType:
        return dtype


def _tied(values: Array, earlier: tuple[Array, ...], count: Any) -> Array:
    """Return 1 for elements that are what their window became, and for NaN; else 0."""
    extreme = np.equal(values, earlier[0]) | np.not_equal(values, values)
    return np.asarray(extreme, values.dtype)


@dataclass(frozen=True, slots=True)
class Max(Extreme):
    """The largest element.

    Parameters
    ----------
    ties : {"first", "last", "split", "all"}, default "first"
        Which of equal elements has the gradient, and the index: the first in row-major order,
        the last; or none has the index, and all share the gradient evenly, or all get it whole.

    Notes
    -----
    NaN: a window that holds one becomes NaN. Infinities are values like any other.
    Ties: equal elements give the same result, but of −0.0 and 0.0 either may come out.
    NaN are equal to each other.
    Gradient: that of a window goes to the element that was chosen, or as `ties` says.
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
    combine: ClassVar[np.ufunc] = np.maximum


@dataclass(frozen=True, slots=True)
class Min(Extreme):
    """The smallest element.

    Parameters
    ----------
    ties : {"first", "last", "split", "all"}, default "first"
        Which of equal elements has the gradient, and the index: as for the largest.

    Notes
    -----
    NaN: a window that holds one becomes NaN. Infinities are values like any other.
    Ties: equal elements give the same result, but of −0.0 and 0.0 either may come out.
    NaN are equal to each other.
    Gradient: that of a window goes to the element that was chosen, or as `ties` says.
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
    combine: ClassVar[np.ufunc] = np.minimum


@dataclass(frozen=True, slots=True)
class Range(Reducer):
    """The largest element less the smallest.

    Notes
    -----
    NaN: a window that holds one becomes NaN, and so does one whose extremes are the
    same infinity.
    Dtype: that of the input for floats; for integers the unsigned type of the same
    width, in which the difference always fits; bool says whether both values occur.
    Ties: none.
    Gradient: equal elements that are the largest share it evenly; so do the smallest, negated.
    Source: NumPy's ``ptp``, without its overflow.

    Examples
    --------
    >>> import numpy as np
    >>> import poolkit
    >>> poolkit.range_pool(np.array([-128, 127, 5, 3], dtype=np.int8), (2,))
    array([255,   2], dtype=uint8)
    """

    name: ClassVar[str] = "range"

    gradient: ClassVar[Gradient | None] = "sloped"

    @property
    def folds(self) -> tuple[Fold, ...]:
        return (Fold(np.maximum), Fold(np.minimum))

    @property
    def slope_folds(self) -> tuple[Fold, ...]:
        smallest = Fold(np.add, lambda x, seen, count: _tied(x, seen[1:], count), True)
        return (*self.folds, Fold(np.add, _tied, True), smallest)

    def define(self, values: Array, count: float) -> Any:
        return _difference(np.max(values, axis=-1), np.min(values, axis=-1))

    def define_weighted(self, values: Array, weights: Array, count: float) -> Any:
        return self.define(values, count)

    def slope(self, values: Array, folded: tuple[Array, ...], count: Any) -> Array:
        largest, smallest, tops, bottoms = folded
        ups, downs = _tied(values, (largest,), count), _tied(values, (smallest,), count)
        return np.asarray(ups / tops - downs / bottoms)

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
