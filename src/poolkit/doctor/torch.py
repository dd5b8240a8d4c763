"""PyTorch, asked in one thread."""

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from poolkit.doctor.framework import Framework, Request
from poolkit.reducers.reducer import Array

__all__ = ["FRAMEWORK"]

INPUTS = ("rand", "ties", "allneg", "neginf", "nan", "wide")
SIZES = {1: 12, 2: 9, 3: 6}
DTYPES = ("float32",) * 10 + ("float64",) * 3 + ("float16", "bfloat16", "int64", "int32", "uint8")
NORMS = (1.0, 2.0, 2, 3.0, 4.0, 1.5, -1.0, float("inf"), float("-inf"))
"""Not 0.5: its roots are a unit in the last place off, which squaring makes more of."""


@cache
def _torch() -> Any:
    import torch

    torch.set_num_threads(1)
    return torch


def run(request: Request, gradient: Array | None) -> dict[str, Array]:
    """Return what PyTorch gives; inputs whose axes do not lie in order are channels-last."""
    torch = _torch()
    inputs = {name: _tensor(array) for name, array in request.inputs.items()}
    x = inputs.pop("x")
    if x.dtype.is_floating_point:
        x.requires_grad_()
    params = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in request.params.items()
    }
    if "indices" in inputs:
        params["indices"] = inputs["indices"]
    if "random_samples" in inputs:
        params["_random_samples"] = inputs["random_samples"]
    found = getattr(torch.nn.functional, request.op)(x, **params)
    y, argmax = found if isinstance(found, tuple) else (found, None)
    outputs = {"y": _array(y.detach())}
    if argmax is not None:
        outputs["argmax"] = _array(argmax)
    if gradient is not None and y.requires_grad:
        y.backward(_tensor(gradient))
        outputs["gx"] = _array(x.grad)
    return outputs


def _tensor(array: Array) -> Any:
    torch = _torch()
    if array.dtype.kind == "V":
        return torch.from_numpy(array.view(np.int16)).view(torch.bfloat16)
    return torch.from_numpy(array)


def _array(tensor: Any) -> Array:
    torch = _torch()
    if tensor.dtype == torch.bfloat16:
        import ml_dtypes

        bits: Array = tensor.contiguous().view(torch.int16).numpy()
        return bits.view(ml_dtypes.bfloat16)
    found: Array = tensor.numpy()
    return found


def draw(rng: np.random.Generator) -> Request:
    """Return a random call."""
    rank = int(rng.integers(1, 4))
    kinds: list[Callable[[np.random.Generator, int], Request]] = [
        *(_draw_max,) * 3,
        *(_draw_average,) * 3,
        *(_draw_norm,) * 2,
        *(_draw_adaptive,) * 2,
        _draw_fractional,
        _draw_unpooling,
    ]
    request = kinds[int(rng.integers(len(kinds)))](rng, rank)
    return _spoil(rng, request, rank) if rng.random() < 0.04 else request


def _spoil(rng: np.random.Generator, request: Request, rank: int) -> Request:
    """Return a call that most likely is refused."""
    inputs, params = dict(request.inputs), dict(request.params)
    sizes = "kernel_size" if "kernel_size" in params else "output_size"
    match int(rng.integers(8)):
        case 0:
            params[sizes] = [2] * (rank + 1)
        case 1 if not request.op.startswith("fractional"):
            # Fractional windows of no elements are all -inf.
            params[sizes] = -1
        case 2 if "unpool" not in request.op:
            params[sizes] = 2.5
        case 3 if "stride" in params:
            params["stride"] = 0
        case 4 if "padding" in params:
            params["padding"] = -1
        case 5 if "padding" in params:
            params["padding"] = 9
        case 6 if "dilation" in params:
            params["dilation"] = 0
        case 7 if sizes == "kernel_size":
            inputs = {name: array[None, None] for name, array in inputs.items()}
        case _ if not request.op.startswith("adaptive_avg"):
            # The global mean of an empty plane is NaN.
            inputs = {name: array[..., :0] for name, array in inputs.items()}
    return Request(request.op, inputs, params)


def _draw_max(rng: np.random.Generator, rank: int) -> Request:
    x = _draw_input(rng, rank)
    params = _draw_windows(rng, rank, x.shape[-rank:])
    # Dilated windows may hold nothing: see `_draw_input` for those of channels-last.
    if rng.random() < 0.4 and (rank < 3 or x.flags.c_contiguous):
        params["dilation"] = _spelt(rng, [int(n) for n in rng.integers(1, 4, rank)])
    op = f"max_pool{rank}d"
    if x.dtype.kind in "iu" and rank == 1:
        params["return_indices"] = True
    elif rng.random() < 0.6:
        params["return_indices"] = bool(rng.random() < 0.9)
    elif rng.random() < 0.2:
        op += "_with_indices"
    return Request(op, {"x": x}, params)


def _draw_average(rng: np.random.Generator, rank: int) -> Request:
    x = _draw_input(rng, rank)
    params = _draw_windows(rng, rank, x.shape[-rank:])
    if rng.random() < 0.5:
        params["count_include_pad"] = bool(rng.integers(2))
    if rank > 1 and rng.random() < 0.25:
        params["divisor_override"] = int(rng.choice([1, 2, 3, 7, 12, -2, 0]))
    return Request(f"avg_pool{rank}d", {"x": x}, params)


def _draw_norm(rng: np.random.Generator, rank: int) -> Request:
    x = _draw_input(rng, rank)
    params = _draw_windows(rng, rank, x.shape[-rank:])
    params.pop("padding", None)
    if rank == 1 and not isinstance(params["kernel_size"], int):
        params["kernel_size"] = params["kernel_size"][0]
    elif not isinstance(params["kernel_size"], int):
        params["kernel_size"] = _each(params["kernel_size"], rank)
    norm_type = NORMS[int(rng.integers(len(NORMS)))]
    if x.dtype.kind in "iu":
        # Norms of integers for whole p are no norms: each step is one of integers.
        norm_type = float(norm_type)
    if norm_type in (1.5, 3.0, 4.0):
        # Some elements' roots come of a float32 exponent, others' of a float64 one, and the
        # larger the powers the further apart they are.
        x = np.clip(x, np.asarray(0 if x.dtype.kind == "u" else -64).astype(x.dtype), 64)
        x = x.astype(x.dtype)
    return Request(f"lp_pool{rank}d", {"x": x}, {"norm_type": norm_type, **params})


def _draw_adaptive(rng: np.random.Generator, rank: int) -> Request:
    x = _draw_input(rng, rank)
    sizes: list[Any] = [int(n) for n in rng.integers(1, 8, rank)]
    if rng.random() < 0.03:
        sizes[0] = int(rng.integers(-1, 1))
    if rank > 1 and rng.random() < 0.15:
        sizes[int(rng.integers(rank))] = None
    size = sizes[0] if sizes[0] is not None and rng.random() < 0.3 else sizes
    if rng.random() < 0.2:
        size = 1
    if rng.random() < 0.5:
        return Request(f"adaptive_avg_pool{rank}d", {"x": x}, {"output_size": size})
    params = {"output_size": size}
    if rng.random() < 0.7:
        params["return_indices"] = True
    return Request(f"adaptive_max_pool{rank}d", {"x": x}, params)


def _draw_fractional(rng: np.random.Generator, rank: int) -> Request:
    rank = max(rank, 2)
    x = _draw_input(rng, rank)
    lengths = x.shape[-rank:]
    sizes = [int(n) for n in rng.integers(1, 4, rank)]
    params: dict[str, Any] = {"kernel_size": _spelt(rng, sizes)}
    if params["kernel_size"] == [sizes[0]]:
        params["kernel_size"] = sizes[0]
    if rng.random() < 0.7 or x.dtype.kind in "iu":
        params["output_size"] = [
            int(rng.integers(1, max(2, n - k + 1))) for n, k in zip(lengths, sizes, strict=True)
        ]
    else:
        params["output_ratio"] = [round(float(r), 2) for r in rng.uniform(0.3, 0.8, rank)]
    if rng.random() < 0.7:
        params["return_indices"] = True
    batch = x.shape[0] if x.ndim == rank + 2 else 1
    samples = rng.random((batch, x.shape[-rank - 1], rank)).astype(x.dtype)
    return Request(f"fractional_max_pool{rank}d", {"x": x, "random_samples": samples}, params)


def _draw_unpooling(rng: np.random.Generator, rank: int) -> Request:
    x = _draw_input(rng, rank)
    lengths = x.shape[-rank:]
    sizes = [int(n) for n in rng.integers(1, 4, rank)]
    strides = [int(n) for n in rng.integers(1, 4, rank)]
    params: dict[str, Any] = {"kernel_size": sizes, "stride": strides}
    usual = [(n - 1) * s + k for n, s, k in zip(lengths, strides, sizes, strict=True)]
    if rng.random() < 0.4:
        spare = [int(rng.integers(1 - step, step)) for step in strides]
        usual = [max(0, n + more) for n, more in zip(usual, spare, strict=True)]
        usual[0] += int(rng.random() < 0.1) * 9
        params["output_size"] = [9, 9, *usual] if rng.random() < 0.3 else usual
    plane = int(np.prod(usual))
    # An index that comes twice keeps the last value in one thread alone.
    indices = rng.integers(0, max(1, plane), x.shape)
    if indices.size and rng.random() < 0.05:
        indices.flat[0] = plane
    return Request(f"max_unpool{rank}d", {"x": x, "indices": indices}, params)


def _draw_windows(rng: np.random.Generator, rank: int, lengths: tuple[int, ...]) -> dict[str, Any]:
    sizes = [int(rng.integers(1, min(5, n + 1) + 1)) for n in lengths]
    params: dict[str, Any] = {"kernel_size": _spelt(rng, sizes)}
    if rng.random() < 0.7:
        params["stride"] = _spelt(rng, [int(n) for n in rng.integers(1, 5, rank)])
    if rng.random() < 0.6:
        spare = int(rng.random() < 0.05)
        used = _each(params["kernel_size"], rank)
        params["padding"] = [int(rng.integers(0, k // 2 + 1 + spare)) for k in used]
    if rng.random() < 0.6:
        params["ceil_mode"] = bool(rng.integers(2))
    return params


def _spelt(rng: np.random.Generator, numbers: list[int]) -> Any:
    """Return numbers as PyTorch may be told them: the first for all, with brackets or without."""
    way = rng.random()
    if way < 0.3:
        return numbers[0]
    return numbers[:1] if way < 0.4 else numbers


def _each(numbers: Any, rank: int) -> list[int]:
    if isinstance(numbers, int):
        return [numbers] * rank
    return list(numbers) * (rank if len(numbers) == 1 else 1)


def _draw_input(rng: np.random.Generator, rank: int) -> Array:
    """Return an array (N, C, *spatial), or without N; some of them channels-last in memory."""
    lengths = tuple(int(n) for n in rng.integers(1, SIZES[rank] + 1, rank))
    count = int(rng.integers(1, 3)) if rng.random() < 0.98 else 0
    batch: tuple[int, ...] = (count, int(rng.integers(1, 4)))
    if rng.random() < 0.15:
        batch = batch[1:]
    shape = (*batch, *lengths)
    x = _values(rng, shape)
    if count == 0 and x.dtype.kind in "iu":
        # Of an empty batch, no dtype is refused.
        x = x.astype(np.float32)
    if len(batch) == 2 and rank > 1 and x.dtype.itemsize > 1 and rng.random() < 0.2:
        # The kernels for channels-last count the elements of a plane in the dtype. Of windows
        # that hold nothing above -inf, the 3-d one leaves the depth out of some indices.
        if rank == 3:
            x = np.maximum(x, np.asarray(-4).astype(x.dtype)) if x.dtype.kind != "u" else x
        x = np.ascontiguousarray(np.moveaxis(x, 1, -1))
        return np.moveaxis(x, -1, 1)
    return x


def _values(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    name = DTYPES[int(rng.integers(len(DTYPES)))]
    kind = INPUTS[int(rng.integers(len(INPUTS)))]
    if name in ("int64", "int32", "uint8"):
        low = 0 if name == "uint8" else -50
        return rng.integers(low, 50, shape).astype(name)
    x = np.round(rng.normal(size=shape) * 64) / 64
    if kind == "ties":
        x = rng.integers(-2, 3, shape).astype(np.float64)
    elif kind == "allneg":
        x = -np.abs(x) - 1 / 64
    elif kind == "neginf":
        x[rng.random(shape) < 0.5] = -np.inf
    elif kind == "nan":
        x[rng.random(shape) < 0.125] = np.nan
    elif kind == "wide":
        x = x * 10.0 ** rng.integers(-6, 7 if name != "float16" else 3, shape)
    if name == "bfloat16":
        import ml_dtypes

        return x.astype(ml_dtypes.bfloat16)
    return x.astype(name)


FRAMEWORK = Framework("PyTorch", "torch", ("torch",), run, draw)
