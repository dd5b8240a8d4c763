"""TFLite, or LiteRT: the pooling operators of a flatbuffer.

Where it departs from others: arrays are (N, H, W, C), strides are always given, and an activation
is fused behind the pooling. Means leave padding out. ``L2_POOL_2D`` is a root mean square.
Quantised operators compute with the integers as they are: a mean is rounded to the nearest, halves
away from 0; `scale` and `zero_point` say where an activation cuts. Nothing has a gradient.

`kernels` says which of three implementations answers:

- "reference" and "builtin" skip NaN in a maximum, and answer with finite numbers: also without an
  activation, −∞ becomes the lowest and ∞ the largest float32.
- "xnnpack" keeps infinities. A mean that is NaN becomes the lower end of the activation, −∞ where
  there is none. A maximum goes over the elements column by column, nine at a time, and a NaN
  among the first nine may be lost or become the lower end, one behind them may become the upper
  end, ∞ where there is none. It serves maxima and means alone, of float32 and (maxima) 8 bits,
  and no strides longer than the window: the rest is left to "builtin". Windows of one element
  are to it an activation alone, which leaves NaN as it is.

Where no window fits there are none, and where it is the width that is too short, by a stride more
than that, no rows of them either; to XNNPACK there is one window, cut short, and a mean divides by
all of its elements nevertheless.

Source: tensorflow/tensorflow, tensorflow/lite/kernels/pooling.cc, padding.h, kernel_util.cc
(activation ranges), internal/reference/pooling.h, internal/reference/integer_ops/pooling.h,
tensorflow/lite/delegates/xnnpack/xnnpack_delegate.cc; google/XNNPACK,
src/f32-maxpool/maxpool.c.in, src/indirection.c (max pooling). What those left open was settled
by running LiteRT 2.3.
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import SupportsIndex

from poolkit._errors import UnsupportedError
from poolkit.dialects.layer import Layer
from poolkit.dialects.native import Dialect, Native
from poolkit.dialects.plain import Call, Plain
from poolkit.dialects.tflite_node import (
    ByKernels,
    ByXnnpack,
    Node,
    largest,
    mean,
    read_node,
    root_mean_square,
)
from poolkit.geometry import AutomaticPadding, Rounding
from poolkit.reducers import Reducer
from poolkit.reducers.dtypes import DType

__all__ = ["DIALECT", "average_pool_2d", "l2_pool_2d", "max_pool_2d"]

DIALECT = Dialect("tflite")


def _operator(op: str, reduction: Callable[[Node, DType], Reducer], *by_xnnpack: str) -> Native:
    """Return an operator, of which XNNPACK serves arrays of some dtypes."""

    def pool(
        x: object,
        /,
        filter_height: SupportsIndex,
        filter_width: SupportsIndex,
        stride_h: SupportsIndex,
        stride_w: SupportsIndex,
        padding: str = "SAME",
        fused_activation_function: str = "NONE",
        kernels: str = "builtin",
        scale: float = 1.0,
        zero_point: SupportsIndex = 0,
        *,
        rank: int,
    ) -> Layer:
        del x
        sizes, strides = (filter_height, filter_width), (stride_h, stride_w)
        activation = fused_activation_function
        node = read_node(rank, sizes, strides, padding, activation, kernels, scale, zero_point)
        windows, reducer = node.specification(), partial(reduction, node)
        if by_xnnpack and node.is_fit_for_xnnpack():
            return ByXnnpack(windows, reducer, has_gradient=False, node=node, dtypes=by_xnnpack)
        return ByKernels(windows, reducer, has_gradient=False, node=node)

    pool.__name__ = pool.__qualname__ = op
    pool.__doc__ = f"Return what ``{op}`` gives for arrays (N, H, W, C), float or quantised."
    return DIALECT.operator(op)(pool)


max_pool_2d = _operator("MAX_POOL_2D", largest, "float32", "int8", "uint8")
average_pool_2d = _operator("AVERAGE_POOL_2D", mean, "float32")
l2_pool_2d = _operator("L2_POOL_2D", root_mean_square)


def _refuse(plain: Plain) -> None:
    rule = plain.automatic_padding
    for refused, reason in (
        (len(plain.axes) != 2 or plain.rank != 4, "it pools two axes of arrays (N, H, W, C)."),
        (plain.sliding is None, "its windows have a fixed size."),
        (set(plain.dilation) - {1}, "its windows have no dilation."),
        (
            rule is not AutomaticPadding.SAME and set(plain.padding) - {(0, 0)},
            "its padding is SAME, about half of it on each side, or none.",
        ),
        (
            rule is None and plain.rounding is not Rounding.FLOOR,
            "what a stride leaves over is dropped, unless padding is SAME.",
        ),
    ):
        if refused:
            raise UnsupportedError(reason)


@DIALECT.proposer
def propose(plain: Plain) -> Iterator[Call]:
    """Propose the three operators."""
    _refuse(plain)
    if plain.reduce == "max":
        op = "MAX_POOL_2D"
    elif plain.reduce == "mean":
        if not isinstance(plain.divisor, str):
            raise UnsupportedError("its means divide by a count of elements, no other number.")
        if plain.divisor != "valid" and plain.automatic_padding is not None:
            raise UnsupportedError("its means leave padding out.")
        op = "AVERAGE_POOL_2D"
    elif plain.reduce == "norm" and plain.norm_type == 2 and plain.mean_of_powers:
        op = "L2_POOL_2D"
    else:
        raise UnsupportedError("it has maxima, means and root mean squares alone.")
    (height, width), (down, right) = plain.kernel_size, plain.stride
    yield Call(
        op,
        {
            "filter_height": height,
            "filter_width": width,
            "stride_h": down,
            "stride_w": right,
            "padding": "VALID" if plain.automatic_padding is None else "SAME",
        },
    )
