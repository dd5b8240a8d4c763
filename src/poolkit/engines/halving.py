"""Rounded means of bytes two by two: what halves pictures."""

from math import prod
from typing import TypeAlias

import numpy as np

from poolkit.engines.engine import Task
from poolkit.engines.recipe import kernels
from poolkit.engines.threads import get_num_threads
from poolkit.geometry import AxisWindows, Plan, SlidingWindows
from poolkit.reducers import Reducer, RoundedMean
from poolkit.reducers.dtypes import DType
from poolkit.reducers.reducer import Array

__all__ = ["Halving", "find_halving", "halve"]

Halving: TypeAlias = tuple[tuple[int, int, int, int], tuple[int, int, int, int]]
"""The shapes that input and output have as planes of (height, width, inner)."""

BYTES_PER_THREAD = 2**19
"""Input that a further thread is woken for."""


def find_halving(plan: Plan, reducer: Reducer, dtype: DType, task: Task) -> Halving | None:
    """Return how the kernel does what is asked; None if it cannot."""
    if (
        task != "pool"
        or dtype != np.uint8
        or not isinstance(reducer, RoundedMean)
        or not isinstance(reducer.divisor, str)
        or len(plan.axes) != 2
        or plan.axes[1] != plan.axes[0] + 1
        or not all(_are_pairs(windows) for windows in plan.windows)
    ):
        return None
    first, after = plan.axes[0], plan.axes[1] + 1
    planes, inner = prod(plan.shape[:first]), prod(plan.shape[after:])
    height, width = plan.shape[first:after]
    return (planes, height, width, inner), (planes, height // 2, width // 2, inner)


def _are_pairs(windows: AxisWindows) -> bool:
    """Return whether the windows are all the pairs of an axis."""
    return (
        isinstance(windows, SlidingWindows)
        and windows.kernel_size == windows.stride == 2
        and windows.dilation == 1
        and windows.low == 0
        and windows.count == windows.length // 2
    )


def halve(halving: Halving, x: Array, pooled: Array) -> bool:
    """Pool one array into another, or say that they do not lie in memory as they must."""
    if not (x.flags.c_contiguous and pooled.flags.c_contiguous):
        return False
    threads = min(get_num_threads(), 1 + x.nbytes // BYTES_PER_THREAD)
    kernels.halve(x.reshape(halving[0]), pooled.reshape(halving[1]), threads)
    return True
