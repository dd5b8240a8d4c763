"""The element of a rank, the mean of the largest, and elements weighted by their ranks."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from poolkit._errors import ArgumentError, ArgumentTypeError, message
from poolkit.reducers.ordered import Ordered, first_equal
from poolkit.reducers.reducer import Array, Gradient, Reducer

__all__ = ["Ordinal", "Rank", "TopMean"]


@dataclass(frozen=True, slots=True)
class Rank(Ordered):
    """The r-th largest element.

    Parameters
    ----------
    rank : int, default 1
        r, not 0: 1 is the largest, 2 the second largest; −1 the smallest, −2 the second
        smallest. Equal elements have ranks of their own. In a window of fewer elements it is
        the nearest rank that there is: the smallest element, or with a negative r the largest.

    Notes
    -----
    NaN: a window that holds one becomes NaN. Infinities are values like any other.
    Ties: equal elements give the same result, but of −0.0 and 0.0 either may come out.
    The first in row-major order has the index and the gradient; so has the first NaN.
    Dtype: that of the input; exact.
    Weights: those of copies.
    Source: the definition; scipy.ndimage's ``rank_filter``, which counts from 0, the smallest.
    Deviation: nothing is made up beyond the border.

    Examples
    --------
    >>> import poolkit
    >>> poolkit.rank_pool([[3, 8, 1, 5], [6, 2, 4, 0]], (2, 2), rank=2)
    array([[6, 4]])
    >>> poolkit.rank_pool([3, 8, 1, 5], (3,), rank=3, stride=1, padding=1)
    array([3, 1, 1, 1])
    """

    rank: int = 1

    name: ClassVar[str] = "rank"
    gradient: ClassVar[Gradient | None] = "selected"

    def __post_init__(self) -> None:
        _check_integer("rank", self.rank, "be an integer other than 0")
        if self.rank == 0:
            raise ArgumentError(message("rank", "be an integer other than 0", self.rank))

    @property
    def chooses(self) -> bool:
        return True

    def shares(self, before: Array, after: Array, total: Any) -> Array:
        return np.asarray(self._reached(after, total) & ~self._reached(before, total), np.float64)

    def select(self, values: Array) -> Any:
        return first_equal(values, np.asarray(self.define(values, 0)))

    def _reached(self, below: Array, total: Any) -> Any:
        if self.rank > 0:
            return below > np.maximum(total - self.rank, 0)
        return below >= np.minimum(total, -self.rank)


@dataclass(frozen=True, slots=True)
class TopMean(Ordered):
    """The mean of the largest elements.

    Parameters
    ----------
    count : int, default 2
        How many, at least 1. In a window of fewer elements it is the mean of all.

    Notes
    -----
    NaN: a window that holds one becomes NaN, and so does one with both infinities among the
    largest elements.
    Ties: equal elements give the same result.
    Dtype: that of the input for floats, computed in float64 at least; float64 for integers
    and bool.
    Gradient: the largest elements share it evenly; of equal elements those are the largest that
    come first in row-major order.
    Weights: those of copies, of broken numbers too.
    Source: Shi, Ye and Wu, Rank-based pooling for deep convolutional neural networks, Neural
    Networks 83, 2016: rank-based average pooling.

    Examples
    --------
    >>> import poolkit
    >>> poolkit.top_mean_pool([[3, 8, 1, 5], [6, 2, 4, 0]], (2, 2))
    array([[7. , 4.5]])
    """

    count: int = 2

    name: ClassVar[str] = "top_mean"

    def __post_init__(self) -> None:
        wanted = "be an integer of at least 1"
        _check_integer("count", self.count, wanted)
        if self.count < 1:
            raise ArgumentError(message("count", wanted, self.count))

    def shares(self, before: Array, after: Array, total: Any) -> Array:
        rest = total - self.count
        among = np.maximum(after - rest, 0) - np.maximum(before - rest, 0)
        among = np.minimum(among, after - before)  # where there are fewer in all
        return np.asarray(among / np.minimum(total, self.count))


@dataclass(frozen=True, slots=True)
class Ordinal(Ordered):
    """The weighted sum of the elements in descending order.

    It is Σ over r of w[r] · x₍r₎, x₍₀₎ being the largest element, for windows of as many
    elements as there are weights. In windows of k elements, fewer or more, the weights lie
    along the order: the r-th element gets what lies in its k-th part of it,
    Σ over j of w[j] · |[r/k, (r + 1)/k] ∩ [j/n, (j + 1)/n]| · n. A maximum, a minimum, a mean
    and a median remain what they are, and the weights' sum does.

    Parameters
    ----------
    rank_weights : sequence of float, default (1.0,)
        w, n numbers of any sign. One is a multiple of the mean.

    Notes
    -----
    NaN: a window that holds one becomes NaN. An infinity is multiplied by its weight, and left
    out where that is 0.
    Ties: equal elements give the same result.
    Dtype: that of the input for floats, computed in float64 at least; float64 for integers
    and bool.
    Gradient: each element gets its weight, equal ones in row-major order; each weight gets the
    elements of its rank.
    Weights of elements: those of copies, of broken numbers too.
    Source: Kumar, Ordinal Pooling Networks, arXiv 1804.02702; Deliège, Istasse, Kumar, De
    Vleeschouwer and Van Droogenbroeck, Ordinal Pooling, arXiv 2109.01561. Deviations: the
    weights are not made to be positive, nor to add up to 1; the order is descending; windows of
    other sizes are poolkit's own.

    Examples
    --------
    >>> import poolkit
    >>> poolkit.ordinal_pool([1.0, 4.0, 2.0, 8.0], (4,), rank_weights=(0.5, 0.25, 0.25, 0.0))
    array([5.5])
    >>> poolkit.ordinal_pool([1.0, 4.0, 2.0, 8.0], (4,), rank_weights=(0.75, 0.25))
    array([4.875])
    """

    rank_weights: tuple[float, ...] = (1.0,)

    name: ClassVar[str] = "ordinal"
    learnable: ClassVar[tuple[str, ...]] = ("rank_weights",)
    averages: ClassVar[bool] = False

    def __post_init__(self) -> None:
        wanted = "be a sequence of finite numbers"
        try:
            weights = np.asarray(self.rank_weights, np.float64)
        except (TypeError, ValueError):
            raise ArgumentTypeError(
                message("rank_weights", wanted, repr(self.rank_weights))
            ) from None
        if weights.ndim != 1 or not weights.size:
            raise ArgumentError(message("rank_weights", wanted, f"shape {weights.shape}"))
        if not np.isfinite(weights).all():
            raise ArgumentError(message("rank_weights", wanted, weights.tolist()))
        object.__setattr__(self, "rank_weights", tuple(weights.tolist()))

    def shares(self, before: Array, after: Array, total: Any) -> Array:
        n = len(self.rank_weights)
        # From the largest, in units in which each weight is 1 long.
        first, last = (total - after) * n / total, (total - before) * n / total
        shares = np.zeros(np.shape(first))
        for number, weight in enumerate(self.rank_weights):
            common = np.minimum(last, number + 1) - np.maximum(first, number)
            shares += weight * np.maximum(common, 0)
        return shares

    def by_parameter(self, name: str) -> tuple[Reducer, ...]:
        del name
        n = len(self.rank_weights)
        return tuple(Ordinal(tuple(float(j == i) for j in range(n))) for i in range(n))


def _check_integer(name: str, value: object, wanted: str) -> None:
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)):
        raise ArgumentTypeError(message(name, wanted, repr(value)))
