"""What an operator of a TFLite flatbuffer means: its options, and its implementations."""

from dataclasses import dataclass, replace
from math import copysign, floor, inf
from operator import gt
from typing import Any, SupportsIndex

import numpy as np

from poolkit._arguments import per_axis
from poolkit._errors import ArgumentError, ArgumentTypeError, message
from poolkit.dialects.layer import Answer, Layer, Shape
from poolkit.geometry import AutomaticPadding, ListedWindows, Plan, Sliding, Specification, bind
from poolkit.reducers import (
    Clamped,
    ComparedMax,
    Max,
    Mean,
    PassedMax,
    PowerNorm,
    Reducer,
    RoundedMean,
)
from poolkit.reducers.dtypes import DType
from poolkit.reducers.reducer import Array

__all__ = ["ByKernels", "ByXnnpack", "Node", "largest", "mean", "read_node", "root_mean_square"]

LOWEST = float(np.finfo(np.float64).min)
ACTIVATIONS = {
    "NONE": (-inf, inf),
    "RELU": (0.0, inf),
    "RELU6": (0.0, 6.0),
    "RELU_N1_TO_1": (-1.0, 1.0),
    "TANH": (-inf, inf),
    "SIGN_BIT": (-inf, inf),
}
UNFUSED = ("TANH", "SIGN_BIT")
"""Behind a pooling, these do nothing, and keep XNNPACK away."""

KERNELS = ("reference", "builtin", "xnnpack")
QUANTISED = ("int8", "uint8", "int16")
AXES = (1, 2)


@dataclass(frozen=True, slots=True)
class Node:
    """What the options of an operator say, checked."""

    sizes: tuple[int, int]
    strides: tuple[int, int]
    padding: str
    activation: str
    by_xnnpack: bool
    scale: float
    zero_point: int

    def specification(self) -> Specification:
        """Return the windows."""
        padding: Any = AutomaticPadding.SAME if self.padding == "SAME" else (0, 0)
        windows = tuple(
            Sliding(size, stride, 1, padding)
            for size, stride in zip(self.sizes, self.strides, strict=True)
        )
        return Specification(windows, AXES, may_lack_windows=True)

    def is_fit_for_xnnpack(self) -> bool:
        """Return whether XNNPACK takes the operator, for float32."""
        leaves_out = any(map(gt, self.strides, self.sizes))
        return self.by_xnnpack and not leaves_out and self.activation not in UNFUSED

    @property
    def is_clamp(self) -> bool:
        """Whether windows have one element."""
        return self.sizes == (1, 1)

    def clamped(self, reducer: Reducer, dtype: DType) -> Reducer:
        """Return a reducer with the fused activation behind it."""
        least, most = ACTIVATIONS[self.activation]
        if dtype == np.float32:
            if self.is_fit_for_xnnpack() and not isinstance(reducer, PowerNorm):
                # Windows of one element are a clamp to XNNPACK, and no pooling.
                return Clamped(reducer, least, most, raises_nan=not self.is_clamp)
            return Clamped(reducer, max(least, LOWEST), min(most, -LOWEST))
        if (least, most) == (-inf, inf):
            return reducer
        return Clamped(reducer, self._quantised(least), self._quantised(most))

    def _quantised(self, bound: float) -> float:
        if abs(bound) == inf:
            return bound
        steps = bound / self.scale
        return self.zero_point + copysign(floor(abs(steps) + 0.5), steps)


def read_node(
    rank: int,
    sizes: tuple[SupportsIndex, SupportsIndex],
    strides: tuple[SupportsIndex, SupportsIndex],
    padding: str,
    activation: str,
    kernels: str,
    scale: float,
    zero_point: SupportsIndex,
) -> Node:
    """Return an operator's options, checked."""
    if rank != 4:
        raise ArgumentError(message("x", "have 4 axes, (N, H, W, C)", rank))
    height, width, down, right = (
        per_axis(name, value, 1, least=1)[0]
        for name, value in zip(
            ("filter_height", "filter_width", "stride_h", "stride_w"),
            (*sizes, *strides),
            strict=True,
        )
    )
    for name, value, allowed in (
        ("padding", padding, ("SAME", "VALID")),
        ("fused_activation_function", activation, tuple(ACTIVATIONS)),
        ("kernels", kernels, KERNELS),
    ):
        if value not in allowed:
            raise ArgumentError(message(name, f"be one of {', '.join(allowed)}", repr(value)))
    if not scale > 0:
        raise ArgumentError(message("scale", "be more than 0", scale))
    (zero,) = per_axis("zero_point", zero_point, 1, least=-(2**31))
    by_xnnpack = kernels == "xnnpack"
    return Node((height, width), (down, right), padding, activation, by_xnnpack, float(scale), zero)


def _served(dtype: DType, *names: str) -> None:
    if dtype.name not in names:
        raise ArgumentTypeError(message("x", f"hold {', '.join(names)}", dtype.name))


@dataclass(frozen=True, kw_only=True)
class ByKernels(Layer):
    """Pooling by the usual kernels.

    Attributes
    ----------
    node : Node
        The operator's options.
    """

    node: Node

    def plan(self, shape: Shape) -> Plan:
        """Return the windows; no rows of them where the number of columns comes out negative."""
        plan = super().plan(shape)
        room = shape[2] + self.node.strides[1] - self.node.sizes[1]
        if self.node.padding == "SAME" or room > -self.node.strides[1]:
            return plan
        return replace(plan, windows=tuple(ListedWindows(w.length, ()) for w in plan.windows))


@dataclass(frozen=True, kw_only=True)
class ByXnnpack(Layer):
    """Pooling by XNNPACK.

    Attributes
    ----------
    node : Node
        The operator's options.
    dtypes : tuple of str
        Those that XNNPACK serves; others are left to the usual kernels.
    """

    node: Node
    dtypes: tuple[str, ...]

    def plan(self, shape: Shape) -> Plan:
        """Return the windows; one that hangs over the end where none fits."""
        asked = super().plan(shape)
        if 0 not in asked.output_shape:
            return asked
        windows = tuple(
            Sliding(size, stride, 1, (0, max(0, size - shape[axis])))
            for size, stride, axis in zip(self.node.sizes, self.node.strides, AXES, strict=True)
        )
        return bind(Specification(windows, AXES, may_lack_windows=True), shape)

    def answer(self, x: Array) -> Answer:
        """Return the pooled array."""
        if x.dtype.name not in self.dtypes:
            usual = ByKernels(self.windows, self.reducer, has_gradient=False, node=self.node)
            return usual.answer(x)
        answer = super().answer(x)
        is_max = "uint8" in self.dtypes and not self.node.is_clamp
        if not is_max or x.dtype != np.float32 or not np.isnan(x).any() or not answer.y.size:
            return answer
        plan = self.plan(x.shape)
        # What lies in the padding is the border's element again: for NaN that matters.
        pads = [(0, 0)] * x.ndim
        for axis, windows in zip(plan.axes, plan.windows, strict=True):
            last = windows.positions(windows.count - 1)
            pads[axis] = (-windows.positions(0).start, max(0, last.stop - windows.length))
        bordered = np.pad(x, pads, mode="edge")
        whole = tuple(map(Sliding, self.node.sizes, self.node.strides))
        least, most = ACTIVATIONS[self.node.activation]
        passed = PassedMax(self.node.sizes, least, most)
        return Layer(Specification(whole, AXES), passed, has_gradient=False).answer(bordered)


def largest(node: Node, dtype: DType) -> Reducer:
    """Return the maximum."""
    _served(dtype, "float32", *QUANTISED)
    if dtype != np.float32:
        return node.clamped(Max(), dtype)
    if not node.is_fit_for_xnnpack():
        return node.clamped(ComparedMax("skip", LOWEST), dtype)
    return node.clamped(Max() if node.is_clamp else ComparedMax("skip"), dtype)


def mean(node: Node, dtype: DType) -> Reducer:
    """Return the mean."""
    _served(dtype, "float32", *QUANTISED)
    if dtype != np.float32:
        return node.clamped(RoundedMean(), dtype)
    # To XNNPACK, a window that is too large is there nevertheless, and is divided by whole.
    is_whole = node.is_fit_for_xnnpack() and node.padding == "VALID"
    return node.clamped(Mean("padded" if is_whole else "valid"), dtype)


def root_mean_square(node: Node, dtype: DType) -> Reducer:
    """Return the root mean square."""
    _served(dtype, "float32")
    return node.clamped(PowerNorm(2, mean=True), dtype)
