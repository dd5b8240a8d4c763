"""What all of TensorFlow's pooling has in common: no output, and whose gradient."""

from dataclasses import dataclass, replace

import numpy as np

from poolkit._errors import WindowFitError
from poolkit.dialects.layer import Answer, Layer, Shape, pool_as
from poolkit.geometry import (
    Asked,
    AutomaticPadding,
    Listed,
    Plan,
    Sliding,
    Specification,
)
from poolkit.reducers import Combined, StepwiseMean, Sum
from poolkit.reducers.dtypes import is_float
from poolkit.reducers.reducer import Array

__all__ = ["FloatLayer", "MeanLayer"]


@dataclass(frozen=True)
class FloatLayer(Layer):
    """A layer that gives no output for windows a little too large, and no integers' gradient.

    The number of windows is (n − extent + stride) / stride, rounded towards 0, and refused only
    if negative.
    """

    def plan(self, shape: Shape) -> Plan:
        try:
            return super().plan(shape)
        except WindowFitError:
            windows = self.windows
            if not isinstance(windows, Specification):
                raise
            asked = zip(windows.windows, windows.axes_of(len(shape)), strict=True)
            kept = tuple(_or_none(each, shape[axis]) for each, axis in asked)
            return Layer.plan(replace(self, windows=replace(windows, windows=kept)), shape)

    def answer(self, x: Array) -> Answer:
        answer = super().answer(x)
        if not is_float(x.dtype):
            answer.pull_back = None
        return answer


def _or_none(windows: Asked, length: int) -> Asked:
    """Return the windows on an axis, or no windows where TensorFlow counts 0."""
    if not isinstance(windows, Sliding) or isinstance(windows.padding, AutomaticPadding):
        return windows
    extent = windows.dilation * (windows.kernel_size - 1) + 1
    room = length + sum(windows.padding) - extent + windows.stride
    return Listed(length, ()) if -windows.stride < room < windows.stride else windows


@dataclass(frozen=True)
class MeanLayer(FloatLayer):
    """The mean of one or two pooled axes, which adds float16 in float16, its gradient too."""

    def answer(self, x: Array) -> Answer:
        if x.dtype != np.float16:
            return super().answer(x)
        plan = self.plan(x.shape)
        with np.errstate(all="ignore"):
            y = pool_as(plan, StepwiseMean(), x, with_indices=False)[0].astype(x.dtype)

        def pull_back(gradient: Array) -> Array:
            if 0 in plan.output_shape:
                return np.zeros_like(x)
            ones = np.ones(plan.shape, np.float32)
            with np.errstate(all="ignore"):
                count, _ = pool_as(plan, Sum(), ones, with_indices=False)
                share = (1 / count).astype(x.dtype)
                shares = np.asarray(gradient, x.dtype).reshape(plan.output_shape) * share
                added = Combined("add", stepwise=True)
                return pool_as(plan.transposed(), added, shares, with_indices=False)[0]

        return Answer(y, None, pull_back)
