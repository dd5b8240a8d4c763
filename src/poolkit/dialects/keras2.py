"""Keras 2.3 on its two backends, TensorFlow 1 and Theano: two dialects of one name each.

The functions here are those of TensorFlow; ``THEANO.find("layers.MaxPooling2D")`` gives the
others. What the backends make of the same layer differs:

- "same" is TensorFlow's on TensorFlow. On Theano, Keras pads both sides of every axis by the
  window less 1, or less 2 if that is odd and more than 1, and keeps the first ⌈n / stride⌉
  windows: they begin k − 1 or k − 2 positions before the input.
- `MaxPooling3D` and `AveragePooling3D` with "same" and a window of 1 on some axis fail on
  Theano, where Keras asks for a padding of −1.
- A maximum begins at the lowest finite number on TensorFlow and never is NaN; that of three
  axes begins with −∞, and what hangs over the input counts as the lowest finite number. On
  Theano, NaN wins, and all elements that equal the maximum get its gradient. The gradient of
  `GlobalMaxPooling` is shared by equal elements on TensorFlow, and goes whole to each on Theano.
  That of `MaxPooling3D` goes whole to each on TensorFlow too, to all within 1e-5 of it.
- With "same" and strides beyond the window by 2 or more, `MaxPooling3D` and `AveragePooling3D`
  leave out elements before the first window on TensorFlow; their gradients do not.
- Means leave padding out; on Theano they have no gradient where there is padding.
- Windows that do not fit are refused on TensorFlow, and none on Theano.

`GlobalAveragePooling1D` takes a mask where channels are last; where they are first, Keras
multiplies along the wrong axis, and the call is refused here.

Source: keras-team/keras 2.3.1, keras/layers/pooling.py, keras/backend/tensorflow_backend.py,
keras/backend/theano_backend.py (`pool2d`, `pool3d`); tensorflow/tensorflow 1.15,
tensorflow/core/kernels/maxpooling_op.cc, pooling_ops_3d.cc, eigen_pooling.h (without oneDNN,
as it was run); :mod:`poolkit.dialects.theano` for the other backend.
"""

from collections.abc import Callable, Iterator
from typing import Any

from poolkit._arguments import OneOrPerAxis, per_axis
from poolkit._errors import ArgumentError, UnsupportedError, message
from poolkit.dialects.keras2_backends import (
    Kind,
    MaskedMean,
    on_tensorflow,
    on_theano,
    padding_on_theano,
)
from poolkit.dialects.layer import Layer
from poolkit.dialects.native import Dialect, Native
from poolkit.dialects.plain import Call, Plain
from poolkit.geometry import (
    Adaptive,
    AutomaticPadding,
    Rounding,
    Specification,
)
from poolkit.reducers import Mean, TiedMax

__all__ = [
    "TENSORFLOW",
    "THEANO",
    "average_pooling_1d",
    "average_pooling_2d",
    "average_pooling_3d",
    "global_average_pooling_1d",
    "global_average_pooling_2d",
    "global_average_pooling_3d",
    "global_max_pooling_1d",
    "global_max_pooling_2d",
    "global_max_pooling_3d",
    "max_pooling_1d",
    "max_pooling_2d",
    "max_pooling_3d",
]

TENSORFLOW = Dialect("keras2_tensorflow")
THEANO = Dialect("keras2_theano")

LAYERS = {"max": ("MaxPooling", "MaxPool"), "mean": ("AveragePooling", "AvgPool")}
"""The layers' names, and their other names, without the number of axes."""


def _pooled_axes(data_format: str | None, spatial: int, rank: int) -> tuple[int, ...]:
    if rank != spatial + 2:
        raise ArgumentError(message("x", f"have {spatial + 2} axes", rank))
    said = "channels_last" if data_format is None else data_format
    if said not in ("channels_last", "channels_first"):
        wanted = "be channels_last or channels_first"
        raise ArgumentError(message("data_format", wanted, repr(data_format)))
    first = 1 if said == "channels_last" else 2
    return tuple(range(first, first + spatial))


Backend = Callable[..., Layer]


def _sliding_layer(dialect: Dialect, backend: Backend, kind: Kind, spatial: int) -> Native:
    """Return the layer of sliding windows on a backend."""

    def pooling(
        x: object,
        /,
        pool_size: OneOrPerAxis = 2,
        strides: OneOrPerAxis | None = None,
        padding: str = "valid",
        data_format: str | None = None,
        *,
        rank: int,
    ) -> Layer:
        del x
        axes = _pooled_axes(data_format, spatial, rank)
        sizes = per_axis("pool_size", pool_size, spatial, least=1)
        steps = sizes if strides is None else per_axis("strides", strides, spatial, least=1)
        if not isinstance(padding, str) or padding.lower() not in ("valid", "same"):
            raise ArgumentError(message("padding", "be valid or same", repr(padding)))
        return backend(kind, sizes, steps, axes, is_same=padding.lower() == "same")

    return _registered(dialect, [f"{name}{spatial}D" for name in LAYERS[kind]], pooling, spatial)


def _global_layer(dialect: Dialect, kind: Kind, spatial: int) -> Native:
    """Return the layer that pools whole axes, and drops them."""

    def pooling(x: object, /, data_format: str | None = None, *, rank: int) -> Layer:
        del x
        axes = _pooled_axes(data_format, spatial, rank)
        windows = Specification((Adaptive(1),) * spatial, axes)
        largest = TiedMax(split=True, nan="skip") if dialect is TENSORFLOW else TiedMax()
        reducer = largest if kind == "max" else Mean()
        return Layer(windows, reducer, drops_axes=True)

    names = [f"Global{name}{spatial}D" for name in LAYERS[kind]]
    return _registered(dialect, names, pooling, spatial)


def _registered(
    dialect: Dialect, names: list[str], function: Callable[..., Any], spatial: int
) -> Native:
    axes = {1: "(N, W, C)", 2: "(N, H, W, C)", 3: "(N, D, H, W, C)"}[spatial]
    function.__name__ = function.__qualname__ = names[0]
    function.__doc__ = (
        f"Return what ``{names[0]}`` gives for arrays {axes}, or channels first as "
        "`data_format` says."
    )
    return dialect.operator(*(f"layers.{name}" for name in names))(function)


def _masked_layer(dialect: Dialect) -> Native:
    """Return the one layer that heeds a mask."""

    def pooling(
        x: object, mask: object = None, /, data_format: str | None = None, *, rank: int
    ) -> Layer:
        del x, mask
        axes = _pooled_axes(data_format, 1, rank)
        return MaskedMean(Specification((Adaptive(1),), axes), Mean(), drops_axes=True)

    names = [f"Global{name}1D" for name in LAYERS["mean"]]
    return _registered(dialect, names, pooling, 1)


max_pooling_1d = _sliding_layer(TENSORFLOW, on_tensorflow, "max", 1)
max_pooling_2d = _sliding_layer(TENSORFLOW, on_tensorflow, "max", 2)
max_pooling_3d = _sliding_layer(TENSORFLOW, on_tensorflow, "max", 3)
average_pooling_1d = _sliding_layer(TENSORFLOW, on_tensorflow, "mean", 1)
average_pooling_2d = _sliding_layer(TENSORFLOW, on_tensorflow, "mean", 2)
average_pooling_3d = _sliding_layer(TENSORFLOW, on_tensorflow, "mean", 3)
global_max_pooling_1d = _global_layer(TENSORFLOW, "max", 1)
global_max_pooling_2d = _global_layer(TENSORFLOW, "max", 2)
global_max_pooling_3d = _global_layer(TENSORFLOW, "max", 3)
global_average_pooling_1d = _masked_layer(TENSORFLOW)
global_average_pooling_2d = _global_layer(TENSORFLOW, "mean", 2)
global_average_pooling_3d = _global_layer(TENSORFLOW, "mean", 3)

for _spatial in (1, 2, 3):
    _sliding_layer(THEANO, on_theano, "max", _spatial)
    _sliding_layer(THEANO, on_theano, "mean", _spatial)
    _global_layer(THEANO, "max", _spatial)
for _spatial in (2, 3):
    _global_layer(THEANO, "mean", _spatial)
_masked_layer(THEANO)


def _is_same_on_tensorflow(plain: Plain) -> bool:
    if plain.automatic_padding is AutomaticPadding.SAME:
        return True
    if set(plain.padding) == {(0, 0)}:
        return False
    raise UnsupportedError('its padding is "same", about half of it on each side, or none.')


def _is_same_on_theano(plain: Plain) -> bool:
    if set(plain.padding) == {(0, 0)}:
        return False
    pads = tuple(padding_on_theano(size, len(plain.axes)) for size in plain.kernel_size)
    if plain.padding == pads:
        return True
    raise UnsupportedError(
        'its padding is "same", which there pads before the input by the window less 1 or 2, or '
        "none."
    )


def _proposed(plain: Plain, is_same_of: Callable[[Plain], bool]) -> Iterator[Call]:
    spatial = len(plain.axes)
    if plain.rank != spatial + 2 or spatial > 3:
        raise UnsupportedError("it pools all axes but batch and channels, three at most.")
    if plain.reduce not in LAYERS:
        raise UnsupportedError("it has maxima and means alone.")
    name, params = LAYERS[plain.reduce][0], {}
    if not plain.channels_last:
        params["data_format"] = "channels_first"
    if plain.reduce == "mean" and not isinstance(plain.divisor, str):
        raise UnsupportedError("its means divide by a count of elements, no other number.")
    if plain.is_global:
        yield Call(f"layers.Global{name}{spatial}D", params)
        return
    if plain.sliding is None:
        raise UnsupportedError("its windows have a fixed size.")
    if set(plain.dilation) != {1}:
        raise UnsupportedError("its windows have no dilation.")
    is_same = is_same_of(plain)
    if not is_same and any(each.rounding is not Rounding.FLOOR for each in plain.sliding):
        raise UnsupportedError('what a stride leaves over is dropped, unless padding is "same".')
    if is_same and plain.reduce == "mean" and plain.divisor != "valid":
        raise UnsupportedError("its means leave padding out.")
    sized: dict[str, Any] = {"pool_size": list(plain.kernel_size)}
    if plain.stride != plain.kernel_size:
        sized["strides"] = list(plain.stride)
    if is_same:
        sized["padding"] = "same"
    yield Call(f"layers.{name}{spatial}D", {**sized, **params})


@TENSORFLOW.proposer
def propose(plain: Plain) -> Iterator[Call]:
    """Propose layers on TensorFlow."""
    return _proposed(plain, _is_same_on_tensorflow)


@THEANO.proposer
def propose_on_theano(plain: Plain) -> Iterator[Call]:
    """Propose layers on Theano."""
    return _proposed(plain, _is_same_on_theano)
