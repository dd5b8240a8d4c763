"""Which dtype a reduction computes in, and which it answers in."""

from typing import Any, TypeAlias

import numpy as np

__all__ = ["DType", "as_float", "as_unsigned", "as_wide", "float_accumulator"]

DType: TypeAlias = np.dtype[Any]


def as_float(dtype: DType) -> DType:
    """Return the dtype itself if it is a float, float64 for integers and bool."""
    return dtype if dtype.kind == "f" else np.dtype(np.float64)


def as_wide(dtype: DType) -> DType:
    """Return the dtype of NumPy's sums: 64 bits for integers and bool, else itself."""
    if dtype.kind == "f":
        return dtype
    return np.dtype(np.uint64 if dtype.kind == "u" else np.int64)


def as_unsigned(dtype: DType) -> DType:
    """Return the dtype in which max − min always fits: unsigned, of the same width."""
    return np.dtype(f"u{dtype.itemsize}") if dtype.kind == "i" else dtype


def float_accumulator(dtype: DType) -> DType:
    """Return float64, or the wider float that `dtype` already is."""
    return np.promote_types(as_float(dtype), np.float64)
