"""Pooling layers as MXNet computes them: its own kernels, and oneDNN's.

oneDNN computes maxima and averages of float32 with the channels first; of averages that cover
what the stride leaves over, only those where it leaves nothing. It refuses padding as long as the
kernel. It remembers the first position of a window whose maximum no element made, and passes the
gradient there, or to nobody where that lies in the padding.

Whether it computes an average's gradient hangs, in MXNet 1.9, on the shape of the output instead
of the input: it may then divide by whole windows where the average itself was divided by less.

An average over three axes that MXNet's own kernels compute is 0/0 where a window begins just
where it ends; over fewer axes it is 0.

Source: apache/mxnet, 1.9: src/operator/nn/mkldnn/mkldnn_pooling{.cc,-inl.h},
src/operator/nn/{pooling.cc,pool.h}.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from poolkit import engines
from poolkit._errors import ArgumentError, message
from poolkit.dialects.layer import Answer, Layer, Shape
from poolkit.geometry import Plan, SlidingWindows
from poolkit.reducers import ComparedMax, Mean
from poolkit.reducers.reducer import Array

__all__ = ["PoolingLayer"]


@dataclass(frozen=True)
class PoolingLayer(Layer):
    """A layer as MXNet computes it.

    Attributes
    ----------
    one_dnn : {"never", "always", "where even"}
        Whether oneDNN computes it, for float32: always, or where the stride leaves nothing over.
    """

    one_dnn: Literal["never", "always", "where even"] = "never"

    def answer(self, x: Array) -> Answer:
        """Return the output for an array."""
        plan = self.plan(x.shape)
        if self._is_of_one_dnn(x, plan, x.shape):
            return self._answer_of_one_dnn(x, plan)
        answer = super().answer(x)
        y, pull_back = answer.y, answer.pull_back
        if isinstance(self.reducer, Mean):
            if len(plan.axes) == 3:
                y = np.where(_begins_where_it_ends(plan, self.reducer), np.nan, y).astype(y.dtype)
            if self._is_of_one_dnn(x, plan, plan.output_shape):
                pull_back = self._pull_back_of_one_dnn(x, plan)
        return Answer(y, None, pull_back)

    def _is_of_one_dnn(self, x: Array, plan: Plan, shape: Shape) -> bool:
        if self.one_dnn == "never" or x.dtype != np.float32:
            return False
        if self.one_dnn == "always":
            return True
        for axis, windows in zip(plan.axes, plan.windows, strict=True):
            assert isinstance(windows, SlidingWindows)
            room = shape[axis] + windows.low + windows.high
            if (room - windows.kernel_size) % windows.stride:
                return False
        return True

    def _answer_of_one_dnn(self, x: Array, plan: Plan) -> Answer:
        self._refuse(plan)
        answer = super().answer(x)
        if answer.argmax is None:
            return answer
        takers = np.where(answer.argmax < 0, _first_positions(plan), answer.argmax)

        def pull_back(gradient: Array) -> Array:
            outer = np.asarray(gradient, x.dtype).reshape(plan.output_shape)
            outer = np.where(takers < 0, 0, outer).astype(x.dtype)
            reducer = ComparedMax("skip")
            return engines.pull_back_selected(plan, reducer, np.maximum(takers, 0), outer)

        return Answer(answer.y, None, pull_back)

    def _pull_back_of_one_dnn(self, x: Array, plan: Plan) -> Callable[[Array], Array]:
        assert isinstance(self.reducer, Mean)
        mean = Mean("window") if self.reducer.divisor == "padded" else self.reducer

        def pull_back(gradient: Array) -> Array:
            self._refuse(plan)
            outer = np.asarray(gradient, x.dtype).reshape(plan.output_shape)
            return engines.pull_back(plan, mean, x, outer)

        return pull_back

    def _refuse(self, plan: Plan) -> None:
        """Refuse what oneDNN, or MXNet for it, refuses."""
        _refuse_padding_as_long_as_kernels(plan)
        if isinstance(self.reducer, Mean) and self.reducer.divisor == "valid":
            _refuse_overhang_as_long_as_kernels(plan)


def _refuse_padding_as_long_as_kernels(plan: Plan) -> None:
    pads = [w.low for w in plan.windows if isinstance(w, SlidingWindows)]
    if len(pads) == 3 and not pads[0] and not pads[2]:
        return  # MXNet does not look at the second of three axes alone
    for axis, windows in zip(plan.axes, plan.windows, strict=True):
        if isinstance(windows, SlidingWindows) and windows.low >= windows.kernel_size:
            wanted = f"be less than the kernel on axis {axis}, {windows.kernel_size}, in float32"
            raise ArgumentError(message("pad", wanted, windows.low))


def _refuse_overhang_as_long_as_kernels(plan: Plan) -> None:
    for axis, windows in zip(plan.axes, plan.windows, strict=True):
        assert isinstance(windows, SlidingWindows)
        room = windows.length + windows.low + windows.high
        end = windows.start(windows.count - 1) + windows.kernel_size + windows.low
        if windows.high + max(0, end - room) >= windows.kernel_size:
            wanted = f"leave less than the kernel over on axis {axis}, in float32"
            raise ArgumentError(message("stride", wanted, windows.stride))


def _first_positions(plan: Plan) -> Array:
    """Return where each window's first position lies in the plane, −1 in the padding."""
    flat = np.zeros((1,) * len(plan.shape), np.int64)
    outside = np.zeros(flat.shape, bool)
    for axis, windows in zip(plan.axes, plan.windows, strict=True):
        shape = [1] * len(plan.shape)
        shape[axis] = windows.count
        starts = np.array([windows.positions(o).start for o in range(windows.count)])
        outside = outside | ((starts < 0) | (starts >= windows.length)).reshape(shape)
        flat = flat * windows.length + starts.reshape(shape)
    return np.where(outside, -1, flat)


def _begins_where_it_ends(plan: Plan, mean: Mean) -> Array:
    """Return which windows have, on some axis, neither elements nor fewer than none."""
    found = np.zeros((1,) * len(plan.shape), bool)
    for axis, windows in zip(plan.axes, plan.windows, strict=True):
        assert isinstance(windows, SlidingWindows)
        starts = np.arange(windows.count) * windows.stride - windows.low
        stops = np.minimum(starts + windows.kernel_size, windows.length + windows.high)
        if mean.divisor == "valid":
            starts, stops = np.maximum(starts, 0), np.minimum(stops, windows.length)
        shape = [1] * len(plan.shape)
        shape[axis] = windows.count
        found = found | (starts == stops).reshape(shape)
    return found
