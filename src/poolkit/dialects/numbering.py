"""How frameworks number the place of a chosen element.

Engines count the positions of the pooled axes in row-major order, from 0 for each plane, −1 where
nothing was chosen. Everything else is made from that here; `ops/numbering.py` turns it back.

Legend: `axes` are the pooled ones; of the others, the first is the batch and the other the
channels.
"""

from collections.abc import Callable
from math import prod
from typing import TypeAlias

import numpy as np

from poolkit.geometry import Plan
from poolkit.reducers.reducer import Array

__all__ = [
    "Numbering",
    "coordinates",
    "plane",
    "plane_or_start",
    "row_major_of_all",
    "within_window",
]

Numbering: TypeAlias = Callable[[Plan, Array], Array]


def plane(plan: Plan, indices: Array) -> Array:
    """Return row-major positions in each plane, as they are: PyTorch, Caffe, Paddle."""
    del plan
    return indices


def plane_or_start(plan: Plan, indices: Array) -> Array:
    """Return row-major positions in each plane; of a window without elements, its start.

    The start is the first position of the window that is not before the input, on every axis.
    It may lie behind: PyTorch's loops begin with it.
    """
    begins = np.zeros((1,) * len(plan.shape), np.int64)
    for axis, windows in zip(plan.axes, plan.windows, strict=True):
        shape = [1] * len(plan.shape)
        shape[axis] = windows.count
        positions = [windows.positions(o) for o in range(windows.count)]
        first = [p.start if p.start >= 0 else p.start % p.step for p in positions]
        begins = begins * windows.length + np.array(first, np.int64).reshape(shape)
    return np.where(indices < 0, begins, indices)


def coordinates(plan: Plan, indices: Array) -> list[Array]:
    """Return, axis by axis of the input, where each chosen element lies."""
    lengths = [plan.shape[axis] for axis in plan.axes]
    places: list[Array] = list(np.indices(plan.output_shape, sparse=True))
    found = np.unravel_index(np.maximum(indices, 0), lengths)
    for axis, along in zip(plan.axes, found, strict=True):
        places[axis] = np.asarray(along)
    return places


def row_major_of_all(plan: Plan, indices: Array, axes: tuple[int, ...] | None = None) -> Array:
    """Return row-major positions over several axes, by default all: Darknet, ONNX, TensorFlow.

    `axes` says which are counted and in which order, the slowest first.
    """
    places = coordinates(plan, indices)
    flat = np.zeros(plan.output_shape, np.int64)
    for axis in range(len(plan.shape)) if axes is None else axes:
        flat = flat * plan.shape[axis] + places[axis]
    return np.where(indices < 0, -1, flat)


def within_window(plan: Plan, indices: Array) -> Array:
    """Return row-major offsets inside each window, padding counted: Chainer."""
    places = coordinates(plan, indices)
    flat = np.zeros(plan.output_shape, np.int64)
    for axis, windows in zip(plan.axes, plan.windows, strict=True):
        shape = [1] * len(plan.shape)
        shape[axis] = windows.count
        positions = [windows.positions(o) for o in range(windows.count)]
        starts = np.array([p.start for p in positions]).reshape(shape)
        steps = np.array([p.step for p in positions]).reshape(shape)
        flat = flat * windows.widest() + (places[axis] - starts) // steps
    lengths = prod(plan.shape[axis] for axis in plan.axes)
    assert np.all(indices < lengths)
    return np.where(indices < 0, -1, flat)
