"""Medians beside filters of pictures, which fill the border in their own ways: inside only."""

from typing import Any

import numpy as np
from frameworks import THREADS, of_poolkit
from row import Call, Row

from operators.arrays import elements, named, normal

SHAPE = (1, 1024, 1024)


def _pooled(poolkit: Any, x: Any, out: Any) -> Any:
    return poolkit.median_pool2d(x, 3, stride=1, padding=1, out=out)


def _truth(x: np.ndarray) -> np.ndarray:
    return np.nanmedian(np.stack(list(elements(x, 3, 1, 1, np.nan))), 0)


def _in_scipy(x: np.ndarray) -> Call:
    from scipy import ndimage

    return lambda: ndimage.median_filter(x[0], 3)[None]


def _in_opencv(x: np.ndarray) -> Call:
    import cv2

    cv2.setNumThreads(THREADS)
    return lambda: cv2.medianBlur(x[0], 3)[None]


ROWS = [
    Row(
        27,
        named(SHAPE, "k3 s1 p1"),
        "median",
        draw=normal(27, *SHAPE),
        truth=_truth,
        peers={**of_poolkit(_pooled), "SciPy": _in_scipy, "OpenCV": _in_opencv},
        near=0,
        compared=(..., slice(1, -1), slice(1, -1)),
    )
]
