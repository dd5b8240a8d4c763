"""Generalised means: hand-computed values, extremes, and the means that have other names."""

import itertools

import numpy as np
import pytest

import poolkit

INF, NAN = np.inf, np.nan


def pooled(window, engine, dtype=np.float64, **parameters):
    return poolkit.global_gem_pool1d(np.array([window], dtype), engine=engine, **parameters)


@pytest.mark.parametrize(
    ("window", "parameters", "expected"),
    [
        ([1.0, 3.0], {}, 14 ** (1 / 3)),  # (1 + 27) / 2
        ([1.0, 3.0], {"p": 1.0}, 2.0),
        ([1.0, 7.0], {"p": 2.0}, 5.0),
        ([1.0, 3.0], {"p": 4.0}, 41**0.25),
        ([1.0, 3.0], {"p": -1.0}, 1.5),
        ([1.0, 9.0], {"p": 0.5}, 4.0),
        ([2.0, 2.0], {"p": 2.7}, 2.0),
        ([5.0], {"p": -9.0}, 5.0),
        ([0.0, -5.0], {}, 1e-6),
        ([-INF, 2.0], {"p": 1.0, "eps": 1.0}, 1.5),
        ([0.0, 0.0], {"eps": 0.0}, 0.0),
        ([0.0, 2.0], {"eps": 0.0, "p": 1.0}, 1.0),
        ([0.0, 2.0], {"eps": 0.0, "p": -1.0}, 0.0),
        ([0.0, 4.0], {"eps": 0.0, "p": 0.5}, 1.0),
        ([3e30, 4e30], {"p": 2.0}, 12.5**0.5 * 1e30),
        ([3e30, 1.0], {"p": 30.0}, 3e30 * 0.5 ** (1 / 30)),
        ([3e-30, 4e-30], {"p": 2.0, "eps": 0.0}, 12.5**0.5 * 1e-30),
        ([1e-30, 3e-30], {"p": -1.0, "eps": 1e-37}, 1.5e-30),
        ([INF, 1.0], {}, INF),
        ([INF, 1.0], {"p": 2.5}, INF),
        ([INF, 1.0], {"p": 20.0}, INF),
        ([INF, 1.0], {"p": 0.1}, INF),
        ([INF, 1.0], {"p": -1.0}, 2.0),
        ([INF, INF], {"p": -1.0}, INF),
        ([INF, INF], {"p": -8.0}, INF),
        ([NAN, 1.0], {}, NAN),
        ([NAN, 1.0], {"p": 2.5}, NAN),
        ([NAN, INF], {"p": -2.0}, NAN),
        ([NAN, NAN], {"p": 20.0}, NAN),
    ],
)
def test_values(window, parameters, expected, engine):
    for dtype, tolerance in ((np.float64, 3e-15), (np.float32, 2e-7)):
        actual = pooled(window, engine, dtype, **parameters)
        assert actual.dtype == dtype
        np.testing.assert_allclose(actual, [dtype(expected)], rtol=tolerance)


@pytest.mark.parametrize("p", [2.0, 3.0, 2.5, -1.5, 40.0])
def test_nothing_overflows_or_vanishes_in_float64(p, engine):
    for scale in (1e-300, 1e-150, 1e150, 1e300):
        window = np.array([1.0, 2.0, 3.0])
        expected = np.mean(window**p) ** (1 / p) * scale
        actual = pooled(window * scale, engine, p=p, eps=1e-307)
        np.testing.assert_allclose(actual, [expected], rtol=1e-13)


def test_it_grows_with_the_exponent(engine, rng):
    x = rng.random((4, 9, 9)) + 0.1
    answers = [
        poolkit.gem_pool2d(x, 3, p=p, engine=engine)
        for p in (-30.0, -1.0, -0.3, 0.3, 1.0, 2.0, 2.1, 3.0, 8.0, 30.0)
    ]
    for less, more in itertools.pairwise(answers):
        assert np.all(less < more)
    np.testing.assert_allclose(answers[4], poolkit.avg_pool2d(x, 3), rtol=1e-14)
    assert np.all(answers[-1] < poolkit.max_pool2d(x, 3))
    assert np.all(answers[0] > poolkit.min_pool2d(x, 3))


def test_integers_and_bool_become_float64(engine):
    for dtype in (np.int8, np.uint16, bool):
        actual = pooled([0, 1], engine, dtype, eps=0.0)
        assert actual.dtype == np.float64
        np.testing.assert_allclose(actual, [0.5 ** (1 / 3)], rtol=1e-15)


def test_elements_below_eps_get_no_gradient():
    x = np.array([[-3.0, 0.5, 1.0, 2.0]])
    for engine in ("portable", "reference"):
        _, pullback = poolkit.vjp(poolkit.global_gem_pool1d, x, p=2.0, eps=1.0, engine=engine)
        y = np.sqrt((1 + 1 + 1 + 4) / 4)
        np.testing.assert_allclose(pullback(np.ones(1)), [[0, 0, 0.25 / y, 0.5 / y]], rtol=1e-15)
