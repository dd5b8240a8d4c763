"""Blur pooling: binomial filters where a stride would alias; and maxima blurred so."""

from typing import Any

import numpy.typing as npt

from poolkit._arguments import (
    Axes,
    FilterBorder,
    OneOrPerAxis,
    Padding,
    blur_specification,
    sliding_specification,
)
from poolkit._arrays import as_numeric_array
from poolkit.geometry import Specification, WeightedSpecification
from poolkit.ops.ask import Nan
from poolkit.ops.derive import of_ranks, operation
from poolkit.ops.missing import Missing, Presence
from poolkit.ops.operation import Array, Linearised, Operation
from poolkit.ops.pieced import Pieced, pooling
from poolkit.ops.weighted import Weighing
from poolkit.reducers import Max
from poolkit.reducers.dtypes import as_float

__all__ = [
    "blur_pool",
    "blur_pool1d",
    "blur_pool2d",
    "blur_pool3d",
    "max_blur_pool",
    "max_blur_pool1d",
    "max_blur_pool2d",
    "max_blur_pool3d",
]


@operation
def blur_pool(
    x: npt.ArrayLike,
    kernel_size: OneOrPerAxis,
    *,
    stride: OneOrPerAxis = 2,
    border: FilterBorder = "reflect",
    axes: Axes = None,
    mask: npt.ArrayLike | None = None,
    weights: npt.ArrayLike | None = None,
    lengths: npt.ArrayLike | None = None,
    nan: Nan = "propagate",
    nodata: float | None = None,
    min_valid: float = 1,
    engine: str | None = None,
    out: Array | None = None,
) -> Operation:
    """Return sliding means weighted by a binomial filter.

    The filter keeps back the frequencies that the stride would fold onto others, so that the
    output moves as the input does. On each axis y[o] = Σ over j of C(k − 1, j) ·
    x[o·stride − ⌊(k − 1) / 2⌋ + j] / 2^(k − 1), j = 0 to k − 1.

    Parameters
    ----------
    {x}
    kernel_size : int or sequence of int, in elements, each 1 to 7
        k, the length of the filter on each pooled axis: 3 is (1, 2, 1) / 4. A sequence says
        how many axes are pooled; an integer does only together with `axes`.
    stride : int or sequence of int, in elements, each >= 1, default 2
        Steps from window to window.
    border : {"reflect", "symmetric", "replicate", "circular", "zero"}, default "reflect"
        What lies outside the input: its mirror image, in which the outermost element does
        not come again; that in which it does; the outermost element alone; the input again,
        from its other end; or zeros. Axes may be shorter than the filter reaches: they are
        mirrored or repeated over and over.
    axes : int or sequence of int, optional
        The pooled axes, in the order of `kernel_size`; by default the last ones.
    {missing}
    {engine}

    Returns
    -------
    array of shape (*batch, *m), in native byte order
        With m = ⌈n / stride⌉ on each pooled axis.

    Raises
    ------
    {errors}

    Notes
    -----
    Empty windows: none; an empty axis is an error.
    {weighed}
    NaN: windows that hold one become NaN, no others; so do those with both infinities.
    Dtype: that of `x` for floats, float64 for integers and bool. Accumulated in float64:
    results in float16 and float32 are within one unit in the last place. A constant stays
    itself exactly, but beside zeros.
    Ties: none.
    Gradient: every element gets that of its windows by its weights. A linear operator: its
    tangent is itself.
    Cost: axis after axis, one multiplication for each of the filter's elements.
    Source: Zhang, "Making Convolutional Networks Shift-Invariant Again", ICML 2019
    (arXiv:1904.11486), as the author's ``antialiased_cnns`` has it. Deviations: 1-D to 3-D and
    beyond with one rule, borders of any width. kornia's ``blur_pool2d`` pads ⌊(k − 1) / 2⌋
    zeros on both sides: ``border="zero"``, where k is odd. timm's ``BlurPool2d`` pads
    ⌊(stride + k − 2) / 2⌋ on both sides: the same where k is odd and the stride 1 or 2.

    Examples
    --------
    >>> import numpy as np
    >>> import poolkit
    >>> x = np.array([0.0, 8.0, 0.0, 8.0, 0.0, 8.0])
    >>> poolkit.blur_pool(x, (3,))
    array([4., 4., 4.])
    >>> poolkit.blur_pool(x, (3,), border="zero")
    array([2., 4., 4.])

    See Also
    --------
    max_blur_pool : maxima first
    avg_pool : all weights equal
    """
    presence = Presence(mask, weights, lengths, Missing(nan, nodata, min_valid))
    asked = blur_specification(kernel_size, stride, border, axes)
    return Weighing(asked, engine, "blur", presence)


@operation
def max_blur_pool(
    x: npt.ArrayLike,
    kernel_size: OneOrPerAxis,
    *,
    filter_size: OneOrPerAxis = 3,
    stride: OneOrPerAxis = 2,
    padding: Padding = 0,
    border: FilterBorder = "reflect",
    axes: Axes = None,
    mask: npt.ArrayLike | None = None,
    weights: npt.ArrayLike | None = None,
    lengths: npt.ArrayLike | None = None,
    nan: Nan = "propagate",
    nodata: float | None = None,
    min_valid: float = 1,
    engine: str | None = None,
    out: Array | None = None,
) -> Operation:
    """Return maxima of windows at every position, blurred before they are thinned out.

    ``blur_pool(max_pool(x, kernel_size, stride=1), filter_size, stride=stride)``: what a
    strided maximum becomes without its aliasing.

    Parameters
    ----------
    {x}
    kernel_size : int or sequence of int, in elements, each >= 1
        Elements per window of the maximum on each pooled axis. A sequence says how many axes
        are pooled; an integer does only together with `axes`.
    filter_size : int or sequence of int, in elements, each 1 to 7, default 3
        The length of the filter.
    stride : int or sequence of int, in elements, each >= 1, default 2
        Steps of the filter.
    padding : int, sequence of int or (low, high) pairs, or str, in elements, default 0
        Of the maximum: as for :func:`max_pool`.
    border : {"reflect", "symmetric", "replicate", "circular", "zero"}, default "reflect"
        What the filter finds outside the maxima: as for :func:`blur_pool`.
    axes : int or sequence of int, optional
        The pooled axes, in the order of `kernel_size`; by default the last ones.
    {missing}
    {engine}

    Returns
    -------
    array of shape (*batch, *m), in native byte order
        With m = ⌈(n + low + high − k + 1) / stride⌉ on each pooled axis.

    Raises
    ------
    {errors}

    Notes
    -----
    {few}
    Of such maxima the filter makes what :func:`blur_pool` makes of missing elements. It wants
    the share of maxima that `min_valid` is, or one of them where that is a number.
    NaN: what is made of windows that hold one is NaN.
    Ties: the gradient goes to the first in row-major order.
    Dtype: that of `x` for floats, float64 for integers and bool. Maxima are exact; then as for
    :func:`blur_pool`.
    Gradient: that of the filter, passed on to where each maximum lies.
    Cost: the maxima, as many as there are elements, lie in memory between the two.
    Source: Zhang, "Making Convolutional Networks Shift-Invariant Again", ICML 2019
    (arXiv:1904.11486): the maximum is not padded, nor is it in kornia's ``MaxBlurPool2D``, whose
    `kernel_size` is `filter_size` here and whose filter is bordered by zeros.

    Examples
    --------
    >>> import numpy as np
    >>> import poolkit
    >>> x = np.array([0.0, 0.0, 4.0, 4.0, 0.0, 0.0, 4.0, 4.0])
    >>> poolkit.max_pool(x, (2,)), poolkit.max_pool(x[1:], (2,))
    (array([0., 4., 0., 4.]), array([4., 4., 4.]))
    >>> poolkit.max_blur_pool(x, (2,))
    array([2., 4., 2., 4.])

    See Also
    --------
    blur_pool : the filter alone
    """
    maxima = sliding_specification(kernel_size, 1, padding, 1, False, axes)
    rank = len(maxima.windows)
    named = tuple(range(-rank, 0)) if maxima.axes is None else maxima.axes
    blur = blur_specification(filter_size, stride, border, named, "filter_size")
    presence = Presence(mask, weights, lengths, Missing(nan, nodata, min_valid))
    return _Blurred(maxima, blur, engine, presence)


class _Blurred(Operation):
    """Maxima, and a filter of those that are there.

    Parameters
    ----------
    maxima : Specification
    filters : WeightedSpecification
    engine : str, optional
    presence : Presence
        Of the elements.
    """

    __slots__ = ("engine", "filters", "maxima", "presence")

    def __init__(
        self,
        maxima: Specification,
        filters: WeightedSpecification,
        engine: str | None,
        presence: Presence,
    ) -> None:
        self.maxima = pooling(maxima, Max(), engine, presence)
        self.filters = filters
        self.engine = engine
        self.presence = presence

    def __call__(self, x: npt.ArrayLike, out: Any = None) -> Any:
        array = as_numeric_array(x)
        if not self.presence.is_usual and self.presence.missing.nodata is None:
            # Maxima of integers have no NaN for windows with too few elements.
            array = array.astype(as_float(array.dtype), copy=False)
        return self._blur(array)(self.maxima(array), out)

    def linearise(self, x: Array, wrt: tuple[str, ...]) -> Linearised:
        first = self.maxima.linearise(x, wrt)
        second = self._blur(x).linearise(first.y, ("x",))
        return Linearised(
            second.y,
            lambda tangents: second.push((first.push(tangents),)),
            lambda gradient: first.pull(*second.pull(gradient)),
        )

    def _blur(self, x: Array) -> Weighing:
        """Return the filter of an array's maxima."""
        presence = Presence()
        if isinstance(self.maxima, Pieced):
            missing = self.presence.missing
            least = missing.min_valid if missing.is_share else 1
            there = ~self.maxima.find_few(x)
            presence = Presence(there, missing=Missing(nodata=missing.nodata, min_valid=least))
        return Weighing(self.filters, self.engine, "blur", presence)


blur_pool1d, blur_pool2d, blur_pool3d = of_ranks(blur_pool, __name__)
max_blur_pool1d, max_blur_pool2d, max_blur_pool3d = of_ranks(max_blur_pool, __name__)
