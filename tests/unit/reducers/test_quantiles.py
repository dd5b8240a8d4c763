"""Medians and quantiles against NumPy's."""

import numpy as np
import pytest

import poolkit
from poolkit.reducers import Median, Quantile

METHODS = ["linear", "lower", "higher", "nearest", "midpoint", "inverted_cdf"]


@pytest.mark.parametrize("method", METHODS)
def test_are_numpys(method, rng, engine):
    x = rng.normal(size=(3, 30))
    for size in (1, 2, 3, 4, 9, 20):
        windows = np.lib.stride_tricks.sliding_window_view(x, size, axis=-1)
        for q in (0, 0.1, 0.25, 1 / 3, 0.5, 0.77, 1):
            pooled = poolkit.quantile_pool1d(x, size, stride=1, q=q, method=method, engine=engine)
            expected = np.quantile(windows, q, axis=-1, method=method)
            np.testing.assert_allclose(pooled, expected, rtol=1e-14, atol=1e-14)
        pooled = poolkit.median_pool1d(x, size, stride=1, method=method, engine=engine)
        expected = np.quantile(windows, 0.5, axis=-1, method=method)
        np.testing.assert_allclose(pooled, expected, rtol=1e-14)


@pytest.mark.parametrize("dtype", ["uint8", "int64", "bool", "float16", "float32"])
def test_what_is_chosen_keeps_its_dtype(dtype, rng):
    x = rng.integers(0, 2 if dtype == "bool" else 100, 24).astype(dtype)
    rows = np.sort(x.reshape(6, 4), axis=-1)
    lower, higher = (poolkit.median_pool(x, (4,), method=m) for m in ("lower", "higher"))
    assert lower.dtype == higher.dtype == dtype
    np.testing.assert_array_equal(lower, rows[:, 1])
    np.testing.assert_array_equal(higher, rows[:, 2])
    between = poolkit.median_pool(x, (4,))
    assert between.dtype == (dtype if dtype.startswith("float") else "float64")
    np.testing.assert_array_equal(
        between, np.median(rows.astype("f8"), axis=-1).astype(between.dtype)
    )


@pytest.mark.parametrize("size", [3, 4, 200])
def test_infinities_nan_and_equal_elements(size, engine):
    inf, nan = np.inf, np.nan
    x = np.full((5, size), 0.1)
    x[1], x[2], x[3, 0], x[4, : size // 2] = inf, -inf, nan, inf
    pooled = poolkit.global_quantile_pool1d(x, q=0.7, engine=engine)
    np.testing.assert_array_equal(pooled[:4], [0.1, inf, -inf, nan])


def test_halves_are_rounded_once(rng):
    x = rng.normal(size=(50, 4)).astype(np.float16)
    expected = np.median(x.astype(np.float64), axis=-1).astype(np.float16)
    np.testing.assert_array_equal(poolkit.global_median_pool1d(x), expected)


def test_windows_at_the_border_have_fewer_elements():
    x = np.array([5.0, 1.0, 2.0, 9.0])
    assert poolkit.median_pool1d(x, 3, stride=1, padding=1).tolist() == [3, 2, 2, 5.5]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("q", [0, 0.3, 0.5, 1])
def test_weights_are_copies(method, q, rng):
    values = rng.integers(0, 6, 8).astype(np.float64)
    weights = rng.integers(0, 4, 8)
    weights[3] = 2
    values[weights == 0] = np.nan
    expected = np.quantile(np.repeat(values, weights), q, method=method)
    actual = Quantile(q, method).define_weighted(values, weights, weights.sum())
    np.testing.assert_allclose(actual, expected, rtol=1e-14)


def test_broken_weights(rng):
    values, weights = rng.normal(size=(20, 7)), rng.random((20, 7))
    for row, weight in zip(values, weights, strict=True):
        expected = np.quantile(row, 0.4, method="inverted_cdf", weights=weight)
        reducer = Quantile(0.4, "inverted_cdf")
        assert reducer.define_weighted(row, weight, weight.sum()) == expected
    with pytest.raises(poolkit.UnsupportedError, match="whole numbers"):
        Median().define_weighted(values, weights, weights.sum(-1))


def test_nothing_weighs():
    values, weights = np.array([[1, 2], [3, 4]]), np.array([[0, 0], [0, 1]])
    np.testing.assert_array_equal(Median().define_weighted(values, weights, 0), [np.nan, 4])
    assert Median("lower").define_weighted(values, weights, 0).tolist() == [0, 4]
    nan = np.array([np.nan, 2.0])
    assert np.isnan(Median().define_weighted(nan, np.array([1, 1]), 2))


def test_the_first_of_equal_elements_has_the_gradient():
    x = np.array([[2.0, 7.0, 2.0, 2.0]])
    _, pullback = poolkit.vjp(poolkit.median_pool1d, x, 4)
    assert pullback(np.array([[3.0]])).tolist() == [[3, 0, 0, 0]]
    x = np.array([[4.0, 1.0, 9.0, 2.0]])
    _, pullback = poolkit.vjp(poolkit.quantile_pool1d, x, 4, q=0.5)
    assert pullback(np.array([[3.0]])).tolist() == [[1.5, 0, 0, 1.5]]
