"""Derivatives of weighted windows, over random geometry."""

import numpy as np
import pytest
from gradients.differences import check_derivative

import poolkit

BORDERS = ["reflect", "symmetric", "replicate", "circular", "zero"]


def draw(rng, rank):
    """Return distinct values, far apart for a step of 1e-6, of so many axes after the batch."""
    shape = (*rng.integers(1, 4, 2), *rng.integers(2, [30, 9, 6][rank - 1], rank))
    size = int(np.prod(shape))
    return rng.permutation(size).reshape(shape) / 7 + rng.random(shape) / 100


@pytest.mark.parametrize("engine", ["reference", "portable", None])
def test_blurs(engine, rng):
    for trial in range(40 if engine != "reference" else 12):
        rank = trial % 3 + 1
        sizes = tuple(rng.integers(1, 8, rank).tolist())
        strides = tuple(rng.integers(1, 4, rank).tolist())
        border = BORDERS[trial % 5]
        x = draw(rng, rank)
        axes = tuple(rng.permutation(x.ndim)[:rank].tolist())
        kwargs = {"stride": strides, "border": border, "axes": axes, "engine": engine}
        check_derivative(poolkit.blur_pool, x, sizes, rng=rng, **kwargs)


@pytest.mark.parametrize("engine", ["reference", "portable", None])
def test_areas(engine, rng):
    for trial in range(40 if engine != "reference" else 12):
        rank = trial % 3 + 1
        x = draw(rng, rank)
        axes = tuple(rng.permutation(x.ndim)[:rank].tolist())
        factors = tuple(rng.choice([0.6, 1.5, 2, 2.3, 2.5, np.e, 50], rank).tolist())
        check_derivative(poolkit.area_pool, x, factors, rng=rng, axes=axes, engine=engine)
        sizes = tuple(rng.integers(1, 9, rank).tolist())
        check_derivative(poolkit.area_pool, x, rng=rng, output_size=sizes, axes=axes, engine=engine)


@pytest.mark.parametrize("engine", ["reference", "portable", None])
def test_blurred_maxima(engine, rng):
    for trial in range(12 if engine != "reference" else 4):
        rank = trial % 3 + 1
        x = draw(rng, rank)
        kwargs = {
            "filter_size": int(rng.integers(1, 8)),
            "stride": int(rng.integers(1, 4)),
            "padding": "same" if trial % 2 else 1,
            "border": BORDERS[trial % 5],
        }
        axes = tuple(range(-rank, 0))
        operator = poolkit.max_blur_pool
        check_derivative(operator, x, 3, rng=rng, axes=axes, engine=engine, **kwargs)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32", "longdouble"])
def test_gradients_keep_the_dtype(dtype, rng):
    x = rng.random((3, 5, 17)).astype(dtype)
    for operator, args in [(poolkit.blur_pool2d, (3,)), (poolkit.area_pool2d, (2.5,))]:
        y, pullback = poolkit.vjp(operator, x, *args)
        pulled = pullback(np.ones(y.shape, dtype))
        assert pulled.dtype == y.dtype == x.dtype
        assert pulled.shape == x.shape
        # Every output hands out 1.
        total = {"float16": 2e-3, "bfloat16": 2e-2}.get(dtype, 1e-6)
        np.testing.assert_allclose(pulled.astype(float).sum(), y.size, rtol=total)
