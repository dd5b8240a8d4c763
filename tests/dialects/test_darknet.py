"""Darknet's layers, its fork's and darkflow's, against their loops and known disagreements (T1 on).

Sources: pjreddie/darknet and AlexeyAB/darknet: src/maxpool_layer.c; thtrieu/darkflow:
darkflow/net/ops/simple.py.
"""

from dataclasses import replace

import numpy as np
import pytest

import poolkit
from poolkit import dialects
from poolkit.dialects import darkflow, darknet
from poolkit.dialects.plain import put_plainly
from poolkit.geometry import AutomaticPadding, Rounding

LOWEST = np.finfo(np.float32).min
NAN = np.nan


def row(values):
    return np.array(values, np.float32).reshape(1, 1, 1, -1)


def loop(x, size, down, across, padding):
    """Return the maxima and the indices of Darknet's loop, compiled as Debian compiles it."""
    n, c, h, w = x.shape
    high, wide = ((each + padding - size) // step + 1 for each, step in ((h, down), (w, across)))
    y, indexes = np.zeros((n, c, high, wide), x.dtype), np.zeros((n, c, high, wide), int)
    for b, k, i, j in np.ndindex(*y.shape):
        best, index = LOWEST, -1
        for u, v in np.ndindex(size, size):
            r, q = i * down + u - padding // 2, j * across + v - padding // 2
            is_inside = 0 <= r < h and 0 <= q < w
            value = x[b, k, r, q] if is_inside else LOWEST
            if value > best:
                index = q + w * (r + h * (k + c * b))
            best = best if best >= value else value
        y[b, k, i, j], indexes[b, k, i, j] = best, index
    return y, indexes


@pytest.mark.parametrize("kind", ["random", "ties", "nan", "infinite"])
@pytest.mark.parametrize(
    ("size", "down", "across", "padding"),
    [(2, 2, 2, 1), (3, 1, 2, 2), (3, 2, 1, 5), (1, 1, 1, 3), (4, 3, 3, 0)],
)
def test_against_the_loop(kind, size, down, across, padding, rng):
    x = rng.integers(-64, 64, (2, 2, 5, 6)).astype(np.float32) / 16
    if kind == "ties":
        x = np.round(x)
    if kind == "nan":
        x[rng.random(x.shape) < 0.2] = NAN
    if kind == "infinite":
        x[rng.random(x.shape) < 0.6] = -np.inf
    y, indexes = loop(x, size, down, across, padding)
    outer = rng.integers(1, 9, y.shape).astype(np.float32)
    params = {"size": size, "stride_x": across, "stride_y": down, "padding": padding}
    outputs = dialects.run("darknet", "maxpool", {"x": x}, params, outer)
    np.testing.assert_array_equal(outputs["y"], y)
    np.testing.assert_array_equal(outputs["argmax"], indexes)
    gradient = np.zeros(x.size, np.float32)
    np.add.at(gradient, indexes[indexes >= 0], outer[indexes >= 0])
    np.testing.assert_array_equal(outputs["gx"], gradient.reshape(x.shape))


@pytest.mark.parametrize(
    ("x", "params", "expected"),
    [
        ([1, 2, 9, 3], {"size": 3, "stride": 2}, [2, 9]),  # T3
        ([9, 1, 5, 2], {"size": 2}, [9, 5, 5, 2]),  # T4
        ([9, 1, 5, 2], {"size": 3}, [9, 9, 5, 5]),
        ([1, 2], {"size": 3}, [2, 2]),  # T5
        ([1, 2, 3, 4, 5], {"stride": 2}, [2, 4, 5]),  # a size left out is the stride
        ([1, NAN, 0.5], {"stride": 3, "padding": 0}, [0.5]),
        ([1, 0.5, NAN], {"stride": 3, "padding": 0}, [LOWEST]),  # rows of padding follow
        ([NAN, NAN], {"size": 1}, [NAN, NAN]),
    ],
)
def test_rows(x, params, expected):
    y = dialects.run("darknet", "maxpool", {"x": row(x)}, params)["y"]
    np.testing.assert_array_equal(y.ravel(), np.array(expected, np.float32))


def test_half_floats_pad_with_their_own_lowest():
    y = darknet.maxpool(np.array([[[[1, NAN]]]], np.float16), size=2, padding=0, stride=3)
    np.testing.assert_array_equal(y, [[[[np.finfo(np.float16).min]]]])


def test_indices_count_the_whole_batch():
    x = np.zeros((2, 2, 2, 4), np.float32)
    x[:, 0, 1, 2] = x[:, 1, 0, 3] = 1
    params = {"size": 2, "stride": 2, "padding": 0}
    argmax = dialects.run("darknet", "maxpool", {"x": x}, params)["argmax"]
    np.testing.assert_array_equal(argmax[..., 0, 1].ravel(), [6, 11, 22, 27])  # T19


@pytest.mark.parametrize("channels", [1, 2, 3, 5, 6])
@pytest.mark.parametrize("count", [1, 2, 4])
def test_depth(channels, count, rng):
    x = rng.normal(size=(2, channels, 2, 3)).astype(np.float32)
    outputs = dialects.run(
        "darknet", "maxpool", {"x": x}, {"maxpool_depth": 1, "out_channels": count}
    )
    for g in range(count):
        held = x[:, g::count]
        expected = held.max(axis=1) if held.shape[1] else np.full((2, 2, 3), LOWEST)
        np.testing.assert_array_equal(outputs["y"][:, g], expected)
        found = outputs["argmax"][:, g]
        np.testing.assert_array_equal(
            np.where(found < 0, LOWEST, x.ravel()[np.maximum(found, 0)]), expected
        )


def test_averages():
    x = row([1, 2, 3, 6])
    outputs = dialects.run("darknet", "avgpool", {"x": x}, {}, np.full((1, 1, 1, 1), 4.0))
    np.testing.assert_array_equal(outputs["y"], [[[[3]]]])
    np.testing.assert_array_equal(outputs["gx"], np.ones_like(x))
    # The average is of what lies inside, the gradient is divided by size².
    outputs = dialects.run(
        "darknet", "local_avgpool", {"x": x}, {"size": 2}, np.full((1, 1, 1, 4), 4.0)
    )
    np.testing.assert_array_equal(outputs["y"].ravel(), [1.5, 2.5, 4.5, 6])
    np.testing.assert_array_equal(outputs["gx"].ravel(), [1, 2, 2, 2])


def test_darkflow_pads_as_tensorflow_does():
    x = np.array([1, 2, 9, 3], np.float32).reshape(1, 1, 4, 1)
    y = darkflow.maxpool(x, size=3, stride=2, padding=7)
    np.testing.assert_array_equal(y.ravel(), [9, 9])  # T3
    assert darkflow.maxpool(np.zeros((1, 5, 5, 2)), stride=2).shape == (1, 3, 3, 2)
    np.testing.assert_array_equal(darkflow.avgpool(x), [[3.75]])
    assert dialects.run("darkflow", "maxpool", {"x": x}, {"stride": 1})["y"].shape == x.shape


@pytest.mark.parametrize(
    ("op", "params", "error", "sentence"),
    [
        ("maxpool", {"size": 0}, poolkit.ArgumentError, "`size` must be an integer"),
        ("maxpool", {"stride": 0}, poolkit.ArgumentError, "`stride` must be an integer"),
        ("maxpool", {"padding": -1}, poolkit.ArgumentError, "`padding` must be an integer"),
        ("maxpool", {"size": 2.5}, poolkit.ArgumentTypeError, "`size` must be an integer"),
        ("maxpool", {"antialiasing": 1}, poolkit.UnsupportedError, "antialiasing is a convolution"),
        ("maxpool", {"size": 9, "padding": 0}, poolkit.WindowFitError, "extent 9 does not fit"),
        ("maxpool", {"maxpool_depth": 1, "out_channels": 0}, poolkit.ArgumentError, "out_channels"),
        ("local_avgpool", {"stride_x": 0}, poolkit.ArgumentError, "`stride_x` must"),
        ("conv", {}, poolkit.ArgumentError, "`op` must be one of darknet's: maxpool"),
    ],
)
def test_refusals(op, params, error, sentence):
    with pytest.raises(error, match=sentence):
        dialects.run("darknet", op, {"x": np.zeros((1, 1, 4, 4))}, params)


def test_darkflow_wants_a_stride():
    with pytest.raises(poolkit.ArgumentError, match="`stride` must be given"):
        darkflow.maxpool(np.zeros((1, 4, 4, 1)), size=2)
    with pytest.raises(poolkit.ArgumentError, match="`x` must have 4 axes"):
        darkflow.avgpool(np.zeros((4, 4)))


@pytest.mark.parametrize(
    ("dialect", "op", "params"),
    [
        (darknet.DIALECT, "maxpool", {"size": 3, "stride": 2}),
        (darknet.DIALECT, "maxpool", {"size": 2, "stride": 2, "padding": 0}),
        (darknet.DIALECT, "maxpool", {"size": 3, "stride_x": 2, "stride_y": 1}),
        (darknet.DIALECT, "local_avgpool", {"size": 2, "stride": 1}),
        (darknet.DIALECT, "avgpool", {}),
        (darkflow.DARKFLOW, "maxpool", {"size": 3, "stride": 2}),
        (darkflow.DARKFLOW, "avgpool", {}),
    ],
)
def test_own_words_are_proposed(dialect, op, params):
    plain = put_plainly(dialect.find(op).read(rank=4, **params), 4)
    (call,) = dialect.propose(plain)
    assert (call.op, call.params) == (op, params)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"padding": (1, 0)}, "the smaller half of its padding comes first."),
        ({"padding": AutomaticPadding.SAME}, "its padding does not depend on the length"),
        ({"padding": AutomaticPadding.SAME_LOWER, "stride": 1, "kernel_size": 2}, "smaller half"),
        ({"dilation": 2}, "its windows have no dilation."),
        ({"rounding": Rounding.CEIL}, "it rounds the number of windows down."),
    ],
)
def test_what_cannot_be_proposed(change, reason):
    plain = put_plainly(darknet.maxpool.read(rank=4, size=3, stride=2), 4)
    other = replace(plain, sliding=tuple(replace(each, **change) for each in plain.sliding))
    with pytest.raises(poolkit.UnsupportedError, match=reason):
        list(darknet.DIALECT.propose(other))
