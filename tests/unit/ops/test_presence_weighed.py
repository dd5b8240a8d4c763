"""The missing-data contract of weighted windows: held against matrices written out."""

from math import comb

import ml_dtypes
import numpy as np
import pytest
from gradients.differences import check_derivative

import poolkit

MISSING = -9999
PADDED = {
    "reflect": "reflect",
    "symmetric": "symmetric",
    "replicate": "edge",
    "circular": "wrap",
    "zero": "constant",
}


def blurring(length, size, stride, border):
    """Return a filter as a matrix, from what it makes of single ones."""
    low, mode = (size - 1) // 2, PADDED[border]
    kernel = np.array([comb(size - 1, j) for j in range(size)]) / 2 ** (size - 1)
    columns = []
    for one in np.eye(length):
        padded = np.pad(one, (low, size - 1 - low), mode)
        columns.append(np.correlate(padded, kernel)[::stride])
    return np.array(columns).T


def areas(length, factor):
    """Return means over areas as a matrix."""
    edges = np.minimum(np.arange(0, length + factor, factor), length)
    edges = edges[: np.searchsorted(edges, length) + 1]
    cells = np.arange(length)
    inside = np.minimum(edges[1:, None], cells + 1) - np.maximum(edges[:-1, None], cells)
    return np.maximum(inside, 0) / np.diff(edges)[:, None]


def averaged(x, often, matrices, enough):
    """Return means of what is there; zeros outside the input are."""
    down, across = matrices

    def along(values):
        return down @ values @ across.T

    there = often > 0
    touched = (down > 0).astype(float) @ there @ (across > 0).T
    shares = along(there.astype(float)) / along(np.ones(x.shape))
    total = along(often) + 1 - along(np.ones(x.shape))
    with np.errstate(all="ignore"):
        y = along(np.where(there, x, 0) * often) / total
    return np.where((touched > 0) & enough(touched, shares), y, np.nan)


OPERATORS = {
    **{
        f"blur {border} {size}": (
            (poolkit.blur_pool2d, size, {"border": border}),
            (blurring(6, size, 2, border), blurring(9, size, 2, border)),
        )
        for border in PADDED
        for size in (2, 5)
    },
    "area": (
        (poolkit.area_pool2d, (2.5, 4 / 3), {}),
        (areas(6, 2.5), areas(9, 4 / 3)),
    ),
    "larger": (
        (poolkit.area_pool2d, None, {"output_size": (8, 4)}),
        (areas(6, 0.75), areas(9, 2.25)),
    ),
}


@pytest.mark.parametrize("name", OPERATORS)
def test_by_matrices(name, rng, engine):
    (operator, size, own), matrices = OPERATORS[name]
    own = {"engine": engine, **own}
    x = rng.normal(size=(6, 9))
    x[5, 7] = 3
    there = rng.random(x.shape) < 0.8
    there[:, 3:] = False
    holes = np.where(there, x, np.nan)
    for least, enough in (
        (1, lambda touched, shares: touched > 0),
        (3, lambda touched, shares: touched >= 3),
        (0.4, lambda touched, shares: shares >= 0.4 - 1e-9),
    ):
        expected = averaged(x, there.astype(float), matrices, enough)
        assert 0 < np.isnan(expected).mean() < 1
        for array, way in (
            (holes, {"mask": there}),
            (holes, {"nan": "skip"}),
            (x, {"weights": there.astype(int)}),
            (np.where(there, x, MISSING), {"nodata": MISSING}),
        ):
            y = operator(array, size, min_valid=least, **own, **way)
            wanted = np.where(np.isnan(expected), way.get("nodata", np.nan), expected)
            np.testing.assert_allclose(y, wanted, rtol=1e-12, atol=1e-13, err_msg=str(way))
        often = 3 * rng.random(x.shape) * there
        y = operator(x, size, min_valid=least, weights=often, **own)
        expected = averaged(x, often, matrices, enough)
        np.testing.assert_allclose(y, expected, rtol=1e-12, atol=1e-13)
    whole = operator(x, size, mask=np.ones(x.shape, bool), min_valid=1.0, **own)
    np.testing.assert_allclose(whole, operator(x, size, **own), rtol=1e-13, atol=1e-14)


@pytest.mark.parametrize("name", [*OPERATORS, "maxima"])
def test_derivative(name, rng):
    maxima = (poolkit.max_blur_pool2d, 2, {}), ()
    operator, size, own = OPERATORS.get(name, maxima)[0]
    x = rng.normal(size=(2, 6, 9))
    there = rng.random((6, 9)) < 0.8
    there[:, 3:] = False
    for array, way in (
        (x, {"mask": there}),
        (np.where(there, x, np.nan), {"nan": "skip", "min_valid": 0.4}),
        (x, {"weights": rng.random(x.shape) * there, "min_valid": 2}),
    ):
        check_derivative(operator, array, size, rng=rng, nodata=0.0, **own, **way)
        y, pullback = poolkit.vjp(operator, array, size, **own, **way)
        assert np.isnan(y).any()
        pulled = pullback(np.where(np.isnan(y), np.nan, 1))
        assert np.isfinite(pulled).all()
        assert not pulled[:, ~there].any()


def test_maxima_are_blurred_where_they_are_there(rng, engine):
    x = rng.normal(size=(2, 7, 8))
    there = rng.random(x.shape) < 0.3
    there[:, :, 3:] = False
    how = {"mask": there, "engine": engine}
    for least in (1, 2, 0.5):
        maxima = poolkit.max_pool2d(x, 2, stride=1, min_valid=least, **how)
        share = least if isinstance(least, float) else 1
        expected = poolkit.blur_pool2d(maxima, 3, nan="skip", min_valid=share)
        assert 0 < np.isnan(expected).mean() < 1
        y = poolkit.max_blur_pool2d(x, 2, min_valid=least, **how)
        np.testing.assert_allclose(y, expected, rtol=1e-13)
    whole = np.array([1, 9, 2, -5, -5, -5], np.int16)
    y = poolkit.max_blur_pool1d(whole, 2, nodata=-5, stride=2, engine=engine)
    np.testing.assert_allclose(y, [9, (2 * 2 + 9) / 3, -5])
    y = poolkit.max_blur_pool1d(whole, 2, lengths=3, engine=engine)
    np.testing.assert_allclose(y, [9, (2 * 2 + 9) / 3, np.nan])


@pytest.mark.parametrize("dtype", ["int8", "bool", "float16", "float32", ml_dtypes.bfloat16])
def test_every_dtype(dtype, engine):
    x = np.array([[1, 1, 0, 1, 1, 1, 1, 1]]).astype(dtype)
    result = np.dtype(np.float64) if x.dtype.kind in "ib" else x.dtype
    for y, expected in (
        (poolkit.blur_pool1d(x, 3, lengths=[5], engine=engine), [1, 1 / 2, 1, np.nan]),
        (poolkit.area_pool1d(x, 2.5, lengths=[5], engine=engine), [0.8, 0.8, np.nan, np.nan]),
    ):
        assert y.dtype == result
        np.testing.assert_allclose(y.astype(float)[0], expected, rtol=2**-7)


def test_what_cannot_be():
    with pytest.raises(poolkit.ArgumentError, match="one axis is pooled"):
        poolkit.blur_pool2d(np.ones((4, 4)), 3, lengths=4)
    with pytest.raises(poolkit.ArgumentTypeError, match="`mask` must be an array of bool"):
        poolkit.area_pool2d(np.ones((4, 4)), 2, mask=np.ones(4))
    with pytest.raises(poolkit.ArgumentError, match="`min_valid` must be an integer"):
        poolkit.max_blur_pool2d(np.ones((4, 4)), 2, min_valid=1.5)
