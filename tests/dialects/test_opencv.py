"""OpenCV's importers of Caffe and Darknet, against what version 4.14 was seen to give."""

import numpy as np
import pytest

import poolkit
from poolkit import dialects
from poolkit.dialects import opencv
from poolkit.dialects.plain import put_plainly

NAN = np.nan


def row(values):
    return np.array(values, np.float32).reshape(1, 1, 1, -1)


@pytest.mark.parametrize(
    ("op", "x", "params", "expected"),
    [
        ("caffe.Pooling", range(1, 6), {"kernel_size": 1, "stride": 3}, [1, 4, 0]),  # T2
        ("caffe.Pooling", range(1, 6), {"pool": "AVE", "kernel_size": 1, "stride": 3}, [1, 4, 0]),
        (
            *("caffe.Pooling", range(1, 7)),
            *({"pool": "AVE", "kernel_size": 1, "stride": 3}, [1, 4, NAN]),
        ),
        (
            *("caffe.Pooling", [1, 2, 3, 4]),  # T8
            {"pool": 1, "kernel_h": 1, "kernel_w": 3, "stride": 2, "pad_h": 0, "pad_w": 1},
            [1, 3, 2],
        ),
        ("caffe.Pooling", [1, 2, 3], {"kernel_h": 1, "kernel_w": 3, "kernel_size": 2}, [3]),
        ("caffe.Pooling", [1, 2, 3], {"kernel_size": 1, "kernel_w": 3}, [1, 2, 3]),
        ("caffe.Pooling", [1, NAN, 3], {"pool": "MAX", "global_pooling": True}, [3]),
        ("darknet.avgpool", [1, 2, 6], {}, [3]),
    ],
)
def test_rows(op, x, params, expected):
    y = dialects.run("opencv", op, {"x": row(x)}, params)["y"]
    np.testing.assert_allclose(y[0, 0, 0], np.array(expected, np.float32), rtol=1e-6)


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"kernel_size": 1, "pad": 1}, [0, 1, 2, 3, 4, 5]),
        ({"kernel_size": 1, "pad": 1, "ceil_mode": False}, [0, 1, 2, 3, 4, 5]),
    ],
)
def test_padding_as_large_as_the_window(params, expected):
    x = np.arange(1, 26, dtype=np.float32).reshape(1, 1, 5, 5)
    y = opencv.caffe_pooling(x, **params)
    np.testing.assert_array_equal(y[0, 0, 1], expected)
    with pytest.raises(poolkit.ArgumentError, match="`pad` must leave at most one window"):
        opencv.caffe_pooling(x, **{**params, "pad": 2})


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({}, [17, 19, 20]),
        ({"size": 3}, [17, 19, 20]),
        ({"stride": 1}, [12, 13, 14, 15, 15]),
        ({"size": 1, "stride": 1, "padding": 2}, [0, 1, 2, 3, 4, 5]),
        ({"size": 1, "stride": 1, "padding": 3}, [0, 1, 2, 3, 4, 5, 0]),
        ({"size": 1, "stride": 2, "padding": 5}, [0, 1, 3, 5]),
        ({"padding": 0}, [17, 19]),
    ],
)
def test_darknet(params, expected):
    x = np.arange(1, 26, dtype=np.float32).reshape(1, 1, 5, 5)
    y = opencv.darknet_maxpool(x, **params)
    np.testing.assert_array_equal(y[0, 0, 1], expected)


def test_rows_without_a_height():
    x = np.arange(1, 13, dtype=np.float32).reshape(1, 2, 6)
    y = opencv.caffe_pooling(x, kernel_h=2, kernel_w=1)
    np.testing.assert_array_equal(y, [[[2, 3, 4, 5, 6], [8, 9, 10, 11, 12]]])
    y = opencv.caffe_pooling(x, pool="AVE", kernel_size=3, stride=2, pad=1)
    np.testing.assert_array_equal(y, [[[1, 3, 5, 3], [5, 9, 11, 6]]])
    x = np.array([[[NAN, 1, 2, NAN, -np.inf]]], np.float32)
    np.testing.assert_array_equal(opencv.caffe_pooling(x, kernel_size=2)[0, 0], [NAN, 2, 2, NAN])


@pytest.mark.parametrize(
    ("op", "params", "sentence"),
    [
        ("caffe.Pooling", {}, "`pool` must be given, unless the kernel is"),
        ("caffe.Pooling", {"global_pooling": True}, "`pool` must be given"),
        ("caffe.Pooling", {"pool": "MAX"}, "`kernel_size` must be given, or else"),
        ("caffe.Pooling", {"kernel_h": 2}, "`kernel_size` must be given, or else"),
        ("caffe.Pooling", {"kernel_size": 0}, "`kernel` must be an integer"),
        ("caffe.Pooling", {"kernel_size": 2, "stride": 0}, "`stride` must be an integer"),
        ("caffe.Pooling", {"kernel_size": 2, "pad": -1}, "`pad` must be an integer"),
        (
            "caffe.Pooling",
            {"kernel_size": 5, "stride": 4},
            "`kernel_size` must be at most the padded",
        ),
        ("caffe.Pooling", {"pool": "SUM", "kernel_size": 2}, "`pool` must be MAX or AVE"),
        ("caffe.Pooling", {"pool": "STOCHASTIC", "kernel_size": 2}, "`pool` must be MAX or AVE"),
        ("caffe.Pooling", {"pool": 2, "kernel_size": 2}, "`pool` must be MAX or AVE"),
        ("caffe.Pooling", {"pool": "MAX", "global_pooling": True, "pad": 1}, "`pad` must be 0"),
        (
            *("caffe.Pooling", {"pool": "MAX", "global_pooling": True, "kernel_h": 1}),
            "`kernel_size` must be left out",
        ),
        ("caffe.SPP", {"pyramid_height": 2}, "OpenCV has no layer SPP"),
        ("darknet.maxpool", {"size": 0}, "`size` must be an integer"),
        ("darknet.maxpool", {"size": 7, "padding": 0}, "a window of extent 7 does not fit"),
        ("darknet.local_avgpool", {"size": 2}, "`op` must be one of opencv's"),
    ],
)
def test_refusals(op, params, sentence):
    with pytest.raises(poolkit.PoolError, match=sentence):
        dialects.run("opencv", op, {"x": np.zeros((1, 1, 4, 4), np.float32)}, params)


def test_other_ranks_are_refused():
    for shape in ((4, 4), (1, 1, 2, 4, 4)):
        with pytest.raises(poolkit.ArgumentError, match="`x` must have 3 or 4 axes"):
            opencv.caffe_pooling(np.zeros(shape), kernel_size=2)


def test_there_are_no_gradients():
    x = np.zeros((1, 1, 4, 4), np.float32)
    with pytest.raises(poolkit.UnsupportedError):
        dialects.run("opencv", "caffe.Pooling", {"x": x}, {"kernel_size": 4}, np.ones((1, 1, 1, 1)))


def test_proposals():
    plain = put_plainly(opencv.darknet_maxpool.read(rank=4, size=3, stride=1), 4)
    said = [(call.op, dict(call.params)) for call in opencv.DIALECT.propose(plain)]
    caffe = {"pool": "MAX", "kernel_size": 3, "pad": 1, "ceil_mode": False}
    assert said == [("caffe.Pooling", caffe), ("darknet.maxpool", {"size": 3, "stride": 1})]
    plain = put_plainly(opencv.darknet_maxpool.read(rank=4, size=2, stride=2), 4)
    said = [(call.op, dict(call.params)) for call in opencv.DIALECT.propose(plain)]
    assert said == [("darknet.maxpool", {"size": 2, "stride": 2})]
    meaning = (
        poolkit.dialects.find("mxnet").find("Pooling").read(rank=4, kernel=(2, 2), pool_type="sum")
    )
    with pytest.raises(poolkit.UnsupportedError, match="it has maxima and averages alone"):
        list(opencv.DIALECT.propose(put_plainly(meaning, 4)))
