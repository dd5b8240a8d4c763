"""Indices in every numbering come back to the same places: worked by hand, and by frameworks."""

import numpy as np
import pytest

import poolkit

# (n, c, y, x) of each chosen element is known; the numbers follow from the definitions.
SHAPE = (2, 3, 4, 6)
N, C, H, W = SHAPE


def numbers(n, c, y, x):
    """Return the number of an element of (N, C, H, W), by convention."""
    return {
        "plane": y * W + x,
        "image": (c * H + y) * W + x,
        "array": ((n * C + c) * H + y) * W + x,
        "array_columns": (n * C + c) * H * W + x * H + y,
        "matlab": 1 + n + N * (c + C * (y + H * x)),
        "window": y % 2 * 2 + x % 2,
    }


@pytest.fixture
def pooled(rng):
    x = rng.permuted(np.arange(1.0, 1 + np.prod(SHAPE))).reshape(SHAPE)
    return x, *poolkit.max_pool2d(x, 2, return_indices=True)


@pytest.mark.parametrize(
    "convention", ["plane", "image", "array", "array_columns", "matlab", "window"]
)
def test_every_convention_means_the_same_places(convention, pooled):
    x, y, _ = pooled
    indices = np.empty(y.shape, np.int64)
    for o in np.ndindex(y.shape):
        at = [int(place[0]) for place in np.nonzero(x == y[o])]
        indices[o] = numbers(*at)[convention]
    unpooled = poolkit.max_unpool2d(y, indices, 2, convention=convention)
    np.testing.assert_array_equal(unpooled, np.where(np.isin(x, y), x, 0))
    last = poolkit.max_unpool2d(y, indices, 2, convention=convention, repeated="sum")
    np.testing.assert_array_equal(last, unpooled)
    outer = np.arange(x.size, dtype=float).reshape(x.shape)
    _, pullback = poolkit.vjp(poolkit.max_unpool2d, y, indices, 2, convention=convention)
    expected = [outer[x == value][0] for value in y.ravel()]
    np.testing.assert_array_equal(pullback(outer).ravel(), expected)
    # The element before the first stands for none.
    indices[0, 0, 0, 0] = 0 if convention == "matlab" else -1
    less = poolkit.max_unpool2d(y, indices, 2, convention=convention)
    np.testing.assert_array_equal(less, np.where(x == y[0, 0, 0, 0], 0, unpooled))


def test_channels_that_come_last(pooled):
    """TensorFlow's (N, H, W, C), with and without the batch."""
    x, y, indices = (np.ascontiguousarray(np.moveaxis(a, 1, -1)) for a in pooled)
    channel, image = np.arange(C), np.arange(N).reshape(N, 1, 1, 1)
    expected = np.where(np.isin(x, y), x, 0)
    for convention, numbered in [
        ("image", indices * C + channel),
        ("array", (image * H * W + indices) * C + channel),
        ("plane", indices),
    ]:
        unpooled = poolkit.max_unpool(y, numbered, (2, 2), axes=(1, 2), convention=convention)
        np.testing.assert_array_equal(unpooled, expected)


def test_windows_that_overlap_hang_over_and_are_dilated(rng):
    """Offsets count the elements that lie in the padding too."""
    x = rng.permuted(np.arange(1.0, 36.0)).reshape(1, 5, 7)
    given = {"stride": 2, "padding": (1, 2), "dilation": (2, 1)}
    y, _ = poolkit.max_pool2d(x, (2, 3), **given, return_indices=True)
    offsets = np.empty(y.shape, np.int64)
    for _, i, j in np.ndindex(y.shape):
        inside = {
            x[0, 2 * i - 1 + 2 * a, 2 * j - 2 + b]: 3 * a + b
            for a in range(2)
            for b in range(3)
            if 0 <= 2 * i - 1 + 2 * a < 5 and 0 <= 2 * j - 2 + b < 7
        }
        offsets[0, i, j] = inside[y[0, i, j]]
    unpooled = poolkit.max_unpool2d(
        y, offsets, (2, 3), **given, output_size=(5, 7), convention="window"
    )
    np.testing.assert_array_equal(unpooled, np.where(np.isin(x, y), x, 0))


@pytest.mark.parametrize(
    ("convention", "wrong", "sentence"),
    [
        (
            "array",
            150,
            "`indices` must lie in 96 to 119, or be -1 for none; got 150 at (1, 1, 0, 0).",
        ),
        (
            "array",
            95,
            "`indices` must lie in 96 to 119, or be -1 for none; got 95 at (1, 1, 0, 0).",
        ),
        (
            "image",
            0,
            '`indices` must lie in the plane of their value, where the convention is "image"; '
            "got 0 at (1, 1, 0, 0).",
        ),
        (
            "array_columns",
            144,
            "`indices` must lie in 0 to 143, or be -1 for none, "
            'where the convention is "array_columns"; got 144 at (1, 1, 0, 0).',
        ),
        (
            "matlab",
            -1,
            "`indices` must lie in 1 to 144, or be 0 for none, "
            'where the convention is "matlab"; got -1 at (1, 1, 0, 0).',
        ),
        (
            "window",
            4,
            "`indices` must lie in 0 to 3, or be -1 for none, "
            'where the convention is "window"; got 4 at (1, 1, 0, 0).',
        ),
    ],
)
def test_the_first_offender_is_named(convention, wrong, sentence):
    indices = np.full((2, 3, 2, 3), 0 if convention == "matlab" else -1)
    indices[1, 1, 0, 0] = indices[1, 2, 1, 1] = wrong
    with pytest.raises(poolkit.ArgumentError) as caught:
        poolkit.max_unpool2d(np.ones((2, 3, 2, 3)), indices, 2, convention=convention)
    assert str(caught.value) == sentence


def test_an_offset_into_the_padding():
    with pytest.raises(poolkit.ArgumentError, match=r"not point to the padding; got 0 at \(0, 0\)"):
        poolkit.max_unpool1d(
            np.ones((1, 3)), np.zeros((1, 3), int), 2, padding=1, convention="window"
        )
