"""Norms of averages: every step rounded, and the same by engines as by definition."""

import numpy as np
import pytest

import poolkit
from poolkit.reducers import AveragedNorm, OrderedMean, PowerNorm

POWERS = [1, 2, 3, 4, 1.5, 0.5, -1, -2, -0.5]


@pytest.mark.parametrize("power", POWERS)
@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_engines_give_what_is_defined(rng, power, dtype):
    x = (rng.random((3, 8, 9)) + 0.25).astype(dtype)
    norm = AveragedNorm(power, 6, np.dtype(dtype))
    found = [
        poolkit.pool(x, (2, 3), stride=2, ceil_mode=True, reduce=norm, engine=engine)
        for engine in ("reference", "portable")
    ]
    assert {each.dtype.name for each in found} == {dtype}
    np.testing.assert_allclose(*found, rtol=8 * np.finfo(dtype).eps)


@pytest.mark.parametrize("power", [1, 2, 3, 1.5])
def test_whole_windows_have_plain_norms(rng, power):
    x = rng.random((4, 9))
    norm = AveragedNorm(power, 3, np.dtype(np.float64))
    expected = poolkit.pool(x, (3,), reduce=PowerNorm(power))
    np.testing.assert_allclose(poolkit.pool(x, (3,), reduce=norm), expected)


@pytest.mark.parametrize("power", [1, 2, 3, 1.5, -1])
def test_slope_is_the_derivative(rng, power):
    x = rng.random(6) + 0.5
    norm = AveragedNorm(power, 4, np.dtype(np.float64))

    def pooled(x):
        return poolkit.pool(x, (4,), ceil_mode=True, reduce=norm)

    _, pull_back = poolkit.vjp(poolkit.pool, x, (4,), ceil_mode=True, reduce=norm)
    outer = np.array([2.0, -3.0])
    small = 1e-6
    steps = np.eye(6) * small
    slopes = [(pooled(x + step) - pooled(x - step)) @ outer / (2 * small) for step in steps]
    np.testing.assert_allclose(pull_back(outer), slopes, rtol=1e-6)


def test_a_window_over_the_end_counts_as_whole():
    norm = AveragedNorm(2, 2)
    y = poolkit.pool(np.ones(3, np.float32), (2,), ceil_mode=True, reduce=norm)
    np.testing.assert_allclose(y, [2**0.5] * 2, rtol=1e-7)


def test_steps_overflow_and_vanish():
    x = np.array([1e20, 1e20, 1e-25, 1e-25], np.float32)
    np.testing.assert_array_equal(poolkit.pool(x, (2,), reduce=AveragedNorm(2, 2)), [np.inf, 0])
    half = np.array([300, 1], np.float16)
    norm = AveragedNorm(2, 2, np.dtype(np.float16))
    assert poolkit.pool(half, (2,), reduce=norm)[0] == np.inf


def test_ordered_means_lose_what_a_loop_loses():
    x = np.array([1, 1e8, -1e8, 1e8, -1e8, 1], np.float32)
    np.testing.assert_allclose(poolkit.pool(x, (3,), reduce=OrderedMean()), [0, 1 / 3])
    assert poolkit.pool([1, 2], (2,), reduce=OrderedMean()).dtype == np.float64
    assert np.isnan(OrderedMean().define(np.empty(0, np.float32), 0))
