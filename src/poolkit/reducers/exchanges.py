"""Exchange networks: elements put in order by minima and maxima of pairs.

Source: Batcher, Sorting networks and their applications, 1968; Knuth, The Art of Computer
Programming, volume 3, section 5.2.2, algorithm M, which serves any number of elements.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import TypeAlias

import numpy as np

from poolkit.reducers.reducer import Array

__all__ = ["exchanges", "pick_ordered"]

Exchange: TypeAlias = tuple[int, int, bool, bool]
"""Two places, the lower first, and whether their minimum and their maximum are used later on."""


@lru_cache(maxsize=1024)
def exchanges(count: int, ranks: tuple[int, ...]) -> tuple[Exchange, ...]:
    """Return the exchanges that bring the elements of given ranks to their places.

    Ranks count from 0, the smallest. Of sorting everything, and of taking the smallest or the
    largest one after another, it is what takes the fewest minima and maxima.
    """
    smallest = [(i, i + 1) for end in range(max(ranks) + 1) for i in range(count - 2, end - 1, -1)]
    largest = [(i, i + 1) for end in range(count, min(ranks), -1) for i in range(end - 1)]
    networks = [_needed(pairs, ranks) for pairs in (_sorting(count), smallest, largest)]
    return min(networks, key=lambda used: sum(low + high for *_, low, high in used))


def _needed(pairs: list[tuple[int, int]], ranks: tuple[int, ...]) -> tuple[Exchange, ...]:
    """Return the exchanges that the elements of some ranks depend on."""
    needed = set(ranks)
    used = []
    for low, high in reversed(pairs):
        keeps_low, keeps_high = low in needed, high in needed
        if keeps_low or keeps_high:
            needed |= {low, high}
            used.append((low, high, keeps_low, keeps_high))
    return tuple(reversed(used))


def pick_ordered(elements: Sequence[Array], ranks: tuple[int, ...]) -> list[Array]:
    """Return the elements of given ranks, for all windows at once.

    Where an element is NaN, all of them are.

    Parameters
    ----------
    elements : sequence of k arrays of one shape
        The first elements of all windows, the second ones, and so on. They are not written to.
    ranks : tuple of int
        From 0, the smallest.
    """
    values = list(elements)
    is_own = [False] * len(values)
    spare: list[Array] = []

    def room() -> Array:
        return spare.pop() if spare else np.empty(values[0].shape, values[0].dtype)

    for low, high, keeps_low, keeps_high in exchanges(len(values), ranks):
        one, other = values[low], values[high]
        own = [values[place] for place in (low, high) if is_own[place]]
        if keeps_low and keeps_high:
            values[low] = np.minimum(one, other, out=room())
            values[high] = np.maximum(one, other, out=own.pop() if own else room())
        elif keeps_low:
            values[low] = np.minimum(one, other, out=own.pop() if own else room())
        else:
            values[high] = np.maximum(one, other, out=own.pop() if own else room())
        spare += own
        is_own[low], is_own[high] = keeps_low, keeps_high
    return [values[rank] for rank in ranks]


def _sorting(count: int) -> list[tuple[int, int]]:
    """Return the pairs of places whose exchange, one after another, sorts any elements."""
    pairs = []
    largest = 1 << max(0, (count - 1).bit_length() - 1)
    step = largest
    while step > 0:
        distance, offset, reach = step, 0, largest
        while True:
            pairs += [(i, i + distance) for i in range(count - distance) if i & step == offset]
            if reach == step:
                break
            distance, offset, reach = reach - step, step, reach // 2
        step //= 2
    return pairs
