"""Adaptive windows: a number of outputs, whatever the length."""

from dataclasses import dataclass
from typing import Self

from poolkit._errors import WindowFitError
from poolkit.geometry.axis import AxisWindows, SlidingWindows

__all__ = ["Adaptive", "AdaptiveWindows"]


@dataclass(frozen=True, slots=True)
class AdaptiveWindows(AxisWindows):
    """The bins that share out an axis evenly, overlapping where they must.

    Bin b of B on an axis of N elements holds ⌊b·N / B⌋ to ⌈(b + 1)·N / B⌉ − 1,
    PyTorch's rule. Integer arithmetic only: a float quotient misplaces bins of
    long axes.

    Attributes
    ----------
    length : int
        n, the number of input elements at hand.
    count : int
        m, the number of windows.
    total, bins : int
        N and B, of the whole axis.
    first, offset : int
        Window 0 is bin `first`, and input element 0 is element `offset` of the
        whole axis; both are 0 unless this is a part of an axis.
    """

    length: int
    count: int
    total: int
    bins: int
    first: int = 0
    offset: int = 0

    def positions(self, window: int) -> range:
        bin_ = self.first + window
        start = bin_ * self.total // self.bins
        stop = -(-(bin_ + 1) * self.total // self.bins)
        return range(start - self.offset, stop - self.offset)

    def padded_count(self, window: int) -> int:
        return self.window_count(window)

    def interior(self) -> range:
        return range(0)

    def part(self, first: int, stop: int) -> tuple[slice, Self]:
        begin, end = self.positions(first).start, self.positions(stop - 1).stop
        windows = type(self)(
            length=end - begin,
            count=stop - first,
            total=self.total,
            bins=self.bins,
            first=self.first + first,
            offset=self.offset + begin,
        )
        return slice(begin, end), windows

    def first_empty(self) -> int | None:
        return None if self.total else 0

    def widest(self) -> int:
        return -(-self.total // self.bins) + (1 if self.total % self.bins else 0)

    def transposed(self) -> Self:
        # Bin b holds i exactly if ⌊i·B / N⌋ ≤ b < ⌈(i + 1)·B / N⌉: sharing out N elements
        # among B bins, and B bins among N elements, are the same.
        return type(self)(
            length=self.count,
            count=self.length,
            total=self.bins,
            bins=self.total,
            first=self.offset,
            offset=self.first,
        )


@dataclass(frozen=True, slots=True)
class Adaptive:
    """As many windows as asked for, sharing out the axis as evenly as can be.

    One window is global pooling.

    Attributes
    ----------
    output_size : int or None
        The number of windows, at least 1; None means one per input element.
    """

    output_size: int | None

    def bind(self, length: int) -> AdaptiveWindows | SlidingWindows:
        """Return the windows on an axis of `length` elements.

        Raises
        ------
        WindowFitError
            If the axis is empty.
        """
        if length < 1:
            raise WindowFitError("0 elements cannot be shared out among windows.")
        count = length if self.output_size is None else self.output_size
        if length % count:
            return AdaptiveWindows(length=length, count=count, total=length, bins=count)
        size = length // count
        return SlidingWindows(
            length=length, count=count, kernel_size=size, stride=size, dilation=1, low=0, high=0
        )
