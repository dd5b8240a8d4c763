"""OpenVINO: pooling of its opsets, as the CPU plugin answers it.

Where it departs from others: nothing has a default but `rounding_type` and `auto_pad`; padding may
be as large as it likes; ``"ceil"`` never drops a window, ``"ceil_torch"`` drops those that begin in
the end padding; NaN never wins a maximum, and −∞ counts as the lowest finite number, but in
adaptive pooling, where a NaN stays if it comes first; of a window where nothing was chosen, the
index is that of the first element of the plane; indices are taken modulo the elements behind
`axis`; a mean that counts padding counts what hangs over, unless nothing is padded; an empty one
is NaN where its window begins right behind the input, and 0 farther behind. Means of integers are
rounded, halves to even, but those of whole planes cut off; float64, and integers but for maxima,
are computed in float32. There are no gradients. The default of `index_element_type` is one that
the plugin refuses in adaptive pooling; it is taken here.

Not reproduced: infinite sums of float64; means of whole planes of int8 and uint8, whose sums stop
at the ends of their range.

Source: openvinotoolkit/openvino, src/core/shape_inference/include/pooling_shape_inference_util.hpp,
src/core/reference/include/openvino/reference/max_pool.hpp, avg_pool.hpp,
src/plugins/intel_cpu/src/nodes/adaptive_pooling.cpp; and version 2026.4 itself.
"""

from typing import Any

from poolkit._errors import ArgumentTypeError, message
from poolkit.dialects.layer import Layer
from poolkit.dialects.native import Dialect
from poolkit.dialects.numbering import plane
from poolkit.dialects.openvino_layers import (
    Integers,
    PluginLayer,
    _fits,
    index_dtype_of,
    names,
    read_bins,
    read_max,
    read_mean,
    refuse_ceil_torch,
    specification,
)
from poolkit.dialects.openvino_words import propose
from poolkit.geometry import (
    Adaptive,
)
from poolkit.reducers import ComparedMax, Mean

__all__ = [
    "DIALECT",
    "adaptive_avg_pool",
    "adaptive_max_pool",
    "avg_pool",
    "avg_pool_1",
    "max_pool",
    "max_pool_1",
    "max_pool_8",
]

DIALECT = Dialect("openvino", propose=propose)

NEWEST = 16


@DIALECT.operator(*names("max_pool", range(1, 8), (1,)))
def max_pool_1(
    x: object,
    /,
    strides: Integers = (),
    pads_begin: Integers = (),
    pads_end: Integers = (),
    kernel_shape: Integers | None = None,
    rounding_type: str = "floor",
    auto_pad: str | None = None,
    name: str | None = None,
    *,
    kernel: Integers | None = None,
    rank: int,
) -> Layer:
    """Return what ``opset1.max_pool`` gives for arrays (N, C, *spatial)."""
    del x, name
    refuse_ceil_torch(rounding_type)
    sizes = kernel if kernel_shape is None else kernel_shape
    windows = specification(
        rank, strides, None, pads_begin, pads_end, sizes, rounding_type, auto_pad
    )
    found = read_max(rank, windows, 0, "i64")
    return PluginLayer(found.windows, found.reducer, check=_fits, has_gradient=False)


@DIALECT.operator(*names("max_pool", range(8, 14), (8,)))
def max_pool_8(
    x: object,
    /,
    strides: Integers = (),
    dilations: Integers | None = None,
    pads_begin: Integers = (),
    pads_end: Integers = (),
    kernel_shape: Integers | None = None,
    rounding_type: str = "floor",
    auto_pad: str | None = None,
    index_element_type: str = "i64",
    axis: int = 0,
    name: str | None = None,
    *,
    kernel: Integers | None = None,
    rank: int,
) -> Layer:
    """Return what ``opset8.max_pool`` gives for arrays (N, C, *spatial)."""
    del x, name
    refuse_ceil_torch(rounding_type)
    sizes = kernel if kernel_shape is None else kernel_shape
    windows = specification(
        rank, strides, dilations, pads_begin, pads_end, sizes, rounding_type, auto_pad
    )
    return read_max(rank, windows, axis, index_element_type)


@DIALECT.operator("max_pool", "MaxPool", *names("max_pool", range(14, NEWEST + 1), (14,)))
def max_pool(
    x: object,
    /,
    strides: Integers = (),
    dilations: Integers | None = None,
    pads_begin: Integers = (),
    pads_end: Integers = (),
    kernel_shape: Integers | None = None,
    rounding_type: str = "floor",
    auto_pad: str | None = None,
    index_element_type: str = "i64",
    axis: int = 0,
    name: str | None = None,
    *,
    kernel: Integers | None = None,
    rank: int,
) -> Layer:
    """Return what ``opset14.max_pool`` gives for arrays (N, C, *spatial)."""
    del x, name
    sizes = kernel if kernel_shape is None else kernel_shape
    windows = specification(
        rank, strides, dilations, pads_begin, pads_end, sizes, rounding_type, auto_pad
    )
    return read_max(rank, windows, axis, index_element_type)


@DIALECT.operator(*names("avg_pool", range(1, 14), (1,)))
def avg_pool_1(
    x: object,
    /,
    strides: Integers = (),
    pads_begin: Integers = (),
    pads_end: Integers = (),
    kernel_shape: Integers | None = None,
    exclude_pad: bool = False,
    rounding_type: str = "floor",
    auto_pad: str | None = None,
    name: str | None = None,
    *,
    kernel: Integers | None = None,
    rank: int,
) -> Layer:
    """Return what ``opset1.avg_pool`` gives for arrays (N, C, *spatial)."""
    del x, name
    refuse_ceil_torch(rounding_type)
    sizes = kernel if kernel_shape is None else kernel_shape
    windows = specification(
        rank, strides, None, pads_begin, pads_end, sizes, rounding_type, auto_pad
    )
    return read_mean(windows, exclude_pad)


@DIALECT.operator("avg_pool", "AvgPool", *names("avg_pool", range(14, NEWEST + 1), (14, 16)))
def avg_pool(
    x: object,
    /,
    strides: Integers = (),
    pads_begin: Integers = (),
    pads_end: Integers = (),
    kernel_shape: Integers | None = None,
    exclude_pad: bool = False,
    rounding_type: str = "floor",
    auto_pad: str | None = None,
    dilations: Integers | None = None,
    name: str | None = None,
    *,
    kernel: Integers | None = None,
    rank: int,
) -> Layer:
    """Return what ``opset14.avg_pool`` gives for arrays (N, C, *spatial); dilated since 16."""
    del x, name
    sizes = kernel if kernel_shape is None else kernel_shape
    windows = specification(
        rank, strides, dilations, pads_begin, pads_end, sizes, rounding_type, auto_pad
    )
    return read_mean(windows, exclude_pad)


ADAPTIVE = range(8, NEWEST + 1)


@DIALECT.operator(
    "adaptive_avg_pool", "AdaptiveAvgPool", *names("adaptive_avg_pool", ADAPTIVE, (8,))
)
def adaptive_avg_pool(
    x: object, output_shape: object = None, /, name: str | None = None, *, rank: int, **given: Any
) -> Layer:
    """Return what ``opset8.adaptive_avg_pool`` gives for arrays (N, C, *spatial)."""
    del x, name
    counts = _output_shape(output_shape, given)
    windows = read_bins(rank, counts)
    is_global = set(windows.windows) == {Adaptive(1)}
    return PluginLayer(windows, Mean(), has_gradient=False, truncates=is_global)


@DIALECT.operator(
    "adaptive_max_pool", "AdaptiveMaxPool", *names("adaptive_max_pool", ADAPTIVE, (8,))
)
def adaptive_max_pool(
    x: object,
    output_shape: object = None,
    /,
    index_element_type: str = "i64",
    name: str | None = None,
    *,
    rank: int,
    **given: Any,
) -> Layer:
    """Return what ``opset8.adaptive_max_pool`` gives for arrays (N, C, *spatial)."""
    del x, name
    counts = _output_shape(output_shape, given)
    return PluginLayer(
        read_bins(rank, counts),
        ComparedMax("first"),
        plane,
        has_gradient=False,
        index_dtype=index_dtype_of(index_element_type),
    )


def _output_shape(array: object, given: dict[str, Any]) -> object:
    """Return the sizes, which may come as an input or as a parameter."""
    others = set(given) - {"output_shape"}
    if others:
        raise ArgumentTypeError(message("params", "hold output_shape and no others", others))
    return given.get("output_shape") if array is None else array
