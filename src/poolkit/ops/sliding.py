"""Sliding windows × reducers: the operators whose windows have a given size."""

import numpy.typing as npt

from poolkit._arguments import Axes, OneOrPerAxis, Padding, boolean, sliding_specification
from poolkit.ops.derive import of_ranks
from poolkit.ops.documentation import documented
from poolkit.ops.run import Array, Reduce, run
from poolkit.reducers import Lp, Max, Mean, Min, Product, Range, Std, Sum, Var, find
from poolkit.reducers.reducer import Divisor

__all__ = [
    "avg_pool",
    "avg_pool1d",
    "avg_pool2d",
    "avg_pool3d",
    "lp_pool",
    "lp_pool1d",
    "lp_pool2d",
    "lp_pool3d",
    "max_pool",
    "max_pool1d",
    "max_pool2d",
    "max_pool3d",
    "min_pool",
    "min_pool1d",
    "min_pool2d",
    "min_pool3d",
    "pool",
    "pool1d",
    "pool2d",
    "pool3d",
    "product_pool",
    "product_pool1d",
    "product_pool2d",
    "product_pool3d",
    "range_pool",
    "range_pool1d",
    "range_pool2d",
    "range_pool3d",
    "std_pool",
    "std_pool1d",
    "std_pool2d",
    "std_pool3d",
    "sum_pool",
    "sum_pool1d",
    "sum_pool2d",
    "sum_pool3d",
    "var_pool",
    "var_pool1d",
    "var_pool2d",
    "var_pool3d",
]


@documented
def pool(
    x: npt.ArrayLike,
    kernel_size: OneOrPerAxis,
    *,
    reduce: Reduce,
    stride: OneOrPerAxis | None = None,
    padding: Padding = 0,
    dilation: OneOrPerAxis = 1,
    ceil_mode: bool = False,
    axes: Axes = None,
    engine: str | None = None,
) -> Array:
    """Return what a reducer makes of every sliding window.

    Window o of an axis holds the elements at o·stride − low + j·dilation, j = 0 to
    k − 1, as far as they lie inside the input.

    Parameters
    ----------
    {x}
    {kernel_size}
    reduce : str, Reducer or callable
        A name (``"max"``, ``"min"``, ``"sum"``, ``"mean"``, ``"lp"``, ``"std"``,
        ``"var"``, ``"range"``, ``"product"``), a reducer with its parameters
        (``poolkit.reducers.Lp(3)``), or any function called as
        ``function(windows, axis=-1)`` with windows of shape (..., k): NumPy's
        reductions, ``np.median`` among them, are such functions.
    {windows}

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
    NaN, dtype: as the reducer says; for a function, as the function does.
    Cost: a function is called on windows laid out in memory, 2¹⁷ elements at a time.

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
    return run(x, find(reduce), asked, engine)


@documented
def max_pool(
    x: npt.ArrayLike,
    kernel_size: OneOrPerAxis,
    *,
    stride: OneOrPerAxis | None = None,
    padding: Padding = 0,
    dilation: OneOrPerAxis = 1,
    ceil_mode: bool = False,
    axes: Axes = None,
    engine: str | None = None,
) -> Array:
    """Return the largest element of every sliding window.

    y[o] = max over j of x[o·stride − low + j·dilation], padding left out.

    Parameters
    ----------
    {x}
    {kernel_size}
    {windows}

    Returns
    -------
    {sliding_output}

    Raises
    ------
    {errors}

    Notes
    -----
    {empty}
    NaN: a window that holds one becomes NaN. Infinities are values like any other.
    Ties: equal elements give the same result, but of −0.0 and 0.0 either may come out.
    Dtype: that of `x`; exact.
    {cost}
    Source: PyTorch's ``max_pool2d``; deviations: padding is limited only by the rule
    that no window may be empty.

    Examples
    --------
    >>> import numpy as np
    >>> import poolkit
    >>> x = np.array([[3, 8, 1, 5], [6, 2, 4, 0], [7, 1, 9, 2], [4, 3, 6, 8]])
    >>> poolkit.max_pool(x, (2, 2))
    array([[8, 5],
           [7, 9]])
    >>> poolkit.max_pool(x, 2, stride=1, padding="same", axes=1)
    array([[8, 8, 5, 5],
           [6, 4, 4, 0],
           [7, 9, 9, 2],
           [4, 6, 8, 8]])

    See Also
    --------
    adaptive_max_pool : the number of windows is given, not their size
    """
    asked = sliding_specification(kernel_size, stride, padding, dilation, ceil_mode, axes)
    return run(x, Max(), asked, engine)


@documented
def min_pool(
    x: npt.ArrayLike,
    kernel_size: OneOrPerAxis,
    *,
    stride: OneOrPerAxis | None = None,
    padding: Padding = 0,
    dilation: OneOrPerAxis = 1,
    ceil_mode: bool = False,
    axes: Axes = None,
    engine: str | None = None,
) -> Array:
    """Return the smallest element of every sliding window.

    y[o] = min over j of x[o·stride − low + j·dilation], padding left out.

    Parameters
    ----------
    {x}
    {kernel_size}
    {windows}

    Returns
    -------
    {sliding_output}

    Raises
    ------
    {errors}

    Notes
    -----
    {empty}
    NaN: a window that holds one becomes NaN. Infinities are values like any other.
    Ties: equal elements give the same result, but of −0.0 and 0.0 either may come out.
    Dtype: that of `x`; exact. The idiom ``-max_pool(-x)`` is wrong for unsigned
    integers and for the most negative signed one; this is not.
    {cost}
    Source: the definition.

    Examples
    --------
    >>> import numpy as np
    >>> import poolkit
    >>> poolkit.min_pool(np.array([3, 1, 4, 1, 5, 9], dtype=np.uint8), (2,))
    array([1, 1, 5], dtype=uint8)
    """
    asked = sliding_specification(kernel_size, stride, padding, dilation, ceil_mode, axes)
    return run(x, Min(), asked, engine)


@documented
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
    engine: str | None = None,
) -> Array:
    """Return the mean of every sliding window.

    y[o] = (Σ over j of x[o·stride − low + j·dilation], padding left out) / divisor.

    Parameters
    ----------
    {x}
    {kernel_size}
    {windows}
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
    return run(x, Mean(divisor), asked, engine)


@documented
def sum_pool(
    x: npt.ArrayLike,
    kernel_size: OneOrPerAxis,
    *,
    stride: OneOrPerAxis | None = None,
    padding: Padding = 0,
    dilation: OneOrPerAxis = 1,
    ceil_mode: bool = False,
    axes: Axes = None,
    engine: str | None = None,
) -> Array:
    """Return the sum of every sliding window.

    y[o] = Σ over j of x[o·stride − low + j·dilation], padding left out.

    Parameters
    ----------
    {x}
    {kernel_size}
    {windows}

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
    Dtype: that of `x` for floats, accumulated in float64; uint64 for unsigned
    integers, int64 for the others and bool, wrapping around as NumPy's sums do.
    {cost}
    Source: the definition.

    Examples
    --------
    >>> import numpy as np
    >>> import poolkit
    >>> poolkit.sum_pool(np.array([[True, False, True], [True, True, True]]), (2, 2), stride=1)
    array([[3, 3]])
    """
    asked = sliding_specification(kernel_size, stride, padding, dilation, ceil_mode, axes)
    return run(x, Sum(), asked, engine)


@documented
def product_pool(
    x: npt.ArrayLike,
    kernel_size: OneOrPerAxis,
    *,
    stride: OneOrPerAxis | None = None,
    padding: Padding = 0,
    dilation: OneOrPerAxis = 1,
    ceil_mode: bool = False,
    axes: Axes = None,
    engine: str | None = None,
) -> Array:
    """Return the product of every sliding window.

    y[o] = Π over j of x[o·stride − low + j·dilation], padding left out.

    Parameters
    ----------
    {x}
    {kernel_size}
    {windows}

    Returns
    -------
    {sliding_output}

    Raises
    ------
    {errors}

    Notes
    -----
    {empty}
    NaN: a window that holds one becomes NaN, and so does one with 0 and an infinity.
    Dtype: as for :func:`sum_pool`.
    {cost}
    Source: the definition.

    Examples
    --------
    >>> import poolkit
    >>> poolkit.product_pool([1.0, 2.0, 3.0, 4.0], (2,))
    array([ 2., 12.])
    """
    asked = sliding_specification(kernel_size, stride, padding, dilation, ceil_mode, axes)
    return run(x, Product(), asked, engine)


@documented
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
    engine: str | None = None,
) -> Array:
    """Return the Lp norm of every sliding window.

    y[o] = (Σ over j of |x[o·stride − low + j·dilation]|ᵖ)^(1/p), padding left out;
    for p = ∞ the largest magnitude.

    Parameters
    ----------
    {x}
    norm_type : float
        p, at least 1; infinity is allowed.
    {kernel_size}
    {windows}

    Returns
    -------
    {sliding_output}

    Raises
    ------
    {errors}

    Notes
    -----
    {empty}
    NaN: a window that holds one becomes NaN; one with an infinity and no NaN, infinity.
    Dtype: that of `x` for floats, computed in float64; float64 for integers and bool.
    Magnitudes are scaled by the largest of the window, so that nothing overflows or
    vanishes unless the norm itself does.
    {cost}
    Source: the norm's definition and ONNX's ``LpPool``. PyTorch's ``lp_pool2d`` leaves
    out the absolute value, and multiplies partial windows as if they were whole.

    Examples
    --------
    >>> import poolkit
    >>> poolkit.lp_pool([3.0, -4.0, 1e200, 1e200], 2, (2,))
    array([5.00000000e+000, 1.41421356e+200])
    """
    asked = sliding_specification(kernel_size, stride, padding, dilation, ceil_mode, axes)
    return run(x, Lp(norm_type), asked, engine)


@documented
def std_pool(
    x: npt.ArrayLike,
    kernel_size: OneOrPerAxis,
    *,
    ddof: int = 0,
    stride: OneOrPerAxis | None = None,
    padding: Padding = 0,
    dilation: OneOrPerAxis = 1,
    ceil_mode: bool = False,
    axes: Axes = None,
    engine: str | None = None,
) -> Array:
    """Return the standard deviation of every sliding window.

    The square root of :func:`var_pool`.

    Parameters
    ----------
    {x}
    {kernel_size}
    {ddof}
    {windows}

    Returns
    -------
    {sliding_output}

    Raises
    ------
    {errors}

    Notes
    -----
    {empty}
    NaN: a window that holds one, or an infinity, becomes NaN, and so does a window of
    `ddof` elements or fewer.
    Dtype: that of `x` for floats, computed in float64; float64 for integers and bool.
    {cost}
    Source: the definition, in two passes.

    Examples
    --------
    >>> import poolkit
    >>> poolkit.std_pool([1.0, 3.0, 1e8, 1e8 + 2], (2,))
    array([1., 1.])
    """
    asked = sliding_specification(kernel_size, stride, padding, dilation, ceil_mode, axes)
    return run(x, Std(ddof), asked, engine)


@documented
def var_pool(
    x: npt.ArrayLike,
    kernel_size: OneOrPerAxis,
    *,
    ddof: int = 0,
    stride: OneOrPerAxis | None = None,
    padding: Padding = 0,
    dilation: OneOrPerAxis = 1,
    ceil_mode: bool = False,
    axes: Axes = None,
    engine: str | None = None,
) -> Array:
    """Return the variance of every sliding window.

    y[o] = Σ (x − mean)² / (count − ddof) over the elements inside the input.

    Parameters
    ----------
    {x}
    {kernel_size}
    {ddof}
    {windows}

    Returns
    -------
    {sliding_output}

    Raises
    ------
    {errors}

    Notes
    -----
    {empty}
    NaN: a window that holds one, or an infinity, becomes NaN, and so does a window of
    `ddof` elements or fewer.
    Dtype: that of `x` for floats, computed in float64; float64 for integers and bool.
    {cost}
    Source: the definition, in two passes.

    Examples
    --------
    >>> import poolkit
    >>> poolkit.var_pool([1.0, 3.0, 10.0, 20.0], (2,), ddof=1)
    array([ 2., 50.])
    """
    asked = sliding_specification(kernel_size, stride, padding, dilation, ceil_mode, axes)
    return run(x, Var(ddof), asked, engine)


@documented
def range_pool(
    x: npt.ArrayLike,
    kernel_size: OneOrPerAxis,
    *,
    stride: OneOrPerAxis | None = None,
    padding: Padding = 0,
    dilation: OneOrPerAxis = 1,
    ceil_mode: bool = False,
    axes: Axes = None,
    engine: str | None = None,
) -> Array:
    """Return the largest less the smallest element of every sliding window.

    Parameters
    ----------
    {x}
    {kernel_size}
    {windows}

    Returns
    -------
    {sliding_output}

    Raises
    ------
    {errors}

    Notes
    -----
    {empty}
    NaN: a window that holds one becomes NaN, and so does one whose extremes are the
    same infinity.
    Dtype: that of `x` for floats and bool; for integers the unsigned type of the same
    width, in which the difference always fits.
    {cost}
    Source: NumPy's ``ptp``, without its overflow.

    Examples
    --------
    >>> import numpy as np
    >>> import poolkit
    >>> poolkit.range_pool(np.array([-128, 127, 5, 3], dtype=np.int8), (2,))
    array([255,   2], dtype=uint8)
    """
    asked = sliding_specification(kernel_size, stride, padding, dilation, ceil_mode, axes)
    return run(x, Range(), asked, engine)


pool1d, pool2d, pool3d = of_ranks(pool)
max_pool1d, max_pool2d, max_pool3d = of_ranks(max_pool)
min_pool1d, min_pool2d, min_pool3d = of_ranks(min_pool)
avg_pool1d, avg_pool2d, avg_pool3d = of_ranks(avg_pool)
sum_pool1d, sum_pool2d, sum_pool3d = of_ranks(sum_pool)
product_pool1d, product_pool2d, product_pool3d = of_ranks(product_pool)
lp_pool1d, lp_pool2d, lp_pool3d = of_ranks(lp_pool)
std_pool1d, std_pool2d, std_pool3d = of_ranks(std_pool)
var_pool1d, var_pool2d, var_pool3d = of_ranks(var_pool)
range_pool1d, range_pool2d, range_pool3d = of_ranks(range_pool)
