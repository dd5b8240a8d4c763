"""Theano: worked examples of `documents/semantics.md`, section 5, and what it refuses."""

from typing import Any

import numpy as np
import pytest

import poolkit
from poolkit import dialects
from poolkit.dialects import theano

NAN, INF = np.nan, np.inf


def row(values: list[float]) -> np.ndarray:
    return np.array(values, np.float32).reshape(1, 1, 1, -1)


def pooled(values: list[float], size: int, **params: Any) -> np.ndarray:
    stride = params.pop("stride", None)
    pad = params.pop("pad", 0)
    return theano.pool_2d(
        row(values),
        ws=(1, size),
        stride=None if stride is None else (1, stride),
        pad=(0, pad),
        **params,
    ).ravel()


CASES = [
    # T2: no border ignored, and strides beyond the window.
    ([1, 2, 3, 4, 5], 1, {"stride": 3, "ignore_border": False}, [1, 4]),
    ([1, 2, 3, 4, 5], 1, {"stride": 3, "ignore_border": True}, [1, 4]),
    # T5: too short for the window.
    ([1, 2], 3, {"stride": 1, "ignore_border": True}, []),
    ([1, 2], 3, {"stride": 1, "ignore_border": False}, [2]),
    ([1, 2], 3, {"stride": 1}, [2]),
    # T9, T12: the two averages.
    (
        [1, 2, 3, 4],
        3,
        {"stride": 1, "pad": 1, "ignore_border": True, "mode": "average_inc_pad"},
        [1, 2, 3, 7 / 3],
    ),
    (
        [1, 2, 3, 4],
        3,
        {"stride": 1, "pad": 1, "ignore_border": True, "mode": "average_exc_pad"},
        [1.5, 2, 3, 3.5],
    ),
    ([1, 2, 3, 4, 5], 2, {"ignore_border": False, "mode": "average_inc_pad"}, [1.5, 3.5, 5]),
    ([1, 2, 3, 4, 5], 2, {"ignore_border": False, "mode": "sum"}, [3, 7, 5]),
    # T15, by the Python implementation.
    ([NAN, 1, 2], 3, {}, [NAN]),
    ([1, NAN, 2], 3, {}, [NAN]),
    ([1, 2, NAN], 3, {}, [NAN]),
    ([-INF, -INF, -INF], 3, {"mode": "max_deterministic"}, [-INF]),
]


@pytest.mark.parametrize(("values", "size", "params", "expected"), CASES)
def test_one_axis(values: list, size: int, params: dict, expected: list) -> None:
    np.testing.assert_allclose(pooled(values, size, **params), np.float32(expected), rtol=1e-6)


@pytest.mark.parametrize(
    ("values", "params", "outer", "expected"),
    [
        # T16: all that are tied.
        ([3, 3, 1], {"ws": (1, 3)}, [1], [1, 1, 0]),
        ([5, 5, 5], {"ws": (1, 2), "stride": (1, 1)}, [1, 1], [1, 2, 1]),
        # A window that begins in the padding reaches as far as if it began with the input.
        (
            [2, 1, 2, 0],
            {"ws": (1, 3), "stride": (1, 9), "pad": (0, 1), "ignore_border": True},
            [1],
            [1, 0, 1, 0],
        ),
        ([2, NAN], {"ws": (1, 2)}, [1], [0, 0]),
        ([1, 2], {"ws": (1, 3), "stride": (1, 1), "ignore_border": True}, [], [0, 0]),
    ],
)
def test_gradients(values: list, params: dict, outer: list, expected: list) -> None:
    found = dialects.run("theano", "pool_2d", {"x": row(values)}, params, row(outer))
    np.testing.assert_array_equal(found["gx"].ravel(), expected)


def test_same_size() -> None:
    x = np.array([[1, 5, 2, 9], [5, 3, 9, 7]], np.float32)
    expected = [[0, 5, 0, 9], [5, 0, 9, 0]]
    np.testing.assert_array_equal(theano.max_pool_2d_same_size(x, (2, 2)), expected)
    np.testing.assert_array_equal(theano.max_pool_2d_same_size(x, (3, 2)), np.zeros_like(x))


def test_old_names() -> None:
    x = np.arange(24, dtype=np.float32).reshape(2, 3, 4)
    new = theano.pool_2d(x, ws=(2, 2), ignore_border=True, stride=(1, 2), pad=(1, 0))
    old = theano.pool_2d(x, ds=[2, 2], ignore_border=True, st=[1, 2], padding=[1, 0])
    np.testing.assert_array_equal(new, old)
    for op in ("theano.tensor.signal.pool.pool_2d", "downsample.max_pool_2d"):
        assert dialects.find("theano").find(op) is theano.pool_2d


def test_integers_stay_whole() -> None:
    x = np.array([[1, 2, -1, -2]])
    mode = "average_exc_pad"
    np.testing.assert_array_equal(theano.pool_2d(x, (1, 2), True, mode=mode), [[1, -1]])


@pytest.mark.parametrize(
    ("params", "sentence"),
    [
        ({}, "`ws` must be given"),
        ({"ws": 2}, "`ws` must be a sequence"),
        ({"ws": (2,)}, "`ws` must hold one value per pooled axis, 2"),
        ({"ws": (2, 2.5)}, "`ws` must be an integer"),
        ({"ws": (2, 2), "ds": (2, 2)}, "`ds` must be left out where ws is given"),
        ({"ws": (2, 2), "stride": (1, 1), "st": (1, 1)}, "`st` must be left out"),
        ({"ws": (2, 2), "pad": (1, 1), "padding": (1, 1)}, "`padding` must be left out"),
        ({"ws": (2, 2), "pad": (1, 1)}, "`pad` must be 0 unless ignore_border is True"),
        ({"ws": (2, 2), "pad": (2, 0), "ignore_border": True}, "`pad` must be less than"),
        ({"ws": (2, 2), "mode": "average"}, "`mode` must be one of max, sum"),
    ],
)
def test_refusals(params: dict, sentence: str) -> None:
    with pytest.raises(poolkit.PoolError, match=sentence):
        theano.pool_2d(np.zeros((4, 4)), **params)


def test_ranks() -> None:
    with pytest.raises(poolkit.ArgumentError, match="`x` must have 3 axes or more"):
        theano.pool_3d(np.zeros((4, 4)), (2, 2, 2))
    assert theano.pool_3d(np.zeros((4, 4, 4)), (2, 2, 2), True).shape == (2, 2, 2)


def test_a_mean_without_padding_has_no_gradient_where_there_is_some() -> None:
    x = np.zeros((4, 4), np.float32)
    params = {"ws": (2, 2), "pad": (1, 0), "ignore_border": True, "mode": "average_exc_pad"}
    with pytest.raises(poolkit.UnsupportedError):
        dialects.run("theano", "pool_2d", {"x": x}, params, np.zeros((3, 2)))


@pytest.mark.parametrize(
    ("layer", "expected"),
    [
        (
            ("torch", "max_pool2d", {"kernel_size": 3, "stride": 2, "ceil_mode": True}),
            {"ws": [3, 3], "ignore_border": False, "stride": [2, 2]},
        ),
        (
            ("torch", "avg_pool2d", {"kernel_size": 2, "padding": 1, "count_include_pad": False}),
            {"ws": [2, 2], "ignore_border": True, "pad": [1, 1], "mode": "average_exc_pad"},
        ),
    ],
)
def test_said_in_theano(layer: tuple, expected: dict) -> None:
    assert poolkit.translate(layer, "theano").params == expected


def test_not_said_in_theano() -> None:
    layer = ("torch", "max_pool2d", {"kernel_size": 3, "dilation": 2})
    with pytest.raises(poolkit.UnsupportedError, match="its windows have no dilation"):
        poolkit.translate(layer, "theano")
