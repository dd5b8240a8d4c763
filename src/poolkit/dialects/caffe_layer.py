"""Caffe's layer ``Pooling``, and what those made after it share with it.

Source: BVLC/caffe: src/caffe/layers/pooling_layer.cpp, pooling_layer.cu.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from poolkit import engines
from poolkit._errors import ArgumentError, ArgumentTypeError, UnsupportedError, message
from poolkit.dialects.layer import Answer, Layer
from poolkit.dialects.plain import Plain
from poolkit.geometry import AutomaticPadding, Plan, SlidingWindows
from poolkit.reducers import Max, Mean, StochasticMean, draw_by_size
from poolkit.reducers.reducer import Array

__all__ = [
    "AXES",
    "LOWEST",
    "CaffeLayer",
    "propose_words",
    "refuse_empty_axes",
    "refuse_other_ranks",
]

AXES = (2, 3)
"""Of height and width, in arrays (N, C, H, W)."""

LOWEST = float(np.finfo(np.float32).min)
"""−FLT_MAX."""


@dataclass(frozen=True)
class CaffeLayer(Layer):
    """Pooling by windows, as Caffe's loops and those made after them give it."""

    def answer(self, x: Array, random_samples: Array | None = None) -> Answer:
        """Return the output for an array, and for the numbers to draw by where there are some."""
        if random_samples is not None:
            return self._drawn(x, random_samples)
        found = super().answer(x)
        if isinstance(self.reducer, Mean):
            self._mark_windows_of_no_size(x, found.y)
        return found

    def _mark_windows_of_no_size(self, x: Array, y: Array) -> None:
        """Make averages NaN where the divisor is 0, not negative: there alone it is 0 / 0."""
        plan = self.plan(x.shape)
        for axis, windows in zip(plan.axes, plan.windows, strict=True):
            last = windows.count - 1
            if isinstance(windows, SlidingWindows) and (
                windows.start(last) == windows.length + windows.high
            ):
                np.moveaxis(y, axis, 0)[last] = np.nan

    def _drawn(self, x: Array, numbers: Array) -> Answer:
        plan = self.plan(x.shape)
        if not isinstance(self.reducer, StochasticMean):
            wanted = "be left out, unless pool is STOCHASTIC"
            raise ArgumentError(message("random_samples", wanted, f"shape {numbers.shape}"))
        if numbers.dtype.kind not in "fiu":
            raise ArgumentTypeError(message("random_samples", "hold numbers", numbers.dtype))
        if numbers.shape != plan.output_shape:
            wanted = f"hold one number for each window, {plan.output_shape}"
            raise ArgumentError(message("random_samples", wanted, numbers.shape))
        if not np.all((numbers >= 0) & (numbers <= 1)):
            came = f"{np.min(numbers)} to {np.max(numbers)}"
            raise ArgumentError(message("random_samples", "lie in 0 to 1", came))
        y, indices = engines.draw_gathered(plan, draw_by_size, x, numbers)

        def pull_back(gradient: Array) -> Array:
            outer = np.asarray(gradient, x.dtype).reshape(plan.output_shape)
            outer = np.where(indices < 0, 0, outer).astype(x.dtype)
            return engines.pull_back_selected(plan, Max(), np.maximum(indices, 0), outer)

        return Answer(y, None, pull_back)


def refuse_other_ranks(rank: int) -> None:
    """Refuse arrays that are not (N, C, H, W)."""
    if rank != 4:
        raise ArgumentError(message("x", "have 4 axes, (N, C, H, W)", f"{rank} axes"))


def refuse_empty_axes(plan: Plan) -> None:
    """Refuse arrays of which a pooled axis is empty."""
    if any(plan.shape[axis] == 0 for axis in plan.axes):
        raise ArgumentError(message("x", "hold elements on the pooled axes", plan.shape))


def propose_words(plain: Plain) -> dict[str, Any]:
    """Return the parameters that say the same in Caffe's words, but for the rounding."""
    if plain.rank != 4 or len(plain.axes) != 2:
        raise UnsupportedError("it pools height and width of arrays (N, C, H, W) alone.")
    if plain.reduce not in ("max", "mean"):
        raise UnsupportedError("it has maxima and averages alone.")
    words: dict[str, Any] = {"pool": "MAX" if plain.reduce == "max" else "AVE"}
    if plain.is_global:
        return {**words, "global_pooling": True}
    if plain.sliding is None:
        raise UnsupportedError("it has no adaptive pooling.")
    if any(dilation != 1 for dilation in plain.dilation):
        raise UnsupportedError("its windows have no dilation.")
    pads = _symmetric_pads(plain)
    if plain.reduce == "mean" and not isinstance(plain.divisor, str):
        raise UnsupportedError("its averages divide by a number of elements.")
    if plain.reduce == "mean" and plain.divisor == "valid" and any(pads):
        raise UnsupportedError("its averages count the padding.")
    words |= _per_axis("kernel", plain.kernel_size, "kernel_size", None)
    words |= _per_axis("stride", plain.stride, "stride", 1)
    return words | _per_axis("pad", pads, "pad", 0)


def _per_axis(name: str, values: tuple[int, ...], both: str, default: int | None) -> dict[str, int]:
    """Return what is said for both axes, or for each; nothing where that is the default."""
    height, width = values
    if height != width:
        return {f"{name}_h": height, f"{name}_w": width}
    return {} if height == default else {both: height}


def _symmetric_pads(plain: Plain) -> tuple[int, ...]:
    """Return each axis's padding, if it is the same on both sides whatever the length."""
    pads = []
    for each in plain.sliding or ():
        if isinstance(each.padding, AutomaticPadding):
            total = each.kernel_size - 1
            if each.stride > 1 and total:
                raise UnsupportedError("its padding does not depend on the length of the axis.")
            is_shared = each.padding is not AutomaticPadding.SAME_END and total % 2 == 0
            low, high = (total // 2, total // 2) if is_shared else (0, total)
        else:
            low, high = each.padding
        if low != high:
            raise UnsupportedError("its padding is the same on both sides of an axis.")
        pads.append(low)
    return tuple(pads)
