"""The compiled engine: C++ kernels, for the instruction sets of the machine at hand."""

import os
from typing import ClassVar

import numpy as np

from poolkit.engines.engine import Engine, axis_counts
from poolkit.geometry import Plan, SlidingWindows
from poolkit.reducers import Max, Mean, Min, Reducer, Sum
from poolkit.reducers.dtypes import DType
from poolkit.reducers.reducer import Array

try:
    from poolkit import _kernels
except ModuleNotFoundError:
    _kernels = None  # type: ignore[assignment]
    _absence = "it was not built, for want of a C++ compiler when poolkit was installed."
except ImportError as error:
    _kernels = None  # type: ignore[assignment]
    _absence = f"its extension module cannot be loaded: {error}."

__all__ = ["CompiledEngine"]

EXTREMUM_DTYPES = "bhilqBHILQfd"
SUM_DTYPES = "fd"
MOST_OVERLAP = 16
"""Elements per step before the rows. Each row of a window is folded anew, so beyond
this `portable`, whose passes grow with log k, is the faster."""

BYTES_PER_THREAD = 2**20
"""Below this, starting a thread (30 µs) takes longer than it saves."""


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

    def refusal(self, plan: Plan, reducer: Reducer, dtype: DType) -> str | None:
        if not isinstance(reducer, Max | Min | Sum | Mean):
            return f"no kernel for {type(reducer).__name__}."
        wanted = EXTREMUM_DTYPES if isinstance(reducer, Max | Min) else SUM_DTYPES
        if dtype.char not in wanted:
            return f"no kernel for {type(reducer).__name__} of {dtype}."
        if not all(isinstance(windows, SlidingWindows) for windows in plan.windows):
            return "no kernel for windows of unequal size."
        before_rows = _sliding(plan)[:-1]
        if any(w.count > 1 and w.kernel_size > MOST_OVERLAP * w.stride for w in before_rows):
            return f"no kernel for overlaps of more than {MOST_OVERLAP} windows."
        return None

    def run(self, plan: Plan, reducer: Reducer, x: Array) -> Array:
        """Pool; see :class:`Engine`."""
        pooled = np.empty(plan.output_shape, dtype=x.dtype.newbyteorder("="))
        x = np.ascontiguousarray(x, dtype=pooled.dtype)
        counts, divisor = [], 1.0
        if isinstance(reducer, Mean):
            if isinstance(reducer.divisor, str):
                counts = [axis_counts(windows, reducer.divisor) for windows in plan.windows]
            else:
                divisor = float(reducer.divisor)
        axes = [
            (axis, w.kernel_size, w.stride, w.dilation, w.low)
            for axis, w in zip(plan.axes, _sliding(plan), strict=True)
        ]
        threads = min(thread_count(), 1 + (x.nbytes + pooled.nbytes) // BYTES_PER_THREAD)
        _kernels.pool(reducer.name, x, pooled, axes, counts, divisor, threads)
        return pooled

    @staticmethod
    def instruction_set() -> str:
        """Return the instruction set in use."""
        return _kernels.instruction_set()

    @staticmethod
    def instruction_sets() -> list[str]:
        """Return the instruction sets that this machine can run, best first."""
        return _kernels.instruction_sets()


def thread_count() -> int:
    """Return how many threads large work is spread over: the processors we may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _sliding(plan: Plan) -> list[SlidingWindows]:
    return [windows for windows in plan.windows if isinstance(windows, SlidingWindows)]
