"""TensorRT: `IPoolingLayer`, by the names of its Python interface.

Where it departs from others: windows of two or three axes only, the last ones; strides of 1 by
default; averages leave padding out by default, or count it as far as the padded input reaches;
with EXPLICIT_ROUND_UP the last windows may begin in the padding behind the input; a blend of
maximum and average. It infers only: there are no gradients, and no indices.

The two Caffe modes were removed with TensorRT 10. Their documentation forbids padding as long as
the window, and then pads windows of 3 by 3 in its example; the example is followed here.

Unverified, since its kernels are closed: NaN (here it wins a maximum), equal elements, windows
that hold nothing (here −∞, and NaN for averages), and the rounding of half types and int8.

Source: NVIDIA/TensorRT, include/NvInfer.h 8 and 10 (PaddingMode, IPoolingLayer), and NVIDIA's
page of the Pooling operator.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from poolkit._arguments import boolean, per_axis
from poolkit._errors import ArgumentError, ArgumentTypeError, UnsupportedError, message
from poolkit.dialects.layer import Layer, Shape
from poolkit.dialects.native import Dialect
from poolkit.dialects.plain import Call, Plain
from poolkit.geometry import (
    AutomaticPadding,
    Rounding,
    Sliding,
    Specification,
    sliding_count,
)
from poolkit.reducers import ComparedMax, MaxMeanBlend, Mean, Reducer
from poolkit.reducers.reducer import Divisor

__all__ = ["DIALECT", "pooling"]

DIALECT = Dialect("tensorrt")

PADDING_MODES = (
    *("EXPLICIT_ROUND_DOWN", "EXPLICIT_ROUND_UP", "SAME_UPPER", "SAME_LOWER"),
    *("CAFFE_ROUND_DOWN", "CAFFE_ROUND_UP"),
)
POOLING_TYPES = ("MAX", "AVERAGE", "MAX_AVERAGE_BLEND")


def _member(name: str, value: Any, members: Sequence[str]) -> str:
    """Return the name of an enumeration's member from its name or number."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < len(members):
        return members[value]
    last = str(getattr(value, "name", value)).rpartition(".")[2].removeprefix("k")
    if last not in members:
        raise ArgumentError(message(name, f"be one of {', '.join(members)}", repr(value)))
    return last


def _reducer(type_: str, blend_factor: float, excludes_padding: bool) -> Reducer:
    divisor: Divisor = "valid" if excludes_padding else "padded"
    if type_ == "MAX":
        return ComparedMax()
    if type_ == "AVERAGE":
        return Mean(divisor)
    if not isinstance(blend_factor, int | float) or isinstance(blend_factor, bool):
        raise ArgumentTypeError(message("blend_factor", "be a number", repr(blend_factor)))
    if not 0 <= blend_factor <= 1:
        raise ArgumentError(message("blend_factor", "lie in 0 to 1", blend_factor))
    return MaxMeanBlend(float(blend_factor), divisor)


@DIALECT.operator("add_pooling_nd", "add_pooling", "IPoolingLayer", "Pooling", "pooling")
def pooling(
    x: object,
    /,
    type: Any = "MAX",
    window_size: Any = None,
    *,
    window_size_nd: Any = None,
    stride: Any = None,
    stride_nd: Any = None,
    padding: Any = None,
    padding_nd: Any = None,
    pre_padding: Any = None,
    post_padding: Any = None,
    padding_mode: Any = "EXPLICIT_ROUND_DOWN",
    blend_factor: float = 0.0,
    average_count_excludes_padding: bool = True,
    rank: int,
) -> Layer:
    """Return what ``INetworkDefinition.add_pooling_nd`` gives for arrays (N, C, *spatial).

    Its parameters are those of the call and the properties of the layer that it returns; those
    ending in ``_nd`` come before the others.
    """
    del x
    window = window_size if window_size_nd is None else window_size_nd
    if window is None:
        raise ArgumentTypeError(message("window_size", "be given", None))
    spatial = len(window) if isinstance(window, Sequence) else rank - 2
    sizes = per_axis("window_size", window, spatial, least=1)
    if spatial not in (2, 3) or rank < spatial + 1:
        wanted = "have 2 or 3 axes, those of x but the batch and channels"
        raise ArgumentError(message("window_size", wanted, f"{spatial} for x of {rank} axes"))
    steps = stride if stride_nd is None else stride_nd
    strides = (1,) * spatial if steps is None else per_axis("stride", steps, spatial, least=1)
    both = padding if padding_nd is None else padding_nd
    both = 0 if both is None else both
    before = per_axis("pre_padding", both if pre_padding is None else pre_padding, spatial, 0)
    after = per_axis("post_padding", both if post_padding is None else post_padding, spatial, 0)
    mode = _member("padding_mode", padding_mode, PADDING_MODES)
    excludes = boolean("average_count_excludes_padding", average_count_excludes_padding)
    reducer = _reducer(_member("type", type, POOLING_TYPES), blend_factor, excludes)
    rounding = {"EXPLICIT_ROUND_UP": Rounding.COVER, "CAFFE_ROUND_UP": Rounding.CEIL}
    automatic = {
        "SAME_UPPER": AutomaticPadding.SAME,
        "SAME_LOWER": AutomaticPadding.SAME_LOWER,
    }
    windows = tuple(
        Sliding(k, s, 1, automatic.get(mode, (low, high)), rounding.get(mode, Rounding.FLOOR))
        for k, s, low, high in zip(sizes, strides, before, after, strict=True)
    )
    axes = tuple(range(rank - spatial, rank))
    specification = Specification(windows, axes, may_be_empty=True)
    if mode == "CAFFE_ROUND_DOWN" and any(a >= k for a, k in zip(after, sizes, strict=True)):
        return Layer(lambda shape: _clipped(specification, shape), reducer, has_gradient=False)
    return Layer(specification, reducer, has_gradient=False)


def _clipped(specification: Specification, shape: Shape) -> Specification:
    """Return the same windows without a last one that begins in the padding behind the input."""
    windows = []
    for asked, axis in zip(specification.windows, specification.axes_of(len(shape)), strict=True):
        assert isinstance(asked, Sliding)
        assert not isinstance(asked.padding, AutomaticPadding)
        low, high = asked.padding
        length, size, step = shape[axis], asked.kernel_size, asked.stride
        count = sliding_count(length, size, step, low, high, Rounding.FLOOR)
        begins_behind = (count - 1) * step >= length + low
        pads = (low, max(0, high - step)) if begins_behind else (low, high)
        windows.append(Sliding(size, step, 1, pads))
    return Specification(tuple(windows), specification.axes, may_be_empty=True)


@DIALECT.proposer
def propose(plain: Plain) -> Iterator[Call]:
    """Yield the padding modes that may say it."""
    if plain.sliding is None:
        raise UnsupportedError("its windows have a given length, and no layer is global.")
    if len(plain.axes) not in (2, 3):
        raise UnsupportedError("it pools two or three axes.")
    if plain.reduce not in ("max", "mean"):
        raise UnsupportedError("it has maxima and averages alone.")
    if set(plain.dilation) != {1}:
        raise UnsupportedError("its pooling has no dilation.")
    params: dict[str, Any] = {
        "type": "MAX" if plain.reduce == "max" else "AVERAGE",
        "window_size": plain.kernel_size,
        "stride_nd": plain.stride,
    }
    if plain.reduce == "mean":
        if not isinstance(plain.divisor, str):
            raise UnsupportedError("the divisor of an average cannot be chosen.")
        params["average_count_excludes_padding"] = plain.divisor == "valid"
    modes = {AutomaticPadding.SAME: "SAME_UPPER", AutomaticPadding.SAME_LOWER: "SAME_LOWER"}
    if any(isinstance(p, AutomaticPadding) for p in plain.padding):
        if plain.automatic_padding not in modes:
            raise UnsupportedError(
                "automatic padding is shared out between both ends, on every axis or on none."
            )
        yield Call("add_pooling_nd", {**params, "padding_mode": modes[plain.automatic_padding]})
        return
    sides = plain.padding_of_sides
    if any(map(sum, sides)):
        params["pre_padding"] = tuple(low for low, _ in sides)
        params["post_padding"] = tuple(high for _, high in sides)
    up = plain.rounding is not Rounding.FLOOR
    yield Call("add_pooling_nd", {**params, "padding_mode": "EXPLICIT_ROUND_UP"} if up else params)
    if up:
        yield Call("add_pooling_nd", {**params, "padding_mode": "CAFFE_ROUND_UP"})
