"""What the kernels do not do: the plans that the compiled engine leaves to another."""

from math import inf, prod

import numpy as np

from poolkit.engines.by_element import takes_elements
from poolkit.engines.engine import Task
from poolkit.engines.recipe import PARTIAL, SMOOTH, find_operation, is_global
from poolkit.geometry import AxisWindows, CoveringWindows, Plan, SlidingWindows
from poolkit.reducers import Lp, Mean, Ordered, Reducer, Sum, Var
from poolkit.reducers.dtypes import DType, is_float, native

__all__ = ["find_refusal"]

ELEMENTS = {
    *("float16", "bfloat16", "float32", "float64", "bool"),
    *("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"),
}
"""The dtypes that have kernels."""

MOST_OVERLAP = 16
"""Windows that share a row. Each row of a window is folded anew, so beyond this
`portable`, whose passes grow with log k, is the faster."""

MOST_IN_BLOCK = 2**16
"""Elements of the rows of a tall window that lie in scratch at once: `ends_limit` in
`cpp/layout.cpp`."""

MOST_IN_WINDOW = 2**17
"""Elements of a window along a row, which lie in scratch at once: 1 MiB of doubles."""

MOST_IN_PARTIAL_WINDOW = 2**13
"""The same where several arrays of partial results lie in scratch: indices and spreads."""

MOST_ROWS = 2**14
"""Input rows that windows of the smooth reductions come from, whose places lie in scratch."""

LONGEST = 2**39
"""Positions, padding included; the kernels' own limit, 2⁴⁰, keeps their integers in range."""


def find_refusal(  # noqa: PLR0911 - one for each reason
    plan: Plan, reducer: Reducer, dtype: DType, task: Task = "pool"
) -> str | None:
    """Return why no kernel serves a request; None if one does."""
    if native(dtype).name not in ELEMENTS:
        return f"no kernel for {dtype}."
    if task in ("gradient", "tangent"):
        return _slope_refusal(plan, reducer, dtype, task)
    if isinstance(reducer, Ordered) and task == "pool":
        return None if takes_elements(plan, reducer) else "no kernel to order so many elements."
    operation = find_operation(reducer, task)
    if operation is None:
        return f"no kernel for {reducer}."
    refused = _windows_refusal(plan, reducer)
    if refused is not None:
        return refused
    if operation in SMOOTH:
        return _smooth_refusal(plan, dtype)
    if operation in PARTIAL:
        return _row_refusal(plan, MOST_IN_PARTIAL_WINDOW)
    if is_global(plan):
        return None
    refused = _row_refusal(plan, MOST_IN_WINDOW)
    if refused is not None:
        return refused
    *before_rows, row = plan.windows
    if before_rows and _dense(before_rows[-1]):
        tall = before_rows[-1]
        in_row = _extent(row) * prod(plan.shape[plan.axes[-1] + 1 :])
        if tall.widest() * in_row <= MOST_IN_BLOCK:
            before_rows.pop()  # its kernel's cost does not grow with the window
    if any(w.count > 1 and _overlap(w) > MOST_OVERLAP for w in before_rows):
        return f"no kernel for overlaps of more than {MOST_OVERLAP} windows."
    return None


def _slope_refusal(plan: Plan, reducer: Reducer, dtype: DType, task: Task) -> str | None:
    if task == "tangent":
        return "no kernel for tangents."
    if reducer.routing == "selected":
        return None
    if not isinstance(reducer, Lp | Var) or find_operation(reducer, "pool") is None:
        return f"no gradient kernel for {reducer}."
    if isinstance(reducer, Lp) and reducer.norm_type == inf:
        return f"no gradient kernel for {reducer}, which is shared by the largest."
    if dtype == np.float64:
        # Of mean and deviation 1e8 and 1, differences of products would keep no digit.
        return "no gradient kernel for slopes of float64."
    wide = np.dtype(np.float64)
    return (
        find_refusal(plan, reducer, dtype)
        or find_refusal(plan, Mean(), wide)
        or find_refusal(plan.transposed(), Sum(), wide)
    )


def _windows_refusal(plan: Plan, reducer: Reducer) -> str | None:
    if any(_reach(windows) > LONGEST for windows in plan.windows):
        return f"no kernel for windows that reach {LONGEST} elements or more."
    if any(_lies_outside(windows) for windows in plan.windows):
        return "no kernel for windows wholly in the padding, nor for what such leave uncovered."
    if not isinstance(reducer, Sum | Mean) and any(
        windows.first_empty() is not None for windows in plan.windows
    ):
        return "no kernel for windows that may be empty."
    return None


def _smooth_refusal(plan: Plan, dtype: DType) -> str | None:
    if not is_float(dtype):
        return f"no kernel for smooth reductions of {dtype}."
    if not is_global(plan) and prod(w.widest() for w in plan.windows[:-1]) > MOST_ROWS:
        return f"no kernel for windows of more than {MOST_ROWS} rows."
    return None


def _row_refusal(plan: Plan, most: int) -> str | None:
    row = plan.windows[-1]
    inner = prod(plan.shape[plan.axes[-1] + 1 :])
    if isinstance(row, CoveringWindows | SlidingWindows) and row.count > 1:
        reach = max(_extent(row), row.stride)
    else:
        reach = _extent(row)
    if reach * inner > most:
        return f"no kernel for more than {most} elements of a window in a row."
    if any(isinstance(w, CoveringWindows) and w.dilation > 1 for w in plan.windows):
        return "no kernel for the gradient of dilated windows a stride apart."
    return None


def _lies_outside(windows: AxisWindows) -> bool:
    """Return whether the first or last window has no place in the input, or none at its end."""
    if isinstance(windows, CoveringWindows):
        return windows.low >= windows.kernel_size + windows.stride
    if not isinstance(windows, SlidingWindows):
        return False
    last = windows.start(windows.count - 1)
    return not 0 <= windows.low < windows.extent or last >= windows.length


def _extent(windows: AxisWindows) -> int:
    """Return how many positions a window covers, at most."""
    return windows.extent if isinstance(windows, SlidingWindows) else windows.widest()


def _reach(windows: AxisWindows) -> int:
    """Return a number that no parameter of the windows, nor their span, exceeds."""
    if not isinstance(windows, CoveringWindows | SlidingWindows):
        return windows.length
    extent = windows.dilation * (windows.kernel_size - 1) + 1
    span = max(windows.length, windows.count) * windows.stride + extent
    return max(span, windows.dilation, windows.low)


def _dense(windows: AxisWindows) -> bool:
    """Return whether windows slide without gaps between their elements."""
    return isinstance(windows, SlidingWindows) and windows.dilation == 1


def _overlap(windows: AxisWindows) -> float:
    """Return how often an element is read."""
    if isinstance(windows, CoveringWindows):
        return windows.widest()
    return windows.count * windows.widest() / windows.length
