"""Adaptive windows × reducers: the operators whose number of windows is given."""

from typing import Any, Protocol

import numpy.typing as npt

from poolkit._arguments import Axes, OutputSize, adaptive_specification
from poolkit.ops.derive import of_ranks, of_reducer, operator
from poolkit.ops.request import Array, Reduce, Request
from poolkit.reducers import Lp, Max, Mean, Min, Product, Range, Std, Sum, Var, find

__all__ = [
    "adaptive_avg_pool",
    "adaptive_avg_pool1d",
    "adaptive_avg_pool2d",
    "adaptive_avg_pool3d",
    "adaptive_lp_pool",
    "adaptive_lp_pool1d",
    "adaptive_lp_pool2d",
    "adaptive_lp_pool3d",
    "adaptive_max_pool",
    "adaptive_max_pool1d",
    "adaptive_max_pool2d",
    "adaptive_max_pool3d",
    "adaptive_min_pool",
    "adaptive_min_pool1d",
    "adaptive_min_pool2d",
    "adaptive_min_pool3d",
    "adaptive_pool",
    "adaptive_pool1d",
    "adaptive_pool2d",
    "adaptive_pool3d",
    "adaptive_product_pool",
    "adaptive_product_pool1d",
    "adaptive_product_pool2d",
    "adaptive_product_pool3d",
    "adaptive_range_pool",
    "adaptive_range_pool1d",
    "adaptive_range_pool2d",
    "adaptive_range_pool3d",
    "adaptive_std_pool",
    "adaptive_std_pool1d",
    "adaptive_std_pool2d",
    "adaptive_std_pool3d",
    "adaptive_sum_pool",
    "adaptive_sum_pool1d",
    "adaptive_sum_pool2d",
    "adaptive_sum_pool3d",
    "adaptive_var_pool",
    "adaptive_var_pool1d",
    "adaptive_var_pool2d",
    "adaptive_var_pool3d",
]


@operator
def adaptive_pool(
    x: npt.ArrayLike,
    output_size: OutputSize,
    *,
    reduce: Reduce,
    axes: Axes = None,
    engine: str | None = None,
    out: Array | None = None,
) -> Request:
    """Return what a reducer makes of as many windows as asked for.

    Window o of m on an axis of n elements holds elements ⌊o·n/m⌋ to ⌈(o+1)·n/m⌉ − 1.

    Parameters
    ----------
    {x}
    {output_size}
    reduce : str, Reducer or callable
        As for :func:`pool`.
    {axes}
    {engine}

    Returns
    -------
    {adaptive_output}

    Raises
    ------
    {errors}

    Notes
    -----
    Windows overlap by an element where `output_size` does not divide the axis, and
    repeat where it is larger. No window is empty. NaN, ties, dtype: as the reducer says.
    Source: PyTorch's ``adaptive_avg_pool2d`` and ``adaptive_max_pool2d``.

    Examples
    --------
    >>> import numpy as np
    >>> import poolkit
    >>> poolkit.adaptive_pool(np.arange(10.0), (3,), reduce="mean")
    array([1.5, 4.5, 7.5])

    See Also
    --------
    pool : the size of the windows is given, not their number
    """
    return Request(adaptive_specification(output_size, axes), find(reduce), engine)


class AdaptiveOperator(Protocol):
    """An adaptive operator of one reducer."""

    __name__: str

    def __call__(
        self,
        x: npt.ArrayLike,
        output_size: OutputSize,
        *,
        axes: Axes = ...,
        engine: str | None = ...,
        out: Array | None = ...,
        **parameters: Any,
    ) -> Any: ...


adaptive_max_pool: AdaptiveOperator = of_reducer(adaptive_pool, Max, "adaptive_max_pool")
adaptive_min_pool: AdaptiveOperator = of_reducer(adaptive_pool, Min, "adaptive_min_pool")
adaptive_avg_pool: AdaptiveOperator = of_reducer(adaptive_pool, Mean, "adaptive_avg_pool")
adaptive_sum_pool: AdaptiveOperator = of_reducer(adaptive_pool, Sum, "adaptive_sum_pool")
adaptive_product_pool: AdaptiveOperator = of_reducer(
    adaptive_pool, Product, "adaptive_product_pool"
)
adaptive_lp_pool: AdaptiveOperator = of_reducer(adaptive_pool, Lp, "adaptive_lp_pool")
adaptive_std_pool: AdaptiveOperator = of_reducer(adaptive_pool, Std, "adaptive_std_pool")
adaptive_var_pool: AdaptiveOperator = of_reducer(adaptive_pool, Var, "adaptive_var_pool")
adaptive_range_pool: AdaptiveOperator = of_reducer(adaptive_pool, Range, "adaptive_range_pool")

adaptive_pool1d, adaptive_pool2d, adaptive_pool3d = of_ranks(adaptive_pool)
adaptive_max_pool1d, adaptive_max_pool2d, adaptive_max_pool3d = of_ranks(adaptive_max_pool)
adaptive_min_pool1d, adaptive_min_pool2d, adaptive_min_pool3d = of_ranks(adaptive_min_pool)
adaptive_avg_pool1d, adaptive_avg_pool2d, adaptive_avg_pool3d = of_ranks(adaptive_avg_pool)
adaptive_sum_pool1d, adaptive_sum_pool2d, adaptive_sum_pool3d = of_ranks(adaptive_sum_pool)
adaptive_product_pool1d, adaptive_product_pool2d, adaptive_product_pool3d = of_ranks(
    adaptive_product_pool
)
adaptive_lp_pool1d, adaptive_lp_pool2d, adaptive_lp_pool3d = of_ranks(adaptive_lp_pool)
adaptive_std_pool1d, adaptive_std_pool2d, adaptive_std_pool3d = of_ranks(adaptive_std_pool)
adaptive_var_pool1d, adaptive_var_pool2d, adaptive_var_pool3d = of_ranks(adaptive_var_pool)
adaptive_range_pool1d, adaptive_range_pool2d, adaptive_range_pool3d = of_ranks(adaptive_range_pool)
