"""Random arrays of the kinds that frameworks part over."""

from typing import Any

import numpy as np

from poolkit.reducers.reducer import Array

__all__ = ["KINDS", "draw_array"]

KINDS = ("random", "ties", "negative", "lowest", "nan", "wide")
"""What arrays hold: distinct numbers, equal ones, negative ones, −∞ in half of the cells, NaN in
one of eight, numbers of mixed magnitudes."""


def draw_array(rng: np.random.Generator, shape: tuple[int, ...], dtype: Any) -> Array:
    """Return an array of a kind that is drawn too.

    All numbers but wide ones are multiples of 1/64 between −8 and 8, so that float32 sums of
    them are exact.
    """
    dtype = np.dtype(dtype)
    if dtype.kind in "iu":
        least = 0 if dtype.kind == "u" else -100
        return np.asarray(rng.integers(least, 101, shape), dtype)
    kind = rng.choice(KINDS)
    numbers = rng.integers(-512, 513, shape) / 64
    if kind == "ties":
        numbers = rng.integers(-2, 3, shape).astype(np.float64)
    elif kind == "negative":
        numbers = -np.abs(numbers) - 1 / 64
    elif kind == "lowest":
        numbers = np.where(rng.random(shape) < 0.5, -np.inf, numbers)
    elif kind == "nan":
        numbers = np.where(rng.random(shape) < 0.125, np.nan, numbers)
    elif kind == "wide":
        numbers = numbers * 10.0 ** rng.integers(-3, 4, shape)
    return np.asarray(numbers, dtype)
