"""TensorFlow, asked on the CPU, one operation at a time."""

import os
from contextlib import suppress
from functools import cache
from typing import Any

import numpy as np

from poolkit.doctor.arrays import draw_array
from poolkit.doctor.framework import Framework, Request
from poolkit.reducers.reducer import Array

__all__ = ["FRAMEWORK"]

OUTPUTS = {
    "max_pool_with_argmax": ("y", "argmax"),
    "MaxPoolWithArgmax": ("y", "argmax"),
    "fractional_max_pool": ("y", "row_pooling_sequence", "col_pooling_sequence"),
    "fractional_avg_pool": ("y", "row_pooling_sequence", "col_pooling_sequence"),
}
"""The outputs of operations that have several."""

FORMATS = {
    1: ("NWC", "NCW"),
    2: ("NHWC", "NCHW"),
    3: ("NDHWC", "NCDHW"),
}

FIRST_INPUT = {"raw_ops.AvgPool": "value"}
"""What `tf.raw_ops`, which takes names alone, calls the array, unless ``input``."""


@cache
def load() -> Any:
    """Return TensorFlow, quiet and with no other devices than the CPU."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    import tensorflow

    with suppress(RuntimeError):  # it was used before
        tensorflow.config.set_visible_devices([], "GPU")
    return tensorflow


def run(request: Request, gradient: Array | None) -> dict[str, Array]:
    """Return what an operation gives."""
    tf = load()
    op, inputs, params = request
    call: Any = tf
    for name in op.split("."):
        call = getattr(call, name)
    with tf.device("CPU:0"):
        x = tf.constant(inputs["x"])
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            if gradient is not None:
                tape.watch(x)
            if op.startswith("raw_ops."):
                found = call(**{FIRST_INPUT.get(op, "input"): x}, **params)
            else:
                found = call(x, **params)
        names = OUTPUTS.get(op.rpartition(".")[2], ("y",))
        arrays = tuple(found) if len(names) > 1 else (found,)
        outputs = {name: array.numpy() for name, array in zip(names, arrays, strict=True)}
        if gradient is not None:
            pulled = tape.gradient(arrays[0], x, output_gradients=tf.constant(gradient))
            outputs["gx"] = pulled.numpy()
    return outputs


def draw(rng: np.random.Generator) -> Request:
    """Return a random call: of windows in most cases, else across channels or of whole axes."""
    ways = list(WAYS)
    return ways[rng.choice(len(ways), p=list(WAYS.values()))](rng)


def _draw_windows(rng: np.random.Generator) -> Request:
    spatial = int(rng.integers(1, 4))
    op = str(rng.choice(["max", "avg"]))
    name = f"nn.{op}_pool" + ("" if rng.random() < 0.3 else f"{spatial}d")
    channels_first = rng.random() < 0.1
    dtypes = ["float32"] * 8
    if not channels_first and spatial < 3:
        dtypes += ["float16", "float64"]
        if op == "max":
            dtypes += ["int32", "uint8"]
    shape, sizes = _draw_sizes(rng, spatial)
    params: dict[str, Any] = {"ksize": _one_or_more(rng, sizes, channels_first)}
    params["strides"] = _one_or_more(rng, _draw_each(rng, spatial, 1, 4), channels_first)
    params["padding"] = str(rng.choice(["SAME", "VALID"]))
    if op == "max" and spatial < 3 and not channels_first and rng.random() < 0.2:
        pairs = [[int(p) for p in rng.integers(0, k, 2)] for k in _spread(params["ksize"], spatial)]
        params["padding"] = [[0, 0], *pairs, [0, 0]]
        if rng.random() < 0.05:
            params["padding"][1][0] = 9
    if channels_first or rng.random() < 0.2:
        params["data_format"] = FORMATS[spatial][int(channels_first)]
    _spoil(rng, params, "ksize", "strides")
    return _request(rng, name, shape, params, dtypes, channels_first)


def _draw_with_argmax(rng: np.random.Generator) -> Request:
    shape, sizes = _draw_sizes(rng, 2)
    params: dict[str, Any] = {"ksize": _one_or_more(rng, sizes)}
    params["strides"] = _one_or_more(rng, _draw_each(rng, 2, 1, 4))
    params["padding"] = str(rng.choice(["SAME", "VALID"]))
    if rng.random() < 0.5:
        params["include_batch_in_index"] = bool(rng.integers(2))
    if rng.random() < 0.3:
        params["output_dtype"] = str(rng.choice(["int32", "int64"]))
    _spoil(rng, params, "ksize", "strides")
    dtypes = ["float32"] * 6 + ["float16", "float64", "int32"]
    return _request(rng, "nn.max_pool_with_argmax", shape, params, dtypes)


def _draw_pool(rng: np.random.Generator) -> Request:
    spatial = int(rng.integers(1, 4))
    shape, sizes = _draw_sizes(rng, spatial)
    params: dict[str, Any] = {"window_shape": sizes}
    params["pooling_type"] = str(rng.choice(["MAX", "AVG"]))
    if rng.random() < 0.4:
        # Windows that do not fit kill the process, so the input is long enough for any.
        params["dilations"] = _draw_each(rng, spatial, 1, 4)
        shape = [shape[0], *(n + 8 for n in shape[1:-1]), shape[-1]]
    else:
        params["strides"] = [int(rng.integers(1, k + 1)) for k in sizes]
        params["padding"] = str(rng.choice(["SAME", "VALID"]))
    if rng.random() < 0.05:
        params["strides"] = [4] * spatial
    return _request(rng, "nn.pool", shape, params, ["float32"])


def _draw_fractional(rng: np.random.Generator) -> Request:
    op = str(rng.choice(["max", "avg"]))
    shape = [int(rng.integers(1, 3)), *_draw_each(rng, 2, 4, 13), int(rng.integers(1, 4))]
    ratios = [1.0, *(float(r) for r in rng.integers(64, 192, 2) / 64), 1.0]
    params: dict[str, Any] = {"pooling_ratio": ratios}
    for name in ("pseudo_random", "overlapping"):
        if rng.random() < 0.6:
            params[name] = bool(rng.integers(2))
    # TensorFlow keeps the sequences of a seed that it has seen, though the sizes be others.
    params["seed"] = int(rng.integers(1, 2**31))
    if op == "max" and rng.random() < 0.2:
        params["pooling_ratio"] = float(ratios[1])
    if rng.random() < 0.05:
        params["pooling_ratio"] = [1.5, 1.5, 1.5, 1.0]
    dtypes = ["float32"] * 4 + ["float64", "int32"]
    return _request(rng, f"nn.fractional_{op}_pool", shape, params, dtypes)


def _draw_across_channels(rng: np.random.Generator) -> Request:
    size = int(rng.integers(2, 5))
    channels = size * int(rng.integers(1, 4)) + int(rng.random() < 0.1)
    shape = [1, *_draw_each(rng, 2, 1, 5), channels]
    params = {"ksize": [1, 1, 1, size], "strides": [1, 1, 1, size], "padding": "VALID"}
    return _request(rng, "nn.max_pool2d", shape, params, ["float32", "int32"])


def _draw_whole(rng: np.random.Generator) -> Request:
    spatial = int(rng.integers(1, 4))
    shape, _ = _draw_sizes(rng, spatial)
    params: dict[str, Any] = {"axis": list(range(1, spatial + 1))}
    if rng.random() < 0.5:
        params["keepdims"] = bool(rng.integers(2))
    name = str(rng.choice(["math.reduce_max", "math.reduce_mean"]))
    return _request(rng, name, shape, params, ["float32"] * 4 + ["float64"])


def _draw_raw(rng: np.random.Generator) -> Request:
    op, spatial = [("MaxPool", 2), ("AvgPool", 2), ("MaxPool3D", 3), ("AvgPool3D", 3)][
        rng.integers(4)
    ]
    shape, sizes = _draw_sizes(rng, spatial)
    params: dict[str, Any] = {
        "ksize": [1, *sizes, 1],
        "padding": str(rng.choice(["SAME", "VALID"])),
    }
    params["strides"] = [1, *_draw_each(rng, spatial, 1, 4), 1]
    if op == "MaxPool" and rng.random() < 0.3:
        pairs = [int(p) for k in sizes for p in rng.integers(0, k, 2)]
        params["padding"] = "EXPLICIT"
        params["explicit_paddings"] = [0, 0, *pairs, 0, 0]
    return _request(rng, f"raw_ops.{op}", shape, params, ["float32"])


def _request(
    rng: np.random.Generator,
    op: str,
    shape: list[int],
    params: dict[str, Any],
    dtypes: list[str],
    channels_first: bool = False,
) -> Request:
    if channels_first:
        shape = [shape[0], shape[-1], *shape[1:-1]]
    return Request(op, {"x": draw_array(rng, tuple(shape), rng.choice(dtypes))}, params)


def _draw_sizes(rng: np.random.Generator, spatial: int) -> tuple[list[int], list[int]]:
    """Return a shape with the channels last, and windows that fit into it."""
    most = {1: 13, 2: 10, 3: 6}[spatial]
    lengths = _draw_each(rng, spatial, 4, most)
    sizes = _draw_each(rng, spatial, 1, 5)
    return [int(rng.integers(1, 3)), *lengths, int(rng.integers(1, 5))], sizes


def _draw_each(rng: np.random.Generator, count: int, low: int, high: int) -> list[int]:
    return [int(each) for each in rng.integers(low, high, count)]


def _one_or_more(rng: np.random.Generator, sizes: list[int], channels_first: bool = False) -> Any:
    """Return sizes in one of the ways that TensorFlow takes them, perhaps the first for all."""
    way = rng.integers(4)
    if way == 0:
        return sizes[0]
    if way == 1:
        return sizes[:1]
    if way == 2:
        return sizes
    return [1, 1, *sizes] if channels_first else [1, *sizes, 1]


def _spread(sizes: Any, spatial: int) -> list[int]:
    if isinstance(sizes, int):
        return [sizes] * spatial
    if len(sizes) == 1:
        return list(sizes) * spatial
    return list(sizes) if len(sizes) == spatial else list(sizes[1:-1])


def _spoil(rng: np.random.Generator, params: dict[str, Any], *names: str) -> None:
    """Make one in twenty calls one that is refused."""
    if rng.random() < 0.05:
        # Windows much too large, strides of 0, pooling over the batch, a padding there is not.
        # Of windows a little too large TensorFlow counts 0, and divides by that.
        ways = ({names[0]: 40}, {names[1]: 0}, {names[0]: [2, 1, 1, 1]}, {"padding": "FULL"})
        params.update(ways[rng.integers(len(ways))])


WAYS = {
    _draw_windows: 0.45,
    _draw_with_argmax: 0.15,
    _draw_pool: 0.15,
    _draw_fractional: 0.1,
    _draw_across_channels: 0.03,
    _draw_whole: 0.07,
    _draw_raw: 0.05,
}
"""How calls are drawn, and how often."""

FRAMEWORK = Framework("TensorFlow", "tensorflow", ("tensorflow",), run, draw)
