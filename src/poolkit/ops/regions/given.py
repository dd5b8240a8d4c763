"""What callers give: boxes, and the scale between their coordinates and the cells."""

from collections.abc import Sequence
from math import inf, isfinite
from numbers import Real

import numpy as np

from poolkit._arguments import OneOrPerAxis, per_axis
from poolkit._arrays import as_numeric_array
from poolkit._errors import ArgumentError, ArgumentTypeError, message
from poolkit.geometry.regions import Precision, single
from poolkit.ops.regions.boxes import Channels, Regions
from poolkit.reducers.dtypes import DType
from poolkit.reducers.reducer import Array

__all__ = ["as_regions", "channels_of", "positive_scale", "precision_of", "sizes"]

WANTED = "be an array of shape (R, 5), or one of shape (L, 4) for each image"


def positive_scale(spatial_scale: object) -> float:
    """Return a scale, refusing what is no positive number."""
    wanted = "be a positive number"
    if isinstance(spatial_scale, bool) or not isinstance(spatial_scale, Real):
        raise ArgumentTypeError(message("spatial_scale", wanted, repr(spatial_scale)))
    scale = float(spatial_scale)
    if not (isfinite(scale) and scale > 0):
        raise ArgumentError(message("spatial_scale", wanted, spatial_scale))
    if not 0 < single(scale) < inf:  # times a corner of 0 it would be NaN
        raise ArgumentError(message("spatial_scale", "be in the range of float32", spatial_scale))
    return scale


def as_regions(boxes: object, images: int, dtype: DType) -> Regions:
    """Return boxes as callers may give them: with the number of their image, or image by image.

    Raises
    ------
    ArgumentError, ArgumentTypeError
        If they have another form, lie on none of the images, or are no finite numbers in the
        floats of `dtype`.
    """
    if isinstance(boxes, Sequence) and not isinstance(boxes, str | bytes) and len(boxes):
        each = [as_numeric_array(some, "boxes") for some in boxes]
        are_rows = all(some.shape == (5,) for some in each)
        table = np.stack(each) if are_rows else _of_images(each, images)
    else:
        given = np.zeros((0, 5)) if isinstance(boxes, Sequence) else boxes
        table = as_numeric_array(given, "boxes")
        if table.ndim != 2 or table.shape[1] != 5:
            raise ArgumentError(message("boxes", WANTED, f"shape {table.shape}"))
    table = table.astype(np.float64)
    with np.errstate(over="ignore"):
        narrow = table.astype(dtype)
    if not np.isfinite(narrow).all():
        wanted = f"be finite numbers in {dtype}"
        raise ArgumentError(message("boxes", wanted, "NaN, an infinity or more than fits"))
    numbers = table[:, 0]
    wrong = (numbers != np.trunc(numbers)) | (numbers < 0) | (numbers >= images)
    if wrong.any():
        wanted = f"begin with the whole number of an image, 0 to {images - 1}"
        raise ArgumentError(message("boxes", wanted, f"{numbers[wrong][0]:g}"))
    return Regions(numbers.astype(np.int64), rows=table[:, [2, 4]], columns=table[:, [1, 3]])


def _of_images(each: list[Array], images: int) -> Array:
    """Return boxes given image by image with the numbers of their images."""
    if len(each) != images:
        raise ArgumentError(
            message("boxes", f"be one array for each of {images} images", len(each))
        )
    for some in each:
        if some.ndim != 2 or some.shape[1] != 4:
            raise ArgumentError(message("boxes", WANTED, f"one of shape {some.shape}"))
    numbers = np.repeat(np.arange(images), [len(some) for some in each])
    return np.column_stack([numbers, np.concatenate(each).astype(np.float64)])


def sizes(output_size: OneOrPerAxis) -> tuple[int, int]:
    """Return how many bins a box has, down and across."""
    down, across = per_axis("output_size", output_size, 2, least=1)
    return down, across


def precision_of(x: Array) -> Precision:
    """Return the floats that positions on an array of float32 or float64 are computed in."""
    return "double" if x.dtype == np.float64 else "single"


def channels_of(x: Array, size: tuple[int, int]) -> Channels:
    """Return the channels of each bin, where every bin has as many of its own."""
    bins = size[0] * size[1]
    if x.shape[1] % bins:
        raise ArgumentError(message("x", f"have a multiple of {bins} channels", x.shape[1]))
    return Channels(x.shape[1] // bins, size)
