"""Positions in floats of 32 or 64 bits, rounded after every operation.

A bin's edge may hang on the last digit, so frameworks' own floats have to be used.
"""

from collections.abc import Callable
from ctypes import c_float
from math import copysign, trunc
from typing import Literal, TypeAlias

__all__ = ["FIT", "Fit", "Halves", "Precision", "bounded", "nearest", "single"]

Precision: TypeAlias = Literal["single", "double"]
"""The floats that positions are computed in."""

Halves: TypeAlias = Literal["away", "even", "added"]
"""Where a half is rounded to: away from zero (C), to the even number (Python), or by adding a
half, in the floats at hand, and cutting the rest off (OpenCV)."""

Fit: TypeAlias = Callable[[float], float]

LARGEST_CELL = 2**31 - 1
"""Coordinates beyond are moved here: frameworks count cells in integers of 32 bits."""


def single(value: float) -> float:
    """Return the nearest float of 32 bits."""
    return c_float(value).value


# A sum, difference, product or quotient of floats of 32 bits, computed in 64 and rounded, is what
# it is computed in 32: 53 digits are more than twice 24 and two.
FIT: dict[Precision, Fit] = {"single": single, "double": float}


def bounded(value: float) -> float:
    """Return a coordinate that an integer of 32 bits holds."""
    return min(max(value, -float(LARGEST_CELL)), float(LARGEST_CELL))


def nearest(value: float, halves: Halves, fit: Fit) -> int:
    """Return the cell nearest to a coordinate."""
    value = bounded(value)
    if halves == "even":
        return round(value)
    if halves == "added":
        return trunc(fit(value + copysign(0.5, value)))
    whole = trunc(value)
    return whole + (int(copysign(1, value)) if abs(value - whole) >= 0.5 else 0)
