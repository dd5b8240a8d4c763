"""Means of integers, cut towards 0."""

import numpy as np
import pytest

import poolkit
from poolkit.reducers import TruncatedMean


@pytest.mark.parametrize("engine", ["reference", "portable"])
@pytest.mark.parametrize("divisor", ["valid", "padded", "window", 3, -2])
def test_it_is_the_quotient_cut(rng, engine, divisor):
    x = rng.integers(-50, 50, (3, 11))
    mean = TruncatedMean(divisor)
    y = poolkit.pool(x, 4, stride=3, padding=2, axes=1, reduce=mean, engine=engine)
    exact = poolkit.pool(
        x, 4, stride=3, padding=2, axes=1, reduce=poolkit.reducers.Mean(divisor), engine=engine
    )
    np.testing.assert_array_equal(y, np.trunc(exact))
    assert y.dtype == np.int64


def test_empty_windows_become_0():
    assert TruncatedMean().define(np.empty(0, np.int64), 0) == 0
