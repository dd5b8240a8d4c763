"""Bins that are runs of cells, pooled by any reducer."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from poolkit.engines.regions import AxisSpans, pool_cells, pull_cells, pull_chosen
from poolkit.geometry.regions import AxisBins, Spans
from poolkit.ops.regions.boxes import Channels, Pooled, Regions, bins_of, output_shape, sources
from poolkit.ops.regions.planes import pool_plane, pull_back_plane, push_plane
from poolkit.ops.regions.spans import spans_of
from poolkit.reducers import ComparedMax, Max, Mean, Reducer
from poolkit.reducers.reducer import Array

__all__ = ["BinPooling", "of_box"]


@dataclass(frozen=True)
class BinPooling:
    """Pooling of boxes by bins that are runs of cells.

    Attributes
    ----------
    bins : AxisBins
        The rule for the bins, on both axes.
    output_size : (int, int)
        P and Q.
    reducer : Reducer
        What becomes of a bin.
    empty : float, default 0.0
        What a bin is that holds no cell.
    channels : Channels, optional
        Which channels each bin is pooled from, if not all.
    gradient_bins : AxisBins, optional
        The rule for the bins that get the gradient, if it is another.
    gradient_in_box : bool, default False
        Whether a chosen element gets the gradient only where it lies in the cells of its box: of
        a box that ends before it begins, none does.

    Examples
    --------
    >>> import numpy as np
    >>> from poolkit.geometry.regions import CellBins
    >>> from poolkit.reducers import Max
    >>> x = np.arange(16.0).reshape(1, 1, 4, 4)
    >>> box = Regions(np.array([0]), np.array([[0.0, 2.0]]), np.array([[0.0, 2.0]]))
    >>> values, chosen = BinPooling(CellBins(1.0, "double"), (2, 2), Max()).pool(x, box)
    >>> values
    array([[[[ 5.,  6.],
             [ 9., 10.]]]])
    >>> chosen
    array([[[[ 5,  6],
             [ 9, 10]]]])
    """

    bins: AxisBins
    output_size: tuple[int, int]
    reducer: Reducer
    empty: float = 0.0
    channels: Channels | None = None
    gradient_bins: AxisBins | None = None
    gradient_in_box: bool = False

    def pool(self, x: Array, regions: Regions, *, chooses: bool = True) -> Pooled:
        """Return what the boxes are pooled to.

        Parameters
        ----------
        x : array of shape (N, C, H, W)
        regions : Regions
        chooses : bool, default True
            Whether to return which cells were chosen, of a reducer that chooses them.

        Raises
        ------
        ArgumentError, ArgumentTypeError
            If the boxes cannot lie on the array, or it has too few channels.
        """
        shape = output_shape(x, regions, self.output_size, self.channels)
        values = np.zeros(shape, x.dtype)
        selects = chooses and self.reducer.routing == "selected"
        chosen = np.full(shape, -1, np.int64) if selects else None
        if not values.size:
            return Pooled(values, chosen)
        spans = self._spans(self.bins, regions, x)
        with np.errstate(all="ignore"):
            if self._pool_by_kernels(x, regions, spans, values, chosen):
                return Pooled(values, chosen)
            for r, image, _, _ in regions:
                rows, columns = of_box(spans, r)
                places = None if chosen is None else chosen[r]
                values[r] = self.empty
                if self.channels is None:
                    pool_plane(x[image], rows, columns, self.reducer, values[r], places)
                else:
                    self._pool_places(x[image], rows, columns, values[r], places)
        return Pooled(values, chosen)

    def pull_back(self, x: Array, regions: Regions, chosen: Array | None, gradient: Array) -> Array:
        """Return the gradient of `x`, given that of the values."""
        total = np.zeros(x.shape, x.dtype)
        if not gradient.size:
            return total
        spans = self._spans(self.gradient_bins or self.bins, regions, x)
        if self._pull_by_kernels(regions, spans, chosen, gradient, total):
            return total
        for r, image, row, column in regions:
            if chosen is not None:
                places = chosen[r]
                if self.gradient_in_box:
                    within = _within(places // x.shape[3], self.bins.cells(*row))
                    within &= _within(places % x.shape[3], self.bins.cells(*column))
                    places = np.where(within, places, -1)
                self._put(total[image], places, gradient[r])
                continue
            rows, columns = of_box(spans, r)
            if self.channels is None:
                pull_back_plane(x[image], rows, columns, self.reducer, gradient[r], total[image])
            else:
                self._share(total[image], rows, columns, gradient[r])
        return total

    def push_forward(
        self, x: Array, regions: Regions, chosen: Array | None, tangent: Array
    ) -> Array:
        """Return the tangent of the values, given that of `x`; empty bins have none."""
        shape = output_shape(x, regions, self.output_size, self.channels)
        moved = np.zeros(shape, x.dtype)
        taken = sources(x.shape[1], self.output_size, self.channels)
        spans = self._spans(self.bins, regions, x)
        for r, image, _, _ in regions:
            if chosen is not None:
                plane = tangent[image].reshape(x.shape[1], x.shape[2] * x.shape[3])
                moved[r] = np.where(chosen[r] < 0, 0, plane[taken, np.maximum(chosen[r], 0)])
            elif self.channels is None:
                rows, columns = of_box(spans, r)
                push_plane(x[image], rows, columns, self.reducer, tangent[image], moved[r])
            else:  # means, which are linear
                self._pool_places(tangent[image], *of_box(spans, r), moved[r], None)
        return moved

    def spans(self, regions: Regions, x: Array) -> AxisSpans:
        """Return where the bins of all boxes start and stop, down and across."""
        return self._spans(self.bins, regions, x)

    def _spans(self, bins: AxisBins, regions: Regions, x: Array) -> AxisSpans:
        """Return where the bins of all boxes start and stop, down and across."""
        down, across = self.output_size
        return (
            spans_of(bins, regions.rows, down, x.shape[2]),
            spans_of(bins, regions.columns, across, x.shape[3]),
        )

    def _pool_by_kernels(
        self,
        x: Array,
        regions: Regions,
        spans: AxisSpans,
        values: Array,
        chosen: Array | None,
    ) -> bool:
        """Write what boxes are pooled to, if there are kernels for that."""
        reducer = self.reducer
        settings: dict[str, Any] = {"largest": True, "empty": self.empty}
        if isinstance(reducer, Mean) and reducer.divisor == "valid":
            settings["largest"] = False
        elif isinstance(reducer, ComparedMax):
            usual = ComparedMax(reducer.nan, reducer.least, reducer.empty)
            if reducer != usual or reducer.nan not in ("skip", "propagate"):
                return False
            settings["propagates"] = reducer.nan == "propagate"
            settings["start"] = float(reducer.start(x.dtype))
        elif not isinstance(reducer, Max):
            return False
        bins = bins_of(regions, self.output_size, self.channels)
        return pool_cells(x, values, chosen, bins, spans, **settings)

    def _pull_by_kernels(
        self,
        regions: Regions,
        spans: AxisSpans,
        chosen: Array | None,
        gradient: Array,
        total: Array,
    ) -> bool:
        """Add to `total` what the gradient gives, if there are kernels for that."""
        bins = bins_of(regions, self.output_size, self.channels)
        if chosen is not None:
            return not self.gradient_in_box and pull_chosen(gradient, total, chosen, bins)
        return self.channels is not None and pull_cells(gradient, total, bins, spans)

    def _pool_places(
        self, x: Array, rows: Spans, columns: Spans, values: Array, places: Array | None
    ) -> None:
        """Pool each bin from its own channels."""
        for p, q, taken, (top, bottom), (left, right) in self._blocks(rows, columns):
            block = x[taken, top:bottom, left:right]
            flat = block.reshape(len(block), -1)
            if not flat.shape[1]:
                continue
            values[:, p, q] = self.reducer.define(flat, flat.shape[1])
            if places is not None:
                index = np.asarray(self.reducer.select(flat))
                down, across = np.divmod(index, right - left)
                found = (top + down) * x.shape[2] + left + across
                places[:, p, q] = np.where(index < 0, -1, found)

    def _share(self, total: Array, rows: Spans, columns: Spans, gradient: Array) -> None:
        """Give each element of a bin its share of the gradient."""
        for p, q, taken, (top, bottom), (left, right) in self._blocks(rows, columns):
            block = total[taken, top:bottom, left:right]
            if block.size:
                count = total.dtype.type(block.shape[1] * block.shape[2])
                block += (gradient[:, p, q] / count)[:, np.newaxis, np.newaxis]

    def _put(self, total: Array, places: Array, gradient: Array) -> None:
        """Give each chosen element the gradient of its bin."""
        flat = total.reshape(len(total), total.shape[1] * total.shape[2])
        taken = sources(len(total), self.output_size, self.channels)
        found = places >= 0
        np.add.at(flat, (taken[found], places[found]), gradient[found])

    def _taken(self, p: int, q: int) -> slice:
        assert self.channels is not None
        return self.channels.of(p, q, self.output_size)

    def _blocks(
        self, rows: Spans, columns: Spans
    ) -> Iterator[tuple[int, int, slice, tuple[int, int], tuple[int, int]]]:
        """Yield bins: their place, their channels, their rows and their columns."""
        for p, (top, bottom) in enumerate(rows):
            for q, (left, right) in enumerate(columns):
                down, across = (top, max(top, bottom)), (left, max(left, right))
                yield p, q, self._taken(p, q), down, across


def of_box(spans: AxisSpans, r: int) -> tuple[Spans, Spans]:
    """Return the bins of one box, down and across."""
    (tops, bottoms), (lefts, rights) = spans
    down = zip(tops[r].tolist(), bottoms[r].tolist(), strict=True)
    across = zip(lefts[r].tolist(), rights[r].tolist(), strict=True)
    return tuple(down), tuple(across)


def _within(positions: Array, cells: range) -> Array:
    return np.asarray((positions >= cells.start) & (positions < cells.stop))
