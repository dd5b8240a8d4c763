"""Soft pooling: hand-computed values, infinities, and what it tends to."""

import itertools

import numpy as np
import pytest

import poolkit

INF, NAN = np.inf, np.nan
LOG3 = np.log(3.0)


def pooled(window, engine, dtype=np.float64, **parameters):
    x = np.array([window], dtype)
    return poolkit.global_soft_pool1d(x, engine=engine, **parameters)


@pytest.mark.parametrize(
    ("window", "sharpness", "expected"),
    [
        ([0.0, LOG3], 1.0, 0.75 * LOG3),  # weights 1 and 3
        ([0.0, LOG3], -1.0, 0.25 * LOG3),
        ([1.0, 2.0, 6.0], 0.0, 3.0),
        ([5.0], 3.0, 5.0),
        ([0.1] * 7, 2.0, 0.1),
        ([1e30, -1e30], 1.0, 1e30),
        ([1e30, -1e30], -1.0, -1e30),
        ([1000.0, 1000.0 + LOG3], 1.0, 1000 + 0.75 * LOG3),
        ([INF, 1.0, 2.0], 1.0, INF),
        ([INF, 0.0], -1.0, 0.0),
        ([-INF, 0.0, LOG3], 1.0, 0.75 * LOG3),
        ([-INF, 2.0], -1.0, -INF),
        ([-INF, -INF], 1.0, -INF),
        ([INF, INF], -1.0, INF),
        ([INF, -INF], 1.0, INF),
        ([INF, -INF], -1.0, -INF),
        ([INF, -INF], 0.0, NAN),
        ([-INF, 1.0], 0.0, -INF),
        ([NAN, 1.0], 1.0, NAN),
        ([NAN, INF], 1.0, NAN),
        ([NAN, NAN], -1.0, NAN),
    ],
)
def test_values(window, sharpness, expected, engine):
    for dtype, tolerance in ((np.float64, 1e-15), (np.float32, 1e-7)):
        actual = pooled(window, engine, dtype, sharpness=sharpness)
        assert actual.dtype == dtype
        np.testing.assert_allclose(actual, [dtype(expected)], rtol=tolerance)


def test_equal_elements_are_kept_to_the_bit(engine, rng):
    for value in (*rng.normal(size=20) * 1e3, 0.1, 1e300, 1e-300):
        for sharpness in (1.0, -3.0, 1e-3):
            assert pooled([value] * 11, engine, sharpness=sharpness)[0] == value


def test_it_lies_between_mean_and_maximum_and_grows_with_sharpness(engine, rng):
    x = rng.normal(size=(4, 9, 9))
    answers = [
        poolkit.soft_pool2d(x, 3, sharpness=sharpness, engine=engine)
        for sharpness in (-50.0, -1.0, 0.0, 0.5, 1.0, 7.0, 50.0)
    ]
    for less, more in itertools.pairwise(answers):
        assert np.all(less < more)
    np.testing.assert_allclose(answers[2], poolkit.avg_pool2d(x, 3), rtol=1e-12, atol=1e-15)
    assert np.all(answers[-1] <= poolkit.max_pool2d(x, 3))
    assert np.all(answers[0] >= poolkit.min_pool2d(x, 3))


def test_integers_and_bool_become_float64(engine):
    for dtype in (np.int8, np.uint16, bool):
        actual = pooled([0, 1], engine, dtype)
        assert actual.dtype == np.float64
        np.testing.assert_allclose(actual, [np.e / (1 + np.e)], rtol=1e-15)


def test_infinities_share_the_gradient():
    for engine in ("portable", "reference"):
        x = np.array([[INF, 1.0, INF]])
        _, pullback = poolkit.vjp(poolkit.global_soft_pool1d, x, engine=engine)
        np.testing.assert_array_equal(pullback(np.ones(1)), [[0.5, 0, 0.5]])
        _, pullback = poolkit.vjp(poolkit.global_soft_pool1d, x, wrt="sharpness", engine=engine)
        assert pullback(np.ones(1)) == 0
