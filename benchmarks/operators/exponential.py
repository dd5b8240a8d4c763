"""Pooling by exponentials: soft, and log-sum-exp.

No peer has them; each composes them of means of e^x, not shifted, which is its best and does for
these values.
"""

from itertools import starmap
from typing import Any

import numpy as np
from frameworks import of_jax, of_poolkit, of_tensorflow, of_torch
from row import Row

from operators.arrays import elements, named, normal

SHAPE = (16, 64, 112, 112)


def sums_in_jax(jax: Any, x: Any, size: int, stride: int, padding: int) -> Any:
    """Return the sums of windows."""
    around = ((0, 0), (0, 0), (padding, padding), (padding, padding))
    windows, strides = (1, 1, size, size), (1, 1, stride, stride)
    return jax.lax.reduce_window(x, np.float32(0), jax.lax.add, windows, strides, around)


def _soft(size: int, stride: int, padding: int) -> Row:
    def pooled(poolkit: Any, x: Any, out: Any) -> Any:
        return poolkit.soft_pool2d(x, size, stride=stride, padding=padding, out=out)

    def truth(x: np.ndarray) -> np.ndarray:
        weights = map(np.exp, elements(x, size, stride, padding, -np.inf))
        values = elements(x, size, stride, padding, 0)
        pairs = list(zip(weights, values, strict=True))
        return np.asarray(sum(w * v for w, v in pairs) / sum(w for w, _ in pairs))

    def in_torch(torch: Any, x: Any) -> Any:
        mean, powers = torch.nn.functional.avg_pool2d, torch.exp(x)
        windows = (size, stride, padding)
        return mean(powers * x, *windows).div_(mean(powers, *windows))

    def in_jax(jax: Any, x: Any) -> Any:
        powers = jax.numpy.exp(x)
        windows = (size, stride, padding)
        return sums_in_jax(jax, powers * x, *windows) / sums_in_jax(jax, powers, *windows)

    def in_tensorflow(tf: Any, x: Any) -> Any:
        powers = tf.exp(x)
        both = [powers * x, powers]
        if padding:
            both = [tf.pad(each, [(0, 0), *[(padding, padding)] * 2, (0, 0)]) for each in both]
        above, below = (tf.nn.avg_pool(each, size, stride, "VALID") for each in both)
        return above / below

    return Row(
        19,
        named(SHAPE, f"k{size} s{stride}" + (f" p{padding}" if padding else "")),
        "soft",
        draw=normal(19, *SHAPE),
        truth=truth,
        peers={
            **of_poolkit(pooled),
            **of_torch(in_torch),
            **of_jax(in_jax),
            **of_tensorflow(in_tensorflow),
        },
    )


def _log_sum_exp(size: int, stride: int, padding: int) -> Row:
    def pooled(poolkit: Any, x: Any, out: Any) -> Any:
        return poolkit.log_sum_exp_pool2d(x, size, stride=stride, padding=padding, out=out)

    def truth(x: np.ndarray) -> np.ndarray:
        total = sum(map(np.exp, elements(x, size, stride, padding, -np.inf)))
        count = sum(elements(np.ones_like(x), size, stride, padding, 0))
        return np.asarray(np.log(total / count))

    def in_torch(torch: Any, x: Any) -> Any:
        mean = torch.nn.functional.avg_pool2d
        return mean(torch.exp(x), size, stride, padding, count_include_pad=False).log_()

    def in_jax(jax: Any, x: Any) -> Any:
        windows = (size, stride, padding)
        ones = jax.numpy.ones((1, 1, *x.shape[2:]), x.dtype)
        total = sums_in_jax(jax, jax.numpy.exp(x), *windows)
        return jax.numpy.log(total / sums_in_jax(jax, ones, *windows))

    def in_tensorflow(tf: Any, x: Any) -> Any:
        around = [(0, 0), *[(padding, padding)] * 2, (0, 0)]
        ones = tf.pad(tf.ones_like(x[:1, :, :, :1]), around)
        total = tf.nn.avg_pool(tf.pad(tf.exp(x), around), size, stride, "VALID")
        return tf.math.log(total / tf.nn.avg_pool(ones, size, stride, "VALID"))

    return Row(
        20,
        named(SHAPE, f"k{size} s{stride} p{padding}"),
        "log-sum-exp",
        draw=normal(20, *SHAPE),
        truth=truth,
        peers={
            **of_poolkit(pooled),
            **of_torch(in_torch),
            **of_jax(in_jax),
            **of_tensorflow(in_tensorflow),
        },
    )


ROWS = [*starmap(_soft, [(2, 2, 0), (3, 2, 1)]), _log_sum_exp(3, 2, 1)]
