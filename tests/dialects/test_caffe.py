"""Caffe's layers, against the numbers in its own tests and against frameworks' disagreements.

Sources: BVLC/caffe: src/caffe/test/test_pooling_layer.cpp, test_stochastic_pooling.cpp,
test_spp_layer.cpp; the table of disagreements (T1 to T40).
"""

from dataclasses import replace

import numpy as np
import pytest

import poolkit
from poolkit import dialects
from poolkit.dialects import caffe
from poolkit.dialects.plain import put_plainly
from poolkit.geometry import AutomaticPadding, Rounding

LOWEST = np.finfo(np.float32).min
NAN = np.nan

SQUARE = [[1, 2, 5, 2, 3], [9, 4, 1, 4, 8], [1, 2, 5, 2, 3]]
MAGIC = [
    [35, 1, 6, 26, 19, 24],
    [3, 32, 7, 21, 23, 25],
    [31, 9, 2, 22, 27, 20],
    [8, 28, 33, 17, 10, 15],
    [30, 5, 34, 12, 14, 16],
    [4, 36, 29, 13, 18, 11],
]


def planes(values, count=1):
    """Return an array (count, count, H, W) of the same plane."""
    return np.tile(np.array(values, np.float32), (count, count, 1, 1))


def row(values):
    return np.array(values, np.float32).reshape(1, 1, 1, -1)


@pytest.mark.parametrize(
    ("x", "params", "maxima", "mask"),
    [
        pytest.param(
            SQUARE,
            {"kernel_size": 2},
            [[9, 5, 5, 8], [9, 5, 5, 8]],
            [[5, 2, 2, 9], [5, 12, 12, 9]],
            id="TestForwardSquare",
        ),
        pytest.param(
            MAGIC,
            {"kernel_h": 3, "kernel_w": 2},
            [
                [35, 32, 26, 27, 27],
                [32, 33, 33, 27, 27],
                [31, 34, 34, 27, 27],
                [36, 36, 34, 18, 18],
            ],
            [[0, 7, 3, 16, 16], [7, 20, 20, 16, 16], [12, 26, 26, 16, 16], [31, 31, 26, 34, 34]],
            id="TestForwardRectHigh",
        ),
        pytest.param(
            MAGIC,
            {"kernel_h": 2, "kernel_w": 3},
            [
                [35, 32, 26, 26],
                [32, 32, 27, 27],
                [33, 33, 33, 27],
                [34, 34, 34, 17],
                [36, 36, 34, 18],
            ],
            [[0, 7, 3, 3], [7, 7, 16, 16], [20, 20, 20, 16], [26, 26, 26, 21], [31, 31, 26, 34]],
            id="TestForwardRectWide",
        ),
        pytest.param(
            [[1, 2, 4], [2, 3, 2], [4, 2, 1]],
            {"kernel_size": 3, "stride": 2, "pad": 2},
            [[1, 4, 4], [4, 4, 4], [4, 4, 1]],
            [[0, 2, 2], [6, 2, 2], [6, 6, 8]],
            id="TestForwardMaxPadded",
        ),
    ],
)
def test_maxima_and_masks(x, params, maxima, mask):
    found = dialects.run("caffe", "Pooling", {"x": planes(x, 2)}, params)
    np.testing.assert_array_equal(found["y"], planes(maxima, 2))
    np.testing.assert_array_equal(found["argmax"], planes(mask, 2))
    np.testing.assert_array_equal(caffe.pooling(planes(x, 2), **params), found["y"])


def test_averages_count_the_padding():
    y = caffe.pooling(planes(np.full((3, 3), 2)), pool="AVE", kernel_size=3, stride=1, pad=1)
    corner, edge = 8 / 9, 4 / 3
    expected = [[corner, edge, corner], [edge, 2, edge], [corner, edge, corner]]
    np.testing.assert_allclose(y, planes(expected), rtol=1e-6)


@pytest.mark.parametrize(
    ("shape", "params", "expected"),
    [
        ((6, 5), {"kernel_size": 3, "stride": 2}, (3, 2)),
        ((6, 5), {"kernel_size": 3, "stride": 2, "pad": 1, "pool": "AVE"}, (4, 3)),
        ((6, 5), {"global_pooling": True, "pool": "AVE"}, (1, 1)),
        ((1, 5), {"kernel_h": 1, "kernel_w": 2, "stride": 2, "pad_h": 0, "pad_w": 1}, (1, 3)),  # T1
        ((1, 5), {"kernel_size": 1, "stride": 3}, (1, 3)),  # T2
        ((1, 6), {"kernel_size": 1, "stride": 4}, (1, 3)),
        ((1, 2), {"kernel_h": 1, "kernel_w": 3, "stride": 2}, (1, 1)),  # T5
        ((1, 6), {"kernel_h": 1, "kernel_w": 2}, (1, 5)),  # T38
        ((1, 5), {"kernel_size": 1, "stride": 3, "round_mode": "FLOOR"}, (1, 2)),
        # Padding of one axis clips both.
        ((5, 5), {"kernel_h": 2, "kernel_w": 1, "stride": 3}, (2, 3)),
        ((5, 5), {"kernel_h": 2, "kernel_w": 1, "stride": 3, "pad_h": 1, "pad_w": 0}, (2, 2)),
    ],
)
def test_numbers_of_windows(shape, params, expected):
    x = np.zeros((1, 1, *shape), np.float32)
    assert dialects.run("caffe", "Pooling", {"x": x}, params)["y"].shape[2:] == expected


@pytest.mark.parametrize(
    ("x", "params", "expected"),
    [
        (
            [1, 2, 9, 3],
            {"kernel_h": 1, "kernel_w": 3, "stride": 2, "pad_h": 0, "pad_w": 1},
            [2, 9, 3],
        ),
        ([NAN, 1, 2], {"kernel_h": 1, "kernel_w": 3}, [2]),  # T15
        ([1, NAN, 2], {"kernel_h": 1, "kernel_w": 3}, [2]),
        ([NAN] * 3, {"kernel_h": 1, "kernel_w": 3}, [LOWEST]),
        ([-np.inf] * 3, {"kernel_h": 1, "kernel_w": 3}, [LOWEST]),
        ([1, 2, 3, 4, 5], {"kernel_size": 1, "stride": 3}, [1, 4, LOWEST]),  # T2
        (range(1, 8), {"pool": 1, "kernel_h": 1, "kernel_w": 3, "stride": 3}, [2, 5, 7]),  # T7
        (
            [1, 2, 3, 4],
            {"pool": 1, "kernel_h": 1, "kernel_w": 3, "stride": 2, "pad_h": 0, "pad_w": 1},
            [1, 3, 2],  # T8
        ),
        (
            [1, 2, 3, 4],
            {"pool": 1, "kernel_h": 1, "kernel_w": 3, "pad_h": 0, "pad_w": 1},
            [1, 2, 3, 7 / 3],  # T9
        ),
        # Behind the input: 0 / -1 further on, 0 / 0 right behind it.
        ([1, 2, 3, 4, 5], {"pool": "AVE", "kernel_size": 1, "stride": 3}, [1, 4, 0]),
        ([1, 2, 3, 4, 5, 6], {"pool": "AVE", "kernel_size": 1, "stride": 3}, [1, 4, NAN]),
        ([1, 2, 3, 4], {"pool": "STOCHASTIC", "kernel_h": 1, "kernel_w": 4}, [3]),  # T30
        ([0, 0, 0, 0], {"pool": "STOCHASTIC", "kernel_h": 1, "kernel_w": 4}, [0]),
        ([-1, 2, 3, -4], {"pool": "STOCHASTIC", "kernel_h": 1, "kernel_w": 4}, [0]),
    ],
)
def test_rows(x, params, expected):
    y = dialects.run("caffe", "Pooling", {"x": row(x)}, params)["y"]
    np.testing.assert_allclose(y.ravel(), np.array(expected, np.float32), rtol=1e-6)


def test_what_is_lower_than_the_lowest_float_is_never_chosen():
    x = np.full((1, 1, 2, 2), -1e39)
    found = dialects.run("caffe", "Pooling", {"x": x}, {"kernel_size": 2})
    assert (found["y"].item(), found["argmax"].item()) == (float(LOWEST), -1)


def test_gradients():
    x = planes(SQUARE)
    outputs = dialects.run("caffe", "Pooling", {"x": x}, {"kernel_size": 2}, np.ones((1, 1, 2, 4)))
    expected = [[0, 0, 2, 0, 0], [2, 0, 0, 0, 2], [0, 0, 2, 0, 0]]
    np.testing.assert_array_equal(outputs["gx"], planes(expected))
    params = {"pool": "AVE", "kernel_size": 3, "stride": 2, "pad": 1}
    outputs = dialects.run("caffe", "Pooling", {"x": x}, params, np.full((1, 1, 2, 3), 9.0))
    expected = [[1, 2, 1, 2, 1], [2, 4, 2, 4, 2], [1, 2, 1, 2, 1]]
    np.testing.assert_allclose(outputs["gx"], planes(expected), rtol=1e-6)
    lost = dialects.run(
        "caffe", "Pooling", {"x": row([-np.inf] * 3)}, {"kernel_size": 1}, np.ones((1, 1, 1, 3))
    )
    np.testing.assert_array_equal(lost["argmax"].ravel(), [-1, -1, -1])
    np.testing.assert_array_equal(lost["gx"].ravel(), [0, 0, 0])


DRAWING = {"pool": "STOCHASTIC", "kernel_size": 3, "stride": 2}


class TestStochastic:
    def test_draws_elements_by_their_size(self, rng):
        x = rng.uniform(0.1, 1, (2, 3, 6, 5)).astype(np.float32)
        numbers = rng.random((2, 3, 3, 2)).astype(np.float32)
        inputs = {"x": x, "random_samples": numbers}
        outer = rng.integers(1, 9, numbers.shape).astype(np.float32)
        outputs = dialects.run("caffe", "Pooling", inputs, DRAWING, outer)
        gradient = np.zeros_like(x)
        for place in np.ndindex(*numbers.shape):
            n, c, i, j = place
            window = x[n, c, 2 * i : 2 * i + 3, 2 * j : 2 * j + 3]
            share = numbers[place] * window.sum(dtype=np.float64)
            total, chosen = 0.0, None
            for cell in np.ndindex(*window.shape):
                total += window[cell]
                if total >= share:
                    chosen = cell
                    break
            assert outputs["y"][place] == window[chosen]
            gradient[n, c, 2 * i + chosen[0], 2 * j + chosen[1]] += outer[place]
        np.testing.assert_array_equal(outputs["gx"], gradient)
        # Weighting the larger ones more: Caffe's own test expects as much.
        assert outputs["y"].mean() >= 0.55

    def test_is_their_mean_by_size_in_the_test_phase(self, rng):
        x = rng.uniform(0.1, 1, (2, 3, 6, 5))
        y = caffe.pooling(x, **DRAWING)
        for place in np.ndindex(*y.shape):
            n, c, i, j = place
            window = x[n, c, 2 * i : 2 * i + 3, 2 * j : 2 * j + 3]
            np.testing.assert_allclose(y[place], (window**2).sum() / window.sum())
            assert y[place] <= window.max()

    def test_an_empty_window_draws_nothing(self):
        numbers = np.full((1, 1, 1, 3), 0.5)
        params = {"pool": 2, "kernel_size": 1, "stride": 3}
        inputs = {"x": row([1, 2, 3, 4, 5]), "random_samples": numbers}
        outputs = dialects.run("caffe", "Pooling", inputs, params, np.ones((1, 1, 1, 3)))
        np.testing.assert_array_equal(outputs["y"].ravel(), [1, 4, 0])
        np.testing.assert_array_equal(outputs["gx"].ravel(), [1, 0, 0, 1, 0])

    @pytest.mark.parametrize(
        ("numbers", "params", "sentence"),
        [
            (np.zeros((1, 1, 1, 2)), {"pool": "STOCHASTIC"}, "hold one number for each window"),
            (np.full((1, 1, 1, 3), 1.5), {"pool": "STOCHASTIC"}, "lie in 0 to 1; got 1.5 to 1.5"),
            (np.full((1, 1, 1, 3), NAN), {"pool": "STOCHASTIC"}, "lie in 0 to 1; got nan"),
            (np.zeros((1, 1, 1, 3)), {"pool": "MAX"}, "be left out, unless pool is STOCHASTIC"),
            (np.array(["a"] * 3).reshape(1, 1, 1, 3), {"pool": "STOCHASTIC"}, "be a NumPy array"),
        ],
    )
    def test_refuses_other_numbers(self, numbers, params, sentence):
        with pytest.raises(poolkit.PoolError, match=f"`random_samples` must {sentence}"):
            caffe.pooling(row([1, 2, 3]), numbers, kernel_size=1, **params)


class TestPyramid:
    @pytest.mark.parametrize(("shape", "height"), [((2, 3, 9, 8), 3), ((10, 3, 7, 7), 3)])
    def test_sizes(self, shape, height):
        y = caffe.spp(np.zeros(shape, np.float32), pyramid_height=height)
        assert y.shape == (shape[0], 63)

    def test_levels_one_behind_the_other(self, rng):
        x = rng.normal(size=(2, 3, 9, 8)).astype(np.float32)
        outer = rng.integers(1, 9, (2, 15)).astype(np.float32)
        outputs = dialects.run("caffe", "SPP", {"x": x}, {"pyramid_height": 2}, outer)
        whole = x.max(axis=(2, 3)).reshape(2, 3)
        np.testing.assert_array_equal(outputs["y"][:, :3], whole)
        words = {"kernel_h": 5, "kernel_w": 4, "stride_h": 5, "stride_w": 4, "pad_h": 1, "pad_w": 0}
        level = dialects.run("caffe", "Pooling", {"x": x}, words, outer[:, 3:].reshape(2, 3, 2, 2))
        np.testing.assert_array_equal(outputs["y"][:, 3:], level["y"].reshape(2, 12))
        first = dialects.run(
            "caffe", "Pooling", {"x": x}, {"global_pooling": True}, outer[:, :3].reshape(2, 3, 1, 1)
        )
        np.testing.assert_array_equal(outputs["gx"], first["gx"] + level["gx"])

    def test_one_level_keeps_its_axes(self):
        x = np.arange(12.0).reshape(1, 2, 2, 3)
        y = caffe.spp(x, pyramid_height=1, pool="AVE")
        np.testing.assert_array_equal(y, x.mean(axis=(2, 3), keepdims=True))

    def test_refuses_more_levels_than_fit(self):
        with pytest.raises(poolkit.ArgumentError, match="`pad` must be less than the kernel"):
            caffe.spp(np.zeros((1, 1, 5, 5)), pyramid_height=10**9)
        with pytest.raises(poolkit.ArgumentError, match="`pyramid_height` must"):
            caffe.spp(np.zeros((1, 1, 5, 5)))


@pytest.mark.parametrize(
    ("params", "sentence"),
    [
        ({}, "`kernel_size` must be given, or else kernel_h and kernel_w, not both"),
        ({"kernel_size": 2, "kernel_h": 2, "kernel_w": 2}, "`kernel_size` must be given, or else"),
        ({"kernel_h": 2}, "`kernel_size` must be given, or else"),
        ({"kernel_size": 0}, "`kernel_size` must be an integer"),
        ({"kernel_size": 2.0}, "`kernel_size` must be an integer"),
        ({"kernel_size": 2, "pad": 1, "pad_h": 1, "pad_w": 1}, "`pad` must be given, or else"),
        ({"kernel_size": 2, "pad_h": 1}, "`pad` must be given, or else pad_h and pad_w, not both"),
        ({"kernel_size": 2, "stride_w": 1}, "`stride` must be given, or else"),
        ({"kernel_size": 2, "stride": 0}, "`stride` must be an integer"),
        ({"kernel_size": 2, "pad": 2}, r"`pad` must be less than the kernel, \(2, 2\)"),
        ({"kernel_h": 3, "kernel_w": 1, "pad_h": 0, "pad_w": 1}, "`pad` must be less than"),
        ({"kernel_size": 2, "pad": -1}, "`pad` must be an integer"),
        ({"kernel_size": 2, "pad": 1, "pool": "STOCHASTIC"}, "`pad` must be 0 for STOCHASTIC"),
        ({"global_pooling": True, "kernel_size": 2}, "`kernel_size` must be left out with"),
        ({"global_pooling": True, "pad": 1}, "`pad` must be 0, and the stride 1, with"),
        ({"global_pooling": True, "stride": 2}, "`pad` must be 0, and the stride 1, with"),
        ({"global_pooling": 1}, "`global_pooling` must be True or False"),
        ({"kernel_size": 2, "pool": "max"}, "`pool` must be one of MAX, AVE, STOCHASTIC"),
        ({"kernel_size": 2, "pool": 3}, "`pool` must be one of MAX, AVE, STOCHASTIC"),
        ({"kernel_size": 2, "round_mode": "UP"}, "`round_mode` must be one of CEIL, FLOOR"),
        ({"kernel_size": 2, "engine": "MKL"}, "`engine` must be one of DEFAULT, CAFFE, CUDNN"),
        ({"kernel_size": 9}, "axis 2: a window of extent 9 does not fit into 4 elements"),
    ],
)
def test_refusals(params, sentence):
    with pytest.raises(poolkit.PoolError, match=sentence):
        caffe.pooling(np.zeros((1, 1, 4, 4)), **params)


def test_empty_planes_are_refused():
    for params in ({"kernel_size": 2, "pad": 1}, {"global_pooling": True}):
        with pytest.raises(poolkit.ArgumentError):
            caffe.pooling(np.zeros((1, 1, 0, 4)), **params)
    assert caffe.pooling(np.zeros((0, 2, 4, 4)), pool="AVE", kernel_size=2).shape == (0, 2, 3, 3)


def test_other_ranks_are_refused():
    with pytest.raises(poolkit.ArgumentError, match="`x` must have 4 axes"):
        caffe.pooling(np.zeros((4, 4)), kernel_size=2)


@pytest.mark.parametrize(
    "params",
    [
        {"pool": "MAX", "kernel_size": 3},
        {"pool": "AVE", "kernel_h": 3, "kernel_w": 2, "stride": 2, "pad_h": 1, "pad_w": 0},
        {"pool": "AVE", "kernel_size": 2, "stride_h": 1, "stride_w": 2, "round_mode": "FLOOR"},
        {"pool": "AVE", "global_pooling": True},
    ],
)
def test_own_words_are_proposed(params):
    meaning = caffe.pooling.read(rank=4, **params)
    (call,) = caffe.DIALECT.propose(put_plainly(meaning, 4))
    assert (call.op, call.params) == ("Pooling", params)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"padding": (0, 1)}, "its padding is the same on both sides of an axis."),
        ({"padding": AutomaticPadding.SAME}, "its padding does not depend on the length"),
        ({"dilation": 2}, "its windows have no dilation."),
        ({"rounding": Rounding.COVER, "padding": (1, 1)}, "where it pads"),
        ({"rounding": Rounding.CEIL, "stride": 4}, "where it does not pad"),
    ],
)
def test_what_cannot_be_proposed(change, reason):

    plain = put_plainly(caffe.pooling.read(rank=4, kernel_size=3, stride=2), 4)
    other = replace(plain, sliding=tuple(replace(each, **change) for each in plain.sliding))
    with pytest.raises(poolkit.UnsupportedError, match=reason):
        list(caffe.DIALECT.propose(other))
