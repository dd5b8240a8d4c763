"""Keras 3, asked on the backend that it has, on the CPU.

Keras has one backend for each process: that of KERAS_BACKEND, or TensorFlow.
"""

import os
import sys
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from poolkit.doctor.arrays import draw_array
from poolkit.doctor.framework import Framework, Request
from poolkit.reducers.reducer import Array

__all__ = ["FRAMEWORK"]


def _find_backend() -> str:
    if "keras" in sys.modules:
        return str(sys.modules["keras"].backend.backend())
    return os.environ.get("KERAS_BACKEND", "tensorflow")


BACKEND = _find_backend()


@cache
def load() -> Any:
    """Return Keras, with its backend quiet and on the CPU."""
    os.environ.setdefault("KERAS_BACKEND", BACKEND)
    if BACKEND == "tensorflow":
        from poolkit.doctor.tensorflow import load as load_tensorflow

        load_tensorflow()
    import keras

    return keras


def run(request: Request, gradient: Array | None) -> dict[str, Array]:
    """Return what a layer or an operation gives."""
    keras = load()
    op, inputs, params = request
    kind, _, name = op.rpartition(".")
    words = {key: tuple(v) if isinstance(v, list) else v for key, v in params.items()}
    if kind.endswith("layers"):
        layer = getattr(keras.layers, name)(**words)
        mask = inputs.get("mask")
        call = layer if mask is None else lambda x: layer(x, mask=keras.ops.convert_to_tensor(mask))
    else:
        operation = getattr(keras.ops, name)

        def call(x: Any) -> Any:
            return operation(x, **words)

    x = keras.ops.convert_to_tensor(inputs["x"])
    if gradient is None:
        return {"y": keras.ops.convert_to_numpy(call(x))}
    y, pulled = {"tensorflow": _pull_tensorflow, "jax": _pull_jax, "torch": _pull_torch}[BACKEND](
        call, x, gradient
    )
    return {"y": keras.ops.convert_to_numpy(y), "gx": keras.ops.convert_to_numpy(pulled)}


def _pull_tensorflow(call: Callable[[Any], Any], x: Any, gradient: Array) -> tuple[Any, Any]:
    import tensorflow as tf

    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(x)
        y = call(x)
    return y, tape.gradient(y, x, output_gradients=tf.constant(gradient))


def _pull_jax(call: Callable[[Any], Any], x: Any, gradient: Array) -> tuple[Any, Any]:
    import jax

    y, pull_back = jax.vjp(call, x)
    return y, pull_back(jax.numpy.asarray(gradient))[0]


def _pull_torch(call: Callable[[Any], Any], x: Any, gradient: Array) -> tuple[Any, Any]:
    import torch

    x.requires_grad_()
    y = call(x)
    y.backward(torch.as_tensor(gradient))
    return y, x.grad


def draw(rng: np.random.Generator) -> Request:
    """Return a random call: of a layer in most cases."""
    spatial = int(rng.integers(1, 4))
    most = {1: 13, 2: 10, 3: 6}[spatial]
    lengths = [int(n) for n in rng.integers(4, most, spatial)]
    kind = str(rng.choice(["windows", "global", "adaptive"], p=[0.65, 0.22, 0.13]))
    if kind == "adaptive":
        # It takes many operations, that TensorFlow and JAX keep for each size.
        lengths = [int(n) for n in rng.choice([4, 7], spatial)]
    shape = [int(rng.integers(1, 3)), *lengths, int(rng.integers(1, 5))]
    name = str(rng.choice(["Max", "Average"]))
    is_layer = bool(rng.random() < 0.75) or kind == "global"
    params: dict[str, Any] = {}
    if kind == "windows":
        params = _draw_windows(rng, spatial)
        op = f"layers.{name}Pooling{spatial}D" if is_layer else f"ops.{name.lower()}_pool"
        if not is_layer:
            params.setdefault("pool_size", 2)
            if rng.random() < 0.8:
                params.setdefault("strides", params["pool_size"])
    elif kind == "adaptive":
        params["output_size"] = _draw_output_size(rng, name, lengths)
        op = f"layers.Adaptive{name}Pooling{spatial}D"
        if not is_layer:
            op = f"ops.adaptive_{name.lower()}_pool"
    else:
        op = f"layers.Global{name}Pooling{spatial}D"
        if rng.random() < 0.5:
            params["keepdims"] = bool(rng.integers(2))
    channels_first = rng.random() < 0.3
    if channels_first:
        shape = [shape[0], shape[-1], *lengths]
    if channels_first or rng.random() < 0.3:
        params["data_format"] = "channels_first" if channels_first else "channels_last"
    dtype = rng.choice(["float32"] * 8 + ["float64"]) if is_layer else "float32"
    x = draw_array(rng, tuple(shape), dtype)
    if BACKEND == "torch" and spatial == 3:
        # Of arrays with the channels last, PyTorch's indices of windows of −∞ alone are wrong.
        x = np.where(np.isinf(x), np.asarray(-9, x.dtype), x)
    inputs = {"x": x}
    if op == "layers.GlobalAveragePooling1D" and rng.random() < 0.5:
        length = shape[2] if channels_first else shape[1]
        inputs["mask"] = rng.random((shape[0], length)) < 0.7
    return Request(op, inputs, params)


def _draw_windows(rng: np.random.Generator, spatial: int) -> dict[str, Any]:
    params: dict[str, Any] = {}
    if rng.random() < 0.9:
        sizes = [int(k) for k in rng.integers(1, 5, spatial)]
        params["pool_size"] = sizes[0] if rng.random() < 0.3 else sizes
    if rng.random() < 0.7:
        steps = [int(s) for s in rng.integers(1, 4, spatial)]
        params["strides"] = steps[0] if rng.random() < 0.3 else steps
    if rng.random() < 0.8:
        params["padding"] = str(rng.choice(["valid", "same"]))
    if rng.random() < 0.05:
        # Windows much too large, strides of 0, a padding and a layout that there are not. Of
        # windows a little too large TensorFlow counts 0, and divides by that.
        ways: tuple[dict[str, Any], ...] = (
            {"pool_size": 40, "strides": 2, "padding": "valid"},
            {"strides": 0},
            {"padding": "full"},
            {"data_format": "first"},
            {"pool_size": [2] * (spatial + 1)},
        )
        params.update(ways[rng.integers(len(ways))])
    return params


def _draw_output_size(rng: np.random.Generator, name: str, lengths: list[int]) -> Any:
    if rng.random() < 0.03 and BACKEND != "torch":  # where no windows are allowed
        return 0
    # TensorFlow dies of a maximum over the whole last axis, and its gradient is none otherwise.
    least = 2 if name == "Max" and BACKEND == "tensorflow" else 1
    sizes = [int(each) for each in rng.integers(least, 6, len(lengths))]
    return sizes[0] if rng.random() < 0.3 else sizes


FRAMEWORK = Framework("Keras", f"keras3_{BACKEND}", ("keras", BACKEND), run, draw)
