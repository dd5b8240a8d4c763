"""What Keras 3 asks its backends for, and what they make of it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from math import prod
from typing import Any

from poolkit._errors import ArgumentError, ArgumentTypeError, message
from poolkit.dialects import torch
from poolkit.dialects.jax_windows import ReduceWindow
from poolkit.dialects.keras_layers import EvenlyPaddedLayer, StagedLayer
from poolkit.dialects.layer import Layer
from poolkit.dialects.tensorflow_reducers import ONEDNN, Chooser, Kind, largest, mean
from poolkit.dialects.tensorflow_windows import pooling
from poolkit.geometry import Adaptive, AutomaticPadding, Plan, Sliding, Specification
from poolkit.reducers import ComparedMax, Mean, Reducer, StepwiseMean
from poolkit.reducers.dtypes import DType, is_float, is_half

__all__ = ["BACKENDS", "Asked", "Backend"]


@dataclass(frozen=True)
class Asked:
    """Windows as a layer asks its backend for them.

    Attributes
    ----------
    kind : {"max", "mean"}
    sizes, steps : tuple of int
        Axis by axis, `pool_size` and `strides`.
    same : bool
        Whether the padding is "same".
    axes : tuple of int
        The pooled axes.
    """

    kind: Kind
    sizes: tuple[int, ...]
    steps: tuple[int, ...]
    same: bool
    axes: tuple[int, ...]

    @property
    def windows(self) -> Specification:
        """What is asked for."""
        padding = AutomaticPadding.SAME if self.same else (0, 0)
        each = zip(self.sizes, self.steps, strict=True)
        return Specification(tuple(Sliding(k, s, 1, padding) for k, s in each), self.axes)


@dataclass(frozen=True)
class Backend:
    """What Keras computes with.

    Attributes
    ----------
    name : str
        As in KERAS_BACKEND.
    pool : callable
        From what a layer asks for to what it is given.
    adaptive : callable
        From the kind, the number of windows on each axis and the axes to adaptive pooling.
    takes_any_padding : bool
        Whether what is not "same" is taken for "valid".
    needs_strides : bool
        Whether ``keras.ops`` fail without strides.
    has_float64 : bool
        Whether arrays of float64 stay so.
    """

    name: str
    pool: Callable[[Asked], Layer]
    adaptive: Callable[[Kind, tuple[int, ...], tuple[int, ...]], Layer]
    takes_any_padding: bool = False
    needs_strides: bool = False
    has_float64: bool = True


def _tensorflow_pool(asked: Asked) -> Layer:
    padding = "SAME" if asked.same else "VALID"
    layer = pooling(asked.kind, len(asked.sizes), asked.sizes, asked.steps, padding)
    return replace(layer, windows=asked.windows)


def _tensorflow_adaptive(kind: Kind, counts: tuple[int, ...], axes: tuple[int, ...]) -> Layer:
    if kind == "mean":
        return _staged(counts, axes, mean(len(axes)))
    choose = largest(len(axes))

    def choose_of_last(dtype: DType) -> Reducer:
        if dtype.name in ONEDNN and counts[-1] == 1:
            raise ArgumentError(message("output_size", "be more than 1 on the last axis", counts))
        return choose(dtype)

    def check(plan: Plan) -> None:
        if plan.shape[plan.axes[-1]] == 1:
            raise ArgumentError(message("x", "have more than 1 element on the last axis", "1"))

    return _staged(counts, axes, choose, choose_of_last, check)


def _staged(
    counts: tuple[int, ...],
    axes: tuple[int, ...],
    reducer: Chooser,
    reducer_of_last: Chooser | None = None,
    check: Callable[[Plan], None] | None = None,
) -> Layer:
    """Return adaptive pooling that pools one axis after another."""
    last = reducer_of_last or reducer
    stages = tuple(
        Layer(Specification((Adaptive(count),), (axis,)), last if axis == axes[-1] else reducer)
        for count, axis in zip(counts, axes, strict=True)
    )
    windows = Specification(tuple(map(Adaptive, counts)), axes)
    return StagedLayer(windows, last, check=check, stages=stages)


def _jax_max(dtype: DType) -> Reducer:
    del dtype
    return ComparedMax(chosen_by="last", unchosen="first")


def _jax_mean(elements: int | None, dtype: DType) -> Reducer:
    if dtype.kind == "b":
        raise ArgumentTypeError(message("x", "hold numbers for an average", dtype))
    return StepwiseMean(elements) if is_half(dtype) or not is_float(dtype) else Mean()


def _jax_pool(asked: Asked) -> Layer:
    windows = replace(asked.windows, may_be_empty=True, may_lack_windows=True)
    if asked.kind == "max":
        return ReduceWindow(windows, ComparedMax(), operation="max")
    elements = None if asked.same else prod(asked.sizes)
    return ReduceWindow(windows, partial(_jax_mean, elements), operation="add")


def _jax_adaptive(kind: Kind, counts: tuple[int, ...], axes: tuple[int, ...]) -> Layer:
    return _staged(counts, axes, _jax_max if kind == "max" else partial(_jax_mean, None))


def _torch_native(kind: Kind, name: str, axes: tuple[int, ...], **params: Any) -> Layer:
    short = "max" if kind == "max" else "avg"
    native = torch.DIALECT.find(f"{name.format(short)}{len(axes)}d")
    layer = native.read(rank=len(axes) + 2, **params)
    assert isinstance(layer, Layer)
    return layer


def _torch_pool(asked: Asked) -> Layer:
    words: dict[str, Any] = {"kernel_size": asked.sizes, "stride": asked.steps}
    if asked.kind == "mean":
        words["count_include_pad"] = False
    layer = _torch_native(asked.kind, "{}_pool", asked.axes, **words)
    if not asked.same:
        return replace(layer, windows=asked.windows)
    return EvenlyPaddedLayer(asked.windows, layer.reducer)


def _torch_adaptive(kind: Kind, counts: tuple[int, ...], axes: tuple[int, ...]) -> Layer:
    layer = _torch_native(kind, "adaptive_{}_pool", axes, output_size=counts)
    return replace(layer, windows=Specification(tuple(map(Adaptive, counts)), axes))


BACKENDS = (
    Backend("tensorflow", _tensorflow_pool, _tensorflow_adaptive),
    Backend("jax", _jax_pool, _jax_adaptive, needs_strides=True, has_float64=False),
    Backend("torch", _torch_pool, _torch_adaptive, takes_any_padding=True),
)
