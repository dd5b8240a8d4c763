"""Fractional pooling: Graham's regions for every plane alike, whatever the reducer."""

from itertools import pairwise
from math import ceil

import numpy as np
import pytest
from gradients.differences import check_derivative

import poolkit


def regions(n, m, u, overlapping):
    """Write out the regions, a_i = ⌈α(i + u)⌉ as floats give it where they are exact."""
    a = [ceil(n / m * (i + u)) for i in range(m + 1)]
    return [range(p - a[0], min(q - a[0] + overlapping, n)) for p, q in pairwise(a)]


@pytest.mark.parametrize("overlapping", [False, True])
@pytest.mark.parametrize("name", ["max", "avg", "min", "std"])
def test_by_the_definition(name, overlapping, engine, rng):
    reduce = {"max": np.max, "avg": np.mean, "min": np.min, "std": np.std}[name]
    x = rng.normal(size=(2, 3, 12, 16))
    operator = getattr(poolkit, f"fractional_{name}_pool2d")
    for (h, w), samples in [((8, 12), (0.25, 0.5)), ((6, 10), (0.0, 0.75)), ((3, 8), 0.5)]:
        y = operator(x, (h, w), samples=samples, overlapping=overlapping, engine=engine)
        u, v = samples if isinstance(samples, tuple) else (samples, samples)
        expected = np.empty((2, 3, h, w))
        for i, rows in enumerate(regions(12, h, u, overlapping)):
            for j, columns in enumerate(regions(16, w, v, overlapping)):
                window = x[:, :, rows.start : rows.stop, columns.start : columns.stop]
                expected[:, :, i, j] = reduce(window, axis=(2, 3))
        np.testing.assert_allclose(y, expected, rtol=1e-13, atol=1e-14)


def test_a_seed_repeats_and_a_generator_does_not(rng):
    x = rng.normal(size=(1, 1, 30, 30))
    for random in ("pseudo", "random"):
        first, again = (poolkit.fractional_max_pool2d(x, 20, seed=5, random=random) for _ in "ab")
        np.testing.assert_array_equal(first, again)
        other = poolkit.fractional_max_pool2d(x, 20, seed=6, random=random)
        assert not np.array_equal(first, other)
        generator = np.random.default_rng(5)
        drawn = [
            poolkit.fractional_max_pool2d(x, 20, seed=generator, random=random) for _ in range(3)
        ]
        np.testing.assert_array_equal(drawn[0], first)
        assert not np.array_equal(drawn[0], drawn[1])
        assert not np.array_equal(drawn[1], drawn[2])


def test_all_planes_have_the_same_windows(rng):
    x = np.broadcast_to(rng.normal(size=(9, 9)), (3, 4, 9, 9))
    y = poolkit.fractional_max_pool2d(x, 6, seed=1, random="random")
    assert (y == y[0, 0]).all()


def test_ratio_in_place_of_the_size(rng):
    x = rng.normal(size=(10, 7))
    for ratio, shape in [(0.7, (7, 4)), ((0.5, 1.0), (5, 7)), (np.array([0.01, 0.15]), (1, 1))]:
        y = poolkit.fractional_pool2d(x, output_ratio=ratio, reduce="max", seed=0)
        assert y.shape == shape
    assert poolkit.fractional_pool(x, output_ratio=(0.5,), reduce="max", seed=0).shape == (10, 3)
    assert poolkit.fractional_pool(x, (5, None), reduce="max", seed=0).shape == (5, 7)
    assert poolkit.fractional_pool(x, 5, axes=0, reduce="max", seed=0).shape == (5, 7)


def test_indices_and_their_unpooling(rng):
    x = rng.normal(size=(2, 9, 9))
    y, indices = poolkit.fractional_max_pool2d(x, 6, seed=2, return_indices=True)
    np.testing.assert_array_equal(
        np.take_along_axis(x.reshape(2, 81), indices.reshape(2, 36), 1), y.reshape(2, 36)
    )
    back = poolkit.max_unpool2d(y, indices, 2, output_size=9)
    np.testing.assert_array_equal(back, np.where(back != 0, x, 0))


@pytest.mark.parametrize("name", ["max", "avg", "std", "lp"])
def test_derivative(name, rng):
    for rank in (1, 2, 3):
        x = rng.normal(size=(2, *(9, 7, 5)[:rank]))
        for random in ("pseudo", "random"):
            check_derivative(
                getattr(poolkit, f"fractional_{name}_pool{rank}d"),
                x,
                output_ratio=0.6,
                seed=int(rng.integers(99)),
                random=random,
                overlapping=bool(rng.integers(2)),
                rng=rng,
            )


def test_halves_integers_and_layouts(rng):
    x = (100 * rng.random((2, 3, 9, 9))).astype(np.float16)
    for laid in (x, np.asfortranarray(x), x.astype(">f2")):
        y = poolkit.fractional_avg_pool2d(laid, 6, seed=0)
        expected = poolkit.fractional_avg_pool2d(x.astype(float), 6, seed=0).astype(np.float16)
        np.testing.assert_array_equal(y, expected)
        assert y.dtype == np.float16
    assert poolkit.fractional_max_pool2d(x.astype(np.uint8), 6, seed=0).dtype == np.uint8
    assert poolkit.fractional_max_pool2d(np.zeros((0, 9, 9)), 6, seed=0).shape == (0, 6, 6)
