"""Paddle: worked examples of `documents/semantics.md`, and what it refuses.

Numbers that are not there were given by paddlepaddle 3.3.1.
"""

from typing import Any

import numpy as np
import pytest

from poolkit import ArgumentError, ArgumentTypeError, UnsupportedError, WindowFitError, dialects
from poolkit.dialects import paddle
from poolkit.dialects.plain import Plain, put_plainly
from poolkit.geometry import Adaptive, AutomaticPadding, Rounding, Sliding

NAN, INF = np.nan, np.inf
LOWEST = float(np.finfo(np.float32).min)


def row(values: list[float]) -> np.ndarray:
    return np.array(values, np.float32).reshape(1, 1, -1)


def run(op: str, values: list[float], gradient: Any = None, **params: Any) -> dict[str, Any]:
    outer = None if gradient is None else row(gradient)
    found = dialects.run("paddle", op, {"x": row(values)}, params, outer)
    return {name: array.ravel() for name, array in found.items()}


@pytest.mark.parametrize(
    ("values", "params", "expected"),
    [
        # T1 and T2: ceil_mode keeps windows that lie in the padding, or behind it.
        ([1, 2, 3, 4, 5], {"kernel_size": 2, "padding": 1, "ceil_mode": True}, [1, 3, 5, LOWEST]),
        ([1, 2, 3, 4, 5], {"kernel_size": 1, "stride": 3, "ceil_mode": True}, [1, 4, LOWEST]),
        # T3 and T4: SAME.
        ([1, 2, 9, 3], {"kernel_size": 3, "stride": 2, "padding": "SAME"}, [9, 9]),
        ([9, 1, 5, 2], {"kernel_size": 2, "stride": 1, "padding": "same"}, [9, 5, 5, 2]),
        # A window that is too long by less than a stride is there; by one, there is none.
        ([7], {"kernel_size": 2, "stride": 2}, [7]),
        ([7], {"kernel_size": 3, "stride": 2}, []),
        # Padding: of both sides, of each side, and of every axis of the array.
        ([1, 2, 3], {"kernel_size": 2, "stride": 1, "padding": [1]}, [1, 2, 3, 3]),
        ([1, 2, 3], {"kernel_size": 2, "stride": 1, "padding": (1, 0)}, [1, 2, 3]),
        ([1, 2], {"kernel_size": 2, "stride": 1, "padding": [[0, 0], [0, 0], [0, 1]]}, [2, 2]),
        # With a mask, a padding by name is none.
        (
            [1, 2, 9, 3],
            {"kernel_size": 3, "stride": 2, "padding": "SAME", "return_mask": True},
            [9],
        ),
        # T15: what a NaN is overwritten by.
        ([NAN, 1, 2], {"kernel_size": 3}, [2]),
        ([1, 2, NAN], {"kernel_size": 3}, [NAN]),
        ([NAN, NAN, 1], {"kernel_size": 3}, [1]),
        ([1, 2, NAN], {"kernel_size": 3, "return_mask": True}, [2]),
        ([-INF, -INF], {"kernel_size": 2}, [LOWEST]),
    ],
)
def test_maxima(values: list[float], params: dict[str, Any], expected: list[float]) -> None:
    np.testing.assert_array_equal(run("max_pool1d", values, **params)["y"], np.float32(expected))


@pytest.mark.parametrize(
    ("values", "params", "expected"),
    [
        # T8 and T9.
        ([1, 2, 3, 4], {"stride": 2, "padding": 1, "ceil_mode": True}, [1.5, 3, 4]),
        (
            [1, 2, 3, 4],
            {"stride": 2, "padding": 1, "ceil_mode": True, "exclusive": False},
            [1, 3, 2],
        ),
        ([1, 2, 3, 4], {"stride": 1, "padding": 1}, [1.5, 2, 3, 3.5]),
        # T39: the padding before the input is counted at both ends.
        ([1, 2], {"kernel_size": 2, "stride": 1, "padding": [0, 2], "exclusive": False},
         [1.5, 2, NAN]),
        # Behind the end a window has −1 elements, right there 0.
        ([1, 2], {"kernel_size": 1, "stride": 3, "ceil_mode": True}, [1, -0.0]),
        ([1, 2, 3], {"kernel_size": 1, "stride": 3, "ceil_mode": True}, [1, NAN]),
    ],
)  # fmt: skip
def test_averages(values: list[float], params: dict[str, Any], expected: list[float]) -> None:
    found = run("avg_pool1d", values, **{"kernel_size": 3, **params})
    np.testing.assert_array_equal(found["y"], np.float32(expected))


def test_override_multiplies_the_average() -> None:
    x = np.arange(1, 5, dtype=np.float32).reshape(1, 1, 1, 4)
    # T11: whole windows.
    found = paddle.avg_pool2d(x, [1, 2], divisor_override=3)
    np.testing.assert_allclose(found.ravel(), [1, 7 / 3], rtol=1e-6)
    found = paddle.avg_pool2d(x, [1, 3], padding=[0, 1], stride=[1, 3], divisor_override=1)
    np.testing.assert_allclose(found.ravel(), [1.5 * 3, 3.5 * 3], rtol=1e-6)


def test_indices_and_gradients() -> None:
    # T19: positions in each plane.
    x = np.zeros((2, 2, 2, 4))
    x[:, 0, 1, 2] = x[:, 1, 0, 3] = 1
    _, mask = paddle.max_pool2d(x, 2, return_mask=True)
    assert mask[..., 1].ravel().tolist() == [6, 3, 6, 3]
    # The first element that equals the output, though a NaN came between; NaN has none.
    params = {"kernel_size": 3, "stride": 1}
    assert run("max_pool1d", [2, NAN, 2], [1], **params)["gx"].tolist() == [1, 0, 0]
    assert run("max_pool1d", [1, 2, NAN], [1], **params)["gx"].tolist() == [0, 0, 0]
    masked = run("max_pool1d", [2, NAN, 2], [1], return_mask=True, **params)
    assert masked["gx"].tolist() == [1, 0, 0]
    with pytest.raises(UnsupportedError, match="writes outside"):
        run("max_pool1d", [NAN, NAN], [1], kernel_size=2, return_mask=True)


@pytest.mark.parametrize(
    ("norm_type", "values", "expected", "gradient"),
    [
        (2, [3, 4, 0, 0], [5, 0], [0.6, 0.8, NAN, NAN]),
        (3.0, [-1, 2, 1, -2], [7 ** (1 / 3), NAN], [0.27327, 1.09307, NAN, NAN]),
        (1, [1, -1, -1, -2], [0, -3], [1, 1, 1, 1]),
        (INF, [1, -5, -1, -2], [1, -1], [1, 0, 1, 0]),  # no magnitude: the maximum
    ],
)
def test_norms(norm_type: float, values: list, expected: list, gradient: list) -> None:
    found = run("lp_pool1d", values, [1, 1], norm_type=norm_type, kernel_size=2)
    np.testing.assert_allclose(found["y"], expected, rtol=1e-6)
    np.testing.assert_allclose(found["gx"], gradient, rtol=1e-4)


def test_layouts() -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(2, 6, 5, 3)).astype(np.float32)
    for pool in (paddle.max_pool2d, paddle.avg_pool2d):
        last = pool(x, 2, padding=[[0, 0], [1, 0], [0, 1], [0, 0]], data_format="NHWC")
        first = pool(x.transpose(0, 3, 1, 2), 2, padding=[1, 0, 0, 1])
        np.testing.assert_array_equal(last.transpose(0, 3, 1, 2), first)


def test_fractional_windows() -> None:
    x = np.arange(1, 8, dtype=np.float32).reshape(1, 1, 1, 7)
    y, mask = paddle.fractional_max_pool2d(x, [1, 5], random_u=0.3, return_mask=True)
    assert mask.ravel().tolist() == [0, 2, 3, 5, 6]
    assert y.ravel().tolist() == [1, 3, 4, 6, 7]
    y = paddle.fractional_max_pool2d(x, [None, 3], kernel_size=[1, 2], random_u=0.3)
    assert y.ravel().tolist() == [2, 5, 7]
    empty = paddle.fractional_max_pool2d(x, [1, 8], random_u=0.3)
    assert LOWEST in empty


def test_adaptive_bins() -> None:
    x = np.arange(1, 8, dtype=np.float32).reshape(1, 1, 7)
    assert paddle.adaptive_avg_pool1d(x, 3).ravel().tolist() == [2, 4, 6]
    y, mask = paddle.adaptive_max_pool1d(x, 3, return_mask=True)
    assert (y.ravel().tolist(), mask.ravel().tolist()) == ([3, 5, 7], [2, 4, 6])
    assert paddle.adaptive_max_pool2d(x[..., np.newaxis], [None, 1]).shape == (1, 1, 7, 1)


def test_unpooling() -> None:
    x = np.array([[[5.0, 7.0]]])
    indices = np.array([[[1, 3]]])
    assert paddle.max_unpool1d(x, indices, 2).ravel().tolist() == [0, 5, 0, 7]
    longer = paddle.max_unpool1d(x, indices, 2, output_size=[1, 1, 5])
    assert longer.ravel().tolist() == [0, 5, 0, 7, 0]
    found = dialects.run(
        "paddle", "nn.MaxUnPool1D", {"x": x, "indices": indices}, {"kernel_size": 2},
        np.array([[[1.0, 2.0, 3.0, 4.0]]]),
    )  # fmt: skip
    assert found["gx"].ravel().tolist() == [2, 4]
    assert paddle.max_unpool1d(x[..., :1], indices[..., :1], 2, padding=1).shape == (1, 1, 0)


X = np.zeros((1, 1, 4, 4), np.float32)
OF_PLANES = [
    ("max_pool2d", {"kernel_size": 0}, ArgumentError, "`kernel_size`"),
    ("max_pool2d", {"kernel_size": 2, "stride": 0}, ArgumentError, "`stride`"),
    ("max_pool2d", {"kernel_size": 8, "stride": 2}, ArgumentError, "`kernel_size` must not exceed"),
    ("max_pool2d", {"kernel_size": 2, "padding": "full"}, ArgumentError, "`padding`"),
    ("max_pool2d", {"kernel_size": 2, "padding": [[1, 1], [0, 0]]}, ArgumentTypeError, "`padding`"),
    ("max_pool2d", {"kernel_size": 2, "padding": [[1, 0]] * 4}, ArgumentError, "`padding`"),
    ("max_pool2d", {"kernel_size": 2, "padding": -1}, ArgumentError, "`padding`"),
    (
        "max_pool2d",
        {"kernel_size": 2, "padding": "VALID", "ceil_mode": True},
        ArgumentError,
        "`ceil_mode`",
    ),
    (
        "max_pool2d",
        {"kernel_size": 2, "padding": [1, 0, 0, 0], "return_mask": True},
        ArgumentError,
        "same on both sides",
    ),
    (
        "max_pool2d",
        {"kernel_size": 2, "data_format": "NHWC", "return_mask": True},
        ArgumentError,
        "`return_mask`",
    ),
    ("max_pool2d", {"kernel_size": 2, "data_format": "NWHC"}, ArgumentError, "`data_format`"),
    ("max_pool3d", {"kernel_size": 2}, ArgumentError, "5 axes"),
    ("avg_pool2d", {"kernel_size": 2, "divisor_override": "2"}, ArgumentError, "divisor_override"),
    ("lp_pool2d", {"norm_type": 0, "kernel_size": 2}, ArgumentError, "other than 0"),
    ("adaptive_avg_pool2d", {"output_size": [2]}, ArgumentError, "`output_size`"),
    ("fractional_max_pool2d", {"output_size": 2}, UnsupportedError, "random_u"),
    ("fractional_max_pool2d", {"output_size": 2, "random_u": 1.0}, ArgumentError, "`random_u`"),
    ("fractional_max_pool2d", {"output_size": 6, "random_u": 0.5}, WindowFitError, "do not fit"),
]


@pytest.mark.parametrize(("op", "params", "error", "text"), OF_PLANES)
def test_refusals(op: str, params: dict[str, Any], error: type, text: str) -> None:
    with pytest.raises(error, match=text):
        dialects.run("paddle", op, {"x": X}, params)


def test_integers_are_refused() -> None:
    with pytest.raises(ArgumentTypeError, match="hold floats"):
        paddle.max_pool2d(X.astype(np.int32), 2)


def test_refusals_of_unpooling() -> None:
    indices = np.zeros((1, 1, 4, 4), np.int64)
    with pytest.raises(ArgumentError, match="`output_size` must lie between 6 and 10"):
        paddle.max_unpool2d(X, indices, 2, output_size=[8, 10])
    with pytest.raises(ArgumentError, match="`indices` must lie in 0 to 63"):
        paddle.max_unpool2d(X, indices + 64, 2)
    with pytest.raises(ArgumentTypeError, match="int32 or int64"):
        paddle.max_unpool2d(X, indices.astype(float), 2)


def plain(reduce: str, sliding: tuple[Sliding, ...], **more: Any) -> Plain:
    rank = len(sliding) + 2
    return Plain(reduce, rank, tuple(range(2, rank)), sliding, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("asked", "op", "params"),
    [
        (plain("max", (Sliding(3, 2),) * 2), "max_pool2d", {"kernel_size": [3, 3]}),
        (plain("max", (Sliding(3, 2, 1, (1, 0)),)), "max_pool1d", {"padding": [1, 0]}),
        (plain("max", (Sliding(3, 2, rounding=Rounding.CEIL),)), "max_pool1d", {"ceil_mode": True}),
        (
            plain("mean", (Sliding(3, 2, 1, AutomaticPadding.SAME),) * 2),
            "avg_pool2d",
            {"padding": "SAME"},
        ),
        (
            plain("mean", (Sliding(3, 2, 1, (1, 1)),) * 3, divisor="padded"),
            "avg_pool3d",
            {"padding": [1, 1, 1], "exclusive": False},
        ),
        (
            plain("mean", (Sliding(3, 2),) * 2, divisor=5),
            "avg_pool2d",
            {"divisor_override": 5},
        ),
        (plain("sum", (Sliding(3, 2),)), "lp_pool1d", {"norm_type": 1.0}),
        (
            Plain("mean", 4, (1, 2), None, (1, 1)),
            "adaptive_avg_pool2d",
            {"output_size": [1, 1], "data_format": "NHWC"},
        ),
    ],
)
def test_proposals(asked: Plain, op: str, params: dict[str, Any]) -> None:
    (call,) = paddle.propose(asked)
    assert call.op == op
    assert params.items() <= dict(call.params).items()
    read = put_plainly(
        dialects.find("paddle").find(call.op).read(rank=asked.rank, **call.params), asked.rank
    )
    assert (read.axes, read.kernel_size, read.stride) == (
        asked.axes,
        asked.kernel_size,
        asked.stride,
    )


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        (plain("max", (Sliding(3, 2, 2),)), "dilation"),
        (plain("max", (Sliding(1, 2, rounding=Rounding.CEIL),)), "behind the input"),
        (plain("max", (Sliding(3, 2, 1, AutomaticPadding.SAME_LOWER),)), "odd one behind"),
        (plain("mean", (Sliding(3, 2, 1, (1, 0)),), divisor="padded"), "at both ends"),
        (plain("sum", (Sliding(3, 2),) * 3), "one or two axes"),
        (Plain("max", 4, (1, 2), None, (1, 1)), "channels first"),
        (Plain("max", 2, (0, 1), (Sliding(2, 2),) * 2), "batch and channels"),
    ],
)
def test_what_it_has_no_word_for(asked: Plain, text: str) -> None:
    with pytest.raises(UnsupportedError, match=text):
        list(paddle.propose(asked))


def test_adaptive_calls_are_read_back() -> None:
    read = (
        dialects.find("paddle")
        .find("paddle.nn.AdaptiveAvgPool2D")
        .read(rank=4, output_size=[2, None])
    )
    assert list(read.windows.windows) == [Adaptive(2), Adaptive(None)]
