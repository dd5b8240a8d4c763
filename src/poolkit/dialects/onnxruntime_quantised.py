"""ONNX Runtime's own operators for 8-bit integers, those of ``com.microsoft``."""

from dataclasses import dataclass, replace

import numpy as np

from poolkit._errors import ArgumentError, ArgumentTypeError, message
from poolkit.dialects.layer import Answer, Layer, Meaning
from poolkit.dialects.onnx_attributes import NEWEST, Integers, flag, whole_plane
from poolkit.dialects.onnxruntime_kernels import RuntimeLayer
from poolkit.dialects.onnxruntime_windows import DIALECT, read_node, windows_of
from poolkit.geometry import (
    Adaptive,
    Plan,
    SlidingWindows,
    Specification,
)
from poolkit.ops.quantised import average, average_of_planes, dequantise, quantise
from poolkit.reducers import ComparedMax, Divisor, Mean
from poolkit.reducers.reducer import Array

__all__ = [
    "QuantisedMean",
    "nhwc_max_pool",
    "q_linear_average_pool",
    "q_linear_global_average_pool",
]


@DIALECT.operator("NhwcMaxPool")
def nhwc_max_pool(
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
    rank: int,
) -> Layer:
    """Return what ``com.microsoft.NhwcMaxPool`` gives for arrays (N, *spatial, C) of 8 bits."""
    del x, opset
    asked = read_node(rank, kernel_shape, strides, pads, dilations, auto_pad, ceil_mode)
    flag("storage_order", 0 if storage_order is None else storage_order)
    asked = replace(asked, channels_last=True)
    dtypes = ("int8", "uint8")
    return RuntimeLayer(
        windows_of(asked), ComparedMax(), has_gradient=False, dtypes=dtypes, asked=asked
    )


@dataclass(frozen=True)
class QuantisedMean:
    """The mean of 8-bit integers that stand for other numbers.

    Attributes
    ----------
    layer : RuntimeLayer
        The windows.
    divisor : {"valid", "window"}
        What a mean divides by.
    """

    layer: RuntimeLayer
    divisor: Divisor

    def answer(
        self,
        x: Array,
        x_scale: Array,
        x_zero_point: Array | None,
        y_scale: Array | None,
        y_zero_point: Array | None = None,
    ) -> Answer:
        """Return the output for integers, and the numbers that say what they stand for."""
        if x.dtype.name not in ("int8", "uint8"):
            raise ArgumentTypeError(message("x", "be int8 or uint8", x.dtype.name))
        scales = [_scale(*each) for each in (("x_scale", x_scale), ("y_scale", y_scale))]
        zeros = [
            _zero_point(name, array, x)
            for name, array in (("x_zero_point", x_zero_point), ("y_zero_point", y_zero_point))
        ]
        plan = self.layer.plan(x.shape)
        asked = self.layer.asked
        if asked is not None and asked.channels_last and 0 in plan.output_shape:
            raise ArgumentError(message("kernel_shape", "fit into x", asked.kernel_shape))
        if self._is_whole(plan):
            count = 1
            for axis in plan.axes:
                count *= x.shape[axis]
            with np.errstate(all="ignore"):
                scale = scales[0] / (scales[1] * np.float32(count))
            if not 2.0**-32 <= scale < 256:
                wanted = "be such that x_scale / (y_scale · elements) is from 2⁻³² to below 256"
                raise ArgumentError(message("x_scale", wanted, scale))
            whole = Plan(
                plan.shape, plan.axes, tuple(Adaptive(1).bind(x.shape[a]) for a in plan.axes)
            )
            return Answer(average_of_planes(whole, x, zeros[0], scale, zeros[1]))
        numbers = average(plan, dequantise(x, scales[0], zeros[0]), self.divisor)
        return Answer(quantise(numbers, scales[1], zeros[1], x.dtype))

    def _is_whole(self, plan: Plan) -> bool:
        if self.layer.asked is None:
            return True
        return all(
            isinstance(w, SlidingWindows) and (w.kernel_size, w.low, w.high) == (w.length, 0, 0)
            for w in plan.windows
        )


def _scale(name: str, array: Array | None) -> np.float32:
    if array is None or array.dtype != np.float32 or array.size != 1 or array.ndim > 1:
        came = None if array is None else f"{array.dtype} of shape {array.shape}"
        raise ArgumentError(message(name, "be one number of float32", came))
    return np.float32(array.item())


def _zero_point(name: str, array: Array | None, x: Array) -> int:
    if array is None:
        return 0
    if array.dtype != x.dtype or array.size != 1 or array.ndim > 1:
        came = f"{array.dtype} of shape {array.shape}"
        raise ArgumentError(message(name, f"be one integer of the dtype of x, {x.dtype}", came))
    return int(array.item())


@DIALECT.operator("QLinearAveragePool")
def q_linear_average_pool(
    x: object,
    x_scale: object,
    x_zero_point: object = None,
    y_scale: object = None,
    y_zero_point: object = None,
    /,
    kernel_shape: Integers | None = None,
    auto_pad: str = "NOTSET",
    ceil_mode: int | None = None,
    channels_last: int = 0,
    count_include_pad: int = 0,
    pads: Integers | None = None,
    strides: Integers | None = None,
    *,
    opset: int = NEWEST,
    rank: int,
) -> Meaning:
    """Return what ``com.microsoft.QLinearAveragePool`` gives for arrays of 8 bits."""
    del x, x_scale, x_zero_point, y_scale, y_zero_point, opset
    asked = read_node(rank, kernel_shape, strides, pads, None, auto_pad, ceil_mode)
    asked = replace(asked, channels_last=flag("channels_last", channels_last))
    layer = RuntimeLayer(windows_of(asked), Mean(), asked=asked)
    include = flag("count_include_pad", count_include_pad)
    return QuantisedMean(layer, "window" if include else "valid")


@DIALECT.operator("QLinearGlobalAveragePool")
def q_linear_global_average_pool(
    x: object,
    x_scale: object,
    x_zero_point: object = None,
    y_scale: object = None,
    y_zero_point: object = None,
    /,
    channels_last: int = 0,
    *,
    opset: int = NEWEST,
    rank: int,
) -> Meaning:
    """Return what ``com.microsoft.QLinearGlobalAveragePool`` gives for arrays of 8 bits."""
    del x, x_scale, x_zero_point, y_scale, y_zero_point, opset
    whole = whole_plane(rank)
    if flag("channels_last", channels_last):
        whole = Specification(whole.windows, tuple(range(1, rank - 1)))
    return QuantisedMean(RuntimeLayer(whole, Mean()), "valid")
