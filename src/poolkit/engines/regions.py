"""The kernels of regions of interest: boxes on the planes of a batch, pooled bin by bin.

They give what `poolkit.ops.regions` gives in NumPy, bit for bit but for means of cells, which are
added up in float64 in another order; and they say where they do not serve.
"""

from typing import NamedTuple, TypeAlias

import numpy as np

from poolkit.engines import recipe
from poolkit.engines.compiled import CompiledEngine
from poolkit.engines.threads import get_num_threads
from poolkit.reducers.reducer import Array

__all__ = [
    "AxisPoints",
    "AxisSpans",
    "Bins",
    "pool_cells",
    "pool_points",
    "pull_cells",
    "pull_chosen",
    "pull_points",
]

AxisSpans: TypeAlias = tuple[tuple[Array, Array], tuple[Array, Array]]
"""Where bins start and stop, (boxes, bins) each, down and across; empty ones stop no later."""

MOST_CELLS = 2**31 - 1
"""Cells of a plane, and points of a bin, that the kernels can count."""

READS_PER_THREAD = 2**19
"""Cells looked at that a further thread is woken for: 0.1 to 0.5 ms of work."""


class AxisPoints(NamedTuple):
    """The points of boxes on one axis that have a value, bin after bin.

    Attributes
    ----------
    counts : array of int64 of shape (boxes, bins)
        How many each bin has.
    low, high : array of int32
        The cells on either side of each point.
    weight_low, weight_high : array of floats
        Their weights.
    """

    counts: Array
    low: Array
    high: Array
    weight_low: Array
    weight_high: Array


class Bins(NamedTuple):
    """Whose bins they are, and which channels each is pooled from.

    Attributes
    ----------
    images : array of int64 of shape (boxes,)
        The image that each box lies on; −1: none, and nothing is written for it.
    places : array of int64 of shape (P, Q)
        The place that each bin has in a group of channels.
    group : int
        The channels of a group. Channel d of a bin is number `group` · d + place.
    """

    images: Array
    places: Array
    group: int


def pool_points(
    x: Array,
    values: Array,
    chosen: Array | None,
    bins: Bins,
    points: tuple[AxisPoints, AxisPoints],
    divisors: Array,
    *,
    largest: bool,
    none: float,
    skips_zeros: bool,
    propagates: bool,
) -> bool:
    """Write the bins' means or `largest` points, and which these are, if kernels can.

    `divisors`, one for each box, are what sums are divided by; 0: its bins are `none`. A bin
    none of whose points was chosen is `none` too. `x`, `values`, `divisors` and all weights are
    of one dtype.
    """
    if not _serves(x, values):
        return False
    rows, columns = points
    most = [each.counts.max(initial=0) for each in points]
    if int(most[0]) * int(most[1]) > MOST_CELLS // 2:
        return False
    recipe.kernels.pool_points(
        np.ascontiguousarray(x),
        values,
        chosen,
        *bins,
        tuple(rows),
        tuple(columns),
        divisors,
        largest=largest,
        none=none,
        skips_zeros=skips_zeros,
        propagates=propagates,
        threads=_threads_for(values.shape[1] * _reads(points)),
    )
    return True


def pull_points(
    gradient: Array,
    total: Array,
    bins: Bins,
    points: tuple[AxisPoints, AxisPoints],
    divisors: Array,
) -> bool:
    """Add to `total`, (N, C, H, W), what the gradient of the bins' means gives, if kernels can."""
    if not _serves(total, gradient):
        return False
    rows, columns = points
    recipe.kernels.pull_points(
        np.ascontiguousarray(gradient),
        total,
        *bins,
        tuple(rows),
        tuple(columns),
        divisors,
        threads=_threads_for(gradient.shape[1] * _reads(points)),
    )
    return True


def pool_cells(
    x: Array,
    values: Array,
    chosen: Array | None,
    bins: Bins,
    spans: AxisSpans,
    *,
    largest: bool,
    start: float = -np.inf,
    empty: float,
    propagates: bool = True,
) -> bool:
    """Write the bins' means or `largest` cells, and which these are, if kernels can.

    Where NaN `propagates`, it is the largest; otherwise only what is larger than `start` is
    chosen. Means are added up in float64.
    """
    if not _serves(x, values):
        return False
    rows, columns = _narrow(spans)
    recipe.kernels.pool_cells(
        np.ascontiguousarray(x),
        values,
        chosen,
        *bins,
        rows,
        columns,
        largest=largest,
        start=start,
        empty=empty,
        propagates=propagates,
        threads=_threads_for(values.shape[1] * _cells(spans)),
    )
    return True


def pull_cells(gradient: Array, total: Array, bins: Bins, spans: AxisSpans) -> bool:
    """Add to `total`, (N, C, H, W), what the gradient of the bins' means gives, if kernels can."""
    if not _serves(total, gradient):
        return False
    threads = _threads_for(gradient.shape[1] * _cells(spans))
    outer, (rows, columns) = np.ascontiguousarray(gradient), _narrow(spans)
    recipe.kernels.pull_cells(outer, total, *bins, rows, columns, threads=threads)
    return True


def pull_chosen(gradient: Array, total: Array, chosen: Array, bins: Bins) -> bool:
    """Add the gradient to the cells of `total`, (N, C, H, W), that were chosen, if kernels can."""
    if not _serves(total, gradient):
        return False
    recipe.kernels.pull_chosen(
        np.ascontiguousarray(gradient),
        total,
        np.ascontiguousarray(chosen, np.int64),
        *bins,
        threads=_threads_for(gradient.size),
    )
    return True


def _narrow(spans: AxisSpans) -> AxisSpans:
    (tops, bottoms), (lefts, rights) = spans
    down = tops.astype(np.int32), bottoms.astype(np.int32)
    return down, (lefts.astype(np.int32), rights.astype(np.int32))


def _cells(spans: AxisSpans) -> float:
    down, across = (
        np.maximum(stops - starts, 0).sum(axis=1).astype(np.float64) for starts, stops in spans
    )
    return float(np.dot(down, across))


def _serves(planes: Array, pooled: Array) -> bool:
    """Return whether there are kernels, which know the dtype and reach all cells."""
    return (
        CompiledEngine().unavailable() is None
        and planes.dtype == pooled.dtype
        and planes.dtype in (np.float32, np.float64)
        and planes.dtype.isnative
        and max(*planes.shape, *pooled.shape, planes.shape[2] * planes.shape[3]) <= MOST_CELLS
    )


def _reads(points: tuple[AxisPoints, AxisPoints]) -> float:
    down, across = (each.counts.sum(axis=1).astype(np.float64) for each in points)
    return float(4 * np.dot(down, across))


def _threads_for(reads: float) -> int:
    return int(min(get_num_threads(), 1 + reads // READS_PER_THREAD))
