"""Sums and norms as plain loops make them."""

import numpy as np
import pytest

import poolkit
from poolkit.reducers import RunningNorm, RunningSum


def test_adds_in_turn() -> None:
    x = np.full(5000, 0.1, np.float32)
    total = np.float32(0)
    for each in x:
        total += each
    assert poolkit.pool(x, (5000,), reduce=RunningSum()) == [total]
    assert total != x.sum()


@pytest.mark.parametrize("dtype", [np.int8, np.float16, np.float64])
def test_sums_like_others(dtype: type) -> None:
    x = np.arange(6, dtype=dtype)
    assert poolkit.pool(x, (3,), reduce=RunningSum()).tolist() == [3, 12]
    assert RunningSum().define(np.zeros((2, 0), dtype), 0).tolist() == [0, 0]


@pytest.mark.parametrize("p", [1, 2, 3, -1])
def test_norms_of_magnitudes(p: int) -> None:
    x = np.array([1.0, -2.0, 4.0, -4.0])
    expected = [(1 + 2.0**p) ** (1 / p), (2 * 4.0**p) ** (1 / p)]
    np.testing.assert_allclose(poolkit.pool(x, (2,), reduce=RunningNorm(p)), expected)


def test_norms_of_empty_windows_and_nan() -> None:
    assert RunningNorm(2).define(np.zeros((1, 0), np.float32), 0).tolist() == [0]
    x = np.array([np.nan, 1, 3, 4], np.float32)
    np.testing.assert_equal(poolkit.pool(x, (2,), reduce=RunningNorm(2)), np.float32([np.nan, 5]))
    half = np.array([300, 400], np.float16)
    assert poolkit.pool(half, (2,), reduce=RunningNorm(2)).tolist() == [500]
