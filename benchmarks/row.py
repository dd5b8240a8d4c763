"""A row of the tables: one pooling of the same arrays, by all who can do it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import EllipsisType
from typing import Any

import numpy as np

__all__ = ["Call", "Peer", "Row"]

Call = Callable[[], Any]
"""Pools once. What it returns becomes an array outside the time, by `frameworks.ARRANGED`."""

Peer = Callable[..., Call | None]
"""Takes a row's arrays and returns the call, or None if it cannot do the row."""


@dataclass(frozen=True)
class Row:
    """What is timed, and beside whom.

    Attributes
    ----------
    draw
        Returns the arrays, the pooled one first; equal in every process.
    truth
        Takes the arrays and returns what is right, computed apart from what is timed.
    peers
        By name; "poolkit" is one of them.
    dtype
        Of poolkit's answer.
    near
        How far an answer may lie from the truth; 0 is not at all.
    compared
        The part of the answers that is compared.
    moved
        The bytes read and written, where these are not the arrays and the answer, once each.
    made
        The bytes of what poolkit returns in memory of its own.
    """

    number: int
    title: str
    details: str
    draw: Callable[[], tuple[np.ndarray, ...]]
    truth: Callable[..., np.ndarray]
    peers: Mapping[str, Peer]
    dtype: str = "float32"
    near: float = 1e-5
    compared: tuple[slice | EllipsisType, ...] = (...,)
    moved: int | None = None
    made: int = 0

    def right(self) -> np.ndarray:
        """Return what is right."""
        return self.truth(*self.draw()).astype(self.dtype, copy=False)

    def fault(self, actual: np.ndarray, right: np.ndarray) -> str | None:
        """Return how an answer differs from what is right, or None."""
        if actual.shape != right.shape:
            return f"shape {actual.shape} for {right.shape}"
        # OpenCV rounds the mean of pictures.
        rounded = actual.dtype.kind in "iu" and right.dtype.kind == "f"
        given, wanted = (each[self.compared].astype(np.float64) for each in (actual, right))
        near = 0.5 if rounded else self.near
        if near == 0:
            return None if np.array_equal(given, wanted) else "other values"
        worst = float(np.max(np.abs(given - wanted)))
        return None if worst <= near else f"off by up to {worst:.2g}"

    def bytes(self, right: np.ndarray) -> int:
        """Return the bytes that must be read and written."""
        return self.moved or sum(array.nbytes for array in self.draw()) + right.nbytes
