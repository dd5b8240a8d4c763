"""Elements of a rank, means of the largest, and weighted orders against sorted windows."""

import ml_dtypes
import numpy as np
import pytest

import poolkit
from poolkit.reducers import Ordinal, Rank, TopMean


def windows_of(x, size):
    return np.lib.stride_tricks.sliding_window_view(x, size, axis=-1)


@pytest.mark.parametrize("size", [1, 3, 5, 12])
def test_sorted_windows(size, rng, engine):
    x = rng.integers(0, 9, (3, 40)).astype(np.float64)
    ascending = np.sort(windows_of(x, size), axis=-1)
    how = {"stride": 1, "engine": engine}
    for rank in (1, 2, 3, 5):
        largest = poolkit.rank_pool1d(x, size, rank=rank, **how)
        smallest = poolkit.rank_pool1d(x, size, rank=-rank, **how)
        place = min(rank, size)
        np.testing.assert_array_equal(largest, ascending[..., -place])
        np.testing.assert_array_equal(smallest, ascending[..., place - 1])
        mean = poolkit.top_mean_pool1d(x, size, count=rank, **how)
        np.testing.assert_allclose(mean, ascending[..., -place:].mean(-1), rtol=1e-14)
    weights = rng.normal(size=size)
    ordinal = poolkit.ordinal_pool1d(x, size, rank_weights=weights, **how)
    np.testing.assert_allclose(ordinal, ascending[..., ::-1] @ weights, rtol=1e-12, atol=1e-12)


def test_indices_are_the_firsts(engine):
    x = np.array([[5.0, 3.0, 5.0, 3.0, 1.0], [1.0, np.nan, 2.0, np.nan, 0.0]])
    for rank, expected in ((1, 0), (2, 0), (3, 1), (-2, 1), (-1, 4)):
        pooled, index = poolkit.rank_pool1d(x, 5, rank=rank, return_indices=True, engine=engine)
        assert index.tolist() == [[expected], [1]]
        np.testing.assert_array_equal(pooled, [[x[0, expected]], [np.nan]])


@pytest.mark.parametrize(
    "dtype", ["uint8", "int64", "bool", "float16", ml_dtypes.bfloat16.__name__]
)
def test_dtypes(dtype, rng):
    x = rng.integers(0, 2, 20).astype("int8").astype(dtype)
    ascending = np.sort(x.astype(np.float64).reshape(5, 4), axis=-1)
    ranked = poolkit.rank_pool(x, (4,), rank=2)
    assert ranked.dtype == x.dtype
    np.testing.assert_array_equal(ranked.astype(float), ascending[:, 2])
    mean = poolkit.top_mean_pool(x, (4,))
    assert mean.dtype == (x.dtype if "float" in dtype else np.float64)
    np.testing.assert_array_equal(mean.astype(float), ascending[:, 2:].mean(-1))


def test_ordinal_weights_lie_along_the_order():
    x = np.array([8.0, 4.0, 2.0, 1.0])
    assert Ordinal((1.0, 0.0)).define(x, 4) == 6  # the upper half
    assert Ordinal((0.0, 1.0)).define(x[:3], 3) == (2 * 2 + 4) / 3
    for size in (1, 2, 3, 4):
        part = x[:size]
        assert Ordinal((2.0, 0.0, 0.0, 0.0)).define(part, size) == 2 * part.max()
        assert Ordinal((0.0, 0.0, 0.0, 1.0)).define(part, size) == part.min()
        np.testing.assert_allclose(Ordinal((1 / 3,) * 3).define(part, size), part.mean())
        np.testing.assert_allclose(Ordinal((0.0, 1.0, 0.0)).define(part, size), np.median(part))
    assert Ordinal((0.0,)).define(np.array([1.0, np.inf]), 2) == 0


@pytest.mark.parametrize(
    "reducer", [Rank(2), Rank(-3), TopMean(3), Ordinal((0.5, 0.2, -1.0)), Ordinal((1.0,) * 9)]
)
def test_weights_are_copies(reducer, rng):
    for _ in range(20):
        values = rng.integers(0, 6, 7).astype(np.float64)
        weights = rng.integers(0, 4, 7)
        weights[3] = 2
        values[weights == 0] = np.nan
        copies = np.repeat(values, weights)
        expected = reducer.define(copies, len(copies))
        actual = reducer.define_weighted(values, weights, len(copies))
        np.testing.assert_allclose(actual, expected, rtol=1e-13, atol=1e-13)


def test_broken_weights():
    values, weights = np.array([1.0, 8.0, 4.0]), np.array([2.0, 0.5, 1.0])
    assert TopMean(1).define_weighted(values, weights, 3.5) == (8 + 4) / 2
    assert Rank(1).define_weighted(values, weights, 3.5) == 4  # 8 makes up half a first
    assert Ordinal((1.0,)).define_weighted(values, weights, 3.5) == pytest.approx(10 / 3.5)
    assert Ordinal((2.0, 0.0)).define_weighted(values, weights, 3.5) == pytest.approx(
        2 * (0.5 * 8 + 4 + 0.25) / 1.75
    )


def test_equal_elements_rank_in_row_major_order():
    x = np.array([[5.0, 2.0, 5.0, 5.0]])
    _, pullback = poolkit.vjp(poolkit.top_mean_pool1d, x, 4)
    assert pullback(np.array([[4.0]])).tolist() == [[2, 0, 2, 0]]
    _, pullback = poolkit.vjp(poolkit.ordinal_pool1d, x, 4, rank_weights=(4.0, 3.0, 2.0, 1.0))
    assert pullback(np.array([[1.0]])).tolist() == [[4, 1, 3, 2]]


def test_weights_get_the_elements_of_their_ranks():
    x = np.array([[5.0, 2.0, 7.0], [1.0, 0.0, 3.0]])
    weights = (0.5, 0.25, 0.25)
    y, pullback = poolkit.vjp(
        poolkit.ordinal_pool1d, x, 3, rank_weights=weights, wrt=("x", "rank_weights")
    )
    _, by_weights = pullback(np.array([[1.0], [10.0]]))
    assert by_weights.tolist() == [7 + 30, 5 + 10, 2 + 0]
    assert by_weights.dtype == np.float64
    np.testing.assert_allclose(y[:, 0], [5.25, 1.75])
