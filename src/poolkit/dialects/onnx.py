"""ONNX: what the standard says of pooling operators, by opset.

Where it departs from others: strides of 1 by default; begins of all axes come before the ends in
`pads`; means leave padding out unless asked; indices count the whole tensor; Lp pooling takes
magnitudes. Where the text leaves something open:

- In ceil mode, windows that begin in the end padding are ignored, as the text has it since opset
  22 and the reference evaluator at every opset; a mean never counts what hangs over.
- ``auto_pad="VALID"`` rounds down in ceil mode too: that is what the text's formula gives, though
  shape inference rounds up.
- NaN makes a window NaN. The reference evaluator drops it with strides of 1, and keeps it where
  it comes first with others.
- A window without an element of the input is refused.
- In ``RoiAlign`` of mode max, the largest of a bin is that of the cells around its points, each
  times its weight, as the reference evaluator and the backend tests have it.
- ``MaxUnpool`` puts values where they lie in the size that the attributes give, then makes room
  at the far ends up to ``output_shape``, as the backend tests have it.

Not reproduced: the reference evaluator's shifted windows of ceiled means, its wrong indices with
strides of 1, its weight of norms that hang over.

Source: onnx/onnx 1.23, onnx/defs/nn/defs.cc, old.cc; onnx/reference/ops/op_pool_common.py,
op_max_unpool.py; onnx/backend/test/case/node/*pool.py.
"""

from poolkit.dialects.layer import Layer
from poolkit.dialects.native import Dialect
from poolkit.dialects.onnx_attributes import (
    NEWEST,
    Integers,
    check_opset,
    dtypes_of,
    exponent,
    flag,
    flat_numbering,
    has_indices,
    only,
    read_attributes,
    refuse_two_paddings,
    whole_plane,
)
from poolkit.dialects.onnx_regions import OLD_HALVES, max_of_cells, points_between_cells
from poolkit.dialects.onnx_unpooling import Unpool
from poolkit.dialects.onnx_words import propose
from poolkit.dialects.regions import (
    RegionLayer,
)
from poolkit.reducers import Lp, Max, Mean

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
    "roi_align",
]

DIALECT = Dialect("onnx", propose=propose)


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
    """Return what ``MaxPool`` means for arrays (N, C, *spatial): values, and indices since 8."""
    del x
    check_opset(
        opset,
        1,
        storage_order=(storage_order, 8),
        ceil_mode=(ceil_mode, 10),
        dilations=(dilations, 10),
    )
    asked = read_attributes(rank, kernel_shape, strides, pads, dilations, auto_pad, ceil_mode)
    refuse_two_paddings(asked, pads)
    order = flag("storage_order", 0 if storage_order is None else storage_order)
    eight_bits = ("int8", "uint8") if opset >= 12 else ()
    return Layer(
        asked.specification(),
        only(dtypes_of(opset, eight_bits), Max()),
        flat_numbering(order, rank - 2) if has_indices(opset, outputs) else None,
    )


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
    """Return what ``AveragePool`` means for arrays (N, C, *spatial)."""
    del x
    check_opset(
        opset,
        1,
        count_include_pad=(count_include_pad, 7),
        ceil_mode=(ceil_mode, 10),
        dilations=(dilations, 19),
    )
    asked = read_attributes(rank, kernel_shape, strides, pads, dilations, auto_pad, ceil_mode)
    refuse_two_paddings(asked, pads)
    include = flag("count_include_pad", 0 if count_include_pad is None else count_include_pad)
    mean = Mean("padded" if include else "valid")
    return Layer(asked.specification(), only(dtypes_of(opset), mean))


@DIALECT.operator("LpPool")
def lp_pool(
    x: object,
    /,
    kernel_shape: Integers | None = None,
    auto_pad: str = "NOTSET",
    ceil_mode: int | None = None,
    dilations: Integers | None = None,
    p: float = 2,
    pads: Integers | None = None,
    strides: Integers | None = None,
    *,
    opset: int = NEWEST,
    rank: int,
) -> Layer:
    """Return what ``LpPool`` means for arrays (N, C, *spatial)."""
    del x
    check_opset(opset, 1, ceil_mode=(ceil_mode, 18), dilations=(dilations, 18))
    asked = read_attributes(rank, kernel_shape, strides, pads, dilations, auto_pad, ceil_mode)
    refuse_two_paddings(asked, pads)
    return Layer(asked.specification(), only(dtypes_of(opset), Lp(exponent(p, opset))))


@DIALECT.operator("GlobalMaxPool")
def global_max_pool(x: object, /, *, opset: int = NEWEST, rank: int) -> Layer:
    """Return what ``GlobalMaxPool`` means for arrays (N, C, *spatial)."""
    del x
    check_opset(opset, 1)
    return Layer(whole_plane(rank), only(dtypes_of(opset), Max()))


@DIALECT.operator("GlobalAveragePool")
def global_average_pool(x: object, /, *, opset: int = NEWEST, rank: int) -> Layer:
    """Return what ``GlobalAveragePool`` means for arrays (N, C, *spatial)."""
    del x
    check_opset(opset, 1)
    return Layer(whole_plane(rank), only(dtypes_of(opset), Mean()))


@DIALECT.operator("GlobalLpPool")
def global_lp_pool(x: object, /, p: float = 2, *, opset: int = NEWEST, rank: int) -> Layer:
    """Return what ``GlobalLpPool`` means for arrays (N, C, *spatial)."""
    del x
    check_opset(opset, 1)
    return Layer(whole_plane(rank), only(dtypes_of(opset), Lp(exponent(p, opset))))


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
    """Return what ``MaxUnpool`` means for arrays (N, C, *spatial)."""
    del x, indices, output_shape
    check_opset(opset, 9)
    asked = read_attributes(rank, kernel_shape, strides, pads, None, "NOTSET", None)
    return Unpool(asked, dtypes_of(opset))


@DIALECT.operator("MaxRoiPool")
def max_roi_pool(
    x: object,
    rois: object,
    /,
    pooled_shape: Integers | None = None,
    spatial_scale: float = 1.0,
    *,
    opset: int = NEWEST,
) -> RegionLayer:
    """Return what ``MaxRoiPool`` means: rois (R, 5) of (image, x1, y1, x2, y2)."""
    del x, rois
    check_opset(opset, 1)
    return max_of_cells(dtypes_of(opset)[:3], pooled_shape, spatial_scale, Max())


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
    opset: int = NEWEST,
) -> RegionLayer:
    """Return what ``RoiAlign`` means: rois (R, 4) of (x1, y1, x2, y2), batch_indices (R,)."""
    del x, rois, batch_indices
    check_opset(opset, 10, coordinate_transformation_mode=(coordinate_transformation_mode, 16))
    halves = coordinate_transformation_mode or ("half_pixel" if opset >= 16 else OLD_HALVES)
    size = [output_height, output_width]
    dtypes = dtypes_of(opset)[:3]
    return points_between_cells(dtypes, halves, mode, size, sampling_ratio, spatial_scale)
