"""Derivatives of pooling regions of interest."""

import numpy as np
import pytest
from gradients.differences import check_derivative

import poolkit
from poolkit.engines.compiled import CompiledEngine


@pytest.fixture(params=["kernels", "numpy"], autouse=True)
def served_by(request, monkeypatch):
    if request.param == "numpy":
        monkeypatch.setattr(CompiledEngine, "unavailable", lambda self: "it is being tested.")
    elif CompiledEngine().unavailable() is not None:
        pytest.skip(f"engine compiled: {CompiledEngine().unavailable()}")


def draw(rng, channels):
    """Draw an array, and boxes inside, over the border, beside, empty and reversed."""
    x = rng.normal(size=(2, channels, *rng.integers(2, 7, 2)))
    boxes = rng.uniform(-3, 9, (5, 4))
    boxes[0] = -4, -4, -2, -2
    boxes[1, 2:] = boxes[1, :2]
    return x, np.column_stack([rng.integers(0, 2, 5), boxes])


@pytest.mark.parametrize("reduce", ["mean", "max"])
def test_roi_align(reduce, rng):
    for _ in range(10):
        x, boxes = draw(rng, 3)
        check_derivative(
            poolkit.roi_align,
            x,
            boxes,
            tuple(map(int, rng.integers(1, 4, 2))),
            spatial_scale=float(rng.choice([1, 0.5])),
            sampling_ratio=int(rng.integers(0, 4)),
            aligned=bool(rng.integers(2)),
            reduce=reduce,
            rng=rng,
        )


@pytest.mark.parametrize("reduce", ["max", "min", "mean", "sum", "lp", "std"])
def test_roi_pool(reduce, rng):
    for _ in range(6):
        x, boxes = draw(rng, 2)
        size = tuple(map(int, rng.integers(1, 4, 2)))
        if reduce == "std":  # not of one cell, where its slope is not continuous
            x, boxes, size = rng.normal(size=(2, 2, 6, 6)), boxes.round() * 0 + [1, 0, 0, 5, 5], 2
        check_derivative(poolkit.roi_pool, x, boxes, size, reduce=reduce, rng=rng)


@pytest.mark.parametrize("operator", [poolkit.ps_roi_pool, poolkit.ps_roi_align])
def test_position_sensitive(operator, rng):
    for _ in range(6):
        size = tuple(map(int, rng.integers(1, 4, 2)))
        x, boxes = draw(rng, 2 * size[0] * size[1])
        check_derivative(operator, x, boxes, size, rng=rng)


def test_halves_add_up_their_gradients_in_float32(rng):
    x = rng.normal(size=(1, 1, 6, 6)).astype(np.float16)
    boxes = np.tile([[0.0, 0, 0, 5, 5]], (300, 1))
    for operator in (poolkit.roi_align, poolkit.roi_pool):
        y, pullback = poolkit.vjp(operator, x, boxes, 2)
        outer = rng.uniform(0.5, 1, y.shape).astype(np.float16)
        pulled = pullback(outer)
        assert pulled.dtype == np.float16
        exact = poolkit.vjp(operator, x.astype(float), boxes, 2)[1](outer.astype(float))
        # Added up in halves, the last of 300 numbers would be cut to a third of their digits.
        np.testing.assert_allclose(pulled.astype(float), exact, rtol=2**-11 + 1e-5)
