"""Torch7: the pooling modules of `nn`, for arrays (N, C, H, W), (N, C, T, H, W) or without N.

Where it departs from others: width comes before height, and time before both; maxima have
strides of the kernel by default, spatial averages of 1; with `ceil_mode` (the module's
``:ceil()``) the last windows are clipped only if some axis is padded, so that unpadded ones
with strides above the kernel may begin behind the input and be empty; NaN never wins a maximum,
and −∞ counts as the lowest finite number; indices count from 1, and are 0 where nothing was
chosen.

`ceil_mode`, `count_include_pad` (``:setCountExcludePad()``) and `divide` are fields of the
modules, set after they are made; here they are parameters. So are `oheight` and `owidth` of the
unpooling modules, which take them from the pooling module that they are made with. Fractional
pooling takes its random numbers as an input.

Not imitated: Torch7 adds the gradient of a temporal or adaptive window that chose nothing to an
element before the window. It goes nowhere here. Adaptive averages take exact bins, Torch7 float32
ones that are wrong where the number of windows times the length exceeds 2²⁴. The gradient of a
norm of p ≠ 2 is NaN in Torch7 where the sum of powers is 0, here 0.

Source: torch/nn: SpatialMaxPooling.lua, SpatialDilatedMaxPooling.lua, SpatialAveragePooling.lua,
SpatialLPPooling.lua, SpatialAdaptiveMaxPooling.lua, SpatialFractionalMaxPooling.lua,
SpatialMaxUnpooling.lua, TemporalMaxPooling.lua, Volumetric*Pooling.lua, and the files of
lib/THNN/generic of the same names. No version of it could be run.
"""

# ruff: noqa: N803 - the modules' own names

from poolkit._arguments import boolean, per_axis
from poolkit._errors import ArgumentError, ArgumentTypeError, message
from poolkit.dialects.layer import Layer, Shape
from poolkit.dialects.torch7_layers import (
    Fractional,
    Undivided,
    Unpooling,
    check_dtype,
    check_rank,
    from_one,
    max_above_flt_max,
    max_above_lowest,
    within_bin,
)
from poolkit.dialects.torch7_volumetric import (
    temporal_max_pooling,
    volumetric_average_pooling,
    volumetric_dilated_max_pooling,
    volumetric_max_pooling,
    volumetric_max_unpooling,
)
from poolkit.dialects.torch7_windows import (
    DIALECT,
    averages,
    integers,
    refuse_empty,
    sliding,
    undivided,
)
from poolkit.dialects.torch7_words import propose
from poolkit.geometry import Adaptive, Listed, Specification
from poolkit.geometry.float_bins import float_bins
from poolkit.reducers import Mean, PowerNorm, Reducer
from poolkit.reducers.dtypes import DType

__all__ = [
    "DIALECT",
    "spatial_adaptive_average_pooling",
    "spatial_adaptive_max_pooling",
    "spatial_average_pooling",
    "spatial_dilated_max_pooling",
    "spatial_fractional_max_pooling",
    "spatial_lp_pooling",
    "spatial_max_pooling",
    "spatial_max_unpooling",
    "temporal_max_pooling",
    "volumetric_average_pooling",
    "volumetric_dilated_max_pooling",
    "volumetric_max_pooling",
    "volumetric_max_unpooling",
]


@DIALECT.operator("SpatialDilatedMaxPooling")
def spatial_dilated_max_pooling(
    x: object,
    /,
    kW: int,
    kH: int,
    dW: int | None = None,
    dH: int | None = None,
    padW: int = 0,
    padH: int = 0,
    dilationW: int = 1,
    dilationH: int = 1,
    ceil_mode: bool = False,
    *,
    rank: int,
) -> Layer:
    """Return what ``nn.SpatialDilatedMaxPooling`` gives for arrays (N, C, H, W), with indices."""
    del x
    check_rank(rank, 2)
    strides = (kW if dW is None else dW, kH if dH is None else dH)
    dilations = (dilationW, dilationH)
    windows = sliding("WH", (kW, kH), strides, (padW, padH), dilations, ceil_mode)
    return Layer(windows, max_above_lowest, from_one, check=refuse_empty)


@DIALECT.operator("SpatialMaxPooling")
def spatial_max_pooling(
    x: object,
    /,
    kW: int,
    kH: int,
    dW: int | None = None,
    dH: int | None = None,
    padW: int = 0,
    padH: int = 0,
    ceil_mode: bool = False,
    *,
    rank: int,
) -> Layer:
    """Return what ``nn.SpatialMaxPooling`` gives for arrays (N, C, H, W), with indices."""
    del x
    check_rank(rank, 2)
    strides = (kW if dW is None else dW, kH if dH is None else dH)
    windows = sliding("WH", (kW, kH), strides, (padW, padH), (1, 1), ceil_mode)
    return Layer(windows, max_above_lowest, from_one, check=refuse_empty)


@DIALECT.operator("SpatialAveragePooling")
def spatial_average_pooling(
    x: object,
    /,
    kW: int,
    kH: int,
    dW: int = 1,
    dH: int = 1,
    padW: int = 0,
    padH: int = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divide: bool = True,
    *,
    rank: int,
) -> Layer | Undivided:
    """Return what ``nn.SpatialAveragePooling`` gives for arrays (N, C, H, W)."""
    del x
    check_rank(rank, 2)
    windows = sliding("WH", (kW, kH), (dW, dH), (padW, padH), (1, 1), ceil_mode)
    if boolean("divide", divide):
        return averages(windows, count_include_pad, refuse_empty)
    return undivided(windows, count_include_pad)


@DIALECT.operator("SpatialLPPooling")
def spatial_lp_pooling(
    x: object,
    /,
    nInputPlane: int | None,
    pnorm: float,
    kW: int,
    kH: int,
    dW: int | None = None,
    dH: int | None = None,
    *,
    rank: int,
) -> Layer:
    """Return what ``nn.SpatialLPPooling`` gives for arrays (N, C, H, W)."""
    del x, nInputPlane
    check_rank(rank, 2)
    if isinstance(pnorm, bool) or not isinstance(pnorm, (int, float)):
        raise ArgumentTypeError(message("pnorm", "be a number", repr(pnorm)))
    if pnorm == 0:
        raise ArgumentError(message("pnorm", "not be 0", pnorm))
    strides = (kW if dW is None else dW, kH if dH is None else dH)
    windows = sliding("WH", (kW, kH), strides, (0, 0), (1, 1), False)

    def norm(dtype: DType) -> Reducer:
        check_dtype(dtype)
        return PowerNorm(pnorm)

    return Layer(windows, norm, check=refuse_empty)


@DIALECT.operator("SpatialAdaptiveMaxPooling")
def spatial_adaptive_max_pooling(x: object, /, W: int, H: int, *, rank: int) -> Layer:
    """Return what ``nn.SpatialAdaptiveMaxPooling`` gives for arrays (N, C, H, W), with indices.

    They are an array (2, N, C, H, W): the row inside the bin, then the column, both from 1.
    """
    del x
    check_rank(rank, 2)
    (width,), (height,) = per_axis("W", W, 1, least=1), per_axis("H", H, 1, least=1)

    def bins(shape: Shape) -> Specification:
        rows, columns = shape[-2:]
        return Specification(
            (
                Listed(rows, float_bins(rows, height)),
                Listed(columns, float_bins(columns, width)),
            )
        )

    return Layer(bins, max_above_flt_max, within_bin, check=refuse_empty)


@DIALECT.operator("SpatialAdaptiveAveragePooling")
def spatial_adaptive_average_pooling(x: object, /, W: int, H: int, *, rank: int) -> Layer:
    """Return what ``nn.SpatialAdaptiveAveragePooling`` gives for arrays (N, C, H, W)."""
    del x
    check_rank(rank, 2)
    (width,), (height,) = per_axis("W", W, 1, least=1), per_axis("H", H, 1, least=1)

    def mean(dtype: DType) -> Reducer:
        check_dtype(dtype)
        return Mean()

    return Layer(Specification((Adaptive(height), Adaptive(width))), mean, check=refuse_empty)


@DIALECT.operator("SpatialMaxUnpooling")
def spatial_max_unpooling(x: object, indices: object, /, oheight: int, owidth: int) -> Unpooling:
    """Return what ``nn.SpatialMaxUnpooling`` gives for arrays (N, C, H, W) and indices from 1.

    The output has the height and width that the input of the pooling module had.
    """
    del x, indices
    return Unpooling(integers("o", "HW", (oheight, owidth), 1))


@DIALECT.operator("SpatialFractionalMaxPooling")
def spatial_fractional_max_pooling(
    x: object,
    random_samples: object,
    /,
    poolSizeW: int,
    poolSizeH: int,
    arg1: float,
    arg2: float,
) -> Fractional:
    """Return what ``nn.SpatialFractionalMaxPooling`` gives for arrays (N, C, H, W), with indices.

    `arg1` and `arg2` are the output's width and height, or ratios between 0 and 1.
    """
    del x, random_samples
    (width,) = per_axis("poolSizeW", poolSizeW, 1, least=2)
    (height,) = per_axis("poolSizeH", poolSizeH, 1, least=2)
    for name, value in (("arg1", arg1), ("arg2", arg2)):
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise ArgumentTypeError(message(name, "be a number", repr(value)))
    are_ratios = not (arg1 >= 1 and arg2 >= 1)
    if are_ratios and not (0 < arg1 < 1 and 0 < arg2 < 1):
        wanted = "both be at least 1, or both lie between 0 and 1"
        raise ArgumentError(message("arg1, arg2", wanted, (arg1, arg2)))
    if not are_ratios and (arg1 != int(arg1) or arg2 != int(arg2)):
        raise ArgumentError(message("arg1, arg2", "be whole numbers", (arg1, arg2)))
    return Fractional((height, width), (arg2, arg1), are_ratios)


DIALECT.proposer(propose)
