"""Regions of interest, of an image of 1088×800 whose features are 16 times smaller."""

from itertools import product
from typing import Any

import numpy as np
from frameworks import of_onnx, of_poolkit, of_torch
from row import Row

from operators.arrays import named

SHAPE = (2, 256, 50, 68)
BOXES = 1000
SCALE = 1 / 16
BINS = 7
SAMPLES = 2


def _draw() -> tuple[np.ndarray, ...]:
    """Return features, and boxes as rows of image, x1, y1, x2, y2, the ends within the image."""
    rng = np.random.default_rng(24)
    x = rng.standard_normal(SHAPE, dtype=np.float32)
    size = np.array([SHAPE[3], SHAPE[2]]) / SCALE
    centres, sides = rng.random((BOXES, 2)) * size, 2 ** rng.uniform(4, 9, (BOXES, 2))
    low, high = (np.clip(centres + s * sides / 2, 0, size) for s in (-1, 1))
    boxes = np.hstack([rng.integers(0, SHAPE[0], (BOXES, 1)), low, high])
    return x, boxes.astype(np.float32)


def _apart(x: np.ndarray, boxes: np.ndarray) -> tuple[np.ndarray, ...]:
    """Return features, boxes and their images, as ONNX has them."""
    return x, boxes[:, 1:].copy(), boxes[:, 0].astype(np.int64)


def _shares(start: float, stop: float, n: int) -> np.ndarray:
    """Return the share of each of n elements in each bin: the mean of its samples' weights."""
    side = (stop - start) / BINS / SAMPLES
    places = start + (np.arange(BINS * SAMPLES) + 0.5) * side
    inside = (places >= -1) & (places <= n)
    weights = np.maximum(1 - np.abs(np.clip(places, 0, n - 1)[:, None] - np.arange(n)), 0)
    return (weights * inside[:, None]).reshape(BINS, SAMPLES, n).mean(1)


def _aligned(x: np.ndarray, boxes: np.ndarray) -> np.ndarray:
    pooled = np.empty((BOXES, SHAPE[1], BINS, BINS))
    for out, (image, *box) in zip(pooled, boxes.astype(np.float64), strict=True):
        left, top, right, bottom = (edge * SCALE - 0.5 for edge in box)
        down, along = _shares(top, bottom, SHAPE[2]), _shares(left, right, SHAPE[3])
        out[...] = down @ (x[int(image)] @ along.T)
    return pooled


def _pooled(x: np.ndarray, boxes: np.ndarray) -> np.ndarray:
    """Return the maxima of bins of rounded boxes, as Fast R-CNN has them: ends are inside."""
    pooled = np.zeros((BOXES, SHAPE[1], BINS, BINS), np.float32)
    for out, (image, *box) in zip(pooled, boxes, strict=True):
        left, top, right, bottom = np.floor(np.float32(SCALE) * np.array(box) + np.float32(0.5))
        cuts = []
        for start, stop, n in ((top, bottom, SHAPE[2]), (left, right, SHAPE[3])):
            # In float32, as they compute it: a bin may then reach an element further.
            side = np.float32(max(stop - start + 1, 1)) / np.float32(BINS)
            places = np.arange(BINS + 1, dtype=np.float32) * side
            starts, stops = np.floor(places[:-1]) + start, np.ceil(places[1:]) + start
            cuts.append(np.clip([starts, stops], 0, n).astype(int).T)
        for (i, rows), (j, columns) in product(*map(enumerate, cuts)):
            part = x[int(image), :, slice(*rows), slice(*columns)]
            if part.size:
                out[:, i, j] = part.max((1, 2))
    return pooled


def _align(poolkit: Any, x: Any, boxes: Any, out: Any) -> Any:
    bins = (BINS, BINS)
    return poolkit.roi_align(
        x, boxes, bins, spatial_scale=SCALE, sampling_ratio=SAMPLES, aligned=True, out=out
    )


def _pool(poolkit: Any, x: Any, boxes: Any, out: Any) -> Any:
    return poolkit.roi_pool(x, boxes, (BINS, BINS), spatial_scale=SCALE, out=out)


def _align_in_torch(_: Any, x: Any, boxes: Any) -> Any:
    from torchvision.ops import roi_align

    return roi_align(x, boxes, BINS, SCALE, SAMPLES, aligned=True)


def _pool_in_torch(_: Any, x: Any, boxes: Any) -> Any:
    from torchvision.ops import roi_pool

    return roi_pool(x, boxes, BINS, SCALE)


TITLE = f"{BOXES} boxes to {BINS}×{BINS}"

ROWS = [
    Row(
        24,
        named(SHAPE, TITLE),
        "RoI align",
        draw=_draw,
        truth=_aligned,
        peers={
            **of_poolkit(_align, writes=False),
            **of_torch(_align_in_torch, compiled=False),
            **of_onnx(
                "RoiAlign",
                given=_apart,
                coordinate_transformation_mode="half_pixel",
                mode="avg",
                output_height=BINS,
                output_width=BINS,
                sampling_ratio=SAMPLES,
                spatial_scale=SCALE,
            ),
        },
        near=1e-4,  # of places in float32
        made=4 * BOXES * SHAPE[1] * BINS**2,
    ),
    Row(
        25,
        named(SHAPE, TITLE),
        "RoI pool",
        draw=_draw,
        truth=_pooled,
        peers={
            **of_poolkit(_pool, writes=False),
            **of_torch(_pool_in_torch, compiled=False),
            **of_onnx("MaxRoiPool", pooled_shape=[BINS, BINS], spatial_scale=SCALE),
        },
        near=0,
        made=4 * BOXES * SHAPE[1] * BINS**2,
    ),
]
