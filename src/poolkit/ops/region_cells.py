"""Regions of interest pooled from runs of cells: RoI pooling, plain and position-sensitive."""

import numpy.typing as npt

from poolkit._arguments import OneOrPerAxis, boolean
from poolkit._errors import ArgumentError, message
from poolkit.geometry.regions import CellBins
from poolkit.ops.ask import Nan
from poolkit.ops.derive import operation
from poolkit.ops.missing import Missing, Presence
from poolkit.ops.operation import Array
from poolkit.ops.regions import BinPooling, RegionPooling
from poolkit.ops.regions.given import channels_of, positive_scale, precision_of, sizes
from poolkit.ops.request import Reduce
from poolkit.reducers import Mean, find

__all__ = ["ps_roi_pool", "roi_pool"]


@operation
def roi_pool(
    x: npt.ArrayLike,
    boxes: npt.ArrayLike,
    output_size: OneOrPerAxis,
    *,
    spatial_scale: float = 1.0,
    reduce: Reduce = "max",
    return_indices: bool = False,
    mask: npt.ArrayLike | None = None,
    weights: npt.ArrayLike | None = None,
    lengths: npt.ArrayLike | None = None,
    nan: Nan = "propagate",
    nodata: float | None = None,
    min_valid: float = 1,
    out: Array | None = None,
) -> RegionPooling:
    """Return what a reducer makes of the bins of boxes, whose corners are rounded to cells.

    On either axis, a box goes from cell s = round(scale·low) to e = round(scale·high), both
    included, halves rounded away from 0: it has d = max(e − s + 1, 1) cells. Bin p of P
    holds the cells s + ⌊p·d / P⌋ to s + ⌈(p + 1)·d / P⌉ − 1, as far as they lie in the
    plane; bins may overlap by a cell.

    Parameters
    ----------
    x : array_like of floats of shape (N, C, H, W)
        The input, of any strides and byte order. It is not written to.
    {boxes}
    reduce : str, Reducer or callable, default "max"
        As for :func:`pool`.
    return_indices : bool, default False
        Whether to return also where each chosen element lies, for reducers that choose one.
    {missing}
    out : array of the output's shape and dtype, optional
        Where to put the result; by default a new array. Values and indices go into a
        tuple of two.

    Returns
    -------
    array of shape (R, C, P, Q), of the dtype of `x`, in native byte order
        Of boxes given image by image, those of the first image come first.
    indices : array of int64, of the same shape, if `return_indices`
        Positions in the plane (H, W), counted in row-major order; −1 in empty bins.

    Raises
    ------
    ArgumentError, ArgumentTypeError
        If an argument has a value or a type that cannot be used: boxes that are NaN or
        infinite, or lie on no image; an array of other axes, without cells or of no floats; indices
        of a reducer that chooses no element.

    Notes
    -----
    Empty windows: a bin of a box that lies beside the plane may hold no cell. It is 0 and
    has no gradient.
    Missing cells: bins in which fewer than `min_valid` are there, of those that hold any, become
    `nodata`, or NaN, with the index −1 and no gradient.
    Boxes: one that ends before it begins has one cell, that of its first corner. Corners
    beyond ±2³¹ cells count as there. Corners are rounded, and bins computed, in the floats
    of `x`, those of halves in float32, as the source does.
    NaN, ties, gradient: as the reducer says. Of the maximum: a bin that holds NaN becomes
    NaN; of equal elements the first in row-major order has the index and gets the gradient.
    Dtype: that of `x`; halves are computed in float32.
    Cost: each bin's cells once; reducers other than the maximum and the mean go box by box,
    some 0.1 ms each, and so do all where cells may be missing.
    Source: Girshick, "Fast R-CNN" (ICCV 2015), section 2.1; torchvision's ``roi_pool``;
    deviations: there NaN is never the largest, and a bin of −∞ alone becomes the lowest
    finite float32. ``poolkit.dialects.torchvision`` answers so.

    Examples
    --------
    >>> import numpy as np
    >>> import poolkit
    >>> x = np.arange(16.0).reshape(1, 1, 4, 4)
    >>> poolkit.roi_pool(x, [[0, 0, 0, 2, 2]], 2)
    array([[[[ 5.,  6.],
             [ 9., 10.]]]])

    See Also
    --------
    roi_align : rounds nothing
    """
    presence = Presence(mask, weights, lengths, Missing(nan, nodata, min_valid))
    size, scale = sizes(output_size), positive_scale(spatial_scale)
    reducer = find(reduce)
    with_indices = boolean("return_indices", return_indices)
    if with_indices and reducer.routing != "selected":
        wanted = f"be False: {reducer.name} does not choose an element"
        raise ArgumentError(message("return_indices", wanted, "True"))

    def pooling(array: Array) -> BinPooling:
        return BinPooling(CellBins(scale, precision_of(array)), size, reducer)

    return RegionPooling(boxes, pooling, presence, with_indices=with_indices)


@operation
def ps_roi_pool(
    x: npt.ArrayLike,
    boxes: npt.ArrayLike,
    output_size: OneOrPerAxis,
    *,
    spatial_scale: float = 1.0,
    mask: npt.ArrayLike | None = None,
    weights: npt.ArrayLike | None = None,
    lengths: npt.ArrayLike | None = None,
    nan: Nan = "propagate",
    nodata: float | None = None,
    min_valid: float = 1,
    out: Array | None = None,
) -> RegionPooling:
    """Return the means of the bins of boxes, each taken from channels of its own.

    On either axis, a box goes from cell s = round(scale·low) to before e = round(scale·high),
    halves rounded away from 0: it has d = max(e − s, 1) cells. Bin p of P holds the cells
    s + ⌊p·d / P⌋ to s + ⌈(p + 1)·d / P⌉ − 1, as far as they lie in the plane.

    Parameters
    ----------
    x : array_like of floats of shape (N, D·P·Q, H, W)
        The input, of any strides and byte order. Bin (p, q) of channel d is pooled from
        the channel (d·P + p)·Q + q alone.
    {boxes}
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
    Empty windows: a bin that holds no cell is 0 and has no gradient.
    {partly}
    Boxes: as for :func:`roi_pool`.
    NaN: a bin that holds one becomes NaN.
    Ties: none.
    Dtype: that of `x`; added up in float64.
    Gradient: every cell of a bin gets an equal share.
    Cost: each bin's cells once.
    Source: Dai et al., "R-FCN" (NeurIPS 2016), section 3; torchvision's ``ps_roi_pool``;
    deviations: torchvision never pools the last row and the last column of the plane, yet
    passes them a gradient. ``poolkit.dialects.torchvision`` answers so.

    Examples
    --------
    >>> import numpy as np
    >>> import poolkit
    >>> x = np.arange(4.0)[:, np.newaxis, np.newaxis] * np.ones((1, 4, 5, 5))
    >>> poolkit.ps_roi_pool(x, [[0, 1, 1, 4, 4]], 2)
    array([[[[0., 1.],
             [2., 3.]]]])

    See Also
    --------
    ps_roi_align : rounds nothing
    """
    presence = Presence(mask, weights, lengths, Missing(nan, nodata, min_valid))
    size, scale = sizes(output_size), positive_scale(spatial_scale)

    def pooling(array: Array) -> BinPooling:
        bins = CellBins(scale, precision_of(array), closed=False)
        return BinPooling(bins, size, Mean(), channels=channels_of(array, size))

    return RegionPooling(boxes, pooling, presence)
