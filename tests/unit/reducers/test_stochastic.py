"""Stochastic pooling: the mean by size, and drawing by size."""

import numpy as np
import pytest

import poolkit
from poolkit.reducers import StochasticMean, draw_by_size


@pytest.mark.parametrize(
    ("window", "expected"),
    [
        ([1, 2, 3, 4], 3),
        ([0, 0, 0, 0], 0),
        ([-1, 2, 3, -4], 0),
        ([1, np.nan, 2, 3], 0),
        ([1, np.inf, 0, 0], np.nan),
        ([5, 0, 0, 0], 5),
    ],
)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_one_window(window, expected, dtype):
    x = np.array(window, dtype)
    for engine in ("reference", "portable"):
        pooled = poolkit.pool(x, (4,), reduce=StochasticMean(), engine=engine)
        np.testing.assert_allclose(pooled, [expected], rtol=1e-6)
        assert pooled.dtype == dtype


def test_integers_become_floats():
    pooled = poolkit.pool([1, 2, 3, 4], (4,), reduce=StochasticMean())
    assert (pooled.item(), pooled.dtype) == (3, np.float64)


def test_gradient_against_differences(rng):
    x = rng.uniform(0.5, 2, 6)
    reducer = StochasticMean()
    _, pullback = poolkit.vjp(poolkit.pool1d, x, 3, stride=1, reduce=reducer)
    outer = rng.normal(size=4)
    step = 1e-6
    for i in range(6):
        move = step * (np.arange(6) == i)
        up, down = (
            poolkit.pool1d(each, 3, stride=1, reduce=reducer) for each in (x + move, x - move)
        )
        np.testing.assert_allclose(pullback(outer)[i], outer @ (up - down) / (2 * step), rtol=1e-6)


def test_the_gradient_where_the_sum_is_not_positive_is_nothing():
    _, pullback = poolkit.vjp(poolkit.pool1d, np.array([-1.0, 1.0]), 2, reduce=StochasticMean())
    np.testing.assert_array_equal(pullback(np.ones(1)), [0, 0])


@pytest.mark.parametrize(
    ("window", "number", "expected"),
    [
        ([1, 2, 3, 4], 0, 0),
        ([0, 2, 3, 5], 0, 0),
        ([1, 2, 3, 4], 0.6, 2),
        ([1, 2, 3, 4], 0.61, 3),
        ([1, 2, 3, 4], 1, 3),
        ([0, 0], 0.5, 0),
        ([-1, -3], 0.5, 0),
        ([-3, -1], 0.5, -1),
        ([1, np.nan], 0.5, -1),
        ([], 0.5, -1),
    ],
)
def test_drawing(window, number, expected):
    assert draw_by_size(np.array(window, float), np.array(number)) == expected


def test_drawing_is_by_size(rng):
    values = np.array([1.0, 0.0, 3.0])
    drawn = draw_by_size(values, rng.random(20_000))
    shares = np.bincount(drawn, minlength=3) / 20_000
    np.testing.assert_allclose(shares, values / 4, atol=0.02)
