"""Sliding windows × reducers: the operators whose windows have a given size."""

from collections.abc import Sequence
from typing import Any, Protocol

import numpy.typing as npt

from poolkit._arguments import Axes, OneOrPerAxis, Padding, boolean, sliding_specification
from poolkit.geometry.border import Border
from poolkit.ops.ask import Nan, request
from poolkit.ops.derive import operator
from poolkit.ops.documentation import compose
from poolkit.ops.request import Array, Reduce, Request
from poolkit.reducers import Lp, Mean
from poolkit.reducers.reducer import Divisor

__all__ = ["SlidingOperator", "avg_pool", "lp_pool", "pool"]


@operator
def pool(
    x: npt.ArrayLike,
    kernel_size: OneOrPerAxis,
    *,
    reduce: Reduce | Sequence[Reduce],
    stride: OneOrPerAxis | None = None,
    padding: Padding = 0,
    dilation: OneOrPerAxis = 1,
    ceil_mode: bool = False,
    axes: Axes = None,
    border: Border | None = None,
    mask: npt.ArrayLike | None = None,
    weights: npt.ArrayLike | None = None,
    lengths: npt.ArrayLike | None = None,
    nan: Nan = "propagate",
    nodata: float | None = None,
    min_valid: float = 1,
    engine: str | None = None,
    out: Array | None = None,
) -> Request:
    """Return what a reducer makes of every sliding window.

    Window o of an axis holds the elements at o·stride − low + j·dilation, j = 0 to
    k − 1, as far as they lie inside the input.

    Parameters
    ----------
    {x}
    {kernel_size}
    reduce : str, Reducer or callable
        A name (``"max"``, ``"min"``, ``"sum"``, ``"mean"``, ``"lp"``, ``"std"``,
        ``"var"``, ``"range"``, ``"product"``, ``"soft"``, ``"log_sum_exp"``, ``"gem"``,
        ``"median"``, ``"quantile"``, ``"mode"``, ``"rank"``, ``"top_mean"``,
        ``"ordinal"``), a reducer with its parameters (``poolkit.reducers.Lp(3)``), or any
        function called as ``function(windows, axis=-1)`` with windows of shape (..., k):
        NumPy's reductions, ``np.ptp`` among them, are such functions.
    {windows}
    {border}
    {missing}

    Returns
    -------
    {sliding_output}

    Raises
    ------
    {errors}

    Notes
    -----
    ``"mean"`` divides by the number of elements inside the input, whatever the
    padding; :func:`avg_pool` divides as PyTorch does. A function sees the elements
    inside the input only, in row-major order, and fewer of them at the border.

    {empty}
    NaN, ties, dtype, gradient: as the reducer says; for a function, as the function does, and
    without a gradient.
    Cost: a function is called on windows laid out in memory, 2¹⁷ elements at a time.
    Source: the definition.

    Examples
    --------
    >>> import numpy as np
    >>> import poolkit
    >>> x = np.array([[3, 8, 1, 5], [6, 2, 4, 0], [7, 1, 9, 2], [4, 3, 6, 8]])
    >>> poolkit.pool(x, (2, 2), reduce="max")
    array([[8, 5],
           [7, 9]])
    >>> poolkit.pool(x, (2, 2), reduce=np.median)
    array([[4.5, 2.5],
           [3.5, 7. ]])

    See Also
    --------
    adaptive_pool : the number of windows is given, not their size
    """
    asked = sliding_specification(kernel_size, stride, padding, dilation, ceil_mode, axes)
    return request(asked, reduce, engine, nan, nodata, min_valid, border=border)


@operator
def avg_pool(
    x: npt.ArrayLike,
    kernel_size: OneOrPerAxis,
    *,
    stride: OneOrPerAxis | None = None,
    padding: Padding = 0,
    dilation: OneOrPerAxis = 1,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: float | None = None,
    axes: Axes = None,
    border: Border | None = None,
    mask: npt.ArrayLike | None = None,
    weights: npt.ArrayLike | None = None,
    lengths: npt.ArrayLike | None = None,
    nan: Nan = "propagate",
    nodata: float | None = None,
    min_valid: float = 1,
    engine: str | None = None,
    out: Array | None = None,
) -> Request:
    """Return the mean of every sliding window.

    y[o] = (Σ over j of x[o·stride − low + j·dilation], padding left out) / divisor.

    Parameters
    ----------
    {x}
    {kernel_size}
    {windows}
    {border}
    {missing}
    count_include_pad : bool, default True
        Whether the divisor counts the window's elements that lie in the padding, as
        PyTorch does by default and TensorFlow and Keras never do. What hangs over
        the end of the padding in `ceil_mode` never counts.
    divisor_override : float, optional
        A divisor for all windows, not 0.

    Returns
    -------
    {sliding_output}

    Raises
    ------
    {errors}

    Notes
    -----
    {empty}
    NaN: a window that holds one becomes NaN, and so does one with both infinities.
    Dtype: that of `x` for floats, float64 for integers and bool. Accumulated in
    float64: float16 and float32 means are within one unit in the last place.
    Ties: none.
    Gradient: every element gets that of its window over the divisor.
    {cost}
    Source: PyTorch's ``avg_pool2d``; deviations: dilation, and any padding that
    leaves no window empty.

    Examples
    --------
    >>> import numpy as np
    >>> import poolkit
    >>> x = np.array([1.0, 2.0, 3.0, 4.0, 5.0, 6.0])
    >>> poolkit.avg_pool(x, (3,), stride=2, ceil_mode=True)
    array([2. , 4. , 5.5])
    >>> poolkit.avg_pool(x, (3,), padding="same", count_include_pad=False)
    array([2., 5.])
    """
    divisor: Divisor = "padded" if boolean("count_include_pad", count_include_pad) else "valid"
    if divisor_override is not None:
        divisor = divisor_override
    asked = sliding_specification(kernel_size, stride, padding, dilation, ceil_mode, axes)
    return request(asked, Mean(divisor), engine, nan, nodata, min_valid, border=border)


@operator
def lp_pool(
    x: npt.ArrayLike,
    norm_type: float,
    kernel_size: OneOrPerAxis,
    *,
    stride: OneOrPerAxis | None = None,
    padding: Padding = 0,
    dilation: OneOrPerAxis = 1,
    ceil_mode: bool = False,
    axes: Axes = None,
    border: Border | None = None,
    mask: npt.ArrayLike | None = None,
    weights: npt.ArrayLike | None = None,
    lengths: npt.ArrayLike | None = None,
    nan: Nan = "propagate",
    nodata: float | None = None,
    min_valid: float = 1,
    engine: str | None = None,
    out: Array | None = None,
) -> Request:
    """Return the Lp norm of every sliding window."""
    asked = sliding_specification(kernel_size, stride, padding, dilation, ceil_mode, axes)
    return request(asked, Lp(norm_type), engine, nan, nodata, min_valid, border=border)


lp_pool.__doc__ = compose(pool, Lp)


class SlidingOperator(Protocol):
    """A sliding operator of one reducer, whose parameters are keywords."""

    __name__: str

    def __call__(
        self,
        x: npt.ArrayLike,
        kernel_size: OneOrPerAxis,
        *,
        stride: OneOrPerAxis | None = ...,
        padding: Padding = ...,
        dilation: OneOrPerAxis = ...,
        ceil_mode: bool = ...,
        axes: Axes = ...,
        border: Border | None = ...,
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
