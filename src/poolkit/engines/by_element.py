"""For reducers that take windows element by element: slices, each an element of all windows.

Gathering windows of 3 × 3 elements takes ten times as long as finding their medians.
"""

from collections.abc import Callable, Iterator
from itertools import product
from math import prod
from typing import TypeAlias

import numpy as np

from poolkit.geometry import Plan, SlidingWindows
from poolkit.reducers import Reducer
from poolkit.reducers.dtypes import is_half, native
from poolkit.reducers.reducer import Array

__all__ = ["define_by_element", "takes_elements"]

PART_BYTES = 2**19
"""Of the elements taken at a time, all of a window's together."""

LEAST_PART = 2**12
"""Windows at a time, whatever their size: of fewer, calls take longer than arithmetic."""

LEAST_WINDOWS = 2**8
"""Of fewer windows alike, such as those at a corner, whole windows are faster."""

Index: TypeAlias = tuple[slice, ...]

Define: TypeAlias = Callable[[Reducer, Array, list[Index]], Array]

Segment: TypeAlias = tuple[slice, list[slice]]
"""Windows on an axis that are alike, and their first elements, their second ones, …"""


def takes_elements(plan: Plan, reducer: Reducer) -> bool:
    """Return whether windows are alike, and small enough for the reducer."""
    return all(isinstance(windows, SlidingWindows) for windows in plan.windows) and (
        prod(windows.widest() for windows in plan.windows) <= reducer.most_elements
    )


def define_by_element(
    plan: Plan,
    reducer: Reducer,
    x: Array,
    define: Define | None = None,
    part_bytes: int = PART_BYTES,
) -> Array:
    """Return what windows become, by what the reducer makes of their elements.

    ``define(reducer, x, indices)`` makes that of the elements at the indices, each of which says
    where one of all windows lies; by default the reducer does, of slices.
    """
    define = _define_slices if define is None else define
    dtype = reducer.result_dtype(x.dtype)
    assert dtype is not None
    pooled = np.empty(plan.output_shape, native(dtype))
    computed = np.dtype(np.float32) if is_half(x.dtype) else native(x.dtype)
    size = prod(windows.widest() for windows in plan.windows)
    at_once = max(LEAST_PART, part_bytes // (size * computed.itemsize))
    per_window = max(1.0, prod(plan.shape) / max(1, prod(plan.output_shape)))
    for part in plan.parts(int(at_once * per_window)):
        values = x[part.inputs].astype(computed, copy=False)
        target = pooled[part.outputs]
        for outputs, indices in _alike(part.plan):
            if target[outputs].size >= LEAST_WINDOWS:
                target[outputs] = define(reducer, values, indices)
            else:
                windows = np.stack([values[index] for index in indices], axis=-1)
                windows = windows.astype(x.dtype, copy=False)
                target[outputs] = reducer.define(windows, float(len(indices)))
    return pooled


def _define_slices(reducer: Reducer, x: Array, indices: list[Index]) -> Array:
    return reducer.define_elements([x[index] for index in indices])


def _alike(plan: Plan) -> Iterator[tuple[Index, list[Index]]]:
    """Yield windows that are alike, with where their elements lie, in row-major order."""
    sliding = [windows for windows in plan.windows if isinstance(windows, SlidingWindows)]
    for segments in product(*map(_segments, sliding)):
        outputs = _index(plan, [windows for windows, _ in segments])
        elements = product(*(starts for _, starts in segments))
        yield outputs, [_index(plan, list(element)) for element in elements]


def _segments(windows: SlidingWindows) -> list[Segment]:
    """Return the windows inside the input as one segment, and each of the others as one."""
    segments = []
    for window in windows.border():
        inside = windows.inside(window)
        segments.append((slice(window, window + 1), [slice(i, i + 1, 1) for i in inside]))
    interior = windows.interior()
    if interior:
        reach = (len(interior) - 1) * windows.stride + 1
        starts = windows.positions(interior.start)
        elements = [slice(start, start + reach, windows.stride) for start in starts]
        segments.append((slice(interior.start, interior.stop), elements))
    return segments


def _index(plan: Plan, slices: list[slice]) -> Index:
    """Return an index that takes all of every axis that is not pooled."""
    index = [slice(0, None, 1)] * len(plan.shape)
    for axis, taken in zip(plan.axes, slices, strict=True):
        index[axis] = taken
    return tuple(index)
