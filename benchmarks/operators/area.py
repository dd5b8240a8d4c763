"""Area pooling by a factor that is no integer."""

from typing import Any

import numpy as np
from frameworks import THREADS, of_poolkit
from row import Call, Row

from operators.arrays import named, normal

SHAPE, SIZES = (2048, 2048), (820, 820)


def _pooled(poolkit: Any, x: Any, out: Any) -> Any:
    return poolkit.area_pool(x, output_size=SIZES, axes=(0, 1), out=out)


def _truth(x: np.ndarray) -> np.ndarray:
    """Return the means, by the share of each element that an output covers."""
    pooled = x.astype(np.float64)
    for n, m in zip(SHAPE, SIZES, strict=True):
        edges = np.arange(m + 1) * (n / m)
        starts = np.arange(n)
        covered = np.minimum(edges[1:, None], starts + 1) - np.maximum(edges[:-1, None], starts)
        pooled = (np.maximum(covered, 0) * (m / n) @ pooled).T
    return pooled


def _in_opencv(x: np.ndarray) -> Call:
    import cv2

    cv2.setNumThreads(THREADS)
    pooled = np.empty(SIZES, x.dtype)
    return lambda: cv2.resize(x, SIZES[::-1], pooled, interpolation=cv2.INTER_AREA)


def _in_tensorflow(x: np.ndarray) -> Call:
    import tensorflow as tf

    tensor = tf.constant(x[None, :, :, None])
    return lambda: tf.image.resize(tensor, SIZES, "area")[0, :, :, 0]


ROWS = [
    Row(
        23,
        named(SHAPE, f"to {SIZES[0]}×{SIZES[1]}"),
        "area",
        draw=normal(23, *SHAPE),
        truth=_truth,
        peers={**of_poolkit(_pooled), "OpenCV": _in_opencv, "TensorFlow": _in_tensorflow},
        near=2e-4,  # TensorFlow's float32 edges are off by as much
    )
]
