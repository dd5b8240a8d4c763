"""MXNet's pooling of regions.

Not imitated: ``contrib.ROIAlign`` leaves most of the output of a box on a negative image
unwritten; here it is 0. Boxes on images beyond the last are refused but by `roi_pooling`, where
MXNet reads on.

Source: apache/mxnet, 1.9: src/operator/roi_pooling.cc, src/operator/contrib/{roi_align,
psroi_pooling}.cc.
"""

import numpy as np

from poolkit._arguments import OneOrPerAxis, boolean, per_axis
from poolkit._errors import ArgumentError, ArgumentTypeError, message
from poolkit.dialects.regions import Pooling, RegionLayer, precision_of, with_images
from poolkit.geometry.regions import CellBins, RealBins, Samples, single
from poolkit.ops.regions import BinPooling, Channels, Regions, SamplePooling
from poolkit.reducers import ComparedMax, Mean
from poolkit.reducers.reducer import Array

__all__ = ["psroi_pooling", "roi_align", "roi_pooling"]

LOWEST_SINGLE = float(np.finfo(np.float32).min)


def roi_pooling(
    x: object, rois: object, /, pooled_size: OneOrPerAxis, spatial_scale: float
) -> RegionLayer:
    """``mx.nd.ROIPooling``: x (N, C, H, W), rois (R, 5) of (image, x1, y1, x2, y2).

    A box on an image that there is not gives zeros.
    """
    del x, rois
    size = _pooled_size(pooled_size)
    scale = _spatial_scale(spatial_scale)

    def regions(x: Array, rois: Array) -> Regions:
        boxes = with_images(x, rois)
        images = np.where((boxes.images < 0) | (boxes.images >= len(x)), -1, boxes.images)
        return Regions(images, boxes.rows, boxes.columns)

    def pooled(x: Array) -> Pooling:
        reducer = ComparedMax("skip", LOWEST_SINGLE)
        return BinPooling(CellBins(scale, precision_of(x.dtype)), size, reducer)

    return RegionLayer(regions, pooled)


def roi_align(
    x: object,
    rois: object,
    /,
    pooled_size: OneOrPerAxis,
    spatial_scale: float,
    sample_ratio: int = -1,
    position_sensitive: bool = False,
    aligned: bool = False,
) -> RegionLayer:
    """``mx.nd.contrib.ROIAlign``: x (N, C, H, W), rois (R, 5) of (image, x1, y1, x2, y2).

    A box on an image with a negative number gives zeros.
    """
    del x, rois
    size = _pooled_size(pooled_size)
    (ratio,) = per_axis("sample_ratio", sample_ratio, 1, least=-(2**31))
    per_bin = ratio if ratio > 0 else None
    scale = _spatial_scale(spatial_scale)
    is_sensitive = boolean("position_sensitive", position_sensitive)
    offset, least = (0.5, None) if boolean("aligned", aligned) else (0.0, 1.0)

    def regions(x: Array, rois: Array) -> Regions:
        boxes = with_images(x, rois)
        if aligned:
            samples = Samples(scale, precision_of(x.dtype), offset)
            for low, high in np.concatenate([boxes.rows, boxes.columns]).tolist():
                if samples.extent(low, high) <= 0:
                    wanted = "end behind their beginning where `aligned`"
                    raise ArgumentError(message("rois", wanted, f"{low} to {high}"))
        bins = size[0] * size[1]
        if is_sensitive and x.ndim == 4 and x.shape[1] % bins:
            raise ArgumentError(message("x", f"have a multiple of {bins} channels", x.shape[1]))
        return Regions(np.maximum(boxes.images, -1), boxes.rows, boxes.columns)

    def pooled(x: Array) -> Pooling:
        samples = Samples(scale, precision_of(x.dtype), offset, least, per_bin)
        channels = Channels(x.shape[1] // (size[0] * size[1]), size) if is_sensitive else None
        return SamplePooling((samples, samples), size, channels=channels, reads_first=True)

    return RegionLayer(regions, pooled)


def psroi_pooling(
    x: object,
    rois: object,
    /,
    spatial_scale: float,
    output_dim: int,
    pooled_size: int,
    group_size: int = 0,
) -> RegionLayer:
    """``mx.nd.contrib.PSROIPooling``: x (N, C, H, W), rois (R, 5) of (image, x1, y1, x2, y2)."""
    del x, rois
    scale = _spatial_scale(spatial_scale)
    (count,) = per_axis("output_dim", output_dim, 1, least=1)
    (bins,) = per_axis("pooled_size", pooled_size, 1, least=1)
    (given,) = per_axis("group_size", group_size, 1, least=0)
    group = given or bins

    def regions(x: Array, rois: Array) -> Regions:
        boxes = with_images(x, rois)
        if boxes.images.min(initial=0) < 0:
            raise ArgumentError(message("rois", "lie on an image", boxes.images.min()))
        return boxes

    def pooled(x: Array) -> Pooling:
        rule = RealBins(scale, precision_of(x.dtype))
        channels = Channels(count, (group, group))
        return BinPooling(rule, (bins, bins), Mean(), channels=channels)

    return RegionLayer(regions, pooled)


def _pooled_size(pooled_size: OneOrPerAxis) -> tuple[int, int]:
    if not isinstance(pooled_size, list | tuple):
        wanted = "be a pair, the bins down and across"
        raise ArgumentTypeError(message("pooled_size", wanted, repr(pooled_size)))
    down, across = per_axis("pooled_size", pooled_size, 2, least=1)
    return down, across


def _spatial_scale(spatial_scale: float) -> float:
    wanted = "be a number from 0 to 1"
    if isinstance(spatial_scale, bool) or not isinstance(
        spatial_scale, int | float | np.integer | np.floating
    ):
        raise ArgumentTypeError(message("spatial_scale", wanted, repr(spatial_scale)))
    if not 0 <= spatial_scale <= 1:
        raise ArgumentError(message("spatial_scale", wanted, spatial_scale))
    return single(float(spatial_scale))
