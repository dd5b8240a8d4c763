"""Bins that are runs of cells."""

from dataclasses import dataclass
from math import ceil, floor, trunc
from typing import Protocol, TypeAlias

from poolkit.geometry.regions.floats import FIT, Fit, Halves, Precision, bounded, nearest

__all__ = ["AxisBins", "CellBins", "RealBins", "Spans"]

Spans: TypeAlias = tuple[tuple[int, int], ...]
"""Bin by bin, the cell that it begins with and the one that it stops before."""


class AxisBins(Protocol):
    """A rule for bins that are runs of cells."""

    def spans(self, low: float, high: float, count: int, length: int) -> Spans:
        """Return the bins of a box; empty ones stop where they begin, or before."""

    def cells(self, low: float, high: float) -> range:
        """Return the cells of a box, wherever they lie; none if it ends before it begins."""


@dataclass(frozen=True, slots=True)
class CellBins:
    """Bins of a box whose corners are rounded to cells: the rule of RoI pooling.

    From cell s to cell e, the box has d = max(e − s + `closed`, 1) cells. Bin b of B holds
    s + ⌊b·d / B⌋ to s + ⌈(b + 1)·d / B⌉ − 1, as far as they lie in the axis.

    Attributes
    ----------
    scale : float
        Cells per unit of the boxes.
    precision : {"single", "double"}
        The floats that corners are scaled in.
    bin_precision : {"single", "double"}, optional
        The floats that bins are computed in, if others.
    halves : {"away", "even", "added"}, default "away"
        How corners are rounded.
    closed : bool, default True
        Whether the cell of the last corner belongs to the box.
    truncated : bool, default False
        Whether a bin begins at s + b·d / B rounded towards zero (OpenCV).
    leaves_last : bool, default False
        Whether the last cell of the axis is in no bin (torchvision's ``ps_roi_pool``).

    Examples
    --------
    >>> CellBins(1.0, "single").spans(0.0, 2.0, 2, 4)
    ((0, 2), (1, 3))
    >>> CellBins(1.0, "single", closed=False).spans(0.0, 2.0, 2, 4)
    ((0, 1), (1, 2))
    """

    scale: float
    precision: Precision
    bin_precision: Precision | None = None
    halves: Halves = "away"
    closed: bool = True
    truncated: bool = False
    leaves_last: bool = False

    def spans(self, low: float, high: float, count: int, length: int) -> Spans:
        start, end = self._corners(low, high)
        fit = FIT[self.bin_precision or self.precision]
        size = fit(fit(max(end - start + self.closed, 1)) / count)
        limit = length - self.leaves_last
        return tuple(
            (
                _clipped(self._first(start, fit(b * size), fit), limit),
                _clipped(start + ceil(fit((b + 1) * size)), limit),
            )
            for b in range(count)
        )

    def cells(self, low: float, high: float) -> range:
        start, end = self._corners(low, high)
        return range(start, end + self.closed)

    def _corners(self, low: float, high: float) -> tuple[int, int]:
        fit = FIT[self.precision]
        scale = fit(self.scale)
        start, end = (nearest(fit(fit(corner) * scale), self.halves, fit) for corner in (low, high))
        return start, end

    def _first(self, start: int, offset: float, fit: Fit) -> int:
        return trunc(fit(start + offset)) if self.truncated else start + floor(offset)


@dataclass(frozen=True, slots=True)
class RealBins:
    """Bins of a box whose corners are rounded before they are scaled: R-FCN's rule.

    From s to e = scale · (last corner + 1), the box has the extent d = max(e − s, `least`). Bin
    b of B holds ⌊s + b·d / B⌋ to ⌈s + (b + 1)·d / B⌉ − 1, as far as they lie in the axis.

    Attributes
    ----------
    scale : float
        Cells per unit of the boxes.
    precision : {"single", "double"}
    halves : {"away", "even", "added"}, default "away"
        How corners are rounded.
    adds_first : bool, default False
        Whether 1 is added to the last corner before it is rounded (OpenCV).
    least : float, default 0.1
        The extent of a box that has less.

    Notes
    -----
    Source: apache/mxnet: src/operator/contrib/psroi_pooling.cc; PaddlePaddle/Paddle:
    paddle/phi/kernels/cpu/psroi_pool_kernel.cc; opencv/opencv:
    modules/dnn/src/layers/pooling_layer.cpp.

    Examples
    --------
    >>> RealBins(0.5, "single").spans(0.0, 6.0, 2, 8)
    ((0, 2), (1, 4))
    """

    scale: float
    precision: Precision
    halves: Halves = "away"
    adds_first: bool = False
    least: float = 0.1

    def spans(self, low: float, high: float, count: int, length: int) -> Spans:
        fit = FIT[self.precision]
        start, end = self._ends(low, high)
        size = fit(max(fit(end - start), fit(self.least)) / count)
        return tuple(
            (
                _clipped(floor(fit(fit(b * size) + start)), length),
                _clipped(ceil(fit(fit((b + 1) * size) + start)), length),
            )
            for b in range(count)
        )

    def cells(self, low: float, high: float) -> range:
        start, end = self._ends(low, high)
        return range(floor(start), ceil(end))

    def _ends(self, low: float, high: float) -> tuple[float, float]:
        fit = FIT[self.precision]
        scale = fit(self.scale)
        first = nearest(fit(low), self.halves, fit)
        if self.adds_first:
            last = nearest(fit(fit(high) + 1), self.halves, fit)
        else:
            last = nearest(fit(high), self.halves, fit) + 1
        return bounded(fit(fit(first) * scale)), bounded(fit(fit(last) * scale))


def _clipped(cell: int, limit: int) -> int:
    return min(max(cell, 0), max(limit, 0))
