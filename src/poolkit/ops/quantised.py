"""Numbers as 8-bit integers: what they stand for, and back."""

from typing import Any

import numpy as np

from poolkit import engines
from poolkit.engines.engine import divisors
from poolkit.geometry import Plan
from poolkit.reducers import Divisor, Sum
from poolkit.reducers.reducer import Array
from poolkit.reducers.running import RunningSum

__all__ = ["average", "average_of_planes", "dequantise", "quantise"]


def dequantise(x: Array, scale: np.float32, zero_point: int) -> Array:
    """Return the numbers, float32, that integers stand for: scale · (x − zero point).

    Examples
    --------
    >>> import numpy as np
    >>> dequantise(np.array([0, 3], np.uint8), np.float32(0.5), 1)
    array([-0.5,  1. ], dtype=float32)
    """
    return np.asarray(scale * (x.astype(np.int32) - np.int32(zero_point)).astype(np.float32))


def quantise(numbers: Array, scale: np.float32, zero_point: int, dtype: Any) -> Array:
    """Return the integers that stand for float32 numbers: the nearest, halves to even.

    Numbers beyond the integers' range become its ends.

    Examples
    --------
    >>> import numpy as np
    >>> quantise(np.array([0.25, 200.0], np.float32), np.float32(0.5), 1, np.uint8)
    array([  2, 255], dtype=uint8)
    """
    ends = np.iinfo(dtype)
    with np.errstate(all="ignore"):
        nearest = np.rint(numbers / scale + np.float32(zero_point))
    return np.clip(nearest, ends.min, ends.max).astype(dtype)


def average(plan: Plan, x: Array, divisor: Divisor) -> Array:
    """Return means as a loop in float32 makes them: empty windows are 0 / 0, NaN.

    Examples
    --------
    >>> import numpy as np
    >>> from poolkit.geometry import Sliding, Specification, bind
    >>> plan = bind(Specification((Sliding(2, 1),), (0,)), (3,))
    >>> average(plan, np.array([1, 2, 4], np.float32), "valid")
    array([1.5, 3. ], dtype=float32)
    """
    if 0 in plan.output_shape:
        return np.zeros(plan.output_shape, np.float32)
    sums = engines.pool(plan, RunningSum(), x)
    with np.errstate(all="ignore"):
        return np.asarray(sums / divisors(plan, divisor).astype(np.float32))


def average_of_planes(
    plan: Plan, x: Array, zero_point: int, scale: np.float32, new_zero_point: int
) -> Array:
    """Return the mean of integers, scaled: summed in integers, and multiplied once.

    Parameters
    ----------
    plan : Plan
        One window for every plane.
    x : array of int8 or uint8
    zero_point : int
        Taken off every integer.
    scale : float32
        What their sum is multiplied by.
    new_zero_point : int
        Added to the nearest integer, halves to even.

    Examples
    --------
    >>> import numpy as np
    >>> from poolkit.geometry import Adaptive, Specification, bind
    >>> plan = bind(Specification((Adaptive(1),), (0,)), (2,))
    >>> average_of_planes(plan, np.array([3, 4], np.uint8), 1, np.float32(0.5), 0)
    array([2], dtype=uint8)
    """
    count = divisors(plan, "valid").astype(np.int64)
    total = engines.pool(plan, Sum(), x.astype(np.int64)) - zero_point * count
    nearest = np.rint(total.astype(np.float32) * scale) + new_zero_point
    ends = np.iinfo(x.dtype)
    return np.asarray(np.clip(nearest, ends.min, ends.max).astype(x.dtype))
