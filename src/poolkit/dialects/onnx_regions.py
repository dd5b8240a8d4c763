"""ONNX's pooling of regions, for the standard and ONNX Runtime."""

from typing import Literal

import numpy as np

from poolkit._errors import ArgumentError, ArgumentTypeError, message
from poolkit.dialects.onnx_attributes import Integers, integers
from poolkit.dialects.regions import (
    Pooling,
    RegionLayer,
    by_columns,
    check_boxes,
    positive_scale,
    precision_of,
    with_images,
)
from poolkit.geometry.regions import CellBins, Samples, single
from poolkit.ops.regions import BinPooling, Regions, SamplePooling
from poolkit.reducers import Reducer
from poolkit.reducers.reducer import Array

__all__ = ["OLD_HALVES", "max_of_cells", "points_between_cells"]

OLD_HALVES = "output_half_pixel"
"""What ``RoiAlign`` called its coordinates once it had a name for those of opset 10."""


def max_of_cells(
    dtypes: tuple[str, ...],
    pooled_shape: Integers | None,
    spatial_scale: float,
    reducer: Reducer,
) -> RegionLayer:
    """Return maxima of boxes whose corners are rounded to cells."""
    down, across = integers("pooled_shape", pooled_shape, 2, least=1)
    bins = CellBins(single(positive_scale(spatial_scale)), "single")
    pooling = BinPooling(bins, (down, across), reducer)

    def regions(x: Array, rois: Array) -> Regions:
        _check_map(x, dtypes)
        return with_images(x, rois)

    return RegionLayer(regions, lambda x: pooling)


def points_between_cells(
    dtypes: tuple[str, ...],
    halves: str,
    mode: str,
    size: list[int],
    sampling_ratio: int,
    spatial_scale: float,
    *,
    reads_first: bool = False,
) -> RegionLayer:
    """Return means or maxima of boxes by points between cells."""
    if halves not in ("half_pixel", OLD_HALVES):
        wanted = f"be half_pixel or {OLD_HALVES}"
        raise ArgumentError(message("coordinate_transformation_mode", wanted, repr(halves)))
    if mode not in ("avg", "max"):
        raise ArgumentError(message("mode", "be avg or max", repr(mode)))
    down, across = integers("output_height, output_width", size, 2, least=1)
    (ratio,) = integers("sampling_ratio", [sampling_ratio], 1, least=0)
    scale = single(positive_scale(spatial_scale))
    offset, least = (0.5, None) if halves == "half_pixel" else (0.0, 1.0)

    def pooling(x: Array) -> Pooling:
        samples = Samples(scale, precision_of(x.dtype), offset, least, ratio or None)
        reduce: Literal["mean", "max of corners"] = "mean" if mode == "avg" else "max of corners"
        return SamplePooling((samples,) * 2, (down, across), reduce, reads_first=reads_first)

    def regions(x: Array, rois: Array, batch_indices: Array) -> Regions:
        _check_map(x, dtypes)
        check_boxes("rois", rois, 4, x.dtype)
        if batch_indices.dtype != np.int64 or batch_indices.shape != rois.shape[:1]:
            came = f"{batch_indices.dtype} of shape {batch_indices.shape}"
            raise ArgumentError(message("batch_indices", "be int64, one for each of rois", came))
        return by_columns(rois, batch_indices, (1, 3))

    return RegionLayer(regions, pooling, has_gradient=mode == "avg")


def _check_map(x: Array, dtypes: tuple[str, ...]) -> None:
    if x.dtype.name not in dtypes:
        raise ArgumentTypeError(message("x", f"be {' or '.join(dtypes)}", x.dtype.name))
    if x.ndim != 4 or 0 in x.shape[1:]:
        raise ArgumentError(message("x", "have the shape (N, C, H, W)", x.shape))
