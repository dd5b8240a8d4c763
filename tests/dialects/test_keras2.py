"""Keras 2 on its backends: what they make of the same layers."""

import numpy as np
import pytest

import poolkit
from poolkit import dialects
from poolkit.dialects import keras2

LOWEST = float(np.finfo(np.float32).min)
NAN, INF = np.nan, np.inf


def run(backend: str, op: str, values: list, gradient: list | None = None, **params):
    x = np.array(values, np.float32).reshape(1, -1, 1)
    outer = None if gradient is None else np.array(gradient, np.float32).reshape(1, -1, 1)
    if "3D" in op:
        x = x.reshape(1, -1, 1, 1, 1)
        outer = None if outer is None else outer.reshape(1, -1, 1, 1, 1)
    found = dialects.run(f"keras2_{backend}", f"layers.{op}", {"x": x}, params, outer)
    return found["y"].ravel() if gradient is None else found["gx"].ravel()


SAME = [
    # Of semantics.md T4: a window of 2 begins one position before the input on Theano.
    ("tensorflow", "MaxPooling1D", [9, 1, 5, 2], 2, 1, [9, 5, 5, 2]),
    ("theano", "MaxPooling1D", [9, 1, 5, 2], 2, 1, [9, 9, 5, 5]),
    ("tensorflow", "MaxPooling1D", [1, 2, 9, 3], 3, 2, [9, 9]),
    ("theano", "MaxPooling1D", [1, 2, 9, 3], 3, 2, [2, 9]),
    ("theano", "MaxPooling1D", [1, 2, 3, 4, 5], 4, 2, [1, 3, 5]),
    ("theano", "MaxPooling1D", [1, 2, 3, 4, 5], 5, 2, [2, 4, 5]),
    # T10.
    ("tensorflow", "AveragePooling1D", [1, 2, 3, 4, 5], 3, 2, [1.5, 3, 4.5]),
    ("theano", "AveragePooling1D", [1, 2, 3, 4, 5], 3, 2, [1.5, 3, 4.5]),
    ("theano", "AveragePooling1D", [1, 2, 3, 4, 5], 2, 2, [1, 2.5, 4.5]),
    # NaN and −∞.
    ("tensorflow", "MaxPooling1D", [1, NAN, 2, NAN], 2, 2, [1, 2]),
    ("theano", "MaxPooling1D", [1, NAN, 2, 3], 2, 2, [1, NAN]),
    ("tensorflow", "MaxPooling1D", [-INF, -INF], 2, 2, [LOWEST]),
    ("theano", "MaxPooling1D", [-INF, -INF], 2, 2, [-INF]),
]


@pytest.mark.parametrize(("backend", "op", "values", "size", "stride", "expected"), SAME)
def test_same(backend, op, values, size, stride, expected) -> None:
    found = run(backend, op, values, pool_size=size, strides=stride, padding="SAME")
    np.testing.assert_array_equal(found, np.float32(expected))


@pytest.mark.parametrize(
    ("backend", "op", "expected"),
    [
        ("tensorflow", "MaxPooling1D", [1, 0, 0]),
        ("theano", "MaxPooling1D", [1, 1, 0]),
        ("tensorflow", "GlobalMaxPooling1D", [0.5, 0.5, 0]),
        ("theano", "GlobalMaxPooling1D", [1, 1, 0]),
        ("theano", "GlobalAveragePooling1D", [1 / 3] * 3),
    ],
)
def test_gradients_of_ties(backend, op, expected) -> None:
    params = {} if op.startswith("Global") else {"pool_size": 3}
    x = np.array([3, 3, 1], np.float32).reshape(1, 3, 1)
    outer = np.ones((1, 1) if op.startswith("Global") else (1, 1, 1), np.float32)
    found = dialects.run(f"keras2_{backend}", op, {"x": x}, params, outer)
    np.testing.assert_allclose(found["gx"].ravel(), expected, rtol=1e-6)


def test_volumes_on_tensorflow() -> None:
    x = np.full((1, 3, 1, 1, 1), -np.inf, np.float32)
    y = keras2.max_pooling_3d(x, (2, 1, 1), padding="same")
    np.testing.assert_array_equal(y.ravel(), np.float32([-INF, LOWEST]))
    x = np.array([5, 5 - 2**-20, NAN, 1], np.float32).reshape(1, 4, 1, 1, 1)
    outer = np.array([1, 2], np.float32).reshape(1, 2, 1, 1, 1)
    params = {"pool_size": (2, 1, 1)}
    found = dialects.run("keras2_tensorflow", "MaxPooling3D", {"x": x}, params, outer)
    np.testing.assert_array_equal(found["y"].ravel(), [5, 1])
    np.testing.assert_array_equal(found["gx"].ravel(), [1, 1, 0, 2])


def test_elements_left_out_before_the_first_window() -> None:
    x = np.arange(6, dtype=np.float32).reshape(1, 6, 1, 1, 1)
    y = keras2.max_pooling_3d(x, 1, (3, 1, 1), padding="same")
    np.testing.assert_array_equal(y.ravel(), [1, 4])
    outer = np.ones((1, 2, 1, 1, 1), np.float32)
    params = {"pool_size": 1, "strides": (3, 1, 1), "padding": "same"}
    for op, expected in (("MaxPooling3D", []), ("AveragePooling3D", [0, 3])):
        found = dialects.run("keras2_tensorflow", op, {"x": x}, params, outer)
        assert np.flatnonzero(found["gx"]).tolist() == expected


def test_layouts() -> None:
    x = np.arange(24, dtype=np.float32).reshape(1, 2, 3, 4)
    last = keras2.average_pooling_2d(x.transpose(0, 2, 3, 1), (3, 2))
    first = keras2.average_pooling_2d(x, (3, 2), data_format="channels_first")
    np.testing.assert_array_equal(last.transpose(0, 3, 1, 2), first)
    assert keras2.global_max_pooling_2d(x, data_format="channels_first").tolist() == [[11, 23]]


def test_mask() -> None:
    x = np.array([[1, 2, 3], [4, 5, 6]], np.float32)[..., np.newaxis]
    mask = np.array([[True, False, True], [False, True, False]])
    np.testing.assert_array_equal(keras2.global_average_pooling_1d(x, mask), [[2], [5]])
    found = dialects.run(
        "keras2_theano", "GlobalAveragePooling1D", {"x": x, "mask": mask}, {}, np.ones((2, 1))
    )
    np.testing.assert_array_equal(found["gx"][..., 0], [[0.5, 0, 0.5], [0, 1, 0]])
    with pytest.raises(poolkit.ArgumentError, match="`mask` must be left out"):
        keras2.global_average_pooling_1d(x, mask, data_format="channels_first")
    with pytest.raises(poolkit.ArgumentError, match="`mask` must have the shape"):
        keras2.global_average_pooling_1d(x, mask[:1])


def test_windows_that_do_not_fit() -> None:
    x = np.zeros((1, 2, 1))
    with pytest.raises(poolkit.WindowFitError):
        keras2.max_pooling_1d(x, 3)
    assert keras2.THEANO.run("MaxPooling1D", {"x": x}, {"pool_size": 3})["y"].shape == (1, 0, 1)


@pytest.mark.parametrize(
    ("backend", "op", "params", "sentence"),
    [
        ("tensorflow", "MaxPooling2D", {}, "`x` must have 4 axes; got 3"),
        ("theano", "MaxPooling1D", {"padding": "full"}, "`padding` must be valid or same"),
        ("theano", "MaxPooling1D", {"data_format": "NCW"}, "`data_format` must be channels_last"),
        ("tensorflow", "MaxPooling1D", {"pool_size": 0}, "`pool_size` must be an integer"),
        ("theano", "MaxPooling3D", {"pool_size": (2, 1, 2), "padding": "same"}, "2 or more"),
    ],
)
def test_refusals(backend, op, params, sentence) -> None:
    with pytest.raises(poolkit.PoolError, match=sentence):
        run(backend, op, [1, 2, 3], **params)


def test_means_with_padding_have_no_gradient_on_theano() -> None:
    with pytest.raises(poolkit.UnsupportedError):
        run("theano", "AveragePooling1D", [1, 2, 3, 4], [1, 1], padding="same")


def test_said_in_keras() -> None:
    layer = ("torch", "max_pool2d", {"kernel_size": 3, "stride": 2, "padding": 1})
    expected = {"pool_size": [3, 3], "strides": [2, 2], "padding": "same"}
    said = poolkit.translate(layer, "keras2_theano").params
    assert said == expected
    with pytest.raises(poolkit.UnsupportedError, match='its padding is "same"'):
        poolkit.translate(layer, "keras2_tensorflow")
