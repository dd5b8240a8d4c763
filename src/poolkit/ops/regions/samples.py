"""Bins that are points between cells: RoI align."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np

from poolkit.engines.regions import AxisPoints, pool_points, pull_points
from poolkit.geometry.regions import Samples
from poolkit.ops.regions.boxes import Channels, Pooled, Regions, bins_of, output_shape, sources
from poolkit.ops.regions.grid import AxisTaps, Grid
from poolkit.ops.regions.points import DTYPES, BoxPoints, parts_of
from poolkit.reducers import ComparedMax
from poolkit.reducers.dtypes import DType
from poolkit.reducers.reducer import Array

__all__ = ["SamplePooling"]

FEW_POINTS = 64
"""Points of a bin that are added up one after another, as frameworks do."""


class _Part(NamedTuple):
    """Some of the boxes, with their points laid out."""

    boxes: slice
    points: tuple[AxisPoints, AxisPoints]
    each: tuple[Array, Array]  # points of a bin, with those that have no value

    def grid(self, r: int, width: int) -> Grid:
        rows, columns = (AxisTaps(points, r) for points in self.points)
        return Grid(rows, columns, (int(self.each[0][r]), int(self.each[1][r])), width)

    def divisors(self, dtype: DType) -> Array:
        down, across = self.each
        return (down.astype(np.float64) * across).astype(dtype)


@dataclass(frozen=True)
class SamplePooling:
    """Pooling of boxes by points between cells.

    Attributes
    ----------
    samples : (Samples, Samples)
        The rules for the points, down and across.
    output_size : (int, int)
        P and Q.
    reduce : {"mean", "max", "max of corners"}, default "mean"
        What becomes of the points of a bin. Points without a value count for the mean, as 0,
        and not for the maximum. The maximum of corners is that of the four cells around each
        point, times their weights, and 0 for points without a value: ONNX's; it has no gradient.
    channels : Channels, optional
        Which channels each bin is pooled from, if not all.
    none : float, default 0.0
        What a bin without points is; of the maximum, a bin none of whose points has a value.
    skips_zeros : bool, default False
        Whether a cell of weight 0 is left out; otherwise its NaN is seen.
    reads_first : bool, default False
        Whether a point without a value is read at the plane's first cell, with the weight 0:
        where that is NaN or infinite, the mean becomes NaN.
    gradient_samples : (Samples, Samples), optional
        The rules for the points that get the gradient, if they are others.
    propagates : bool, default False
        Whether NaN is the largest; otherwise it never is, nor is −∞.

    Notes
    -----
    Dtype: the floats of `samples`, the result rounded to those of the input. The points are
    added up in row-major order; where they are more than 64, in another.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.arange(16.0).reshape(1, 1, 4, 4)
    >>> box = Regions(np.array([0]), np.array([[0.0, 2.0]]), np.array([[0.0, 2.0]]))
    >>> samples = Samples(1.0, "double", least=1.0, per_bin=1)
    >>> SamplePooling((samples, samples), (2, 2)).pool(x, box).values
    array([[[[2.5, 3.5],
             [6.5, 7.5]]]])
    """

    samples: tuple[Samples, Samples]
    output_size: tuple[int, int]
    reduce: Literal["mean", "max", "max of corners"] = "mean"
    channels: Channels | None = None
    none: float = 0.0
    skips_zeros: bool = False
    reads_first: bool = False
    gradient_samples: tuple[Samples, Samples] | None = None
    propagates: bool = False

    def pool(
        self, x: Array, regions: Regions, *, chooses: bool = True, often: Array | None = None
    ) -> Pooled:
        """Return what the boxes are pooled to.

        Parameters
        ----------
        x : array of shape (N, C, H, W)
        regions : Regions
        chooses : bool, default True
            Whether to return which points a maximum chose.
        often : array of that shape, optional
            How often each cell counts, of a maximum. `x` is then each cell as often, and what
            lies at a point is over what lies there of this; nothing, where that is 0.

        Raises
        ------
        ArgumentError, ArgumentTypeError
            If the boxes cannot lie on the array, it has too few channels, or a bin has far too
            many points.
        """
        shape = output_shape(x, regions, self.output_size, self.channels)
        values = np.zeros(shape, x.dtype)
        chosen = np.full(shape, -1, np.int64) if self.reduce == "max" and chooses else None
        if not values.size:
            return Pooled(values, chosen)
        with np.errstate(all="ignore"):
            for part in self._parts(self.samples, x, regions):
                places = None if chosen is None else chosen[part.boxes]
                some = regions.some(part.boxes)
                place = values[part.boxes]
                if often is not None or not self._pool_by_kernels(part, x, some, place, places):
                    self._pool_box_by_box(part, x, some, place, places, often)
        return Pooled(values, chosen)

    def pull_back(self, x: Array, regions: Regions, chosen: Array | None, gradient: Array) -> Array:
        """Return the gradient of `x`, given that of the values, and what was chosen."""
        samples = self.gradient_samples or self.samples
        total = np.zeros(x.shape, x.dtype)
        if not gradient.size:
            return total
        dtype = DTYPES[samples[0].precision]
        with np.errstate(all="ignore"):
            for part in self._parts(samples, x, regions):
                outer = gradient[part.boxes].astype(dtype)
                some = regions.some(part.boxes)
                if chosen is None:
                    bins = bins_of(some, self.output_size, self.channels)
                    if pull_points(outer, total, bins, part.points, part.divisors(dtype)):
                        continue
                taken = sources(x.shape[1], self.output_size, self.channels)
                for r, image, _, _ in some:
                    plane = total[image].reshape(x.shape[1], x.shape[2] * x.shape[3])
                    grid = part.grid(r, x.shape[3])
                    if chosen is None:
                        grid.give_all(plane, taken, outer[r])
                    else:
                        grid.give_chosen(plane, taken, chosen[part.boxes][r], outer[r])
        return total

    def push_forward(
        self, x: Array, regions: Regions, chosen: Array | None, tangent: Array
    ) -> Array:
        """Return the tangent of the values, given that of `x`, and what was chosen."""
        if chosen is None:  # it is linear
            return self.pool(tangent, regions).values
        moved = np.zeros(chosen.shape, x.dtype)
        taken = sources(x.shape[1], self.output_size, self.channels)
        for part in self._parts(self.samples, x, regions):
            for r, image, _, _ in regions.some(part.boxes):
                plane = tangent[image].reshape(x.shape[1], x.shape[2] * x.shape[3])
                grid, places = part.grid(r, x.shape[3]), chosen[part.boxes][r]
                moved[part.boxes][r] = grid.chosen_values(plane, taken, places)
        return moved

    def _parts(
        self, samples: tuple[Samples, Samples], x: Array, regions: Regions
    ) -> Iterator[_Part]:
        down, across = self.output_size
        rows = BoxPoints(samples[0], regions.rows, down, x.shape[2])
        columns = BoxPoints(samples[1], regions.columns, across, x.shape[3])
        dtype = DTYPES[samples[0].precision]
        for boxes in parts_of(rows, columns):
            points = rows.laid_out(boxes, dtype), columns.laid_out(boxes, dtype)
            yield _Part(boxes, points, (rows.points[boxes], columns.points[boxes]))

    def _pool_by_kernels(
        self, part: _Part, x: Array, regions: Regions, values: Array, chosen: Array | None
    ) -> bool:
        """Write what boxes are pooled to, if there are kernels for that."""
        dtype = DTYPES[self.samples[0].precision]
        looks_at_first = self.reads_first and not np.isfinite(x[:, :, 0, 0]).all()
        if self.reduce == "max of corners" or looks_at_first or x.dtype.itemsize > dtype.itemsize:
            return False
        pooled = values if values.dtype == dtype else np.zeros(values.shape, dtype)
        served = pool_points(
            x.astype(dtype, copy=False),
            pooled,
            chosen,
            bins_of(regions, self.output_size, self.channels),
            part.points,
            part.divisors(dtype),
            largest=self.reduce == "max",
            none=self.none,
            skips_zeros=self.skips_zeros,
            propagates=self.propagates,
        )
        if served and pooled is not values:
            values[...] = pooled
        return served

    def _pool_box_by_box(
        self,
        part: _Part,
        x: Array,
        regions: Regions,
        values: Array,
        chosen: Array | None,
        often: Array | None,
    ) -> None:
        """Write what boxes are pooled to, in NumPy."""
        taken = sources(x.shape[1], self.output_size, self.channels)
        for r, image, _, _ in regions:
            grid = part.grid(r, x.shape[3])
            if self.reduce == "max":
                places = np.full(taken.shape, -1) if chosen is None else chosen[r]
                counts = None if often is None else often[image]
                self._largest(grid, x[image], taken, values[r], places, counts)
            elif self.reduce == "max of corners" and grid.count:
                values[r] = self._largest_corners(grid, x[image], taken)
            elif grid.count:
                total = self._total(grid, x[image], taken)
                values[r] = total / total.dtype.type(grid.count)
            else:
                values[r] = self.none

    def _total(self, grid: Grid, x: Array, taken: Array) -> Array:
        """Return, bin by bin, the sum of its points."""
        dtype = grid.rows.weight_low.dtype
        is_long = grid.rows.points * grid.columns.points > FEW_POINTS
        total = np.zeros(taken.shape, np.float64 if is_long else dtype)
        for p, q, i in grid.parts(len(taken)):
            values = grid.values(x, taken[:, p, q], p, q, i, self.skips_zeros)
            values = np.where(grid.valid(p, q, i), values, 0).astype(dtype, copy=False)
            if is_long:
                # One after another, as kernels do; `sum` would add pairs.
                flat = values.reshape(*values.shape[:-2], -1).astype(np.float64)
                flat[..., 0] += total[:, p, q]
                total[:, p, q] = np.cumsum(flat, axis=-1)[..., -1]
                continue
            for step in np.ndindex(values.shape[-2:]):
                total[:, p, q] += values[(..., *step)]
        total = total.astype(dtype, copy=False)
        if self.reads_first:
            total += np.where(grid.reaches_out(), x[taken, 0, 0] * 0, 0)
        return total

    def _largest_corners(self, grid: Grid, x: Array, taken: Array) -> Array:
        """Return, bin by bin, the largest cell around one of its points, times its weight."""
        first = ComparedMax("first")
        largest: Array | None = None
        for p, q, i in grid.parts(4 * len(taken)):
            corners = np.stack(list(grid.terms(x, taken[:, p, q], p, q, i)), axis=-1)
            values = np.where(grid.valid(p, q, i), first.define(corners, 0), 0)
            found = first.define(values.reshape(*values.shape[:-2], -1), 0)
            if largest is None:
                largest = np.full(taken.shape, -np.inf, found.dtype)
            both = np.stack([largest[:, p, q], found], axis=-1)
            largest[:, p, q] = found if i.start == 0 else first.define(both, 0)
        if largest is None:
            return np.zeros(taken.shape, grid.rows.weight_low.dtype)
        return np.where(grid.reaches_out(), np.maximum(largest, 0), largest)

    def _largest(
        self,
        grid: Grid,
        x: Array,
        taken: Array,
        best: Array,
        chosen: Array,
        often: Array | None,
    ) -> None:
        """Write, bin by bin, its largest point, and which it is."""
        largest = np.full(taken.shape, -np.inf, grid.rows.weight_low.dtype)
        for p, q, i in grid.parts(len(taken)):
            values = grid.values(x, taken[:, p, q], p, q, i, self.skips_zeros)
            valid = np.broadcast_to(grid.valid(p, q, i), values.shape)
            if often is not None:
                total = grid.values(often, taken[:, p, q], p, q, i, False)
                valid, values = valid & (total > 0), values / total
            counts = valid if self.propagates else valid & np.equal(values, values)
            values = np.where(counts, values, -np.inf).reshape(*values.shape[:-2], -1)
            place = np.argmax(values, axis=-1)  # the first NaN, if there is one
            found = np.take_along_axis(values, place[..., np.newaxis], axis=-1)[..., 0]
            wins = found > largest[:, p, q]
            if self.propagates:
                is_first = (chosen[:, p, q] < 0) & valid.any(axis=(-2, -1))
                wins |= is_first | (np.isnan(found) & ~np.isnan(largest[:, p, q]))
            chosen[:, p, q] = np.where(wins, place + i.start * grid.columns.points, chosen[:, p, q])
            largest[:, p, q] = np.where(wins, found, largest[:, p, q])
        best[...] = np.where(chosen < 0, self.none, largest)
