"""Lasagne: its layers, the shapes that they say, and what they refuse."""

import numpy as np
import pytest

import poolkit
from poolkit import dialects
from poolkit.dialects import lasagne

X = np.arange(1, 13, dtype=np.float32).reshape(1, 2, 6)
WIDE = np.arange(72, dtype=np.float32).reshape(1, 2, 6, 6)


def test_the_border_is_ignored_unless_asked() -> None:
    y, said = lasagne.max_pool_1d_layer(X, 4)
    np.testing.assert_array_equal(y, [[[4], [10]]])
    np.testing.assert_array_equal(said, y.shape)
    y, said = lasagne.max_pool_1d_layer(X, 4, ignore_border=False)
    np.testing.assert_array_equal(y, [[[4, 6], [10, 12]]])
    np.testing.assert_array_equal(said, y.shape)


def test_the_shape_that_is_said_may_be_none() -> None:
    y, said = lasagne.pool_2d_layer(np.zeros((1, 1, 1, 4)), (3, 2), 1)
    assert y.shape == (1, 1, 0, 3)
    np.testing.assert_array_equal(said, (1, 1, -1, 3))


@pytest.mark.parametrize("spatial", [1, 2, 3])
def test_modes(spatial: int) -> None:
    x = np.ones((1, 1) + (4,) * spatial, np.float32)
    layer = dialects.find("lasagne").find(f"lasagne.layers.Pool{spatial}DLayer")
    for mode, corner in (("max", 1), ("sum", 1), ("average_inc_pad", 0.5**spatial)):
        y, said = layer(x, 2, pad=1, mode=mode)
        assert y.ravel()[0] == corner
        np.testing.assert_array_equal(said, y.shape)


@pytest.mark.parametrize(
    ("function", "expected"), [("T.max", 35), ("T.mean", 17.5), ("T.min", 0), (np.sum, 630)]
)
def test_global(function: object, expected: float) -> None:
    y, said = lasagne.global_pool_layer(WIDE, pool_function=function)
    assert y.shape == (1, 2)
    assert y[0, 0] == expected
    np.testing.assert_array_equal(said, (1, 2))


def test_features() -> None:
    x = np.array([[1, 5, 5, 2]], np.float32)
    np.testing.assert_array_equal(lasagne.feature_pool_layer(x, 2)[0], [[5, 5]])
    np.testing.assert_array_equal(lasagne.feature_wta_layer(x, 2)[0], [[0, 5, 5, 0]])
    np.testing.assert_array_equal(lasagne.feature_wta_layer(x, 4)[0], [[0, 5, 0, 0]])
    found = dialects.run(
        "lasagne", "FeatureWTALayer", {"x": x}, {"pool_size": 4}, np.array([[1, 2, 3, 4]])
    )
    np.testing.assert_array_equal(found["gx"], [[0, 2, 0, 0]])


@pytest.mark.parametrize(("mode", "gradient"), [("repeat", [3, 7]), ("dilate", [1, 3])])
def test_upscale(mode: str, gradient: list) -> None:
    x = np.array([[[1, 2]]], np.float32)
    params = {"scale_factor": 2, "mode": mode}
    outer = np.array([[[1, 2, 3, 4]]], np.float32)
    found = dialects.run("lasagne", "layers.Upscale1DLayer", {"x": x}, params, outer)
    expected = [1, 1, 2, 2] if mode == "repeat" else [1, 0, 2, 0]
    np.testing.assert_array_equal(found["y"].ravel(), expected)
    np.testing.assert_array_equal(found["gx"].ravel(), gradient)


@pytest.mark.parametrize(
    ("op", "params", "sentence"),
    [
        ("MaxPool1DLayer", {"pool_size": 2}, r"`x` must have 3 axes, \(N, C, \*spatial\); got 4"),
        ("MaxPool2DLayer", {"pool_size": 2, "pad": 2}, "`pad` must be less than the window"),
        ("Pool2DLayer", {"pool_size": 2, "mode": "mean"}, "`mode` must be one of max, sum"),
        ("GlobalPoolLayer", {"pool_function": "T.argmax"}, "`pool_function` must be one of T.max"),
        ("FeaturePoolLayer", {"pool_size": 3}, "`pool_size` must divide the 2 features on axis 1"),
        ("FeatureWTALayer", {"pool_size": 2, "axis": 4}, "`axis` must be less than 4"),
        ("Upscale2DLayer", {"scale_factor": 0}, "`scale_factor` must be an integer"),
        ("Upscale2DLayer", {"scale_factor": 2, "mode": "zeros"}, "`mode` must be repeat or"),
    ],
)
def test_refusals(op: str, params: dict, sentence: str) -> None:
    with pytest.raises(poolkit.PoolError, match=sentence):
        dialects.run("lasagne", op, {"x": WIDE}, params)


def test_said_in_lasagne() -> None:
    layer = ("torch", "avg_pool2d", {"kernel_size": 3, "stride": 2, "padding": 1})
    said = poolkit.translate(layer, "lasagne")
    assert said.call is not None
    assert said.call.op == "layers.Pool2DLayer"
    assert said.params == {
        "pool_size": [3, 3],
        "stride": [2, 2],
        "pad": [1, 1],
        "mode": "average_inc_pad",
    }
    layer = ("torch", "adaptive_max_pool2d", {"output_size": 1})
    assert poolkit.translate(layer, "lasagne").params == {"pool_function": "T.max"}
