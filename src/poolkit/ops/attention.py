"""Averages weighted by scores: attention pooling, over windows and whole axes."""

import numpy.typing as npt

from poolkit._arguments import (
    Axes,
    OneOrPerAxis,
    Padding,
    boolean,
    global_specification,
    sliding_specification,
)
from poolkit._arrays import as_numeric_array
from poolkit.ops.ask import Nan
from poolkit.ops.attention_pooling import AttentionPooling
from poolkit.ops.derive import of_ranks, operation
from poolkit.ops.missing import Missing, Presence
from poolkit.ops.operation import Array

__all__ = [
    "attention_pool",
    "attention_pool1d",
    "attention_pool2d",
    "attention_pool3d",
    "global_attention_pool",
    "global_attention_pool1d",
    "global_attention_pool2d",
    "global_attention_pool3d",
]


@operation
def attention_pool(
    x: npt.ArrayLike,
    scores: npt.ArrayLike,
    kernel_size: OneOrPerAxis,
    *,
    stride: OneOrPerAxis | None = None,
    padding: Padding = 0,
    dilation: OneOrPerAxis = 1,
    ceil_mode: bool = False,
    axes: Axes = None,
    mask: npt.ArrayLike | None = None,
    weights: npt.ArrayLike | None = None,
    lengths: npt.ArrayLike | None = None,
    nan: Nan = "propagate",
    nodata: float | None = None,
    min_valid: float = 1,
    engine: str | None = None,
    out: Array | None = None,
) -> AttentionPooling:
    """Return the mean of every sliding window, weighted by e to scores.

    y[o] = Σ of x[i]·e^s[i] / Σ of e^s[i] over the elements i of window o inside the input: the
    softmax of the window's scores s weighs its elements. Equal scores give the mean, scores
    far apart the element of the largest; s = x gives soft pooling.

    Parameters
    ----------
    {x}
    scores : array_like of a shape that broadcasts to that of `x`, integers or floats
        s. (N, 1, H, W) for one map of scores for all channels of (N, C, H, W). An element of
        score −∞ is missing, whatever its value; one of weight w counts w·e^s.
    {kernel_size}
    {windows}
    {missing}

    Returns
    -------
    {sliding_output}

    Raises
    ------
    {errors}

    Notes
    -----
    {few}
    NaN: a window that holds a NaN in `x` or in the scores, or a score of +∞, becomes NaN.
    Ties: none.
    Dtype: that of `x` for floats, float64 for integers and bool. Computed in float64 at least,
    relative to a score so near that no weight vanishes that would not in its own window:
    scores may be of any size.
    Gradient: with w = e^s / Σ e^s, every element gets w times that of its window, and its score
    w·(x − y) times it; scores that broadcast get the sum.
    Cost: two sums of windows, and e to every score; temporary memory is a fixed size. Where
    scores near each other differ by more than 600, windows are laid out: k passes. Where
    elements are missing or weighted, their scores are written out once more.
    Source: Gao, Wang, Wu, "LIP: local importance-based pooling", ICCV 2019, arXiv:1908.04156;
    deviations: padding is left out, any sizes of windows.

    Examples
    --------
    >>> import numpy as np
    >>> import poolkit
    >>> x = np.array([[1.0, 3.0, 5.0, 9.0]])
    >>> poolkit.attention_pool1d(x, np.zeros((1, 4)), 2)
    array([[2., 7.]])
    >>> poolkit.attention_pool1d(x, np.log([[1.0, 3.0, 1.0, 1.0]]), 2)
    array([[2.5, 7. ]])

    See Also
    --------
    global_attention_pool : one window, the whole axes
    """
    asked = sliding_specification(kernel_size, stride, padding, dilation, ceil_mode, axes)
    presence = Presence(mask, weights, lengths, Missing(nan, nodata, min_valid))
    return AttentionPooling(as_numeric_array(scores, "scores"), asked, engine, presence)


@operation
def global_attention_pool(
    x: npt.ArrayLike,
    scores: npt.ArrayLike,
    *,
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
) -> AttentionPooling:
    """Return the mean of whole axes, weighted by e to scores.

    y = Σ of x[i]·e^s[i] / Σ of e^s[i] over all elements i of the pooled axes: a bag of
    instances becomes their average by attention.

    Parameters
    ----------
    {x}
    scores : array_like of a shape that broadcasts to that of `x`, integers or floats
        s. (n, 1) for a bag (n, features), pooled along axis 0. An element of score −∞ is
        missing, whatever its value: padding, for bags of unequal sizes.
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
    {few}
    NaN, ties, dtype, gradient, cost: as for :func:`attention_pool`.
    Source: Ilse, Tomczak, Welling, "Attention-based deep multiple instance learning",
    arXiv:1802.04712, equation 8; the scores are the caller's.

    Examples
    --------
    >>> import numpy as np
    >>> import poolkit
    >>> bag = np.array([[1.0, 0.0], [3.0, 8.0], [7.0, 7.0]])
    >>> poolkit.global_attention_pool(bag, [[0.0], [0.0], [-np.inf]], axes=0)
    array([2., 4.])

    See Also
    --------
    global_pool : any reducer of whole axes
    """
    asked = global_specification(axes)
    drops_axes = not boolean("keepdims", keepdims)
    given = as_numeric_array(scores, "scores")
    presence = Presence(mask, weights, lengths, Missing(nan, nodata, min_valid))
    return AttentionPooling(given, asked, engine, presence, drops_axes=drops_axes)


attention_pool1d, attention_pool2d, attention_pool3d = of_ranks(attention_pool, __name__)
global_attention_pool1d, global_attention_pool2d, global_attention_pool3d = of_ranks(
    global_attention_pool, __name__
)
