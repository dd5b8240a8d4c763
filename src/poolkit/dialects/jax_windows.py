"""Windows as XLA reduces them: empty ones, holes between elements, gradients by selection."""

from dataclasses import dataclass
from math import prod
from typing import Literal, cast

import numpy as np

from poolkit import engines
from poolkit._errors import ArgumentTypeError, UnsupportedError, WindowFitError, message
from poolkit.dialects.layer import Answer, Layer, pool_as
from poolkit.geometry import AutomaticPadding, Sliding, Specification, bind
from poolkit.reducers import Combined, ComparedMax, Mean, Reducer, StepwiseMean, Sum
from poolkit.reducers.dtypes import DType, is_float
from poolkit.reducers.reducer import Array

__all__ = ["Operation", "Pair", "ReduceWindow", "Stretched", "is_cut"]

Pair = tuple[int, int]
Operation = Literal["max", "min", "add", "mul"]


MOST_ELEMENTS = 2**28
"""Elements that an input may have with padding and the holes of `base_dilation` in it."""


@dataclass(frozen=True)
class ReduceWindow(Layer):
    """Windows reduced by XLA: none of them where none fits, gradients by select-and-scatter.

    Attributes
    ----------
    operation : {"max", "min", "add", "mul"}
        What combines the elements.
    """

    operation: Operation = "max"

    def answer(self, x: Array) -> Answer:
        _check_real(x.dtype)
        reducer = self.reducer if isinstance(self.reducer, Reducer) else self.reducer(x.dtype)
        plan = self.plan(x.shape)
        y, _ = pool_as(plan, reducer, x, with_indices=False)

        def pull_back(gradient: Array) -> Array:
            self._check_gradient(reducer, x.dtype)
            if 0 in plan.output_shape:
                return np.zeros_like(x)
            outer = np.asarray(gradient, x.dtype).reshape(plan.output_shape)
            if self.operation in ("max", "min"):
                return self._scatter(x, outer)
            return engines.pull_back(plan, _smooth(reducer), x, outer)

        return Answer(y, None, pull_back)

    def _check_gradient(self, reducer: Reducer, dtype: DType) -> None:
        assert isinstance(self.windows, Specification)
        if not is_float(dtype):
            raise UnsupportedError(f"JAX has no gradient for {dtype}.")
        if self.operation == "mul" or (isinstance(reducer, Combined) and reducer.start is not None):
            raise UnsupportedError(
                "JAX has no reverse gradient for an operation that is none of max, min and add, "
                "or does not begin with its identity."
            )
        dilated = any(isinstance(w, Sliding) and w.dilation > 1 for w in self.windows.windows)
        if dilated and self.operation != "add":
            raise UnsupportedError("JAX has no gradient for a maximum with window dilation.")

    def _scatter(self, x: Array, outer: Array) -> Array:
        """Give each window's gradient to the element that XLA's selection ends with."""
        assert isinstance(self.windows, Specification)
        plan = self.plan(x.shape)
        pads = [(0, 0)] * x.ndim
        bare = []
        for axis, windows, asked in zip(
            plan.axes, plan.windows, _sorted(self.windows, x.ndim), strict=True
        ):
            pads[axis] = (windows.low, windows.high)  # type: ignore[attr-defined]
            bare.append(Sliding(asked.kernel_size, asked.stride))
        signed = -x if self.operation == "min" else x
        _check_size(tuple(n + sum(pair) for n, pair in zip(x.shape, pads, strict=True)))
        padded = np.pad(signed, pads, constant_values=-np.inf)
        inner = bind(Specification(tuple(bare), plan.axes), padded.shape)
        selection = ComparedMax("last", unchosen="first")
        _, indices = engines.pool_with_indices(inner, selection, padded, np.dtype(np.int64))
        spread = engines.pull_back_selected(inner, selection, indices, outer)
        middle = tuple(slice(low, low + n) for (low, _), n in zip(pads, x.shape, strict=True))
        return np.ascontiguousarray(spread[middle])


def _smooth(reducer: Reducer) -> Reducer:
    """Return the reducer whose gradient a sum or mean in steps has."""
    if isinstance(reducer, StepwiseMean):
        return Mean("valid" if reducer.elements is None else float(reducer.elements))
    return Sum() if isinstance(reducer, Combined) else reducer


@dataclass(frozen=True)
class Stretched:
    """Windows on an input with holes between its elements, or cut at its ends.

    Attributes
    ----------
    layer : ReduceWindow
        What is done; its padding may be negative.
    base_dilation : tuple of int
        Along each of the layer's axes, the steps between elements of the input.
    """

    layer: ReduceWindow
    base_dilation: tuple[int, ...]

    def answer(self, x: Array) -> Answer:
        """Return the answer for the stretched input."""
        _check_real(x.dtype)
        specification = self.layer.windows
        assert isinstance(specification, Specification)
        axes = specification.axes_of(x.ndim)
        shape, places, cuts = list(x.shape), [slice(None)] * x.ndim, [slice(None)] * x.ndim
        sliding = []
        for axis, windows, holes in zip(
            axes, specification.windows, self.base_dilation, strict=True
        ):
            assert isinstance(windows, Sliding)
            length = max(0, (x.shape[axis] - 1) * holes + 1)
            (low, high), cuts[axis] = _cut(_pads(windows, x.shape[axis]), length)
            shape[axis], places[axis] = length, slice(0, None, holes)
            pads = (low, high)
            sliding.append(Sliding(windows.kernel_size, windows.stride, windows.dilation, pads))
        _check_size(tuple(shape))
        fill = Combined(self.layer.operation).begin(x.dtype)
        stretched = np.full(shape, fill, x.dtype)
        stretched[tuple(places)] = x
        inner = ReduceWindow(
            Specification(tuple(sliding), axes, may_be_empty=True, may_lack_windows=True),
            self.layer.reducer,
            operation=self.layer.operation,
        )
        answer = inner.answer(np.ascontiguousarray(stretched[tuple(cuts)]))

        def pull_back(gradient: Array) -> Array:
            assert answer.pull_back is not None
            if self.layer.operation in ("max", "min") and is_cut(specification):
                raise UnsupportedError("JAX has no gradient for a maximum with negative padding.")
            whole = np.zeros(shape, x.dtype)
            whole[tuple(cuts)] = answer.pull_back(gradient)
            return np.ascontiguousarray(whole[tuple(places)])

        return Answer(answer.y, None, pull_back)


def _pads(windows: Sliding, length: int) -> Pair:
    if not isinstance(windows.padding, AutomaticPadding):
        return windows.padding
    try:
        bound = windows.bind(length)
    except WindowFitError:  # there is no window
        return (0, 0)
    return bound.low, bound.high


def _cut(pads: Pair, length: int) -> tuple[Pair, slice]:
    """Return padding that cuts nothing off, and what the rest leaves of the input.

    What one end is to lose beyond the input, the padding of the other end loses.
    """
    low, high = pads
    begin = min(max(0, -low), length)
    stop = max(begin, length - max(0, -high))
    left = max(0, low) + min(0, high + length - stop)
    right = max(0, high) + min(0, low + begin)
    return (max(0, left), right + min(0, left)), slice(begin, stop)


def is_cut(specification: Specification) -> bool:
    """Return whether padding is negative somewhere, which cuts the input."""
    pads = [cast(Sliding, windows).padding for windows in specification.windows]
    return any(not isinstance(pad, AutomaticPadding) and min(pad) < 0 for pad in pads)


def _sorted(specification: Specification, rank: int) -> list[Sliding]:
    """Return the windows in the order of their axes."""
    pairs = zip(specification.axes_of(rank), specification.windows, strict=True)
    return [cast(Sliding, windows) for _, windows in sorted(pairs, key=lambda pair: pair[0])]


def _check_size(shape: tuple[int, ...]) -> None:
    if prod(shape) > MOST_ELEMENTS:
        raise UnsupportedError(
            f"poolkit pads and stretches an input to {MOST_ELEMENTS} elements at most, not {shape}."
        )


def _check_real(dtype: DType) -> None:
    if not (is_float(dtype) or dtype.kind in "iub"):
        raise ArgumentTypeError(message("x", "hold real numbers", dtype))
