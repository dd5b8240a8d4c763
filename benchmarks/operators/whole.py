"""Global windows."""

from typing import Any

import numpy as np
from frameworks import of_jax, of_onnx, of_poolkit, of_tensorflow, of_torch
from row import Row

from operators.arrays import named, normal

SHAPES = [(32, 2048, 7, 7), (8, 256, 56, 56)]


def _max(shape: tuple[int, ...]) -> Row:
    def pooled(poolkit: Any, x: Any, out: Any) -> Any:
        return poolkit.global_max_pool2d(x, keepdims=True, out=out)

    return Row(
        18,
        named(shape, "global"),
        "global max",
        draw=normal(18, *shape),
        truth=lambda x: x.max((2, 3), keepdims=True),
        peers={
            **of_poolkit(pooled),
            **of_torch(lambda torch, x: torch.amax(x, (2, 3), keepdim=True)),
            **of_onnx("GlobalMaxPool"),
            **of_jax(lambda jax, x: x.max((2, 3), keepdims=True)),
            **of_tensorflow(lambda tf, x: tf.reduce_max(x, (1, 2), keepdims=True)),
        },
        near=0,
    )


def _mean(shape: tuple[int, ...]) -> Row:
    def pooled(poolkit: Any, x: Any, out: Any) -> Any:
        return poolkit.global_avg_pool2d(x, keepdims=True, out=out)

    return Row(
        18,
        named(shape, "global"),
        "global mean",
        draw=normal(18, *shape),
        truth=lambda x: x.mean((2, 3), dtype=np.float64, keepdims=True),
        peers={
            **of_poolkit(pooled),
            **of_torch(lambda torch, x: torch.mean(x, (2, 3), keepdim=True)),
            **of_onnx("GlobalAveragePool"),
            **of_jax(lambda jax, x: x.mean((2, 3), keepdims=True)),
            **of_tensorflow(lambda tf, x: tf.reduce_mean(x, (1, 2), keepdims=True)),
        },
    )


def _norm(shape: tuple[int, ...]) -> Row:
    def pooled(poolkit: Any, x: Any, out: Any) -> Any:
        return poolkit.global_lp_pool2d(x, keepdims=True, out=out)

    def truth(x: np.ndarray) -> np.ndarray:
        return np.sqrt(np.sum(np.square(x.astype(np.float64)), (2, 3), keepdims=True))

    def in_torch(torch: Any, x: Any) -> Any:
        return torch.linalg.vector_norm(x, 2, (2, 3), keepdim=True)

    return Row(
        18,
        named(shape, "global"),
        "global Lp, p = 2",
        draw=normal(18, *shape),
        truth=truth,
        peers={
            **of_poolkit(pooled),
            **of_torch(in_torch),
            **of_onnx("GlobalLpPool", p=2),
            **of_jax(lambda jax, x: jax.numpy.sqrt((x * x).sum((2, 3), keepdims=True))),
            **of_tensorflow(lambda tf, x: tf.norm(x, axis=(1, 2), keepdims=True)),
        },
        near=1e-4,  # norms of thousands of elements are about 50
    )


ROWS = [row(shape) for shape in SHAPES for row in (_max, _mean, _norm)]
