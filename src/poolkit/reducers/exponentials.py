"""Weights that grow or fall exponentially, relative to the largest of them in a window.

The largest weight is 1, so that none overflows, and those that vanish are too small to count.
"""

from math import isfinite
from typing import Any

import numpy as np

from poolkit._errors import ArgumentError, ArgumentTypeError, message
from poolkit.reducers.reducer import Array

__all__ = ["check_number", "distance", "extremum", "product", "ratio", "weight"]


def check_number(name: str, value: object, wanted: str, *, nonzero: bool, least: float) -> None:
    """Refuse what is no finite number of at least `least`, or is 0 where that means nothing."""
    if isinstance(value, bool) or not isinstance(value, (int, float, np.integer, np.floating)):
        raise ArgumentTypeError(message(name, wanted, repr(value)))
    if not isfinite(value) or value < least or (nonzero and value == 0):
        raise ArgumentError(message(name, wanted, value))


def extremum(exponent: float) -> np.ufunc:
    """Return the fold that finds the element of the largest weight."""
    return np.minimum if exponent < 0 else np.maximum


def distance(values: Array, extreme: Array) -> Array:
    """Return x − m, 0 also of equal infinities."""
    return np.where(values == extreme, 0, values - extreme)


def weight(values: Array, extreme: Array, sharpness: float) -> Array:
    """Return e^(sharpness·(x − m)), where m has the largest."""
    return np.asarray(np.exp(sharpness * distance(values, extreme)))


def ratio(values: Array, extreme: Array) -> Array:
    """Return x / m, 1 also of equal infinities and zeros."""
    return np.where(values == extreme, 1, values / extreme)


def product(weights: Array, values: Any) -> Array:
    """Return weights times values, 0 where the weight is: an infinity does not count then."""
    return np.where(weights == 0, 0, weights * values)
