"""The bins of many boxes at a time: what `poolkit.geometry.regions` says of one."""

import numpy as np

from poolkit.geometry.regions import AxisBins, CellBins, Halves, Precision
from poolkit.geometry.regions.floats import FIT
from poolkit.ops.regions.points import bounded, fit
from poolkit.reducers.reducer import Array

__all__ = ["spans_of"]


def spans_of(rule: AxisBins, ends: Array, bins: int, length: int) -> tuple[Array, Array]:
    """Return where the bins of boxes start and stop, (R, bins) each; empty ones stop no later."""
    if isinstance(rule, CellBins):
        return _spans_of_cells(rule, ends, bins, length)
    spans = [rule.spans(low, high, bins, length) for low, high in ends.tolist()]
    found = np.array(spans, np.int64).reshape(len(ends), bins, 2)
    return found[..., 0], found[..., 1]


@np.errstate(all="ignore")
def _spans_of_cells(rule: CellBins, ends: Array, bins: int, length: int) -> tuple[Array, Array]:
    precision = rule.precision
    scale = FIT[precision](rule.scale)
    corners = _nearest(fit(fit(ends, precision) * scale, precision), rule.halves, precision)
    start, end = np.moveaxis(corners, -1, 0)[..., np.newaxis]
    precision = rule.bin_precision or precision
    size = fit(fit(np.maximum(end - start + rule.closed, 1), precision) / bins, precision)
    number = np.arange(bins, dtype=np.float64)
    offset = fit(number * size, precision)
    first = np.trunc(fit(start + offset, precision)) if rule.truncated else start + np.floor(offset)
    stop = start + np.ceil(fit((number + 1) * size, precision))
    limit = max(length - rule.leaves_last, 0)
    starts, stops = np.clip(first, 0, limit), np.clip(stop, 0, limit)
    return starts.astype(np.int64), stops.astype(np.int64)


def _nearest(values: Array, halves: Halves, precision: Precision) -> Array:
    """Return the cells nearest to coordinates."""
    values = bounded(values)
    if halves == "even":
        return np.rint(values)
    if halves == "added":
        return np.trunc(fit(values + np.copysign(0.5, values), precision))
    whole = np.trunc(values)
    return np.asarray(whole + np.copysign(np.abs(values - whole) >= 0.5, values))
