"""Windows listed one by one, for rules that are no formula.

Fractional pooling has such windows, and frameworks with a rounding of bins of their own.
"""

from dataclasses import dataclass
from typing import Self

from poolkit._errors import WindowFitError
from poolkit.geometry.axis import AxisWindows

__all__ = ["Listed", "ListedWindows"]


@dataclass(frozen=True, slots=True)
class ListedWindows(AxisWindows):
    """Windows of neighbouring elements, each inside the input or empty.

    Attributes
    ----------
    length : int
        n, the number of input elements on the axis.
    spans : tuple of (int, int)
        Where each window begins and stops; neither ever decreases.
    """

    length: int
    spans: tuple[tuple[int, int], ...]

    @property
    def count(self) -> int:  # type: ignore[override]
        """m, the number of windows."""
        return len(self.spans)

    def positions(self, window: int) -> range:
        return range(*self.spans[window])

    def padded_count(self, window: int) -> int:
        return self.window_count(window)

    def interior(self) -> range:
        return range(0)

    def part(self, first: int, stop: int) -> tuple[slice, Self]:
        begin, end = self.spans[first][0], max(self.spans[first][0], self.spans[stop - 1][1])
        spans = tuple((low - begin, high - begin) for low, high in self.spans[first:stop])
        return slice(begin, end), type(self)(length=end - begin, spans=spans)

    def first_empty(self) -> int | None:
        return next((o for o, (low, high) in enumerate(self.spans) if low >= high), None)

    def widest(self) -> int:
        return max((high - low for low, high in self.spans), default=0)

    def transposed(self) -> "ListedWindows":
        # Of windows that neither begin nor stop before those before them, the ones that hold
        # an element are neighbours.
        spans = []
        first = stop = 0
        for i in range(self.length):
            while stop < self.count and self.spans[stop][0] <= i:
                stop += 1
            while first < stop and self.spans[first][1] <= i:
                first += 1
            spans.append((first, max(first, stop)))
        return ListedWindows(length=self.count, spans=tuple(spans))


@dataclass(frozen=True, slots=True)
class Listed:
    """Windows listed for an axis of one length.

    Attributes
    ----------
    length : int
        The length of the axis that they are for.
    spans : tuple of (int, int)
        Where each window begins and stops.
    """

    length: int
    spans: tuple[tuple[int, int], ...]

    def bind(self, length: int) -> ListedWindows:
        """Return the windows on an axis of `length` elements.

        Raises
        ------
        WindowFitError
            If they are not for such an axis.
        """
        if length != self.length:
            raise WindowFitError(
                f"windows listed for {self.length} elements, the axis has {length}."
            )
        return ListedWindows(length=length, spans=self.spans)
