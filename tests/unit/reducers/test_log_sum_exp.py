"""Log-sum-exp pooling: hand-computed values, infinities, and what it tends to."""

import numpy as np
import pytest

import poolkit

INF, NAN = np.inf, np.nan
LOG2, LOG3 = np.log(2.0), np.log(3.0)


def pooled(window, engine, dtype=np.float64, **parameters):
    x = np.array([window], dtype)
    return poolkit.global_log_sum_exp_pool1d(x, engine=engine, **parameters)


@pytest.mark.parametrize(
    ("window", "parameters", "expected"),
    [
        ([0.0, LOG3], {}, LOG2),  # the mean of 1 and 3
        ([0.0, LOG3], {"mean": False}, 2 * LOG2),
        ([0.0, LOG3], {"sharpness": 2.0}, np.log(5.0) / 2),
        ([0.0, LOG3], {"sharpness": -1.0}, LOG3 - LOG2),  # −log((1 + 1/3) / 2)
        ([5.0], {"sharpness": 3.0, "mean": False}, 5.0),
        ([0.1] * 7, {}, 0.1),
        ([1000.0, 1000.0 + LOG3], {}, 1000 + LOG2),
        ([-1000.0, -1000.0 + LOG3], {}, -1000 + LOG2),
        ([1e30, -1e30], {}, 1e30),
        ([1e30, -1e30], {"sharpness": -1.0}, -1e30),
        ([INF, 1.0], {}, INF),
        ([INF, 0.0], {"sharpness": -1.0}, LOG2),
        ([-INF, 0.0], {}, -LOG2),
        ([-INF, 0.0], {"mean": False}, 0.0),
        ([-INF, 2.0], {"sharpness": -1.0}, -INF),
        ([-INF, -INF], {}, -INF),
        ([-INF, -INF], {"mean": False}, -INF),
        ([INF, -INF], {}, INF),
        ([NAN, 1.0], {}, NAN),
        ([NAN, INF], {}, NAN),
        ([NAN, NAN], {"sharpness": -1.0}, NAN),
    ],
)
def test_values(window, parameters, expected, engine):
    for dtype, tolerance in ((np.float64, 1e-15), (np.float32, 2e-7)):
        actual = pooled(window, engine, dtype, **parameters)
        assert actual.dtype == dtype
        np.testing.assert_allclose(actual, [dtype(expected)], rtol=tolerance, atol=tolerance / 9)


def test_it_is_what_scipy_computes(engine, rng):
    special = pytest.importorskip("scipy.special")
    x = rng.normal(size=(5, 40)) * 100
    for r in (0.01, 1.0, 30.0):
        actual = poolkit.log_sum_exp_pool1d(x, 8, sharpness=r, mean=False, engine=engine)
        expected = special.logsumexp(r * x.reshape(5, 5, 8), axis=-1) / r
        np.testing.assert_allclose(actual, expected, rtol=1e-13)


def test_it_lies_between_mean_and_maximum(engine, rng):
    x = rng.normal(size=(4, 9, 9))
    mean, most = poolkit.avg_pool2d(x, 3), poolkit.max_pool2d(x, 3)
    least = mean
    for sharpness in (0.1, 1.0, 10.0, 100.0):
        answer = poolkit.log_sum_exp_pool2d(x, 3, sharpness=sharpness, engine=engine)
        assert np.all(answer > least)
        least = answer
    assert np.all(least < most)
    near = poolkit.log_sum_exp_pool2d(x, 3, sharpness=1e-6, engine=engine)
    np.testing.assert_allclose(near, mean, atol=1e-5)


def test_integers_and_bool_become_float64(engine):
    for dtype in (np.int8, np.uint16, bool):
        actual = pooled([0, 1], engine, dtype)
        assert actual.dtype == np.float64
        np.testing.assert_allclose(actual, [np.log((1 + np.e) / 2)], rtol=1e-15)


def test_infinities_share_the_gradient():
    for engine in ("portable", "reference"):
        x = np.array([[-INF, -INF], [INF, 3.0]])
        _, pullback = poolkit.vjp(poolkit.global_log_sum_exp_pool1d, x, engine=engine)
        np.testing.assert_array_equal(pullback(np.ones(2)), [[0.5, 0.5], [1, 0]])
