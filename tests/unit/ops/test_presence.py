"""The missing-data contract of operators made of others: held against lists of what is there."""

import numpy as np
import pytest
from gradients.differences import check_derivative

import poolkit

MISSING = -9999


def ways_to_leave_out(rng, x, share=0.6):
    """Yield arrays, and what says of them that the same elements are missing."""
    there = rng.random(x.shape) < share
    holes = np.where(there, x, np.nan)
    yield (
        there,
        [
            (x, {"mask": there}),
            (holes, {"mask": there}),
            (holes, {"nan": "skip"}),
            (x, {"weights": there.astype(int)}),
            (np.where(there, x, MISSING), {"nodata": MISSING}),
            (holes, {"nodata": float("nan")}),
        ],
    )


def bins(length, count):
    """Return the elements of each of so many bins."""
    return [list(range(i * length // count, -(-(i + 1) * length // count))) for i in range(count)]


def of_bins(x, often, levels, function, least=1):
    """Return what a function makes of lists of the bins' elements, as often as they count."""
    found = []
    for level in levels:
        for rows in bins(x.shape[0], level):
            for columns in bins(x.shape[1], level):
                at = np.ix_(rows, columns)
                values = np.repeat(x[at].ravel(), often[at].ravel())
                enough = np.count_nonzero(often[at]) >= least
                found.append(function(values) if enough else np.nan)
    return np.array(found)


@pytest.mark.parametrize(
    ("name", "function"), [("max", np.max), ("mean", np.mean), ("std", np.std), ("sum", np.sum)]
)
def test_pyramids(name, function, rng, engine):
    x = rng.normal(size=(6, 7))
    for there, ways in ways_to_leave_out(rng, x):
        expected = of_bins(x, there.astype(int), (1, 2, 4), function, least=3)
        assert 0 < np.isnan(expected).mean() < 1
        for array, way in ways:
            wanted = expected
            if way.get("nodata") == MISSING:
                wanted = np.where(np.isnan(expected), MISSING, expected)
            y = poolkit.pyramid_pool2d(array, reduce=name, engine=engine, min_valid=3, **way)
            np.testing.assert_allclose(y, wanted, rtol=1e-12, atol=1e-12, err_msg=str(way))
    often = rng.integers(0, 4, x.shape)
    y = poolkit.pyramid_pool2d(x, (1, 3), reduce=name, weights=often, engine=engine)
    expected = of_bins(x, often, (1, 3), function)
    np.testing.assert_allclose(y, expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("reduce", ["max", "mean", "std"])
def test_pyramids_derived(reduce, rng):
    x = rng.normal(size=(2, 3, 6, 7))
    there = rng.random((2, 1, 6, 7)) < 0.6
    for way in ({"mask": there, "min_valid": 0.4}, {"weights": rng.integers(0, 3, x.shape)}):
        for flatten in (False, True):
            check_derivative(
                *(poolkit.pyramid_pool2d, x, (1, 3)),
                **{"reduce": reduce, "flatten": flatten, "rng": rng, "nodata": 0.0, **way},
            )


def test_pyramids_of_sequences_and_integers(engine):
    x = np.array([[[1, 2, 3, 4]], [[5, 6, 90, 90]]], np.int16)
    y = poolkit.pyramid_pool1d(x, (1, 2), lengths=[4, 2], nodata=-1, engine=engine)
    np.testing.assert_array_equal(y, [[[4, 2, 4]], [[6, 6, -1]]])
    assert y.dtype == np.int16
    with pytest.raises(poolkit.ArgumentError, match="`nodata` must be given"):
        poolkit.pyramid_pool1d(x, (1, 2), lengths=[4, 2])
    with pytest.raises(poolkit.ArgumentError, match="one axis is pooled"):
        poolkit.pyramid_pool2d(x, (1,), lengths=[4, 2])
    half = poolkit.pyramid_pool1d(x.astype(np.float16), (1, 2), lengths=[4, 2], reduce="mean")
    np.testing.assert_array_equal(half, [[[2.5, 1.5, 3.5]], [[5.5, 5.5, np.nan]]])
    assert half.dtype == np.float16
