"""What layers of Keras 2 mean on its backends: windows, maxima and gradients."""

from dataclasses import dataclass, replace
from math import prod

import numpy as np

from poolkit import engines
from poolkit._errors import ArgumentError, ArgumentTypeError, message
from poolkit.dialects import theano
from poolkit.dialects.layer import Answer, Layer, Shape, pool_as
from poolkit.dialects.tensorflow_reducers import MAX_OF_PLANES, Kind
from poolkit.geometry import AutomaticPadding, Listed, Sliding, Specification, bind
from poolkit.reducers import ComparedMax, Filled, Mean, Sum, TiedMax
from poolkit.reducers.reducer import Array

__all__ = ["Kind", "MaskedMean", "Volumes", "on_tensorflow", "on_theano", "padding_on_theano"]

LOWEST_FLOAT32 = float(np.finfo(np.float32).min)


def padding_on_theano(size: int, spatial: int) -> tuple[int, int]:
    """Return the positions before and behind an axis that "same" comes to on Theano."""
    odd = size % 2 == 1 and (size > 2 or spatial == 3)
    low = size - 2 if odd else size - 1
    # The windows that Keras then drops are those that this leaves no room for.
    return low, size - 1 - low


def on_theano(
    kind: Kind,
    sizes: tuple[int, ...],
    strides: tuple[int, ...],
    axes: tuple[int, ...],
    *,
    is_same: bool,
) -> Layer:
    """Return the layer on Theano."""
    pads = [padding_on_theano(size, len(sizes)) if is_same else (0, 0) for size in sizes]
    if any(low < 0 for low, _ in pads):
        wanted = 'be 2 or more on every axis, with "same" on Theano'
        raise ArgumentError(message("pool_size", wanted, sizes))
    windows = tuple(
        Sliding(size, stride, 1, pad)
        for size, stride, pad in zip(sizes, strides, pads, strict=True)
    )
    specification = Specification(windows, axes, may_lack_windows=True)
    if kind == "max":
        return theano.EqualMax(specification, TiedMax())
    return Layer(specification, Mean(), has_gradient=not any(low for low, _ in pads))


def on_tensorflow(
    kind: Kind,
    sizes: tuple[int, ...],
    strides: tuple[int, ...],
    axes: tuple[int, ...],
    *,
    is_same: bool,
) -> Layer:
    """Return the layer on TensorFlow 1."""
    padding = AutomaticPadding.SAME if is_same else (0, 0)
    windows = tuple(Sliding(*axis, 1, padding) for axis in zip(sizes, strides, strict=True))
    asked = Specification(windows, axes)
    if len(sizes) < 3:
        return Layer(asked, MAX_OF_PLANES if kind == "max" else Mean())
    # What hangs over is filled up with the lowest number; else the search begins with −∞.
    largest = Filled(ComparedMax("skip"), prod(sizes), LOWEST_FLOAT32)
    reducer = largest if kind == "max" else Mean()
    if is_same and any(stride > size + 1 for size, stride in zip(sizes, strides, strict=True)):
        return Volumes(lambda shape: _moved(asked, shape), reducer, asked=asked)
    return Volumes(asked, reducer, asked=asked)


@dataclass(frozen=True, kw_only=True)
class Volumes(Layer):
    """Three pooled axes on TensorFlow.

    Attributes
    ----------
    asked : Specification
        The windows of the gradient, which need not be those of the output.
    """

    asked: Specification

    def answer(self, x: Array) -> Answer:
        """Return the pooled array."""
        answer = super().answer(x)
        plan = bind(self.asked, x.shape)

        def pull_back(gradient: Array) -> Array:
            if isinstance(self.reducer, Mean):
                return engines.pull_back(plan, self.reducer, x, gradient)
            return engines.pull_back_equal(plan, x, answer.y, gradient, within=1e-5)

        return replace(answer, pull_back=pull_back)


def _moved(asked: Specification, shape: Shape) -> Specification:
    """Return "same" windows as they come out where strides leave more out than one element.

    The padding is then negative, and half of that is left out before the first window.
    """
    windows = []
    for sliding, axis in zip(asked.windows, asked.axes_of(len(shape)), strict=True):
        assert isinstance(sliding, Sliding)
        length, size, stride = shape[axis], sliding.kernel_size, sliding.stride
        count = -(-length // stride)
        total = (count - 1) * stride + size - length
        low = total // 2 if total >= 0 else -(-total // 2)
        starts = [o * stride - low for o in range(count)]
        spans = ((max(0, start), min(length, start + size)) for start in starts)
        windows.append(Listed(length, tuple(spans)))
    return Specification(tuple(windows), asked.axes)


@dataclass(frozen=True)
class MaskedMean(Layer):
    """The mean of the steps that a mask keeps."""

    def answer(self, x: Array, mask: Array | None = None) -> Answer:
        """Return the means of an array (N, W, C), by a mask (N, W)."""
        if mask is None:
            return super().answer(x)
        plan = bind(self._specification(), x.shape)
        if plan.axes != (1,):
            raise ArgumentError(message("mask", "be left out where channels are first", "one"))
        if mask.shape != x.shape[:2]:
            raise ArgumentError(message("mask", f"have the shape {x.shape[:2]}", mask.shape))
        if mask.dtype.kind not in "biuf":
            raise ArgumentTypeError(message("mask", "hold booleans or numbers", mask.dtype))
        weights = mask.astype(x.dtype)[..., np.newaxis]
        counts, _ = pool_as(
            bind(self._specification(), weights.shape), Sum(), weights, with_indices=False
        )
        with np.errstate(invalid="ignore", divide="ignore"):
            total, _ = pool_as(plan, Sum(), x * weights, with_indices=False)
            y = np.divide(total, counts).squeeze(1)

        def pull_back(gradient: Array) -> Array:
            with np.errstate(invalid="ignore", divide="ignore"):
                shares = np.divide(np.expand_dims(gradient, 1), counts)
                return np.asarray(shares * weights, x.dtype)

        return Answer(y, pull_back=pull_back)

    def _specification(self) -> Specification:
        assert isinstance(self.windows, Specification)
        return self.windows
