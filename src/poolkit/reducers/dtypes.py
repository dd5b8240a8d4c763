"""Which dtype a reduction computes in, and which it answers in."""

from typing import Any, TypeAlias

import numpy as np

__all__ = [
    "DType",
    "as_float",
    "as_real",
    "as_unsigned",
    "as_wide",
    "float_accumulator",
    "is_float",
    "is_half",
    "native",
]

DType: TypeAlias = np.dtype[Any]


def is_float(dtype: DType) -> bool:
    """Return whether a dtype is a float: one of NumPy's, or bfloat16 as ml_dtypes has it.

    NumPy counts the dtypes of other packages among the void ones.
    """
    return dtype.kind == "f" or (dtype.kind == "V" and dtype.name == "bfloat16")


def as_real(dtype: DType) -> DType:
    """Return the dtype of the real part of complex numbers, and of others itself."""
    return np.zeros((), dtype).real.dtype if dtype.kind == "c" else dtype


def is_half(dtype: DType) -> bool:
    """Return whether a dtype is a float of two bytes."""
    return is_float(dtype) and dtype.itemsize == 2


def native(dtype: DType) -> DType:
    """Return the dtype in the byte order of this machine."""
    return dtype if dtype.isnative else dtype.newbyteorder("=")


def as_float(dtype: DType) -> DType:
    """Return the dtype itself if it is a float or complex, float64 for integers and bool."""
    return dtype if is_float(as_real(dtype)) else np.dtype(np.float64)


def as_wide(dtype: DType) -> DType:
    """Return the dtype of NumPy's sums: 64 bits for integers and bool, else itself."""
    if is_float(as_real(dtype)):
        return dtype
    return np.dtype(np.uint64 if dtype.kind == "u" else np.int64)


def as_unsigned(dtype: DType) -> DType:
    """Return the dtype in which max − min always fits: unsigned, of the same width."""
    return np.dtype(f"u{dtype.itemsize}") if dtype.kind == "i" else dtype


def float_accumulator(dtype: DType) -> DType:
    """Return float64, or the wider float or complex that `dtype` already is."""
    return np.promote_types(as_float(dtype), np.float64)
