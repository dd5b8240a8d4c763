"""Keras 3 on its backends TensorFlow, JAX and PyTorch: a dialect of one set of names for each.

The functions here are those of TensorFlow; ``JAX.find("layers.MaxPooling2D")`` gives others.
What the backends make of the same layer differs:

- Windows that do not fit are refused by PyTorch, and none to JAX; to TensorFlow they are none if
  they are a little too large.
- NaN and −∞: see :mod:`poolkit.dialects.tensorflow`, :mod:`poolkit.dialects.jax` and
  :mod:`poolkit.dialects.torch`. Global maxima are alike on all three: NaN wins, and equal
  elements share the gradient.
- Averages leave padding out. But on PyTorch, where "same" pads some axis by an odd number, the
  elements at the edge are repeated and averaged with the rest.
- Adaptive pooling has the same bins everywhere. TensorFlow and JAX pool one axis after another,
  so of several equal elements the first along the last axis has the gradient.
- ``ops.max_pool`` and ``ops.average_pool`` fail on JAX without `strides`.

Layers compute in float32, whatever floats they are given, unless they have a `dtype`.

Not imitated: `AdaptiveMaxPooling` kills the process on TensorFlow if the last axis gets one
window, or has one element; here it is refused.

Source: keras-team/keras 3.15, keras/src/layers/pooling/, keras/src/ops/nn.py,
keras/src/backend/{tensorflow,jax,torch}/nn.py, keras/src/utils/argument_validation.py.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from math import prod
from typing import Any, Literal

import numpy as np

from poolkit._arguments import OneOrPerAxis, boolean, per_axis
from poolkit._errors import ArgumentError, ArgumentTypeError, UnsupportedError, message
from poolkit.dialects import jax, tensorflow, torch
from poolkit.dialects.layer import Answer, Layer, Shape
from poolkit.dialects.native import Dialect
from poolkit.dialects.plain import Call, Plain
from poolkit.geometry import (
    Adaptive,
    AutomaticPadding,
    Plan,
    Rounding,
    Sliding,
    SlidingWindows,
    Specification,
)
from poolkit.reducers import ComparedMax, Mean, Reducer, StepwiseMean, Sum, TiedMax
from poolkit.reducers.dtypes import DType, is_float, is_half
from poolkit.reducers.reducer import Array

__all__ = [
    "JAX",
    "TENSORFLOW",
    "TORCH",
    "adaptive_average_pooling_1d",
    "adaptive_average_pooling_2d",
    "adaptive_average_pooling_3d",
    "adaptive_max_pooling_1d",
    "adaptive_max_pooling_2d",
    "adaptive_max_pooling_3d",
    "average_pool",
    "average_pooling_1d",
    "average_pooling_2d",
    "average_pooling_3d",
    "global_average_pooling_1d",
    "global_average_pooling_2d",
    "global_average_pooling_3d",
    "global_max_pooling_1d",
    "global_max_pooling_2d",
    "global_max_pooling_3d",
    "max_pool",
    "max_pooling_1d",
    "max_pooling_2d",
    "max_pooling_3d",
]

Kind = Literal["max", "mean"]
SHAPES = {1: "(N, W, C)", 2: "(N, H, W, C)", 3: "(N, D, H, W, C)"}


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


@dataclass(frozen=True)
class CastLayer(Layer):
    """A layer that computes in a dtype of its own.

    Attributes
    ----------
    inner : Layer, optional
        What it computes.
    dtype : str, optional
        What floats are made first; by default they stay.
    has_float64 : bool
        Whether floats that stay may be float64; else they become float32.
    """

    inner: Layer | None = None
    dtype: str | None = None
    has_float64: bool = True

    def plan(self, shape: Shape) -> Plan:
        assert self.inner is not None
        return self.inner.plan(shape)

    def answer(self, x: Array) -> Answer:
        assert self.inner is not None
        if not (is_float(x.dtype) or x.dtype.kind in "iub"):
            raise ArgumentTypeError(message("x", "hold real numbers", x.dtype))
        inner = _cast_array(x, self.dtype_of(x.dtype))
        answer = self.inner.answer(inner)
        back = answer.pull_back
        if not is_float(x.dtype):
            back = None
            if answer.y.dtype == np.float64:
                answer.y = answer.y.astype(np.float32)
        else:
            answer.y = _cast_array(answer.y, inner.dtype)
        if back is None:
            return Answer(answer.y)
        pull_back = back
        return Answer(answer.y, None, lambda gradient: _cast_array(pull_back(gradient), x.dtype))

    def dtype_of(self, dtype: DType) -> DType:
        """Return what arrays of a dtype are made first."""
        if not is_float(dtype):
            return dtype
        if self.dtype == "bfloat16":
            if dtype.name == "bfloat16":
                return dtype
            raise UnsupportedError("bfloat16 is computed in for arrays of bfloat16 alone.")
        if self.dtype is not None:
            return np.dtype(self.dtype)
        return np.dtype(np.float32) if dtype == np.float64 and not self.has_float64 else dtype


def _cast_array(x: Array, dtype: DType) -> Array:
    with np.errstate(all="ignore"):  # beyond the largest number there is ∞
        return x.astype(dtype, copy=False)


@dataclass(frozen=True)
class StagedLayer(Layer):
    """Adaptive pooling, one axis after another.

    Attributes
    ----------
    stages : tuple of Layer
        The pooling of each axis.
    """

    stages: tuple[Layer, ...] = ()

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
        if is_even and len(plan.axes) == 3 and reducer.gradient != "selected":
            for windows in plan.windows:
                if windows.length < windows.widest():
                    wanted = f"be at most the length of its axis, {windows.length}, on PyTorch"
                    raise ArgumentError(message("pool_size", wanted, windows.widest()))
        if not is_even and not is_float(x.dtype):
            raise ArgumentTypeError(message("x", "hold floats to be padded unevenly", x.dtype))
        if is_even or reducer.gradient == "selected":
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


@dataclass(frozen=True)
class MaskedMean(Layer):
    """The mean of a sequence's elements, of which a mask may leave some out.

    Attributes
    ----------
    inner : CastLayer, optional
        The mean of all of them.
    """

    inner: CastLayer | None = None

    def answer(self, x: Array, mask: Any = None) -> Answer:
        """Return the output for an array, and a mask (N, W) if there is one."""
        assert self.inner is not None
        if mask is None:
            return self.inner.answer(x)
        (axis,) = self.plan(x.shape).axes
        chosen = np.asarray(mask)
        if chosen.shape != (x.shape[0], x.shape[axis]):
            wanted = f"have the shape {(x.shape[0], x.shape[axis])}"
            raise ArgumentError(message("mask", wanted, chosen.shape))
        kept = np.expand_dims(chosen.astype(bool), 3 - axis)
        whole = Layer(self.windows, Sum())
        dtype = self.inner.dtype_of(x.dtype) if is_float(x.dtype) else np.dtype(np.float32)
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


def _tensorflow_pool(asked: Asked) -> Layer:
    spatial = len(asked.sizes)
    native = tensorflow.max_pool if asked.kind == "max" else tensorflow.avg_pool
    layer = native.read(
        ksize=asked.sizes,
        strides=asked.steps,
        padding="SAME" if asked.same else "VALID",
        data_format=tensorflow.FORMATS[spatial][0],
        rank=spatial + 2,
    )
    assert isinstance(layer, Layer)
    return replace(layer, windows=asked.windows)


def _tensorflow_adaptive(kind: Kind, counts: tuple[int, ...], axes: tuple[int, ...]) -> Layer:
    served = tensorflow.ONEDNN if len(axes) == 3 else tensorflow.FLOATS
    reducer: Reducer = Mean()
    if kind == "max":
        reducer = tensorflow.MAX_OF_VOLUMES if len(axes) == 3 else tensorflow.MAX_OF_PLANES
        served = served if len(axes) == 3 else served | tensorflow.INTEGERS

    def choose(dtype: DType) -> Reducer:
        tensorflow.check_dtype(dtype, served)
        return reducer

    def choose_of_last(dtype: DType) -> Reducer:
        if dtype.name in tensorflow.ONEDNN and one_left:
            raise ArgumentError(message("output_size", "be more than 1 on the last axis", counts))
        return choose(dtype)

    one_left = kind == "max" and counts[-1] == 1

    def check(plan: Plan) -> None:
        if kind == "max" and plan.shape[plan.axes[-1]] == 1:
            raise ArgumentError(message("x", "have more than 1 element on the last axis", "1"))

    return _staged(counts, axes, choose, choose_of_last, check)


def _staged(
    counts: tuple[int, ...],
    axes: tuple[int, ...],
    reducer: Callable[[DType], Reducer],
    reducer_of_last: Callable[[DType], Reducer] | None = None,
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
        return jax.ReduceWindow(windows, ComparedMax(), operation="max")
    elements = None if asked.same else prod(asked.sizes)
    return jax.ReduceWindow(windows, partial(_jax_mean, elements), operation="add")


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


def _check_rank(rank: int, spatial: int | None) -> int:
    if spatial is None:
        if not 3 <= rank <= 5:
            raise ArgumentError(message("x", "have 3 to 5 axes", rank))
        return rank - 2
    if rank != spatial + 2:
        raise ArgumentError(message("x", f"have {spatial + 2} axes", rank))
    return spatial


def _axes(data_format: Any, spatial: int, *, any_case: bool = True) -> tuple[int, ...]:
    """Return the pooled axes of a layout."""
    said = "channels_last" if data_format is None else str(data_format)
    said = said.lower() if any_case else said
    if said not in ("channels_last", "channels_first"):
        wanted = "be channels_last or channels_first"
        raise ArgumentError(message("data_format", wanted, repr(data_format)))
    first = 1 if said == "channels_last" else 2
    return tuple(range(first, first + spatial))


def _asked(
    backend: Backend,
    kind: Kind,
    pool_size: OneOrPerAxis,
    strides: OneOrPerAxis | None,
    padding: Any,
    axes: tuple[int, ...],
) -> Asked:
    spatial = len(axes)
    sizes = per_axis("pool_size", pool_size, spatial, least=1)
    steps = sizes if strides is None else per_axis("strides", strides, spatial, least=1)
    if not isinstance(padding, str):
        raise ArgumentTypeError(message("padding", "be valid or same", repr(padding)))
    said = padding.lower()
    if said not in ("valid", "same") and not backend.takes_any_padding:
        raise ArgumentError(message("padding", "be valid or same", repr(padding)))
    return Asked(kind, sizes, steps, said == "same", axes)


def _counts(output_size: Any, spatial: int) -> tuple[int, ...]:
    return per_axis("output_size", output_size, spatial, least=1)


def _policy(dtype: Any) -> str:
    """Return the dtype that a layer computes in."""
    if dtype is None:
        return "float32"
    said = dtype if isinstance(dtype, str) else getattr(dtype, "compute_dtype", str(dtype))
    name = str(said).removeprefix("mixed_")
    if name not in ("float16", "bfloat16", "float32", "float64"):
        raise ArgumentError(message("dtype", "name a float", repr(dtype)))
    return name


def _cast(backend: Backend, layer: Layer, dtype: str | None) -> CastLayer:
    return CastLayer(
        layer.windows,
        layer.reducer,
        drops_axes=layer.drops_axes,
        inner=layer,
        dtype="float32" if dtype == "float64" and not backend.has_float64 else dtype,
        has_float64=backend.has_float64,
    )


def _whole(kind: Kind, axes: tuple[int, ...], keepdims: bool) -> Layer:
    windows = Specification((Adaptive(1),) * len(axes), axes)
    reducer: Reducer = TiedMax(split=True) if kind == "max" else Mean()
    return Layer(windows, reducer, drops_axes=not boolean("keepdims", keepdims))


def _add_window_layer(
    dialect: Dialect, backend: Backend, kind: Kind, spatial: int, *names: str
) -> None:
    def layer(
        x: object,
        /,
        pool_size: OneOrPerAxis | None = 2 if kind == "max" else None,
        strides: OneOrPerAxis | None = None,
        padding: str = "valid",
        data_format: str | None = None,
        name: str | None = None,
        dtype: Any = None,
        *,
        rank: int,
    ) -> Layer:
        del x, name
        if pool_size is None:
            raise ArgumentTypeError(message("pool_size", "be given", None))
        axes = _axes(data_format, _check_rank(rank, spatial))
        asked = _asked(backend, kind, pool_size, strides, padding, axes)
        return _cast(backend, backend.pool(asked), _policy(dtype))

    _name(dialect, layer, spatial, *names)


def _add_adaptive_layer(
    dialect: Dialect, backend: Backend, kind: Kind, spatial: int, *names: str
) -> None:
    def layer(
        x: object,
        /,
        output_size: Any,
        data_format: str | None = None,
        name: str | None = None,
        dtype: Any = None,
        *,
        rank: int,
    ) -> Layer:
        del x, name
        axes = _axes(data_format, _check_rank(rank, spatial), any_case=False)
        found = backend.adaptive(kind, _counts(output_size, spatial), axes)
        return _cast(backend, found, _policy(dtype))

    _name(dialect, layer, spatial, *names)


def _add_global_layer(
    dialect: Dialect, backend: Backend, kind: Kind, spatial: int, *names: str
) -> None:
    def layer(
        x: object,
        /,
        data_format: str | None = None,
        keepdims: bool = False,
        name: str | None = None,
        dtype: Any = None,
        *,
        rank: int,
    ) -> Layer:
        del x, name
        axes = _axes(data_format, _check_rank(rank, spatial))
        return _cast(backend, _whole(kind, axes, keepdims), _policy(dtype))

    _name(dialect, layer, spatial, *names)


def _add_masked_layer(dialect: Dialect, backend: Backend, *names: str) -> None:
    def layer(
        x: object,
        mask: Any = None,
        /,
        data_format: str | None = None,
        keepdims: bool = False,
        name: str | None = None,
        dtype: Any = None,
        *,
        rank: int,
    ) -> Layer:
        del x, name
        axes = _axes(data_format, _check_rank(rank, 1))
        whole = _cast(backend, _whole("mean", axes, keepdims), _policy(dtype))
        return MaskedMean(whole.windows, whole.reducer, drops_axes=whole.drops_axes, inner=whole)

    _name(dialect, layer, 1, *names)


def _name(dialect: Dialect, layer: Callable[..., Any], spatial: int, *names: str) -> None:
    layer.__name__ = layer.__qualname__ = names[0]
    layer.__doc__ = f"Return what ``keras.layers.{names[0]}`` gives for arrays {SHAPES[spatial]}."
    dialect.operator(*(f"layers.{name}" for name in names))(layer)


def _add_operations(dialect: Dialect, backend: Backend, kind: Kind, name: str) -> None:
    def pool(
        x: object,
        /,
        pool_size: OneOrPerAxis,
        strides: OneOrPerAxis | None = None,
        padding: str = "valid",
        data_format: str | None = None,
        *,
        rank: int,
    ) -> Layer:
        del x
        if strides is None and backend.needs_strides:
            wanted = "be given: Keras expands pool_size twice on JAX"
            raise ArgumentTypeError(message("strides", wanted, None))
        axes = _axes(data_format, _check_rank(rank, None))
        asked = _asked(backend, kind, pool_size, strides, padding, axes)
        return _cast(backend, backend.pool(asked), None)

    def adaptive(
        x: object, /, output_size: Any, data_format: str | None = None, *, rank: int
    ) -> Layer:
        del x
        spatial = _check_rank(rank, None)
        found = backend.adaptive(kind, _counts(output_size, spatial), _axes(data_format, spatial))
        return _cast(backend, found, None)

    for function, called in ((pool, name), (adaptive, f"adaptive_{name}")):
        function.__name__ = function.__qualname__ = called
        function.__doc__ = f"Return what ``keras.ops.{called}`` gives for arrays (N, *spatial, C)."
        dialect.operator(f"ops.{called}", f"ops.nn.{called}")(function)


def _dialect(backend: Backend) -> Dialect:
    """Return Keras on a backend."""
    dialect = Dialect(f"keras3_{backend.name}")
    kinds: tuple[tuple[Kind, str, str], ...] = (("max", "Max", "Max"), ("mean", "Average", "Avg"))
    for kind, long, short in kinds:
        for n in (1, 2, 3):
            names = (f"{long}Pooling{n}D", f"{short}Pool{n}D")
            _add_window_layer(dialect, backend, kind, n, *names)
            _add_adaptive_layer(dialect, backend, kind, n, f"Adaptive{names[0]}")
            names = (f"Global{names[0]}", f"Global{names[1]}")
            if kind == "mean" and n == 1:
                _add_masked_layer(dialect, backend, *names)
            else:
                _add_global_layer(dialect, backend, kind, n, *names)
        _add_operations(dialect, backend, kind, f"{long.lower()}_pool")
    dialect.proposer(propose)
    return dialect


def propose(plain: Plain) -> Iterator[Call]:
    """Yield the layers that may say the same, channels last."""
    spatial = len(plain.axes)
    if spatial not in SHAPES:
        raise UnsupportedError("it pools 1 to 3 axes.")
    if plain.reduce not in ("max", "mean"):
        raise UnsupportedError("it pools by maximum and mean alone.")
    name = "Max" if plain.reduce == "max" else "Average"
    if plain.sliding is None:
        if plain.is_global:
            yield Call(f"layers.Global{name}Pooling{spatial}D", {"keepdims": True})
        sizes = plain.output_size or ()
        if None in sizes:
            raise UnsupportedError("its adaptive pooling says a number of windows for every axis.")
        yield Call(f"layers.Adaptive{name}Pooling{spatial}D", {"output_size": list(sizes)})
        return
    if max(plain.dilation) > 1:
        raise UnsupportedError("it has no dilation.")
    if plain.reduce == "mean" and not isinstance(plain.divisor, str):
        raise UnsupportedError("its averages divide by the elements inside the input.")
    padding = "same"
    if plain.automatic_padding is not AutomaticPadding.SAME:
        padding = "valid"
        if any(isinstance(each, AutomaticPadding) for each in plain.padding):
            raise UnsupportedError(
                'of odd automatic padding its "same" puts more behind than before.'
            )
        if any(map(sum, plain.padding_of_sides)):
            raise UnsupportedError('its padding is "valid" or "same".')
        if plain.rounding is not Rounding.FLOOR:
            raise UnsupportedError("its windows lie wholly inside the input.")
    elif plain.reduce == "mean" and plain.divisor != "valid":
        raise UnsupportedError("its averages divide by the elements inside the input.")
    kernels, strides = list(plain.kernel_size), list(plain.stride)
    words = {"pool_size": kernels, "strides": strides, "padding": padding}
    yield Call(f"layers.{name}Pooling{spatial}D", words)


TENSORFLOW, JAX, TORCH = map(_dialect, BACKENDS)

max_pool = TENSORFLOW.operators["ops.max_pool"]
average_pool = TENSORFLOW.operators["ops.average_pool"]
max_pooling_1d, max_pooling_2d, max_pooling_3d = (
    TENSORFLOW.operators[f"layers.MaxPooling{n}D"] for n in (1, 2, 3)
)
average_pooling_1d, average_pooling_2d, average_pooling_3d = (
    TENSORFLOW.operators[f"layers.AveragePooling{n}D"] for n in (1, 2, 3)
)
global_max_pooling_1d, global_max_pooling_2d, global_max_pooling_3d = (
    TENSORFLOW.operators[f"layers.GlobalMaxPooling{n}D"] for n in (1, 2, 3)
)
global_average_pooling_1d, global_average_pooling_2d, global_average_pooling_3d = (
    TENSORFLOW.operators[f"layers.GlobalAveragePooling{n}D"] for n in (1, 2, 3)
)
adaptive_max_pooling_1d, adaptive_max_pooling_2d, adaptive_max_pooling_3d = (
    TENSORFLOW.operators[f"layers.AdaptiveMaxPooling{n}D"] for n in (1, 2, 3)
)
adaptive_average_pooling_1d, adaptive_average_pooling_2d, adaptive_average_pooling_3d = (
    TENSORFLOW.operators[f"layers.AdaptiveAveragePooling{n}D"] for n in (1, 2, 3)
)
