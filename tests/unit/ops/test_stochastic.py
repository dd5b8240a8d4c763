"""Stochastic pooling: the law of the draws, and that they repeat."""

import numpy as np
from scipy.stats import chisquare

import poolkit
from poolkit.engines import set_num_threads
from poolkit.reducers import draw_by_share


def test_frequencies_follow_the_multinomial_law():
    window = np.array([[1.0, 0.0, 2.0], [3.0, -4.0, 4.0]])
    x = np.tile(window, (100, 200))
    _, indices = poolkit.stochastic_pool2d(x, (2, 3), seed=7, return_indices=True)
    row, column = np.divmod(indices, x.shape[1])
    drawn = np.bincount((row % 2 * 3 + column % 3).ravel(), minlength=6)
    assert drawn[1] == drawn[4] == 0
    likely = [0, 2, 3, 5]
    law = window.ravel()[likely] / 10 * indices.size
    assert chisquare(drawn[likely], law).pvalue > 0.01


def test_draws_of_neighbours_are_independent():
    x = np.tile(np.array([1.0, 1.0]), 40_000)
    _, indices = poolkit.stochastic_pool(x, (2,), seed=11, return_indices=True)
    pairs = np.bincount((indices % 2).reshape(-1, 2) @ [2, 1], minlength=4)
    assert chisquare(pairs).pvalue > 0.01


def test_repeats_for_any_threads_and_layout(rng):
    x = rng.random((3, 4, 40, 50)).astype(np.float32)
    how = {"seed": 5, "stride": 2, "return_indices": True, "padding": 1}
    expected = poolkit.stochastic_pool2d(x, 3, **how)
    try:
        for count in (1, 2, 5):
            set_num_threads(count)
            for same in (x, np.asfortranarray(x), x[..., ::-1].copy()[..., ::-1], x.astype(">f4")):
                for one, other in zip(
                    poolkit.stochastic_pool2d(same, 3, **how), expected, strict=True
                ):
                    np.testing.assert_array_equal(one, other, strict=True)
    finally:
        set_num_threads(None)


def test_seeds():
    x = np.arange(1.0, 101.0)
    draw = [poolkit.stochastic_pool(x, (5,), seed=seed).tolist() for seed in (0, 0, 1)]
    assert draw[0] == draw[1] != draw[2]
    generator = np.random.default_rng(3)
    one, other = (poolkit.stochastic_pool(x, (5,), seed=generator).tolist() for _ in range(2))
    assert one != other
    assert poolkit.stochastic_pool(x, (5,), seed=np.random.default_rng(3)).tolist() == one


def test_indices_are_of_what_was_drawn(rng):
    x = rng.random((2, 9, 3, 8)).astype(np.float16)
    y, indices = poolkit.stochastic_pool(
        x, (3, 2), seed=1, axes=(1, 3), dilation=(2, 1), ceil_mode=True, return_indices=True
    )
    planes = np.moveaxis(x, 2, 1).reshape(2, 3, 72)
    flat = np.moveaxis(indices, 2, 1).reshape(2, 3, -1)
    assert y.dtype == np.float16
    picked = np.take_along_axis(planes, flat, axis=-1)
    np.testing.assert_array_equal(np.moveaxis(y, 2, 1).reshape(picked.shape), picked)


def test_what_cannot_be_drawn():
    inf, nan = np.inf, np.nan
    x = np.array([[-1.0, 0.0], [3.0, nan], [inf, 5.0], [-inf, 2.0], [1e308, 1e308]])
    y, indices = poolkit.stochastic_pool1d(x, 2, seed=2, return_indices=True)
    np.testing.assert_array_equal(y[:4, 0], [0, nan, inf, 2])
    assert indices[:4, 0].tolist() == [-1, 1, 0, 1]
    _, pullback = poolkit.vjp(poolkit.stochastic_pool1d, x, 2, seed=2)
    assert pullback(np.ones((5, 1)))[:4].tolist() == [[0, 0], [0, 1], [1, 0], [0, 1]]
    whole = poolkit.stochastic_pool(np.array([1, 2, 0, 0], np.uint8), (2,), seed=2)
    assert whole.dtype == np.uint8
    assert whole[1] == 0


def test_the_ends_of_the_numbers():
    values = np.array([0.0, 1.0, 0.0, 2.0, -3.0])
    numbers = np.array([0.0, 0.33, 1 / 3 + 1e-9, 1 - 2**-53])
    drawn = draw_by_share(np.tile(values, (4, 1)), numbers)
    assert drawn.tolist() == [1, 1, 3, 3]


def test_the_gradient_goes_to_what_was_drawn(rng):
    x = rng.random((2, 6, 6))
    y, indices = poolkit.stochastic_pool2d(x, 2, seed=9, return_indices=True)
    same, pullback = poolkit.vjp(poolkit.stochastic_pool2d, x, 2, seed=9)
    np.testing.assert_array_equal(same, y)
    outer = rng.random(y.shape)
    expected = np.zeros((2, 36))
    np.put_along_axis(expected, indices.reshape(2, 9), outer.reshape(2, 9), axis=-1)
    np.testing.assert_array_equal(pullback(outer), expected.reshape(x.shape))


def test_testing_gives_the_expectation(rng, engine):
    x = rng.normal(size=(3, 4, 10))
    x[0, 0, 0], x[1, 1] = np.nan, -1
    y = poolkit.stochastic_pool1d(x, 5, training=False, engine=engine)
    positive = np.maximum(x, 0).reshape(3, 4, 2, 5)
    total = positive.sum(-1)
    expected = np.where(total == 0, 0, (positive**2).sum(-1) / np.where(total == 0, 1, total))
    assert np.count_nonzero(total == 0) >= 2
    np.testing.assert_allclose(y, expected, rtol=1e-14)
    drawn = poolkit.stochastic_pool(np.tile(x[2, 3], 20_000), (10,), seed=3)
    mean = poolkit.stochastic_pool1d(x[2, 3], 10, training=False)
    assert abs(drawn.mean() - mean[0]) < 5 * drawn.std() / 20_000**0.5
    whole = poolkit.stochastic_pool(np.array([1.0, np.inf]), (2,), training=False)
    assert whole.tolist() == [np.inf]
