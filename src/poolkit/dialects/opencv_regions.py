"""OpenCV's pooling of regions, as ``cv2.dnn`` computes what Caffe prototxts ask for.

Where it departs from others: a half is added to a coordinate, and the rest cut off; a bin of
`roi_pooling` begins at its edge rounded towards zero.

Source: opencv/opencv 4.12: modules/dnn/src/layers/pooling_layer.cpp,
modules/dnn/src/caffe/opencv-caffe.proto.
"""

import numpy as np

from poolkit._arguments import per_axis
from poolkit._errors import ArgumentError, ArgumentTypeError, message
from poolkit.dialects.layer import Meaning
from poolkit.dialects.regions import RegionLayer, positive_scale, with_images
from poolkit.geometry.regions import CellBins, RealBins
from poolkit.ops.regions import BinPooling, Channels, Regions
from poolkit.reducers import ComparedMax, Mean
from poolkit.reducers.reducer import Array

__all__ = ["ps_roi_pooling", "roi_pooling"]

LOWEST = float(np.finfo(np.float64).min)


def roi_pooling(
    x: object,
    rois: object,
    /,
    pooled_h: int | None = None,
    pooled_w: int | None = None,
    spatial_scale: float = 1.0,
    prototxt: str | None = None,
) -> Meaning:
    """Return what a layer ``ROIPooling`` gives.

    x is (N, C, H, W), rois is (R, 5) of (image, x1, y1, x2, y2).
    """
    del x, rois, prototxt
    if pooled_h is None and pooled_w is None:
        raise ArgumentError(message("pooled_h", "be given, or `pooled_w`", None))
    (down,) = per_axis("pooled_h", 1 if pooled_h is None else pooled_h, 1, least=1)
    (across,) = per_axis("pooled_w", 1 if pooled_w is None else pooled_w, 1, least=1)
    bins = CellBins(positive_scale(spatial_scale), "single", halves="added", truncated=True)
    pooling = BinPooling(bins, (down, across), ComparedMax("skip", LOWEST))
    return RegionLayer(_regions, lambda _: pooling, has_gradient=False)


def ps_roi_pooling(
    x: object,
    rois: object,
    /,
    output_dim: int,
    group_size: int,
    spatial_scale: float,
    prototxt: str | None = None,
) -> Meaning:
    """Return what a layer ``PSROIPooling`` gives.

    x is (N, C, H, W), rois is (R, 5) of (image, x1, y1, x2, y2).
    """
    del x, rois, prototxt
    (count,) = per_axis("output_dim", output_dim, 1, least=1)
    (group,) = per_axis("group_size", group_size, 1, least=1)
    bins = RealBins(positive_scale(spatial_scale), "single", halves="added", adds_first=True)
    channels = Channels(count, (group, group))
    pooling = BinPooling(bins, (group, group), Mean(), channels=channels)

    def regions(x: Array, rois: Array) -> Regions:
        wanted = count * group * group
        if x.ndim == 4 and x.shape[1] != wanted:
            raise ArgumentError(message("x", f"have {wanted} channels", x.shape[1]))
        return _regions(x, rois)

    return RegionLayer(regions, lambda _: pooling, has_gradient=False)


def _regions(x: Array, rois: Array) -> Regions:
    if x.dtype != np.float32:
        raise ArgumentTypeError(message("x", "be float32", x.dtype))
    regions = with_images(x, rois)
    if regions.images.min(initial=0) < 0:
        raise ArgumentError(message("rois", "lie on an image", regions.images.min()))
    return regions
