"""The cases that textbooks and courses on convolutional networks work through."""

import numpy as np
import pytest
from numpy.lib.stride_tricks import as_strided

import poolkit
from poolkit.geometry import Rounding, Sliding, sliding_count

FOUR_BY_FOUR = np.array([[3, 8, 1, 5], [6, 2, 4, 0], [7, 1, 9, 2], [4, 3, 6, 8]])


def test_two_by_two_maximum_of_a_four_by_four_array(engine):
    pooled = poolkit.max_pool2d(FOUR_BY_FOUR, 2, stride=2, engine=engine)
    np.testing.assert_array_equal(pooled, [[8, 5], [7, 9]])


def test_two_by_two_mean_of_a_four_by_four_array(engine):
    pooled = poolkit.avg_pool2d(FOUR_BY_FOUR, 2, stride=2, engine=engine)
    np.testing.assert_array_equal(pooled, [[4.75, 2.5], [3.75, 6.25]])


def test_output_size_formula_against_counting():
    """O = (W − K + 2P)/S + 1, rounded down, is the number of windows that fit."""
    checked = 0
    for width in range(1, 21):
        for kernel in range(1, width + 5):
            for padding in range(5):
                for stride in range(1, 7):
                    starts = range(-padding, width + padding - kernel + 1, stride)
                    count = sliding_count(width, kernel, stride, padding, padding, Rounding.FLOOR)
                    assert max(0, count) == len(starts), (width, kernel, padding, stride)
                    if len(starts) > 0 and padding < kernel:
                        pads = (padding, padding)
                        bound = Sliding(kernel, stride, padding=pads).bind(width)
                        assert [bound.start(o) for o in range(bound.count)] == list(starts)
                    checked += 1
    assert checked > 6000


@pytest.mark.parametrize(("n", "h"), [(4, 2), (6, 3), (12, 4), (224, 2), (28, 7)])
def test_square_pooled_without_overlap_shrinks_by_the_window(n, h):
    x = np.arange(n * n).reshape(n, n)
    assert poolkit.max_pool2d(x, h).shape == (n // h, n // h)
    expected = x.reshape(n // h, h, n // h, h).max(axis=(1, 3))
    np.testing.assert_array_equal(poolkit.max_pool2d(x, h), expected)


def correlate(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """Slide a filter over an image, as convolutional layers do."""
    windows = np.lib.stride_tricks.sliding_window_view(image, kernel.shape)
    return np.einsum("ijkl,kl->ij", windows, kernel)


def test_vertical_line_through_filter_relu_and_pooling(engine):
    image = np.zeros((8, 8))
    image[:, 3:5] = 1
    vertical_line = np.array([[-1.0, 2.0, -1.0]] * 3)
    features = np.maximum(correlate(image, vertical_line), 0)
    assert features.shape == (6, 6)
    np.testing.assert_array_equal(features, [[0, 0, 3, 3, 0, 0]] * 6)

    largest = poolkit.max_pool2d(features, 2, engine=engine)
    np.testing.assert_array_equal(largest, [[0, 3, 0]] * 3)
    mean = poolkit.avg_pool2d(features, 2, engine=engine)
    np.testing.assert_array_equal(mean, [[0, 3, 0]] * 3)

    whole = poolkit.global_max_pool2d(features, keepdims=True, engine=engine)
    np.testing.assert_array_equal(whole, [[3]])
    whole = poolkit.global_avg_pool2d(features, keepdims=True, engine=engine)
    np.testing.assert_array_equal(whole, [[1]])


def test_maximum_and_mean_differ_on_a_line_between_windows():
    """A line one pixel off the grid of windows: the maximum keeps it, the mean halves it."""
    features = np.zeros((6, 6))
    features[:, 1:3] = 1
    np.testing.assert_array_equal(poolkit.max_pool2d(features, 2), [[1, 1, 0]] * 3)
    np.testing.assert_array_equal(poolkit.avg_pool2d(features, 2), [[0.5, 0.5, 0]] * 3)


@pytest.mark.parametrize("shape", [(5, 7, 3), (1, 1, 8), (14, 14, 512)])
def test_global_pooling_of_height_width_channels(shape, rng, engine):
    x = rng.normal(size=shape)
    small = engine != "reference" or x.size < 1000
    if small:
        pooled = poolkit.global_avg_pool(x, axes=(0, 1), keepdims=True, engine=engine)
        assert pooled.shape == (1, 1, shape[2])
        np.testing.assert_allclose(pooled, x.mean(axis=(0, 1), keepdims=True), rtol=1e-12)
    pooled = poolkit.global_max_pool(x, axes=(0, 1), engine=None if not small else engine)
    np.testing.assert_array_equal(pooled, x.max(axis=(0, 1)))


def pool_by_strides(x, kernel, stride, method, pad):
    """The recipe that circulates for NumPy: windows as a strided view, then nanmax or nanmean."""
    height, width = x.shape[:2]
    (ky, kx), (sy, sx) = kernel, stride or kernel
    rows, columns = (
        (-(-height // sy), -(-width // sx))
        if pad
        else ((height - ky) // sy + 1, (width - kx) // sx + 1)
    )
    if pad:
        padded = np.full(((rows - 1) * sy + ky, (columns - 1) * sx + kx, *x.shape[2:]), np.nan)
        padded[:height, :width] = x[: padded.shape[0], : padded.shape[1]]
    else:
        padded = x[: (rows - 1) * sy + ky, : (columns - 1) * sx + kx]
    step_y, step_x = padded.strides[:2]
    view = as_strided(
        padded,
        (rows, columns, ky, kx, *x.shape[2:]),
        (sy * step_y, sx * step_x, step_y, step_x, *padded.strides[2:]),
    )
    return (np.nanmax if method == "max" else np.nanmean)(view, axis=(2, 3))


@pytest.mark.parametrize("pad", [False, True])
@pytest.mark.parametrize("method", ["max", "mean"])
@pytest.mark.parametrize("stride", [None, (1, 1), (1, 2), (2, 2)])
@pytest.mark.parametrize("kernel", [(2, 2), (2, 3), (3, 2), (5, 4)])
@pytest.mark.parametrize("shape", [(10, 10), (9, 11), (12, 7, 3)])
def test_overlapping_pooling_recipe_is_one_call(shape, kernel, stride, method, pad, rng, engine):
    """The recipe pads at the end only, to ⌈n / stride⌉ windows, and leaves padding out."""
    x = rng.normal(size=shape)
    expected = pool_by_strides(x, kernel, stride, method, pad)
    ends = [
        max(0, (-(-n // s) - 1) * s + k - n)
        for n, k, s in zip(shape, kernel, stride or kernel, strict=False)
    ]
    padding = [(0, end) for end in ends] if pad else 0
    pooled = poolkit.pool(
        x, kernel, reduce=method, stride=stride, padding=padding, axes=(0, 1), engine=engine
    )
    np.testing.assert_allclose(pooled, expected, rtol=1e-13)


@pytest.mark.parametrize("n", [1, 2, 5, 13])
def test_size_two_stride_one_same_keeps_the_size(n, engine):
    x = np.arange(n * n).reshape(n, n)
    pooled = poolkit.max_pool2d(x, 2, stride=1, padding="same", engine=engine)
    assert pooled.shape == x.shape
    padded = np.pad(x, ((0, 1), (0, 1)), mode="edge")
    expected = np.lib.stride_tricks.sliding_window_view(padded, (2, 2)).max(axis=(2, 3))
    np.testing.assert_array_equal(pooled, expected)
