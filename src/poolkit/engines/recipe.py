"""Plans in the kernels' own form, made once and kept."""

from functools import lru_cache
from math import inf, isnan, prod
from typing import Any

import numpy as np

from poolkit.engines.engine import Task, axis_counts
from poolkit.engines.threads import get_num_threads
from poolkit.geometry import AxisWindows, CoveringWindows, Plan, SlidingWindows
from poolkit.reducers import (
    GeneralisedMean,
    LogSumExp,
    Lp,
    Max,
    Mean,
    Min,
    Reducer,
    SoftMean,
    Sum,
    Var,
)
from poolkit.reducers.dtypes import DType
from poolkit.reducers.reducer import Array

absence: str | None = None
"""Why there are no kernels."""

try:
    # `from poolkit import _kernels` reports a module that is not there as a circular import.
    import poolkit._kernels as kernels
except ModuleNotFoundError:
    kernels = None  # type: ignore[assignment]
    absence = "it was not built, for want of a C++ compiler when poolkit was installed."
except ImportError as error:
    kernels = None  # type: ignore[assignment]
    absence = f"its extension module cannot be loaded: {error}."

__all__ = [
    "PARTIAL",
    "SMOOTH",
    "absence",
    "as_buffer",
    "find_operation",
    "find_recipe",
    "is_global",
    "kernels",
    "run_recipe",
    "threads_for",
]

NORMS = {1: "magnitudes", 2: "squares", inf: "largest magnitude"}
"""The kernels of norms. Other powers take 20 ns an element in any engine: they are left to
`portable`."""

PARTIAL = {"max with indices", "min with indices", "var", "std"}
"""Kernels that keep several numbers of every window."""

SMOOTH = {"soft", "log_sum_exp", "gem"}
"""Kernels that go over the elements of a window by themselves: no row is too long for them."""

MOST_SHARPNESS = 1e100
"""Beyond it, and below its inverse, multiples of distances leave the range of float64."""

LEAST_POWER = 1 / 16
"""Below it, the powers of an element that is not there do not vanish beside others."""

LEAST_NORMAL = float(np.finfo(np.float64).smallest_normal)
"""Below it, the kernels have no logarithms."""

BYTES_PER_THREAD = 2**19
"""Input and output that a further thread is woken for: 4 MB took 0.19 ms with one thread and
with two, as long as a second processor takes to wake."""


def find_operation(reducer: Reducer, task: Task) -> str | None:
    """Return the kernels' name for what is asked, if they know it."""
    if task == "pool with indices":
        has_kernel = isinstance(reducer, Max | Min) and reducer.ties == "first"
        return f"{reducer.name} with indices" if has_kernel else None
    if isinstance(reducer, Mean) and not isnan(reducer.empty):
        return None
    if isinstance(reducer, Max | Min | Sum | Mean | Var):
        return reducer.name
    if isinstance(reducer, Lp):
        return NORMS.get(reducer.norm_type)
    if type(reducer) in (SoftMean, LogSumExp, GeneralisedMean) and _has_kernel(reducer):
        return reducer.name
    return None


def _has_kernel(reducer: Reducer) -> bool:
    """Return whether the kernels can compute with the parameters of a smooth reduction."""
    if isinstance(reducer, SoftMean | LogSumExp):
        return 1 / MOST_SHARPNESS <= abs(reducer.sharpness) <= MOST_SHARPNESS
    assert isinstance(reducer, GeneralisedMean)
    if reducer.p in (1, 2, 3, 4):
        return True
    return abs(reducer.p) >= LEAST_POWER and reducer.eps >= LEAST_NORMAL


def _parameters(reducer: Reducer) -> tuple[float, ...]:
    """Return what the kernels of a smooth reduction are told beside the windows."""
    if isinstance(reducer, SoftMean):
        return (float(reducer.sharpness),)
    if isinstance(reducer, LogSumExp):
        return float(reducer.sharpness), float(reducer.mean)
    if isinstance(reducer, GeneralisedMean):
        return float(reducer.p), float(reducer.eps)
    return ()


def threads_for(moved: int) -> int:
    """Return how many threads to use for so many bytes."""
    return 1 if moved < BYTES_PER_THREAD else min(get_num_threads(), 1 + moved // BYTES_PER_THREAD)


def as_buffer(x: Array) -> Array:
    """Return the array as something whose memory other code can be given."""
    return x.view(np.uint16) if x.dtype.kind == "V" else x


def run_recipe(
    plan: Plan, reducer: Reducer, task: Task, x: Array, pooled: Array, indices: Array | None = None
) -> bool:
    """Pool one array into another, or say that they do not lie in memory as they must."""
    if not x.dtype.isnative:
        return False
    operation = find_operation(reducer, task)
    assert operation is not None
    recipe = find_recipe(plan, reducer, x.dtype, operation)
    threads = threads_for(x.nbytes + pooled.nbytes)
    return recipe.run(as_buffer(x), as_buffer(pooled), indices, threads)


@lru_cache(maxsize=512)
def find_recipe(plan: Plan, reducer: Reducer, dtype: DType, operation: str) -> "kernels.Recipe":
    """Return the kernels' own form of a plan, for contiguous arrays."""
    if len(plan.axes) > 1 and is_global(plan) and operation not in PARTIAL:
        plan = _as_one_axis(plan)
    divisor, rule = 1.0, None
    if isinstance(reducer, Mean):
        if isinstance(reducer.divisor, str):
            rule = reducer.divisor
        else:
            divisor = float(reducer.divisor)
    axes: list[tuple[Any, ...]] = [(n, n) for n in plan.shape]
    pooled = list(zip(plan.axes, plan.windows, strict=True))
    if operation not in PARTIAL:
        pooled = [pair for pair in pooled if not _keeps(pair[1])] or pooled[-1:]
    for axis, windows in pooled:
        counts = None if rule is None else axis_counts(windows, rule)
        if counts is not None and np.all(counts == counts[0]):
            # One divisor for all is a multiplication by a constant.
            divisor *= float(counts[0])
            counts = None
        axes[axis] = (windows.length, windows.count, *_described(windows), counts)
    freedom = float(reducer.ddof) if isinstance(reducer, Var) else 0.0
    parameters = _parameters(reducer)
    return kernels.Recipe(operation, dtype.name, _merged(axes), divisor, freedom, parameters)


def _merged(axes: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Return the axes with neighbours that are kept as they are made one."""
    merged: list[tuple[Any, ...]] = []
    for axis in axes:
        if len(axis) == 2 and merged and len(merged[-1]) == 2:
            length = merged[-1][0] * axis[0]
            merged[-1] = (length, length)
        else:
            merged.append(axis)
    return merged


def _described(windows: AxisWindows) -> tuple[Any, ...]:
    """Return the windows of an axis as the kernels are told of them."""
    if isinstance(windows, SlidingWindows | CoveringWindows):
        # A stride that nothing takes may be of any size, and the kernels' scratch is as long.
        is_covering = isinstance(windows, CoveringWindows)
        steps = windows.length if is_covering else windows.count
        stride = windows.stride
        if steps == 1:
            stride = min(stride, windows.kernel_size + windows.low)
        return windows.kernel_size, stride, windows.dilation, windows.low, is_covering
    inside = [windows.inside(window) for window in range(windows.count)]
    begins = np.array([positions.start for positions in inside], np.int64)
    return begins, np.array([len(positions) for positions in inside], np.int64)


def is_global(plan: Plan) -> bool:
    """Return whether the last axes, and no others, are pooled whole."""
    last = range(len(plan.shape) - len(plan.axes), len(plan.shape))
    return plan.axes == tuple(last) and all(
        isinstance(w, SlidingWindows)
        and w.count == w.dilation == 1
        and w.kernel_size == w.length
        and w.low == 0
        for w in plan.windows
    )


def _as_one_axis(plan: Plan) -> Plan:
    """Return the same work with the axes that are pooled whole as one."""
    length = prod(plan.shape[plan.axes[0] :])
    whole = SlidingWindows(length, 1, length, length, 1, 0, 0)
    batch = plan.shape[: plan.axes[0]]
    return Plan((*batch, length), (len(batch),), (whole,))


def _keeps(windows: AxisWindows) -> bool:
    """Return whether every window is the one element of its number."""
    return (
        isinstance(windows, SlidingWindows)
        and windows.kernel_size == windows.stride == 1
        and windows.low == 0
        and windows.count == windows.length
    )
