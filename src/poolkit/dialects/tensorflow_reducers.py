"""TensorFlow's maxima and means, and the dtypes that it pools."""

from collections.abc import Callable
from typing import Literal, TypeAlias

import numpy as np

from poolkit._errors import ArgumentTypeError, message
from poolkit.reducers import ComparedMax, Mean, Reducer, TiedMax, TruncatedMean
from poolkit.reducers.dtypes import DType, is_float

__all__ = [
    "FLOATS",
    "FRACTIONAL",
    "INTEGERS",
    "MAX_OF_FIRST",
    "MAX_OF_PLANES",
    "NUMBERS",
    "ONEDNN",
    "Chooser",
    "Kind",
    "for_dtypes",
    "largest",
    "mean",
    "mean_of_numbers",
]

Kind: TypeAlias = Literal["max", "mean"]
Chooser: TypeAlias = Callable[[DType], Reducer]

FLOATS = {"float16", "bfloat16", "float32", "float64"}
INTEGERS = {"int8", "int16", "int32", "int64", "uint8", "uint16"}
NUMBERS = FLOATS | INTEGERS | {"uint32", "uint64"}

ONEDNN = {"bfloat16", "float32"}
"""What oneDNN pools, and it alone three axes and channels first."""

FRACTIONAL = {"float32", "float64", "int32", "int64"}

LOWEST = float(np.finfo(np.float64).min)

MAX_OF_PLANES = ComparedMax("skip", LOWEST, unchosen="first", chosen_by="first")
"""Of one pooled axis or two."""

MAX_OF_VOLUMES = TiedMax(nan="skip", least=LOWEST, within=1e-5)
"""Of three pooled axes."""

MAX_OF_FIRST = ComparedMax("first")
"""That begins with the first element."""


def for_dtypes(reducer: Reducer, dtypes: set[str]) -> Chooser:
    """Return a reducer for some dtypes alone: there is no kernel for others."""

    def choose(dtype: DType) -> Reducer:
        if dtype.name not in dtypes:
            wanted = f"be of one of {', '.join(sorted(dtypes))}"
            raise ArgumentTypeError(message("x", wanted, dtype))
        return reducer

    return choose


def largest(spatial: int, *, channels_last: bool = True) -> Chooser:
    """Return the maximum over a number of pooled axes."""
    if spatial == 3:
        return for_dtypes(MAX_OF_VOLUMES, ONEDNN)
    return for_dtypes(MAX_OF_PLANES, FLOATS | INTEGERS if channels_last else ONEDNN)


def mean(spatial: int, *, channels_last: bool = True) -> Chooser:
    """Return the mean over a number of pooled axes."""
    return for_dtypes(Mean(), FLOATS if spatial < 3 and channels_last else ONEDNN)


def mean_of_numbers(dtype: DType) -> Reducer:
    """Return the mean that rounds integers towards 0."""
    reducer = Mean() if is_float(dtype) else TruncatedMean()
    return for_dtypes(reducer, FLOATS | FRACTIONAL)(dtype)
