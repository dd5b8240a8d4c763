"""The points of a box on both axes: what lies there, and who gets their gradient."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from poolkit.engines.regions import AxisPoints
from poolkit.reducers.reducer import Array

__all__ = ["AxisTaps", "Grid"]

PART_POINTS = 2**20
"""Points that are pooled at a time."""


class AxisTaps:
    """The points on one axis, bin by bin: arrays of shape (bins, points).

    Bins with fewer points than others are filled up with points that are not valid.
    """

    def __init__(self, points: AxisPoints, r: int) -> None:
        counts = points.counts[r]
        self.bins, self.points = len(counts), int(counts.max(initial=0))
        self.valid = np.arange(self.points) < counts[:, np.newaxis]
        first = int(points.counts[:r].sum())
        each = slice(first, first + int(counts.sum()))
        self.low, self.high = self._filled(points.low[each]), self._filled(points.high[each])
        self.weight_low = self._filled(points.weight_low[each])
        self.weight_high = self._filled(points.weight_high[each])

    def _filled(self, values: Array) -> Array:
        filled = np.zeros(self.valid.shape, values.dtype)
        filled[self.valid] = values
        return filled

    def corners(self, index: Any) -> Iterator[tuple[Array, Array]]:
        """Yield the cells on either side of points, and their weights."""
        yield self.low[index], self.weight_low[index]
        yield self.high[index], self.weight_high[index]


class Grid:
    """The points of a box on both axes."""

    def __init__(
        self, rows: AxisTaps, columns: AxisTaps, points: tuple[int, int], width: int
    ) -> None:
        self.rows, self.columns = rows, columns
        self.points = points
        self.width = width

    @property
    def count(self) -> int:
        """How many points a bin has, with those that have no value."""
        return self.points[0] * self.points[1]

    def reaches_out(self) -> Array:
        """Return in which bins there are points without a value: (P, Q)."""
        down = self.rows.valid.sum(axis=1) < self.points[0]
        across = self.columns.valid.sum(axis=1) < self.points[1]
        return np.asarray(down[:, np.newaxis] | across[np.newaxis])

    def parts(self, channels: int) -> Iterator[tuple[slice, slice, slice]]:
        """Yield pieces of the work: of the bins down and across, and of the points down.

        Pieces of a bin come in order.
        """
        rows, columns = self.rows, self.columns
        if not rows.points or not columns.points:
            return
        row = max(1, channels * columns.points)
        if row * rows.bins * columns.bins * rows.points <= PART_POINTS:
            yield slice(0, rows.bins), slice(0, columns.bins), slice(0, rows.points)
            return
        step = max(1, PART_POINTS // row)
        for p in range(rows.bins):
            for q in range(columns.bins):
                for first in range(0, rows.points, step):
                    stop = min(first + step, rows.points)
                    yield slice(p, p + 1), slice(q, q + 1), slice(first, stop)

    def valid(self, p: slice, q: slice, i: slice) -> Array:
        """Return which points have a value: (P, Q, g, h)."""
        return np.asarray(_down(self.rows.valid[p, i]) & _across(self.columns.valid[q]))

    def values(
        self, x: Array, taken: Array, p: slice, q: slice, i: slice, skips_zeros: bool
    ) -> Array:
        """Return what lies at points of the planes (C, H, W): (D, P, Q, g, h)."""
        total: Any = 0
        for term in self.terms(x, taken, p, q, i, skips_zeros):
            total = total + term
        return np.asarray(total)

    def terms(
        self, x: Array, taken: Array, p: slice, q: slice, i: slice, skips_zeros: bool = False
    ) -> Iterator[Array]:
        """Yield the four cells around points, times their weights: (D, P, Q, g, h) each."""
        planes = taken[..., np.newaxis, np.newaxis]
        for row, row_weight in self.rows.corners((p, i)):
            for column, column_weight in self.columns.corners(q):
                weight = _down(row_weight) * _across(column_weight)
                term = weight * x[planes, _down(row), _across(column)]
                yield np.where(weight > 0, term, 0) if skips_zeros else term

    def give_all(self, plane: Array, taken: Array, gradient: Array) -> None:
        """Add to planes (C, H·W) the gradient of the bins' means."""
        count = gradient.dtype.type(self.count)
        for p, q, i in self.parts(4 * len(taken)):
            valid = self.valid(p, q, i)
            cells, weights = [], []
            for row, row_weight in self.rows.corners((p, i)):
                for column, column_weight in self.columns.corners(q):
                    cells.append(
                        (_down(row).astype(np.int64) * self.width + _across(column))[valid]
                    )
                    weights.append((_down(row_weight) * _across(column_weight))[valid])
            number = np.arange(valid.shape[0] * valid.shape[1]).reshape(*valid.shape[:2], 1, 1)
            source = np.broadcast_to(number, valid.shape)[valid]
            outer = gradient[:, p, q].reshape(len(gradient), -1)[:, source, np.newaxis]
            where = taken[:, p, q].reshape(len(taken), -1)[:, source, np.newaxis]
            terms = outer * np.stack(weights, axis=-1) / count
            np.add.at(plane, (where, np.stack(cells, axis=-1)), terms)

    def give_chosen(self, plane: Array, taken: Array, chosen: Array, gradient: Array) -> None:
        """Add to planes (C, H·W) the gradient of the points that were chosen."""
        found = np.nonzero(chosen >= 0)
        if not found[0].size:
            return
        cells, weights = self._at_chosen(chosen, found)
        outer, where = gradient[found][:, np.newaxis], taken[found][:, np.newaxis]
        np.add.at(plane, (where, cells), outer * weights)

    def chosen_values(self, plane: Array, taken: Array, chosen: Array) -> Array:
        """Return what lies at the points that were chosen, 0 where none was: (D, P, Q)."""
        values = np.zeros(chosen.shape, np.result_type(plane.dtype, self.rows.weight_low.dtype))
        found = np.nonzero(chosen >= 0)
        if found[0].size:
            cells, weights = self._at_chosen(chosen, found)
            terms = weights * plane[taken[found][:, np.newaxis], cells]
            values[found] = terms.sum(axis=-1)
        return values

    def _at_chosen(self, chosen: Array, found: tuple[Array, ...]) -> tuple[Array, Array]:
        """Return the four cells around each point that was chosen, and their weights."""
        _, p, q = found
        i, j = np.divmod(chosen[found], self.columns.points)
        cells, weights = [], []
        for row, row_weight in self.rows.corners((p, i)):
            for column, column_weight in self.columns.corners((q, j)):
                cells.append(row.astype(np.int64) * self.width + column)
                weights.append(row_weight * column_weight)
        return np.stack(cells, axis=-1), np.stack(weights, axis=-1)


def _down(array: Array) -> Array:
    """Return an array of rows (P, g) that broadcasts to (P, Q, g, h)."""
    return array[:, np.newaxis, :, np.newaxis]


def _across(array: Array) -> Array:
    """Return an array of columns (Q, h) that broadcasts to (P, Q, g, h)."""
    return array[np.newaxis, :, np.newaxis, :]
