"""Chainer: worked examples of `documents/semantics.md`, and what it refuses.

Numbers that are not there were given by chainer 7.8.1.
"""

from typing import Any

import numpy as np
import pytest

from poolkit import ArgumentError, ArgumentTypeError, UnsupportedError, WindowFitError, dialects
from poolkit.dialects import chainer
from poolkit.dialects.plain import Plain, put_plainly
from poolkit.geometry import AutomaticPadding, Rounding, Sliding

NAN, INF = np.nan, np.inf


def row(values: list[float]) -> np.ndarray:
    return np.array(values, np.float32).reshape(1, 1, -1)


@pytest.mark.parametrize(
    ("values", "params", "expected", "indices"),
    [
        # T1 and T2: cover_all keeps windows that lie in the padding, or behind it.
        ([1, 2, 3, 4, 5], {"ksize": 2, "pad": 1}, [1, 3, 5, -INF], [1, 1, 1, 0]),
        ([1, 2, 3, 4, 5], {"ksize": 2, "pad": 1, "cover_all": False}, [1, 3, 5], [1, 1, 1]),
        ([1, 2, 3, 4, 5], {"ksize": 1, "stride": 3}, [1, 4, -INF], [0, 0, 0]),
        # T15: the first NaN wins.
        ([NAN, NAN, 1], {"ksize": 3}, [NAN], [0]),
        ([1, NAN, 2], {"ksize": 3}, [NAN], [1]),
        # T16: the first of equal ones.
        ([3, 3, 1], {"ksize": 3}, [3], [0]),
        # Padding is −∞ too, and is chosen first.
        (
            [-INF, -INF],
            {"ksize": 2, "stride": 1, "pad": 1, "cover_all": False},
            [-INF] * 3,
            [0] * 3,
        ),
    ],
)
def test_maxima(values: list, params: dict[str, Any], expected: list, indices: list) -> None:
    y, argmax = chainer.max_pooling_1d(row(values), return_indices=True, **params)
    np.testing.assert_array_equal(y.ravel(), np.float32(expected))
    assert argmax.ravel().tolist() == indices


def test_offsets_within_windows() -> None:
    # T19.
    x = np.zeros((2, 2, 2, 4))
    x[:, 0, 1, 2] = x[:, 1, 0, 3] = 1
    _, argmax = chainer.max_pooling_2d(x, 2, return_indices=True)
    assert argmax[..., 1].ravel().tolist() == [2, 1, 2, 1]


def test_the_gradient_of_chosen_padding_is_lost() -> None:
    params = {"ksize": 2, "stride": 1, "pad": 1, "cover_all": False}
    found = dialects.run(
        "chainer", "max_pooling_nd", {"x": row([-INF, -INF])}, params, row([1, 2, 4])
    )
    assert found["gx"].ravel().tolist() == [2, 4]  # the first window begins in the padding


@pytest.mark.parametrize(
    ("op", "params", "expected"),
    [
        # T13: T9's input.
        ("average_pooling_1d", {"ksize": 3, "stride": 1, "pad": 1}, [1, 2, 3, 7 / 3]),
        (
            "average_pooling_nd",
            {"ksize": 3, "stride": 1, "pad": 1, "pad_value": None},
            [1.5, 2, 3, 3.5],
        ),
        ("average_pooling_nd", {"ksize": 2, "stride": 6, "pad": 2}, [0, 0]),
        ("average_pooling_nd", {"ksize": 1, "stride": 5, "pad": 1, "pad_value": None}, [NAN, NAN]),
        (
            "average_pooling_nd",
            {"ksize": 1, "stride": 7, "pad": 2, "pad_value": None},
            [-0.0, -0.0],
        ),
    ],
)
def test_averages(op: str, params: dict[str, Any], expected: list[float]) -> None:
    found = dialects.run("chainer", op, {"x": row([1, 2, 3, 4])}, params)
    np.testing.assert_allclose(found["y"].ravel(), np.float32(expected), rtol=1e-6)


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"ksize": 2}, [1, 1, 2]),  # cover_all: the shortest input that has two windows
        ({"ksize": 2, "cover_all": False}, [1, 1, 2, 2]),
        ({"ksize": 2, "outsize": [4]}, [1, 1, 2, 2]),
        ({"ksize": 3, "stride": 1, "cover_all": False}, [1, 3, 3, 2]),  # overlaps are summed
        ({"ksize": 3, "stride": 2, "pad": 1, "cover_all": False}, [1, 3, 2]),
    ],
)
def test_unpooling_spreads(params: dict[str, Any], expected: list[float]) -> None:
    x = row([1, 2])
    for op in ("unpooling_1d", "unpooling_nd"):
        found = dialects.run(
            "chainer", op, {"x": x}, params, row(list(range(1, len(expected) + 1)))
        )
        assert found["y"].ravel().tolist() == expected
        assert found["gx"].shape == x.shape
    np.testing.assert_array_equal(
        chainer.unpooling_2d(x[..., np.newaxis], [2, 1]).ravel(), [1, 1, 2]
    )


def test_upsampling_is_the_inverse_of_maxima() -> None:
    # The example of upsampling_2d's documentation.
    x = np.arange(1, 37, dtype=np.float32).reshape(1, 1, 6, 6)
    y, indices = chainer.max_pooling_2d(x, 2, return_indices=True)
    up = chainer.upsampling_2d(y, indices, 2, outsize=[6, 6])
    expected = np.where((x % 2 == 0) & (((x - 1) // 6) % 2 == 1), x, 0)
    np.testing.assert_array_equal(up, expected)
    given = dialects.run(
        "chainer", "upsampling_2d", {"x": y, "indices": indices}, {"ksize": 2, "outsize": [6, 6]}, x
    )
    np.testing.assert_array_equal(given["gx"], y)
    # An offset in the padding is lost; overlapping places are summed.
    one = np.ones((1, 1, 1, 2))
    params = {"ksize": [1, 2], "stride": 1, "pad": [0, 1], "cover_all": False}
    lost = chainer.upsampling_2d(one, np.array([[[[0, 0]]]]), outsize=[1, 1], **params)
    assert lost.ravel().tolist() == [1]
    both = chainer.upsampling_2d(one, np.array([[[[1, 0]]]]), outsize=[1, 1], **params)
    assert both.ravel().tolist() == [2]


def test_pyramid() -> None:
    x = np.arange(16, dtype=np.float32).reshape(1, 1, 4, 4)
    y = chainer.spatial_pyramid_pooling_2d(x, 2, "max")
    assert y.shape == (1, 5, 1, 1)
    assert y.ravel().tolist() == [15, 5, 7, 13, 15]
    found = dialects.run(
        "chainer", "spatial_pyramid_pooling_2d", {"x": x},
        {"pyramid_height": 2, "pooling": "max"}, np.ones_like(y),
    )  # fmt: skip
    assert found["gx"].ravel().tolist() == [
        float(i in (5, 7, 13, 15)) + (i == 15) for i in range(16)
    ]


X = np.zeros((1, 1, 4, 4), np.float32)


@pytest.mark.parametrize(
    ("op", "params", "error", "text"),
    [
        ("max_pooling_1d", {"ksize": 2}, ArgumentError, "have 3 axes"),
        ("max_pooling_nd", {"ksize": [2]}, ArgumentError, "`ksize`"),
        ("max_pooling_nd", {"ksize": 2, "pad": -1}, ArgumentError, "`pad`"),
        ("max_pooling_nd", {"ksize": 5, "cover_all": False}, WindowFitError, "does not fit"),
        ("average_pooling_nd", {"ksize": 2, "pad_value": 1}, ArgumentError, "`pad_value`"),
        ("average_pooling_2d", {"ksize": 2, "pad_value": None}, TypeError, "pad_value"),
        ("average_pooling_nd", {"ksize": 2, "cover_all": True}, TypeError, "cover_all"),
        ("unpooling_2d", {"ksize": 2, "outsize": [9, 8]}, ArgumentError, "`outsize`"),
        ("unpooling_2d", {"ksize": 2, "outsize": 8}, ArgumentTypeError, "`outsize`"),
        ("unpooling_2d", {"ksize": 9, "pad": 4}, ArgumentError, "`pad` must differ"),
        ("unpooling_nd", {"ksize": 1, "pad": 3}, ArgumentError, "leave an output"),
        ("spatial_pyramid_pooling_2d", {"pyramid_height": 2}, ArgumentError, "`pooling`"),
        (
            "spatial_pyramid_pooling_2d",
            {"pyramid_height": 99, "pooling": "max"},
            ArgumentError,
            "at most 12",
        ),
    ],
)
def test_refusals(op: str, params: dict[str, Any], error: type, text: str) -> None:
    with pytest.raises(error, match=text):
        dialects.run("chainer", op, {"x": X}, params)


def test_other_arrays_are_refused() -> None:
    with pytest.raises(ArgumentTypeError, match="hold floats"):
        chainer.max_pooling_2d(X.astype(int), 2)
    with pytest.raises(ArgumentError, match="hold an element"):
        chainer.max_pooling_2d(X[:0], 2)
    with pytest.raises(ArgumentError, match="have the shape of x"):
        chainer.upsampling_2d(X, np.zeros((1, 1, 4, 3), int), 2)
    with pytest.raises(ArgumentError, match="lie in 0 to 3"):
        chainer.upsampling_2d(X, np.full(X.shape, 4), 2)
    with pytest.raises(ArgumentTypeError, match="hold integers"):
        chainer.upsampling_2d(X, X, 2)


def plain(reduce: str, sliding: tuple[Sliding, ...], **more: Any) -> Plain:
    rank = len(sliding) + 2
    return Plain(reduce, rank, tuple(range(2, rank)), sliding, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("asked", "op", "params"),
    [
        (plain("max", (Sliding(3, 2),) * 2), "max_pooling_2d", {"cover_all": False}),
        (
            plain("max", (Sliding(3, 2, 1, (1, 1), Rounding.COVER),)),
            "max_pooling_1d",
            {"pad": [1], "cover_all": True},
        ),
        (plain("max", (Sliding(3, 2, rounding=Rounding.CEIL),) * 4), "max_pooling_nd", {}),
        (plain("mean", (Sliding(3, 2),) * 2), "average_pooling_2d", {"ksize": [3, 3]}),
        (
            plain("mean", (Sliding(3, 2, 1, (1, 1)),) * 2, divisor="valid"),
            "average_pooling_nd",
            {"pad_value": None},
        ),
        (plain("mean", (Sliding(3, 2, 1, (1, 1)),), divisor="padded"), "average_pooling_1d", {}),
    ],
)
def test_proposals(asked: Plain, op: str, params: dict[str, Any]) -> None:
    (call,) = chainer.propose(asked)
    assert call.op == op
    assert params.items() <= dict(call.params).items()
    read = put_plainly(
        dialects.find("chainer").find(op).read(rank=asked.rank, **call.params), asked.rank
    )
    assert (read.reduce, read.kernel_size, read.padding) == (
        asked.reduce,
        asked.kernel_size,
        asked.padding,
    )


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        (plain("max", (Sliding(3, 2, 2),)), "dilation"),
        (plain("sum", (Sliding(3, 2),)), "maxima and means"),
        (plain("max", (Sliding(3, 2, 1, (1, 0)),)), "both sides"),
        (plain("max", (Sliding(3, 2, 1, AutomaticPadding.SAME),)), "whatever the length"),
        (plain("max", (Sliding(1, 2, rounding=Rounding.CEIL),)), "behind the input"),
        (plain("mean", (Sliding(3, 2, rounding=Rounding.COVER),)), "leave out"),
        (plain("mean", (Sliding(3, 2),), divisor=5), "divide by the window"),
        (Plain("mean", 4, (2, 3), None, (1, 1)), "global"),
        (Plain("max", 4, (1, 2), (Sliding(2, 2),) * 2), "behind the batch"),
    ],
)
def test_what_it_has_no_word_for(asked: Plain, text: str) -> None:
    with pytest.raises(UnsupportedError, match=text):
        list(chainer.propose(asked))
