"""Maxima put back where they were found: unpooling by indices."""

from typing import get_args

import numpy.typing as npt

from poolkit._arguments import Axes, OneOrPerAxis, Padding, sliding_specification
from poolkit._arrays import as_numeric_array
from poolkit._errors import ArgumentError, message
from poolkit.ops.ask import Nan
from poolkit.ops.derive import of_ranks, operation
from poolkit.ops.index_unpooling import MaxUnpooling
from poolkit.ops.missing import Missing, Presence
from poolkit.ops.numbering import Convention, check_convention
from poolkit.ops.operation import Array
from poolkit.ops.unpooling import Repeated

__all__ = ["max_unpool", "max_unpool1d", "max_unpool2d", "max_unpool3d"]


@operation
def max_unpool(
    x: npt.ArrayLike,
    indices: npt.ArrayLike,
    kernel_size: OneOrPerAxis,
    *,
    stride: OneOrPerAxis | None = None,
    padding: Padding = 0,
    dilation: OneOrPerAxis = 1,
    output_size: OneOrPerAxis | None = None,
    convention: Convention = "plane",
    repeated: Repeated = "error",
    axes: Axes = None,
    mask: npt.ArrayLike | None = None,
    weights: npt.ArrayLike | None = None,
    lengths: npt.ArrayLike | None = None,
    nan: Nan = "propagate",
    nodata: float | None = None,
    min_valid: float = 1,
    out: Array | None = None,
) -> MaxUnpooling:
    """Return values at the places where a maximum found them, and 0 elsewhere.

    y[indices[o]] = x[o] in every plane of the pooled axes. It undoes
    :func:`max_pool` as far as that can be undone: the maxima come back, the rest is lost.

    Parameters
    ----------
    x : array_like of shape (*batch, *m), integers, floats or bool
        The values: a NumPy array of any strides and byte order, or nested lists.
    indices : array_like of int, of the shape of `x`
        Where each value goes; what ``return_indices=True`` gives, or another framework's
        indices and their `convention`. One below the first place stands for none: −1, and 0
        in MATLAB's.
    {kernel_size}
    stride : int or sequence of int, in elements, each >= 1, default `kernel_size`
        Steps from window to window of the pooling that is undone.
    padding : int, sequence of int or (low, high) pairs, or str, in elements, default 0
        Its padding; ``"same"`` and ``"same_lower"`` only together with `output_size`.
    dilation : int or sequence of int, in elements, each >= 1, default 1
        Steps from element to element of its windows.
    output_size : int or sequence of int, in elements, each >= 1, optional
        n of each pooled axis, in the order of `kernel_size`; or the whole shape of the
        output. Any will do that holds all indices.
    convention : str, default "plane"
        How indices are numbered. ``"plane"``: row-major in each plane of the pooled axes, as
        PyTorch and poolkit do. ``"image"``: row-major over all axes but the first, as
        TensorFlow's ``max_pool_with_argmax`` does for (N, H, W, C). ``"array"``: row-major
        over the whole array, as TensorFlow with ``include_batch_in_index``, ONNX and Darknet
        do. ``"array_columns"``: the same with each plane counted column by column, ONNX's
        ``storage_order=1``. ``"matlab"``: column-major over the whole array, from 1.
        ``"window"``: row-major inside the window, padding counted, as Chainer does.
    repeated : {"error", "last", "sum"}, default "error"
        What becomes of values with one place, as overlapping windows have. ``"error"``: equal
        ones are put there, different ones are an error. ``"last"``: the last in row-major
        order. ``"sum"``: their sum.
    axes : int or sequence of int, optional
        The pooled axes, in the order of `kernel_size`; by default the last ones.
    mask : array_like of bool, broadcasting to the shape of `x`, optional
        Which values are there. What is missing is not put, and has no gradient; the places it
        leaves are 0 like others.
    weights : array_like of integers or floats, each at least 0, as `mask`, optional
        How often each value counts in sums; of 0 it is missing.
    lengths : array_like of int, of the shape of the axes before the pooled one, optional
        How many windows each sequence has; values behind are missing. For one pooled axis.
    nan : {"propagate", "skip"}, default "propagate"
        Whether NaN is a value, or missing.
    nodata : number, optional
        A value that is missing.
    min_valid : int or float, default 1
        How many of the values of one place must be there for them to be put; or, as a float up
        to 1.0, which share of them. Where it is 1, indices of missing values are not looked at.
    out : array of the output's shape and dtype, optional
        Where to put the result; by default a new array, laid out in memory as `x` is.

    Returns
    -------
    array of shape (*batch, *n), in native byte order
        With n = (m − 1)·stride + dilation·(k − 1) + 1 − low − high on each pooled axis, unless
        `output_size` says otherwise. Up to `stride` lengths are pooled to the same m, and this
        is the shortest of them: 540 rows pooled three times by (2, 2) come back as 536 without
        `output_size`.

    Raises
    ------
    ArgumentError, ArgumentTypeError
        If an argument has a value or a type that cannot be used; if an index lies outside
        its plane: the first is named; if values of one place differ.
    WindowFitError
        If an axis of `x` is empty, or padding leaves nothing of the output.

    Notes
    -----
    NaN: a value like others; two of one place are equal. Ties: see `repeated`.
    Empty windows: where nothing was chosen, −1, nothing is put, nor where a value is missing.
    Dtype: that of `x`; sums of half types are added in float32 at least and rounded once, those of
    integers wrap around. Sums of integers with `weights` of floats are float64.
    Gradient: every value gets that of its place; of several with one place the last alone,
    but all of them where they are summed.
    Cost: one pass over values and indices; temporary memory is a fixed size where the
    convention is "plane", or "array" with the pooled axes last, and a few times the indices
    otherwise.
    Source: PyTorch's ``max_unpool2d``; deviations: any `output_size`, indices that repeat
    (undefined there), −1, dilation. Zeiler, Fergus, "Visualizing and understanding
    convolutional networks", arXiv:1311.2901.

    Examples
    --------
    >>> import numpy as np
    >>> import poolkit
    >>> x = np.array([[3.0, 8.0, 1.0, 5.0, 9.0]])
    >>> y, indices = poolkit.max_pool1d(x, 2, return_indices=True)
    >>> poolkit.max_unpool1d(y, indices, 2)
    array([[0., 8., 0., 5.]])
    >>> poolkit.max_unpool1d(y, indices, 2, output_size=5)
    array([[0., 8., 0., 5., 0.]])

    See Also
    --------
    avg_unpool : every value goes to all elements of its window
    """
    asked = sliding_specification(kernel_size, stride, padding, dilation, False, axes)
    known = get_args(Repeated)
    if not isinstance(repeated, str) or repeated not in known:
        raise ArgumentError(message("repeated", f"be one of {', '.join(known)}", repr(repeated)))
    check_convention(convention, ())
    places = as_numeric_array(indices, "indices")
    presence = Presence(mask, weights, lengths, Missing(nan, nodata, min_valid))
    return MaxUnpooling(places, asked, output_size, convention, repeated, presence)


max_unpool1d, max_unpool2d, max_unpool3d = of_ranks(max_unpool, __name__)
