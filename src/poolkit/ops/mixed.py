"""Maxima and means mixed: by a given share, or by one that each window decides."""

import numpy.typing as npt

from poolkit._arguments import Axes, OneOrPerAxis, Padding, sliding_specification
from poolkit.geometry.border import Border
from poolkit.ops.ask import Nan
from poolkit.ops.derive import of_ranks, operation
from poolkit.ops.missing import Missing, Presence
from poolkit.ops.mixture import Gated, Mixed
from poolkit.ops.operation import Array, Operation

__all__ = [
    "gated_pool",
    "gated_pool1d",
    "gated_pool2d",
    "gated_pool3d",
    "mixed_pool",
    "mixed_pool1d",
    "mixed_pool2d",
    "mixed_pool3d",
]


@operation
def mixed_pool(
    x: npt.ArrayLike,
    kernel_size: OneOrPerAxis,
    *,
    share: npt.ArrayLike = 0.5,
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
) -> Operation:
    """Return the maximum and the mean of every sliding window in given shares.

    y = a · max x + (1 − a) · mean x.

    Parameters
    ----------
    {x}
    {kernel_size}
    share : float or array, default 0.5
        a, the share of the maximum: 1 gives the maximum, 0 the mean. It may be an array that
        can be broadcast to the output, such as one of shape (C, 1, 1), a share for each
        channel. It is not limited to 0 to 1, so that it can be learned.
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
    {few}
    NaN: a window that holds one becomes NaN.
    Ties: equal maxima give the same result; the first in row-major order has the maximum's
    gradient.
    Dtype: that of `x` for floats, float64 for integers and bool. Maximum and mean are each in
    that dtype, and mixed in float64.
    Gradient: a times that of the maximum and 1 − a times that of the mean; `share` gets
    max − mean: ``vjp(..., wrt="share")``.
    Cost: those of :func:`max_pool` and :func:`avg_pool`, and some arrays of the output's size.
    Source: Lee, Gallagher and Tu, Generalizing Pooling Functions in Convolutional Neural
    Networks: Mixed, Gated, and Tree, AISTATS 2016, arXiv 1509.08985, section 3.1. TensorRT's
    ``MAX_AVERAGE_BLEND`` says the share of the mean. Elements in the padding do not exist,
    unless there is a `border`.

    Examples
    --------
    >>> import poolkit
    >>> poolkit.mixed_pool([1.0, 5.0, 3.0, 3.0], (2,), share=0.75)
    array([4.5, 3. ])

    See Also
    --------
    gated_pool : the share depends on what the window holds
    """
    asked = sliding_specification(kernel_size, stride, padding, dilation, ceil_mode, axes)
    presence = Presence(mask, weights, lengths, Missing(nan, nodata, min_valid))
    return Mixed(asked, share, engine, presence, border)


@operation
def gated_pool(
    x: npt.ArrayLike,
    kernel_size: OneOrPerAxis,
    gate: npt.ArrayLike,
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
) -> Operation:
    """Return the maximum and the mean of every sliding window in shares that a gate decides.

    y = s · max x + (1 − s) · mean x with s = σ(Σ over j of gate[j] · x[o·stride − low +
    j·dilation]) and σ(z) = 1 / (1 + e⁻ᶻ).

    Parameters
    ----------
    {x}
    {kernel_size}
    gate : array of shape (*channels, *kernel_size)
        A number for each element of a window. Axes before those of a window belong to the axes
        of `x` that are not pooled, the last to the last: a gate of shape (C, *kernel_size) has
        one for each channel, whether channels lie before the pooled axes or after them.
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
    {few}
    NaN: a window that holds one becomes NaN, and so may one with an infinity.
    Ties: equal maxima give the same result; the first in row-major order has the maximum's
    gradient.
    Dtype: that of `x` for floats, float64 for integers and bool. Maximum and mean are each in
    that dtype; the gate and the mixture are computed in float64.
    Gradient: s times that of the maximum, 1 − s times that of the mean, and
    (max − mean) · s · (1 − s) · gate; the gate gets the same with x in its place:
    ``vjp(..., wrt="gate")``.
    Cost: those of :func:`max_pool` and :func:`avg_pool`, a pass for each element of a window,
    and some arrays of float64 of the output's size.
    Source: Lee, Gallagher and Tu, Generalizing Pooling Functions in Convolutional Neural
    Networks: Mixed, Gated, and Tree, AISTATS 2016, arXiv 1509.08985, section 3.2. Elements in
    the padding do not exist, unless there is a `border`: the gate sees 0 there, and where
    elements are missing; of weight w it sees w times x.

    Examples
    --------
    >>> import numpy as np
    >>> import poolkit
    >>> poolkit.gated_pool([1.0, 5.0, 3.0, 3.0], (2,), gate=np.array([0.0, 0.0]))
    array([4., 3.])
    >>> poolkit.gated_pool([1.0, 5.0, 3.0, 3.0], (2,), gate=np.array([-9.0, 9.0])).round(2)
    array([5., 3.])

    See Also
    --------
    mixed_pool : the share is the same for all windows
    """
    asked = sliding_specification(kernel_size, stride, padding, dilation, ceil_mode, axes)
    presence = Presence(mask, weights, lengths, Missing(nan, nodata, min_valid))
    return Gated(asked, gate, engine, presence, border)


mixed_pool1d, mixed_pool2d, mixed_pool3d = of_ranks(mixed_pool, __name__)
gated_pool1d, gated_pool2d, gated_pool3d = of_ranks(gated_pool, __name__)
