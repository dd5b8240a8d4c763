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

from collections.abc import Callable

from poolkit.dialects.keras_backends import BACKENDS, Backend
from poolkit.dialects.keras_operators import (
    adaptive_layer,
    adaptive_operation,
    global_layer,
    masked_layer,
    window_layer,
    window_operation,
)
from poolkit.dialects.keras_words import propose
from poolkit.dialects.layer import Layer
from poolkit.dialects.native import Dialect
from poolkit.dialects.tensorflow_reducers import Kind
from poolkit.dialects.tensorflow_windows import SHAPES

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


def _dialect(backend: Backend) -> Dialect:
    """Return Keras on a backend."""
    dialect = Dialect(f"keras3_{backend.name}", propose=propose)

    def add(function: Callable[..., Layer], shape: str, *names: str) -> None:
        function.__name__ = function.__qualname__ = names[0].rpartition(".")[2]
        function.__doc__ = f"Return what ``keras.{names[0]}`` gives for arrays {shape}."
        dialect.operator(*names)(function)

    kinds: tuple[tuple[Kind, str, str], ...] = (("max", "Max", "Max"), ("mean", "Average", "Avg"))
    for kind, long, short in kinds:
        for n, shape in SHAPES.items():
            name, other = f"{long}Pooling{n}D", f"{short}Pool{n}D"
            add(window_layer(backend, kind, n), shape, f"layers.{name}", f"layers.{other}")
            add(adaptive_layer(backend, kind, n), shape, f"layers.Adaptive{name}")
            heeds_mask = kind == "mean" and n == 1
            whole = masked_layer(backend) if heeds_mask else global_layer(backend, kind, n)
            add(whole, shape, f"layers.Global{name}", f"layers.Global{other}")
        name, shape = f"{long.lower()}_pool", "(N, *spatial, C)"
        add(window_operation(backend, kind), shape, f"ops.{name}", f"ops.nn.{name}")
        name = f"adaptive_{name}"
        add(adaptive_operation(backend, kind), shape, f"ops.{name}", f"ops.nn.{name}")
    return dialect


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
