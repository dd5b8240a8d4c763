"""Adaptive windows: torch's own, and OpenVINO's."""

from functools import partial
from itertools import starmap
from typing import Any

import numpy as np
from frameworks import of_jax, of_openvino, of_poolkit, of_tensorflow, of_torch
from row import Peer, Row

from operators.arrays import named, normal

SHAPE = (16, 64, 112, 112)


def _truth(sizes: tuple[int, int], reduce: Any, x: np.ndarray) -> np.ndarray:
    pooled = x.astype(np.float64)
    for axis, m in zip((2, 3), sizes, strict=True):
        n = x.shape[axis]
        starts = [o * n // m for o in range(m)]
        stops = [-(-(o + 1) * n // m) for o in range(m)]
        parts = [
            reduce(np.take(pooled, range(*cut), axis), axis=axis)
            for cut in zip(starts, stops, strict=True)
        ]
        pooled = np.stack(parts, axis)
    return pooled


def _peers(reduce: str, sizes: tuple[int, int]) -> dict[str, Peer]:
    name = {"max": "max", "mean": "avg"}[reduce]

    def pooled(poolkit: Any, x: Any, out: Any) -> Any:
        return getattr(poolkit, f"adaptive_{name}_pool2d")(x, sizes, out=out)

    def in_torch(torch: Any, x: Any) -> Any:
        return getattr(torch.nn.functional, f"adaptive_{name}_pool2d")(x, sizes)

    def in_openvino(ov: Any, x: Any) -> Any:
        if reduce == "mean":
            return ov.adaptive_avg_pool(x, np.array(sizes)).output(0)
        return ov.adaptive_max_pool(x, np.array(sizes), "i64").output(0)

    peers = of_poolkit(pooled) | of_torch(in_torch) | of_openvino(in_openvino)
    if all(n % m == 0 for n, m in zip(SHAPE[2:], sizes, strict=True)):
        size = [n // m for n, m in zip(SHAPE[2:], sizes, strict=True)]
        cut = (*SHAPE[:2], sizes[0], size[0], sizes[1], size[1])
        peers |= of_jax(lambda jax, x: getattr(x.reshape(cut), reduce)((3, 5)))
        peers |= of_tensorflow(lambda tf, x: getattr(tf.nn, f"{name}_pool")(x, size, size, "VALID"))
    return peers


def _row(reduce: str, sizes: tuple[int, int]) -> Row:
    return Row(
        17,
        named(SHAPE, f"to {sizes[0]}×{sizes[1]}"),
        f"adaptive {reduce}",
        draw=normal(17, *SHAPE),
        truth=partial(_truth, sizes, {"max": np.max, "mean": np.mean}[reduce]),
        peers=_peers(reduce, sizes),
        near=0 if reduce == "max" else 1e-5,
    )


ROWS = list(starmap(_row, [("max", (7, 7)), ("max", (5, 9)), ("mean", (5, 9))]))
