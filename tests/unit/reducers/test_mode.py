"""Modes against counting."""

from collections import Counter

import ml_dtypes
import numpy as np
import pytest

import poolkit
from poolkit.reducers import Mode


def count_mode(values, ties, ignored=None):
    """The definition: count, drop what is ignored unless nothing is left, break ties."""
    kept = [value for value in values if value != ignored] or list(values)
    counts = Counter(kept)
    most = [value for value in counts if counts[value] == max(counts.values())]
    return {"smallest": min, "largest": max, "first": lambda found: found[0]}[ties](most)


@pytest.mark.parametrize("ties", ["smallest", "largest", "first"])
@pytest.mark.parametrize("ignored", [None, 0, 2])
@pytest.mark.parametrize("size", [1, 2, 5, 9, 60])
def test_is_what_counting_gives(ties, ignored, size, rng, engine):
    x = rng.integers(-2, 4, (4, 200)).astype(np.int16)
    pooled = poolkit.mode_pool1d(x, size, ties=ties, ignored=ignored, engine=engine)
    rows = x[:, : 200 // size * size].reshape(4, -1, size).tolist()
    expected = [[count_mode(window, ties, ignored) for window in row] for row in rows]
    assert pooled.dtype == np.int16
    assert pooled.tolist() == expected


def test_nan_infinities_and_zeros(engine):
    inf, nan = np.inf, np.nan
    x = np.array([[1.0, nan, 1.0], [inf, 2.0, inf], [-0.0, 0.0, 3.0], [nan, nan, 3.0]])
    pooled = poolkit.global_mode_pool1d(x, engine=engine)
    np.testing.assert_array_equal(pooled, [nan, inf, 0, nan])


@pytest.mark.parametrize(
    "dtype", ["bool", "uint64", "float16", ml_dtypes.bfloat16.__name__, "float64"]
)
def test_dtypes(dtype, rng):
    x = rng.integers(0, 2, (6, 5)).astype("int8").astype(dtype)
    pooled = poolkit.global_mode_pool1d(x)
    assert pooled.dtype == x.dtype
    ones = x.astype(int).sum(-1)
    np.testing.assert_array_equal(pooled.astype(int), ones > 2)


def test_large_labels_are_exact():
    labels = np.array([2**64 - 1, 2**64 - 2, 2**64 - 1], np.uint64)
    assert poolkit.mode_pool(labels, (3,))[0] == 2**64 - 1
    assert poolkit.mode_pool(labels, (3,), ignored=2**64 - 1)[0] == 2**64 - 2
    assert poolkit.mode_pool(labels, (3,), ignored=-1)[0] == 2**64 - 1


@pytest.mark.parametrize("ties", ["smallest", "largest", "first"])
@pytest.mark.parametrize("ignored", [None, 1])
def test_weights_are_copies(ties, ignored, rng):
    for _ in range(30):
        values = rng.integers(0, 4, 8)
        weights = rng.integers(0, 3, 8)
        weights[2] = 1
        copies = np.repeat(values, weights)
        actual = Mode(ties, ignored).define_weighted(values, weights, len(copies))
        assert actual == count_mode(copies.tolist(), ties, ignored)
        assert actual == Mode(ties, ignored).define_weighted(values, weights / 8, len(copies))
    values = np.array([np.nan, 2.0, 3.0, 3.0])
    assert Mode().define_weighted(values, np.array([0, 3, 1, 1]), 5) == 2
    assert np.isnan(Mode().define_weighted(values, np.array([1, 3, 1, 1]), 6))


def test_has_no_gradient():
    with pytest.raises(poolkit.UnsupportedError, match="mode has no gradient"):
        poolkit.vjp(poolkit.mode_pool1d, np.ones(4), 2)[1](np.ones(2))
