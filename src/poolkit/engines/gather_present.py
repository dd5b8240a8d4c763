"""For functions that want their windows laid out, when not all elements are there."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from poolkit._errors import UnsupportedError
from poolkit.engines.gather import gathered_parts, moved, places_of
from poolkit.geometry import Part, Plan
from poolkit.reducers import Extreme, Reducer
from poolkit.reducers.dtypes import native
from poolkit.reducers.reducer import Array

__all__ = [
    "define_gathered_present",
    "pull_gathered_present",
    "push_gathered_present",
    "select_gathered_present",
]


class _Windows(NamedTuple):
    """Windows of which equally many elements are there."""

    part: Part
    outputs: Any
    """Where the windows go, in the output of the part with its pooled axes last."""
    rows: Array
    """Which they are, of all in `outputs`, in row-major order."""
    elements: Array
    """Which of their elements are there, (rows, n)."""
    values: Array
    weights: Array
    windows: Array
    """All in `outputs`, whole."""
    positions: list[Array]


def _windows(plan: Plan, x: Array, weights: Array, elements: int) -> Iterator[_Windows]:
    for part, outputs, windows, positions in gathered_parts(plan, x, elements):
        index: Any = (..., *positions)
        often = moved(plan, weights[part.inputs])[index].reshape(-1, windows.shape[-1])
        flat = windows.reshape(often.shape)
        there = often > 0
        sizes = there.sum(axis=1)
        for size in np.unique(sizes):
            if size:
                rows = np.flatnonzero(sizes == size)
                kept = np.argsort(~there[rows], axis=1, kind="stable")[:, :size]
                at = rows[:, np.newaxis], kept
                yield _Windows(part, outputs, rows, kept, flat[at], often[at], windows, positions)


def define_gathered_present(
    plan: Plan, reducer: Reducer, x: Array, weights: Array, elements: int
) -> Array:
    """Return what the reducer's definition makes of every window; 0 of one without elements."""
    dtype = reducer.result_dtype(x.dtype)
    pooled = None if dtype is None else np.zeros(plan.output_shape, native(dtype))
    for found in _windows(plan, x, weights, elements):
        values = np.asarray(_define(reducer, found))
        if pooled is None:
            pooled = np.zeros(plan.output_shape, native(values.dtype))
        _put(found, plan, pooled, values)
    return np.zeros(plan.output_shape) if pooled is None else pooled


def select_gathered_present(
    plan: Plan, reducer: Reducer, x: Array, weights: Array, elements: int
) -> tuple[Array, Array]:
    """Return what the reducer selects of every window, and its index in the plane or −1."""
    pooled = np.zeros(plan.output_shape, native(x.dtype))
    indices = np.full(plan.output_shape, -1)
    for found in _windows(plan, x, weights, elements):
        chosen = _select(reducer, found)[:, np.newaxis]
        kept = np.take_along_axis(found.elements, np.maximum(chosen, 0), axis=1)
        places = places_of(plan, found.part, found.windows, found.positions)
        flat = places.reshape(-1, found.windows.shape[-1])[found.rows[:, np.newaxis], kept]
        values = np.take_along_axis(found.values, np.maximum(chosen, 0), axis=1)
        if not reducer.chooses_always:
            values = np.asarray(_define(reducer, found))[:, np.newaxis]
        _put(found, plan, pooled, values[:, 0])
        _put(found, plan, indices, np.where(chosen < 0, -1, flat)[:, 0])
    return pooled, indices


def pull_gathered_present(
    plan: Plan,
    reducer: Reducer,
    x: Array,
    weights: Array,
    gradient: Array,
    total: Array,
    elements: int,
) -> None:
    """Add to `total` the gradient of the input."""
    for found in _windows(plan, x, weights, elements):
        outer = moved(plan, gradient[found.part.outputs])[found.outputs].reshape(-1, 1)
        shares = outer[found.rows].astype(total.dtype) * _slopes(reducer, found, total)
        whole = np.zeros((outer.size, found.windows.shape[-1]), total.dtype)
        whole[found.rows[:, np.newaxis], found.elements] = shares
        laid = np.broadcast_shapes(*(each.shape for each in found.positions))
        batch = found.windows.shape[: -1 - len(plan.axes)]
        index: Any = (..., *found.positions)
        np.add.at(moved(plan, total[found.part.inputs]), index, whole.reshape(*batch, *laid))


def push_gathered_present(
    plan: Plan,
    reducer: Reducer,
    x: Array,
    weights: Array,
    tangent: Array,
    total: Array,
    elements: int,
) -> None:
    """Write to `total` the tangent of the output."""
    for found in _windows(plan, x, weights, elements):
        index: Any = (..., *found.positions)
        change = moved(plan, tangent[found.part.inputs])[index]
        change = change.reshape(-1, found.windows.shape[-1])
        along = change[found.rows[:, np.newaxis], found.elements]
        _put(found, plan, total, np.sum(_slopes(reducer, found, total) * along, axis=1))


def _define(reducer: Reducer, found: _Windows) -> Any:
    if np.all(found.weights == 1):
        return reducer.define(found.values, float(found.values.shape[-1]))
    return reducer.define_weighted(found.values, found.weights, np.sum(found.weights, axis=-1))


def _select(reducer: Reducer, found: _Windows) -> Array:
    if not isinstance(reducer, Extreme) and not np.all(found.weights == 1):
        raise UnsupportedError(f"{reducer.name} has no indices under `weights`; give a `mask`.")
    return np.asarray(reducer.select(found.values))


def _slopes(reducer: Reducer, found: _Windows, total: Array) -> Array:
    values = found.values.astype(total.dtype)
    if np.all(found.weights == 1):
        return reducer.slope(values, (), float(values.shape[-1]))
    raise UnsupportedError(f"{reducer.name} has no gradient under `weights`; give a `mask`.")


def _put(found: _Windows, plan: Plan, array: Array, values: Array) -> None:
    """Write values of windows to where the windows go."""
    place = moved(plan, array[found.part.outputs])
    piece = np.ascontiguousarray(place[found.outputs])
    piece.reshape(-1)[found.rows] = values
    place[found.outputs] = piece
