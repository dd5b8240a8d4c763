"""What Keras 3 lays around its backends' pooling: dtypes, stages, edges and masks."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from poolkit._errors import ArgumentError, ArgumentTypeError, UnsupportedError, message
from poolkit.dialects.layer import Answer, Layer, Shape
from poolkit.geometry import Plan, Sliding, SlidingWindows, Specification
from poolkit.reducers import Reducer, Sum
from poolkit.reducers.dtypes import DType, is_float
from poolkit.reducers.reducer import Array

__all__ = ["CastLayer", "EvenlyPaddedLayer", "MaskedMean", "StagedLayer"]


@dataclass(frozen=True, kw_only=True)
class CastLayer(Layer):
    """A layer that computes in a dtype of its own.

    Attributes
    ----------
    inner : Layer
        What it computes.
    dtype : str, optional
        What floats are made first; by default they stay.
    has_float64 : bool
        Whether floats may be float64; else they become float32.
    """

    inner: Layer
    dtype: str | None = None
    has_float64: bool = True

    def plan(self, shape: Shape) -> Plan:
        return self.inner.plan(shape)

    def answer(self, x: Array) -> Answer:
        if not (is_float(x.dtype) or x.dtype.kind in "iub"):
            raise ArgumentTypeError(message("x", "hold real numbers", x.dtype))
        dtype = self.dtype_of(x.dtype)
        answer = self.inner.answer(_cast_array(x, dtype))
        y, back = answer.y, answer.pull_back
        if not is_float(x.dtype):
            return Answer(y.astype(np.float32) if y.dtype == np.float64 else y)
        y = _cast_array(y, dtype)
        if back is None:
            return Answer(y)
        return Answer(y, None, lambda gradient: _cast_array(back(gradient), x.dtype))

    def dtype_of(self, dtype: DType) -> DType:
        """Return what arrays of a dtype are made first."""
        if not is_float(dtype):
            return dtype
        if self.dtype == "bfloat16":
            if dtype.name == "bfloat16":
                return dtype
            raise UnsupportedError("bfloat16 is computed in for arrays of bfloat16 alone.")
        wanted = dtype if self.dtype is None else np.dtype(self.dtype)
        return np.dtype(np.float32) if wanted == np.float64 and not self.has_float64 else wanted


def _cast_array(x: Array, dtype: DType) -> Array:
    with np.errstate(all="ignore"):  # beyond the largest number there is ∞
        return x.astype(dtype, copy=False)


@dataclass(frozen=True, kw_only=True)
class StagedLayer(Layer):
    """Adaptive pooling, one axis after another.

    Attributes
    ----------
    stages : tuple of Layer
        The pooling of each axis.
    """

    stages: tuple[Layer, ...]

    def answer(self, x: Array) -> Answer:
        self.plan(x.shape)
        answers = []
        y = x
        for stage in self.stages:
            answers.append(stage.answer(y))
            y = answers[-1].y

        def pull_back(gradient: Array) -> Array:
            for answer in reversed(answers):
                if answer.pull_back is None:
                    raise UnsupportedError(f"there is no gradient of {x.dtype}.")
                gradient = answer.pull_back(gradient)
            return gradient

        return Answer(y, None, pull_back)


@dataclass(frozen=True)
class EvenlyPaddedLayer(Layer):
    """PyTorch's pooling, which pads evenly; else Keras repeats the edges before it."""

    def answer(self, x: Array) -> Answer:
        plan = self.plan(x.shape)
        pads = [(0, 0)] * x.ndim
        bare = []
        for axis, windows in zip(plan.axes, plan.windows, strict=True):
            assert isinstance(windows, SlidingWindows)
            pads[axis] = (windows.low, windows.high)
            bare.append(Sliding(windows.kernel_size, windows.stride))
        is_even = all(low == high for low, high in pads)
        reducer = self.reducer if isinstance(self.reducer, Reducer) else self.reducer(x.dtype)
        if is_even and len(plan.axes) == 3 and reducer.routing != "selected":
            for windows in plan.windows:
                if windows.length < windows.widest():
                    wanted = f"be at most the length of its axis, {windows.length}, on PyTorch"
                    raise ArgumentError(message("pool_size", wanted, windows.widest()))
        if not is_even and not is_float(x.dtype):
            raise ArgumentTypeError(message("x", "hold floats to be padded unevenly", x.dtype))
        if is_even or reducer.routing == "selected":
            # Of a repeated element and itself, the first and the largest are the element.
            return super().answer(x)
        inner = Layer(Specification(tuple(bare), plan.axes), reducer)
        answer = inner.answer(np.pad(x, pads, mode="edge"))
        back = answer.pull_back
        assert back is not None
        return Answer(answer.y, None, lambda gradient: _fold_edges(back(gradient), pads))


def _fold_edges(padded: Array, pads: list[tuple[int, int]]) -> Array:
    """Return the gradient of an array whose edges were repeated."""
    for axis, (low, high) in enumerate(pads):
        whole = np.moveaxis(padded, axis, 0)
        stop = len(whole) - high
        kept = whole[low:stop].copy()
        kept[0] += whole[:low].sum(axis=0)
        kept[-1] += whole[stop:].sum(axis=0)
        padded = np.moveaxis(kept, 0, axis)
    return padded


@dataclass(frozen=True, kw_only=True)
class MaskedMean(CastLayer):
    """The mean of a sequence's elements, of which a mask may leave some out."""

    def answer(self, x: Array, mask: Any = None) -> Answer:
        """Return the output for an array, and a mask (N, W) if there is one."""
        if mask is None:
            return super().answer(x)
        (axis,) = self.plan(x.shape).axes
        chosen = np.asarray(mask)
        if chosen.shape != (x.shape[0], x.shape[axis]):
            wanted = f"have the shape {(x.shape[0], x.shape[axis])}"
            raise ArgumentError(message("mask", wanted, chosen.shape))
        kept = np.expand_dims(chosen.astype(bool), 3 - axis)
        whole = Layer(self.windows, Sum())
        dtype = self.dtype_of(x.dtype) if is_float(x.dtype) else np.dtype(np.float32)
        none = np.zeros((), dtype)
        total = whole.answer(np.where(kept, x.astype(dtype), none)).y
        count = whole.answer(kept.astype(dtype)).y
        with np.errstate(all="ignore"):
            y = np.asarray(total / count)

        def pull_back(gradient: Array) -> Array:
            with np.errstate(all="ignore"):
                share = np.asarray(gradient, dtype).reshape(y.shape) / count
            return np.where(kept, share, none).astype(x.dtype)

        shaped = y.squeeze((axis,)) if self.drops_axes else y
        return Answer(shaped, None, pull_back if is_float(x.dtype) else None)
