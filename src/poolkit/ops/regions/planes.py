"""One box on one image: bins that are runs of cells, pooled by the engines as listed windows."""

from typing import NamedTuple

import numpy as np

from poolkit import engines
from poolkit.geometry import Plan
from poolkit.geometry.listed import ListedWindows
from poolkit.geometry.regions import Spans
from poolkit.reducers import Reducer
from poolkit.reducers.reducer import Array

__all__ = ["Laid", "lay_out", "pool_plane", "pull_back_plane", "push_plane"]


def pool_plane(
    x: Array, rows: Spans, columns: Spans, reducer: Reducer, values: Array, places: Array | None
) -> None:
    """Pool all channels of an image by the same bins, those that hold a cell."""
    laid = lay_out(x.shape, rows, columns)
    if laid is None:
        return
    if places is None:
        values[laid.outputs] = engines.pool(laid.plan, reducer, x[laid.inputs])
        return
    place = places.dtype
    pooled, found = engines.pool_with_indices(laid.plan, reducer, x[laid.inputs], place)
    values[laid.outputs] = pooled
    places[laid.outputs] = laid.place(found, x.shape[2])


def pull_back_plane(
    x: Array, rows: Spans, columns: Spans, reducer: Reducer, gradient: Array, total: Array
) -> None:
    """Add to `total` the gradient of an image whose channels were pooled by the same bins."""
    laid = lay_out(x.shape, rows, columns)
    if laid is not None:
        outer = np.ascontiguousarray(gradient[laid.outputs])
        total[laid.inputs] += engines.pull_back(laid.plan, reducer, x[laid.inputs], outer)


def push_plane(
    x: Array, rows: Spans, columns: Spans, reducer: Reducer, tangent: Array, moved: Array
) -> None:
    """Write the tangent of what an image is pooled to, given its own."""
    laid = lay_out(x.shape, rows, columns)
    if laid is not None:
        along = tangent[laid.inputs]
        moved[laid.outputs] = engines.push_forward(laid.plan, reducer, x[laid.inputs], along)


class Laid(NamedTuple):
    """The bins that hold cells, as windows on the part of the plane that they cover."""

    plan: Plan
    inputs: tuple[slice, slice, slice]
    outputs: tuple[slice, Array, Array]

    def place(self, found: Array, width: int) -> Array:
        """Return positions in planes of a width, given those in the part that is covered."""
        _, down, across = self.inputs
        row, column = np.divmod(found, across.stop - across.start)
        flat = (down.start + row) * width + across.start + column
        return np.where(found < 0, -1, flat)


def lay_out(shape: tuple[int, ...], rows: Spans, columns: Spans) -> Laid | None:
    """Return the bins that hold cells; None if there are none."""
    covered, windows, kept = [], [], []
    for spans in (rows, columns):
        full = [b for b, (start, stop) in enumerate(spans) if start < stop]
        if not full:
            return None
        begin, end = spans[full[0]][0], spans[full[-1]][1]
        moved = tuple((spans[b][0] - begin, spans[b][1] - begin) for b in full)
        covered.append(slice(begin, end))
        windows.append(ListedWindows(end - begin, moved))
        kept.append(np.array(full))
    plan = Plan((shape[0], *(each.length for each in windows)), (1, 2), tuple(windows))
    down, across = kept
    return Laid(
        plan,
        (slice(None), covered[0], covered[1]),
        (slice(None), down[:, np.newaxis], across[np.newaxis]),
    )
