"""Regions of interest pooled from points between cells: RoI align, plain and position-sensitive."""

from typing import Literal

import numpy.typing as npt

from poolkit._arguments import OneOrPerAxis, boolean, per_axis
from poolkit._errors import ArgumentError, message
from poolkit.geometry.regions import Samples
from poolkit.ops.ask import Nan
from poolkit.ops.derive import operation
from poolkit.ops.missing import Missing, Presence
from poolkit.ops.operation import Array
from poolkit.ops.regions import RegionPooling, SamplePooling
from poolkit.ops.regions.given import channels_of, positive_scale, precision_of, sizes

__all__ = ["ps_roi_align", "roi_align"]

MOST_PER_BIN = 1024
"""Points of a bin on one axis that may be asked for; frameworks' models use up to 4."""


@operation
def roi_align(
    x: npt.ArrayLike,
    boxes: npt.ArrayLike,
    output_size: OneOrPerAxis,
    *,
    spatial_scale: float = 1.0,
    sampling_ratio: OneOrPerAxis | None = 0,
    aligned: bool = True,
    reduce: Literal["mean", "max"] = "mean",
    mask: npt.ArrayLike | None = None,
    weights: npt.ArrayLike | None = None,
    lengths: npt.ArrayLike | None = None,
    nan: Nan = "propagate",
    nodata: float | None = None,
    min_valid: float = 1,
    out: Array | None = None,
) -> RegionPooling:
    """Return the means or maxima of points in the bins of boxes, nothing rounded.

    On either axis, a box goes from s = scale·low − ½ and has the extent
    d = scale·(high − low). Bin p of P has g points, at s + p·d / P + (i + ½)·d / (P·g) for
    i = 0 to g − 1. What lies at a point (v, u) is Σ x[i, j]·max(0, 1 − |v − i|)·
    max(0, 1 − |u − j|), the bilinear interpolation of the four cells around it. Points up to
    one cell outside the plane are moved to its border; others have no value.

    Parameters
    ----------
    x : array_like of floats of shape (N, C, H, W)
        The input, of any strides and byte order. It is not written to.
    {boxes}
    sampling_ratio : int or (int, int), 0 to 1024, default 0
        g, the points of a bin down and across; 0 or None: ⌈extent of the bin⌉, box by box.
    aligned : bool, default True
        Whether the middle of cell i lies at i + ½, as above. Otherwise it lies at i, and
        boxes have an extent of at least 1: the rule of the paper's first code.
    reduce : {"mean", "max"}, default "mean"
        What becomes of a bin's points. Those without a value count for the mean, as 0, and
        not for the maximum.
    {missing}
    out : array of the output's shape and dtype, optional
        Where to put the result; by default a new array.

    Returns
    -------
    array of shape (R, C, P, Q), of the dtype of `x`, in native byte order
        Of boxes given image by image, those of the first image come first.

    Raises
    ------
    ArgumentError, ArgumentTypeError
        If an argument has a value or a type that cannot be used: boxes that are NaN or
        infinite, or lie on no image; an array of other axes, without cells or of no floats.

    Notes
    -----
    Empty windows: a bin without points, or none of whose points has a value, is 0 and has
    no gradient: those of boxes beside the plane, and with `aligned` and a `sampling_ratio`
    of 0 those of boxes that end where they begin, or before.
    {partly}
    Boxes: with `aligned` and a `sampling_ratio`, the bins of a box that ends before it
    begins go backwards. Corners beyond ±2³¹ cells count as there. Points are computed in
    the floats of `x`, those of halves in float32, as the source does.
    NaN: a bin becomes NaN if a point's is; a cell of weight 0 is not looked at.
    Ties: of equal points the first in row-major order gets the gradient.
    Dtype: that of `x`; halves are computed in float32. Points are added up in row-major
    order, in the floats of `x`; more than 64 of them in float64.
    Gradient: the cells around a point get it by their weights; of a mean, over the number
    of points.
    Cost: four cells for each point; points beyond the plane are not gone through.
    Source: He et al., "Mask R-CNN" (ICCV 2017), section 3; torchvision's ``roi_align``
    with ``aligned``; ONNX's RoiAlign with ``half_pixel``. Deviations: ONNX's "max" is the
    largest of the four cells around a point times their weights, not of what is
    interpolated; ``poolkit.dialects.onnx`` answers so. torchvision's `aligned` is False by
    default, and it refuses some boxes that end before they begin.

    Examples
    --------
    >>> import numpy as np
    >>> import poolkit
    >>> x = np.arange(16.0).reshape(1, 1, 4, 4)
    >>> poolkit.roi_align(x, [[0, 1.0, 1.0, 3.0, 3.0]], 2)
    array([[[[ 5.,  6.],
             [ 9., 10.]]]])
    >>> poolkit.roi_align(x, [[0, 1.0, 1.0, 3.0, 3.0]], 2, aligned=False)
    array([[[[ 7.5,  8.5],
             [11.5, 12.5]]]])

    See Also
    --------
    roi_pool : rounds boxes to cells
    """
    presence = Presence(mask, weights, lengths, Missing(nan, nodata, min_valid))
    size, scale = sizes(output_size), positive_scale(spatial_scale)
    down, across = _per_bin(sampling_ratio)
    offset, least = (0.5, None) if boolean("aligned", aligned) else (0.0, 1.0)
    if reduce not in ("mean", "max"):
        raise ArgumentError(message("reduce", "be mean or max", repr(reduce)))

    def pooling(array: Array) -> SamplePooling:
        precision = precision_of(array)
        samples = (
            Samples(scale, precision, offset, least, down),
            Samples(scale, precision, offset, least, across),
        )
        return SamplePooling(samples, size, reduce, skips_zeros=True, propagates=True)

    return RegionPooling(boxes, pooling, presence)


@operation
def ps_roi_align(
    x: npt.ArrayLike,
    boxes: npt.ArrayLike,
    output_size: OneOrPerAxis,
    *,
    spatial_scale: float = 1.0,
    sampling_ratio: OneOrPerAxis | None = 0,
    mask: npt.ArrayLike | None = None,
    weights: npt.ArrayLike | None = None,
    lengths: npt.ArrayLike | None = None,
    nan: Nan = "propagate",
    nodata: float | None = None,
    min_valid: float = 1,
    out: Array | None = None,
) -> RegionPooling:
    """Return the means of points in the bins of boxes, each taken from channels of its own.

    The points are those of :func:`roi_align` with `aligned`.

    Parameters
    ----------
    x : array_like of floats of shape (N, D·P·Q, H, W)
        The input, of any strides and byte order. Bin (p, q) of channel d is pooled from
        the channel (d·P + p)·Q + q alone.
    {boxes}
    sampling_ratio : int or (int, int), 0 to 1024, default 0
        g, the points of a bin down and across; 0 or None: ⌈extent of the bin⌉, box by box.
    {missing}
    out : array of the output's shape and dtype, optional
        Where to put the result; by default a new array.

    Returns
    -------
    array of shape (R, D, P, Q), of the dtype of `x`, in native byte order

    Raises
    ------
    ArgumentError, ArgumentTypeError
        If an argument has a value or a type that cannot be used: boxes that are NaN or
        infinite, or lie on no image; an array of other axes, without cells or of no floats;
        channels that are no multiple of P·Q.

    Notes
    -----
    Empty windows, missing cells, boxes, NaN, dtype, gradient, cost: as for :func:`roi_align`.
    Ties: none.
    Source: Dai et al., "R-FCN" (NeurIPS 2016), section 3, with the points of Mask R-CNN;
    torchvision's ``ps_roi_align``; deviations: there a bin without points is NaN.
    ``poolkit.dialects.torchvision`` answers so.

    Examples
    --------
    >>> import numpy as np
    >>> import poolkit
    >>> x = np.arange(4.0)[:, np.newaxis, np.newaxis] * np.ones((1, 4, 5, 5))
    >>> poolkit.ps_roi_align(x, [[0, 1.0, 1.0, 4.0, 4.0]], 2)
    array([[[[0., 1.],
             [2., 3.]]]])

    See Also
    --------
    ps_roi_pool : rounds boxes to cells
    """
    presence = Presence(mask, weights, lengths, Missing(nan, nodata, min_valid))
    size, scale = sizes(output_size), positive_scale(spatial_scale)
    down, across = _per_bin(sampling_ratio)

    def pooling(array: Array) -> SamplePooling:
        precision = precision_of(array)
        samples = (
            Samples(scale, precision, 0.5, None, down),
            Samples(scale, precision, 0.5, None, across),
        )
        return SamplePooling(samples, size, channels=channels_of(array, size), skips_zeros=True)

    return RegionPooling(boxes, pooling, presence)


def _per_bin(sampling_ratio: OneOrPerAxis | None) -> tuple[int | None, int | None]:
    """Return the points of a bin, down and across; None where that is left to its extent."""
    given = 0 if sampling_ratio is None else sampling_ratio
    down, across = per_axis("sampling_ratio", given, 2, least=0)
    if max(down, across) > MOST_PER_BIN:
        raise ArgumentError(message("sampling_ratio", f"be at most {MOST_PER_BIN}", given))
    return down or None, across or None
