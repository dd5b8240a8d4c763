"""MXNet: `mx.nd.Pooling` and its relatives.

Where it departs from others: strides of 1 by default; with `pooling_convention="full"` the last
windows may be empty; NaN never wins a maximum, and −∞ counts as the lowest finite number; the
layout is an argument.

Source: apache/mxnet b84609d3fc, src/operator/nn/pooling.cc, pooling-inl.h, pool.h, pool_utils.h;
src/operator/contrib/adaptive_avg_pooling.cc.
"""

from collections.abc import Callable

import numpy as np

from poolkit._arguments import OneOrPerAxis, per_axis
from poolkit._errors import ArgumentError, message
from poolkit.dialects.layer import Layer
from poolkit.dialects.native import Dialect
from poolkit.geometry import (
    Adaptive,
    AutomaticPadding,
    Plan,
    Rounding,
    Sliding,
    SlidingWindows,
    Specification,
)
from poolkit.reducers import ComparedMax, Mean, PowerNorm, Reducer, Sum
from poolkit.reducers.dtypes import DType

__all__ = ["DIALECT"]

DIALECT = Dialect("mxnet")

LAYOUTS: dict[int, dict[str, tuple[int, ...]]] = {
    1: {"NCW": (2,), "NWC": (1,)},
    2: {"NCHW": (2, 3), "NHWC": (1, 2)},
    3: {"NCDHW": (2, 3, 4), "NDHWC": (1, 2, 3)},
}
LOWEST = float(np.finfo(np.float64).min)


def _max(dtype: DType) -> Reducer:
    # float32 is served by oneDNN, as MXNet is built, which remembers an element of every window.
    return ComparedMax("skip", LOWEST, unchosen="first" if dtype == np.float32 else "none")


def _reducer(
    pool_type: str, p_value: int | None, count_include_pad: bool | None
) -> Reducer | Callable[[DType], Reducer]:
    if pool_type == "max":
        return _max
    if pool_type == "sum":
        return Sum()
    if pool_type == "avg":
        include = count_include_pad is None or count_include_pad
        return Mean("padded" if include else "valid", empty=0.0)
    if pool_type == "lp":
        if p_value not in (1, 2, 3):
            raise ArgumentError(message("p_value", "be 1, 2 or 3 for lp", p_value))
        return Sum() if p_value == 1 else PowerNorm(p_value)
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
    if global_pool:
        return Layer(Specification((Adaptive(1),) * spatial, axes), reducer)
    sizes = per_axis("kernel", kernel, spatial, least=1)
    strides = per_axis("stride", stride, spatial, least=1) if stride != () else (1,) * spatial
    pads = per_axis("pad", pad, spatial, least=0) if pad != () else (0,) * spatial
    padding: list[tuple[int, int] | AutomaticPadding] = [(p, p) for p in pads]
    check = _refuse_kernels_beyond_input
    rounding = Rounding.FLOOR
    if pooling_convention == "same":
        if spatial != 1 or any(pads):
            wanted = 'be "same" for one spatial axis without pad alone'
            raise ArgumentError(
                message("pooling_convention", wanted, f"{spatial} axes, pad {pads}")
            )
        padding = [AutomaticPadding.SAME_END]
    elif pooling_convention == "full":
        rounding = Rounding.COVER
    elif pooling_convention != "valid":
        wanted = "be valid, full or same"
        raise ArgumentError(message("pooling_convention", wanted, repr(pooling_convention)))
    windows = tuple(
        Sliding(size, step, 1, padded, rounding)
        for size, step, padded in zip(sizes, strides, padding, strict=True)
    )
    return Layer(Specification(windows, axes, may_be_empty=True), reducer, check=check)


@DIALECT.operator("contrib.AdaptiveAvgPooling2D")
def adaptive_avg_pooling_2d(x: object, /, output_size: OneOrPerAxis = ()) -> Layer:
    """Return what ``mx.nd.contrib.AdaptiveAvgPooling2D`` gives for arrays (N, C, H, W)."""
    del x
    sizes = (1, 1) if output_size == () else per_axis("output_size", output_size, 2, least=1)
    return Layer(Specification(tuple(map(Adaptive, sizes)), (2, 3)), Mean())
