"""The points of many boxes at a time: what `poolkit.geometry.regions.Samples` says of one."""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from poolkit._errors import ArgumentError, message
from poolkit.engines.regions import AxisPoints
from poolkit.geometry.regions import Precision, Samples
from poolkit.geometry.regions.floats import FIT, LARGEST_CELL
from poolkit.geometry.regions.samples import MOST_SAMPLES
from poolkit.reducers.dtypes import DType
from poolkit.reducers.reducer import Array

__all__ = ["DTYPES", "BoxPoints", "bounded", "fit", "parts_of"]

DTYPES: dict[Precision, DType] = {
    "single": np.dtype(np.float32),
    "double": np.dtype(np.float64),
}

MOST_POINTS = 2**24
"""Points inside the axis that one box may have."""

PART_POINTS = 2**20
"""Points on an axis that are laid out at a time."""


def fit(values: Array, precision: Precision) -> Array:
    """Return float64 rounded to a precision."""
    return values if precision == "double" else values.astype(np.float32).astype(np.float64)


def bounded(values: Array) -> Array:
    """Return coordinates that an integer of 32 bits holds."""
    return np.clip(values, -float(LARGEST_CELL), float(LARGEST_CELL))


class BoxPoints:
    """The points of boxes on one axis.

    The same steps in the same floats as `Samples`, for arrays: of 1000 boxes of 7 bins, point by
    point took 40 ms, at once takes 1.

    Attributes
    ----------
    points : array of int64 of shape (R,)
        How many a bin has, with those that have no value; negative where a box ends before it
        begins.
    """

    @np.errstate(all="ignore")
    def __init__(self, rule: Samples, ends: Array, bins: int, length: int) -> None:
        self._rule, self._bins, self._length = rule, bins, length
        precision = rule.precision
        scale = FIT[precision](rule.scale)
        moved = fit(fit(fit(ends, precision) * scale, precision) - rule.offset, precision)
        start, end = np.moveaxis(bounded(moved), -1, 0)
        extent = fit(end - start, precision)
        if rule.least is not None:
            extent = np.maximum(extent, FIT[precision](rule.least))
        self._start, self._size = start, fit(extent / bins, precision)
        if rule.per_bin is None:
            self.points = np.ceil(self._size).astype(np.int64)
        else:
            self.points = np.full(len(start), rule.per_bin)
        self._first, self._near = self._find_near()
        for r in np.flatnonzero(self._near.max(axis=1, initial=0) > MOST_SAMPLES)[:1]:
            low, high = ends[r].tolist()
            rule.taps(low, high, bins, length)  # says why not
        self.each = self._near.sum(axis=1)
        if self.each.max(initial=0) > MOST_POINTS:
            wanted = f"be such that at most {MOST_POINTS} points of a box lie on an axis"
            raise ArgumentError(message("sampling_ratio", wanted, rule.per_bin))

    def _find_near(self) -> tuple[Array, Array]:
        """Return the first point of each bin that may have a value, and how many may."""
        points = self.points[:, np.newaxis]
        begin = self._start[:, np.newaxis] + np.arange(self._bins) * self._size[:, np.newaxis]
        first, stop = np.zeros(begin.shape, np.int64), np.broadcast_to(points, begin.shape)
        step = self._size[:, np.newaxis] / np.maximum(points, 1)
        many = (points > 2 * self._length + 8) & (step > 0)
        if many.any():
            step = np.where(many, step, 1)
            extent = np.abs(self._start) + np.abs(self._bins * self._size)
            slack = 2 + extent[:, np.newaxis] * 2**-21 / step
            low = np.floor((-1 - begin) / step - slack)
            high = np.ceil((self._length - begin) / step + slack)
            first = np.where(many, np.clip(low, 0, points), first).astype(np.int64)
            stop = np.where(many, np.clip(high, 0, points), stop).astype(np.int64)
        return first, np.maximum(stop - first, 0)

    @np.errstate(all="ignore")
    def laid_out(self, boxes: slice, dtype: DType) -> AxisPoints:
        """Return the points of some boxes that have a value."""
        rule, precision = self._rule, self._rule.precision
        start, size, points = self._start[boxes], self._size[boxes], self.points[boxes]
        near = self._near[boxes]
        each, of_box = near.ravel(), self.each[boxes]
        begins = np.cumsum(each) - each
        number = np.arange(each.sum()) + np.repeat(self._first[boxes].ravel() - begins, each)
        bin_number = np.arange(self._bins, dtype=np.float64)
        if rule.shares_first:
            share = fit((number + 0.5) / np.repeat(points, of_box), precision)
            share = fit(np.repeat(np.tile(bin_number, len(near)), each) + share, precision)
            within = fit(np.repeat(size, of_box) * share, precision)
            position = np.repeat(start, of_box) + within
        else:
            begin = start[:, np.newaxis] + fit(bin_number * size[:, np.newaxis], precision)
            within = fit((number + 0.5) * np.repeat(size, of_box), precision)
            within = fit(within / np.repeat(points, of_box), precision)
            position = np.repeat(fit(begin, precision).ravel(), each) + within
        position = fit(position, precision)
        has_value = (position >= -1) & (position <= self._length)
        owner = np.repeat(np.arange(each.size), each)
        if not has_value.all():
            position, owner = position[has_value], owner[has_value]
        counts = np.bincount(owner, minlength=each.size).reshape(near.shape)
        position = np.maximum(position, 0)
        last = self._length - 1
        low = np.minimum(position.astype(np.int64), last)
        share = np.where(low == last, 0.0, fit(position - low, precision))
        return AxisPoints(
            counts,
            low.astype(np.int32),
            np.minimum(low + 1, last).astype(np.int32),
            fit(1 - share, precision).astype(dtype),
            share.astype(dtype),
        )


def parts_of(rows: BoxPoints, columns: BoxPoints) -> Iterator[slice]:
    """Yield boxes in order, as many at a time as have not too many points."""
    total = np.cumsum(rows.each + columns.each) // PART_POINTS
    borders = [0, *(np.flatnonzero(np.diff(total)) + 1).tolist(), len(total)]
    for first, stop in pairwise(borders):
        yield slice(first, stop)
