"""Torch7's modules for one and three pooled axes.

Source: as :mod:`poolkit.dialects.torch7`.
"""
# ruff: noqa: N803 - the modules' own names

from poolkit._arguments import per_axis
from poolkit.dialects.layer import Layer
from poolkit.dialects.numbering import within_window
from poolkit.dialects.torch7_layers import (
    Unpooling,
    check_rank,
    from_one,
    max_above_lowest,
)
from poolkit.dialects.torch7_windows import (
    DIALECT,
    averages,
    integers,
    refuse_empty,
    refuse_shorter_than_kernel,
    sliding,
)
from poolkit.geometry import Sliding, Specification

__all__ = [
    "temporal_max_pooling",
    "volumetric_average_pooling",
    "volumetric_dilated_max_pooling",
    "volumetric_max_pooling",
    "volumetric_max_unpooling",
]


@DIALECT.operator("TemporalMaxPooling")
def temporal_max_pooling(x: object, /, kW: int, dW: int | None = None, *, rank: int) -> Layer:
    """Return what ``nn.TemporalMaxPooling`` gives for arrays (N, T, C) or (T, C), with indices.

    They are offsets inside the windows, from 0; −1 where nothing was chosen.
    """
    del x
    check_rank(rank, 1)
    (size,) = per_axis("kW", kW, 1, least=1)
    (stride,) = per_axis("dW", kW if dW is None else dW, 1, least=1)
    windows = Specification((Sliding(size, stride),), (-2,))
    return Layer(windows, max_above_lowest, within_window, check=refuse_empty)


@DIALECT.operator("VolumetricDilatedMaxPooling")
def volumetric_dilated_max_pooling(
    x: object,
    /,
    kT: int,
    kW: int,
    kH: int,
    dT: int | None = None,
    dW: int | None = None,
    dH: int | None = None,
    padT: int = 0,
    padW: int = 0,
    padH: int = 0,
    dilationT: int = 1,
    dilationW: int = 1,
    dilationH: int = 1,
    ceil_mode: bool = False,
    *,
    rank: int,
) -> Layer:
    """Return what ``nn.VolumetricDilatedMaxPooling`` gives for (N, C, T, H, W), with indices."""
    del x
    check_rank(rank, 3)
    strides = (kT if dT is None else dT, kW if dW is None else dW, kH if dH is None else dH)
    dilations = (dilationT, dilationW, dilationH)
    windows = sliding("TWH", (kT, kW, kH), strides, (padT, padW, padH), dilations, ceil_mode)
    return Layer(windows, max_above_lowest, from_one, check=refuse_empty)


@DIALECT.operator("VolumetricMaxPooling")
def volumetric_max_pooling(
    x: object,
    /,
    kT: int,
    kW: int,
    kH: int,
    dT: int | None = None,
    dW: int | None = None,
    dH: int | None = None,
    padT: int = 0,
    padW: int = 0,
    padH: int = 0,
    ceil_mode: bool = False,
    *,
    rank: int,
) -> Layer:
    """Return what ``nn.VolumetricMaxPooling`` gives for arrays (N, C, T, H, W), with indices."""
    del x
    check_rank(rank, 3)
    strides = (kT if dT is None else dT, kW if dW is None else dW, kH if dH is None else dH)
    windows = sliding("TWH", (kT, kW, kH), strides, (padT, padW, padH), (1, 1, 1), ceil_mode)
    return Layer(windows, max_above_lowest, from_one, check=refuse_empty)


@DIALECT.operator("VolumetricAveragePooling")
def volumetric_average_pooling(
    x: object,
    /,
    kT: int,
    kW: int,
    kH: int,
    dT: int | None = None,
    dW: int | None = None,
    dH: int | None = None,
    padT: int = 0,
    padW: int = 0,
    padH: int = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    *,
    rank: int,
) -> Layer:
    """Return what ``nn.VolumetricAveragePooling`` gives for arrays (N, C, T, H, W)."""
    del x
    check_rank(rank, 3)
    strides = (kT if dT is None else dT, kW if dW is None else dW, kH if dH is None else dH)
    windows = sliding("TWH", (kT, kW, kH), strides, (padT, padW, padH), (1, 1, 1), ceil_mode)
    return averages(windows, count_include_pad, refuse_shorter_than_kernel)


@DIALECT.operator("VolumetricMaxUnpooling")
def volumetric_max_unpooling(
    x: object, indices: object, /, otime: int, oheight: int, owidth: int
) -> Unpooling:
    """Return what ``nn.VolumetricMaxUnpooling`` gives for (N, C, T, H, W) and indices from 1.

    The output has the time, height and width that the input of the pooling module had.
    """
    del x, indices
    return Unpooling(integers("o", "THW", (otime, oheight, owidth), 1))
