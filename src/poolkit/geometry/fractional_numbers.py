"""The arithmetic of fractional windows, in the precision that frameworks compute in."""

import struct
from math import isfinite
from typing import Literal, TypeAlias

from poolkit._errors import ArgumentError, WindowFitError, message

__all__ = ["Precision", "Spans", "check_counts", "number", "rounded", "single"]

Spans: TypeAlias = tuple[tuple[int, int], ...]
"""Where each window begins and stops."""

Precision: TypeAlias = Literal["float16", "bfloat16", "float32", "float64"]


def check_counts(length: int, output_size: int) -> None:
    """Refuse an axis without elements or without windows."""
    if output_size < 1:
        raise ArgumentError(message("output_size", "be at least 1", output_size))
    if length < 1:
        raise WindowFitError("0 elements cannot be shared out among windows.")


def number(name: str, value: float) -> float:
    """Return a number that is finite."""
    if not isfinite(value):
        raise ArgumentError(message(name, "be a finite number", value))
    return float(value)


def single(value: float) -> float:
    """Return the nearest float32."""
    return rounded(value, "float32")


def rounded(value: float, precision: Precision) -> float:
    """Return the nearest number of a precision.

    Rounding the float64 result of one operation on float32 numbers gives what float32
    arithmetic gives, as float64 has more than twice its bits and two.
    """
    if precision == "float64":
        return float(value)
    if precision == "bfloat16":
        (bits,) = struct.unpack("<I", struct.pack("<f", value))
        bits = (bits + 0x7FFF + (bits >> 16 & 1)) & 0xFFFF0000
        (nearest,) = struct.unpack("<f", struct.pack("<I", bits))
    else:
        letter = "e" if precision == "float16" else "f"
        (nearest,) = struct.unpack(letter, struct.pack(letter, value))
    return float(nearest)
