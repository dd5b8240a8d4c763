"""A mean that is multiplied afterwards."""

import numpy as np
import pytest

import poolkit
from poolkit.reducers import ScaledMean


@pytest.mark.parametrize(
    ("reducer", "expected"),
    [
        (ScaledMean(2, 4.0), [1.0, 2.5]),  # the last window has one element: 5 · 2 / 4
        (ScaledMean(2, -1.0), [-4.0, -10.0]),
        (ScaledMean(2, 0.0), [np.inf, np.inf]),
    ],
)
def test_whole_windows_are_sums_and_others_are_not(reducer, expected):
    x = np.array([1, 3, 5], np.float32)
    for engine in ("reference", "portable"):
        pooled = poolkit.pool(x, (2,), ceil_mode=True, reduce=reducer, engine=engine)
        np.testing.assert_array_equal(pooled, np.float32(expected))


def test_gradient():
    reducer = ScaledMean(2, 4.0)
    _, pullback = poolkit.vjp(poolkit.pool1d, np.zeros(3), 2, ceil_mode=True, reduce=reducer)
    np.testing.assert_array_equal(pullback(np.array([1.0, 2.0])), [0.25, 0.25, 1.0])
