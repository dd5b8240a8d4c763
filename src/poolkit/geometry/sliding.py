"""Sliding windows, as asked for: everything but the length of the axis."""

from dataclasses import dataclass
from enum import Enum

from poolkit._errors import WindowFitError
from poolkit.geometry.axis import SlidingWindows
from poolkit.geometry.rounding import Rounding, sliding_count

__all__ = ["AutomaticPadding", "Sliding"]


class AutomaticPadding(Enum):
    """Padding that depends on the length of the axis: ⌈n / stride⌉ windows."""

    SAME = "same"
    """An odd element of padding goes to the end (TensorFlow's SAME)."""

    SAME_LOWER = "same_lower"
    """An odd element of padding goes to the start (ONNX's SAME_LOWER)."""

    SAME_END = "same_end"
    """All of it goes to the end (MXNet's "same")."""


@dataclass(frozen=True, slots=True)
class Sliding:
    """Windows of `kernel_size` elements, one every `stride` elements of an axis.

    Attributes
    ----------
    kernel_size, stride, dilation : int
        Elements per window, steps between windows, steps between elements;
        each at least 1.
    padding : (int, int) or AutomaticPadding
        Elements of padding before and after the axis, or the rule for them.
    rounding : Rounding
        What happens to the positions left over at the end.
    """

    kernel_size: int
    stride: int
    dilation: int = 1
    padding: tuple[int, int] | AutomaticPadding = (0, 0)
    rounding: Rounding = Rounding.FLOOR

    def bind(self, length: int) -> SlidingWindows:
        """Return the windows on an axis of `length` elements.

        Raises
        ------
        WindowFitError
            If not a single window fits.
        """
        extent = self.dilation * (self.kernel_size - 1) + 1
        if isinstance(self.padding, AutomaticPadding):
            count = -(-length // self.stride)
            total = max(0, (count - 1) * self.stride + extent - length)
            low = {
                AutomaticPadding.SAME: total // 2,
                AutomaticPadding.SAME_LOWER: total - total // 2,
                AutomaticPadding.SAME_END: 0,
            }[self.padding]
            high = total - low
        else:
            low, high = self.padding
            count = sliding_count(length, extent, self.stride, low, high, self.rounding)
        if count < 1:
            raise WindowFitError(self._misfit(length, extent, low + high))
        return SlidingWindows(
            length=length,
            count=count,
            kernel_size=self.kernel_size,
            stride=self.stride,
            dilation=self.dilation,
            low=low,
            high=high,
        )

    def _misfit(self, length: int, extent: int, padding: int) -> str:
        room = length + padding
        parts = f" ({self.kernel_size} elements, dilation {self.dilation})"
        sentence = (
            f"a window of extent {extent}{parts if self.dilation > 1 else ''} does not fit "
            f"into {room} elements ({length} input + {padding} padding)."
        )
        if room < 1 or length < 1:
            return sentence
        most = (room - 1) // self.dilation + 1
        at_dilation = " at this dilation" if self.dilation > 1 else ""
        return f"{sentence}\nHint: use at most {most} elements{at_dilation}."
