"""Mixtures of maxima and means against their formulae."""

import ml_dtypes
import numpy as np
import pytest

import poolkit

HOW = {"stride": 2, "padding": ((1, 0), (0, 2)), "dilation": (1, 2)}


def windows_of(x):
    """Every window of HOW, 3 × 2, as lists of (value, place in the window)."""
    height, width = x.shape
    found = []
    for top in range(-1, height - 2, 2):
        for left in range(0, width, 2):
            places = [(i, j) for i in range(3) for j in range(2)]
            found.append(
                [
                    (x[top + i, left + 2 * j], (i, j))
                    for i, j in places
                    if 0 <= top + i < height and left + 2 * j < width
                ]
            )
    return found


def test_shares(rng, engine):
    x = rng.normal(size=(7, 8))
    for share in (0, 0.3, 1, -0.5):
        y = poolkit.mixed_pool2d(x, (3, 2), share=share, engine=engine, **HOW)
        expected = []
        for window in windows_of(x):
            values = [value for value, _ in window]
            expected.append(share * max(values) + (1 - share) * sum(values) / len(values))
        assert y.shape == (3, 4)
        np.testing.assert_allclose(y.ravel(), expected, rtol=1e-13, atol=1e-14)


def test_shares_of_channels(rng):
    x, share = rng.normal(size=(2, 3, 6, 6)), rng.random((3, 1, 1))
    y = poolkit.mixed_pool2d(x, 2, share=share)
    for channel in range(3):
        one = poolkit.mixed_pool2d(x[:, channel], 2, share=float(share[channel, 0, 0]))
        np.testing.assert_array_equal(y[:, channel], one)


def test_gates(rng):
    x, gate = rng.normal(size=(7, 8)), rng.normal(size=(3, 2))
    y = poolkit.gated_pool2d(x, (3, 2), gate, **HOW)
    expected = []
    for window in windows_of(x):
        values = [value for value, _ in window]
        share = 1 / (1 + np.exp(-sum(value * gate[place] for value, place in window)))
        expected.append(share * max(values) + (1 - share) * sum(values) / len(values))
    np.testing.assert_allclose(y.ravel(), expected, rtol=1e-13, atol=1e-14)


def test_gates_of_channels(rng):
    x, gate = rng.normal(size=(2, 3, 6, 7)), rng.normal(size=(3, 2, 3))
    y = poolkit.gated_pool2d(x, (2, 3), gate)
    last = poolkit.gated_pool(np.moveaxis(x, 1, -1), (3, 2), gate.swapaxes(1, 2), axes=(2, 1))
    np.testing.assert_allclose(np.moveaxis(last, -1, 1), y, rtol=1e-14)
    for channel in range(3):
        one = poolkit.gated_pool2d(x[:, channel], (2, 3), gate[channel])
        np.testing.assert_allclose(y[:, channel], one, rtol=1e-14)


@pytest.mark.parametrize(
    "dtype", ["float16", ml_dtypes.bfloat16.__name__, "float32", "int8", "bool"]
)
def test_dtypes(dtype, rng):
    x = rng.integers(0, 2, (4, 6)).astype("int8").astype(dtype)
    result = x.dtype if "float" in dtype else np.dtype(np.float64)
    mixed = poolkit.mixed_pool2d(x, 2, share=0.25)
    gated = poolkit.gated_pool2d(x, 2, np.ones((2, 2)))
    assert mixed.dtype == gated.dtype == result
    whole = x.astype(float)
    blend = 0.25 * poolkit.max_pool2d(whole, 2) + 0.75 * poolkit.avg_pool2d(whole, 2)
    np.testing.assert_allclose(mixed.astype(float), blend, rtol=2**-7)


def test_infinities_nan_and_out():
    inf, nan = np.inf, np.nan
    x = np.array([[inf, 1.0, nan, 1.0, -inf, 1.0]])
    for share, expected in ((1, [inf, nan, 1]), (0, [inf, nan, -inf]), (0.5, [inf, nan, -inf])):
        out = np.empty((1, 3))
        assert poolkit.mixed_pool1d(x, 2, share=share, out=out) is out
        np.testing.assert_array_equal(out, [expected])
    assert np.isnan(poolkit.gated_pool1d(x, 2, np.zeros(2))[0, 1])


def test_the_first_of_equal_maxima_has_its_gradient():
    x = np.array([[3.0, 3.0]])
    _, pullback = poolkit.vjp(poolkit.mixed_pool1d, x, 2, share=0.5)
    assert pullback(np.array([[4.0]])).tolist() == [[3, 1]]
    x = np.array([[3.0, 7.0]])
    y, pullback = poolkit.vjp(poolkit.mixed_pool1d, x, 2, wrt=("share", "x"))
    by_share, by_x = pullback(np.array([[2.0]]))
    assert (y.tolist(), by_share.tolist(), by_x.tolist()) == ([[6]], 4, [[0.5, 1.5]])


def test_empty_batches():
    assert poolkit.mixed_pool2d(np.zeros((0, 4, 4)), 2).shape == (0, 2, 2)
    assert poolkit.gated_pool2d(np.zeros((0, 4, 4)), 2, np.ones((2, 2))).shape == (0, 2, 2)
