"""Pooling of regions, as a framework's call asks for it: boxes come as arrays of its own form."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from poolkit._errors import ArgumentError, ArgumentTypeError, message
from poolkit.dialects.layer import Answer
from poolkit.geometry.regions import Precision
from poolkit.ops.regions import BinPooling, Regions, SamplePooling, positive_scale
from poolkit.reducers.dtypes import DType
from poolkit.reducers.reducer import Array

__all__ = [
    "Pooling",
    "RegionLayer",
    "by_columns",
    "check_boxes",
    "positive_scale",
    "precision_of",
    "with_images",
]

Pooling: TypeAlias = BinPooling | SamplePooling


@dataclass(frozen=True)
class RegionLayer:
    """Pooling of boxes, as a framework's call asks for it.

    Attributes
    ----------
    regions : callable
        From the input arrays to the boxes; raises what the framework refuses.
    pooling : callable
        From the input array, its shape and its dtype, to how they are pooled.
    has_gradient : bool
        Whether the framework can differentiate it.
    """

    regions: Callable[..., Regions]
    pooling: Callable[[Array], Pooling]
    has_gradient: bool = True

    def answer(self, *arrays: Any) -> Answer:
        """Return the output for an array and its boxes."""
        x = arrays[0]
        regions = self.regions(*arrays)
        regions.check(x)
        pooling = self.pooling(x)
        values, chosen = pooling.pool(x, regions)

        def pull_back(gradient: Array) -> Array:
            outer = np.asarray(gradient, x.dtype).reshape(values.shape)
            return pooling.pull_back(x, regions, chosen, outer)

        return Answer(values, None, pull_back if self.has_gradient else None)


def with_images(x: Array, rois: Array) -> Regions:
    """Return the boxes of an array (R, 5) of (image, x1, y1, x2, y2)."""
    check_boxes("rois", rois, 5, x.dtype)
    if not np.isfinite(rois).all():
        raise ArgumentError(message("rois", "be finite", "NaN or an infinity"))
    images = np.trunc(np.clip(rois[:, 0].astype(np.float64), -(2**31), 2**31)).astype(np.int64)
    return Regions(images, rows=_pairs(rois, 2, 4), columns=_pairs(rois, 1, 3))


def by_columns(boxes: Array, images: Array, rows: tuple[int, int]) -> Regions:
    """Return boxes whose columns `rows` are the first and last row, the others columns."""
    columns = (rows[0] ^ 1, rows[1] ^ 1)
    return Regions(images, rows=_pairs(boxes, *rows), columns=_pairs(boxes, *columns))


def check_boxes(name: str, boxes: Array, columns: int, dtype: DType) -> None:
    """Refuse an array of boxes of another shape or dtype than these."""
    if boxes.ndim != 2 or boxes.shape[1] != columns:
        raise ArgumentError(message(name, f"have the shape (R, {columns})", boxes.shape))
    if boxes.dtype != dtype:
        raise ArgumentTypeError(message(name, f"have the dtype of x, {dtype}", boxes.dtype))


def precision_of(dtype: DType) -> Precision:
    """Return the floats that kernels written for any dtype compute positions in."""
    return "double" if dtype == np.float64 else "single"


def _pairs(boxes: Array, first: int, last: int) -> Array:
    return boxes[:, [first, last]].astype(np.float64)
