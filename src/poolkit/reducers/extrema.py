"""Maximum, minimum, and the range between them.

A NaN in a window makes the result NaN; an infinity is a value like any other.
"""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from poolkit.reducers.dtypes import DType, as_unsigned
from poolkit.reducers.reducer import Array, Fold, Reducer

__all__ = ["Max", "Min", "Range"]


@dataclass(frozen=True, slots=True)
class Max(Reducer):
    """The largest element. Exact; the dtype of the input."""

    name: ClassVar[str] = "max"

    @property
    def folds(self) -> tuple[Fold, ...]:
        return (Fold(np.maximum),)

    def define(self, values: Array, count: float) -> Any:
        return np.max(values, axis=-1)

    def result_dtype(self, dtype: DType) -> DType:
        return dtype


@dataclass(frozen=True, slots=True)
class Min(Reducer):
    """The smallest element. Exact; the dtype of the input."""

    name: ClassVar[str] = "min"

    @property
    def folds(self) -> tuple[Fold, ...]:
        return (Fold(np.minimum),)

    def define(self, values: Array, count: float) -> Any:
        return np.min(values, axis=-1)

    def result_dtype(self, dtype: DType) -> DType:
        return dtype


@dataclass(frozen=True, slots=True)
class Range(Reducer):
    """The largest element less the smallest.

    Signed integers answer in the unsigned type of the same width, where the
    difference always fits; bool answers whether both values occur.
    """

    name: ClassVar[str] = "range"

    @property
    def folds(self) -> tuple[Fold, ...]:
        return (Fold(np.maximum), Fold(np.minimum))

    def define(self, values: Array, count: float) -> Any:
        return _difference(np.max(values, axis=-1), np.min(values, axis=-1))

    def result_dtype(self, dtype: DType) -> DType:
        return as_unsigned(dtype)

    def finish(self, folded: tuple[Array, ...], count: Array) -> Array:
        return _difference(*folded)


def _difference(largest: Array, smallest: Array) -> Array:
    """Return largest − smallest in the dtype where it cannot overflow."""
    if largest.dtype.kind == "b":
        return np.logical_xor(largest, smallest)
    dtype = as_unsigned(largest.dtype)
    return np.asarray(largest.astype(dtype) - smallest.astype(dtype))
