"""MXNet: `mx.nd.Pooling` and its relatives, as it is built, with oneDNN, and without it.

Where it departs from others: strides of 1 by default; with `pooling_convention="full"` the last
windows may be empty; NaN never wins a maximum, and −∞ counts as the lowest finite number; the
layout is an argument. ``Pooling_v1`` pads maxima with zeros, lets NaN win, and passes a gradient
to every element that is as large.

Source: apache/mxnet b84609d3fc, src/operator/nn/{pooling.cc,pooling-inl.h,pool.h,pool_utils.h},
src/operator/pooling_v1-inl.h, 3rdparty/mshadow/mshadow/base.h,
src/operator/contrib/adaptive_avg_pooling.cc. What oneDNN does is said in
:mod:`poolkit.dialects.mxnet_layer`.
"""

from dataclasses import replace

import numpy as np

from poolkit._arguments import OneOrPerAxis, boolean, per_axis
from poolkit._errors import ArgumentError, message
from poolkit.dialects import mxnet_regions
from poolkit.dialects.layer import Layer
from poolkit.dialects.mxnet_layer import PoolingLayer
from poolkit.dialects.mxnet_proposals import LAYOUTS, propose
from poolkit.dialects.native import Dialect
from poolkit.dialects.numbering import plane
from poolkit.geometry import (
    Adaptive,
    Plan,
    Rounding,
    Sliding,
    SlidingWindows,
    Specification,
)
from poolkit.reducers import ComparedMax, Mean, PaddedMax, PowerNorm, Reducer, Sum, TiedMax

__all__ = [
    "DIALECT",
    "OWN_KERNELS",
    "adaptive_avg_pooling_2d",
    "own_pooling",
    "pooling",
    "pooling_v1",
    "psroi_pooling",
    "roi_align",
    "roi_pooling",
]

DIALECT = Dialect("mxnet")
OWN_KERNELS = Dialect("mxnet_nomkldnn")

LOWEST = float(np.finfo(np.float64).min)


def _reducer(pool_type: str, p_value: int | None, count_include_pad: bool | None) -> Reducer:
    if pool_type == "max":
        return ComparedMax("skip", LOWEST)
    if pool_type == "sum":
        return Sum()
    if pool_type == "avg":
        include = count_include_pad is None or count_include_pad
        return Mean("padded" if include else "valid", empty=0.0)
    if pool_type == "lp":
        if p_value not in (1, 2, 3):
            raise ArgumentError(message("p_value", "be 1, 2 or 3 for lp", p_value))
        return Sum() if p_value == 1 else PowerNorm(p_value, signed=True)
    raise ArgumentError(message("pool_type", "be max, avg, sum or lp", repr(pool_type)))


def _refuse_kernels_beyond_input(plan: Plan) -> None:
    for axis, windows in zip(plan.axes, plan.windows, strict=True):
        assert isinstance(windows, SlidingWindows)
        if windows.kernel_size > windows.length + windows.low + windows.high:
            padded = windows.length + windows.low + windows.high
            wanted = f"be at most the padded input on axis {axis}, {padded}"
            raise ArgumentError(message("kernel", wanted, windows.kernel_size))


@DIALECT.operator("Pooling")
def pooling(
    x: object,
    /,
    kernel: OneOrPerAxis = (),
    pool_type: str = "max",
    global_pool: bool = False,
    cudnn_off: bool = False,
    pooling_convention: str = "valid",
    stride: OneOrPerAxis = (),
    pad: OneOrPerAxis = (),
    p_value: int | None = None,
    count_include_pad: bool | None = None,
    layout: str | None = None,
    *,
    rank: int,
) -> Layer:
    """Return what ``mx.nd.Pooling`` gives for arrays (N, C, *spatial), or as `layout` says."""
    own = own_pooling.read(
        kernel=kernel,
        pool_type=pool_type,
        global_pool=global_pool,
        cudnn_off=cudnn_off,
        pooling_convention=pooling_convention,
        stride=stride,
        pad=pad,
        p_value=p_value,
        count_include_pad=count_include_pad,
        layout=layout,
        rank=rank,
    )
    assert isinstance(own, PoolingLayer)
    assert isinstance(own.windows, Specification)
    is_channels_first = own.windows.axes == tuple(range(2, rank))
    if kernel == () or pool_type not in ("max", "avg") or not is_channels_first:
        return own
    if pool_type == "max":
        return replace(own, numbering=plane, one_dnn="always")
    covers = pooling_convention == "full" and not global_pool
    return replace(own, one_dnn="where even" if covers else "always")


@OWN_KERNELS.operator("Pooling")
def own_pooling(
    x: object,
    /,
    kernel: OneOrPerAxis = (),
    pool_type: str = "max",
    global_pool: bool = False,
    cudnn_off: bool = False,
    pooling_convention: str = "valid",
    stride: OneOrPerAxis = (),
    pad: OneOrPerAxis = (),
    p_value: int | None = None,
    count_include_pad: bool | None = None,
    layout: str | None = None,
    *,
    rank: int,
) -> Layer:
    """Return what ``mx.nd.Pooling`` gives without oneDNN: see :func:`pooling`."""
    del x, cudnn_off
    spatial = rank - 2
    if spatial not in LAYOUTS:
        raise ArgumentError(message("x", "have 3 to 5 axes", rank))
    axes_of = LAYOUTS[spatial]
    chosen = next(iter(axes_of)) if layout is None else layout
    if chosen not in axes_of:
        raise ArgumentError(message("layout", f"be one of {', '.join(axes_of)}", repr(layout)))
    axes = axes_of[chosen]
    reducer = _reducer(pool_type, p_value, count_include_pad)
    if pooling_convention not in ("valid", "full", "same"):
        wanted = "be valid, full or same"
        raise ArgumentError(message("pooling_convention", wanted, repr(pooling_convention)))
    is_global = boolean("global_pool", global_pool)
    pads = (0,) * spatial
    if pad != () and not is_global:
        pads = per_axis("pad", pad, spatial, least=0)
    if pooling_convention == "same" and (spatial != 1 or not is_global or kernel != ()):
        # MXNet 1.9 asks whether the padding of three axes is 0, and fails where there is but one.
        wanted = "be valid or full, for MXNet 1.9 fails"
        raise ArgumentError(message("pooling_convention", wanted, "'same'"))
    if is_global:
        return PoolingLayer(Specification((Adaptive(1),) * spatial, axes), reducer)
    sizes = per_axis("kernel", kernel, spatial, least=1)
    strides = per_axis("stride", stride, spatial, least=1) if stride != () else (1,) * spatial
    windows = _windows(sizes, strides, pads, pooling_convention)
    check = _refuse_kernels_beyond_input
    return PoolingLayer(Specification(windows, axes, may_be_empty=True), reducer, check=check)


@DIALECT.operator("Pooling_v1")
def pooling_v1(
    x: object,
    /,
    kernel: OneOrPerAxis = (),
    pool_type: str = "max",
    global_pool: bool = False,
    pooling_convention: str = "valid",
    stride: OneOrPerAxis = (),
    pad: OneOrPerAxis = (),
    *,
    rank: int,
) -> Layer:
    """Return what ``mx.nd.Pooling_v1`` gives for arrays (N, C, H, W)."""
    del x
    if rank != 4:
        raise ArgumentError(message("x", "have 4 axes", rank))
    if pool_type not in ("max", "avg", "sum"):
        raise ArgumentError(message("pool_type", "be max, avg or sum", repr(pool_type)))
    if pooling_convention not in ("valid", "full"):
        wanted = "be valid or full"
        raise ArgumentError(message("pooling_convention", wanted, repr(pooling_convention)))
    if boolean("global_pool", global_pool):
        reducers: dict[str, Reducer] = {"max": TiedMax(), "avg": Mean(), "sum": Sum()}
        return Layer(Specification((Adaptive(1),) * 2, (2, 3)), reducers[pool_type])
    sizes = per_axis("kernel", kernel, 2, least=1)
    strides = per_axis("stride", stride, 2, least=1) if stride != () else (1, 1)
    pads = per_axis("pad", pad, 2, least=0) if pad != () else (0, 0)
    largest = PaddedMax() if any(pads) else TiedMax()
    reducers = {"max": largest, "avg": Mean("window"), "sum": Sum()}
    windows = _windows(sizes, strides, pads, pooling_convention)
    return Layer(
        Specification(windows, (2, 3), may_be_empty=True),
        reducers[pool_type],
        check=_refuse_kernels_beyond_input,
    )


@DIALECT.operator("contrib.AdaptiveAvgPooling2D", "_contrib_AdaptiveAvgPooling2D")
def adaptive_avg_pooling_2d(x: object, /, output_size: OneOrPerAxis = ()) -> Layer:
    """Return what ``mx.nd.contrib.AdaptiveAvgPooling2D`` gives for arrays (N, C, H, W)."""
    del x
    given = output_size
    if isinstance(given, list | tuple) and len(given) == 1:
        given = given[0]
    sizes = (1, 1) if given == () else per_axis("output_size", given, 2, least=1)
    return Layer(Specification(tuple(map(Adaptive, sizes)), (2, 3)), Mean())


roi_pooling = DIALECT.operator("ROIPooling")(mxnet_regions.roi_pooling)
roi_align = DIALECT.operator("contrib.ROIAlign", "_contrib_ROIAlign")(mxnet_regions.roi_align)
psroi_pooling = DIALECT.operator("contrib.PSROIPooling", "_contrib_PSROIPooling")(
    mxnet_regions.psroi_pooling
)
OWN_KERNELS.operators = {**DIALECT.operators, **OWN_KERNELS.operators}

DIALECT.proposer(propose)
OWN_KERNELS.proposer(propose)


def _windows(
    sizes: tuple[int, ...], strides: tuple[int, ...], pads: tuple[int, ...], convention: str
) -> tuple[Sliding, ...]:
    rounding = Rounding.COVER if convention == "full" else Rounding.FLOOR
    return tuple(
        Sliding(size, step, 1, (pad, pad), rounding)
        for size, step, pad in zip(sizes, strides, pads, strict=True)
    )
