"""Pooling of regions in the words of Chainer, Paddle, OpenCV and torchvision."""

import numpy as np
import pytest

from poolkit import ArgumentError, ArgumentTypeError
from poolkit.dialects import (
    chainer_regions,
    opencv_regions,
    paddle_regions,
    torchvision,
)
from poolkit.dialects.native import Dialect

X = np.arange(16, dtype=np.float32).reshape(1, 1, 4, 4)
BOX = np.array([[0, 0, 2, 2]], np.float32)  # as (x1, y1, x2, y2), and as (y1, x1, y2, x2)
WITH_IMAGE = np.array([[0, 0, 0, 2, 2]], np.float32)
IMAGES = np.zeros(1, np.int32)
ONE = np.ones(1, np.int32)

FUNCTIONS = Dialect("regions")
for module in (chainer_regions, paddle_regions, opencv_regions, torchvision):
    for name in module.__all__:
        found = getattr(module, name)
        if name != "DIALECT":
            FUNCTIONS.operator(f"{module.__name__}.{name}")(getattr(found, "function", found))


def run(module, op, *arrays, gradient=None, **params):
    native = FUNCTIONS.operators[f"{module.__name__}.{op}"]
    inputs = dict(zip(native.inputs, arrays, strict=True))
    return FUNCTIONS.run(f"{module.__name__}.{op}", inputs, params, gradient)


CLOSED, HALF_OPEN = [[5, 6], [9, 10]], [[0, 1], [4, 5]]
POINTS, ALIGNED = [[2.5, 3.5], [6.5, 7.5]], [[0, 1], [4, 5]]


@pytest.mark.parametrize(
    ("module", "op", "arrays", "params", "expected"),
    [
        (chainer_regions, "roi_pooling_2d", (X, WITH_IMAGE), {"outh": 2, "outw": 2}, CLOSED),
        (chainer_regions, "roi_max_pooling_2d", (X, BOX, IMAGES), {"outsize": 2}, HALF_OPEN),
        (chainer_regions, "roi_average_pooling_2d", (X, BOX, IMAGES), {"outsize": 2}, HALF_OPEN),
        (
            chainer_regions,
            "roi_average_align_2d",
            (X, BOX, IMAGES),
            {"outsize": (2, 2), "sampling_ratio": 1},
            POINTS,
        ),
        (
            chainer_regions,
            "roi_max_align_2d",
            (X, BOX, IMAGES),
            {"outsize": [2, 2], "sampling_ratio": (1, None)},
            POINTS,
        ),
        (paddle_regions, "roi_pool", (X, BOX, ONE), {"output_size": 2}, CLOSED),
        (
            paddle_regions,
            "roi_align",
            (X, BOX, ONE),
            {"output_size": 2, "sampling_ratio": 1, "aligned": False},
            POINTS,
        ),
        (paddle_regions, "roi_align", (X, BOX, ONE), {"output_size": [2, 2]}, POINTS),
        (opencv_regions, "roi_pooling", (X, WITH_IMAGE), {"pooled_h": 2, "pooled_w": 2}, CLOSED),
        (torchvision, "roi_pool", (X, WITH_IMAGE), {"output_size": 2}, CLOSED),
        (
            torchvision,
            "roi_align",
            (X, WITH_IMAGE),
            {"output_size": 2, "sampling_ratio": 1},
            POINTS,
        ),
        (
            torchvision,
            "roi_align",
            (X, WITH_IMAGE),
            {"output_size": 2, "sampling_ratio": 1, "aligned": True},
            ALIGNED,
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_extents(module, op, arrays, params, expected):  # T33
    if op == "roi_align" and module is paddle_regions and "aligned" not in params:
        expected = ALIGNED  # aligned by default; ⌈1⌉ point a bin
    found = run(module, op, *arrays, spatial_scale=1.0, **params)
    np.testing.assert_array_equal(found["y"][0, 0], expected)


def test_last_row_and_column():  # T35
    box = np.array([[0, 0, 0, 4, 4]], np.float32)
    found = run(torchvision, "ps_roi_pool", X, box, output_size=1)
    assert found["y"].item() == 5
    said = {"output_dim": 1, "group_size": 1, "spatial_scale": 1.0}
    assert run(opencv_regions, "ps_roi_pooling", X, box, **said)["y"].item() == 7.5


def test_bins_that_hold_nothing():  # T36
    beside = np.array([[0, 9, 0, 12, 2]], np.float32)
    said = {"outh": 1, "outw": 1, "spatial_scale": 1}
    assert run(chainer_regions, "roi_pooling_2d", X, beside, **said)["y"].item() == 0
    below = np.array([[9, 0, 12, 2]], np.float32)
    arrays, said = (X, below, IMAGES), {"outsize": 1, "spatial_scale": 1}
    assert run(chainer_regions, "roi_max_pooling_2d", *arrays, **said)["y"].item() == -np.inf
    assert run(chainer_regions, "roi_average_pooling_2d", *arrays, **said)["y"].item() == 0
    assert run(chainer_regions, "roi_max_align_2d", *arrays, **said)["y"].item() == -np.inf
    assert run(chainer_regions, "roi_average_align_2d", *arrays, **said)["y"].item() == 0
    assert run(torchvision, "roi_pool", X, beside, output_size=1)["y"].item() == 0
    empty = np.array([[0, 1, 1, 1, 1]], np.float32)
    said = {"output_size": 1, "sampling_ratio": 0}
    assert run(torchvision, "roi_align", X, empty, **said, aligned=True)["y"].item() == 0
    assert np.isnan(run(torchvision, "ps_roi_align", X, empty, **said)["y"].item())


def test_nan():
    x = X.copy()
    x[0, 0, 0, 1] = np.nan
    box = np.array([[0, 0, 1, 2]], np.float32)  # y from 0 to 1, x from 0 to 2
    said = {"outsize": 1, "spatial_scale": 1}
    found = run(chainer_regions, "roi_max_pooling_2d", x, box, IMAGES, **said, gradient=[[[[1.0]]]])
    assert np.isnan(found["y"].item())
    assert found["gx"][0, 0, 0, 1] == 1
    wide = np.array([[0, 0, 0, 2, 1]], np.float32)
    assert run(torchvision, "roi_pool", x, wide, output_size=1)["y"].item() == 6
    # A cell of weight 0: Chainer does not read it.
    at_corner = np.array([[-0.5, -0.5, 0.5, 0.5]], np.float32)
    said["sampling_ratio"] = 1
    found = run(chainer_regions, "roi_average_align_2d", x, at_corner, IMAGES, **said)
    assert found["y"].item() == 0
    with_image = np.array([[0, -0.5, -0.5, 0.5, 0.5]], np.float32)
    said = {"output_size": 1, "sampling_ratio": 1}
    found = run(torchvision, "roi_align", x, with_image, **said)
    assert np.isnan(found["y"].item())


def test_rounding_of_halves():  # T32
    box = np.array([[0, 2.5, 0, 2.5, 0]], np.float32)
    said = {"spatial_scale": 1.0}
    assert run(chainer_regions, "roi_pooling_2d", X, box, outh=1, outw=1, **said)["y"].item() == 2
    assert run(opencv_regions, "roi_pooling", X, box, pooled_w=1, **said)["y"].item() == 3
    assert run(torchvision, "roi_pool", X, box, output_size=1, **said)["y"].item() == 3


def test_gradient_of_a_small_aligned_box():
    # Paddle's gradient is that of a box of at least one cell: from ½ to 1½, not to ½.
    box = np.array([[1, 1, 1, 1]], np.float32)
    said = {"output_size": 1, "sampling_ratio": 1}
    found = run(paddle_regions, "roi_align", X, box, ONE, **said, gradient=[[[[1.0]]]])
    assert found["y"].item() == 2.5
    expected = np.zeros((4, 4))
    expected[1, 1] = 1
    np.testing.assert_array_equal(found["gx"][0, 0], expected)


def test_opencv_has_no_gradient():
    native = FUNCTIONS.operators[f"{opencv_regions.__name__}.roi_pooling"]
    answer = native.read(pooled_h=1, pooled_w=1).answer(X, WITH_IMAGE)
    assert answer.pull_back is None


@pytest.mark.parametrize(
    ("module", "op", "arrays", "params", "error", "sentence"),
    [
        (
            chainer_regions,
            "roi_max_pooling_2d",
            (X, BOX, IMAGES.astype(np.int64)),
            {"outsize": 2, "spatial_scale": 1},
            ArgumentTypeError,
            "`roi_indices` must be int32; got int64",
        ),
        (
            chainer_regions,
            "roi_max_pooling_2d",
            (X, BOX, IMAGES - 2),
            {"outsize": 2, "spatial_scale": 1},
            ArgumentError,
            "lie on the images 0 to 0; got -2",
        ),
        (
            chainer_regions,
            "roi_average_align_2d",
            (X, BOX, IMAGES),
            {"outsize": 2, "spatial_scale": 1, "sampling_ratio": 0},
            ArgumentError,
            "`sampling_ratio` must be .* at least 1; got 0",
        ),
        (
            chainer_regions,
            "roi_average_align_2d",
            (X, BOX, IMAGES),
            {"outsize": 2, "spatial_scale": 0},
            ArgumentError,
            "`spatial_scale` must be a positive number; got 0",
        ),
        (
            paddle_regions,
            "roi_pool",
            (X, BOX, ONE * 2),
            {"output_size": 2},
            ArgumentError,
            r"`boxes_num` must add up to the boxes, 1, none negative; got \[2\]",
        ),
        (
            paddle_regions,
            "roi_align",
            (X, BOX[:, ::-1].copy(), ONE),
            {"output_size": 1},
            ArgumentError,
            "end behind their beginning where `aligned`",
        ),
        (
            paddle_regions,
            "psroi_pool",
            (X, BOX, ONE),
            {"output_size": 1},
            ArgumentError,
            "a multiple of 1 channels, twice that at least; got 1",
        ),
        (
            opencv_regions,
            "roi_pooling",
            (X, WITH_IMAGE),
            {},
            ArgumentError,
            "`pooled_h` must be given, or `pooled_w`; got None",
        ),
        (
            opencv_regions,
            "ps_roi_pooling",
            (X, WITH_IMAGE),
            {"output_dim": 1, "group_size": 2, "spatial_scale": 1.0},
            ArgumentError,
            "`x` must have 4 channels; got 1",
        ),
        (
            torchvision,
            "ps_roi_pool",
            (X, WITH_IMAGE),
            {"output_size": 2},
            ArgumentError,
            "a multiple of 4 channels; got 1",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_refusals(module, op, arrays, params, error, sentence):
    with pytest.raises(error, match=sentence):
        run(module, op, *arrays, **params)
