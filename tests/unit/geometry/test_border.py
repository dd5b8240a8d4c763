"""Borders, held against NumPy's padding."""

import numpy as np
import pytest

import poolkit
from poolkit.geometry.border import BORDERS, inner_position

MODES = {"reflect": "reflect", "symmetric": "symmetric", "replicate": "edge", "circular": "wrap"}


@pytest.mark.parametrize("border", BORDERS)
@pytest.mark.parametrize("length", [1, 2, 5])
def test_positions(border, length):
    padded = np.pad(np.arange(length), 12, MODES[border])
    assert [inner_position(i - 12, length, border) for i in range(length + 24)] == padded.tolist()


@pytest.mark.parametrize("border", BORDERS)
@pytest.mark.parametrize("name", ["max", "min", "mean", "std", "median"])
def test_pooling_is_that_of_the_padded_array(border, name, rng, engine):
    for _ in range(6):
        shape = tuple(int(n) for n in rng.integers(1, 9, 2))
        size = tuple(int(k) for k in rng.integers(1, 4, 2))
        padding = [tuple(int(p) for p in rng.integers(0, 6, 2)) for _ in size]
        windows = {
            "stride": tuple(int(s) for s in rng.integers(1, 4, 2)),
            "dilation": tuple(int(d) for d in rng.integers(1, 3, 2)),
            "reduce": name,
            "engine": engine,
        }
        x = rng.normal(size=(2, *shape))
        padded = np.pad(x, [(0, 0), *padding], MODES[border])
        try:
            expected = poolkit.pool(padded, size, **windows)
        except poolkit.WindowFitError:
            continue
        actual = poolkit.pool(x, size, padding=padding, border=border, **windows)
        np.testing.assert_allclose(actual, expected, rtol=1e-12, atol=1e-13)
        mask = rng.random(x.shape) < 0.7
        np.testing.assert_allclose(
            poolkit.pool(x, size, padding=padding, border=border, mask=mask, **windows),
            poolkit.pool(
                padded, size, mask=np.pad(mask, [(0, 0), *padding], MODES[border]), **windows
            ),
            rtol=1e-12,
            atol=1e-13,
        )


def test_what_hangs_over_the_padding_is_not_there(engine):
    x = np.array([1.0, 2.0, 4.0, 8.0])
    asked = {"stride": 3, "padding": 1, "ceil_mode": True, "engine": engine}
    padded = np.pad(x, 1, "wrap")  # 8 1 2 4 8 1
    np.testing.assert_allclose(
        poolkit.sum_pool1d(x, 4, border="circular", **asked),
        [padded[:4].sum(), padded[3:].sum()],
    )
    y = poolkit.avg_pool1d(x, 4, border="circular", **asked)
    np.testing.assert_allclose(y, [padded[:4].mean(), padded[3:].mean()])


def test_indices_lie_in_the_input(rng, engine):
    x = rng.normal(size=(2, 5, 4))
    y, places = poolkit.max_pool2d(
        x, 3, stride=1, padding=2, border="circular", return_indices=True, engine=engine
    )
    found = np.take_along_axis(x.reshape(2, -1), places.reshape(2, -1), axis=1)
    np.testing.assert_array_equal(found.reshape(y.shape), y)


def test_an_axis_without_elements():
    with pytest.raises(poolkit.WindowFitError, match="nothing to lie in its border"):
        poolkit.max_pool1d(np.zeros((2, 0)), 2, padding=1, border="reflect")
