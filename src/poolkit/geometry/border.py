"""Borders: padding whose elements are elements of the input again, mirrored or repeated.

An axis is cut into pieces: the windows inside the input, and those that reach over either end,
for which the positions they touch are listed. Nothing is padded but what these few windows touch.
"""

from typing import Literal, NamedTuple, TypeAlias, get_args

from poolkit._errors import WindowFitError
from poolkit.geometry.axis import AxisWindows, SlidingWindows

__all__ = ["BORDERS", "AxisPiece", "Border", "inner_position", "pieces"]

Border: TypeAlias = Literal["reflect", "symmetric", "replicate", "circular"]
"""What lies outside: the input mirrored at its last element, which is not repeated (d c b | a b c
d); mirrored behind it (b a | a b c d); its last element again (a a | a b c d); its other end
(c d | a b c d)."""

BORDERS: tuple[str, ...] = get_args(Border)


class AxisPiece(NamedTuple):
    """Some of an axis's windows, and the positions of the input that they see.

    Attributes
    ----------
    inputs : slice or tuple of int
        A run of the axis, or positions in it one by one.
    windows : AxisWindows
        The windows on those positions.
    outputs : slice
        Which windows of the axis they are.
    """

    inputs: slice | tuple[int, ...]
    windows: AxisWindows
    outputs: slice


def inner_position(position: int, length: int, border: Border) -> int:
    """Return the position in 0 to `length` − 1 whose element lies at any position.

    Examples
    --------
    >>> [inner_position(i, 4, "reflect") for i in range(-3, 7)]
    [3, 2, 1, 0, 1, 2, 3, 2, 1, 0]
    >>> [inner_position(i, 4, "symmetric") for i in range(-3, 7)]
    [2, 1, 0, 0, 1, 2, 3, 3, 2, 1]
    >>> [inner_position(i, 4, "circular") for i in range(-3, 7)]
    [1, 2, 3, 0, 1, 2, 3, 0, 1, 2]
    """
    if border == "circular":
        return position % length
    if border == "replicate":
        return min(max(position, 0), length - 1)
    if border == "symmetric":
        place = position % (2 * length)
        return min(place, 2 * length - 1 - place)
    period = max(1, 2 * (length - 1))
    place = position % period
    return min(place, period - place)


def pieces(windows: AxisWindows, border: Border | None) -> tuple[AxisPiece, ...]:
    """Return the pieces of an axis; one, of all its windows, where nothing lies outside.

    Raises
    ------
    WindowFitError
        If the axis is empty, so that there is nothing to mirror or repeat.
    """
    everything = slice(0, windows.count)
    if border is None or not isinstance(windows, SlidingWindows):
        return (AxisPiece(slice(0, windows.length), windows, everything),)
    if windows.length == 0:
        raise WindowFitError("an axis of 0 elements has nothing to lie in its border.")
    inside = windows.interior()
    found = []
    for first, stop in (
        (0, inside.start),
        (inside.start, inside.stop),
        (inside.stop, windows.count),
    ):
        if first == stop:
            continue
        outputs = slice(first, stop)
        if first == inside.start and inside:
            needed, moved = windows.part(first, stop)
            found.append(AxisPiece(needed, moved, outputs))
        else:
            found.append(_outer_piece(windows, outputs, border))
    return tuple(found)


def _outer_piece(windows: SlidingWindows, outputs: slice, border: Border) -> AxisPiece:
    begin = windows.start(outputs.start)
    # What hangs over the end of the padding is not there, border or not.
    end = min(windows.start(outputs.stop - 1) + windows.extent, windows.length + windows.high)
    inputs = tuple(inner_position(i, windows.length, border) for i in range(begin, end))
    moved = SlidingWindows(
        length=len(inputs),
        count=outputs.stop - outputs.start,
        kernel_size=windows.kernel_size,
        stride=windows.stride,
        dilation=windows.dilation,
        low=0,
        high=0,
    )
    return AxisPiece(inputs, moved, outputs)
