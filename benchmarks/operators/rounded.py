"""Pictures halved, the means rounded to bytes again."""

from typing import Any

import numpy as np
from frameworks import THREADS, of_poolkit
from row import Call, Row

from operators.arrays import named


def _truth(x: np.ndarray) -> np.ndarray:
    total = sum(x[i::2, j::2].astype(np.uint16) for i in range(2) for j in range(2))
    return np.floor(np.asarray(total) / 4 + 0.5)


def _pooled(poolkit: Any, x: Any, out: Any) -> Any:
    return poolkit.pool(x, (2, 2), axes=(0, 1), reduce=poolkit.reducers.RoundedMean(), out=out)


def _in_opencv(x: np.ndarray) -> Call:
    import cv2

    cv2.setNumThreads(THREADS)
    half = (x.shape[1] // 2, x.shape[0] // 2)
    out = np.empty((half[1], half[0], *x.shape[2:]), x.dtype)
    return lambda: cv2.resize(x, half, out, interpolation=cv2.INTER_AREA)


def _row(*shape: int) -> Row:
    def draw() -> tuple[np.ndarray, ...]:
        return (np.random.default_rng(28).integers(0, 256, shape, dtype=np.uint8),)

    return Row(
        28,
        named(shape, "k2 s2"),
        "mean rounded to uint8",
        draw=draw,
        truth=_truth,
        peers={**of_poolkit(_pooled), "OpenCV": _in_opencv},
        dtype="uint8",
        near=0,
    )


ROWS = [_row(4096, 4096), _row(4096, 4096, 3)]
