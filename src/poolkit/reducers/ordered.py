"""Mixtures of the elements in order of size: what quantiles, ranks and their means share."""

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from poolkit.reducers.dtypes import DType, as_float, float_accumulator, is_float, is_half, native
from poolkit.reducers.exchanges import pick_ordered
from poolkit.reducers.reducer import Array, Gradient, Reducer

__all__ = ["Ordered", "first_equal", "widen_halves"]


class Ordered(Reducer):
    """Σ over the elements in ascending order of a share of each, which their places decide.

    Laws: the shares of neighbours add up to the share of both, so that an element of weight w
    has the share of w copies; elements of equal size may come in any order.
    """

    __slots__ = ()

    gradient: ClassVar[Gradient | None] = "sloped"

    most_elements: ClassVar[int] = 81

    averages: ClassVar[bool] = True
    """Whether the shares add up to 1."""

    @property
    def chooses(self) -> bool:
        """Whether one element has all the share, whatever the window."""
        return False

    @abstractmethod
    def shares(self, before: Array, after: Array, total: Any) -> Array:
        """Return the shares of elements that have `before` … `after` of the `total` below them.

        The i-th of k elements, in ascending order from 0, has i below it without itself and
        i + 1 with itself; one of weight w adds w.
        """

    def result_dtype(self, dtype: DType) -> DType:
        return dtype if self.chooses else as_float(dtype)

    def places(self, size: int) -> tuple[tuple[int, ...], tuple[float, ...]]:
        """Return the ranks, from 0, that have a share in windows of a size, and their shares."""
        numbers = np.arange(size, dtype=np.float64)
        shares = self.shares(numbers, numbers + 1, float(size))
        ranks = np.flatnonzero(shares)
        if not ranks.size:  # all weights are 0; NaN is to be seen none the less
            return (0,), (0.0,)
        return tuple(ranks.tolist()), tuple(shares[ranks].tolist())

    def mix(self, picked: Sequence[Array], shares: tuple[float, ...]) -> Array:
        """Return what windows become from their elements of those ranks."""
        if self.chooses:
            return picked[0]
        total: Any = 0.0
        wide = float_accumulator(picked[0].dtype)
        for values, share in zip(picked, shares, strict=True):
            total = total + values.astype(wide) * share
        # Of equal elements, rounded products of shares may add up to something else.
        if self.averages and len(picked) > 1:
            return np.where(picked[0] == picked[-1], picked[0], total)
        return np.asarray(total)

    def define(self, values: Array, count: float) -> Any:
        del count
        size = values.shape[-1]
        ranks, shares = self.places(size)
        # Partitions place NaN behind all others.
        places = sorted({*ranks, size - 1})
        wide = widen_halves(values)
        ordered = np.partition(wide, places) if len(places) <= 3 else np.sort(wide, axis=-1)
        mixed = self.mix([ordered[..., rank] for rank in ranks], shares)
        if is_float(values.dtype):
            mixed = np.where(np.isnan(ordered[..., -1]), np.nan, mixed)
        return mixed.astype(native(self.result_dtype(values.dtype)))

    def define_elements(self, elements: Sequence[Array]) -> Array:
        ranks, shares = self.places(len(elements))
        return self.mix(pick_ordered(elements, ranks), shares)

    def define_weighted(self, values: Array, weights: Array, count: Any) -> Any:
        """Return what windows become of whose elements each stands for a number of copies.

        Parameters
        ----------
        values : array of shape (..., k)
        weights : array of shape (..., k), at least 0
            How many copies; of none, the element is absent, NaN too. A window of none becomes
            NaN, or of integers 0.
        """
        del count
        wide = widen_halves(values)
        order = np.argsort(wide, axis=-1, kind="stable")
        ordered = np.take_along_axis(wide, order, axis=-1)
        after = np.cumsum(np.take_along_axis(weights, order, axis=-1), axis=-1, dtype=np.float64)
        before = np.concatenate([np.zeros_like(after[..., :1]), after[..., :-1]], axis=-1)
        with np.errstate(all="ignore"):
            shares = self.shares(before, after, after[..., -1:])
            present = (after > before) & (shares != 0)
            if self.chooses:
                place = np.argmax(present, axis=-1)[..., np.newaxis]
                mixed = np.take_along_axis(ordered, place, axis=-1)[..., 0]
            else:
                wide = ordered.astype(float_accumulator(ordered.dtype))
                mixed = np.sum(np.where(present, wide * shares, 0), axis=-1)
        empty = after[..., -1] == 0
        if not is_float(values.dtype) and self.chooses:
            mixed = np.where(empty, 0, mixed)
        else:
            holds_nan = np.any(np.isnan(ordered) & (after > before), axis=-1)
            mixed = np.where(empty | holds_nan, np.nan, mixed)
        return mixed.astype(native(self.result_dtype(values.dtype)))

    def slope(self, values: Array, folded: tuple[Array, ...], count: Any) -> Array:
        del folded, count
        ranks, shares = self.places(values.shape[-1])
        # Equal elements rank in row-major order, the first as the largest.
        order = np.argsort(values[..., ::-1], axis=-1, kind="stable")
        slopes = np.zeros_like(values)
        for rank, share in zip(ranks, shares, strict=True):
            place = values.shape[-1] - 1 - order[..., rank, np.newaxis]
            np.put_along_axis(slopes, place, share, axis=-1)
        return slopes


def widen_halves(values: Array) -> Array:
    """Return halves as float32, which NumPy compares faster, and others as they are."""
    return values.astype(np.float32) if is_half(values.dtype) else values


def first_equal(values: Array, chosen: Array) -> Array:
    """Return the first place in windows (..., k) where what was chosen of them lies."""
    found = values == chosen[..., np.newaxis]
    if is_float(values.dtype):
        found |= np.isnan(values) & np.isnan(chosen)[..., np.newaxis]
    return np.asarray(np.argmax(found, axis=-1))
