"""Whole axes × reducers: the global operators, of one window."""

from collections.abc import Sequence
from typing import Any, Protocol

import numpy.typing as npt

from poolkit._arguments import Axes, boolean, global_specification
from poolkit.ops.ask import Nan, request
from poolkit.ops.derive import operator
from poolkit.ops.request import Array, Reduce, Request

__all__ = ["GlobalOperator", "global_pool"]


@operator
def global_pool(
    x: npt.ArrayLike,
    *,
    reduce: Reduce | Sequence[Reduce],
    axes: Axes = None,
    keepdims: bool = False,
    mask: npt.ArrayLike | None = None,
    weights: npt.ArrayLike | None = None,
    lengths: npt.ArrayLike | None = None,
    nan: Nan = "propagate",
    nodata: float | None = None,
    min_valid: float = 1,
    engine: str | None = None,
    out: Array | None = None,
) -> Request:
    """Return what a reducer makes of whole axes, as one window.

    Parameters
    ----------
    {x}
    reduce : str, Reducer or callable
        As for :func:`pool`.
    axes : int or sequence of int
        The axes to pool, in the numbering of NumPy.
    keepdims : bool, default False
        Whether pooled axes stay, with length 1.
    {missing}
    {engine}

    Returns
    -------
    array
        Of the shape of `x` without the pooled axes, or with 1 in their place.

    Raises
    ------
    {errors}

    Notes
    -----
    An empty axis is an error. NaN, ties, dtype, gradient: as the reducer says.
    Source: ONNX's ``GlobalAveragePool``, ``GlobalMaxPool``, ``GlobalLpPool``.

    Examples
    --------
    >>> import numpy as np
    >>> import poolkit
    >>> image = np.arange(12.0).reshape(2, 2, 3)  # height, width, channels
    >>> poolkit.global_pool(image, reduce="mean", axes=(0, 1))
    array([4.5, 5.5, 6.5])
    >>> poolkit.global_pool(image, reduce="max", axes=(0, 1), keepdims=True).shape
    (1, 1, 3)
    """
    asked = global_specification(axes)
    drops_axes = not boolean("keepdims", keepdims)
    return request(asked, reduce, engine, nan, nodata, min_valid, drops_axes=drops_axes)


class GlobalOperator(Protocol):
    """A global operator of one reducer."""

    __name__: str

    def __call__(
        self,
        x: npt.ArrayLike,
        *,
        axes: Axes = ...,
        keepdims: bool = ...,
        mask: npt.ArrayLike | None = ...,
        weights: npt.ArrayLike | None = ...,
        lengths: npt.ArrayLike | None = ...,
        nan: Nan = ...,
        nodata: float | None = ...,
        min_valid: float = ...,
        engine: str | None = ...,
        out: Array | None = ...,
        **parameters: Any,
    ) -> Any: ...
