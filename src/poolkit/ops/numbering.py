"""Indices as frameworks number them, turned into row-major positions in each plane.

The other way, from planes to frameworks, is `dialects/numbering.py`.
"""

from math import prod
from typing import Literal, TypeAlias, get_args

import numpy as np

from poolkit._errors import ArgumentError, message
from poolkit.geometry import Plan
from poolkit.ops.unpooling import as_places, first_place
from poolkit.reducers.reducer import Array

__all__ = ["Convention", "check_convention", "plane_of_indices", "plane_of_offsets"]

Convention: TypeAlias = Literal["plane", "image", "array", "array_columns", "matlab", "window"]


def check_convention(convention: object, axes: tuple[int, ...]) -> None:
    """Refuse what is no convention, or has no meaning where these axes are pooled."""
    known = get_args(Convention)
    if not isinstance(convention, str) or convention not in known:
        wanted = f"be one of {', '.join(known)}"
        raise ArgumentError(message("convention", wanted, repr(convention)))
    if convention == "image" and 0 in axes:
        wanted = "be another where the first axis, that of the images, is pooled"
        raise ArgumentError(message("convention", wanted, repr(convention)))


def plane_of_indices(plan: Plan, indices: Array, convention: Convention) -> Array:
    """Return row-major positions in each plane, −1 for none; as they are, if they are that.

    Parameters
    ----------
    plan : Plan
        The pooling that found the indices: its shape is that of what was pooled, and its
        windows are asked for the convention ``"window"`` alone.
    indices : array of int, of the shape of the plan's output
    convention : {"plane", "image", "array", "array_columns", "matlab", "window"}
        How they are numbered: see :func:`poolkit.max_unpool`.

    Raises
    ------
    ArgumentError
        If an index is none of that convention, or lies in another plane than its value.

    Examples
    --------
    >>> import numpy as np
    >>> plan = Plan((2, 4), (1,), ())
    >>> plane_of_indices(plan, np.array([[3], [5]]), "array")
    array([[3],
           [1]])
    """
    if convention == "plane":
        return indices
    places = as_places(indices)
    if convention == "window":
        return _of_windows(plan, indices, places)
    rank = len(plan.shape)
    kept = tuple(axis for axis in range(rank) if axis not in plan.axes)
    counted: tuple[int, ...] = {
        "image": tuple(range(1, rank)),
        "array": tuple(range(rank)),
        "array_columns": (*kept, *plan.axes[::-1]),
        "matlab": tuple(range(rank - 1, -1, -1)),
    }[convention]
    first = 1 if convention == "matlab" else 0
    positions = prod(plan.shape[axis] for axis in counted)
    flat = places.astype(np.int64)
    is_none = flat == first - 1
    flat = np.where(is_none, first, flat)
    _refuse(
        (flat < first) | (flat - first >= positions),
        indices,
        f"lie in {first} to {first + positions - 1}, or be {first - 1} for none, where the "
        f'convention is "{convention}"',
    )
    flat -= first
    along: dict[int, Array] = {}
    is_elsewhere = np.zeros(flat.shape, bool)
    for axis in counted[::-1]:
        flat, along[axis] = np.divmod(flat, plan.shape[axis])
        if axis not in plan.axes:
            shape = [1] * rank
            shape[axis] = plan.shape[axis]
            is_elsewhere |= along[axis] != np.arange(plan.shape[axis]).reshape(shape)
    _refuse(
        is_elsewhere & ~is_none,
        indices,
        f'lie in the plane of their value, where the convention is "{convention}"',
    )
    position = np.zeros(flat.shape, np.int64)
    for axis in plan.axes:
        position = position * plan.shape[axis] + along[axis]
    return np.where(is_none, -1, position)


def _of_windows(plan: Plan, indices: Array, places: Array) -> Array:
    widest = prod(windows.widest() for windows in plan.windows)
    _refuse(
        (places < -1) | (places >= widest),
        indices,
        f'lie in 0 to {widest - 1}, or be -1 for none, where the convention is "window"',
    )
    is_none = places == -1
    found = plane_of_offsets(plan, np.maximum(places, 0))
    _refuse((found < 0) & ~is_none, indices, "not point to the padding")
    return np.where(is_none, -1, found)


def _refuse(wrong: Array, indices: Array, wanted: str) -> None:
    """Raise if any index is wrong, and name the first."""
    if np.any(wrong):
        where = first_place(wrong)
        raise ArgumentError(message("indices", wanted, f"{indices[where]} at {where}"))


def plane_of_offsets(plan: Plan, offsets: Array) -> Array:
    """Return row-major positions in each plane, −1 in the padding, of offsets inside windows."""
    sizes = [windows.widest() for windows in plan.windows]
    found = np.unravel_index(offsets, sizes)
    flat = np.zeros(plan.output_shape, np.int64)
    is_inside = np.ones(plan.output_shape, bool)
    for axis, windows, along in zip(plan.axes, plan.windows, found, strict=True):
        shape = [1] * len(plan.shape)
        shape[axis] = windows.count
        positions = [windows.positions(o) for o in range(windows.count)]
        starts = np.array([p.start for p in positions]).reshape(shape)
        steps = np.array([p.step for p in positions]).reshape(shape)
        places = starts + steps * along
        is_inside &= (places >= 0) & (places < windows.length)
        flat = flat * windows.length + places
    return np.where(is_inside, flat, -1)
