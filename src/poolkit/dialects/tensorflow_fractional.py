"""TensorFlow's fractional pooling, by windows that it places at random."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import isfinite
from typing import Any

import numpy as np

from poolkit._arguments import boolean, per_axis
from poolkit._errors import ArgumentError, UnsupportedError, message
from poolkit.dialects.layer import Answer, Shape
from poolkit.dialects.tensorflow_layers import FloatLayer
from poolkit.dialects.tensorflow_reducers import (
    FRACTIONAL,
    MAX_OF_FIRST,
    MAX_OF_PLANES,
    Chooser,
    Kind,
    for_dtypes,
    mean_of_numbers,
)
from poolkit.geometry import Listed, Specification
from poolkit.geometry.fractional import (
    tensorflow_count,
    tensorflow_sequence,
    tensorflow_spans,
)
from poolkit.geometry.philox import Philox
from poolkit.reducers import ComparedMax
from poolkit.reducers.reducer import Array

__all__ = ["FractionalPooling", "fractional_pool"]

GRAPH_SEED = 87654321
"""The first seed where only the second, the operator's own, is set."""


@dataclass(frozen=True)
class FractionalPooling:
    """Pooling by windows that TensorFlow places at random, the same for all planes.

    Attributes
    ----------
    reducer : callable
        What becomes of a window, for a dtype.
    ratios : tuple of float
        How many elements there are for each window, on all four axes.
    pseudo_random, overlapping : bool
        How windows are placed, and whether each holds the first element of the next one.
    seeds : (int, int) or None
        TensorFlow's two seeds.
    sequences : tuple of (sequence of int or None)
        Where the windows of rows and columns begin, if that is given.
    """

    reducer: Chooser
    ratios: tuple[float, ...]
    pseudo_random: bool
    overlapping: bool
    seeds: tuple[int, int] | None
    sequences: tuple[Any, Any]

    def answer(self, x: Array, rows: Any = None, columns: Any = None) -> Answer:
        """Return the output for an array (N, H, W, C)."""
        del rows, columns  # they are in `sequences`
        if x.ndim != 4 or 0 in x.shape:
            raise ArgumentError(message("x", "have 4 axes, none of length 0", x.shape))
        lengths = x.shape[1:3]
        placed = self._place(lengths)
        asked = zip(lengths, placed, strict=True)
        windows = tuple(Listed(n, tensorflow_spans(s, self.overlapping)) for n, s in asked)
        layer = FloatLayer(Specification(windows, (1, 2)), self.reducer)
        answer = layer.answer(x)
        if isinstance(self.reducer(x.dtype), ComparedMax):
            again = replace(layer, reducer=MAX_OF_FIRST).answer(x)
            if not np.array_equal(answer.y, again.y):  # NaN, or −∞ alone: refused
                answer.pull_back = None
        names = ("row_pooling_sequence", "col_pooling_sequence")
        for name, sequence in zip(names, placed, strict=True):
            answer.others[name] = np.array(sequence, np.int64)
        return answer

    def _place(self, lengths: Shape) -> list[tuple[int, ...]]:
        """Return the pooling sequences of rows and columns."""
        counts = [tensorflow_count(n, r) for n, r in zip(lengths, self.ratios[1:3], strict=True)]
        given = [each is not None for each in self.sequences]
        if all(given):
            return self._placed_as_given(lengths, counts)
        if any(given):
            wanted = "be given with col_pooling_sequence, or neither"
            raise ArgumentError(message("row_pooling_sequence", wanted, self.sequences))
        if self.seeds is None:
            raise UnsupportedError(
                "TensorFlow places these windows at random; give seed, or row_pooling_sequence and "
                "col_pooling_sequence as it returned them."
            )
        random = Philox(*self.seeds)
        placed = []
        for n, count in zip(lengths, counts, strict=True):
            numbers = random.reserve(2 if self.pseudo_random else count)
            placed.append(tensorflow_sequence(n, count, self.pseudo_random, numbers))
        return placed

    def _placed_as_given(self, lengths: Shape, counts: list[int]) -> list[tuple[int, ...]]:
        placed = []
        for name, sequence, n, count in zip(
            ("row", "col"), self.sequences, lengths, counts, strict=True
        ):
            places = tuple(int(each) for each in np.asarray(sequence).ravel())
            if len(places) != count + 1 or places[-1] != n:
                wanted = f"hold {count + 1} places, the last one {n}"
                raise ArgumentError(message(f"{name}_pooling_sequence", wanted, places))
            placed.append(places)
        return placed


def _ratios(pooling_ratio: Any) -> tuple[float, ...]:
    """Return how many elements there are for each window, on all four axes."""
    is_sequence = isinstance(pooling_ratio, Sequence)
    ratios = tuple(pooling_ratio) if is_sequence else (pooling_ratio,)
    if (
        len(ratios) not in (1, 2, 4)
        or not all(map(_is_ratio, ratios))
        or (is_sequence and (ratios[0] != 1 or ratios[-1] != 1))
    ):
        wanted = "be a number of at least 1, or hold 1, 2 or 4 of them, the first and last 1"
        raise ArgumentError(message("pooling_ratio", wanted, repr(pooling_ratio)))
    if len(ratios) < 4:
        ratios = (1, *(ratios * (3 - len(ratios))), 1)
    return tuple(map(float, ratios))


def _is_ratio(value: Any) -> bool:
    is_number = isinstance(value, int | float | np.integer | np.floating)
    return is_number and isfinite(value) and value >= 1


def _seeds(seed: int, seed2: int | None, deterministic: bool | None) -> tuple[int, int] | None:
    """Return both seeds; None where TensorFlow chooses them."""
    first, second = per_axis("seed", (seed, seed2 or 0), 2, least=-(2**63))
    if deterministic is None and seed2 is None:
        return (GRAPH_SEED, first) if first else None
    return (first, second) if first or second else None


def fractional_pool(kind: Kind, name: str) -> Callable[..., FractionalPooling]:
    """Return the function of a name in ``tf.nn``."""
    reducer = for_dtypes(MAX_OF_PLANES, FRACTIONAL) if kind == "max" else mean_of_numbers

    def fractional(
        x: object,
        row_pooling_sequence: Any = None,
        col_pooling_sequence: Any = None,
        /,
        pooling_ratio: Any = None,
        pseudo_random: bool = False,
        overlapping: bool = False,
        seed: int = 0,
        name: str | None = None,
        *,
        deterministic: bool | None = None,
        seed2: int | None = None,
    ) -> FractionalPooling:
        del x, name
        if kind == "mean" and (not isinstance(pooling_ratio, Sequence) or len(pooling_ratio) != 4):
            raise ArgumentError(message("pooling_ratio", "hold 4 numbers", repr(pooling_ratio)))
        seeds = _seeds(seed, seed2, deterministic)
        return FractionalPooling(
            reducer,
            _ratios(pooling_ratio),
            boolean("pseudo_random", pseudo_random),
            boolean("overlapping", overlapping),
            seeds,
            (row_pooling_sequence, col_pooling_sequence),
        )

    fractional.__name__ = fractional.__qualname__ = name
    fractional.__doc__ = (
        f"Return what ``tf.nn.{name}`` gives for arrays (N, H, W, C), and both sequences.\n\n"
        "It draws the same random numbers as TensorFlow for a seed other than 0; without,\n"
        "give the sequences that TensorFlow returned. With `deterministic` or `seed2`, the seeds\n"
        f"are those of ``tf.compat.v1.nn.{name}``."
    )
    return fractional
