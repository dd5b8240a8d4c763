"""Whole axes × reducers: the global operators, of one window."""

from typing import Any, Protocol

import numpy.typing as npt

from poolkit._arguments import Axes, boolean, global_specification
from poolkit.ops.derive import of_ranks, of_reducer, operator
from poolkit.ops.request import Array, Reduce, Request
from poolkit.reducers import Lp, Max, Mean, Min, Product, Range, Std, Sum, Var, find

__all__ = [
    "global_avg_pool",
    "global_avg_pool1d",
    "global_avg_pool2d",
    "global_avg_pool3d",
    "global_lp_pool",
    "global_lp_pool1d",
    "global_lp_pool2d",
    "global_lp_pool3d",
    "global_max_pool",
    "global_max_pool1d",
    "global_max_pool2d",
    "global_max_pool3d",
    "global_min_pool",
    "global_min_pool1d",
    "global_min_pool2d",
    "global_min_pool3d",
    "global_pool",
    "global_pool1d",
    "global_pool2d",
    "global_pool3d",
    "global_product_pool",
    "global_product_pool1d",
    "global_product_pool2d",
    "global_product_pool3d",
    "global_range_pool",
    "global_range_pool1d",
    "global_range_pool2d",
    "global_range_pool3d",
    "global_std_pool",
    "global_std_pool1d",
    "global_std_pool2d",
    "global_std_pool3d",
    "global_sum_pool",
    "global_sum_pool1d",
    "global_sum_pool2d",
    "global_sum_pool3d",
    "global_var_pool",
    "global_var_pool1d",
    "global_var_pool2d",
    "global_var_pool3d",
]


@operator
def global_pool(
    x: npt.ArrayLike,
    *,
    reduce: Reduce,
    axes: Axes = None,
    keepdims: bool = False,
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
    An empty axis is an error. NaN, ties, dtype: as the reducer says.
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
    return Request(asked, find(reduce), engine, drops_axes=drops_axes)


class GlobalOperator(Protocol):
    """A global operator of one reducer."""

    __name__: str

    def __call__(
        self,
        x: npt.ArrayLike,
        *,
        axes: Axes = ...,
        keepdims: bool = ...,
        engine: str | None = ...,
        out: Array | None = ...,
        **parameters: Any,
    ) -> Any: ...


global_max_pool: GlobalOperator = of_reducer(global_pool, Max, "global_max_pool")
global_min_pool: GlobalOperator = of_reducer(global_pool, Min, "global_min_pool")
global_avg_pool: GlobalOperator = of_reducer(global_pool, Mean, "global_avg_pool")
global_sum_pool: GlobalOperator = of_reducer(global_pool, Sum, "global_sum_pool")
global_product_pool: GlobalOperator = of_reducer(global_pool, Product, "global_product_pool")
global_lp_pool: GlobalOperator = of_reducer(global_pool, Lp, "global_lp_pool")
global_std_pool: GlobalOperator = of_reducer(global_pool, Std, "global_std_pool")
global_var_pool: GlobalOperator = of_reducer(global_pool, Var, "global_var_pool")
global_range_pool: GlobalOperator = of_reducer(global_pool, Range, "global_range_pool")

global_pool1d, global_pool2d, global_pool3d = of_ranks(global_pool)
global_max_pool1d, global_max_pool2d, global_max_pool3d = of_ranks(global_max_pool)
global_min_pool1d, global_min_pool2d, global_min_pool3d = of_ranks(global_min_pool)
global_avg_pool1d, global_avg_pool2d, global_avg_pool3d = of_ranks(global_avg_pool)
global_sum_pool1d, global_sum_pool2d, global_sum_pool3d = of_ranks(global_sum_pool)
global_product_pool1d, global_product_pool2d, global_product_pool3d = of_ranks(global_product_pool)
global_lp_pool1d, global_lp_pool2d, global_lp_pool3d = of_ranks(global_lp_pool)
global_std_pool1d, global_std_pool2d, global_std_pool3d = of_ranks(global_std_pool)
global_var_pool1d, global_var_pool2d, global_var_pool3d = of_ranks(global_var_pool)
global_range_pool1d, global_range_pool2d, global_range_pool3d = of_ranks(global_range_pool)
