"""Weighted windows as arrays, and the parts that work over them is cut into."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from math import prod
from typing import NamedTuple

import numpy as np

from poolkit.geometry import WeightedWindows
from poolkit.reducers.dtypes import DType
from poolkit.reducers.reducer import Array

__all__ = ["Taps", "WeightedPart", "adds_exactly", "divisors", "find_taps", "weighted_parts"]

LONGEST_REMEMBERED = 2**20
"""Elements of an axis whose windows are remembered: at most 16 MiB."""

MANTISSA_BITS = 53
"""Of float64."""

MOST_WINDOWS = 2**16
"""Windows of an axis that are described at a time, in 60 bytes each."""


# Compared by identity, as arrays are.
@dataclass(frozen=True, slots=True, eq=False)
class Taps:
    """What every window of an axis takes.

    Attributes
    ----------
    length : int
        n, the number of input elements.
    starts : array of int64, of shape (m + 1,)
        Window o takes ``positions[starts[o]:starts[o + 1]]``.
    positions : array of int64
    weights : array of float64
        Such that those of a window add up to at most 1, and no bit of them is lost.
    divisors : array of float64, of shape (m,)
        What a window's sum is divided by: between a half and 1.
    whole : array of bool, of shape (m,)
        Whether a window's weights add up to its divisor, so that its value lies between the
        least and the greatest of its elements.
    bits : int
        Of the largest total: sums of integers of b bits are of b + `bits`.
    """

    length: int
    starts: Array
    positions: Array
    weights: Array
    divisors: Array
    whole: Array
    bits: int

    @property
    def count(self) -> int:
        """m, the number of windows."""
        return len(self.starts) - 1

    def cropped(self) -> tuple[slice, "Taps"]:
        """Return where the inputs lie that are taken, and the same over these alone."""
        begin, stop = int(self.positions.min()), int(self.positions.max()) + 1
        positions = self.positions - begin
        return slice(begin, stop), replace(self, length=stop - begin, positions=positions)

    def transposed(self) -> "Taps":
        """Return what each input takes of the outputs' gradients."""
        counts = np.diff(self.starts)
        windows = np.repeat(np.arange(self.count), counts)
        order = np.argsort(self.positions, kind="stable")
        starts = np.zeros(self.length + 1, np.int64)
        np.cumsum(np.bincount(self.positions, minlength=self.length), out=starts[1:])
        return Taps(
            self.count,
            starts,
            windows[order],
            (self.weights / np.repeat(self.divisors, counts))[order],
            np.ones(self.length),
            np.zeros(self.length, bool),
            self.bits,
        )


def find_taps(windows: WeightedWindows, first: int = 0, stop: int | None = None) -> Taps:
    """Return what windows `first` to `stop` − 1 of an axis take, or all of them."""
    stop = windows.count if stop is None else stop
    if stop - first <= MOST_WINDOWS and windows.length <= LONGEST_REMEMBERED:
        return _remembered(windows, first, stop)
    return _described(windows, range(first, stop))


@lru_cache(maxsize=32)
def _remembered(windows: WeightedWindows, first: int, stop: int) -> Taps:
    return _described(windows, range(first, stop))


def _described(windows: WeightedWindows, numbers: range) -> Taps:
    first, stop, period, step = windows.repetition()
    first, stop = max(first, numbers.start), min(stop, numbers.stop)
    if stop - first <= period:
        return _one_by_one(windows, numbers)
    before = _one_by_one(windows, range(numbers.start, first))
    once = _one_by_one(windows, range(first, first + period))
    after = _one_by_one(windows, range(stop, numbers.stop))
    turns = -(-(stop - first) // period)
    counts = np.tile(np.diff(once.starts), turns)[: stop - first]
    taken = int(counts.sum())
    moved = once.positions + step * np.arange(turns)[:, np.newaxis]
    return _joined(
        before,
        Taps(
            windows.length,
            np.concatenate([[0], np.cumsum(counts)]),
            moved.ravel()[:taken],
            np.tile(once.weights, turns)[:taken],
            np.tile(once.divisors, turns)[: stop - first],
            np.tile(once.whole, turns)[: stop - first],
            once.bits,
        ),
        after,
    )


def _one_by_one(windows: WeightedWindows, numbers: range) -> Taps:
    starts, divisors, whole, bits = [0], [], [], 0
    positions: list[int] = []
    weights: list[float] = []
    for number in numbers:
        window = windows.window(number)
        scale = 2 ** (window.total - 1).bit_length()
        positions += window.positions
        weights += [weight / scale for weight in window.weights]
        starts.append(len(positions))
        divisors.append(window.total / scale)
        whole.append(sum(window.weights) == window.total)
        bits = max(bits, window.total.bit_length())
    return Taps(
        windows.length,
        np.array(starts, np.int64),
        np.array(positions, np.int64),
        np.array(weights, np.float64),
        np.array(divisors, np.float64),
        np.array(whole, bool),
        bits,
    )


def _joined(*parts: Taps) -> Taps:
    """Return the windows of several, one after the other."""
    counts = np.concatenate([np.diff(part.starts) for part in parts])
    return Taps(
        parts[0].length,
        np.concatenate([[0], np.cumsum(counts)]),
        np.concatenate([part.positions for part in parts]),
        np.concatenate([part.weights for part in parts]),
        np.concatenate([part.divisors for part in parts]),
        np.concatenate([part.whole for part in parts]),
        max(part.bits for part in parts),
    )


def adds_exactly(dtype: DType, taps: Iterable[Taps]) -> bool:
    """Return whether windows of such elements are added in float64 without rounding.

    Divided once and at the end, means of integers that are integers then come out as such.
    """
    if dtype.kind not in "biu":
        return False
    own = 1 if dtype.kind == "b" else 8 * dtype.itemsize
    return own + sum(each.bits for each in taps) <= MANTISSA_BITS


def divisors(taps: Mapping[int, Taps], dimensions: int) -> Array:
    """Return the product of the divisors on some axes, in a shape that broadcasts."""
    product: Array = np.ones((1,) * dimensions)
    for axis, each in taps.items():
        product = product * each.divisors.reshape(
            [-1 if d == axis else 1 for d in range(dimensions)]
        )
    return product


class WeightedPart(NamedTuple):
    """A piece of the work: weighing ``x[inputs]`` by `taps`, by axis, gives ``y[outputs]``."""

    taps: dict[int, Taps]
    inputs: tuple[slice, ...]
    outputs: tuple[slice, ...]


def weighted_parts(
    shape: tuple[int, ...], windows: Mapping[int, WeightedWindows | Taps], elements: int
) -> Iterator[WeightedPart]:
    """Yield pieces that together do the work, each output once.

    A piece reads about `elements` input elements: more only where a single window of each
    axis but the last does. Taps are not cut: their axis is whole in every piece.
    """

    # The pieces of one axis have the same windows on the next.
    @lru_cache(maxsize=8)
    def cropped(axis: int, first: int, stop: int) -> tuple[slice, Taps]:
        along = windows[axis]
        if isinstance(along, Taps):
            return slice(0, along.length), along
        return find_taps(along, first, stop).cropped()

    def cut(part: WeightedPart) -> Iterator[WeightedPart]:
        axis = len(part.inputs)
        if axis == len(shape):
            yield part
            return
        along = windows.get(axis)
        size = prod(each.stop - each.start for each in part.inputs) * prod(shape[axis:])
        count = shape[axis] if along is None else along.count
        step = max(1, min(count, count * elements // max(1, size)))
        if isinstance(along, Taps):
            step = count
        elif along is not None:
            # Shorter pieces would read what overlapping windows share over and over.
            step = min(max(step, 16), MOST_WINDOWS)
        for begin in range(0, count, step):
            outputs = slice(begin, min(begin + step, count))
            inputs, taps = outputs, part.taps
            if along is not None:
                inputs, of_axis = cropped(axis, begin, outputs.stop)
                taps = {**taps, axis: of_axis}
            yield from cut(WeightedPart(taps, (*part.inputs, inputs), (*part.outputs, outputs)))

    yield from cut(WeightedPart({}, (), ()))
