"""Orders and modes against SciPy's and scikit-image's filters, on whole images."""

import numpy as np
import pytest
from scipy import ndimage, stats
from skimage.filters import rank as rank_filters

import poolkit


def inside(image, size):
    """What a filter gives where windows lie inside the image."""
    low, high = size // 2, (size - 1) // 2
    return image[low : image.shape[0] - high, low : image.shape[1] - high]


@pytest.mark.parametrize("size", [2, 3, 4, 5, 7, 11])
@pytest.mark.parametrize("dtype", ["uint8", "float32"])
def test_scipys_filters(size, dtype, rng):
    x = (rng.random((40, 70)) * 255).astype(dtype)
    how = {"stride": 1, "method": "higher"}
    median = poolkit.median_pool2d(x, size, **how)
    np.testing.assert_array_equal(median, inside(ndimage.median_filter(x, size), size))
    for rank in (1, 3):
        ranked = poolkit.rank_pool2d(x, size, rank=-rank, stride=1)
        expected = ndimage.rank_filter(x, rank - 1, size)
        np.testing.assert_array_equal(ranked, inside(expected, size))
    # SciPy's percentile p is the element at the place ⌊k² · p / 100⌋.
    if size % 2:
        quarter = poolkit.rank_pool2d(x, size, rank=-(size * size // 4) - 1, stride=1)
        expected = ndimage.percentile_filter(x, 25, size)
        np.testing.assert_array_equal(quarter, inside(expected, size))


def test_scikit_images_modal(rng):
    x = rng.integers(0, 4, (40, 50)).astype(np.uint8)
    for size in (3, 5, 9):
        expected = rank_filters.modal(x, np.ones((size, size), np.uint8))
        pooled = poolkit.mode_pool2d(x, size, stride=1, padding=size // 2)
        np.testing.assert_array_equal(pooled, expected)


def test_scipys_mode(rng):
    x = rng.integers(-3, 3, (50, 12)).astype(np.float64)
    np.testing.assert_array_equal(poolkit.global_mode_pool1d(x), stats.mode(x, axis=-1).mode)
