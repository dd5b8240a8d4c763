"""MATLAB's words, by the numbers in its documents."""

from typing import Any

import numpy as np
import pytest

from poolkit import PoolError, dialects
from poolkit.dialects import matlab

nan, inf = float("nan"), float("inf")


def planes(rows: Any) -> np.ndarray:
    """Return one image of one channel: H × W × C × B."""
    return np.array(rows)[:, :, np.newaxis, np.newaxis]


# MathWorks, reference page of maxunpool, R2020: "Unpool to Original Size".
PAGE = planes(
    [
        [0.8147, 0.2785, 0.9572, 0.7922, 0.6787, 0.7060],
        [0.9058, 0.5469, 0.4854, 0.9595, 0.7577, 0.0318],
        [0.1270, 0.9575, 0.8003, 0.6557, 0.7431, 0.2769],
        [0.9134, 0.9649, 0.1419, 0.0357, 0.3922, 0.0462],
        [0.6324, 0.1576, 0.4218, 0.8491, 0.6555, 0.0971],
        [0.0975, 0.9706, 0.9157, 0.9340, 0.1712, 0.8235],
    ]
)
MAXIMA = planes([[0.9058, 0.9595, 0.7577], [0.9649, 0.8003, 0.7431], [0.9706, 0.9340, 0.8235]])
PLACES = [2, 10, 12, 20, 15, 24, 26, 27, 36]


def test_the_page_of_maxunpool() -> None:
    y, indices, size = matlab.maxpool(PAGE, 2, Stride=2, nargout=3)
    np.testing.assert_array_equal(y, MAXIMA)
    assert indices.ravel(order="F").tolist() == PLACES
    assert size.tolist() == [6, 6, 1, 1]
    back = matlab.maxunpool(y, indices, size)
    assert back.shape == PAGE.shape
    np.testing.assert_array_equal(back[back != 0], PAGE[np.isin(PAGE, MAXIMA)])
    column = matlab.maxunpool(y, np.array(PLACES), np.array([6, 6]))
    np.testing.assert_array_equal(column, back)


# semantics: the same location in everybody's numbers (T19).
def test_indices_run_through_the_whole_array() -> None:
    x = np.zeros((2, 4, 2, 2))
    x[1, 2, 0], x[0, 3, 1] = 1, 1
    layer = {"poolSize": [2, 2], "Stride": [2, 2], "HasUnpoolingOutputs": True}
    found = dialects.run("matlab", "maxPooling2dLayer", {"x": x}, layer)
    assert found["argmax"][0, 1].T.ravel().tolist() == [6, 15, 22, 31]
    np.testing.assert_array_equal(found["size"], [2, 4, 2, 2])


@pytest.mark.parametrize(
    ("call", "x", "params", "expected"),
    [  # reference pages of the layers: strides of 1, "same" pads behind, zeros are counted
        (matlab.max_pooling_1d, [1, 2, 9, 3], {"poolSize": 2}, [2, 9, 9]),
        (
            matlab.max_pooling_1d,
            [1, 2, 9, 3],
            {"poolSize": 3, "Stride": 2, "Padding": "same"},
            [9, 9],
        ),
        (matlab.max_pooling_1d, [9, 1, 5, 2], {"poolSize": 2, "Padding": "same"}, [9, 5, 5, 2]),
        (matlab.average_pooling_1d, [1, 2, 3, 4], {"poolSize": 3, "Padding": 1}, [1, 2, 3, 7 / 3]),
        (
            matlab.average_pooling_1d,
            [1, 2, 3, 4],
            {"poolSize": 3, "Padding": [1, 1], "PaddingValue": "mean"},
            [1.5, 2, 3, 3.5],
        ),
        (
            matlab.average_pooling_1d,
            [1, 2, 3, 4],
            {"poolSize": 3, "Padding": [0, 2]},
            [2, 3, 7 / 3, 4 / 3],
        ),
        # NaN is passed over; nothing but NaN is the lowest number (T15)
        (matlab.max_pooling_1d, [nan, 1, 2], {"poolSize": 3}, [2]),
        (matlab.max_pooling_1d, [1, nan, 2], {"poolSize": 3}, [2]),
        (matlab.max_pooling_1d, [nan] * 3, {"poolSize": 3}, [np.finfo(float).min]),
        (matlab.max_pooling_1d, [-inf] * 3, {"poolSize": 3}, [-inf]),
        (matlab.global_max_pooling_1d, [1, 5, 2], {}, [5]),
        (matlab.global_average_pooling_1d, [1, 5, 3], {}, [3]),
    ],
)
def test_one_axis(call: Any, x: list[float], params: dict[str, Any], expected: Any) -> None:
    y = call(np.array(x, float)[:, np.newaxis, np.newaxis], **params)
    np.testing.assert_allclose(y.ravel(), expected, rtol=1e-15)


def test_padding_has_many_forms() -> None:
    x = np.arange(24.0).reshape(4, 6, 1, 1)
    one = matlab.max_pooling_2d(x, 2, Padding=1)
    for padding in ([1, 1], [1, 1, 1, 1], (1, 1), [[1, 1], [1, 1]]):
        np.testing.assert_array_equal(matlab.max_pooling_2d(x, [2, 2], Padding=padding), one)
    # [top bottom left right]
    assert matlab.max_pooling_2d(x, 2, Padding=[1, 0, 0, 1]).shape == (4, 6, 1, 1)
    assert matlab.max_pooling_2d(x, 3, Padding=[2, 1, 0, 1]).shape == (5, 5, 1, 1)
    # [t l f; b r k]
    volume = np.zeros((4, 5, 6, 1, 1))
    assert matlab.max_pooling_3d(volume, 2, Padding=[[1, 0, 1], [0, 0, 1]]).shape[:3] == (4, 4, 7)
    assert matlab.avgpool(volume[..., 0, 0], 2, DataFormat="SSS", Padding=[1, 0, 1]).shape == (
        5,
        4,
        7,
    )


def test_labels_say_what_is_pooled() -> None:
    x = np.arange(24.0).reshape(2, 3, 4)
    y = matlab.maxpool(x, 2, DataFormat="CBT", PoolFormat="T")
    np.testing.assert_array_equal(y, x[..., 1:])
    np.testing.assert_array_equal(
        matlab.avgpool(x, "global", DataFormat="CSS"), x.mean((1, 2), keepdims=True)
    )
    np.testing.assert_array_equal(matlab.avgpool(x, [2, 3], DataFormat="SSC")[0, 0], x.mean((0, 1)))


def test_adaptive_layers_share_out() -> None:
    x = np.arange(5.0 * 4).reshape(5, 4, 1, 1)
    y = matlab.adaptive_average_pooling_2d(x, [3, 2])
    np.testing.assert_array_equal(y[:, 0, 0, 0], [2.5, 8.5, 14.5])


def test_gradients() -> None:
    x = planes([[1.0, 5.0], [3.0, nan]])
    params = {"poolSize": 2, "HasUnpoolingOutputs": True, "Stride": 2}
    outer = np.ones((1, 1, 1, 1))
    found = dialects.run("matlab", "maxPooling2dLayer", {"x": x}, params, outer)
    np.testing.assert_array_equal(found["gx"][..., 0, 0], [[0, 1], [0, 0]])
    inputs = {"x": outer, "indices": np.array([3]), "size": np.array([2, 2, 1, 1])}
    gradient = np.array([[1.0, 7.0], [3.0, 4.0]]).reshape(2, 2, 1, 1)
    back = dialects.run("matlab", "maxUnpooling2dLayer", inputs, {}, gradient)
    assert back["y"][0, 1] == 1
    assert back["gx"].ravel().tolist() == [7]


def test_the_last_of_several_values_stays() -> None:
    x = planes([[1.0, 3.0], [2.0, 4.0]])  # 1 2 3 4 in MATLAB's order
    y = matlab.max_unpooling_2d(x, np.full((2, 2, 1, 1), 2), np.array([2, 2, 1, 1]))
    np.testing.assert_array_equal(y[..., 0, 0], [[0, 0], [4, 0]])


@pytest.mark.parametrize(
    ("op", "params", "said"),
    [
        ("maxPooling2dLayer", {}, "poolSize"),
        ("maxPooling2dLayer", {"poolSize": 0}, "poolSize"),
        ("maxPooling2dLayer", {"poolSize": [2, 2, 2]}, "poolSize"),
        ("maxPooling2dLayer", {"poolSize": 2, "Padding": 2}, "Padding"),
        ("maxPooling2dLayer", {"poolSize": 2, "Padding": "valid"}, "Padding"),
        ("maxPooling2dLayer", {"poolSize": 9}, "9"),
        ("maxPooling2dLayer", {"poolSize": 3, "Stride": 2, "HasUnpoolingOutputs": True}, "Stride"),
        ("averagePooling2dLayer", {"poolSize": 2, "PaddingValue": "zero"}, "PaddingValue"),
        ("maxPooling1dLayer", {"poolSize": 2}, "axes"),
        ("maxpool", {"poolsize": 2, "DataFormat": "SSC"}, "DataFormat"),
        ("maxpool", {"poolsize": 2, "PoolFormat": "T"}, "PoolFormat"),
        ("maxpool", {"poolsize": 3, "Stride": 2, "nargout": 3}, "Stride"),
        ("adaptiveAveragePooling2dLayer", {"outputSize": 0}, "outputSize"),
    ],
)
def test_refusals(op: str, params: dict[str, Any], said: str) -> None:
    with pytest.raises(PoolError, match=said):
        dialects.run("matlab", op, {"x": np.zeros((4, 4, 1, 1))}, params)


def test_unpooling_refuses_what_does_not_belong_together() -> None:
    x = np.zeros((2, 2, 1, 1))
    for indices, size in (
        [[1, 2, 3], [4, 4]],
        [[0, 1, 2, 3], [4, 4]],
        [[1, 2, 3, 4], [4, 4, 2, 1]],
    ):
        with pytest.raises(PoolError):
            matlab.max_unpooling_2d(x, np.array(indices), np.array(size))


# vlfeat/matconvnet: matlab/src/bits/impl/pooling_cpu.cpp
def test_matconvnet() -> None:
    x = planes([[1.0, 4.0], [4.0, nan]])
    found = dialects.run("matlab", "vl_nnpool", {"x": x}, {"pool": 2}, np.ones((1, 1, 1, 1)))
    assert found["y"].item() == 4
    # the first axis runs fastest
    np.testing.assert_array_equal(found["gx"][..., 0, 0], [[0, 0], [1, 0]])
    rows = np.array([1.0, 2, 3, 4]).reshape(4, 1, 1, 1)
    average = {"pool": [3, 1], "pad": [1, 1, 0, 0], "method": "avg"}
    y = dialects.run("matlab", "vl_nnpool", {"x": rows}, average)["y"]
    np.testing.assert_allclose(y.ravel(), [1.5, 2, 3, 3.5])
    lost = matlab.vl_nnpool(np.full((2, 2, 1, 1), nan), 2, Method="MAX")
    assert lost.item() == -inf
    for params in (
        {"pool": 3},
        {"pool": 2, "pad": 2},
        {"pool": 2, "pad": [1, 1]},
        {"pool": 2, "of": 1},
    ):
        with pytest.raises(PoolError):
            dialects.run("matlab", "vl_nnpool", {"x": x}, params)
