"""JAX as it is installed: `lax.reduce_window`, with Flax's layers where Flax is there.

XLA compiles every shape with every window anew, which takes 30 ms, and 200 ms with the
gradient of a maximum. So one call in five is asked for its gradient.
"""

from collections.abc import Callable, Mapping
from functools import partial
from importlib.util import find_spec
from typing import Any
from zlib import crc32

import numpy as np

from poolkit.doctor.framework import Framework, Request
from poolkit.reducers.reducer import Array

__all__ = ["FRAMEWORK"]

WITH_GRADIENT = 5
"""One call in so many is asked for its gradient."""

COMPILER = {"xla_backend_optimization_level": 0, "xla_llvm_disable_expensive_passes": True}
"""Compiling takes two thirds of the time so."""


def _run(request: Request, gradient: Array | None) -> dict[str, Array]:
    x = request.inputs["x"]
    key = (request.op, _frozen(request.params), x.shape, x.dtype)
    outputs = {"y": np.asarray(_forward(*key)(x))}
    asked = gradient is not None and crc32(repr(key).encode()) % WITH_GRADIENT == 0
    back = _backward(*key) if asked else None
    if back is not None:
        outputs["gx"] = np.asarray(back(x, np.asarray(gradient, outputs["y"].dtype)))
    return outputs


def _forward(op: str, params: Any, shape: tuple[int, ...], dtype: Any) -> Callable[..., Any]:
    import jax

    call = partial(_call(op), **_thawed(params))
    lowered = jax.jit(call).lower(jax.ShapeDtypeStruct(shape, dtype))
    return lowered.compile(COMPILER)  # type: ignore[no-any-return]


def _backward(
    op: str, params: Any, shape: tuple[int, ...], dtype: Any
) -> Callable[..., Any] | None:
    import jax

    if not jax.numpy.issubdtype(dtype, jax.numpy.floating):
        return None
    call = partial(_call(op), **_thawed(params))

    def pull_back(x: Any, gradient: Any) -> Any:
        return jax.vjp(call, x)[1](gradient)[0]

    x = jax.ShapeDtypeStruct(shape, dtype)
    try:
        lowered = jax.jit(pull_back).lower(x, jax.eval_shape(call, x))
    except (NotImplementedError, TypeError, ValueError):
        return None  # it has none
    return lowered.compile(COMPILER)  # type: ignore[no-any-return]


def _call(op: str) -> Callable[..., Any]:
    from jax import lax

    module, _, name = op.rpartition(".")
    if name == "reduce_window":

        def reduce_window(x: Any, *, computation: str, **params: Any) -> Any:
            return lax.reduce_window(x, computation=getattr(lax, computation), **params)

        return reduce_window
    if module == "haiku":
        import haiku  # type: ignore[import-not-found]

        return getattr(haiku, name)  # type: ignore[no-any-return]
    from flax.linen import pooling

    if name == "pool":

        def pool(x: Any, *, init: float, reduce_fn: str, **params: Any) -> Any:
            return pooling.pool(x, init, getattr(lax, reduce_fn), **params)

        return pool
    return getattr(pooling, name)  # type: ignore[no-any-return]


def _frozen(value: Any) -> Any:
    """Return the same that can be a key: JAX wants tuples too."""
    if isinstance(value, Mapping):
        return tuple((key, _frozen(each)) for key, each in value.items())
    return tuple(map(_frozen, value)) if isinstance(value, list | tuple) else value


def _thawed(params: Any) -> dict[str, Any]:
    return dict(params)


def _draw(rng: np.random.Generator) -> Request:
    op, params, shape, dtype = _configuration(rng)
    x = rng.integers(-9, 10, shape) if dtype.kind == "i" else _numbers(rng, shape)
    return Request(op, {"x": x.astype(dtype)}, params)


def _configuration(rng: np.random.Generator) -> tuple[str, dict[str, Any], tuple[int, ...], Any]:
    """Return an operator, its parameters, a shape and a dtype."""
    rank = int(rng.choice([1, 1, 2, 2, 2, 3]))
    most = {1: 12, 2: 9, 3: 6}[rank]
    lengths = [int(n) for n in rng.integers(1, most + 1, rank)]
    sizes = tuple(int(k) for k in rng.integers(1, 5, rank))
    strides = tuple(int(s) for s in rng.integers(1, 4, rank))
    shape = (2, *lengths, int(rng.integers(1, 4)))
    dtype = np.dtype(rng.choice(["float32"] * 12 + ["float16", "int32"]))
    names = ["lax.reduce_window"]
    if find_spec("flax") is not None:
        names += ["flax.linen.max_pool", "flax.linen.avg_pool", "flax.linen.avg_pool"]
        names += ["flax.linen.min_pool", "flax.linen.pool"]
    if find_spec("haiku") is not None:
        names += ["haiku.max_pool", "haiku.avg_pool"]
    op = str(rng.choice(names))
    if op == "lax.reduce_window":
        params = _lax(rng, sizes, strides)
    elif op.startswith("haiku."):
        window: Any = sizes[0] if rng.random() < 0.3 else (*sizes, 1)
        params = {"window_shape": window, "strides": (*strides, 1)}
        params["padding"] = str(rng.choice(["SAME", "VALID"]))
    else:
        params = _flax(rng, op, sizes, strides)
        if rng.random() < 0.1:
            shape = shape[1:]  # one example alone
    return op, params, shape, dtype


def _lax(
    rng: np.random.Generator, sizes: tuple[int, ...], strides: tuple[int, ...]
) -> dict[str, Any]:
    dilation = tuple(int(d) for d in rng.integers(1, 4, len(sizes)))
    holes = tuple(int(b) for b in rng.integers(1, 4, len(sizes)))
    padding = _padding(rng, sizes)
    if not isinstance(padding, str):
        padding = ((0, 0), *padding, (0, 0))
    params = {**_operation(rng), "window_dimensions": (1, *sizes, 1)}
    params |= {"window_strides": (1, *strides, 1), "padding": padding}
    if rng.random() < 0.3:
        params["window_dilation"] = (1, *dilation, 1)
    if rng.random() < 0.2:
        params["base_dilation"] = (1, *holes, 1)
    if rng.random() < 0.05:
        params["window_dimensions"] = sizes  # refused
    return params


def _flax(
    rng: np.random.Generator, op: str, sizes: tuple[int, ...], strides: tuple[int, ...]
) -> dict[str, Any]:
    params: dict[str, Any] = {}
    if op == "flax.linen.pool":
        drawn = _operation(rng)
        params = {"init": drawn["init_value"], "reduce_fn": drawn["computation"]}
    params |= {"window_shape": sizes, "strides": strides, "padding": _padding(rng, sizes)}
    if op == "flax.linen.avg_pool" and rng.random() < 0.6:
        params["count_include_pad"] = bool(rng.integers(2))
    if rng.random() < 0.15:
        params["strides"] = None
    if rng.random() < 0.05:
        params["strides"] = (*strides, 1)  # refused
    return params


def _operation(rng: np.random.Generator) -> dict[str, Any]:
    """Return an operation with its identity or, now and then, another start."""
    name = str(rng.choice(["max", "max", "max", "min", "add", "add", "mul"]))
    start = {"max": -np.inf, "min": np.inf, "add": 0.0, "mul": 1.0}[name]
    if rng.random() < 0.1:
        start = 0.5
    return {"init_value": start, "computation": name}


def _padding(rng: np.random.Generator, sizes: tuple[int, ...]) -> Any:
    if rng.random() < 0.5:
        return str(rng.choice(["SAME", "VALID", "SAME_LOWER", "same"]))
    # Negative padding is drawn on one side alone and for true windows: XLA aborts the process
    # where an axis has less than no length, and where windows are of one element.
    least = -1 if rng.random() < 0.1 and min(sizes) > 1 else 0
    before, behind = rng.integers(least, 4, len(sizes)), rng.integers(0, 4, len(sizes))
    return tuple((int(a), int(b)) for a, b in zip(before, behind, strict=True))


def _numbers(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    kind = rng.choice(["rand", "ties", "allneg", "neginf", "nan", "wide"])
    x = np.asarray(rng.integers(-256, 256, shape) / 64)
    if kind == "ties":
        return rng.integers(-2, 3, shape).astype(float)
    if kind == "allneg":
        return np.asarray(-np.abs(x) - 1)
    if kind == "neginf":
        return np.where(rng.random(shape) < 0.5, -np.inf, x)
    if kind == "nan":
        return np.where(rng.random(shape) < 0.125, np.nan, x)
    return np.asarray(x * 10.0 ** rng.integers(-3, 3, shape)) if kind == "wide" else x


FRAMEWORK = Framework("JAX", "jax", ("jax",), _run, _draw)
