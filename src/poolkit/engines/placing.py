"""Values put to places in planes, and taken from them: by kernels, or by NumPy.

A place counts the positions of the pooled axes, in row-major order; −1 is none.
"""

from enum import Enum
from math import prod

import numpy as np

from poolkit.engines.engine import memory_order
from poolkit.engines.recipe import as_buffer, kernels, threads_for
from poolkit.reducers.dtypes import DType, native
from poolkit.reducers.reducer import Array

__all__ = ["Outcome", "put", "take"]

MAPPED = 2**25
"""Bytes from which glibc asks the system for memory, which gives it as zeros; what it has at hand
already is set to zero by the kernels sooner, plane by plane in the cache."""


class Outcome(Enum):
    """What came of putting values to places."""

    FINE = 0
    REPEATING = 1
    """A place came more than once."""
    DIFFERING = 2
    """Two that are not the same bits went to one place."""
    OUTSIDE = 3
    """A place is neither in its plane nor −1."""


def put(
    x: Array,
    places: Array,
    lengths: tuple[int, ...],
    axes: tuple[int, ...],
    *,
    checks: bool = False,
    counts_planes: bool = False,
    out: Array | None = None,
) -> tuple[Array, Outcome]:
    """Return zeros with the values of `x` at their places, the last one where several come.

    Parameters
    ----------
    x, places : arrays of one shape
        `places` are int32 or int64.
    lengths : tuple of int
        The lengths of the pooled axes in the output.
    axes : tuple of int
        The pooled axes, ascending and not negative.
    checks : bool
        Whether to find out if places repeat, and if values differ that come to one.
    counts_planes : bool
        Whether places count on from plane to plane; the pooled axes are then the last ones.
    out : array, optional
        Of the shape and dtype of the result, which is put there if it lies in memory as it must.
    """
    order = tuple(range(x.ndim)) if counts_planes else _order(x, axes)
    first, last, inner = _block(order, axes, x.shape)
    values = _ready(x.transpose(order))
    indices = _ready(places.transpose(order))
    shape = [x.shape[axis] for axis in order]
    outputs = prod(shape[first : last + 1])
    shape[first : last + 1] = lengths
    y, is_zero = _empty(tuple(shape), values.dtype)
    if out is not None and _may_take(out.transpose(order), (x, places)):
        y, is_zero = out.transpose(order), False
    planes, size = prod(shape[:first]), prod(lengths)
    step = size if counts_planes else 0
    back = np.argsort(order)
    if 0 in (planes, inner, size, outputs):
        y[...] = 0
        is_outside = bool(values.size) and size == 0 and bool(np.any(indices != -1))
        return y.transpose(back), Outcome.OUTSIDE if is_outside else Outcome.FINE
    if kernels is None or values.dtype.itemsize not in (1, 2, 4, 8):
        flat = (planes, outputs, inner)
        found = indices.reshape(flat) - step * np.arange(planes).reshape(-1, 1, 1)
        found[found == -1] = size  # the last of the plane before
        found[indices.reshape(flat) == -1] = -1
        outcome = _put(values.reshape(flat), found, y.reshape(planes, size, inner), checks)
    else:
        outcome = Outcome(
            kernels.place(
                as_buffer(values),
                indices,
                as_buffer(y),
                bytes=values.dtype.itemsize,
                planes=planes,
                outputs=outputs,
                size=size,
                inner=inner,
                step=step,
                is_zero=is_zero,
                checks=checks,
                threads=threads_for(values.nbytes + y.nbytes),
            )
        )
    return y.transpose(back), outcome


def take(x: Array, places: Array, axes: tuple[int, ...], *, last: bool = False) -> Array | None:
    """Return the values of `x` at places, 0 for none; nothing if one lies outside its plane.

    With `last`, only the last output of a place takes it, and the others get 0.
    """
    order = _order(places, axes)
    first, end, inner = _block(order, axes, places.shape)
    source = _ready(x.transpose(order))
    indices = _ready(places.transpose(order))
    values = np.empty(indices.shape, source.dtype)
    planes = prod(indices.shape[:first])
    outputs, size = prod(indices.shape[first : end + 1]), prod(source.shape[first : end + 1])
    back = np.argsort(order)
    if 0 in (planes, inner, size, outputs):
        values[...] = 0
        return None if values.size and np.any(indices != -1) else values.transpose(back)
    if kernels is None or source.dtype.itemsize not in (1, 2, 4, 8):
        flat = (planes, outputs, inner)
        found = _take(source.reshape(planes, size, inner), indices.reshape(flat), last)
        return None if found is None else found.reshape(values.shape).transpose(back)
    outcome = kernels.take(
        as_buffer(source),
        indices,
        as_buffer(values),
        bytes=source.dtype.itemsize,
        planes=planes,
        outputs=outputs,
        size=size,
        inner=inner,
        last=last,
        threads=threads_for(source.nbytes + values.nbytes),
    )
    return values.transpose(back) if Outcome(outcome) is Outcome.FINE else None


def _order(x: Array, axes: tuple[int, ...]) -> tuple[int, ...]:
    """Return the axes as they lie in memory, if the pooled ones lie together and in order."""
    order = memory_order(x)
    first = order.index(axes[0])
    if order[first : first + len(axes)] == axes:
        return order
    return (*(axis for axis in range(x.ndim) if axis not in axes), *axes)


def _block(
    order: tuple[int, ...], axes: tuple[int, ...], shape: tuple[int, ...]
) -> tuple[int, int, int]:
    """Return the first and last place of the pooled axes, and what follows each position."""
    first = order.index(axes[0])
    last = first + len(axes) - 1
    return first, last, prod(shape[axis] for axis in order[last + 1 :])


def _empty(shape: tuple[int, ...], dtype: DType) -> tuple[Array, bool]:
    """Return a new array, and whether it holds zeros."""
    is_zero = prod(shape) * dtype.itemsize >= MAPPED
    return (np.zeros if is_zero else np.empty)(shape, dtype), is_zero


def _may_take(out: Array, inputs: tuple[Array, ...]) -> bool:
    """Return whether a result can be written where it shall go, and nothing is read there."""
    flags = out.flags
    lies_well = flags.c_contiguous and flags.aligned and flags.writeable and out.dtype.isnative
    return lies_well and not any(np.may_share_memory(out, each) for each in inputs)


def _ready(x: Array) -> Array:
    return np.require(x, native(x.dtype), ["C_CONTIGUOUS", "ALIGNED"])


def _put(values: Array, places: Array, y: Array, checks: bool) -> Outcome:
    """Do in NumPy what the kernel does, for planes of (outputs, inner) and (size, inner)."""
    chosen = places != -1
    if np.any(chosen & ((places < 0) | (places >= y.shape[1]))):
        return Outcome.OUTSIDE
    plane, _, channel = np.nonzero(chosen)
    there = (plane, places[chosen], channel)
    y[...] = 0
    y[there] = values[chosen]
    if not checks:
        return Outcome.FINE
    times = np.zeros(y.shape, np.int64)
    np.add.at(times, there, 1)
    if times.max() <= 1:
        return Outcome.FINE
    # A NaN differs from itself here: the caller looks again.
    is_same = np.array_equal(y[there], values[chosen])
    return Outcome.REPEATING if is_same else Outcome.DIFFERING


def _take(source: Array, places: Array, last: bool) -> Array | None:
    """Do in NumPy what the kernel does."""
    chosen = places != -1
    if np.any(chosen & ((places < 0) | (places >= source.shape[1]))):
        return None
    inside = np.where(chosen, places, 0)
    if last:
        owners = np.full(source.shape, -1, np.int64)
        plane, output, channel = np.nonzero(chosen)
        owners[plane, places[chosen], channel] = output
        owner = np.take_along_axis(owners, inside, axis=1)
        chosen &= owner == np.arange(places.shape[1])[:, np.newaxis]
    return np.where(chosen, np.take_along_axis(source, inside, axis=1), 0).astype(source.dtype)
