"""Chainer's pooling of regions, as it computes it on a CPU.

Where it departs from others: the corners of a box are scaled in float64 and rounded as Python
does, a half to the even number; all but `roi_pooling_2d` leave the cell of the last corner out,
and have boxes of (y1, x1, y2, x2), their images apart; a maximum over nothing is −∞.

Not imitated: where a box of `roi_pooling_2d` reaches out of the image, Chainer may pass the
gradient of a bin to further elements, for it takes positions left and right of the image for
those of other rows.

Source: chainer/chainer 7.8.1: chainer/functions/pooling/{roi_pooling_2d,roi_max_pooling_2d,
roi_average_pooling_2d,roi_max_align_2d,roi_average_align_2d}.py.
"""

import numpy as np

from poolkit._arguments import OneOrPerAxis, per_axis
from poolkit._errors import ArgumentError, ArgumentTypeError, message
from poolkit.dialects.layer import Meaning
from poolkit.dialects.regions import (
    RegionLayer,
    by_columns,
    check_boxes,
    positive_scale,
    with_images,
)
from poolkit.geometry.regions import CellBins, Samples
from poolkit.ops.regions import BinPooling, Regions, SamplePooling
from poolkit.reducers import ComparedMax, Mean, Reducer
from poolkit.reducers.reducer import Array

__all__ = [
    "roi_average_align_2d",
    "roi_average_pooling_2d",
    "roi_max_align_2d",
    "roi_max_pooling_2d",
    "roi_pooling_2d",
]


def roi_pooling_2d(
    x: object, rois: object, /, outh: int, outw: int, spatial_scale: float
) -> Meaning:
    """``F.roi_pooling_2d``: x (N, C, H, W), rois (R, 5) of (image, x1, y1, x2, y2)."""
    del x, rois
    (down,) = per_axis("outh", outh, 1, least=1)
    (across,) = per_axis("outw", outw, 1, least=1)
    bins = CellBins(positive_scale(spatial_scale), "double", halves="even")
    reducer = ComparedMax()
    pooling = BinPooling(bins, (down, across), reducer, gradient_in_box=True)
    return RegionLayer(lambda x, rois: _counted(x, with_images(x, rois)), lambda _: pooling)


def roi_max_pooling_2d(
    x: object,
    rois: object,
    roi_indices: object,
    /,
    outsize: OneOrPerAxis,
    spatial_scale: float,
) -> Meaning:
    """``F.roi_max_pooling_2d``: rois (R, 4) of (y1, x1, y2, x2), roi_indices (R,)."""
    del x, rois, roi_indices
    return _by_cells(outsize, spatial_scale, ComparedMax(), -np.inf)


def roi_average_pooling_2d(
    x: object,
    rois: object,
    roi_indices: object,
    /,
    outsize: OneOrPerAxis,
    spatial_scale: float,
) -> Meaning:
    """``F.roi_average_pooling_2d``: rois (R, 4) of (y1, x1, y2, x2), roi_indices (R,)."""
    del x, rois, roi_indices
    return _by_cells(outsize, spatial_scale, Mean(), 0.0)


def roi_max_align_2d(
    x: object,
    rois: object,
    roi_indices: object,
    /,
    outsize: OneOrPerAxis,
    spatial_scale: float,
    sampling_ratio: OneOrPerAxis | None = None,
) -> Meaning:
    """``F.roi_max_align_2d``: rois (R, 4) of (y1, x1, y2, x2), roi_indices (R,)."""
    del x, rois, roi_indices
    samples = _samples(spatial_scale, sampling_ratio)
    pooling = SamplePooling(samples, _outsize(outsize), "max", none=-np.inf, skips_zeros=True)
    return RegionLayer(_apart, lambda _: pooling)


def roi_average_align_2d(
    x: object,
    rois: object,
    roi_indices: object,
    /,
    outsize: OneOrPerAxis,
    spatial_scale: float,
    sampling_ratio: OneOrPerAxis | None = None,
) -> Meaning:
    """``F.roi_average_align_2d``: rois (R, 4) of (y1, x1, y2, x2), roi_indices (R,)."""
    del x, rois, roi_indices
    samples = _samples(spatial_scale, sampling_ratio)
    pooling = SamplePooling(samples, _outsize(outsize), skips_zeros=True)
    return RegionLayer(_apart, lambda _: pooling)


def _by_cells(
    outsize: OneOrPerAxis, spatial_scale: float, reducer: Reducer, empty: float
) -> RegionLayer:
    bins = CellBins(positive_scale(spatial_scale), "double", halves="even", closed=False)
    pooling = BinPooling(bins, _outsize(outsize), reducer, empty)
    return RegionLayer(_apart, lambda _: pooling)


def _outsize(outsize: OneOrPerAxis) -> tuple[int, int]:
    down, across = per_axis("outsize", outsize, 2, least=1)
    return down, across


def _samples(spatial_scale: float, sampling_ratio: OneOrPerAxis | None) -> tuple[Samples, Samples]:
    """Return the rules for points on either axis."""
    given = sampling_ratio if isinstance(sampling_ratio, list | tuple) else (sampling_ratio,) * 2
    if len(given) != 2:
        raise ArgumentError(message("sampling_ratio", "hold 2 values", repr(sampling_ratio)))
    scale = positive_scale(spatial_scale)
    down, across = (
        None if each is None else per_axis("sampling_ratio", each, 1, least=1)[0] for each in given
    )
    return (
        Samples(scale, "double", least=1.0, per_bin=down),
        Samples(scale, "double", least=1.0, per_bin=across),
    )


def _apart(x: Array, rois: Array, roi_indices: Array) -> Regions:
    """Return boxes (y1, x1, y2, x2) whose images come apart."""
    check_boxes("rois", rois, 4, x.dtype)
    if roi_indices.dtype != np.int32:
        raise ArgumentTypeError(message("roi_indices", "be int32", roi_indices.dtype))
    if roi_indices.shape != rois.shape[:1]:
        wanted = f"have one value per box, {len(rois)}"
        raise ArgumentError(message("roi_indices", wanted, roi_indices.shape))
    return _counted(x, by_columns(rois, roi_indices.astype(np.int64), (0, 2)))


def _counted(x: Array, regions: Regions) -> Regions:
    """Return boxes whose images may be counted from the last, as NumPy does."""
    images = regions.images
    lowest = images.min(initial=0)
    if lowest < -len(x):
        raise ArgumentError(message("rois", f"lie on the images 0 to {len(x) - 1}", lowest))
    return Regions(np.where(images < 0, images + len(x), images), regions.rows, regions.columns)
