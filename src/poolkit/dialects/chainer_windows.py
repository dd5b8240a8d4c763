"""Chainer's parameters, read as windows."""

from poolkit._arguments import OneOrPerAxis, boolean, per_axis
from poolkit._errors import ArgumentError, message
from poolkit.geometry import Rounding, Sliding, Specification

__all__ = ["spatial_of", "windows_of"]


def spatial_of(rank: int, wanted: int | None = None) -> int:
    """Return the number of pooled axes of arrays of a rank, and refuse any but `wanted`."""
    if (wanted is not None and rank != wanted + 2) or rank < 3:
        needed = "have 3 axes at least" if wanted is None else f"have {wanted + 2} axes"
        raise ArgumentError(message("x", needed, rank))
    return rank - 2


def windows_of(
    spatial: int,
    ksize: OneOrPerAxis,
    stride: OneOrPerAxis | None,
    pad: OneOrPerAxis,
    cover_all: bool,
    kind: type[Sliding] = Sliding,
) -> Specification:
    """Return the windows that the parameters say."""
    sizes = per_axis("ksize", ksize, spatial, least=1)
    strides = sizes if stride is None else per_axis("stride", stride, spatial, least=1)
    pads = per_axis("pad", pad, spatial, least=0)
    rounding = Rounding.COVER if boolean("cover_all", cover_all) else Rounding.FLOOR
    sliding = tuple(
        kind(size, step, 1, (padded, padded), rounding)
        for size, step, padded in zip(sizes, strides, pads, strict=True)
    )
    return Specification(sliding, tuple(range(2, 2 + spatial)), may_be_empty=True)
