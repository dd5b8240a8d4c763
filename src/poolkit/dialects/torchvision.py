"""torchvision's pooling of regions, as its kernels for CPUs compute it.

Where it departs from others: `ps_roi_pool` pools the last row and the last column of an image
never, yet passes them a gradient; `ps_roi_align` is 0/0 where a bin has no points.

Boxes come as one array of (image, x1, y1, x2, y2). An image that there is not is refused, where
torchvision reads on; so are boxes that are not finite.

Source: pytorch/vision 0.28: torchvision/ops/{roi_pool,roi_align,ps_roi_pool,ps_roi_align}.py,
torchvision/csrc/ops/cpu/{roi_pool,roi_align,ps_roi_pool,ps_roi_align}_kernel.cpp.
"""

from math import nan

import numpy as np

from poolkit._arguments import OneOrPerAxis, boolean, per_axis
from poolkit._errors import ArgumentError, ArgumentTypeError, message
from poolkit.dialects.layer import Meaning
from poolkit.dialects.native import Dialect
from poolkit.dialects.regions import (
    Pooling,
    RegionLayer,
    positive_scale,
    precision_of,
    with_images,
)
from poolkit.geometry.regions import CellBins, Samples
from poolkit.ops.regions import BinPooling, Regions, SamplePooling
from poolkit.ops.regions.given import channels_of, sizes
from poolkit.reducers import ComparedMax, Mean
from poolkit.reducers.reducer import Array

__all__ = ["DIALECT", "ps_roi_align", "ps_roi_pool", "roi_align", "roi_pool"]

DIALECT = Dialect("torchvision")

LOWEST_SINGLE = float(np.finfo(np.float32).min)


@DIALECT.operator("ops.roi_pool", "ops.RoIPool")
def roi_pool(
    x: object, boxes: object, /, output_size: OneOrPerAxis, spatial_scale: float = 1.0
) -> Meaning:
    """Return what ``torchvision.ops.roi_pool`` gives for x (N, C, H, W), boxes (R, 5)."""
    del x, boxes
    size = sizes(output_size)
    scale = positive_scale(spatial_scale)

    def pooling(x: Array) -> Pooling:
        bins = CellBins(scale, precision_of(x.dtype))
        return BinPooling(bins, size, ComparedMax("skip", LOWEST_SINGLE))

    return RegionLayer(_regions, pooling)


@DIALECT.operator("ops.roi_align", "ops.RoIAlign")
def roi_align(
    x: object,
    boxes: object,
    /,
    output_size: OneOrPerAxis,
    spatial_scale: float = 1.0,
    sampling_ratio: int = -1,
    aligned: bool = False,
) -> Meaning:
    """Return what ``torchvision.ops.roi_align`` gives for x (N, C, H, W), boxes (R, 5)."""
    del x, boxes
    size = sizes(output_size)
    scale = positive_scale(spatial_scale)
    per_bin = _per_bin(sampling_ratio)
    offset, least = (0.5, None) if boolean("aligned", aligned) else (0.0, 1.0)

    def pooling(x: Array) -> SamplePooling:
        samples = Samples(scale, precision_of(x.dtype), offset, least, per_bin)
        return SamplePooling((samples, samples), size, reads_first=True)

    def regions(x: Array, boxes: Array) -> Regions:
        found = _regions(x, boxes)
        down, across = pooling(x).samples
        for (top, bottom), (left, right) in zip(found.rows, found.columns, strict=True):
            points = down.points(top, bottom, size[0]), across.points(left, right, size[1])
            if points[0] * points[1] < 0:
                wanted = "end behind their beginning where `aligned`"
                raise ArgumentError(message("boxes", wanted, (left, top, right, bottom)))
        return found

    return RegionLayer(regions, pooling)


@DIALECT.operator("ops.ps_roi_pool", "ops.PSRoIPool")
def ps_roi_pool(
    x: object, boxes: object, /, output_size: OneOrPerAxis, spatial_scale: float = 1.0
) -> Meaning:
    """Return what ``torchvision.ops.ps_roi_pool`` gives for x (N, C, H, W), boxes (R, 5)."""
    del x, boxes
    size = sizes(output_size)
    scale = positive_scale(spatial_scale)

    def pooling(x: Array) -> Pooling:
        precision = precision_of(x.dtype)
        bins = CellBins(scale, precision, closed=False, leaves_last=True)
        back = CellBins(scale, precision, closed=False)
        channels = channels_of(x, size)
        return BinPooling(bins, size, Mean(), channels=channels, gradient_bins=back)

    return RegionLayer(_regions, pooling)


@DIALECT.operator("ops.ps_roi_align", "ops.PSRoIAlign")
def ps_roi_align(
    x: object,
    boxes: object,
    /,
    output_size: OneOrPerAxis,
    spatial_scale: float = 1.0,
    sampling_ratio: int = -1,
) -> Meaning:
    """Return what ``torchvision.ops.ps_roi_align`` gives for x (N, C, H, W), boxes (R, 5)."""
    del x, boxes
    size = sizes(output_size)
    scale = positive_scale(spatial_scale)
    per_bin = _per_bin(sampling_ratio)

    def pooling(x: Array) -> Pooling:
        samples = Samples(scale, precision_of(x.dtype), 0.5, None, per_bin)
        return SamplePooling((samples, samples), size, channels=channels_of(x, size), none=nan)

    return RegionLayer(_regions, pooling)


def _per_bin(sampling_ratio: int) -> int | None:
    (ratio,) = per_axis("sampling_ratio", sampling_ratio, 1, least=-(2**31))
    return ratio if ratio > 0 else None


def _regions(x: Array, boxes: Array) -> Regions:
    if x.dtype not in (np.float32, np.float64):
        raise ArgumentTypeError(message("x", "be float32 or float64", x.dtype))
    regions = with_images(x, boxes)
    if regions.images.min(initial=0) < 0:
        raise ArgumentError(message("boxes", "lie on an image", regions.images.min()))
    return regions
