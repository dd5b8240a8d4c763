"""Sliding windows whose elements are counted by subtracting one end from the other."""

from dataclasses import dataclass

from poolkit.geometry.axis import SlidingWindows
from poolkit.geometry.sliding import Sliding

__all__ = ["DifferenceSliding", "DifferenceWindows"]


@dataclass(frozen=True, slots=True)
class DifferenceWindows(SlidingWindows):
    """Sliding windows that lie beyond the input by a number of elements, which is taken off.

    Loops that clip both ends of a window and subtract them count so: a window that begins
    3 positions behind the input has −3 elements, one that begins right behind it 0. A sum of
    nothing over such a count is −0 or NaN. Otherwise they are as :class:`SlidingWindows`.

    Law: the counts are those of :class:`SlidingWindows` wherever the latter are not 0. The
    dilation is 1.
    """

    def valid_count(self, window: int) -> int:
        start = self.start(window)
        return min(start + self.kernel_size, self.length) - max(start, 0)

    def padded_count(self, window: int) -> int:
        start = self.start(window)
        return min(start + self.kernel_size, self.length + self.high) - start


@dataclass(frozen=True, slots=True)
class DifferenceSliding(Sliding):
    """Windows as :class:`Sliding` places them, counted by subtracting.

    Attributes
    ----------
    low_at_both_ends : bool
        Whether padding is counted as if there were as much behind the input as before it.

    Notes
    -----
    Source: PaddlePaddle/Paddle: paddle/phi/kernels/funcs/pooling.cc (Pool2dFunctor), which
    counts the padding before the input at both ends; chainer/chainer:
    chainer/functions/pooling/average_pooling_nd.py (_get_conv_slices).

    Examples
    --------
    >>> windows = DifferenceSliding(2, 1, padding=(0, 3)).bind(2)
    >>> [windows.valid_count(window) for window in range(windows.count)]
    [2, 1, 0, -1]
    """

    low_at_both_ends: bool = False

    def bind(self, length: int) -> DifferenceWindows:
        found = Sliding.bind(self, length)
        return DifferenceWindows(
            length=length,
            count=found.count,
            kernel_size=found.kernel_size,
            stride=found.stride,
            dilation=found.dilation,
            low=found.low,
            high=found.low if self.low_at_both_ends else found.high,
        )
