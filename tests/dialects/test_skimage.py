"""scikit-image: worked examples of `documents/semantics.md`, section 5, and its own."""

import numpy as np
import pytest

import poolkit
from poolkit import dialects
from poolkit.dialects import skimage

NAN, INF = np.nan, np.inf


@pytest.mark.parametrize(
    ("func", "params", "expected"),
    [
        # T37: the last block is filled up, with 0 by default.
        ("np.max", {}, [-3, 0]),
        ("np.mean", {}, [-4, -2]),
        ("np.max", {"cval": -INF}, [-3, -4]),
        ("np.min", {}, [-5, -4]),
        (np.sum, {"cval": 10}, [-8, 6]),
        ("numpy.median", {"cval": 1}, [-4, -1.5]),
        ("np.mean", {"cval": NAN}, [-4, NAN]),
        (np.ptp, {}, [2, 4]),
        ("np.percentile", {"func_kwargs": {"q": 100}}, [-3, 0]),
        (lambda x, axis: np.max(x, axis=axis), {}, [-3, 0]),
    ],
)
def test_one_axis(func: object, params: dict, expected: list) -> None:
    x = np.array([-5.0, -3.0, -4.0])
    np.testing.assert_array_equal(skimage.block_reduce(x, 2, func, **params), expected)


def test_blocks_of_several_axes() -> None:
    # The example of block_reduce's own documentation.
    image = np.arange(36).reshape(3, 3, 4)
    y = skimage.block_reduce(image, block_size=(3, 3, 1), func="np.mean")
    np.testing.assert_array_equal(y, [[[16, 17, 18, 19]]])
    y = skimage.block_reduce(image, block_size=(1, 3, 4), func="np.max")
    np.testing.assert_array_equal(y.ravel(), [11, 23, 35])
    assert y.dtype == image.dtype
    assert skimage.block_reduce(image).shape == (2, 2, 2)
    np.testing.assert_array_equal(skimage.block_reduce(image, 1), image)
    assert skimage.block_reduce(image, (0, 0, 0)[:0] or np.array([2, 3, 4])).shape == (2, 1, 1)


def test_dtype() -> None:
    image = np.ones((4, 4), np.uint8)
    found = skimage.block_reduce(image, 2, "np.mean", func_kwargs={"dtype": "np.float16"})
    assert found.dtype == np.float16
    assert skimage.block_reduce(image, 2).dtype == np.uint64


def test_downscale_local_mean() -> None:
    x = np.arange(15).reshape(3, 5)
    y = skimage.downscale_local_mean(x, (2, 3))
    np.testing.assert_array_equal(y, [[3.5, 4], [5.5, 4.5]])


@pytest.mark.parametrize(
    ("method", "pad", "expected"),
    [
        # T10: windows begin at 0, 2 and 4.
        ("mean", True, [2, 4, 5]),
        ("mean", False, [2, 4]),
        ("max", True, [3, 5, 5]),
    ],
)
def test_overlapping(method: str, pad: bool, expected: list) -> None:
    x = np.arange(1.0, 6).reshape(1, 5)
    y = skimage.pooling_overlap(x, (1, 3), (1, 2), method=method, pad=pad)
    np.testing.assert_array_equal(y, [expected])


def test_overlapping_without_numbers() -> None:
    x = np.array([[NAN, NAN, 1, NAN]])
    np.testing.assert_array_equal(skimage.pooling_overlap(x, (1, 2)), [[NAN, 1]])
    with pytest.raises(poolkit.ArgumentError, match="let windows reach the end of axis 1, 4"):
        skimage.pooling_overlap(x, (1, 1), (1, 2), pad=True)
    with pytest.raises(poolkit.ArgumentError, match="`x` must have 2 or 3 axes"):
        skimage.pooling_overlap(x[0], (1, 1))


@pytest.mark.parametrize(
    ("params", "sentence"),
    [
        ({"block_size": (2, 2, 2)}, "`block_size` must hold one value per pooled axis, 2"),
        ({"block_size": (0, 2)}, "`block_size` must be an integer"),
        ({"block_size": 2.0}, "`block_size` must be an integer"),
        ({"func": "np.argmax"}, "`func` must be a function, or one of np.sum"),
        ({"func": 3}, "`func` must be a function; got 3"),
        ({"cval": "0"}, "`cval` must be a number"),
        ({"cval": NAN, "func": "np.max"}, "`value` must be a number that int64 has"),
    ],
)
def test_refusals(params: dict, sentence: str) -> None:
    with pytest.raises(poolkit.PoolError, match=sentence):
        skimage.block_reduce(np.zeros((3, 3), np.int64), **params)


def test_no_gradient() -> None:
    with pytest.raises(poolkit.UnsupportedError):
        dialects.run("skimage", "block_reduce", {"x": np.zeros(4)}, {}, np.zeros(2))


def test_said_in_scikit_image() -> None:
    layer = ("tensorflow", "nn.max_pool2d", {"ksize": 2, "strides": 2, "padding": "SAME"})
    said = poolkit.translate(layer, "skimage").params
    assert said["cval"] == -INF
    layer = ("torch", "max_pool2d", {"kernel_size": 3, "stride": 2})
    with pytest.raises(poolkit.UnsupportedError, match="its blocks never overlap"):
        poolkit.translate(layer, "skimage")
