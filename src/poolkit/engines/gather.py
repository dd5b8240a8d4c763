"""For functions that want their windows laid out: gather, call, place.

Windows of equal size are gathered into one array of shape (..., k), so that a
function is called on many at a time and never sees padding.
"""

from collections import defaultdict
from itertools import product
from math import prod
from typing import Any

import numpy as np

from poolkit.geometry import AxisWindows, Plan
from poolkit.reducers import Reducer
from poolkit.reducers.reducer import Array

__all__ = ["define_gathered"]


def define_gathered(plan: Plan, reducer: Reducer, x: Array, elements: int) -> Array:
    """Return what the reducer's definition makes of every window.

    At most about `elements` elements are gathered at a time.
    """
    windows_size = prod(windows.widest() for windows in plan.windows)
    gathered_per_input = prod(plan.output_shape) * windows_size / max(1, prod(plan.shape))
    pooled: Array | None = None
    for part in plan.parts(max(1, int(elements / max(1.0, gathered_per_input)))):
        values = _define_part(part.plan, reducer, x[part.inputs])
        if pooled is None:
            pooled = np.empty(plan.output_shape, dtype=values.dtype)
        pooled[part.outputs] = values
    assert pooled is not None
    return pooled


def _define_part(plan: Plan, reducer: Reducer, x: Array) -> Array:
    rank = len(plan.axes)
    last = range(-rank, 0)
    x = np.moveaxis(x, plan.axes, last)
    batch = x.shape[: x.ndim - rank]
    pooled: Array | None = None
    for groups in product(*(_equal_windows(windows) for windows in plan.windows)):
        positions: list[Any] = [...]
        for place, (_, inside) in enumerate(groups):
            shape = [1] * (2 * rank)
            shape[place], shape[rank + place] = inside.shape
            positions.append(inside.reshape(shape))
        gathered = x[tuple(positions)]
        size = prod(inside.shape[1] for _, inside in groups)
        windows = gathered.reshape(*gathered.shape[: x.ndim], size)
        values = np.asarray(reducer.define(windows, float(windows.shape[-1])))
        if pooled is None:
            counts = (windows.count for windows in plan.windows)
            pooled = np.empty((*batch, *counts), dtype=values.dtype)
        places: list[Any] = [..., *np.ix_(*(numbers for numbers, _ in groups))]
        pooled[tuple(places)] = values
    assert pooled is not None
    return np.moveaxis(pooled, last, plan.axes)


def _equal_windows(windows: AxisWindows) -> list[tuple[Array, Array]]:
    """Return windows grouped by size: their numbers (g,) and positions (g, size)."""
    groups: dict[int, list[int]] = defaultdict(list)
    for window in range(windows.count):
        groups[windows.valid_count(window)].append(window)
    return [
        (np.array(numbers), np.array([windows.inside(window) for window in numbers]))
        for numbers in groups.values()
    ]
