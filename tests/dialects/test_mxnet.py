"""MXNet's own words: what its documentation shows, what it refuses, and what oneDNN changes."""

import numpy as np
import pytest

from poolkit import ArgumentError, ArgumentTypeError, UnsupportedError, dialects
from poolkit.dialects import mxnet
from poolkit.dialects.plain import Plain, put_plainly
from poolkit.geometry import AutomaticPadding, Rounding, Sliding

X = np.arange(48, dtype=np.float32).reshape(1, 1, 8, 6)


def box(*corners):
    return np.array([[0, *corners]], np.float32)


def test_documented_roi_pooling():
    # apache/mxnet: src/operator/roi_pooling.cc, the example of its documentation.
    rois = box(0, 0, 4, 4)
    whole = mxnet.roi_pooling(X, rois, pooled_size=(2, 2), spatial_scale=1.0)
    np.testing.assert_array_equal(whole[0, 0], [[14, 16], [26, 28]])
    part = mxnet.roi_pooling(X, rois, pooled_size=(2, 2), spatial_scale=0.7)
    np.testing.assert_array_equal(part[0, 0], [[7, 9], [19, 21]])


def test_worked_boxes():
    x = np.arange(16, dtype=np.float32).reshape(1, 1, 4, 4)
    found = mxnet.roi_pooling(x, box(0, 0, 2, 2), pooled_size=(2, 2), spatial_scale=1.0)
    np.testing.assert_array_equal(found[0, 0], [[5, 6], [9, 10]])  # T33
    said = {"spatial_scale": 1.0, "output_dim": 1, "pooled_size": 1}
    assert mxnet.psroi_pooling(x, box(0, 0, 4, 4), **said).item() == 7.5  # T35
    beside = mxnet.roi_pooling(x, box(9, 0, 12, 2), pooled_size=(1, 1), spatial_scale=1.0)
    assert beside.item() == 0  # T36


@pytest.mark.parametrize("image", [-1, 1])
def test_a_box_on_no_image(image):
    rois = box(0, 0, 2, 2)
    rois[0, 0] = image
    assert not mxnet.roi_pooling(X, rois, pooled_size=(2, 2), spatial_scale=1.0).any()
    said = {"pooled_size": (2, 2), "spatial_scale": 1.0}
    if image < 0:
        assert not mxnet.roi_align(X, rois, **said).any()
    else:
        with pytest.raises(ArgumentError, match="lie on the images 0 to 0"):
            mxnet.roi_align(X, rois, **said)


def test_position_sensitive_align_is_that_of_each_channel():
    x = np.random.default_rng(0).standard_normal((1, 8, 6, 7)).astype(np.float32)
    said = {"pooled_size": (2, 2), "spatial_scale": 0.5, "sample_ratio": 2}
    sensitive = mxnet.roi_align(x, box(1, 2, 9, 9), position_sensitive=True, **said)
    plain = mxnet.roi_align(x, box(1, 2, 9, 9), **said).reshape(2, 2, 2, 2, 2)
    expected = np.einsum("dpqpq->dpq", plain)
    np.testing.assert_array_equal(sensitive[0], expected)


def test_what_one_dnn_refuses():
    x = np.ones((1, 1, 4), np.float32)
    said = {"kernel": (2,), "pad": (2,)}
    for pool_type in ("max", "avg"):
        with pytest.raises(ArgumentError, match="less than the kernel on axis 2, 2"):
            mxnet.pooling(x, **said, pool_type=pool_type)
    inner = [1] * 5  # the outermost windows are empty
    for found in (
        mxnet.own_pooling(x, **said),
        mxnet.pooling(x.astype(float), **said),
        mxnet.pooling(x.transpose(0, 2, 1), **said, layout="NWC").transpose(0, 2, 1),
    ):
        assert found.shape == (1, 1, 7)
        np.testing.assert_array_equal(found[0, 0, 1:-1], inner)
    summed = mxnet.pooling(x, **said, pool_type="sum")
    np.testing.assert_array_equal(summed[0, 0], [0, 1, 2, 2, 2, 1, 0])
    np.testing.assert_array_equal(mxnet.pooling(x, global_pool=True, **said), [[[1]]])


def test_gradient_of_windows_without_a_largest():
    x = np.full((1, 1, 5), -np.inf, np.float32)
    said = {"kernel": (3,), "stride": (2,), "pad": (1,)}  # from -1, 1 and 3
    outer = np.array([[[1.0, 2.0, 4.0]]], np.float32)
    one_dnn = dialects.run("mxnet", "Pooling", {"x": x}, said, outer)
    np.testing.assert_array_equal(one_dnn["gx"][0, 0], [0, 2, 0, 4, 0])
    own = dialects.run("mxnet_nomkldnn", "Pooling", {"x": x}, said, outer)
    assert not own["gx"].any()
    assert (own["y"] == np.finfo(np.float32).min).all()
    assert "argmax" not in one_dnn


def test_averages_where_a_window_begins_just_where_it_ends():
    said = {"pool_type": "avg", "pooling_convention": "full"}  # windows at 0, 2 and 4
    x = np.ones((1, 1, 4, 1, 1))
    found = mxnet.pooling(x, kernel=(1, 1, 1), stride=(2, 1, 1), **said)
    np.testing.assert_array_equal(found.ravel(), [1, 1, np.nan])
    found = mxnet.pooling(x[..., 0], kernel=(1, 1), stride=(2, 1), **said)
    np.testing.assert_array_equal(found.ravel(), [1, 1, 0])


def test_gradient_of_averages_that_cover_what_is_left_over():
    # The windows have two elements and one; oneDNN, asked for the gradient alone, counts two.
    said = {"kernel": [2], "stride": [2], "pool_type": "avg", "pooling_convention": "full"}
    x, outer = np.ones((1, 1, 3)), np.ones((1, 1, 2))
    for dtype, expected in ((np.float32, [0.5, 0.5, 0.5]), (np.float64, [0.5, 0.5, 1])):
        found = dialects.run("mxnet", "Pooling", {"x": x.astype(dtype)}, said, outer)
        np.testing.assert_array_equal(found["gx"][0, 0], expected)
        np.testing.assert_array_equal(found["y"][0, 0], [1, 1])


def test_gradient_that_one_dnn_refuses():
    said = {"kernel": [2], "stride": [3], "pad": [1], "pool_type": "avg"}
    said |= {"pooling_convention": "full", "count_include_pad": False}
    x, outer = np.ones((1, 1, 4), np.float32), np.ones((1, 1, 3))
    assert dialects.run("mxnet", "Pooling", {"x": x}, said)["y"].shape == (1, 1, 3)
    with pytest.raises(ArgumentError, match="leave less than the kernel over on axis 2"):
        dialects.run("mxnet", "Pooling", {"x": x}, said, outer)


def test_cube_roots_of_negative_sums():
    said = {"kernel": [2], "pool_type": "lp", "p_value": 3}
    x = np.array([[[-1.0, -2.0]]])
    found = dialects.run("mxnet", "Pooling", {"x": x}, said, np.ones((1, 1, 1)))
    np.testing.assert_allclose(found["y"].item(), -np.cbrt(9))
    np.testing.assert_allclose(found["gx"][0, 0], np.array([1, 4]) / np.cbrt(9) ** 2)


def test_old_pooling_pads_with_zeros():
    x = -np.arange(1.0, 10).reshape(1, 1, 3, 3)
    said = {"kernel": (2, 2), "stride": (2, 2)}
    np.testing.assert_array_equal(mxnet.pooling_v1(x, **said, pad=(1, 1))[0, 0], [[0, 0], [0, -5]])
    whole = mxnet.pooling_v1(x, **said, pooling_convention="full", pool_type="avg")
    np.testing.assert_array_equal(whole[0, 0], [[-3, -2.25], [-3.75, -2.25]])


def test_old_pooling_gives_all_equal_elements_the_gradient():
    x = np.ones((1, 1, 2, 2))
    found = dialects.run(
        "mxnet", "Pooling_v1", {"x": x}, {"kernel": [2, 2]}, np.full((1, 1, 1, 1), 3.0)
    )
    assert (found["gx"] == 3).all()


def test_adaptive_sizes():
    x = np.arange(16.0).reshape(1, 1, 4, 4)
    assert mxnet.adaptive_avg_pooling_2d(x).item() == 7.5
    for size in (2, (2,), (2, 2)):
        found = mxnet.adaptive_avg_pooling_2d(x, output_size=size)
        np.testing.assert_array_equal(found[0, 0], [[2.5, 4.5], [10.5, 12.5]])


@pytest.mark.parametrize(
    ("op", "params", "error", "sentence"),
    [
        ("Pooling", {"kernel": (2, 2), "pool_type": "min"}, ArgumentError, "max, avg, sum or lp"),
        ("Pooling", {"kernel": (2, 2), "pool_type": "lp"}, ArgumentError, "1, 2 or 3 for lp"),
        (
            "Pooling",
            {"kernel": (2, 2), "pooling_convention": "same"},
            ArgumentError,
            "valid or full",
        ),
        ("Pooling", {"kernel": (9, 2)}, ArgumentError, "does not fit into 8 elements"),
        (
            "Pooling",
            {"kernel": (9, 2), "stride": (2, 2), "pooling_convention": "full"},
            ArgumentError,
            "at most the padded input on axis 2, 8",
        ),
        ("Pooling", {"kernel": (2, 2), "layout": "NWC"}, ArgumentError, "NCHW, NHWC"),
        ("Pooling_v1", {"kernel": (2, 2), "pool_type": "lp"}, ArgumentError, "max, avg or sum"),
        ("Pooling_v1", {"kernel": (2, 2, 2)}, ArgumentError, "per pooled axis, 2"),
        ("ROIPooling", {"pooled_size": 2, "spatial_scale": 1.0}, ArgumentTypeError, "a pair"),
        ("ROIPooling", {"pooled_size": (2, 2), "spatial_scale": 2.0}, ArgumentError, "0 to 1"),
        ("ROIPooling", {"pooled_size": (0, 2), "spatial_scale": 1.0}, ArgumentError, "at least 1"),
    ],
)
def test_refusals(op, params, error, sentence):
    inputs = {"x": X, "rois": box(0, 0, 2, 2)}
    with pytest.raises(error, match=sentence):
        dialects.run("mxnet", op, inputs, params)


def test_refused_boxes():
    said = {"pooled_size": (2, 2), "spatial_scale": 1.0}
    with pytest.raises(ArgumentError, match=r"`rois` must have the shape \(R, 5\); got \(1, 4\)"):
        mxnet.roi_pooling(X, box(0, 0, 2), **said)
    with pytest.raises(ArgumentTypeError, match="the dtype of x, float32; got float64"):
        mxnet.roi_pooling(X, box(0, 0, 2, 2).astype(float), **said)
    with pytest.raises(ArgumentError, match="`rois` must be finite"):
        mxnet.roi_pooling(X, box(0, np.nan, 2, 2), **said)
    with pytest.raises(ArgumentError, match="end behind their beginning where `aligned`"):
        mxnet.roi_align(X, box(2, 0, 2, 2), **said, aligned=True)
    with pytest.raises(ArgumentError, match="a multiple of 4 channels; got 1"):
        mxnet.roi_align(X, box(0, 0, 2, 2), **said, position_sensitive=True)
    with pytest.raises(ArgumentError, match="at least 4 channels; got 1"):
        mxnet.psroi_pooling(X, box(0, 0, 2, 2), spatial_scale=1.0, output_dim=1, pooled_size=2)


def plain(reduce, *sliding, axes=(2, 3), **more):
    return Plain(reduce, len(axes) + 2, axes, tuple(sliding) or None, **more)


TWO = Sliding(2, 2)


@pytest.mark.parametrize(
    ("asked", "op", "params"),
    [
        (
            plain("max", TWO, TWO),
            "Pooling",
            {"kernel": (2, 2), "stride": (2, 2), "pool_type": "max"},
        ),
        (
            plain("mean", *(Sliding(3, 2, 1, (1, 1)),) * 2, axes=(1, 2)),
            "Pooling",
            {"layout": "NHWC", "kernel": (3, 3), "stride": (2, 2), "pad": (1, 1)}
            | {"pool_type": "avg", "count_include_pad": False},
        ),
        (
            plain("sum", Sliding(3, 2, rounding=Rounding.CEIL), axes=(2,)),
            "Pooling",
            {"kernel": (3,), "stride": (2,), "pooling_convention": "full", "pool_type": "sum"},
        ),
        (
            plain("norm", TWO, TWO, norm_type=2),
            "Pooling",
            {"kernel": (2, 2), "stride": (2, 2), "pool_type": "lp", "p_value": 2},
        ),
        (
            plain("mean", *(Sliding(3, 2, rounding=Rounding.COVER),) * 2, divisor="window"),
            "Pooling_v1",
            {"kernel": (3, 3), "stride": (2, 2), "pooling_convention": "full", "pool_type": "avg"},
        ),
        (plain("max", output_size=(1, 1)), "Pooling", {"global_pool": True, "pool_type": "max"}),
        (
            plain("mean", output_size=(3, 2)),
            "contrib.AdaptiveAvgPooling2D",
            {"output_size": (3, 2)},
        ),
    ],
)
def test_proposals(asked, op, params):
    assert list(mxnet.DIALECT.propose(asked)) == [(op, params)]
    back = put_plainly(mxnet.DIALECT.find(op).read(rank=asked.rank, **params), asked.rank)
    assert (back.reduce, back.axes, back.kernel_size, back.stride, back.output_size) == (
        *(asked.reduce, asked.axes, asked.kernel_size, asked.stride, asked.output_size),
    )


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        (plain("max", Sliding(2, 2, 2), axes=(2,)), "MXNet has no dilation"),
        (plain("max", Sliding(2, 2, 1, (0, 1)), axes=(2,)), "both sides of an axis alike"),
        (
            plain("max", Sliding(3, 2, padding=AutomaticPadding.SAME_END), axes=(2,)),
            "no automatic padding that works",
        ),
        (plain("max", Sliding(1, 3, rounding=Rounding.CEIL), axes=(2,)), "begin behind the input"),
        (plain("mean", TWO, TWO, divisor=3.0), "no number of the caller's own"),
        (plain("max", output_size=(3, 3)), "only adaptive pooling is an average"),
        (plain("norm", TWO, TWO, norm_type=5), "powers 1, 2 and 3"),
        (plain("max", TWO, axes=(3,)), "batch and channels"),
        (plain("max", TWO, TWO, axes=(1, 3)), "pooled axes together"),
    ],
)
def test_what_it_has_no_words_for(asked, reason):
    if asked.axes == (3,):
        asked = Plain("max", 5, (3,), asked.sliding)
    with pytest.raises(UnsupportedError, match=reason):
        list(mxnet.DIALECT.propose(asked))
