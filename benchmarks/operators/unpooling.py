"""Maxima put back to where they were found."""

from math import prod
from typing import Any

import numpy as np
from frameworks import of_onnx, of_poolkit, of_torch
from row import Row

from operators.arrays import named

SHAPE = (16, 64, 112, 112)
POOLED = (*SHAPE[:2], 56, 56)


def _draw() -> tuple[np.ndarray, ...]:
    """Return maxima of windows of 2×2, and where in its plane each lies."""
    rng = np.random.default_rng(26)
    places = rng.integers(0, 4, POOLED)
    rows, columns = np.ix_(range(POOLED[2]), range(POOLED[3]))
    indices = (2 * rows + places // 2) * SHAPE[3] + 2 * columns + places % 2
    return rng.standard_normal(POOLED, dtype=np.float32), indices


def _truth(y: np.ndarray, indices: np.ndarray) -> np.ndarray:
    flat = np.zeros((*SHAPE[:2], SHAPE[2] * SHAPE[3]))
    values, places = (each.reshape(*SHAPE[:2], -1) for each in (y, indices))
    np.put_along_axis(flat, places, values, -1)
    return flat.reshape(SHAPE)


def _in_plane_of_all(y: np.ndarray, indices: np.ndarray) -> tuple[np.ndarray, ...]:
    """Return the indices as ONNX counts them: through all planes."""
    planes = np.arange(SHAPE[0] * SHAPE[1]).reshape(*SHAPE[:2], 1, 1)
    return y, indices + planes * (SHAPE[2] * SHAPE[3])


def _pooled(poolkit: Any, y: Any, indices: Any, out: Any) -> Any:
    return poolkit.max_unpool2d(y, indices, 2, out=out)


def _in_torch(torch: Any, y: Any, indices: Any) -> Any:
    return torch.nn.functional.max_unpool2d(y, indices, 2)


ROWS = [
    Row(
        26,
        named(POOLED, "k2 s2"),
        "max unpooling",
        draw=_draw,
        truth=_truth,
        peers={
            **of_poolkit(_pooled),
            **of_torch(_in_torch),
            **of_onnx("MaxUnpool", given=_in_plane_of_all, kernel_shape=[2, 2], strides=[2, 2]),
        },
        near=0,
        made=4 * prod(SHAPE),
    )
]
