"""What an engine is, and the questions about a plan that need arrays."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import ClassVar, Literal, TypeAlias

import numpy as np

from poolkit.geometry import AxisWindows, Plan
from poolkit.reducers import Divisor, Reducer
from poolkit.reducers.dtypes import DType
from poolkit.reducers.reducer import Array

__all__ = [
    "Engine",
    "Prepared",
    "Task",
    "axis_counts",
    "count_elements",
    "divisors",
    "flat_positions",
    "memory_order",
]


Task: TypeAlias = Literal["pool", "pool with indices", "gradient", "tangent"]
"""What an engine may be asked to do with a plan."""

Prepared: TypeAlias = Callable[[Array, Array, Array | None], bool]
"""Pools its first argument into its second, and writes indices into its third, if there is one;
or says that it cannot, as they lie in memory."""


class Engine(ABC):
    """A way to carry out plans.

    Law: whatever the engine, the same plan, reducer and array give what
    ``reference`` gives: exactly for maxima, minima and indices, up to rounding for sums.
    """

    name: ClassVar[str]

    def unavailable(self) -> str | None:
        """Return why the engine cannot be used on this machine; None if it can."""
        return None

    def refusal(
        self, plan: Plan, reducer: Reducer, dtype: DType, task: Task = "pool"
    ) -> str | None:
        """Return why the engine does not serve a request; None if it does."""
        del plan, reducer, dtype, task
        return None

    def prepare(
        self,
        plan: Plan,
        reducer: Reducer,
        dtype: DType,
        order: tuple[int, ...],
        task: Task,
    ) -> Prepared | None:
        """Return what pools arrays of one shape and dtype without asking again; or None.

        The arrays, pooled ones too, are contiguous when their axes are put in this order.
        """
        del plan, reducer, dtype, order, task
        return None

    @abstractmethod
    def pool(self, plan: Plan, reducer: Reducer, x: Array) -> Array:
        """Return the pooled array, of shape ``plan.output_shape``.

        The array is a real numeric or bool one of shape ``plan.shape``, of any
        strides and byte order; it is not written to.
        """

    @abstractmethod
    def pool_with_indices(
        self, plan: Plan, reducer: Reducer, x: Array, places: DType
    ) -> tuple[Array, Array]:
        """Return what each window selects, and where it lies, as integers of type `places`.

        An index counts positions of the pooled axes, in row-major order.
        """

    @abstractmethod
    def scatter(self, plan: Plan, gradient: Array, indices: Array) -> Array | None:
        """Return the gradient of the input where windows selected one element each.

        None if an index does not lie in its plane.
        """

    @abstractmethod
    def slope(self, plan: Plan, reducer: Reducer, x: Array, gradient: Array) -> Array:
        """Return the gradient of the input by the reducer's slope."""

    def push(self, plan: Plan, reducer: Reducer, x: Array, tangent: Array) -> Array:
        """Return the tangent of the output by the reducer's slope."""
        raise NotImplementedError(f"{self.name} refuses tangents")


def memory_order(x: Array) -> tuple[int, ...]:
    """Return the axes from the longest stride to the shortest."""
    if x.flags.c_contiguous:  # strides of axes of length 1 mean nothing
        return tuple(range(x.ndim))
    return tuple(sorted(range(x.ndim), key=lambda axis: -abs(x.strides[axis])))


def flat_positions(plan: Plan, lengths: Sequence[Array]) -> Array:
    """Return the index of positions, given on each pooled axis in shapes that broadcast."""
    total = np.zeros((), np.int64)
    for axis, positions in zip(plan.axes, lengths, strict=True):
        total = total * plan.shape[axis] + positions
    return total


def count_elements(windows: AxisWindows, window: int, rule: str) -> int:
    """Return how many elements of a window a divisor rule counts."""
    if rule == "valid":
        return windows.valid_count(window)
    if rule == "padded":
        return windows.padded_count(window)
    return windows.window_count(window)


def divisors(plan: Plan, rule: Divisor) -> Array:
    """Return what each window's sum is divided by, broadcastable to the output."""
    if not isinstance(rule, str):
        return np.asarray(rule, dtype=np.float64)
    counts = np.ones((1,) * len(plan.shape))
    for axis, windows in zip(plan.axes, plan.windows, strict=True):
        shape = [1] * len(plan.shape)
        shape[axis] = windows.count
        counts = counts * axis_counts(windows, rule).reshape(shape)
    return counts


@lru_cache(maxsize=256)
def axis_counts(windows: AxisWindows, rule: str) -> Array:
    """Return the count of every window on an axis, as float64."""
    interior = windows.interior()
    # Asking window by window takes 1 µs each; the interior's are all alike.
    counts = np.empty(windows.count)
    if interior:
        counts[interior.start : interior.stop] = count_elements(windows, interior.start, rule)
    for window in windows.border():
        counts[window] = count_elements(windows, window, rule)
    counts.flags.writeable = False
    return counts
