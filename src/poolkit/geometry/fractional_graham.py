"""Graham's fractional windows: as many as asked for, one or two elements apart, or more.

Graham, "Fractional max-pooling", arXiv:1412.6071.

Legend: n elements on the axis, m windows, α = n / m, u a random number in [0, 1), o a window.
"""

from dataclasses import dataclass

from poolkit._errors import ArgumentError, WindowFitError, message
from poolkit.geometry.fractional_numbers import Spans, check_counts, number
from poolkit.geometry.fractional_tensorflow import tensorflow_sequence, tensorflow_spans
from poolkit.geometry.listed import ListedWindows
from poolkit.geometry.philox import Philox

__all__ = ["Fractional", "graham_boundaries", "graham_spans", "shuffled_boundaries"]


def graham_boundaries(length: int, output_size: int, sample: float) -> tuple[int, ...]:
    """Return where pseudorandom windows begin, and n at the end.

    Parameters
    ----------
    length : int
        n, the number of elements on the axis.
    output_size : int
        m, the number of windows, at most n.
    sample : float
        u, the random number, from 0 to less than 1.

    Raises
    ------
    ArgumentError
        If the sample does not lie there.
    WindowFitError
        If there are more windows than elements.

    Notes
    -----
    Boundary o is ⌈α·(o + u)⌉ − ⌈α·u⌉, in exact arithmetic: increments are ⌊α⌋ or ⌈α⌉, and their
    sum is n. The paper counts from 1, and asks for α between 1 and 2.

    Examples
    --------
    >>> graham_boundaries(7, 4, 0.5)  # α = 1.75: ⌈0.875⌉, ⌈2.625⌉, ⌈4.375⌉, ⌈6.125⌉, ⌈7.875⌉
    (0, 2, 4, 6, 7)
    """
    _check(length, output_size)
    u = number("samples", sample)
    if not 0 <= u < 1:
        raise ArgumentError(message("samples", "be numbers from 0 to less than 1", sample))
    above, below = u.as_integer_ratio()
    places = [
        -(-length * (o * below + above) // (output_size * below)) for o in range(output_size + 1)
    ]
    return tuple(place - places[0] for place in places)


def shuffled_boundaries(length: int, output_size: int, seed: int) -> tuple[int, ...]:
    """Return where windows begin whose increments are shuffled, and n at the end.

    n mod m of them are ⌈α⌉ and the others ⌊α⌋, in an order that the seed determines.

    Examples
    --------
    >>> shuffled_boundaries(7, 4, 0)
    (0, 2, 3, 5, 7)
    """
    _check(length, output_size)
    numbers = Philox(seed, 0).reserve(output_size - 1)
    return tensorflow_sequence(length, output_size, False, numbers)


def graham_spans(boundaries: tuple[int, ...], overlapping: bool) -> Spans:
    """Return the windows between boundaries.

    Disjoint ones hold elements a_o to a_{o+1} − 1, overlapping ones the next as well, of which
    the last has none: the end of the axis.

    Examples
    --------
    >>> graham_spans((0, 2, 3, 5), overlapping=True)
    ((0, 3), (2, 4), (3, 5))
    """
    return tensorflow_spans(boundaries, overlapping)


def _check(length: int, output_size: int) -> None:
    check_counts(length, output_size)
    if output_size > length:
        raise WindowFitError(
            f"{output_size} windows, each begun at least one element after the other, do not fit "
            f"into {length} elements."
        )


@dataclass(frozen=True, slots=True)
class Fractional:
    """Windows as many as asked for, begun at random, on an axis of any length.

    Attributes
    ----------
    output_size : int, float or None
        m, the number of windows; a float is the windows for each element, and None one for each.
    overlapping : bool
        Whether windows hold the first element of the next.
    sample : float or None
        u, for pseudorandom windows.
    seed : int
        What shuffles the increments, where there is no sample.
    """

    output_size: int | float | None
    overlapping: bool
    sample: float | None
    seed: int = 0

    def bind(self, length: int) -> ListedWindows:
        """Return the windows on an axis of `length` elements.

        Raises
        ------
        WindowFitError
            If there are more windows than elements, or no elements.
        """
        if self.output_size is None:
            count = length
        elif isinstance(self.output_size, float):
            count = max(1, int(length * self.output_size))
        else:
            count = self.output_size
        if self.sample is None:
            boundaries = shuffled_boundaries(length, count, self.seed)
        else:
            boundaries = graham_boundaries(length, count, self.sample)
        return ListedWindows(length, graham_spans(boundaries, self.overlapping))
