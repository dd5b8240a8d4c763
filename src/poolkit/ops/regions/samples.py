"""Bins that are points between cells: RoI align."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from poolkit.geometry.regions import Samples
from poolkit.ops.regions.boxes import Channels, Pooled, Regions, output_shape, sources
from poolkit.ops.regions.grid import AxisTaps, Grid
from poolkit.reducers import ComparedMax
from poolkit.reducers.dtypes import DType
from poolkit.reducers.reducer import Array

__all__ = ["SamplePooling"]

FEW_POINTS = 64
"""Points of a bin that are added up one after another, as frameworks do."""

DTYPES: dict[str, DType] = {"single": np.dtype(np.float32), "double": np.dtype(np.float64)}


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

    Notes
    -----
    NaN: it is never the largest.
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

    def pool(self, x: Array, regions: Regions) -> Pooled:
        """Return what the boxes are pooled to.

        Parameters
        ----------
        x : array of shape (N, C, H, W)
        regions : Regions

        Raises
        ------
        ArgumentError, ArgumentTypeError
            If the boxes cannot lie on the array, it has too few channels, or a bin has far too
            many points.
        """
        shape = output_shape(x, regions, self.output_size, self.channels)
        values = np.zeros(shape, x.dtype)
        chosen = np.full(shape, -1, np.int64) if self.reduce == "max" else None
        taken = sources(x.shape[1], self.output_size, self.channels)
        with np.errstate(all="ignore"):
            for r, image, row, column in regions:
                grid = self._grid(self.samples, row, column, x)
                if chosen is not None:
                    self._largest(grid, x[image], taken, values[r], chosen[r])
                elif self.reduce == "max of corners" and grid.count:
                    values[r] = self._largest_corners(grid, x[image], taken)
                elif grid.count:
                    total = self._total(grid, x[image], taken)
                    values[r] = total / total.dtype.type(grid.count)
                else:
                    values[r] = self.none
        return Pooled(values, chosen)

    def pull_back(self, x: Array, regions: Regions, chosen: Array | None, gradient: Array) -> Array:
        """Return the gradient of `x`, given that of the values, and what was chosen."""
        samples = self.gradient_samples or self.samples
        total = np.zeros(x.shape, x.dtype)
        taken = sources(x.shape[1], self.output_size, self.channels)
        with np.errstate(all="ignore"):
            for r, image, row, column in regions:
                grid = self._grid(samples, row, column, x)
                plane = total[image].reshape(x.shape[1], -1)
                outer = gradient[r].astype(DTYPES[samples[0].precision])
                if chosen is not None:
                    grid.give_chosen(plane, taken, chosen[r], outer)
                else:
                    grid.give_all(plane, taken, outer)
        return total

    def _grid(
        self,
        samples: tuple[Samples, Samples],
        row: tuple[float, float],
        column: tuple[float, float],
        x: Array,
    ) -> Grid:
        down, across = self.output_size
        dtype = DTYPES[samples[0].precision]
        rows = AxisTaps(samples[0].taps(*row, down, x.shape[2]), dtype)
        columns = AxisTaps(samples[1].taps(*column, across, x.shape[3]), dtype)
        points = samples[0].points(*row, down), samples[1].points(*column, across)
        return Grid(rows, columns, points, x.shape[3])

    def _total(self, grid: Grid, x: Array, taken: Array) -> Array:
        """Return, bin by bin, the sum of its points."""
        total = np.zeros(taken.shape, grid.rows.weight_low.dtype)
        for p, q, i in grid.parts(len(taken)):
            values = grid.values(x, taken[:, p, q], p, q, i, self.skips_zeros)
            values = np.where(grid.valid(p, q, i), values, 0)
            if grid.rows.points * grid.columns.points > FEW_POINTS:
                total[:, p, q] += values.sum(axis=(-2, -1), dtype=np.float64)
                continue
            for step in np.ndindex(values.shape[-2:]):
                total[:, p, q] += values[(..., *step)]
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

    def _largest(self, grid: Grid, x: Array, taken: Array, best: Array, chosen: Array) -> None:
        """Write, bin by bin, its largest point, and which it is."""
        largest = np.full(taken.shape, -np.inf, grid.rows.weight_low.dtype)
        for p, q, i in grid.parts(len(taken)):
            values = grid.values(x, taken[:, p, q], p, q, i, self.skips_zeros)
            values = np.where(grid.valid(p, q, i) & np.equal(values, values), values, -np.inf)
            values = values.reshape(*values.shape[:-2], -1)
            place = np.argmax(values, axis=-1)
            found = np.take_along_axis(values, place[..., np.newaxis], axis=-1)[..., 0]
            wins = found > largest[:, p, q]
            chosen[:, p, q] = np.where(wins, place + i.start * grid.columns.points, chosen[:, p, q])
            largest[:, p, q] = np.where(wins, found, largest[:, p, q])
        best[...] = np.where(chosen < 0, self.none, largest)
