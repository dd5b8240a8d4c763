"""Blur pooling by binomial filters, the border reflected: others convolve each channel."""

from functools import partial
from math import comb
from typing import Any

import numpy as np
from frameworks import THREADS, of_jax, of_poolkit, of_tensorflow, of_torch
from row import Call, Row

from operators.arrays import elements, named, normal

SHAPE = (16, 64, 112, 112)


def _weights(size: int) -> np.ndarray:
    return np.array([comb(size - 1, j) for j in range(size)]) / 2.0 ** (size - 1)


def _truth(size: int, x: np.ndarray) -> np.ndarray:
    weights, half = np.outer(_weights(size), _weights(size)).ravel(), size // 2
    padded = np.pad(x, [(0, 0), (0, 0), (half, half), (half, half)], "reflect")
    parts = zip(weights, elements(padded, size, 2, 0, 0), strict=True)
    return np.asarray(sum(weight * part for weight, part in parts))


def _in_opencv(size: int, x: np.ndarray) -> Call:
    import cv2

    cv2.setNumThreads(THREADS)
    planes = x.reshape(-1, *x.shape[2:])
    height, width = (-(-n // 2) for n in x.shape[2:])
    pooled = np.empty((*x.shape[:2], height, width), x.dtype)
    into = list(pooled.reshape(-1, height, width))
    if size == 5:  # its pyramids are this very blur

        def call() -> np.ndarray:
            for plane, out in zip(planes, into, strict=True):
                cv2.pyrDown(plane, out)
            return pooled

    else:
        weights, blurred = _weights(size), np.empty_like(planes[0])

        def call() -> np.ndarray:
            for plane, out in zip(planes, into, strict=True):
                cv2.sepFilter2D(plane, -1, weights, weights, blurred)
                out[...] = blurred[::2, ::2]
            return pooled

    return call


def _row(size: int) -> Row:
    half, channels = size // 2, SHAPE[1]
    filters = np.outer(_weights(size), _weights(size)).astype(np.float32)

    def pooled(poolkit: Any, x: Any, out: Any) -> Any:
        return poolkit.blur_pool2d(x, size, stride=2, out=out)

    def in_torch(torch: Any, x: Any) -> Any:
        functional = torch.nn.functional
        weight = torch.from_numpy(filters).expand(channels, 1, size, size)
        padded = functional.pad(x, [half] * 4, "reflect")
        return functional.conv2d(padded, weight, stride=2, groups=channels)

    def in_jax(jax: Any, x: Any) -> Any:
        around = [(0, 0), (0, 0), (half, half), (half, half)]
        padded = jax.numpy.pad(x, around, "reflect")
        rows = [n + 2 * half - size + 1 for n in x.shape[2:]]
        weights = _weights(size).astype(np.float32)
        parts = [padded[:, :, j : j + rows[0] : 2] * w for j, w in enumerate(weights)]
        down = sum(parts[1:], parts[0])
        parts = [down[..., j : j + rows[1] : 2] * w for j, w in enumerate(weights)]
        return sum(parts[1:], parts[0])

    def in_tensorflow(tf: Any, x: Any) -> Any:
        weight = np.tile(filters[:, :, None, None], (1, 1, channels, 1))
        padded = tf.pad(x, [(0, 0), (half, half), (half, half), (0, 0)], "REFLECT")
        return tf.nn.depthwise_conv2d(padded, weight, [1, 2, 2, 1], "VALID")

    return Row(
        22,
        named(SHAPE, f"k{size} s2"),
        "blur",
        draw=normal(22, *SHAPE),
        truth=partial(_truth, size),
        peers={
            **of_poolkit(pooled),
            **of_torch(in_torch),
            **of_jax(in_jax),
            **of_tensorflow(in_tensorflow),
            "OpenCV": partial(_in_opencv, size),
        },
    )


ROWS = [_row(3), _row(5)]
