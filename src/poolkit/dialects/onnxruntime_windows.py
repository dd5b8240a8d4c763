"""How ONNX Runtime reads a node: its opsets, its windows, its numbering of indices."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from poolkit._errors import ArgumentError, ArgumentTypeError, message
from poolkit.dialects.layer import Shape
from poolkit.dialects.native import Dialect
from poolkit.dialects.numbering import Numbering, row_major_of_all
from poolkit.dialects.onnx_attributes import (
    AUTOMATIC,
    Attributes,
    Integers,
    check_opset,
    read_attributes,
)
from poolkit.dialects.onnx_words import propose
from poolkit.dialects.onnxruntime_kernels import (
    FLOATS,
)
from poolkit.geometry import (
    AutomaticPadding,
    Plan,
    Rounding,
    Sliding,
    Specification,
)
from poolkit.reducers import Reducer, RunningNorm
from poolkit.reducers.reducer import Array

__all__ = [
    "DIALECT",
    "NEWEST_KNOWN",
    "UndilatedPadding",
    "check_kernel",
    "check_rank",
    "flat_numbering",
    "floats_of",
    "norm_of",
    "read_node",
    "windows_of",
]

DIALECT = Dialect("onnxruntime", propose=propose)

NEWEST_KNOWN = 26
"""The newest opset that version 1.31 accepts."""


@dataclass(frozen=True)
class UndilatedPadding:
    """Windows of a rule for padding that takes the kernel as it is before dilation."""

    asked: Attributes

    def __call__(self, shape: Shape) -> Specification:
        """Return the windows for a shape."""
        asked = self.asked
        pairs = []
        lengths = [shape[axis] for axis in asked.axes]
        for length, size, stride in zip(lengths, asked.kernel_shape, asked.strides, strict=True):
            total = (-(-length // stride) - 1) * stride + size - length
            more = 0 if asked.auto_pad == "SAME_UPPER" else 1
            low = int((total + more) / 2)  # towards 0, as C divides
            pairs.append((low, total - low))
        return _specification(asked, pairs)


def windows_of(asked: Attributes) -> Specification | Callable[[Shape], Specification]:
    """Return the windows as ONNX Runtime has them."""
    if asked.auto_pad == "VALID":
        return _specification(asked, [(0, 0)] * len(asked.pads))
    if asked.auto_pad == "NOTSET":
        return _specification(asked, asked.pads)
    overlap = all(s <= k for k, s in zip(asked.kernel_shape, asked.strides, strict=True))
    if overlap and set(asked.dilations) == {1}:
        return _specification(asked, [AUTOMATIC[asked.auto_pad]] * len(asked.pads))
    return UndilatedPadding(asked)


def _specification(
    asked: Attributes, padding: Sequence[tuple[int, int] | AutomaticPadding]
) -> Specification:
    rounding = Rounding.CEIL if asked.ceil_mode else Rounding.TRUNCATE
    axes = zip(asked.kernel_shape, asked.strides, asked.dilations, padding, strict=True)
    windows = tuple(
        Sliding(size, stride, dilation, padded, rounding) for size, stride, dilation, padded in axes
    )
    return Specification(windows, asked.axes, may_be_empty=True, may_lack_windows=True)


def flat_numbering(storage_order: int, spatial: int) -> Numbering:
    """Return the numbering over the whole tensor; −1 on every axis for an empty window."""

    def number(plan: Plan, indices: Array) -> Array:
        spatials = range(2, 2 + spatial)
        axes = (0, 1, *(spatials[::-1] if storage_order else spatials))
        flat = row_major_of_all(plan, indices, axes)
        if not (indices < 0).any():
            return flat
        first = row_major_of_all(plan, np.zeros_like(indices), axes)
        back, step = 0, 1
        for axis in axes[:1:-1]:
            back += step
            step *= plan.shape[axis]
        return np.where(indices < 0, first - back, flat)

    return number


def check_kernel(
    opset: int, since: int, until: int = NEWEST_KNOWN, **given: tuple[object, int]
) -> None:
    """Refuse opsets that have no kernel, and attributes that came with a later one."""
    check_opset(opset, since, **given)
    if opset > until:
        raise ArgumentError(message("opset", f"be at most {until} for this operator", opset))


def read_node(
    rank: int,
    kernel_shape: Integers | None,
    strides: Integers | None,
    pads: Integers | None,
    dilations: Integers | None,
    auto_pad: str,
    ceil_mode: int | None,
) -> Attributes:
    """Return a node's attributes, checked, with what it leaves out filled in."""
    check_rank(rank)
    asked = read_attributes(rank, kernel_shape, strides, pads, dilations, auto_pad, ceil_mode)
    for pair, size in zip(asked.pads, asked.kernel_shape, strict=True):
        if max(pair) >= size:
            raise ArgumentError(message("pads", f"be smaller than the kernel, {size}", pair))
    return asked


def floats_of(opset: int) -> tuple[str, ...]:
    """Return the floats of all kernels: float16 is cast by a node that there is since opset 6."""
    return FLOATS if opset >= 6 else ("float32",)


def check_rank(rank: int) -> None:
    """Refuse arrays of too few axes, or too many."""
    if not 3 <= rank <= 5:
        raise ArgumentError(message("x", "have 3 to 5 axes, (N, C, *spatial)", rank))


def norm_of(p: int) -> Reducer:
    """Return the norm of a power."""
    wanted = "be an integer other than 0"
    if isinstance(p, bool) or not isinstance(p, int | np.integer):
        raise ArgumentTypeError(message("p", wanted, repr(p)))
    if p == 0:
        raise ArgumentError(message("p", wanted, p))
    return RunningNorm(int(p))
