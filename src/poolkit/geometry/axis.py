"""The windows on one axis: the object that everything else asks.

Legend: n positions on the axis, m windows, k elements per window; i position,
o window, j element within a window. Position 0 is the first input element;
negative positions and positions from n on are padding.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from math import gcd
from typing import Self

__all__ = ["AxisWindows", "CoveringWindows", "SlidingWindows"]


class AxisWindows(ABC):
    """An ordered list of windows on an axis of `length` elements.

    Laws: for every window o, ``inside(o)`` holds exactly the positions of
    ``positions(o)`` that lie in [0, n); starts never decrease.
    """

    __slots__ = ()

    length: int
    count: int

    @abstractmethod
    def positions(self, window: int) -> range:
        """Return the positions of all elements of a window, padding included."""

    @abstractmethod
    def padded_count(self, window: int) -> int:
        """Return how many elements of a window lie in the input or its padding.

        What hangs over the far end of the padding, as the last window may when
        the number of windows is rounded up, does not count.
        """

    @abstractmethod
    def interior(self) -> range:
        """Return a run of windows known to lie wholly inside the input.

        All of them have the same number of elements and a constant step between
        their starts. The run may be empty, and need not be the longest.
        """

    @abstractmethod
    def part(self, first: int, stop: int) -> tuple[slice, Self]:
        """Return the input that windows `first` to `stop` touch, and them on it.

        Law: pooling that slice by those windows gives the outputs first..stop of
        pooling the whole axis.
        """

    @abstractmethod
    def first_empty(self) -> int | None:
        """Return the first window that holds no input element, if there is one."""

    @abstractmethod
    def widest(self) -> int:
        """Return a number of elements that no window exceeds."""

    @abstractmethod
    def transposed(self) -> "AxisWindows":
        """Return windows over these windows: for every input element, those that hold it.

        Law: o is in ``transposed().inside(i)`` exactly if i is in ``inside(o)``. They may be
        empty. A sum over them is the gradient of a sum over these.
        """

    def inside(self, window: int) -> range:
        """Return the positions of a window's elements that lie in the input."""
        positions = self.positions(window)
        start, step = positions.start, positions.step
        first = -(start // step) if start < 0 else 0
        stop = min(_size(positions), -((start - self.length) // step))
        return positions[first : max(first, stop)]

    def window_count(self, window: int) -> int:
        """Return how many elements a window has, padding included."""
        return _size(self.positions(window))

    def valid_count(self, window: int) -> int:
        """Return how many elements of a window lie in the input."""
        return len(self.inside(window))

    def border(self) -> Iterator[int]:
        """Yield the windows that :meth:`interior` leaves out, in order."""
        interior = self.interior()
        yield from range(interior.start)
        yield from range(interior.stop, self.count)


@dataclass(frozen=True, slots=True)
class SlidingWindows(AxisWindows):
    """Windows at regular steps: window o starts at position o·stride − low.

    Attributes
    ----------
    length : int
        n, the number of input elements on the axis.
    count : int
        m, the number of windows.
    kernel_size : int
        k, the number of elements per window.
    stride, dilation : int
        Steps from window to window, and from element to element.
    low, high : int
        Padding before the first and after the last input element, in elements.
    """

    length: int
    count: int
    kernel_size: int
    stride: int
    dilation: int
    low: int
    high: int

    @property
    def extent(self) -> int:
        """Positions from a window's first element to its last, both included."""
        return self.dilation * (self.kernel_size - 1) + 1

    def start(self, window: int) -> int:
        """Return the position of a window's first element."""
        return window * self.stride - self.low

    def positions(self, window: int) -> range:
        start = self.start(window)
        return range(start, start + self.extent, self.dilation)

    def padded_count(self, window: int) -> int:
        room = self.length + self.high - self.start(window)
        return max(0, min(self.kernel_size, -(-room // self.dilation)))

    def interior(self) -> range:
        first = -(-self.low // self.stride)
        stop = (self.length - self.extent + self.low) // self.stride + 1
        first = min(first, self.count)
        return range(first, max(first, min(stop, self.count)))

    def part(self, first: int, stop: int) -> tuple[slice, Self]:
        start = self.start(first)
        begin = min(max(0, start), self.length)
        end = min(self.length, max(begin, self.start(stop - 1) + self.extent))
        windows = type(self)(
            length=end - begin,
            count=stop - first,
            kernel_size=self.kernel_size,
            stride=self.stride,
            dilation=self.dilation,
            low=begin - start,
            high=self.length + self.high - end,
        )
        return slice(begin, end), windows

    def first_empty(self) -> int | None:
        # A window that starts inside the input holds its first element, so only
        # those that start in the low padding or beyond the end can be empty.
        before = min(self.count, -(-self.low // self.stride))
        if self.dilation <= self.length:
            # Steps no longer than the input cannot jump over it, so a window is
            # empty only if it ends before it; window 0 ends first of all.
            before = min(before, 1)
        for window in range(before):
            if not self.inside(window):
                return window
        beyond = max(before, -(-(self.length + self.low) // self.stride))
        return beyond if beyond < self.count else None

    def widest(self) -> int:
        return self.kernel_size

    def transposed(self) -> "SlidingWindows | CoveringWindows":
        if self.stride > 1:
            return CoveringWindows(
                length=self.count,
                count=self.length,
                kernel_size=self.kernel_size,
                stride=self.stride,
                dilation=self.dilation,
                low=self.low,
            )
        low = self.extent - 1 - self.low
        return SlidingWindows(
            length=self.count,
            count=self.length,
            kernel_size=self.kernel_size,
            stride=1,
            dilation=self.dilation,
            low=low,
            high=max(0, self.length - 1 - low + self.extent - self.count),
        )


@dataclass(frozen=True, slots=True)
class CoveringWindows(AxisWindows):
    """For every position of an axis, the sliding windows that hold it.

    Here the input elements are those windows. Window o slides to position
    o·stride − low, so position i is its element j where o·stride + j·dilation = i + low.

    Attributes
    ----------
    length : int
        The number of sliding windows.
    count : int
        The number of positions.
    kernel_size, stride, dilation, low : int
        Those of the sliding windows.
    """

    length: int
    count: int
    kernel_size: int
    stride: int
    dilation: int
    low: int

    def _between(self, position: int) -> tuple[int, int]:
        """Return the first window that reaches a position, and the last that begins before."""
        reach = position + self.low
        return -((self.dilation * (self.kernel_size - 1) - reach) // self.stride), (
            reach // self.stride
        )

    def positions(self, window: int) -> range:
        first, last = self._between(window)
        step = self.dilation // gcd(self.stride, self.dilation)
        for start in range(first, min(last + 1, first + step)):
            if (window + self.low - start * self.stride) % self.dilation == 0:
                return range(start, last + 1, step)
        return range(0)

    def padded_count(self, window: int) -> int:
        return self.window_count(window)

    def interior(self) -> range:
        return range(0)

    def part(self, first: int, stop: int) -> tuple[slice, Self]:
        # One window at least, and none that begins after the first position, though it may
        # hold none of them: `low` then stays between 0 and the kernel size and stride.
        begin = min(max(0, min(self._between(first))), self.length - 1)
        end = max(begin + 1, min(self.length, self._between(stop - 1)[1] + 1))
        windows = type(self)(
            length=end - begin,
            count=stop - first,
            kernel_size=self.kernel_size,
            stride=self.stride,
            dilation=self.dilation,
            low=self.low + first - begin * self.stride,
        )
        return slice(begin, end), windows

    def first_empty(self) -> int | None:
        return next((o for o in range(self.count) if not self.inside(o)), None)

    def widest(self) -> int:
        return (self.kernel_size - 1) * gcd(self.stride, self.dilation) // self.stride + 1

    def transposed(self) -> SlidingWindows:
        end = (self.length - 1) * self.stride + self.dilation * (self.kernel_size - 1) + 1
        return SlidingWindows(
            length=self.count,
            count=self.length,
            kernel_size=self.kernel_size,
            stride=self.stride,
            dilation=self.dilation,
            low=self.low,
            high=max(0, end - self.low - self.count),
        )


def _size(positions: range) -> int:
    """Return the number of positions, which `len` refuses beyond 2⁶³."""
    return max(0, -((positions.start - positions.stop) // positions.step))
