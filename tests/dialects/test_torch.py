"""PyTorch's words: worked examples, refusals, and what its indices and norms come to.

Examples without another source are PyTorch 2.13's own answers.
"""

import numpy as np
import pytest

import poolkit
from poolkit import ArgumentError, ArgumentTypeError, UnsupportedError, WindowFitError, dialects
from poolkit.dialects import torch
from poolkit.dialects.plain import Plain
from poolkit.geometry import AutomaticPadding, Rounding, Sliding

INF, NAN = np.inf, np.nan


def row(*values, dtype=np.float32):
    return np.array([[values]], dtype)


def plane(height, width, dtype=np.float32):
    return np.arange(height * width, dtype=dtype).reshape(1, 1, height, width)


COUNTS = [
    (5, (2, 2, 1), True, 3),
    (9, (2, 2, 1), True, 5),
    (5, (1, 3, 0), True, 2),
    (5, (2, 4, 0), True, 2),
    (4, (3, 2, 1), False, 2),
    (4, (3, 2, 1), True, 3),
]


@pytest.mark.parametrize(("length", "windows", "ceil_mode", "count"), COUNTS)
def test_counts(length, windows, ceil_mode, count):
    """Windows are rounded up only to such as begin in the input or before it."""
    x = row(*range(length))
    assert torch.max_pool1d(x, *windows, ceil_mode=ceil_mode).shape == (1, 1, count)


ONE_ROW = [
    ("max_pool1d", [1, 2, 9, 3], {"kernel_size": 3, "stride": 2, "padding": 1}, [2, 9]),
    ("max_pool1d", [9, 1, 5, 2], {"kernel_size": 2, "stride": 1, "padding": 1}, [9, 9, 5, 5, 2]),
    ("avg_pool1d", [1, 2, 3, 4, 5, 6, 7], {"kernel_size": 3, "ceil_mode": True}, [2, 5, 7]),
    ("avg_pool1d", [1, 2, 3, 4], {"kernel_size": 3, "stride": 1, "padding": 1}, [1, 2, 3, 7 / 3]),
    ("lp_pool1d", [1, 1, 1], {"norm_type": 2, "kernel_size": 2, "ceil_mode": True}, [2**0.5] * 2),
    ("lp_pool1d", [-1, -2], {"norm_type": 1, "kernel_size": 2}, [-3]),
    ("lp_pool1d", [-1, -2], {"norm_type": 2, "kernel_size": 2}, [5**0.5]),
    ("lp_pool1d", [-1, -2], {"norm_type": 3, "kernel_size": 2}, [NAN]),
    ("lp_pool1d", [-1, 2], {"norm_type": 3, "kernel_size": 2}, [7 ** (1 / 3)]),
    ("lp_pool1d", [3, 4], {"norm_type": 2.0, "kernel_size": 2}, [5]),
    ("lp_pool1d", [1e20, 0], {"norm_type": 2.0, "kernel_size": 2}, [INF]),
    ("lp_pool1d", [-3, 2], {"norm_type": INF, "kernel_size": 2}, [3]),
    ("lp_pool1d", [-3, 2], {"norm_type": -INF, "kernel_size": 2}, [2]),
    ("adaptive_max_pool1d", range(5), {"output_size": 3}, [1, 3, 4]),
    ("adaptive_avg_pool1d", range(10), {"output_size": [4]}, [1, 3, 6, 8]),
    ("adaptive_max_pool1d", [1, 2], {"output_size": 3}, [1, 2, 2]),
]


@pytest.mark.parametrize(("op", "x", "params", "expected"), ONE_ROW)
def test_one_row(op, x, params, expected):
    """Each is one row of an array (N, C, L)."""
    found = dialects.run("torch", op, {"x": row(*x)}, params)["y"]
    np.testing.assert_allclose(found[0, 0], expected, rtol=3e-7)


@pytest.mark.parametrize(
    ("include", "expected"), [(True, [1, 3, 2]), (False, [1.5, 3, 4])], ids=["padded", "valid"]
)
def test_averages_count_padding_but_no_overhang(include, expected):
    y = torch.avg_pool1d(row(1, 2, 3, 4), 3, 2, 1, True, include)
    np.testing.assert_array_equal(y[0, 0], expected)


def test_divisor_override_is_for_two_axes_and_three():
    x = np.array([[[[1.0, 2, 3, 4]]]])
    y = torch.avg_pool2d(x, (1, 2), divisor_override=3)
    np.testing.assert_allclose(y[0, 0, 0], [1, 7 / 3])
    with pytest.raises(ArgumentTypeError, match="divisor_override"):
        torch.avg_pool1d(x[0], 2, divisor_override=3)


def test_averages_of_integers_are_cut():
    y = torch.avg_pool1d(row(1, 2, -1, -2, dtype=np.int64), 2)
    np.testing.assert_array_equal(y[0, 0], [1, -1])
    assert y.dtype == np.int64


WINDOWS = [
    ([NAN, 1, 2], NAN, 0),
    ([1, NAN, 2], NAN, 1),
    ([1, 2, NAN], NAN, 2),
    ([NAN, NAN, NAN], NAN, 2),
    ([-INF, -INF, -INF], -INF, 0),
    ([NAN, NAN, 1], NAN, 1),
    ([3, 3, 1], 3, 0),
]


@pytest.mark.parametrize(("window", "largest", "index"), WINDOWS)
@pytest.mark.parametrize(
    ("op", "params"),
    [("max_pool1d", {"kernel_size": 3}), ("adaptive_max_pool1d", {"output_size": 1})],
)
def test_what_a_window_becomes(op, params, window, largest, index):
    """The last NaN has the index; of equals, the first."""
    params = {**params, "return_indices": True}
    found = dialects.run("torch", op, {"x": row(*window)}, params, row(1.0))
    np.testing.assert_array_equal(found["y"], row(largest))
    np.testing.assert_array_equal(found["argmax"], row(index))
    np.testing.assert_array_equal(found["gx"][0, 0], np.eye(3)[index])


def test_overlapping_windows_add_up():
    x = {"x": row(5, 5, 5)}
    found = dialects.run("torch", "max_pool1d", x, {"kernel_size": 2, "stride": 1}, row(1, 1))
    np.testing.assert_array_equal(found["gx"], row(1, 1, 0))


def test_indices_count_in_each_plane():
    x = np.zeros((2, 2, 2, 4), np.float32)
    x[:, 0, 1, 2] = x[:, 1, 0, 3] = 1
    _, indices = torch.max_pool2d(x, 2, return_indices=True)
    np.testing.assert_array_equal(indices[..., 0, 1], [[6, 3], [6, 3]])


def test_window_of_padding_alone():
    """Dilation can leave a window nothing; its index lies outside of the plane."""
    y, index = torch.max_pool2d(plane(4, 4), 2, 1, 1, 5, return_indices=True)
    assert (y.item(), index.item()) == (-INF, 20)
    params = {"kernel_size": 2, "stride": 1, "padding": 1, "dilation": 5}
    with pytest.raises(UnsupportedError, match="outside"):
        dialects.run("torch", "max_pool2d", {"x": plane(4, 4)}, params, np.ones((1, 1, 1, 1)))


@pytest.mark.parametrize(("u", "starts"), [(0, [0, 1, 3, 4, 6, 8]), (0.5, [0, 2, 4, 5, 7, 8])])
def test_fractional(u, starts):
    """Ten elements, six windows of two; the samples' first is for the width."""
    x = plane(10, 1)
    samples = np.array([[[0.3, u]]], np.float32)
    y, indices = torch.fractional_max_pool2d_with_indices(
        x, samples, kernel_size=(2, 1), output_size=(6, 1)
    )
    np.testing.assert_array_equal(y[0, 0, :, 0], np.array(starts) + 1)
    np.testing.assert_array_equal(indices[0, 0, :, 0], np.array(starts) + 1)
    by_ratio = {"kernel_size": [2, 1], "output_ratio": [0.6, 1.0]}
    inputs = {"x": x, "random_samples": samples}
    np.testing.assert_array_equal(
        dialects.run("torch", "nn.functional.fractional_max_pool2d", inputs, by_ratio)["y"], y
    )


def test_fractional_empty_outputs():
    samples = np.zeros((1, 1, 2), np.float32)
    found = torch.fractional_max_pool2d(plane(4, 4), samples, kernel_size=2, output_size=0)
    assert found.shape == (1, 1, 0, 0)
    none = torch.fractional_max_pool2d(plane(4, 4)[:0], samples, kernel_size=2, output_size=2)
    assert none.shape == (0, 1, 2, 2)


def test_unpooling_into_a_larger_plane():
    """Indices are positions in the plane that is asked for."""
    x = np.array([[[[1.0, 2], [3, 4]]]])
    indices = np.array([[[[5, 7], [13, 15]]]])
    y = torch.max_unpool2d(x, indices, 2, output_size=(5, 5))
    assert {tuple(place): y[0, 0][tuple(place)] for place in np.argwhere(y[0, 0])} == {
        (1, 0): 1,
        (1, 2): 2,
        (2, 3): 3,
        (3, 0): 4,
    }
    inputs, params = {"x": x, "indices": indices}, {"kernel_size": 2, "output_size": [1, 1, 5, 5]}
    found = dialects.run(
        "torch", "MaxUnpool2d", inputs, params, np.arange(25.0).reshape(1, 1, 5, 5)
    )
    np.testing.assert_array_equal(found["gx"], indices)


def test_the_last_of_repeated_indices_stays():
    y = torch.max_unpool1d(row(1, 2), row(0, 0, dtype=np.int64), 2)
    np.testing.assert_array_equal(y, row(2, 0, 0, 0))


def test_no_windows():
    y, indices = torch.adaptive_max_pool2d(plane(4, 4), (0, 2), True)
    assert y.shape == indices.shape == (1, 1, 0, 2)
    with pytest.raises(UnsupportedError):
        dialects.run(
            "torch", "adaptive_avg_pool2d", {"x": plane(4, 4)}, {"output_size": 0}, np.zeros(0)
        )


def test_none_keeps_an_axis():
    assert torch.adaptive_avg_pool2d(plane(4, 5), (None, 2)).shape == (1, 1, 4, 2)


def test_batch_may_be_empty_or_missing():
    assert torch.max_pool2d(plane(4, 4)[:0], 2).shape == (0, 1, 2, 2)
    assert torch.avg_pool3d(np.zeros((2, 4, 4, 4)), 2).shape == (2, 2, 2, 2)
    assert torch.lp_pool1d(np.ones((3, 4)), 2, 2).shape == (3, 2)


GRADIENTS = [
    (2.0, [0, 0, 2, -2, 1e20, 1e20, 1e-30, 1e-30], [0, 0, 0.5**0.5, -(0.5**0.5), 0, 0, 0, 0]),
    (1.0, [0, 0, 2, -2, NAN, 1], [0, 0, 0, 0, 0, 0]),
    (3.0, [1e20, 1e20], [NAN, NAN]),
    (INF, [0, -2, NAN, 1], [0, -1, 0, 0]),
    (-INF, [1, -2, 3, -3], [1, 0, 1, 0]),
]


@pytest.mark.parametrize(("norm_type", "x", "expected"), GRADIENTS)
def test_gradients_of_norms_are_those_of_float32_steps(norm_type, x, expected):
    params = {"norm_type": norm_type, "kernel_size": 2}
    outer = np.ones((1, 1, len(x) // 2), np.float32)
    found = dialects.run("torch", "lp_pool1d", {"x": row(*x)}, params, outer)["gx"]
    np.testing.assert_allclose(found[0, 0], expected, rtol=3e-7)


def test_half_norms_overflow_as_halves():
    x = np.array([[[300, 1, 3, 4]]], np.float16)
    np.testing.assert_array_equal(torch.lp_pool1d(x, 2.0, 2)[0, 0], [INF, 5])


REFUSED = [
    ("max_pool1d", (1, 1, 4), {"kernel_size": [2, 2]}, ArgumentError, "kernel_size"),
    ("max_pool1d", (1, 1, 2), {"kernel_size": 3, "stride": 1}, WindowFitError, "does not fit"),
    ("max_pool2d", (4, 4), {"kernel_size": 2}, ArgumentError, "3 axes, or 4"),
    ("max_pool2d", (1, 1, 4, 4), {"kernel_size": 0}, ArgumentError, "kernel_size"),
    ("max_pool2d", (1, 1, 4, 4), {"kernel_size": 2.0}, ArgumentTypeError, "kernel_size"),
    ("max_pool2d", (1, 1, 4, 4), {"kernel_size": 2, "stride": 0}, ArgumentError, "stride"),
    ("max_pool2d", (1, 1, 4, 4), {"kernel_size": 2, "padding": 2}, ArgumentError, "half"),
    (
        "max_pool2d",
        (1, 1, 9, 9),
        {"kernel_size": 2, "padding": 2, "dilation": 3},
        ArgumentError,
        "half",
    ),
    ("max_pool2d", (1, 1, 4, 4), {"kernel_size": 2, "dilation": 0}, ArgumentError, "dilation"),
    (
        "max_pool2d",
        (1, 1, 4, 4),
        {"kernel_size": 2, "ceil_mode": 1},
        ArgumentTypeError,
        "ceil_mode",
    ),
    ("max_pool2d", (1, 0, 4, 4), {"kernel_size": 2}, ArgumentError, "length 0"),
    (
        "avg_pool2d",
        (1, 1, 4, 4),
        {"kernel_size": 2, "divisor_override": 0},
        ArgumentError,
        "not be 0",
    ),
    (
        "avg_pool3d",
        (1, 1, 2, 2, 2),
        {"kernel_size": 3, "stride": 1, "padding": 1},
        ArgumentError,
        "avg_pool3d",
    ),
    ("lp_pool1d", (1, 1, 4), {"norm_type": 0, "kernel_size": 2}, ArgumentError, "norm_type"),
    (
        "lp_pool1d",
        (1, 1, 4),
        {"norm_type": 2, "kernel_size": [2]},
        ArgumentTypeError,
        "kernel_size",
    ),
    ("lp_pool2d", (1, 1, 4, 4), {"norm_type": 2, "kernel_size": [2]}, ArgumentError, "kernel_size"),
    ("adaptive_max_pool2d", (1, 1, 4, 4), {"output_size": [2]}, ArgumentError, "output_size"),
    ("adaptive_max_pool2d", (1, 1, 4, 4), {"output_size": -1}, ArgumentError, "output_size"),
    ("adaptive_avg_pool1d", (1, 1, 4), {"output_size": [None]}, ArgumentTypeError, "output_size"),
    ("fractional_max_pool2d", (1, 1, 4, 4), {"kernel_size": 2}, ArgumentError, "output_size"),
    (
        "fractional_max_pool2d",
        (1, 1, 4, 4),
        {"kernel_size": 2, "output_size": 2},
        ArgumentTypeError,
        "random_samples",
    ),
    (
        "FractionalMaxPool2d",
        (1, 1, 4, 4),
        {"kernel_size": 2, "output_ratio": 1.0},
        ArgumentError,
        "between 0 and 1",
    ),
]


@pytest.mark.parametrize(("op", "shape", "params", "error", "match"), REFUSED)
def test_refusals(op, shape, params, error, match):
    with pytest.raises(error, match=match):
        dialects.run("torch", op, {"x": np.zeros(shape, np.float32)}, params)


DTYPES = [
    ("max_pool1d", {"kernel_size": 2}, "int64", False),
    ("max_pool1d", {"kernel_size": 2, "return_indices": True}, "int64", True),
    ("max_pool1d", {"kernel_size": 2, "return_indices": True}, "bool", False),
    ("max_pool1d", {"kernel_size": 2, "return_indices": True}, "uint16", False),
    ("avg_pool1d", {"kernel_size": 2}, "int32", False),
    ("avg_pool1d", {"kernel_size": 2}, "float16", True),
    ("adaptive_avg_pool1d", {"output_size": 2}, "int64", False),
    ("adaptive_max_pool1d", {"output_size": 2}, "complex64", False),
    ("lp_pool1d", {"kernel_size": 2, "norm_type": 2.0}, "int32", True),
]


@pytest.mark.parametrize(("op", "params", "dtype", "is_taken"), DTYPES)
def test_dtypes(op, params, dtype, is_taken):
    x = {"x": np.ones((1, 1, 4), dtype)}
    if is_taken:
        assert dialects.run("torch", op, x, params)["y"].shape == (1, 1, 2)
    else:
        with pytest.raises(ArgumentTypeError, match=dtype):
            dialects.run("torch", op, x, params)


@pytest.mark.parametrize(
    ("params", "match"),
    [
        ({"kernel_size": 2, "output_size": (6, 5)}, "output_size"),
        ({"kernel_size": 2, "output_size": (1, 5, 5)}, "output_size"),
        ({"kernel_size": -3, "stride": 1}, "negative"),
        ({"kernel_size": (2, 2, 2)}, "kernel_size"),
    ],
)
def test_unpooling_refusals(params, match):
    with pytest.raises(ArgumentError, match=match):
        torch.max_unpool2d(np.ones((1, 1, 2, 2)), np.zeros((1, 1, 2, 2), np.int64), **params)


def test_unpooling_refuses_places_outside():
    with pytest.raises(ArgumentError, match="0 to 3"):
        torch.max_unpool1d(row(1, 2), row(0, 4, dtype=np.int64), 2)
    with pytest.raises(ArgumentTypeError, match="int64"):
        torch.max_unpool1d(row(1, 2), row(0, 3, dtype=np.int32), 2)


def said(plain):
    return [(call.op, dict(call.params)) for call in torch.propose(plain)]


def sliding(reduce, *windows, **words):
    axes = tuple(range(2, 2 + len(windows)))
    return Plain(reduce, 2 + len(windows), axes, windows, **words)


PROPOSED = [
    (sliding("max", Sliding(2, 2), Sliding(2, 2)), ("max_pool2d", {"kernel_size": 2, "stride": 2})),
    (
        sliding("max", Sliding(3, 2, 2, (1, 1), Rounding.CEIL)),
        (
            "max_pool1d",
            {"kernel_size": 3, "stride": 2, "padding": 1, "dilation": 2, "ceil_mode": True},
        ),
    ),
    (
        sliding("mean", Sliding(3, 1, 1, (1, 1)), Sliding(2, 2)),
        (
            "avg_pool2d",
            {
                "kernel_size": (3, 2),
                "stride": (1, 2),
                "padding": (1, 0),
                "count_include_pad": False,
            },
        ),
    ),
    (
        sliding("sum", Sliding(2, 2), Sliding(2, 2)),
        ("avg_pool2d", {"kernel_size": 2, "stride": 2, "divisor_override": 1}),
    ),
    (
        sliding("sum", Sliding(2, 2)),
        ("lp_pool1d", {"norm_type": 1.0, "kernel_size": 2, "stride": 2}),
    ),
    (
        sliding("norm", Sliding(2, 2), norm_type=2.0),
        ("lp_pool1d", {"norm_type": 2.0, "kernel_size": 2, "stride": 2}),
    ),
    (
        Plain("mean", 4, (2, 3), output_size=(1, 1)),
        ("adaptive_avg_pool2d", {"output_size": 1}),
    ),
]


@pytest.mark.parametrize(("plain", "call"), PROPOSED)
def test_proposals(plain, call):
    assert said(plain)[0] == call


UNSAID = [
    (sliding("max", Sliding(2, 2, 1, (0, 1))), "both sides"),
    (sliding("max", Sliding(2, 2, 1, AutomaticPadding.SAME)), "both sides"),
    (sliding("max", Sliding(2, 2, 1, (2, 2))), "half"),
    (sliding("mean", Sliding(2, 2, 2)), "dilation"),
    (Plain("max", 4, (1, 2), (Sliding(2, 2), Sliding(2, 2))), "behind the channels"),
]


@pytest.mark.parametrize(("plain", "match"), UNSAID)
def test_what_cannot_be_said(plain, match):
    with pytest.raises(UnsupportedError, match=match):
        said(plain)


def test_native_names():
    assert "max_pool2d" in torch.DIALECT.operators
    assert dialects.find("torch").find("torch.nn.MaxPool2d") is torch.max_pool2d
    assert torch.max_pool2d.__doc__.startswith("Return what ``torch.nn.functional.max_pool2d``")
    expected = poolkit.max_pool(plane(4, 4), 2, axes=(2, 3))
    np.testing.assert_array_equal(torch.max_pool2d(plane(4, 4), 2), expected)
