"""Values put back to where a maximum found them, zeros elsewhere."""

from math import prod
from typing import Literal

import numpy as np

from poolkit._errors import ArgumentError, message
from poolkit.reducers.reducer import Array

__all__ = ["pick", "place"]


def place(
    x: Array,
    indices: Array,
    lengths: tuple[int, ...],
    axes: tuple[int, ...],
    repeated: Literal["last", "sum"] = "last",
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
    repeated : {"last", "sum"}, default "last"
        What becomes of an index that comes more than once in a plane: the value that comes
        last in row-major order, or the sum.

    Returns
    -------
    array
        Of the dtype of `x`, its axes in the same order.

    Raises
    ------
    ArgumentError
        If the shapes differ, or an index does not lie in its plane.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.array([[5.0, 7.0]])
    >>> place(x, np.array([[1, 3]]), (4,), (1,))
    array([[0., 5., 0., 7.]])
    """
    _check(x, indices, lengths)
    values = np.moveaxis(x, axes, range(-len(axes), 0))
    batch = values.shape[: x.ndim - len(axes)]
    # Not −1: of an empty batch, NumPy could not tell.
    size = prod(x.shape[axis] for axis in axes)
    places = np.moveaxis(indices, axes, range(-len(axes), 0)).reshape(prod(batch), size)
    flat = np.zeros((prod(batch), prod(lengths)), x.dtype)
    rows = np.arange(prod(batch))[:, np.newaxis]
    if repeated == "sum":
        np.add.at(flat, (rows, places), values.reshape(places.shape))
    else:
        flat[rows, places] = values.reshape(places.shape)
    return np.moveaxis(flat.reshape(*batch, *lengths), range(-len(axes), 0), axes)


def pick(x: Array, indices: Array, axes: tuple[int, ...]) -> Array:
    """Return the values of `x` at the places of `indices`: the gradient of :func:`place`.

    Parameters
    ----------
    x : array of shape (*batch, *n)
    indices : array of int of shape (*batch, *m)
        Row-major positions in a plane of `x`.
    axes : tuple of int
        The pooled axes, ascending and not negative.

    Returns
    -------
    array of shape (*batch, *m)

    Raises
    ------
    ArgumentError
        If an index does not lie in its plane.

    Examples
    --------
    >>> import numpy as np
    >>> pick(np.array([[1.0, 5.0, 2.0, 7.0]]), np.array([[1, 3]]), (1,))
    array([[5., 7.]])
    """
    lengths = tuple(x.shape[axis] for axis in axes)
    _check(indices, indices, lengths)
    last = range(-len(axes), 0)
    values = np.moveaxis(x, axes, last)
    places = np.moveaxis(indices, axes, last)
    batch = values.shape[: x.ndim - len(axes)]
    flat = values.reshape(*batch, prod(lengths))
    size = prod(places.shape[len(batch) :])
    found = np.take_along_axis(flat, places.reshape(*batch, size), axis=-1)
    return np.moveaxis(found.reshape(places.shape), last, axes)


def _check(x: Array, indices: Array, lengths: tuple[int, ...]) -> None:
    if indices.shape != x.shape:
        raise ArgumentError(message("indices", f"have the shape of x, {x.shape}", indices.shape))
    positions = prod(lengths)
    if indices.size and not 0 <= indices.min() <= indices.max() < positions:
        came = f"{indices.min()} to {indices.max()}"
        raise ArgumentError(message("indices", f"lie in 0 to {positions - 1}", came))
