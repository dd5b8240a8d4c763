"""The compiled engine: C++ kernels, for the instruction sets of the machine at hand."""

from functools import lru_cache
from math import prod
from typing import Any, ClassVar

import numpy as np

from poolkit.engines.engine import Engine, axis_counts
from poolkit.engines.threads import get_num_threads
from poolkit.geometry import AxisWindows, Plan, SlidingWindows
from poolkit.reducers import Max, Mean, Min, Reducer, Sum
from poolkit.reducers.dtypes import DType
from poolkit.reducers.reducer import Array

try:
    # `from poolkit import _kernels` reports a module that is not there as a circular import.
    import poolkit._kernels as _kernels  # noqa: PLR0402
except ModuleNotFoundError:
    _kernels = None  # type: ignore[assignment]
    _absence = "it was not built, for want of a C++ compiler when poolkit was installed."
except ImportError as error:
    _kernels = None  # type: ignore[assignment]
    _absence = f"its extension module cannot be loaded: {error}."

__all__ = ["CompiledEngine"]

DTYPES = "?bhilqBHILQfd"
"""NumPy's letters for the dtypes that have kernels."""

MOST_OVERLAP = 16
"""Windows that share a row. Each row of a window is folded anew, so beyond this
`portable`, whose passes grow with log k, is the faster."""

MOST_IN_BLOCK = 2**16
"""Elements of the rows of a tall window that lie in scratch at once: `ends_limit` in
`cpp/layout.cpp`."""

MOST_IN_WINDOW = 2**17
"""Elements of a window along a row, which lie in scratch at once: 1 MiB of doubles."""

LONGEST = 2**39
"""Positions, padding included; the kernels' own limit, 2⁴⁰, keeps their integers in range."""

PART_ELEMENTS = 2**18
"""Input elements copied at a time where they are not contiguous."""

BYTES_PER_THREAD = 2**22
"""Input and output that a further thread is woken for: 4 MB took 0.19 ms with one thread and
with two, as long as a second processor takes to wake."""


class CompiledEngine(Engine):
    """Fold the rows of all windows with vector instructions, then along the rows."""

    name: ClassVar[str] = "compiled"

    def unavailable(self) -> str | None:
        if _kernels is None:
            return _absence
        try:
            _kernels.instruction_set()
        except ValueError as error:
            return f"POOLKIT_INSTRUCTION_SET: {error}"
        return None

    def refusal(  # noqa: PLR0911 - one for each reason
        self, plan: Plan, reducer: Reducer, dtype: DType
    ) -> str | None:
        if not isinstance(reducer, Max | Min | Sum | Mean):
            return f"no kernel for {type(reducer).__name__}."
        if dtype.char not in DTYPES:
            return f"no kernel for {dtype}."
        if _is_global(plan):
            return None
        if any(_reach(windows) > LONGEST for windows in plan.windows):
            return f"no kernel for windows that reach {LONGEST} elements or more."
        *before_rows, row = plan.windows
        in_row = _extent(row) * prod(plan.shape[plan.axes[-1] + 1 :])
        if in_row > MOST_IN_WINDOW:
            return f"no kernel for more than {MOST_IN_WINDOW} elements of a window in a row."
        if before_rows and _dense(before_rows[-1]):
            tall = before_rows[-1]
            if tall.widest() * in_row <= MOST_IN_BLOCK:
                before_rows.pop()  # its kernel's cost does not grow with the window
        if any(w.count > 1 and _overlap(w) > MOST_OVERLAP for w in before_rows):
            return f"no kernel for overlaps of more than {MOST_OVERLAP} windows."
        return None

    def run(self, plan: Plan, reducer: Reducer, x: Array) -> Array:
        dtype = reducer.result_dtype(x.dtype)
        if dtype is None:
            raise TypeError(f"{reducer} has no kernel")
        order = _memory_order(x)
        if order != tuple(range(x.ndim)):
            reordered = _reordered(plan, order)
            if self.refusal(reordered, reducer, x.dtype) is None:
                return self.run(reordered, reducer, x.transpose(order)).transpose(np.argsort(order))
        pooled = np.empty(plan.output_shape, dtype=dtype.newbyteorder("="))
        if x.flags.c_contiguous and x.dtype.isnative:
            _pool(plan, reducer, x, pooled)
            return pooled
        for part in plan.parts(PART_ELEMENTS):
            copied = np.ascontiguousarray(x[part.inputs], dtype=x.dtype.newbyteorder("="))
            values = np.empty(part.plan.output_shape, dtype=pooled.dtype)
            _pool(part.plan, reducer, copied, values)
            pooled[part.outputs] = values
        return pooled

    @staticmethod
    def instruction_set() -> str:
        """Return the instruction set in use."""
        return _kernels.instruction_set()

    @staticmethod
    def instruction_sets() -> list[str]:
        """Return the instruction sets that this machine can run, best first."""
        return _kernels.instruction_sets()


def _pool(plan: Plan, reducer: Reducer, x: Array, pooled: Array) -> None:
    """Pool one contiguous array into another."""
    if len(plan.axes) > 1 and _is_global(plan):
        plan, x, pooled = _as_one_axis(plan, x, pooled)
    counts, divisor = [], 1.0
    if isinstance(reducer, Mean):
        if isinstance(reducer.divisor, str):
            counts = [axis_counts(windows, reducer.divisor) for windows in plan.windows]
        else:
            divisor = float(reducer.divisor)
    axes = [
        (axis, *_described(windows)) for axis, windows in zip(plan.axes, plan.windows, strict=True)
    ]
    if x.dtype.kind == "b":
        x = x.view(np.uint8)
        pooled = pooled.view(np.uint8) if pooled.dtype.kind == "b" else pooled
    threads = min(get_num_threads(), 1 + (x.nbytes + pooled.nbytes) // BYTES_PER_THREAD)
    _kernels.pool(reducer.name, x, pooled, axes, counts, divisor, threads)


@lru_cache(maxsize=256)
def _described(windows: AxisWindows) -> tuple[Any, ...]:
    """Return the windows of an axis as the kernels are told of them."""
    if isinstance(windows, SlidingWindows):
        return windows.kernel_size, windows.stride, windows.dilation, windows.low
    inside = [windows.inside(window) for window in range(windows.count)]
    begins = np.array([positions.start for positions in inside], np.int64)
    return begins, np.array([len(positions) for positions in inside], np.int64)


def _extent(windows: AxisWindows) -> int:
    """Return how many positions a window covers, at most."""
    return windows.extent if isinstance(windows, SlidingWindows) else windows.widest()


def _reach(windows: AxisWindows) -> int:
    """Return a number that no parameter of the windows, nor their span, exceeds."""
    if not isinstance(windows, SlidingWindows):
        return windows.length
    span = windows.count * windows.stride + windows.extent
    return max(span, windows.dilation, windows.low, windows.length)


def _is_global(plan: Plan) -> bool:
    """Return whether the last axes, and no others, are pooled whole."""
    last = range(len(plan.shape) - len(plan.axes), len(plan.shape))
    return plan.axes == tuple(last) and all(
        isinstance(w, SlidingWindows) and w.count == 1 and w.kernel_size == w.length and w.low == 0
        for w in plan.windows
    )


def _as_one_axis(plan: Plan, x: Array, pooled: Array) -> tuple[Plan, Array, Array]:
    """Return the same work with the axes that are pooled whole as one."""
    batch = x.shape[: plan.axes[0]]
    length = prod(x.shape[plan.axes[0] :])
    whole = SlidingWindows(length, 1, length, length, 1, 0, 0)
    plan = Plan((*batch, length), (len(batch),), (whole,))
    return plan, x.reshape(plan.shape), pooled.reshape(plan.output_shape)


def _dense(windows: AxisWindows) -> bool:
    """Return whether windows slide without gaps between their elements."""
    return isinstance(windows, SlidingWindows) and windows.dilation == 1


def _overlap(windows: AxisWindows) -> float:
    """Return how many windows an element lies in."""
    return windows.count * windows.widest() / windows.length


def _memory_order(x: Array) -> tuple[int, ...]:
    """Return the axes from the longest stride to the shortest."""
    if x.flags.c_contiguous:  # strides of axes of length 1 mean nothing
        return tuple(range(x.ndim))
    return tuple(sorted(range(x.ndim), key=lambda axis: -abs(x.strides[axis])))


def _reordered(plan: Plan, order: tuple[int, ...]) -> Plan:
    """Return the plan for an array whose axes are put in another order."""
    windows = dict(zip(plan.axes, plan.windows, strict=True))
    axes = tuple(place for place, axis in enumerate(order) if axis in windows)
    shape = tuple(plan.shape[axis] for axis in order)
    return Plan(shape, axes, tuple(windows[order[place]] for place in axes))
