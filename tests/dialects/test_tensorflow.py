"""TensorFlow's words: worked examples, indices, refusals, gradients."""

from typing import Any

import numpy as np
import pytest

import poolkit
from poolkit.dialects import tensorflow as tf
from poolkit.dialects.plain import Call, Plain
from poolkit.geometry import AutomaticPadding, Rounding, Sliding
from poolkit.geometry.philox import Philox

NAN, INF = float("nan"), float("inf")
LOW = float(np.finfo(np.float32).min)


def line(*values: float) -> np.ndarray:
    return np.array(values, np.float32).reshape(1, -1, 1)


def run(op: str, x: np.ndarray, gradient: Any = None, **params: Any) -> dict[str, np.ndarray]:
    return poolkit.dialects.run("tensorflow", op, {"x": x}, params, gradient)


@pytest.mark.parametrize(
    ("op", "x", "params", "expected"),
    [
        # semantics T3, T4: where SAME puts its padding.
        ("nn.max_pool1d", line(1, 2, 9, 3), {"ksize": 3, "strides": 2, "padding": "SAME"}, [9, 9]),
        ("nn.max_pool1d", line(1, 2, 9, 3), {"ksize": 3, "strides": 2, "padding": "VALID"}, [9]),
        ("nn.max_pool1d", line(9, 1, 5, 2), {"ksize": 2, "strides": 1, "padding": "SAME"},
         [9, 5, 5, 2]),
        # T9, T10: what averages divide by.
        ("nn.avg_pool1d", line(1, 2, 3, 4), {"ksize": 3, "strides": 1, "padding": "SAME"},
         [1.5, 2, 3, 3.5]),
        ("nn.avg_pool1d", line(1, 2, 3, 4, 5), {"ksize": 3, "strides": 2, "padding": "SAME"},
         [1.5, 3, 4.5]),
        ("nn.max_pool1d", line(1, 2, 3),
         {"ksize": 2, "strides": 1, "padding": [[0, 0], [1, 1], [0, 0]]}, [1, 2, 3, 3]),
        ("nn.pool", line(1, 2, 3, 4, 5),
         {"window_shape": [2], "pooling_type": "AVG", "dilations": [2]}, [2, 3, 4]),
        ("math.reduce_mean", line(1, 2, 6), {"axis": [1]}, [3]),
    ],
)  # fmt: skip
def test_worked_examples(op: str, x: np.ndarray, params: dict[str, Any], expected: Any) -> None:
    np.testing.assert_array_equal(run(op, x, **params)["y"].ravel(), np.float32(expected))


@pytest.mark.parametrize(
    ("window", "value", "with_argmax", "index"),
    [
        # T15, and where the index of max_pool_with_argmax lies.
        ([NAN, 1, 2], 2, NAN, 0),
        ([1, NAN, 2], 2, 2, 2),
        ([1, 2, NAN], 2, 2, 1),
        ([NAN, NAN, NAN], LOW, NAN, 0),
        ([-INF, -INF, -INF], LOW, -INF, 0),
        ([3, 3, 1], 3, 3, 0),
    ],
)
def test_nan_and_infinities(
    window: list[float], value: float, with_argmax: float, index: int
) -> None:
    x = line(*window)
    words = {"ksize": 3, "strides": 1, "padding": "VALID"}
    flat = run("nn.max_pool1d", x, np.ones((1, 1, 1), np.float32), **words)
    assert flat["y"].item() == value
    # The gradient looks again, beginning with the first element.
    assert np.flatnonzero(flat["gx"]).tolist() == [index]
    deep = run("nn.max_pool3d", x.reshape(1, 1, 1, 3, 1), **{**words, "ksize": [1, 1, 3]})
    assert deep["y"].item() == value
    words["ksize"] = [1, 3]
    found = run("nn.max_pool_with_argmax", x.reshape(1, 1, 3, 1), **words)
    np.testing.assert_array_equal(found["y"].ravel(), np.float32([with_argmax]))
    assert found["argmax"].item() == index
    whole = run("math.reduce_max", x, axis=1)["y"]
    np.testing.assert_array_equal(whole.ravel(), [np.max(x)])


def test_ties() -> None:
    # T16; of three axes, what is less than 1e-5 below the maximum is as large.
    x = np.array([5, 5 - 5e-6, 5, 1], np.float32)
    words = {"ksize": [1, 1, 4], "strides": 1, "padding": "VALID"}
    one = np.ones(1, np.float32)
    deep = run("nn.max_pool3d", x.reshape(1, 1, 1, 4, 1), one.reshape(1, 1, 1, 1, 1), **words)
    assert deep["gx"].ravel().tolist() == [1, 1, 1, 0]
    words["ksize"] = 4
    flat = run("nn.max_pool1d", x.reshape(1, 4, 1), one.reshape(1, 1, 1), **words)
    assert flat["gx"].ravel().tolist() == [1, 0, 0, 0]
    whole = run("math.reduce_max", x.reshape(1, 4, 1), one.reshape(1, 1), axis=1)
    assert whole["gx"].ravel().tolist() == [0.5, 0, 0.5, 0]


@pytest.mark.parametrize(
    ("include_batch", "expected"), [(False, [12, 7, 12, 7]), (True, [12, 7, 28, 23])]
)
def test_numbers_of_indices(include_batch: bool, expected: list[int]) -> None:
    # T19
    x = np.zeros((2, 2, 4, 2), np.float32)
    x[:, 1, 2, 0] = x[:, 0, 3, 1] = 1
    words = {"ksize": 2, "strides": 2, "padding": "VALID"}
    found = run("nn.max_pool_with_argmax", x, include_batch_in_index=include_batch, **words)
    assert found["argmax"][:, 0, 1].ravel().tolist() == expected
    assert found["argmax"].dtype == np.int64
    narrow = run("nn.max_pool_with_argmax", x, output_dtype="int32", **words)["argmax"]
    assert narrow.dtype == np.int32


def test_maximum_across_channels() -> None:
    x = np.arange(6, dtype=np.float32).reshape(1, 1, 1, 6)
    words = {"ksize": [1, 1, 1, 3], "strides": [1, 1, 1, 3], "padding": "VALID"}
    assert run("nn.max_pool", x, **words)["y"].ravel().tolist() == [2, 5]
    with pytest.raises(poolkit.UnsupportedError):
        run("nn.max_pool", x, np.ones((1, 1, 1, 2)), **words)
    with pytest.raises(poolkit.ArgumentError, match="divide the 6 channels"):
        run("nn.max_pool", x, ksize=[1, 1, 1, 4], strides=[1, 1, 1, 4], padding="VALID")


def test_windows_a_little_too_large_are_none() -> None:
    x = np.zeros((1, 2, 4, 1), np.float32)
    assert run("nn.max_pool", x, ksize=[3, 1], strides=1, padding="VALID")["y"].size == 0
    assert run("nn.avg_pool", x, ksize=[1, 5], strides=1, padding="VALID")["y"].shape[2] == 0
    with pytest.raises(poolkit.ArgumentError):
        run("nn.max_pool", x, ksize=[4, 1], strides=1, padding="VALID")
    with pytest.raises(poolkit.ArgumentError):  # where TensorFlow divides by 0
        run("nn.max_pool", x, ksize=[1, 5], strides=1, padding="VALID")


# As tf.nn.fractional_max_pool of TensorFlow 2.21 returned them for this seed.
def test_fractional_pooling() -> None:
    x = np.arange(24, dtype=np.float32).reshape(1, 4, 6, 1)
    y, rows, columns = tf.fractional_max_pool(x, pooling_ratio=1.5, seed=3)
    assert (rows.tolist(), columns.tolist()) == ([0, 2, 4], [0, 1, 3, 4, 6])
    assert y.ravel().tolist() == [6, 8, 9, 11, 18, 20, 21, 23]
    mean, *_ = tf.fractional_avg_pool(
        x, pooling_ratio=[1, 1.5, 1.5, 1], overlapping=True, row_pooling_sequence=rows,
        col_pooling_sequence=columns,
    )  # fmt: skip
    assert mean[0, 0, 0, 0] == x[0, :3, :2, 0].mean()
    with pytest.raises(poolkit.UnsupportedError, match="give seed"):
        tf.fractional_max_pool(x, pooling_ratio=1.5)
    with pytest.raises(poolkit.ArgumentError, match="col_pooling_sequence"):
        tf.fractional_max_pool(x, rows, [0, 1], pooling_ratio=1.5)


def test_philox_draws_known_numbers() -> None:
    # Random123's known answers for philox4x32 with 10 rounds, of zeros.
    assert Philox(0, 0).reserve(4) == [0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8]


@pytest.mark.parametrize(
    ("op", "dtype", "params"),
    [
        ("nn.max_pool", "float32", {"ksize": 2, "strides": 1, "padding": "FULL"}),
        ("nn.max_pool", "float32", {"ksize": 0, "strides": 1, "padding": "SAME"}),
        ("nn.max_pool", "float32", {"ksize": 2, "strides": 0, "padding": "SAME"}),
        ("nn.max_pool", "float32", {"ksize": [2, 1, 1, 1], "strides": 1, "padding": "SAME"}),
        ("nn.max_pool", "float32", {"ksize": [2, 2, 2], "strides": 1, "padding": "SAME"}),
        ("nn.max_pool", "float32", {"ksize": [1, 2, 1, 2], "strides": 1, "padding": "SAME"}),
        ("nn.max_pool", "float32",
         {"ksize": 2, "strides": 1, "padding": [[0, 0], [2, 0], [0, 0], [0, 0]]}),
        ("nn.max_pool", "float32",
         {"ksize": 2, "strides": 1, "padding": [[1, 0], [0, 0], [0, 0], [0, 0]]}),
        ("nn.max_pool", "float32",
         {"ksize": 2, "strides": 1, "padding": [[0, 0], [1, 0], [0, 0], [0, 0]],
          "data_format": "NCHW"}),
        ("nn.avg_pool", "float32",
         {"ksize": 2, "strides": 1, "padding": [[0, 0], [1, 0], [0, 0], [0, 0]]}),
        ("nn.avg_pool", "int32", {"ksize": 2, "strides": 1, "padding": "SAME"}),
        ("nn.avg_pool", "float64",
         {"ksize": 2, "strides": 1, "padding": "SAME", "data_format": "NCHW"}),
        ("nn.max_pool3d", "float32", {"ksize": 2, "strides": 1, "padding": "SAME"}),
        ("nn.max_pool_with_argmax", "float32",
         {"ksize": 2, "strides": 1, "padding": "SAME", "data_format": "NCHW"}),
        ("nn.pool", "float32", {"window_shape": 2, "pooling_type": "MAX"}),
        ("nn.pool", "float32", {"window_shape": [2, 2], "pooling_type": "max"}),
        ("nn.pool", "float32", {"window_shape": [2, 2], "pooling_type": "MAX", "strides": [3, 3]}),
        ("nn.pool", "float32",
         {"window_shape": [2, 2], "pooling_type": "MAX", "strides": [2, 2], "dilations": [2, 2]}),
        ("nn.pool", "float32",
         {"window_shape": [2, 2], "pooling_type": "MAX", "padding": "SAME", "dilations": [2, 2]}),
        ("nn.fractional_max_pool", "float32", {"pooling_ratio": 0.5, "seed": 1}),
        ("nn.fractional_max_pool", "float16", {"pooling_ratio": 1.5, "seed": 1}),
        ("nn.fractional_max_pool", "float32", {"pooling_ratio": [2, 2, 2, 1], "seed": 1}),
        ("nn.fractional_avg_pool", "float32", {"pooling_ratio": 1.5, "seed": 1}),
    ],
)  # fmt: skip
def test_refusals(op: str, dtype: str, params: dict[str, Any]) -> None:
    with pytest.raises(poolkit.PoolError):
        run(op, np.zeros((1, 6, 6, 2), dtype), **params)


def test_channels_first_has_the_gradient_of_averages_alone() -> None:
    x = np.arange(12, dtype=np.float32).reshape(1, 3, 2, 2)
    words = {"ksize": 2, "strides": 1, "padding": "VALID", "data_format": "NCHW"}
    assert run("nn.max_pool2d", x, **words)["y"].ravel().tolist() == [3, 7, 11]
    assert (
        run("nn.avg_pool2d", x, np.ones((1, 3, 1, 1)), **words)["gx"].ravel().tolist()
        == [0.25] * 12
    )
    with pytest.raises(poolkit.UnsupportedError):
        run("nn.max_pool2d", x, np.ones((1, 3, 1, 1)), **words)


def test_float16_is_added_in_float16() -> None:
    x = np.array([2048, 1, 1, 2], np.float16).reshape(1, 4, 1)
    words = {"ksize": 4, "strides": 1, "padding": "VALID"}
    assert run("nn.avg_pool1d", x, **words)["y"].item() == 512.5  # 2048 + 1 is 2048
    narrow = run("nn.avg_pool1d", x, np.ones((1, 4, 1)), **{**words, "padding": "SAME"})["gx"]
    third, quarter = np.float16(1 / 3), np.float16(0.25)
    assert narrow.dtype == np.float16
    assert narrow.ravel()[0] == third + quarter
    with pytest.raises(poolkit.ArgumentTypeError):
        run("nn.avg_pool3d", x.reshape(1, 4, 1, 1, 1), **{**words, "padding": "SAME"})


def test_raw_operations_and_callables() -> None:
    x = np.arange(16, dtype=np.float32).reshape(1, 4, 4, 1)
    words = {"ksize": [1, 2, 2, 1], "strides": [1, 2, 2, 1], "padding": "VALID"}
    expected = tf.max_pool2d(x, 2, 2, "VALID")
    np.testing.assert_array_equal(run("raw_ops.MaxPool", x, **words)["y"], expected)
    words |= {"padding": "EXPLICIT", "explicit_paddings": [0, 0, 1, 0, 0, 0, 0, 0]}
    assert run("tf.raw_ops.MaxPool", x, **words)["y"].ravel().tolist() == [1, 3, 9, 11]
    assert tf.max_pool_with_argmax(x, 2, 2, "VALID")[1].ravel().tolist() == [5, 7, 13, 15]
    assert tf.reduce_max(x, axis=[1, 2], keepdims=True).shape == (1, 1, 1, 1)


def plain(reduce: str = "max", **words: Any) -> Plain:
    sliding = (Sliding(3, words.pop("stride", 2), **words),) * 2
    return Plain(reduce, 4, (2, 3), sliding)  # type: ignore[arg-type]


def test_proposals() -> None:
    propose = tf.DIALECT.propose
    assert propose is not None
    words = {"ksize": [3, 3], "strides": [2, 2], "padding": "SAME"}
    assert next(propose(plain(padding=AutomaticPadding.SAME))) == Call("nn.max_pool2d", words)
    pads = [[0, 0], [1, 2], [1, 2], [0, 0]]
    assert next(propose(plain(padding=(1, 2)))).params["padding"] == pads
    dilated = next(propose(plain("mean", stride=1, dilation=2)))
    assert dilated.op == "nn.pool"
    whole = Plain("mean", 4, (2, 3), output_size=(1, 1))
    assert next(propose(whole)) == Call("math.reduce_mean", {"axis": [1, 2], "keepdims": True})


@pytest.mark.parametrize(
    "asked",
    [
        plain("sum"),
        plain(dilation=2),
        plain(stride=1, dilation=2, padding=(1, 1)),
        plain(padding=AutomaticPadding.SAME_LOWER),
        plain(rounding=Rounding.CEIL),
        plain("mean", padding=(1, 1)),
        plain(padding=(3, 3)),
        Plain("max", 4, (2, 3), output_size=(2, 2)),
    ],
)
def test_nothing_to_propose(asked: Plain) -> None:
    propose = tf.DIALECT.propose
    assert propose is not None
    with pytest.raises(poolkit.UnsupportedError):
        next(propose(asked))
