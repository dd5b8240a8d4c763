"""ONNX Runtime: what its CPU kernels answer to ONNX's pooling operators, by opset.

Where it departs from the standard, and from others:

- There are no means before opset 7, no norms before opset 2, no global norm since opset 22; no
  more than three pooled axes. float16 is computed in float32, since opset 6; float64 has maxima
  alone, since opset 8.
- Padding as large as the kernel is refused. Automatic padding wins over `pads`, takes the
  kernel as it is before dilation, and becomes negative where the stride is longer than the
  kernel: windows then begin inside the input. Kernels of its matrix library refuse that.
- In ceil mode ``auto_pad="VALID"`` rounds up too, and windows that begin in the end padding are
  dropped at every opset. A window a little longer than the padded axis is there, once; with one
  longer by a stride or more the output is empty, and beyond that refused.
- Of a maximum with indices, a NaN stays if it is a window's first element, else never wins. An
  empty window becomes the lowest finite number; its index is that of position −1 on every axis.
- Of a maximum alone, without dilation, NaN, −∞ and padding meet in vectors of four: see
  :class:`~poolkit.dialects.onnxruntime_kernels.VectorMax`. `outputs` says how many outputs a
  ``MaxPool`` node has, by default both.
- An empty mean or norm is 0. Before opset 19, a mean that counts padding counts, but for ceil
  mode, what hangs over.
- In ``RoiAlign`` of mode max, the largest of a bin is that of the cells around its points, each
  times its weight. A point beside the map is 0 times its first cell, which spoils a bin if that is
  NaN or infinite.
- Not reproduced: the latter for maxima; that means of dilated windows with negative padding read
  less at the end; that channels in multiples of 8 or 16 are rearranged on some machines, whose
  maxima then treat NaN otherwise; that ``QLinearAveragePool`` ends the process where channels
  are last and no window fits.
- There are no gradients.

Source: microsoft/onnxruntime, onnxruntime/core/providers/cpu/nn/pool_attributes.h, pool.cc,
pool_functors.h, Unpool.cc; onnxruntime/core/mlas/lib/pooling.cpp; and version 1.31 itself.
"""

from dataclasses import replace

from poolkit.dialects.layer import Layer, Meaning
from poolkit.dialects.onnx_attributes import NEWEST, Integers, flag, has_indices, whole_plane
from poolkit.dialects.onnx_regions import OLD_HALVES, max_of_cells, points_between_cells
from poolkit.dialects.onnx_unpooling import Unpool
from poolkit.dialects.onnxruntime_kernels import (
    FLOATS,
    LOWEST,
    MaxAlone,
    RuntimeLayer,
    VectorMax,
    refuse_negative_padding,
)
from poolkit.dialects.onnxruntime_quantised import (
    nhwc_max_pool,
    q_linear_average_pool,
    q_linear_global_average_pool,
)
from poolkit.dialects.onnxruntime_windows import (
    DIALECT,
    check_kernel,
    check_rank,
    flat_numbering,
    floats_of,
    norm_of,
    read_node,
    windows_of,
)
from poolkit.reducers import ComparedMax, Divisor, Mean

__all__ = [
    "DIALECT",
    "average_pool",
    "global_average_pool",
    "global_lp_pool",
    "global_max_pool",
    "lp_pool",
    "max_pool",
    "max_roi_pool",
    "max_unpool",
    "nhwc_max_pool",
    "q_linear_average_pool",
    "q_linear_global_average_pool",
    "roi_align",
]


@DIALECT.operator("MaxPool")
def max_pool(
    x: object,
    /,
    kernel_shape: Integers | None = None,
    auto_pad: str = "NOTSET",
    ceil_mode: int | None = None,
    dilations: Integers | None = None,
    pads: Integers | None = None,
    storage_order: int | None = None,
    strides: Integers | None = None,
    *,
    opset: int = NEWEST,
    outputs: int | None = None,
    rank: int,
) -> Layer:
    """Return what ``MaxPool`` gives for arrays (N, C, *spatial): values, and indices since 8."""
    del x
    check_kernel(
        opset,
        1,
        storage_order=(storage_order, 8),
        ceil_mode=(ceil_mode, 10),
        dilations=(dilations, 10),
    )
    asked = read_node(rank, kernel_shape, strides, pads, dilations, auto_pad, ceil_mode)
    order = int(flag("storage_order", 0 if storage_order is None else storage_order))
    dtypes = floats_of(opset)
    if opset >= 8:
        dtypes += ("float64",)
    if opset >= 12:
        dtypes += ("int8", "uint8")
    windows, maximum = windows_of(asked), ComparedMax("first", LOWEST)
    if has_indices(opset, outputs):
        numbering = flat_numbering(order, rank - 2)
        return RuntimeLayer(
            windows, maximum, numbering, has_gradient=False, dtypes=dtypes, asked=asked
        )
    alone = RuntimeLayer(windows, maximum, has_gradient=False, dtypes=dtypes, asked=asked)
    if order or max(asked.dilations) > 1:
        return alone
    return MaxAlone(**vars(alone))


@DIALECT.operator("AveragePool")
def average_pool(
    x: object,
    /,
    kernel_shape: Integers | None = None,
    auto_pad: str = "NOTSET",
    ceil_mode: int | None = None,
    count_include_pad: int | None = None,
    dilations: Integers | None = None,
    pads: Integers | None = None,
    strides: Integers | None = None,
    *,
    opset: int = NEWEST,
    rank: int,
) -> Layer:
    """Return what ``AveragePool`` gives for arrays (N, C, *spatial)."""
    del x
    check_kernel(opset, 7, ceil_mode=(ceil_mode, 10), dilations=(dilations, 19))
    asked = read_node(rank, kernel_shape, strides, pads, dilations, auto_pad, ceil_mode)
    include = flag("count_include_pad", 0 if count_include_pad is None else count_include_pad)
    by_library = opset < 19 and not (include and asked.ceil_mode)
    counted: Divisor = "window" if by_library else "padded"
    mean = Mean(counted if include else "valid", empty=0.0)
    check = refuse_negative_padding if by_library else None
    return RuntimeLayer(windows_of(asked), mean, check=check, has_gradient=False, asked=asked)


@DIALECT.operator("LpPool")
def lp_pool(
    x: object,
    /,
    kernel_shape: Integers | None = None,
    auto_pad: str = "NOTSET",
    ceil_mode: int | None = None,
    dilations: Integers | None = None,
    p: int = 2,
    pads: Integers | None = None,
    strides: Integers | None = None,
    *,
    opset: int = NEWEST,
    rank: int,
) -> Layer:
    """Return what ``LpPool`` gives for arrays (N, C, *spatial)."""
    del x
    check_kernel(opset, 2, ceil_mode=(ceil_mode, 18), dilations=(dilations, 18))
    asked = read_node(rank, kernel_shape, strides, pads, dilations, auto_pad, ceil_mode)
    norm, dtypes = norm_of(p), floats_of(opset)
    return RuntimeLayer(windows_of(asked), norm, has_gradient=False, dtypes=dtypes, asked=asked)


@DIALECT.operator("GlobalMaxPool")
def global_max_pool(x: object, /, *, opset: int = NEWEST, rank: int) -> Layer:
    """Return what ``GlobalMaxPool`` gives for arrays (N, C, *spatial)."""
    del x
    check_kernel(opset, 1)
    check_rank(rank)
    maximum = ComparedMax("skip", LOWEST)
    return VectorMax(whole_plane(rank), maximum, has_gradient=False, dtypes=floats_of(opset))


@DIALECT.operator("GlobalAveragePool")
def global_average_pool(x: object, /, *, opset: int = NEWEST, rank: int) -> Layer:
    """Return what ``GlobalAveragePool`` gives for arrays (N, C, *spatial)."""
    del x
    check_kernel(opset, 1)
    check_rank(rank)
    return RuntimeLayer(whole_plane(rank), Mean(), has_gradient=False, dtypes=floats_of(opset))


@DIALECT.operator("GlobalLpPool")
def global_lp_pool(x: object, /, p: int = 2, *, opset: int = NEWEST - 1, rank: int) -> Layer:
    """Return what ``GlobalLpPool`` gives for arrays (N, C, *spatial): before opset 22 alone."""
    del x
    check_kernel(opset, 2, NEWEST - 1)
    check_rank(rank)
    return RuntimeLayer(whole_plane(rank), norm_of(p), has_gradient=False, dtypes=floats_of(opset))


@DIALECT.operator("MaxUnpool")
def max_unpool(
    x: object,
    indices: object,
    output_shape: object = None,
    /,
    kernel_shape: Integers | None = None,
    pads: Integers | None = None,
    strides: Integers | None = None,
    *,
    opset: int = NEWEST,
    rank: int,
) -> Unpool:
    """Return what ``MaxUnpool`` gives for arrays (N, C, *spatial)."""
    del x, indices, output_shape
    check_kernel(opset, 9)
    asked = read_node(rank, kernel_shape, strides, pads, None, "NOTSET", None)
    return Unpool(asked, FLOATS, fills_given_shape=True, has_gradient=False)


@DIALECT.operator("MaxRoiPool")
def max_roi_pool(
    x: object,
    rois: object,
    /,
    pooled_shape: Integers | None = None,
    spatial_scale: float = 1.0,
    *,
    opset: int = NEWEST - 1,
) -> Meaning:
    """Return what ``MaxRoiPool`` gives: rois (R, 5) of (image, x1, y1, x2, y2)."""
    del x, rois
    check_kernel(opset, 1, NEWEST - 1)
    rule = ComparedMax("last", LOWEST)
    return replace(
        max_of_cells(floats_of(opset), pooled_shape, spatial_scale, rule), has_gradient=False
    )


@DIALECT.operator("RoiAlign")
def roi_align(
    x: object,
    rois: object,
    batch_indices: object,
    /,
    coordinate_transformation_mode: str | None = None,
    mode: str = "avg",
    output_height: int = 1,
    output_width: int = 1,
    sampling_ratio: int = 0,
    spatial_scale: float = 1.0,
    *,
    opset: int = NEWEST - 1,
) -> Meaning:
    """Return what ``RoiAlign`` gives: rois (R, 4) of (x1, y1, x2, y2), batch_indices (R,)."""
    del x, rois, batch_indices
    given = (coordinate_transformation_mode, 16)
    check_kernel(opset, 10, NEWEST - 1, coordinate_transformation_mode=given)
    halves = coordinate_transformation_mode or ("half_pixel" if opset >= 16 else OLD_HALVES)
    size = [output_height, output_width]
    dtypes = (*FLOATS, "float64")
    numbers = (sampling_ratio, spatial_scale)
    layer = points_between_cells(dtypes, halves, mode, size, *numbers, reads_first=True)
    return replace(layer, has_gradient=False)
