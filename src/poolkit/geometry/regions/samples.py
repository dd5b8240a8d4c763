"""Bins that are points between cells."""

from dataclasses import dataclass
from math import ceil, floor, inf, trunc
from typing import NamedTuple

from poolkit._errors import ArgumentError, message
from poolkit.geometry.regions.floats import FIT, Fit, Precision, bounded

__all__ = ["Samples", "Tap"]

MOST_SAMPLES = 2**16
"""Points inside the axis that one bin may have; a framework would need as long as we."""


class Tap(NamedTuple):
    """A point between two cells: which they are, and the weight of either."""

    low: int
    high: int
    weight_low: float
    weight_high: float


@dataclass(frozen=True, slots=True)
class Samples:
    """Points at regular steps in the bins of a box, nothing rounded: the rule of RoI align.

    From s = scale · low − `offset`, the box has the extent d = scale · (high − low), at least
    `least`. Bin b of B has g points, s + b·d / B + (i + ½)·d / (B·g) for i from 0 to g − 1. A
    point before −1 or behind the length has no value; others are moved into the axis.

    Attributes
    ----------
    scale : float
        Cells per unit of the boxes.
    precision : {"single", "double"}
    offset : float, default 0.0
        0.5 where coordinates are those of cells' corners, not of their middles (``aligned``).
    least : float, optional
        The extent of a box that has less; None leaves any, negative ones too.
    per_bin : int, optional
        g; None means ⌈d / B⌉.
    shares_first : bool, default False
        Whether points are computed as s + d / B · (b + (i + ½) / g) (Paddle).

    Examples
    --------
    >>> Samples(1.0, "single", least=1.0, per_bin=1).taps(0.0, 3.0, 2, 4)[0]
    (Tap(low=0, high=1, weight_low=0.25, weight_high=0.75),)
    """

    scale: float
    precision: Precision
    offset: float = 0.0
    least: float | None = None
    per_bin: int | None = None
    shares_first: bool = False

    def extent(self, low: float, high: float) -> float:
        """Return the extent of a box, before the least one is seen to."""
        start, end = self._ends(low, high)
        return FIT[self.precision](end - start)

    def points(self, low: float, high: float, count: int) -> int:
        """Return how many points a bin has; negative where a box ends before it begins."""
        return ceil(self._size(low, high, count)) if self.per_bin is None else self.per_bin

    def taps(self, low: float, high: float, count: int, length: int) -> tuple[tuple[Tap, ...], ...]:
        """Return, bin by bin, the points that have a value.

        Raises
        ------
        ArgumentError
            If a bin has far too many points.
        """
        fit = FIT[self.precision]
        start, _ = self._ends(low, high)
        size = self._size(low, high, count)
        points = self.points(low, high, count)

        def position(b: int, i: int) -> float:
            if self.shares_first:
                return fit(start + fit(size * fit(b + fit((i + 0.5) / points))))
            return fit(fit(start + fit(b * size)) + fit(fit((i + 0.5) * size) / points))

        bins = []
        for b in range(count):
            begin = start + b * size
            reach = abs(start) + abs(count * size)
            near = _near(begin, size / max(points, 1), reach, points, length)
            if len(near) > MOST_SAMPLES:
                wanted = f"be such that at most {MOST_SAMPLES} points of a bin lie in the axis"
                raise ArgumentError(message("sampling_ratio", wanted, self.per_bin))
            taps = (_tap(position(b, i), length, fit) for i in near)
            bins.append(tuple(tap for tap in taps if tap is not None))
        return tuple(bins)

    def _size(self, low: float, high: float, count: int) -> float:
        fit = FIT[self.precision]
        extent = self.extent(low, high)
        if self.least is not None:
            extent = max(extent, fit(self.least))
        return fit(extent / count)

    def _ends(self, low: float, high: float) -> tuple[float, float]:
        fit = FIT[self.precision]
        scale = fit(self.scale)
        start, end = (
            bounded(fit(fit(fit(corner) * scale) - self.offset)) for corner in (low, high)
        )
        return start, end


def _near(begin: float, step: float, extent: float, points: int, length: int) -> range:
    """Return the points of a bin that may have a value: all of them, unless they are many."""
    if points <= 2 * length + 8 or step <= 0:
        return range(points)
    slack = 2 + extent * 2**-21 / step  # what rounding may move a point by
    first = floor((-1 - begin) / step - slack)
    stop = ceil((length - begin) / step + slack)
    return range(min(max(first, 0), points), min(max(stop, 0), points))


def _tap(position: float, length: int, fit: Fit) -> Tap | None:
    """Return the cells that a point lies between; None if it lies outside."""
    if not -1 <= position <= length or position in (inf, -inf):
        return None
    position = max(position, 0.0)
    low = trunc(position)
    if low >= length - 1:
        return Tap(length - 1, length - 1, 1.0, 0.0)
    share = fit(position - low)
    return Tap(low, low + 1, fit(1 - share), share)
