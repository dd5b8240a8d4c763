"""TensorFlow's fractional windows: sequences of where they begin, from random numbers.

Legend: n elements on the axis, m windows, u a random number in [0, 1), α = n / m.
"""

from collections.abc import Iterable, Sequence
from itertools import accumulate, pairwise
from math import ceil

from poolkit._errors import ArgumentError, message
from poolkit.geometry.fractional_numbers import Spans, check_counts, single

__all__ = ["tensorflow_count", "tensorflow_sequence", "tensorflow_spans"]


def tensorflow_count(length: int, pooling_ratio: float) -> int:
    """Return the number of windows that a pooling ratio gives in TensorFlow.

    Source: tensorflow/tensorflow: tensorflow/core/kernels/fractional_max_pool_op.cc. The ratio
    is a float32, and the quotient one too.

    Examples
    --------
    >>> tensorflow_count(7, 1.5)
    4
    """
    return int(single(single(length) / single(pooling_ratio)))


def tensorflow_sequence(
    length: int, output_size: int, pseudo_random: bool, numbers: Iterable[int]
) -> tuple[int, ...]:
    """Return TensorFlow's pooling sequence of one axis, from given random numbers.

    Parameters
    ----------
    length : int
        n, the number of elements on the axis.
    output_size : int
        m, the number of windows.
    pseudo_random : bool
        Whether one random number places all windows; if not, their lengths are shuffled.
    numbers : iterable of int
        Random integers of 32 bits in the order drawn: 2 for `pseudo_random`, else m − 1.

    Returns
    -------
    tuple of int
        Where the windows begin, and n at the end.

    Raises
    ------
    ArgumentError
        If there are more windows than elements, or too few numbers.

    Notes
    -----
    Pseudo-random: the lower 20 bits of one number and the 32 of
    the next make u; window o ≥ 1 begins at ⌈α·(o + u)⌉ − 1 with α = n / m, where u is first
    made so small that all windows have ⌊n / m⌋ elements or one more. Else: n mod m windows
    have one element more than the others, and are shuffled among them.
    Source: tensorflow/tensorflow: tensorflow/core/kernels/fractional_pool_common.cc,
    fractional_pool_common.h (RandomShuffle); tensorflow/core/lib/random/simple_philox.cc,
    random_distributions.h (Uint64ToDouble).

    Examples
    --------
    >>> tensorflow_sequence(7, 3, True, [0x80000, 0])  # u = 0.5 of 0.285714
    (0, 2, 5, 7)
    >>> tensorflow_sequence(7, 3, False, [4, 1])
    (0, 2, 4, 7)
    """
    check_counts(length, output_size)
    if output_size > length:
        raise ArgumentError(message("output_size", f"be at most {length}", output_size))
    drawn = iter(numbers)
    try:
        if pseudo_random:
            high, low = next(drawn), next(drawn)
            u = ((high & 0xFFFFF) << 32 | low) / 2**52
            return _placed(length, output_size, u)
        lengths = _shuffled(length, output_size, drawn)
    except StopIteration:
        wanted = f"hold {2 if pseudo_random else output_size - 1} integers"
        raise ArgumentError(message("numbers", wanted, "fewer")) from None
    return tuple(accumulate(lengths, initial=0))


def _placed(length: int, output_size: int, u: float) -> tuple[int, ...]:
    alpha = length / output_size
    base = length // output_size
    before = (base + 2) / alpha - 1
    behind = (length + 1 - base) / alpha - (output_size - 1)
    u *= min(before, behind)
    begins = (ceil(alpha * (window + u)) - 1 for window in range(1, output_size))
    return (0, *begins, length)


def _shuffled(length: int, output_size: int, numbers: Iterable[int]) -> list[int]:
    base, longer = divmod(length, output_size)
    lengths = [base + 1] * longer + [base] * (output_size - longer)
    drawn = iter(numbers)
    for place in range(output_size - 1):
        other = place + next(drawn) % (output_size - place)
        lengths[place], lengths[other] = lengths[other], lengths[place]
    return lengths


def tensorflow_spans(sequence: Sequence[int], overlapping: bool) -> Spans:
    """Return the windows of a TensorFlow pooling sequence.

    Parameters
    ----------
    sequence : sequence of int
        ``row_pooling_sequence`` or ``col_pooling_sequence``: where the windows begin, and the
        length of the axis at the end.
    overlapping : bool
        Whether each window holds the first element of the next one too.

    Returns
    -------
    tuple of (int, int)

    Raises
    ------
    ArgumentError
        If the sequence does not begin at 0 and increase.

    Notes
    -----
    Source: tensorflow/tensorflow: tensorflow/core/kernels/fractional_max_pool_op.cc,
    fractional_avg_pool_op.cc.

    Examples
    --------
    >>> tensorflow_spans([0, 2, 5, 7], overlapping=False)
    ((0, 2), (2, 5), (5, 7))
    >>> tensorflow_spans([0, 2, 5, 7], overlapping=True)
    ((0, 3), (2, 6), (5, 7))
    """
    places = tuple(sequence)
    if len(places) < 2 or places[0] != 0 or any(a >= b for a, b in pairwise(places)):
        raise ArgumentError(message("sequence", "begin at 0 and increase", list(places)))
    more = 1 if overlapping else 0
    return tuple((a, min(b + more, places[-1])) for a, b in pairwise(places))
