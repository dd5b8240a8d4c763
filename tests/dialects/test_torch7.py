"""Torch7's words: worked examples from its source files, which cannot be run any more.

The rules are those of torch/nn: lib/THNN/generic/*.c and the Lua modules beside them; the numbers
are worked out from them by hand.
"""

import numpy as np
import pytest

from poolkit import ArgumentError, ArgumentTypeError, UnsupportedError, WindowFitError, dialects
from poolkit.dialects import torch7
from poolkit.dialects.plain import Plain
from poolkit.geometry import Rounding, Sliding

LOWEST = np.finfo(np.float32).min
INF, NAN = np.inf, np.nan


def row(*values, dtype=np.float32):
    return np.array([[[values]]], dtype)


def column(*values, dtype=np.float32):
    return row(*values, dtype=dtype).swapaxes(2, 3)


def test_width_comes_before_height():
    x = np.zeros((1, 1, 6, 9))
    assert torch7.spatial_max_pooling(x, 3, 2)[0].shape == (1, 1, 3, 3)
    assert torch7.spatial_average_pooling(x, 3, 2).shape == (1, 1, 5, 7)  # strides of 1
    assert torch7.spatial_adaptive_average_pooling(x, 2, 5).shape == (1, 1, 5, 2)
    x = np.zeros((1, 1, 4, 6, 9))
    assert torch7.volumetric_max_pooling(x, 2, 3, 1)[0].shape == (1, 1, 2, 6, 3)
    assert torch7.volumetric_average_pooling(x, 2, 3, 1).shape == (1, 1, 2, 6, 3)


COUNTS = [
    (5, (2, 2, 1), True, 3),
    (9, (2, 2, 1), True, 5),
    (5, (1, 3, 0), True, 3),
    (5, (1, 3, 0), False, 2),
    (6, (1, 4, 0), True, 3),
]


@pytest.mark.parametrize(("length", "windows", "ceil_mode", "count"), COUNTS)
def test_the_last_window_is_clipped_only_where_something_is_padded(
    length, windows, ceil_mode, count
):
    size, stride, pad = windows
    x = row(*range(length))
    y, _ = torch7.spatial_max_pooling(x, size, 1, stride, 1, pad, 0, ceil_mode=ceil_mode)
    assert y.shape == (1, 1, 1, count)


def test_padding_of_one_axis_clips_the_other():
    x = np.zeros((1, 1, 5, 5), np.float32)
    bare, _ = torch7.spatial_max_pooling(x, 1, 2, 3, 2, 0, 0, ceil_mode=True)
    padded, _ = torch7.spatial_max_pooling(x, 1, 2, 3, 2, 0, 1, ceil_mode=True)
    assert (bare.shape[-1], padded.shape[-1]) == (3, 2)


def test_a_window_behind_the_input_is_empty():
    y, indices = torch7.spatial_max_pooling(row(*range(5)), 1, 1, 3, 1, ceil_mode=True)
    np.testing.assert_array_equal(y[0, 0, 0], [0, 3, LOWEST])
    np.testing.assert_array_equal(indices[0, 0, 0], [1, 4, 0])


AVERAGES = [
    ([1, 2, 3, 4, 5, 6, 7], (3, 3, 0), {"ceil_mode": True}, [2, 5, 7]),
    ([1, 2, 3, 4], (3, 2, 1), {"ceil_mode": True}, [1, 3, 2]),
    ([1, 2, 3, 4], (3, 2, 1), {"ceil_mode": True, "count_include_pad": False}, [1.5, 3, 4]),
    ([1, 2, 3, 4], (3, 1, 1), {}, [1, 2, 3, 7 / 3]),
    ([1, 2, 3, 4], (2, 2, 0), {"divide": False}, [3, 7]),
    ([1, 2, 3], (2, 2, 0), {"divide": False, "ceil_mode": True}, [3, 6]),
    ([1, 2, 3, 4, 5], (1, 3, 0), {"ceil_mode": True}, [1, 4, 0]),
    ([1, 2, 3, 4, 5, 6], (1, 3, 0), {"ceil_mode": True}, [1, 4, NAN]),
]


@pytest.mark.parametrize(("x", "windows", "params", "expected"), AVERAGES)
def test_averages(x, windows, params, expected):
    """A window that begins right behind the input is 0 / 0, further behind 0 / −1."""
    size, stride, pad = windows
    y = torch7.spatial_average_pooling(row(*x), size, 1, stride, 1, pad, 0, **params)
    np.testing.assert_allclose(y[0, 0, 0], expected)


WINDOWS = [
    ([NAN, 1, 2], 2, 3),
    ([1, 2, NAN], 2, 2),
    ([NAN, NAN, NAN], LOWEST, 0),
    ([-INF, -INF, -INF], LOWEST, 0),
    ([3, 3, 1], 3, 1),
]


@pytest.mark.parametrize(("window", "largest", "index"), WINDOWS)
def test_what_a_window_becomes(window, largest, index):
    """NaN never wins; indices count from 1, and are 0 where nothing was chosen."""
    params = {"kW": 3, "kH": 1}
    found = dialects.run("torch7", "nn.SpatialMaxPooling", {"x": row(*window)}, params, row(1.0))
    assert (found["y"].item(), found["argmax"].item()) == (largest, index)
    np.testing.assert_array_equal(
        found["gx"][0, 0, 0], np.eye(4)[index][1:] if index == 0 else np.eye(3)[index - 1]
    )


def test_indices_count_in_each_plane_from_one():
    x = np.zeros((2, 2, 2, 4), np.float32)
    x[:, 0, 1, 2] = x[:, 1, 0, 3] = 1
    _, indices = torch7.spatial_max_pooling(x, 2, 2)
    np.testing.assert_array_equal(indices[..., 0, 1], [[7, 4], [7, 4]])
    y, inside = torch7.spatial_adaptive_max_pooling(x, 2, 1)
    np.testing.assert_array_equal(y[..., 0, 1], np.ones((2, 2)))
    rows, columns = inside[..., 0, 1]
    np.testing.assert_array_equal(rows, [[2, 1], [2, 1]])
    np.testing.assert_array_equal(columns, [[1, 2], [1, 2]])


def test_adaptive_maxima_have_bins_of_float32_quotients():
    y, _ = torch7.spatial_adaptive_max_pooling(row(*range(13)), 13, 1)
    assert y[0, 0, 0, 6] == 7


def test_adaptive_maxima_begin_with_the_lowest_float32_whatever_the_dtype():
    y, inside = torch7.spatial_adaptive_max_pooling(row(-1e300, -1e200, dtype=np.float64), 1, 1)
    assert y.item() == LOWEST
    np.testing.assert_array_equal(inside.ravel(), [1, 0])


NORMS = [
    ([-1, -2], 1, -3),
    ([-1, -2], 2, 5**0.5),
    ([-1, -2], 3, NAN),
    ([-1, 2], 3, 7 ** (1 / 3)),
    ([3, 4], 2, 5),
]


@pytest.mark.parametrize(("x", "power", "expected"), NORMS)
def test_norms(x, power, expected):
    np.testing.assert_allclose(torch7.spatial_lp_pooling(row(*x), 1, power, 2, 1), expected, 1e-6)


def test_temporal_pooling_is_over_time_before_the_features():
    x = np.array([[[1.0, 9], [5, 2], [5, 3], [0, 4]]])
    params = {"kW": 2}
    found = dialects.run("torch7", "TemporalMaxPooling", {"x": x}, params, np.ones((1, 2, 2)))
    np.testing.assert_array_equal(found["y"], [[[5, 9], [5, 4]]])
    np.testing.assert_array_equal(found["argmax"], [[[1, 0], [0, 1]]])
    np.testing.assert_array_equal(found["gx"], [[[0, 1], [1, 0], [1, 0], [0, 1]]])
    assert torch7.temporal_max_pooling(x[0], 3, 1)[0].shape == (2, 2)


def test_volumetric_indices():
    x = np.arange(16.0).reshape(1, 2, 2, 2, 2)
    y, indices = torch7.volumetric_max_pooling(x, 2, 2, 2)
    np.testing.assert_array_equal(y.ravel(), [7, 15])
    np.testing.assert_array_equal(indices.ravel(), [8, 8])
    _, indices = torch7.volumetric_dilated_max_pooling(x, 1, 2, 1, 1, 1, 1, 0, 0, 0, 1, 1, 1)
    np.testing.assert_array_equal(indices.ravel()[:4], [2, 4, 6, 8])


def test_dilated():
    y, indices = torch7.spatial_dilated_max_pooling(row(9, 1, 2, 3), 2, 1, 1, 1, 0, 0, 2)
    np.testing.assert_array_equal(y[0, 0, 0], [9, 3])
    np.testing.assert_array_equal(indices[0, 0, 0], [1, 4])


def test_unpooling_takes_the_size_of_what_was_pooled():
    x = row(1, 5, 7, 2)
    y, indices = torch7.spatial_max_pooling(x, 2, 1)
    inputs, params = {"x": y, "indices": indices}, {"oheight": 1, "owidth": 4}
    outer = row(1.0, 2, 3, 4)
    found = dialects.run("torch7", "SpatialMaxUnpooling", inputs, params, outer)
    np.testing.assert_array_equal(found["y"], row(0, 5, 7, 0))
    np.testing.assert_array_equal(found["gx"], row(2, 3))
    with pytest.raises(ArgumentError, match="indices"):
        torch7.spatial_max_unpooling(y, indices * 0, 1, 4)
    volume = torch7.volumetric_max_unpooling(y[:, :, None], indices[:, :, None], 1, 1, 4)
    np.testing.assert_array_equal(volume[:, :, 0], row(0, 5, 7, 0))


def test_fractional():
    """Windows of two begin at 0, 2, 4, 5, 7 and 8: the samples' first is for the width."""
    x = column(*range(10)).repeat(4, axis=3)
    samples = np.array([[[0.3, 0.5]]])
    y, indices = torch7.spatial_fractional_max_pooling(x, samples, 2, 2, 1, 6)
    np.testing.assert_array_equal(y[0, 0, :, 0], [1, 3, 5, 6, 8, 9])
    np.testing.assert_array_equal(indices[0, 0, :, 0], 4 * y[0, 0, :, 0] + 3)
    by_ratio, _ = torch7.spatial_fractional_max_pooling(x, samples, 2, 2, 0.3, 0.6)
    np.testing.assert_array_equal(by_ratio, y)


FRACTIONAL = [
    ((1, 2, 2, 2), "poolSizeW"),
    ((2, 2, 3, 3), "spare"),
    ((2, 2, 0.5, 2), "between 0 and 1"),
    ((2, 2, 1.5, 2), "whole"),
]


@pytest.mark.parametrize(("params", "match"), FRACTIONAL)
def test_fractional_refusals(params, match):
    samples = np.zeros((1, 1, 2))
    with pytest.raises(ArgumentError, match=match):
        torch7.spatial_fractional_max_pooling(np.zeros((1, 1, 4, 4)), samples, *params)


def test_fractional_asserts_that_there_is_a_maximum():
    x = np.full((1, 1, 4, 4), -np.inf)
    with pytest.raises(ArgumentError, match="above the lowest"):
        torch7.spatial_fractional_max_pooling(x, np.zeros((1, 1, 2)), 2, 2, 2, 2)


REFUSED = [
    ((1, 1, 4, 4), (2, 2, 2, 2, 2, 0), ArgumentError, "half"),
    ((4, 4), (2, 2), ArgumentError, "3 axes, or 4"),
    ((1, 1, 4, 4), (0, 2), ArgumentError, "kW"),
    ((1, 1, 4, 4), (2, 2, 0, 1), ArgumentError, "dW"),
    ((1, 1, 1, 4), (2, 2), WindowFitError, "does not fit"),
    ((1, 1, 0, 4), (2, 2), ArgumentError, "fit|length 0"),
]


@pytest.mark.parametrize(("shape", "params", "error", "match"), REFUSED)
def test_refusals(shape, params, error, match):
    with pytest.raises(error, match=match):
        torch7.spatial_max_pooling(np.zeros(shape), *params)


def test_tensors_are_float_or_double():
    with pytest.raises(ArgumentTypeError, match="int64"):
        torch7.spatial_max_pooling(np.zeros((1, 1, 4, 4), np.int64), 2, 2)


def test_volumetric_averages_want_inputs_as_long_as_the_kernel():
    with pytest.raises(ArgumentError, match="length of axis"):
        torch7.volumetric_average_pooling(np.zeros((1, 1, 2, 4, 4)), 3, 3, 3, 1, 1, 1, 1, 1, 1)


def said(plain):
    return [(call.op, dict(call.params)) for call in torch7.propose(plain)]


def test_proposals():
    windows = (Sliding(3, 2, 1, (1, 1), Rounding.CEIL), Sliding(2, 2, 1, (0, 0), Rounding.CEIL))
    plain = Plain("max", 4, (2, 3), windows)
    sizes = {"kW": 2, "kH": 3, "dW": 2, "dH": 2, "padW": 0, "padH": 1, "ceil_mode": True}
    assert said(plain) == [("SpatialMaxPooling", sizes)]
    plain = Plain("mean", 4, (2, 3), output_size=(2, 3))
    assert said(plain) == [("SpatialAdaptiveAveragePooling", {"W": 3, "H": 2})]
    plain = Plain("max", 3, (1,), (Sliding(2, 2),))
    assert said(plain) == [("TemporalMaxPooling", {"kW": 2, "dW": 2})]
    plain = Plain("mean", 5, (2, 3, 4), (Sliding(2, 2),) * 3)
    params = {"kT": 2, "kW": 2, "kH": 2, "dT": 2, "dW": 2, "dH": 2}
    assert said(plain) == [("VolumetricAveragePooling", params)]
    for plain, match in (
        (Plain("mean", 4, (2, 3), (Sliding(2, 2, 2),) * 2), "dilation"),
        (Plain("mean", 4, (2, 3), (Sliding(2, 2),) * 2, divisor=3.0), "count"),
        (Plain("mean", 3, (2,), (Sliding(2, 2),)), "one axis"),
    ):
        with pytest.raises(UnsupportedError, match=match):
            said(plain)
