"""TensorFlow's maximum with indices, which number the channels too."""

from typing import Any

import numpy as np

from poolkit._arguments import OneOrPerAxis, boolean
from poolkit._errors import ArgumentError, message
from poolkit.dialects.layer import Layer
from poolkit.dialects.numbering import row_major_of_all
from poolkit.dialects.tensorflow_layers import FloatLayer
from poolkit.dialects.tensorflow_reducers import MAX_OF_FIRST, NUMBERS, for_dtypes
from poolkit.dialects.tensorflow_windows import pooling, spatial_of
from poolkit.geometry import Plan
from poolkit.reducers.dtypes import DType
from poolkit.reducers.reducer import Array

__all__ = ["max_pool_with_argmax"]


def max_pool_with_argmax(
    x: object,
    /,
    ksize: OneOrPerAxis,
    strides: OneOrPerAxis,
    padding: str,
    data_format: str = "NHWC",
    output_dtype: Any = "int64",
    include_batch_in_index: bool = False,
    name: str | None = None,
    Targmax: Any = None,  # noqa: N803
    *,
    rank: int,
) -> Layer:
    """Return what ``tf.nn.max_pool_with_argmax`` gives for arrays (N, H, W, C)."""
    del x, name
    spatial_of(rank, 2)
    if not isinstance(data_format, str) or data_format != "NHWC":
        raise ArgumentError(message("data_format", "be NHWC", repr(data_format)))
    if not isinstance(padding, str):
        raise ArgumentError(message("padding", "be SAME or VALID", repr(padding)))
    # Its windows are those that a mean may have: of one example and one channel.
    asked = pooling("mean", 2, ksize, strides, padding, data_format)
    dtype = _index_dtype(output_dtype if Targmax is None else Targmax)
    counts_batch = boolean("include_batch_in_index", include_batch_in_index)
    axes = (0, 1, 2, 3) if counts_batch else (1, 2, 3)

    def number(plan: Plan, indices: Array) -> Array:
        return row_major_of_all(plan, indices, axes).astype(dtype)

    reducer = for_dtypes(MAX_OF_FIRST, NUMBERS)
    return FloatLayer(asked.windows, reducer, number, has_gradient=dtype == np.int64)


def _index_dtype(wanted: Any) -> DType:
    said = wanted if isinstance(wanted, str) else getattr(wanted, "name", str(wanted))
    for name in ("int32", "int64"):
        if name in said and "uint" not in said:
            return np.dtype(name)
    raise ArgumentError(message("output_dtype", "be int32 or int64", repr(wanted)))
