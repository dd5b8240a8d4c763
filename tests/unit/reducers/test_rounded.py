"""Means rounded to integers, and answers kept within a range."""

import numpy as np
import pytest

import poolkit
from poolkit.reducers import Clamped, Max, Mean, RoundedMean

NAN, INF = np.nan, np.inf
ENGINES = ("reference", "portable")


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("dtype", [np.int8, np.int16, np.uint8, np.int64])
def test_halves_go_away_from_0(engine, dtype):
    x = np.array([1, 2, 3, 3, 0, 1], dtype)
    pooled = poolkit.pool(x, (2,), reduce=RoundedMean(), engine=engine)
    np.testing.assert_array_equal(pooled, [2, 3, 1])
    assert pooled.dtype == dtype
    if dtype != np.uint8:
        np.testing.assert_array_equal(
            poolkit.pool(-x, (2,), reduce=RoundedMean(), engine=engine), [-2, -3, -1]
        )


def test_padding_counts_if_asked():
    x = np.array([4, 4, 4], np.int8)
    for divisor, first in (("valid", 4), ("padded", 3)):
        pooled = poolkit.pool(x, (3,), stride=2, padding=1, reduce=RoundedMean(divisor))
        assert pooled[0] == first


def test_floats_are_refused():
    with pytest.raises(poolkit.ArgumentTypeError, match="`x` must hold integers"):
        poolkit.pool([1.0, 2.0], (2,), reduce=RoundedMean())


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("clamped", "expected"),
    [
        (Clamped(Max()), [-INF, NAN, 5, INF]),
        (Clamped(Max(), -1, 3), [-1, NAN, 3, 3]),
        (Clamped(Max(), -1, 3, raises_nan=True), [-1, -1, 3, 3]),
        (Clamped(Max(), -1e300, 1e300), [-3.4028235e38, NAN, 5, 3.4028235e38]),
    ],
)
def test_clamped(engine, clamped, expected):
    x = np.array([-INF, -INF, NAN, 1, 5, 2, INF, 0], np.float32)
    pooled = poolkit.pool(x, (2,), reduce=clamped, engine=engine)
    np.testing.assert_array_equal(pooled, np.float32(expected))
    assert pooled.dtype == np.float32
    values = poolkit.pool(x, (2,), reduce=Max())
    assert clamped.from_usual(values)
    np.testing.assert_array_equal(values, np.float32(expected))


def test_clamped_integers():
    x = np.array([-100, 100], np.int8)
    for clamped, expected in ((Clamped(Max(), -300, 300), x), (Clamped(Max(), 0, 6), [0, 6])):
        np.testing.assert_array_equal(poolkit.pool(x, (1,), reduce=clamped), expected)


def test_what_keeps_finite_numbers():
    float32 = np.dtype(np.float32)
    assert Clamped(Mean()).keeps_finite(float32)
    assert Clamped(Mean(), -1e39, 1e39).keeps_finite(float32)
    assert not Clamped(Mean(), 0).keeps_finite(float32)
    assert not Clamped(Mean(), -1e39, 1e39).keeps_finite(np.dtype(np.float64))
