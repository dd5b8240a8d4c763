"""Values put back to where a maximum found them, zeros elsewhere: places counted in planes."""

from math import prod
from typing import Any, Literal, TypeAlias

import numpy as np

from poolkit import engines
from poolkit._errors import ArgumentError, ArgumentTypeError, message
from poolkit.reducers.dtypes import float_accumulator, is_half, native
from poolkit.reducers.reducer import Array

__all__ = ["Repeated", "as_places", "first_place", "pick", "place", "place_once"]

Repeated: TypeAlias = Literal["error", "last", "sum"]

SET_APART = 'repeated="last" or repeated="sum" says what becomes of them.'


def place(
    x: Array,
    indices: Array,
    lengths: tuple[int, ...],
    axes: tuple[int, ...],
    repeated: Repeated = "last",
    *,
    may_be_none: bool = False,
    counts_planes: bool = False,
    out: Array | None = None,
) -> Array:
    """Return an array of zeros with the values of `x` at the places of `indices`.

    Parameters
    ----------
    x : array of shape (*batch, *m)
        The values.
    indices : array of int, of the shape of `x`
        Row-major positions in a plane of `lengths`.
    lengths : tuple of int
        The lengths of the pooled axes in the output.
    axes : tuple of int
        The pooled axes, ascending and not negative.
    repeated : {"last", "sum", "error"}, default "last"
        What becomes of an index that comes more than once in a plane: the value that comes
        last in row-major order, the sum, or an error if the values differ.
    may_be_none : bool, default False
        Whether −1 stands for no place.
    counts_planes : bool, default False
        Whether indices count on from plane to plane; the pooled axes are then the last ones.
    out : array, optional
        Of the shape and dtype of the result, which is put there if that saves a copy.

    Returns
    -------
    array
        Of the dtype of `x`, its axes in the same order.

    Raises
    ------
    ArgumentError
        If the shapes differ, an index does not lie in its plane, or values differ that
        should not.
    ArgumentTypeError
        If the indices are no integers.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.array([[5.0, 7.0]])
    >>> place(x, np.array([[1, 3]]), (4,), (1,))
    array([[0., 5., 0., 7.]])
    """
    if repeated == "sum":
        places = _checked(x, indices, lengths, axes, may_be_none, counts_planes)
        if counts_planes:
            places = _of_planes(places, lengths, axes)
        return _summed(x, places, lengths, axes, may_be_none)
    return place_once(
        x,
        indices,
        lengths,
        axes,
        repeated,
        may_be_none=may_be_none,
        counts_planes=counts_planes,
        out=out,
    )[0]


def place_once(
    x: Array,
    indices: Array,
    lengths: tuple[int, ...],
    axes: tuple[int, ...],
    repeated: Literal["error", "last"] = "error",
    *,
    may_be_none: bool = False,
    counts_planes: bool = False,
    out: Array | None = None,
    finds_repeats: bool = False,
) -> tuple[Array, bool]:
    """Return what :func:`place` does where nothing is summed, and whether indices may repeat.

    That is found out for ``"error"``, and if `finds_repeats`.
    """
    places = _checked(x, indices, lengths, axes, may_be_none, counts_planes)
    checks = finds_repeats or repeated == "error"
    y, outcome = engines.put(
        x, places, lengths, axes, checks=checks, counts_planes=counts_planes, out=out
    )
    if outcome is engines.Outcome.OUTSIDE:
        raise _outside(indices, places, lengths, axes, may_be_none, counts_planes)
    if outcome is engines.Outcome.DIFFERING and repeated == "error":
        if counts_planes:
            places = _of_planes(places, lengths, axes)
        _check_equal(x, y, places, axes)
    return y, not checks or outcome is not engines.Outcome.FINE


def pick(
    x: Array,
    indices: Array,
    axes: tuple[int, ...],
    repeated: Repeated = "sum",
    *,
    may_be_none: bool = False,
) -> Array:
    """Return the values of `x` at the places of `indices`: the gradient of :func:`place`.

    Parameters
    ----------
    x : array of shape (*batch, *n)
    indices : array of int of shape (*batch, *m)
        Row-major positions in a plane of `x`.
    axes : tuple of int
        The pooled axes, ascending and not negative.
    repeated : {"sum", "last", "error"}, default "sum"
        What :func:`place` did with an index that came more than once: unless it took the sum,
        all but the last of them get 0.
    may_be_none : bool, default False
        Whether −1 stands for no place, and gets 0.

    Returns
    -------
    array of shape (*batch, *m)

    Raises
    ------
    ArgumentError
        If an index does not lie in its plane.
    ArgumentTypeError
        If the indices are no integers.

    Examples
    --------
    >>> import numpy as np
    >>> pick(np.array([[1.0, 5.0, 2.0, 7.0]]), np.array([[1, 3]]), (1,))
    array([[5., 7.]])
    """
    lengths = tuple(x.shape[axis] for axis in axes)
    places = as_places(indices)
    found = None
    if may_be_none or not places.size or places.min() >= 0:
        found = engines.take(x, places, axes, last=repeated != "sum")
    if found is None:
        raise _outside(indices, places, lengths, axes, may_be_none, False)
    return found


def _checked(
    x: Array,
    indices: Array,
    lengths: tuple[int, ...],
    axes: tuple[int, ...],
    may_be_none: bool,
    counts_planes: bool,
) -> Array:
    """Return indices as places, refusing a wrong shape, and −1 where it stands for nothing."""
    if indices.shape != x.shape:
        raise ArgumentError(message("indices", f"have the shape of x, {x.shape}", indices.shape))
    places = as_places(indices)
    if not may_be_none and places.size and places.min() < 0:
        raise _outside(indices, places, lengths, axes, may_be_none, counts_planes)
    return places


def as_places(indices: Array) -> Array:
    """Return indices as int32 or int64, refusing what is no integer."""
    if indices.dtype.kind not in "iu":
        raise ArgumentTypeError(message("indices", "hold integers", f"dtype {indices.dtype}"))
    if native(indices.dtype) in (np.int32, np.int64):
        return indices
    if indices.dtype == np.uint64:
        # Of 2⁶³ and more, int64 would make negative numbers: −1, perhaps.
        return np.minimum(indices, np.uint64(2**63 - 1)).astype(np.int64)
    return indices.astype(np.int64)


def first_place(wrong: Array) -> tuple[int, ...]:
    """Return where an array of bool is true first, in row-major order."""
    return tuple(map(int, np.unravel_index(int(np.argmax(wrong)), wrong.shape)))


def _summed(
    x: Array, places: Array, lengths: tuple[int, ...], axes: tuple[int, ...], may_be_none: bool
) -> Array:
    is_outside = (places < (-1 if may_be_none else 0)) | (places >= prod(lengths))
    if np.any(is_outside):
        raise _outside(places, places, lengths, axes, may_be_none, False)
    last = range(-len(axes), 0)
    values = np.moveaxis(x, axes, last)
    batch = values.shape[: x.ndim - len(axes)]
    shape = prod(batch), prod(values.shape[len(batch) :])
    wide = native(float_accumulator(x.dtype)) if is_half(x.dtype) else native(x.dtype)
    sums = np.zeros((shape[0], prod(lengths)), wide)
    found = np.moveaxis(places, axes, last).reshape(shape)
    row, column = np.nonzero(found >= 0)
    np.add.at(sums, (row, found[row, column]), values.reshape(shape)[row, column].astype(wide))
    y = sums.astype(native(x.dtype)).reshape(*batch, *lengths)
    return np.moveaxis(y, last, axes)


def _of_planes(places: Array, lengths: tuple[int, ...], axes: tuple[int, ...]) -> Array:
    """Return places that count on from plane to plane as places in their planes."""
    begins = _starts(places.shape, lengths, axes)
    return np.where(places == -1, -1, places - begins)


def _starts(shape: tuple[int, ...], lengths: tuple[int, ...], axes: tuple[int, ...]) -> Array:
    batch = shape[: len(shape) - len(axes)]
    numbers = np.arange(prod(batch)).reshape(*batch, *(1,) * len(axes))
    return np.asarray(numbers * prod(lengths))


def _outside(
    indices: Array,
    places: Array,
    lengths: tuple[int, ...],
    axes: tuple[int, ...],
    may_be_none: bool,
    counts_planes: bool,
) -> ArgumentError:
    """Return the error that names the first index outside its plane."""
    begins: Any = _starts(places.shape, lengths, axes) if counts_planes else 0
    wrong = (places < begins) | (places - begins >= prod(lengths))
    if may_be_none:
        wrong &= places != -1
    where = first_place(wrong)
    begin = int(np.broadcast_to(begins, places.shape)[where])
    none = ", or be -1 for none" if may_be_none else ""
    wanted = f"lie in {begin} to {begin + prod(lengths) - 1}{none}"
    came = f"{indices[where]} at {where}"
    return ArgumentError(message("indices", wanted, came))


def _check_equal(x: Array, y: Array, places: Array, axes: tuple[int, ...]) -> None:
    """Raise if what lies at a place is not what a value put there is, or another NaN."""
    lies = engines.take(y, places, axes)
    assert lies is not None
    differs = (lies != x) & ~((lies != lies) & (x != x)) & (places >= 0)  # noqa: PLR0124
    if not np.any(differs):
        return
    where = first_place(differs)
    wanted = "name a place once, or again with the same value"
    came = f"{places[where]} for {x[where]} at {where} and again for {lies[where]}"
    raise ArgumentError(message("indices", wanted, came, hint=SET_APART))
