"""PyTorch's maxima, averages and norms of sliding windows.

Source: as :mod:`poolkit.dialects.torch`.
"""

from collections.abc import Callable, Sequence, Set
from math import prod
from typing import Any

import numpy as np

from poolkit._arguments import OneOrPerAxis, boolean, per_axis
from poolkit._errors import ArgumentError, ArgumentTypeError, message
from poolkit.dialects.layer import Layer
from poolkit.dialects.native import Native
from poolkit.dialects.numbering import plane_or_start
from poolkit.dialects.torch_layers import (
    AVERAGED,
    FLOATS,
    INTEGERS,
    Magnitudes,
    NormLayer,
    check_dtype,
    check_rank,
    max_of_floats,
)
from poolkit.dialects.torch_names import named
from poolkit.geometry import Plan, Rounding, Sliding, SlidingWindows, Specification
from poolkit.reducers import AveragedNorm, ComparedMax, Mean, Reducer, TruncatedMean
from poolkit.reducers.dtypes import DType
from poolkit.reducers.reducer import Divisor

__all__ = [
    "avg_pool1d",
    "avg_pool2d",
    "avg_pool3d",
    "lp_pool1d",
    "lp_pool2d",
    "lp_pool3d",
    "max_pool1d",
    "max_pool1d_with_indices",
    "max_pool2d",
    "max_pool2d_with_indices",
    "max_pool3d",
    "max_pool3d_with_indices",
]


def _sizes(name: str, value: Any, spatial: int, least: int = 1) -> tuple[int, ...]:
    """Return one integer per axis, from one, from a sequence of one, or of one per axis."""
    if isinstance(value, Sequence) and not isinstance(value, str) and len(value) == 1:
        value = (*value,) * spatial
    return per_axis(name, value, spatial, least)


def _refuse_empty(plan: Plan) -> None:
    shape = plan.shape
    if 0 in shape[plan.axes[0] - 1 :]:
        raise ArgumentError(message("x", "have no axis of length 0 but the batch", shape))


def _refuse_shorter_than_kernel(plan: Plan) -> None:
    _refuse_empty(plan)
    for axis, windows in zip(plan.axes, plan.windows, strict=True):
        assert isinstance(windows, SlidingWindows)
        if windows.length < windows.kernel_size:
            wanted = f"be at most the length of axis {axis}, {windows.length}, for avg_pool3d"
            raise ArgumentError(message("kernel_size", wanted, windows.kernel_size))


def _sliding(
    spatial: int,
    kernel_size: OneOrPerAxis,
    stride: OneOrPerAxis | None,
    padding: OneOrPerAxis = 0,
    dilation: OneOrPerAxis = 1,
    ceil_mode: bool = False,
) -> Specification:
    sizes = _sizes("kernel_size", kernel_size, spatial)
    is_left_out = stride is None or (isinstance(stride, Sequence) and len(stride) == 0)
    strides = sizes if is_left_out else _sizes("stride", stride, spatial)
    pads = _sizes("padding", padding, spatial, least=0)
    dilations = _sizes("dilation", dilation, spatial)
    if any(pad > size // 2 for pad, size in zip(pads, sizes, strict=True)):
        wanted = f"be at most half of the kernel, {sizes}"
        raise ArgumentError(message("padding", wanted, pads))
    rounding = Rounding.CEIL if boolean("ceil_mode", ceil_mode) else Rounding.FLOOR
    windows = zip(sizes, strides, dilations, ((pad, pad) for pad in pads), strict=True)
    # Dilated windows may hold padding alone: max_pool makes -inf of them.
    return Specification(tuple(Sliding(*each, rounding) for each in windows), may_be_empty=True)


def _max(dtype: DType) -> Reducer:
    check_dtype(dtype, FLOATS | INTEGERS)
    return ComparedMax("propagate", index_of_nan="last")


def _mean(divisor: Divisor, floats: Set[str]) -> Callable[[DType], Reducer]:
    def mean(dtype: DType) -> Reducer:
        check_dtype(dtype, floats | {"int64"})
        if dtype.kind == "i":
            return TruncatedMean(divisor)
        return Mean(divisor, empty=0.0)

    return mean


def _max_pool(spatial: int, *, with_indices: bool = False) -> Native:
    def pool(
        x: object,
        /,
        kernel_size: OneOrPerAxis,
        stride: OneOrPerAxis | None = None,
        padding: OneOrPerAxis = 0,
        dilation: OneOrPerAxis = 1,
        ceil_mode: bool = False,
        return_indices: bool = with_indices,
        *,
        rank: int,
    ) -> Layer:
        del x
        check_rank(rank, spatial)
        windows = _sliding(spatial, kernel_size, stride, padding, dilation, ceil_mode)
        if with_indices or return_indices:
            return Layer(windows, _max, plane_or_start, check=_refuse_empty, refuses_unchosen=True)
        reducer = max_of_floats if spatial == 1 else _max
        return Layer(windows, reducer, check=_refuse_empty, refuses_unchosen=True)

    name = f"max_pool{spatial}d"
    if with_indices:
        return named(pool, spatial, f"{name}_with_indices")
    return named(pool, spatial, name, f"MaxPool{spatial}d")


def _avg_pool(spatial: int) -> Native:
    def pool(
        x: object,
        /,
        kernel_size: OneOrPerAxis,
        stride: OneOrPerAxis | None = None,
        padding: OneOrPerAxis = 0,
        ceil_mode: bool = False,
        count_include_pad: bool = True,
        divisor_override: int | None = None,
        *,
        rank: int,
    ) -> Layer:
        del x
        check_rank(rank, spatial)
        windows = _sliding(spatial, kernel_size, stride, padding, 1, ceil_mode)
        counts_padding = boolean("count_include_pad", count_include_pad)
        divisor: Divisor = "padded" if counts_padding else "valid"
        if divisor_override is not None:
            if spatial == 1:
                wanted = "be left out: avg_pool1d has none"
                raise ArgumentTypeError(message("divisor_override", wanted, divisor_override))
            divisor = per_axis("divisor_override", divisor_override, 1, least=-(2**63))[0]
            if divisor == 0:
                raise ArgumentError(message("divisor_override", "not be 0", 0))
        check = _refuse_shorter_than_kernel if spatial == 3 else _refuse_empty
        return Layer(windows, _mean(divisor, AVERAGED[spatial]), check=check)

    return named(pool, spatial, f"avg_pool{spatial}d", f"AvgPool{spatial}d")


def _lp_pool(spatial: int) -> Native:
    def pool(
        x: object,
        /,
        norm_type: float,
        kernel_size: OneOrPerAxis,
        stride: OneOrPerAxis | None = None,
        ceil_mode: bool = False,
        *,
        rank: int,
    ) -> Layer | Magnitudes:
        del x
        check_rank(rank, spatial)
        if not isinstance(norm_type, (int, float, np.number)):
            raise ArgumentTypeError(message("norm_type", "be a number", repr(norm_type)))
        if norm_type == 0:
            raise ArgumentError(message("norm_type", "not be 0", norm_type))
        if isinstance(kernel_size, Sequence) and len(kernel_size) != spatial:
            wanted = f"be an integer, or a sequence of {spatial}"
            raise ArgumentError(message("kernel_size", wanted, kernel_size))
        windows = _sliding(spatial, kernel_size, stride, ceil_mode=ceil_mode)
        if abs(norm_type) == np.inf:
            reducer = max_of_floats if spatial == 1 else _max
            return Magnitudes(Layer(windows, reducer, check=_refuse_empty), bool(norm_type < 0))
        if spatial == 1 and isinstance(kernel_size, Sequence):
            raise ArgumentTypeError(message("kernel_size", "be an integer", kernel_size))
        check = _refuse_shorter_than_kernel if spatial == 3 else _refuse_empty
        elements = prod(_sizes("kernel_size", kernel_size, spatial))

        def norm(dtype: DType) -> Reducer:
            if dtype.kind in "biu" and isinstance(norm_type, float):
                return AveragedNorm(norm_type, elements)
            check_dtype(dtype, AVERAGED[spatial])
            return AveragedNorm(float(norm_type), elements, dtype)

        return NormLayer(windows, norm, check=check)

    return named(pool, spatial, f"lp_pool{spatial}d", f"LPPool{spatial}d")


max_pool1d, max_pool2d, max_pool3d = (_max_pool(n) for n in (1, 2, 3))
max_pool1d_with_indices, max_pool2d_with_indices, max_pool3d_with_indices = (
    _max_pool(n, with_indices=True) for n in (1, 2, 3)
)
avg_pool1d, avg_pool2d, avg_pool3d = (_avg_pool(n) for n in (1, 2, 3))
lp_pool1d, lp_pool2d, lp_pool3d = (_lp_pool(n) for n in (1, 2, 3))
