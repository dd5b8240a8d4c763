"""Paddle's maxima, and the dtypes that it pools."""

from collections.abc import Callable
from functools import wraps
from math import inf

import numpy as np

from poolkit._errors import ArgumentTypeError, message
from poolkit.reducers import ComparedMax, Reducer
from poolkit.reducers.dtypes import DType

__all__ = ["always", "for_floats", "max_with_mask", "max_without_mask"]

LOWEST = float(np.finfo(np.float32).min)
"""What a maximum begins with, in every dtype but float16, where that is −∞."""


def for_floats(reducer: Callable[[DType], Reducer]) -> Callable[[DType], Reducer]:
    """Return what gives a reducer for floats, and refuses other dtypes."""

    @wraps(reducer)
    def of(dtype: DType) -> Reducer:
        if dtype.kind != "f":
            raise ArgumentTypeError(message("x", "hold floats", dtype))
        return reducer(dtype)

    return of


def _least(dtype: DType) -> float:
    return -inf if dtype == np.float16 else LOWEST


@for_floats
def max_without_mask(dtype: DType) -> Reducer:
    """Return the maximum that keeps no indices."""
    return ComparedMax("last", _least(dtype), chosen_by="equal")


@for_floats
def max_with_mask(dtype: DType) -> Reducer:
    """Return the maximum that keeps indices."""
    return ComparedMax("skip", _least(dtype))


def always(reducer: Reducer) -> Callable[[DType], Reducer]:
    """Return what gives a reducer for all floats, and refuses other dtypes."""
    return for_floats(lambda dtype: reducer)
