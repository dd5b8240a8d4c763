"""The median and the other quantiles."""

from abc import abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, TypeAlias, get_args

import numpy as np

from poolkit._errors import ArgumentError, ArgumentTypeError, UnsupportedError, message
from poolkit.reducers.ordered import Ordered, first_equal
from poolkit.reducers.reducer import Array

__all__ = ["Median", "Quantile", "QuantileMethod"]

QuantileMethod: TypeAlias = Literal[
    "linear", "lower", "higher", "nearest", "midpoint", "inverted_cdf"
]

METHODS = get_args(QuantileMethod)
BETWEEN = ("linear", "midpoint")
"""The methods that may answer with a value that no element has."""


class OfLevel(Ordered):
    """What lies at a level of the elements in ascending order: at 0 the smallest."""

    __slots__ = ()

    method: QuantileMethod

    @property
    @abstractmethod
    def level(self) -> float:
        """The level, from 0 to 1."""

    @property
    def chooses(self) -> bool:
        return self.method not in BETWEEN

    def shares(self, before: Array, after: Array, total: Any) -> Array:
        return self._reached(after, total) - self._reached(before, total)

    def slope(self, values: Array, folded: tuple[Array, ...], count: Any) -> Array:
        del folded, count
        ranks, shares = self.places(values.shape[-1])
        ordered = np.sort(values, axis=-1)
        holds_nan = np.isnan(ordered[..., -1])
        slopes = np.zeros_like(values)
        for rank, share in zip(ranks, shares, strict=True):
            chosen = np.where(holds_nan, np.nan, ordered[..., rank])
            place = first_equal(values, chosen)[..., np.newaxis]
            so_far = np.take_along_axis(slopes, place, axis=-1)
            np.put_along_axis(slopes, place, so_far + share, axis=-1)
        return slopes

    def define_weighted(self, values: Array, weights: Array, count: Any) -> Any:
        if self.method != "inverted_cdf" and np.any(weights != np.floor(weights)):
            raise UnsupportedError(
                f'{self.name} by the method "{self.method}" takes whole numbers as weights only.\n'
                'Hint: use method="inverted_cdf".'
            )
        return Ordered.define_weighted(self, values, weights, count)

    def _reached(self, below: Array, total: Any) -> Array:
        """Return how much of the answer the smallest `below` of `total` elements decide."""
        if self.method == "inverted_cdf":
            reached = (below > 0) & (below >= total * self.level)
            return np.asarray(reached, np.float64)
        place = (total - 1) * self.level
        low, high = np.floor(place), np.ceil(place)
        if self.method == "nearest":
            low = high = np.rint(place)  # a half to the even place, as NumPy has it
        elif self.method == "lower":
            high = low
        elif self.method == "higher":
            low = high
        share = 0.5 if self.method == "midpoint" else place - low
        return np.asarray((1 - share) * (below > low) + share * (below > high), np.float64)

    def _check_method(self) -> None:
        if self.method not in METHODS:
            raise ArgumentError(
                message("method", f"be one of {', '.join(METHODS)}", repr(self.method))
            )


@dataclass(frozen=True, slots=True)
class Quantile(OfLevel):
    """The quantile of a level.

    In ascending order, from 0, it is the element at the place (k − 1) · q, or what `method`
    makes of those on either side of it.

    Parameters
    ----------
    q : float, default 0.5
        The level, from 0, the smallest element, to 1, the largest.
    method : str, default "linear"
        Between two elements: ``"linear"`` interpolates, ``"midpoint"`` takes the mean of the
        two, ``"lower"``, ``"higher"`` and ``"nearest"`` take one of them (``"nearest"`` of two
        that are equally near the one at an even place). ``"inverted_cdf"`` takes the smallest
        element that at least q · k elements do not exceed.

    Notes
    -----
    NaN: a window that holds one becomes NaN. Infinities are values like any other.
    Ties: equal elements give the same result.
    Dtype: that of the input where the method takes an element, exact. Else that of the input
    for floats, computed in float64 at least; float64 for integers and bool.
    Gradient: to the elements that are taken, by their share; of equal elements, and of NaN, to
    the first in row-major order.
    Weights: those of copies. The methods but ``"inverted_cdf"`` refuse broken numbers.
    Source: NumPy's ``quantile``, whose words and definitions these are; Hyndman and Fan, Sample
    quantiles in statistical packages, 1996. Deviations: a float32 answer is rounded once; the
    quantile of equal infinities is that infinity.

    Examples
    --------
    >>> import numpy as np
    >>> import poolkit
    >>> x = np.array([1, 2, 3, 10], np.uint8)
    >>> poolkit.quantile_pool(x, (4,), q=0.75)
    array([4.75])
    >>> poolkit.quantile_pool(x, (4,), q=0.75, method="lower")
    array([3], dtype=uint8)
    """

    q: float = 0.5
    method: QuantileMethod = "linear"

    name: ClassVar[str] = "quantile"

    def __post_init__(self) -> None:
        wanted = "be a number from 0 to 1"
        if isinstance(self.q, bool) or not isinstance(
            self.q, (int, float, np.integer, np.floating)
        ):
            raise ArgumentTypeError(message("q", wanted, repr(self.q)))
        if not 0 <= self.q <= 1:  # written so that NaN fails it
            raise ArgumentError(message("q", wanted, self.q))
        self._check_method()

    @property
    def level(self) -> float:
        return float(self.q)


@dataclass(frozen=True, slots=True)
class Median(OfLevel):
    """The median.

    It is the element in the middle of the ascending order; of an even number of elements, what
    `method` makes of the two in the middle.

    Parameters
    ----------
    method : str, default "linear"
        Of two: ``"linear"`` and ``"midpoint"`` take their mean, ``"lower"`` and
        ``"inverted_cdf"`` the smaller, ``"higher"`` the larger, ``"nearest"`` the one at an
        even place, counted from 0.

    Notes
    -----
    NaN: a window that holds one becomes NaN. Infinities are values like any other.
    Ties: equal elements give the same result.
    Dtype: that of the input where the method takes an element, exact. Else that of the input
    for floats, computed in float64 at least; float64 for integers and bool.
    Gradient: to the elements that are taken, by their share; of equal elements, and of NaN, to
    the first in row-major order.
    Weights: those of copies. The methods but ``"inverted_cdf"`` refuse broken numbers.
    Source: NumPy's ``median`` and ``quantile``. PyTorch's ``median`` is ``"lower"``. Deviation:
    a window at the border is the median of the elements it has, none is made up.

    Examples
    --------
    >>> import numpy as np
    >>> import poolkit
    >>> x = np.array([[3, 8, 1, 5], [6, 2, 4, 0], [7, 1, 9, 2], [4, 3, 6, 8]])
    >>> poolkit.median_pool(x, (2, 2))
    array([[4.5, 2.5],
           [3.5, 7. ]])
    >>> poolkit.median_pool(x, (2, 2), method="lower")
    array([[3, 1],
           [3, 6]])
    """

    method: QuantileMethod = "linear"

    name: ClassVar[str] = "median"

    def __post_init__(self) -> None:
        self._check_method()

    @property
    def level(self) -> float:
        return 0.5
