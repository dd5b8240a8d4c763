"""The generalised mean, p = 3, which others compose of powers and means."""

from typing import Any

import numpy as np
from frameworks import of_jax, of_poolkit, of_tensorflow, of_torch
from row import Row

from operators.arrays import elements, named, normal
from operators.exponential import sums_in_jax

SHAPE = (16, 64, 112, 112)
WHOLE = (32, 2048, 7, 7)
WINDOWS = (3, 2, 1)
EPS = 1e-6


def _of_windows() -> Row:
    size, stride, padding = WINDOWS

    def pooled(poolkit: Any, x: Any, out: Any) -> Any:
        return poolkit.gem_pool2d(x, size, stride=stride, padding=padding, p=3.0, out=out)

    def truth(x: np.ndarray) -> np.ndarray:
        raised = np.maximum(x.astype(np.float64), EPS) ** 3
        count = sum(elements(np.ones_like(x), *WINDOWS, 0))
        return np.asarray(np.cbrt(sum(elements(raised, *WINDOWS, 0)) / count))

    def in_torch(torch: Any, x: Any) -> Any:
        mean = torch.nn.functional.avg_pool2d
        raised = torch.clamp(x, min=EPS).pow_(3)
        return mean(raised, *WINDOWS, count_include_pad=False).pow_(1 / 3)

    def in_jax(jax: Any, x: Any) -> Any:
        ones = jax.numpy.ones((1, 1, *x.shape[2:]), x.dtype)
        total = sums_in_jax(jax, jax.numpy.maximum(x, EPS) ** 3, *WINDOWS)
        return (total / sums_in_jax(jax, ones, *WINDOWS)) ** (1 / 3)

    def in_tensorflow(tf: Any, x: Any) -> Any:
        around = [(0, 0), *[(padding, padding)] * 2, (0, 0)]
        ones = tf.pad(tf.ones_like(x[:1, :, :, :1]), around)
        larger = tf.maximum(x, EPS)
        total = tf.nn.avg_pool(tf.pad(larger * larger * larger, around), size, stride, "VALID")
        return (total / tf.nn.avg_pool(ones, size, stride, "VALID")) ** (1 / 3)

    return Row(
        21,
        named(SHAPE, f"k{size} s{stride} p{padding}"),
        "GeM",
        draw=normal(21, *SHAPE),
        truth=truth,
        peers={
            **of_poolkit(pooled),
            **of_torch(in_torch),
            **of_jax(in_jax),
            **of_tensorflow(in_tensorflow),
        },
    )


def _of_whole_axes() -> Row:
    def pooled(poolkit: Any, x: Any, out: Any) -> Any:
        return poolkit.global_gem_pool2d(x, keepdims=True, out=out)

    def truth(x: np.ndarray) -> np.ndarray:
        return np.cbrt(np.mean(np.maximum(x.astype(np.float64), EPS) ** 3, (2, 3), keepdims=True))

    def in_torch(torch: Any, x: Any) -> Any:
        raised = torch.clamp(x, min=EPS).pow_(3)
        return raised.mean((2, 3), keepdim=True).pow_(1 / 3)

    def in_jax(jax: Any, x: Any) -> Any:
        return (jax.numpy.maximum(x, EPS) ** 3).mean((2, 3), keepdims=True) ** (1 / 3)

    def in_tensorflow(tf: Any, x: Any) -> Any:
        larger = tf.maximum(x, EPS)
        return tf.reduce_mean(larger * larger * larger, (1, 2), keepdims=True) ** (1 / 3)

    return Row(
        21,
        named(WHOLE, "global"),
        "global GeM",
        draw=normal(21, *WHOLE),
        truth=truth,
        peers={
            **of_poolkit(pooled),
            **of_torch(in_torch),
            **of_jax(in_jax),
            **of_tensorflow(in_tensorflow),
        },
    )


ROWS = [_of_windows(), _of_whole_axes()]
