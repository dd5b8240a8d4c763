"""Paddle's pooling of regions.

Where it departs from others: the boxes of all images come one after another, `boxes_num` says how
many each image has; `roi_pool` computes bins in float32 whatever the dtype; points of `roi_align`
are computed in another order, and its gradient is that of boxes of at least one cell, even where
`aligned` boxes may be smaller.

Source: PaddlePaddle/Paddle: python/paddle/vision/ops.py, paddle/phi/infermeta,
paddle/phi/kernels/cpu/{roi_pool,roi_align,psroi_pool}_kernel.cc and the kernels of their
gradients.
"""

from math import nan

import numpy as np

from poolkit._arguments import OneOrPerAxis, per_axis
from poolkit._errors import ArgumentError, ArgumentTypeError, message
from poolkit.dialects.layer import Meaning
from poolkit.dialects.regions import (
    Pooling,
    RegionLayer,
    by_columns,
    check_boxes,
    positive_scale,
    precision_of,
)
from poolkit.geometry.regions import CellBins, RealBins, Samples, single
from poolkit.ops.regions import BinPooling, Channels, Regions, SamplePooling
from poolkit.reducers import ComparedMax, Mean
from poolkit.reducers.reducer import Array

__all__ = ["psroi_pool", "roi_align", "roi_pool"]

LOWEST = float(np.finfo(np.float64).min)


def roi_pool(
    x: object,
    boxes: object,
    boxes_num: object,
    /,
    output_size: OneOrPerAxis,
    spatial_scale: float = 1.0,
    name: str | None = None,
) -> Meaning:
    """``paddle.vision.ops.roi_pool``: boxes (R, 4) of (x1, y1, x2, y2), boxes_num (N,)."""
    del x, boxes, boxes_num, name
    size = _size(output_size)
    scale = single(positive_scale(spatial_scale))
    reducer = ComparedMax("skip", LOWEST)

    def pooling(x: Array) -> Pooling:
        return BinPooling(CellBins(scale, precision_of(x.dtype), "single"), size, reducer)

    return RegionLayer(_regions, pooling)


def roi_align(
    x: object,
    boxes: object,
    boxes_num: object,
    /,
    output_size: OneOrPerAxis,
    spatial_scale: float = 1.0,
    sampling_ratio: int = -1,
    aligned: bool = True,
    name: str | None = None,
) -> Meaning:
    """``paddle.vision.ops.roi_align``: boxes (R, 4) of (x1, y1, x2, y2), boxes_num (N,)."""
    del x, boxes, boxes_num, name
    size = _size(output_size)
    scale = single(positive_scale(spatial_scale))
    (ratio,) = per_axis("sampling_ratio", sampling_ratio, 1, least=-(2**31))
    per_bin = ratio if ratio > 0 else None
    offset = 0.5 if aligned else 0.0

    def pooling(x: Array) -> SamplePooling:
        precision = precision_of(x.dtype)
        least = None if aligned else 1.0
        samples = Samples(scale, precision, offset, least, per_bin, shares_first=True)
        back = Samples(scale, precision, offset, 1.0, per_bin)
        return SamplePooling(
            (samples,) * 2, size, none=nan, reads_first=True, gradient_samples=(back,) * 2
        )

    def regions(x: Array, boxes: Array, boxes_num: Array) -> Regions:
        found = _regions(x, boxes, boxes_num)
        samples = pooling(x).samples
        for rule, corners, count in zip(samples, (found.rows, found.columns), size, strict=True):
            for low, high in corners.tolist():
                if rule.points(low, high, count) < 0:
                    wanted = "end behind their beginning where `aligned`"
                    raise ArgumentError(message("boxes", wanted, f"{low} to {high}"))
        return found

    return RegionLayer(regions, pooling)


def psroi_pool(
    x: object,
    boxes: object,
    boxes_num: object,
    /,
    output_size: OneOrPerAxis,
    spatial_scale: float = 1.0,
    name: str | None = None,
) -> Meaning:
    """``paddle.vision.ops.psroi_pool``: boxes (R, 4) of (x1, y1, x2, y2), boxes_num (N,)."""
    del x, boxes, boxes_num, name
    size = _size(output_size)
    scale = single(positive_scale(spatial_scale))

    def regions(x: Array, boxes: Array, boxes_num: Array) -> Regions:
        bins = size[0] * size[1]
        if x.ndim == 4 and (x.shape[1] % bins or x.shape[1] // bins < 2):
            wanted = f"have a multiple of {bins} channels, twice that at least"
            raise ArgumentError(message("x", wanted, x.shape[1]))
        return _regions(x, boxes, boxes_num)

    def pooling(x: Array) -> Pooling:
        bins = RealBins(scale, precision_of(x.dtype))
        channels = Channels(x.shape[1] // (size[0] * size[1]), size)
        return BinPooling(bins, size, Mean(), channels=channels)

    return RegionLayer(regions, pooling)


def _size(output_size: OneOrPerAxis) -> tuple[int, int]:
    down, across = per_axis("output_size", output_size, 2, least=1)
    return down, across


def _regions(x: Array, boxes: Array, boxes_num: Array) -> Regions:
    """Return boxes that come image by image."""
    check_boxes("boxes", boxes, 4, x.dtype)
    if boxes_num.dtype.kind not in "iu":
        raise ArgumentTypeError(message("boxes_num", "hold integers", boxes_num.dtype))
    if boxes_num.shape != x.shape[:1]:
        wanted = f"have one value per image, {len(x)}"
        raise ArgumentError(message("boxes_num", wanted, boxes_num.shape))
    if np.any(boxes_num < 0) or boxes_num.sum() != len(boxes):
        wanted = f"add up to the boxes, {len(boxes)}, none negative"
        raise ArgumentError(message("boxes_num", wanted, boxes_num.tolist()))
    images = np.repeat(np.arange(len(x)), boxes_num)
    return by_columns(boxes, images, (1, 3))
