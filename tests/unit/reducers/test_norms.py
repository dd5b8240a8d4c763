"""Norms as frameworks compute them: table T25 to T27 of their disagreements."""

import numpy as np
import pytest

import poolkit
from poolkit.reducers import PowerNorm


@pytest.mark.parametrize(
    ("window", "reducer", "expected"),
    [
        ([-1, -2], PowerNorm(1, magnitudes=True), 3),
        ([-1, -2], PowerNorm(1), -3),
        ([-1, -2], PowerNorm(2), 2.2361),
        ([-1, -2], PowerNorm(3, magnitudes=True), 2.0801),
        ([-1, -2], PowerNorm(3), np.nan),
        ([-1, 2], PowerNorm(3), 1.9129),
        ([3, 4], PowerNorm(2), 5),
        ([3, 4], PowerNorm(2, mean=True), 3.5355),
        ([1e20, 0], PowerNorm(2), np.inf),
        ([1e-25, 0], PowerNorm(2), 0),
    ],
)
def test_one_window(window, reducer, expected):
    x = np.array(window, np.float32)
    for engine in ("reference", "portable"):
        pooled = poolkit.pool(x, (2,), reduce=reducer, engine=engine)
        np.testing.assert_allclose(pooled, [expected], rtol=1e-4)
        assert pooled.dtype == np.float32


@pytest.mark.parametrize(
    "reducer", [PowerNorm(2), PowerNorm(3, magnitudes=True), PowerNorm(2, mean=True)], ids=str
)
def test_gradient_against_differences(reducer, rng):
    x = rng.uniform(0.5, 2, 6)
    _, pullback = poolkit.vjp(poolkit.pool1d, x, 3, stride=1, reduce=reducer)
    outer = rng.normal(size=4)
    step = 1e-6
    for i in range(6):
        up, down = x.copy(), x.copy()
        up[i], down[i] = x[i] + step, x[i] - step
        rise = poolkit.pool1d(up, 3, stride=1, reduce=reducer) - poolkit.pool1d(
            down, 3, stride=1, reduce=reducer
        )
        np.testing.assert_allclose(pullback(outer)[i], outer @ rise / (2 * step), rtol=1e-6)


def test_the_gradient_at_nothing_is_nothing():
    _, pullback = poolkit.vjp(poolkit.pool1d, np.zeros(4), 2, reduce=PowerNorm(2))
    np.testing.assert_array_equal(pullback(np.ones(2)), np.zeros(4))


def test_a_quotient_has_no_gradient_at_nothing():
    reducer = PowerNorm(2, quotient=True)
    _, pullback = poolkit.vjp(poolkit.pool1d, np.array([0.0, 0.0, 3.0, 4.0]), 2, reduce=reducer)
    np.testing.assert_allclose(pullback(np.ones(2)), [np.nan, np.nan, 0.6, 0.8], rtol=1e-7)
    summed = PowerNorm(1, quotient=True)
    _, pullback = poolkit.vjp(poolkit.pool1d, np.zeros(2), 2, reduce=summed)
    np.testing.assert_array_equal(pullback(np.ones(1)), [1, 1])


def test_powers_may_be_those_of_single_precision():
    x = np.array([1.1, 2.3])
    single = poolkit.pool(x, (2,), reduce=PowerNorm(3, single=True))
    powers = np.float32(1.1) ** 3, np.float32(2.3) ** 3
    assert single.dtype == np.float64
    np.testing.assert_array_equal(single, np.float32(powers[0] + powers[1]) ** np.float32(1 / 3))
