"""Chainer's unpooling and upsampling."""

from collections.abc import Sequence

from poolkit._arguments import OneOrPerAxis, per_axis
from poolkit._errors import ArgumentTypeError, message
from poolkit.dialects.chainer_inverses import Unpooling, Upsampling
from poolkit.dialects.chainer_windows import spatial_of, windows_of

__all__ = ["unpooling_1d", "unpooling_2d", "unpooling_3d", "unpooling_nd", "upsampling_2d"]


def _outsize(outsize: Sequence[int] | None, spatial: int) -> tuple[int, ...] | None:
    if outsize is None:
        return None
    if not isinstance(outsize, Sequence):
        wanted = f"be None or hold {spatial} integers"
        raise ArgumentTypeError(message("outsize", wanted, repr(outsize)))
    return per_axis("outsize", outsize, spatial, least=1)


def unpooling_nd(
    x: object,
    /,
    ksize: OneOrPerAxis,
    stride: OneOrPerAxis | None = None,
    pad: OneOrPerAxis = 0,
    outsize: Sequence[int] | None = None,
    cover_all: bool = True,
    *,
    rank: int,
) -> Unpooling:
    """Return what ``chainer.functions.unpooling_nd`` gives for arrays (N, C, *spatial)."""
    del x
    spatial = spatial_of(rank)
    windows = windows_of(spatial, ksize, stride, pad, cover_all)
    return Unpooling(windows, _outsize(outsize, spatial))


def unpooling_1d(
    x: object,
    /,
    ksize: OneOrPerAxis,
    stride: OneOrPerAxis | None = None,
    pad: OneOrPerAxis = 0,
    outsize: Sequence[int] | None = None,
    cover_all: bool = True,
    *,
    rank: int,
) -> Unpooling:
    """Return what ``chainer.functions.unpooling_1d`` gives for arrays (N, C, L)."""
    del x
    windows = windows_of(spatial_of(rank, 1), ksize, stride, pad, cover_all)
    return Unpooling(windows, _outsize(outsize, 1))


def unpooling_2d(
    x: object,
    /,
    ksize: OneOrPerAxis,
    stride: OneOrPerAxis | None = None,
    pad: OneOrPerAxis = 0,
    outsize: Sequence[int] | None = None,
    cover_all: bool = True,
    *,
    rank: int,
) -> Unpooling:
    """Return what ``chainer.functions.unpooling_2d`` gives for arrays (N, C, H, W)."""
    del x
    windows = windows_of(spatial_of(rank, 2), ksize, stride, pad, cover_all)
    return Unpooling(windows, _outsize(outsize, 2), divides=True)


def unpooling_3d(
    x: object,
    /,
    ksize: OneOrPerAxis,
    stride: OneOrPerAxis | None = None,
    pad: OneOrPerAxis = 0,
    outsize: Sequence[int] | None = None,
    cover_all: bool = True,
    *,
    rank: int,
) -> Unpooling:
    """Return what ``chainer.functions.unpooling_3d`` gives for arrays (N, C, D, H, W)."""
    del x
    windows = windows_of(spatial_of(rank, 3), ksize, stride, pad, cover_all)
    return Unpooling(windows, _outsize(outsize, 3))


def upsampling_2d(
    x: object,
    indices: object,
    /,
    ksize: OneOrPerAxis,
    stride: OneOrPerAxis | None = None,
    pad: OneOrPerAxis = 0,
    outsize: Sequence[int] | None = None,
    cover_all: bool = True,
    *,
    rank: int,
) -> Upsampling:
    """Return what ``chainer.functions.upsampling_2d`` gives for arrays (N, C, H, W)."""
    del x, indices
    windows = windows_of(spatial_of(rank, 2), ksize, stride, pad, cover_all)
    return Upsampling(windows, _outsize(outsize, 2))
