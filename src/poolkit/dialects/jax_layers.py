"""The pooling layers of Flax and Haiku: what differs between them and JAX is said there.

Source: google/flax, flax/linen/pooling.py; google-deepmind/dm-haiku 0f9eae9db6,
haiku/_src/pool.py.
"""

from collections.abc import Sequence
from functools import partial
from math import prod
from typing import Any

import numpy as np

from poolkit._arguments import boolean, per_axis
from poolkit._errors import ArgumentError, ArgumentTypeError, message
from poolkit.dialects.jax_words import (
    integers_of,
    meaning_of,
    operation_of,
    padding_of,
    plane_of,
    reducer_of,
)
from poolkit.dialects.layer import Meaning
from poolkit.dialects.native import Dialect
from poolkit.geometry import Sliding
from poolkit.reducers import Mean, Reducer, StepwiseMean
from poolkit.reducers.dtypes import DType, is_float, is_half

__all__ = [
    "DIALECT",
    "flax_avg_pool",
    "flax_max_pool",
    "flax_min_pool",
    "flax_pool",
    "haiku_avg_pool",
    "haiku_max_pool",
]

DIALECT = Dialect("jax")


def _spatial(
    window_shape: Any, strides: Any, padding: Any, rank: int
) -> tuple[list[Sliding], tuple[int, ...]]:
    """Return the windows of Flax, on all axes but the batch's and the last, of the features."""
    sizes = integers_of("window_shape", window_shape, None)
    batch = rank - len(sizes) - 1
    if batch < 0:
        wanted = f"have {len(sizes)} axes to pool and one of features"
        raise ArgumentError(message("x", wanted, f"{rank} axes"))
    is_default = strides is None or (isinstance(strides, tuple) and not strides)
    steps = (1,) * len(sizes) if is_default else integers_of("strides", strides, len(sizes))
    pads = padding_of(padding, len(sizes))
    if batch > 1 and not isinstance(padding, str):
        wanted = f"be a string for x of {rank} axes, of which {batch} are the batch's"
        raise ArgumentError(message("padding", wanted, repr(padding)))
    windows = [
        Sliding(size, step, 1, pad) for size, step, pad in zip(sizes, steps, pads, strict=True)
    ]
    if not windows:  # nothing is pooled
        return [Sliding(1, 1)], (rank - 1,)
    return windows, tuple(range(batch, rank - 1))


@DIALECT.operator(
    *("flax.linen.pool", "linen.pool", "nn.pool", "nnx.pool", "flax.nnx.pool", "pool"),
)
def flax_pool(
    x: object,
    /,
    init: Any,
    reduce_fn: Any,
    window_shape: Any,
    strides: Any = None,
    padding: Any = "VALID",
    *,
    rank: int,
) -> Meaning:
    """Return what ``flax.linen.pool`` gives for arrays (*batch, *spatial, features)."""
    del x
    operation, own = operation_of(reduce_fn)
    windows, axes = _spatial(window_shape, strides, padding, rank)
    reducer = partial(reducer_of, operation, own, init)
    return meaning_of(operation, reducer, windows, axes)


@DIALECT.operator(
    *("flax.linen.max_pool", "linen.max_pool", "nn.max_pool", "nnx.max_pool"),
    *("flax.nnx.max_pool", "max_pool"),
)
def flax_max_pool(
    x: object,
    /,
    window_shape: Any,
    strides: Any = None,
    padding: Any = "VALID",
    *,
    rank: int,
) -> Meaning:
    """Return what ``flax.linen.max_pool`` gives for arrays (*batch, *spatial, features)."""
    del x
    windows, axes = _spatial(window_shape, strides, padding, rank)
    return meaning_of("max", partial(reducer_of, "max", True, -np.inf), windows, axes)


@DIALECT.operator(
    *("flax.linen.min_pool", "linen.min_pool", "nn.min_pool", "nnx.min_pool"),
    *("flax.nnx.min_pool", "min_pool"),
)
def flax_min_pool(
    x: object,
    /,
    window_shape: Any,
    strides: Any = None,
    padding: Any = "VALID",
    *,
    rank: int,
) -> Meaning:
    """Return what ``flax.linen.min_pool`` gives for arrays (*batch, *spatial, features)."""
    del x
    windows, axes = _spatial(window_shape, strides, padding, rank)
    return meaning_of("min", partial(reducer_of, "min", True, np.inf), windows, axes)


def _mean(counts_padding: bool, elements: int, dtype: DType) -> Reducer:
    if dtype.kind == "b":
        raise ArgumentTypeError(message("x", "hold numbers for an average", dtype))
    if is_half(dtype) or not is_float(dtype):
        return StepwiseMean(elements if counts_padding else None)
    return Mean("window" if counts_padding else "valid")


@DIALECT.operator(
    *("flax.linen.avg_pool", "linen.avg_pool", "nn.avg_pool", "nnx.avg_pool"),
    *("flax.nnx.avg_pool", "avg_pool"),
)
def flax_avg_pool(
    x: object,
    /,
    window_shape: Any,
    strides: Any = None,
    padding: Any = "VALID",
    count_include_pad: bool = True,
    *,
    rank: int,
) -> Meaning:
    """Return what ``flax.linen.avg_pool`` gives for arrays (*batch, *spatial, features)."""
    del x
    windows, axes = _spatial(window_shape, strides, padding, rank)
    counts = boolean("count_include_pad", count_include_pad)
    elements = prod(each.kernel_size for each in windows)
    return meaning_of("add", partial(_mean, counts, elements), windows, axes)


def _haiku_sizes(name: str, value: Any, channel_axis: int | None, rank: int) -> tuple[int, ...]:
    """Return a length for every axis: Haiku spreads one over all but the first and channels."""
    if isinstance(value, Sequence) and not isinstance(value, str):
        if len(value) > rank:
            wanted = f"have at most a length for each axis of x, {rank}"
            raise ArgumentError(message(name, wanted, repr(value)))
        sizes = per_axis(name, value, len(value), least=1)
        return (1,) * (rank - len(sizes)) + sizes
    (size,) = per_axis(name, value, 1, least=1)
    if not isinstance(channel_axis, int | None):
        raise ArgumentTypeError(message("channel_axis", "be an integer or None", channel_axis))
    if channel_axis and not abs(channel_axis) < rank:
        raise ArgumentError(message("channel_axis", f"name one of {rank} axes", channel_axis))
    channels = rank + channel_axis if channel_axis and channel_axis < 0 else channel_axis
    return (1, *(1 if axis == channels else size for axis in range(1, rank)))


def _haiku(
    window_shape: Any, strides: Any, padding: Any, channel_axis: int | None, rank: int
) -> tuple[list[Sliding], tuple[int, ...]]:
    if not isinstance(padding, str) or padding not in ("SAME", "VALID"):
        raise ArgumentError(message("padding", "be 'SAME' or 'VALID'", repr(padding)))
    sizes = _haiku_sizes("window_shape", window_shape, channel_axis, rank)
    steps = _haiku_sizes("strides", strides, channel_axis, rank)
    (pad,) = padding_of(padding, 1)
    axes = plane_of([i for i in range(rank) if (sizes[i], steps[i]) != (1, 1)], rank)
    return [Sliding(sizes[axis], steps[axis], 1, pad) for axis in axes], axes


def _haiku_mean(dtype: DType) -> Reducer:
    # Haiku widens half types before it adds.
    return Mean() if is_float(dtype) else _mean(False, 0, dtype)


@DIALECT.operator("haiku.max_pool", "hk.max_pool", "haiku.MaxPool", "hk.MaxPool", "MaxPool")
def haiku_max_pool(
    x: object,
    /,
    window_shape: Any,
    strides: Any,
    padding: str,
    channel_axis: int | None = -1,
    *,
    rank: int,
) -> Meaning:
    """Return what ``haiku.max_pool`` gives: a shorter `window_shape` is for the last axes."""
    del x
    windows, axes = _haiku(window_shape, strides, padding, channel_axis, rank)
    return meaning_of("max", partial(reducer_of, "max", True, -np.inf), windows, axes)


@DIALECT.operator("haiku.avg_pool", "hk.avg_pool", "haiku.AvgPool", "hk.AvgPool", "AvgPool")
def haiku_avg_pool(
    x: object,
    /,
    window_shape: Any,
    strides: Any,
    padding: str,
    channel_axis: int | None = -1,
    *,
    rank: int,
) -> Meaning:
    """Return what ``haiku.avg_pool`` gives: padding is never counted."""
    del x
    windows, axes = _haiku(window_shape, strides, padding, channel_axis, rank)
    return meaning_of("add", _haiku_mean, windows, axes)
