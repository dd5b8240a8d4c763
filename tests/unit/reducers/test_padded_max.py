"""The maximum where padding takes part: MXNet's Pooling_v1."""

import numpy as np
import pytest

import poolkit
from poolkit.reducers import PaddedMax

X = np.array([-3.0, -1.0, -2.0, -2.0])


@pytest.mark.parametrize("engine", ["portable", "reference"])
def test_padding_holds_a_number(engine):
    asked = {"stride": 2, "padding": 1, "reduce": PaddedMax(), "engine": engine}
    np.testing.assert_array_equal(poolkit.pool(X, (2,), **asked), [0, -1, 0])
    asked["reduce"] = PaddedMax(-1.5)
    np.testing.assert_array_equal(poolkit.pool(X, (2,), **asked), [-1.5, -1, -1.5])


def test_what_hangs_over_the_padding_holds_nothing():
    found = poolkit.pool(X[:3], (2,), stride=2, ceil_mode=True, reduce=PaddedMax())
    np.testing.assert_array_equal(found, [-1, -2])


@pytest.mark.parametrize("engine", ["portable", "reference"])
def test_every_equal_element_gets_the_gradient(engine):
    asked = {"stride": 1, "padding": 1, "reduce": PaddedMax(-2.0), "engine": engine}
    y, pull_back = poolkit.vjp(poolkit.pool, X, (2,), **asked)
    np.testing.assert_array_equal(y, [-2, -1, -1, -2, -2])
    np.testing.assert_array_equal(pull_back(np.array([1.0, 2, 4, 8, 16])), [0, 6, 8, 24])


def test_nan_wins():
    assert np.isnan(poolkit.pool([np.nan, 1.0], (2,), reduce=PaddedMax()))[0]


def test_integers():
    found = poolkit.pool(X.astype(np.int8), (2,), padding=1, stride=2, reduce=PaddedMax())
    np.testing.assert_array_equal(found, [0, -1, 0])
