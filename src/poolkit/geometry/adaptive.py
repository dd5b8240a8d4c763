"""Adaptive windows, as asked for: a number of outputs, whatever the length."""

from dataclasses import dataclass

from poolkit._errors import WindowFitError
from poolkit.geometry.axis import AdaptiveWindows, SlidingWindows

__all__ = ["Adaptive"]


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
