"""OpenVINO: worked examples of its rules, and what it refuses."""

from typing import Any

import numpy as np
import pytest

import poolkit
from poolkit import dialects
from poolkit.dialects import openvino
from poolkit.dialects.plain import Plain
from poolkit.geometry import AutomaticPadding, Rounding, Sliding

NAN, INF = np.nan, np.inf
LOWEST = float(np.finfo(np.float32).min)


def run(op: str, values: list[float], dtype: type = np.float32, **params: Any) -> dict[str, Any]:
    if "kernel_shape" in params:
        params = {"strides": [1], "pads_begin": [0], "pads_end": [0], **params}
    x = np.array(values, dtype).reshape(1, 1, -1)
    found = dialects.run("openvino", op, {"x": x}, params)
    return {name: array.ravel() for name, array in found.items()}


# Answers of OpenVINO 2026.4.
MAXIMA = [
    ("floor", [1, 3, 5], [0, 2, 4]),
    ("ceil", [1, 3, 5, LOWEST], [0, 2, 4, 0]),
    ("ceil_torch", [1, 3, 5], [0, 2, 4]),
]


@pytest.mark.parametrize(("rounding", "values", "indices"), MAXIMA)
def test_roundings(rounding: str, values: list[float], indices: list[int]) -> None:
    params = {"kernel_shape": [2], "strides": [2], "pads_begin": [1], "pads_end": [1]}
    x = [1, 2, 3, 4, 5]
    found = run("opset14.max_pool", x, dilations=[1], rounding_type=rounding, **params)
    assert found["y"].tolist() == values
    assert found["argmax"].tolist() == indices


@pytest.mark.parametrize(
    ("values", "largest", "index"),
    [([1, NAN, 2], 2, 2), ([NAN, NAN, NAN], LOWEST, 0), ([-INF, -INF, -INF], LOWEST, 0)],
)
def test_maxima_pass_over_nan(values: list[float], largest: float, index: int) -> None:
    found = run("opset8.max_pool", values, dilations=[1], kernel_shape=[3])
    assert found["y"].tolist() == [np.float32(largest)]
    assert found["argmax"].tolist() == [index]


@pytest.mark.parametrize(
    ("axis", "indices"),
    [
        (0, [5, 7, 13, 15, 21, 23, 29, 31]),
        (1, [5, 7, 13, 15, 5, 7, 13, 15]),
        (2, [5, 7, 5, 7, 5, 7, 5, 7]),
        (-1, [1, 3, 1, 3, 1, 3, 1, 3]),
    ],
)
def test_indices_count_from_an_axis(axis: int, indices: list[int]) -> None:
    x = np.arange(32, dtype=np.float32).reshape(2, 2, 2, 4)
    params = {"strides": [2, 2], "dilations": [1, 1], "pads_begin": [0, 0], "pads_end": [0, 0]}
    _, found = openvino.max_pool(x, kernel_shape=[2, 2], axis=axis, **params)
    assert found.ravel().tolist() == indices


AVERAGES = [
    ([1, 2, 3, 4], {"strides": [2], "pads_begin": [1], "pads_end": [1]}, True, [1.5, 3, 4]),
    ([1, 2, 3, 4], {"strides": [2], "pads_begin": [1], "pads_end": [1]}, False, [1, 3, 4 / 3]),
    ([1, 2, 3, 4, 5, 6, 7], {"strides": [3]}, False, [2, 5, 7]),
    ([1, 2, 3, 4, 5], {"strides": [2], "auto_pad": "same_upper"}, False, [1, 3, 3]),
]


@pytest.mark.parametrize(("values", "params", "exclude", "expected"), AVERAGES)
def test_averages(values: list, params: dict, exclude: bool, expected: list[float]) -> None:
    params = {"kernel_shape": [3], "exclude_pad": exclude, "rounding_type": "ceil", **params}
    found = run("opset1.avg_pool", values, **params)
    np.testing.assert_allclose(found["y"], expected, rtol=1e-6)


def test_empty_means() -> None:
    params = {"strides": [3], "kernel_shape": [1], "exclude_pad": True, "rounding_type": "ceil"}
    behind = run("avg_pool", [1, 2, 3, 4, 5], **params)["y"]
    np.testing.assert_equal(behind, np.float32([1, 4, 0]))
    params = {"strides": [2], "kernel_shape": [3], "pads_begin": [1], "pads_end": [2]}
    right = run("avg_pool", [1, 2, 3], exclude_pad=True, rounding_type="ceil", **params)["y"]
    np.testing.assert_equal(right, np.float32([1.5, 2.5, NAN]))


def test_integers_are_rounded() -> None:
    found = run("opset1.avg_pool", [1, 2, 3, 4, 5], np.int8, kernel_shape=[2], exclude_pad=False)
    assert found["y"].tolist() == [2, 2, 4, 4]
    assert run("opset8.adaptive_avg_pool", [1, 2, 2, 2], np.int32, output_shape=[1])["y"] == [1]


@pytest.mark.parametrize(
    ("dtype", "lowest"), [(np.int8, -128), (np.int16, 0), (np.int64, -(2**31)), (np.float16, -INF)]
)
def test_empty_windows(dtype: type, lowest: float) -> None:
    params = {"dilations": [1], "kernel_shape": [3], "pads_begin": [3]}
    found = run("opset8.max_pool", [5, 6, 7], dtype, **params)
    assert found["y"].tolist() == [lowest, 5, 6, 7]
    assert found["argmax"].tolist() == [0, 0, 1, 2]


def test_automatic_padding_before_rounding_up() -> None:
    params = {"kernel_shape": [1], "strides": [2], "auto_pad": "same_upper"}
    values = [1.0, 2, 3, 4, 5, 6, 7, 8]
    assert len(run("avg_pool", values, rounding_type="ceil", **params)["y"]) == 5
    assert len(run("avg_pool", values, **params)["y"]) == 4


def test_adaptive() -> None:
    found = run("opset8.adaptive_max_pool", [NAN, 1, 2, NAN], output_shape=[2])
    np.testing.assert_equal(found["y"], np.float32([NAN, 2]))
    assert found["argmax"].tolist() == [0, 2]
    x = np.arange(5, dtype=np.float32).reshape(1, 1, 5)
    given = dialects.run("openvino", "AdaptiveAvgPool", {"x": x, "output_shape": [3]}, {})
    assert given["y"].tolist() == [[[0.5, 2, 3.5]]]


REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("max_pool", {"kernel_shape": [4]}, "does not fit"),
    ("max_pool", {"kernel_shape": [4], "strides": [2], "rounding_type": "ceil"}, "must fit"),
    ("max_pool", {"kernel_shape": [2, 2]}, "`kernel_shape` must be a list of 1"),
    ("max_pool", {"kernel_shape": [2], "strides": [0]}, "`strides`"),
    ("max_pool", {"kernel_shape": [2], "pads_end": [-1]}, "`pads_end`"),
    ("max_pool", {"kernel_shape": [2], "auto_pad": "notset"}, "`auto_pad`"),
    ("max_pool", {"kernel_shape": [2], "rounding_type": "up"}, "`rounding_type`"),
    ("max_pool", {"kernel_shape": [2], "axis": 3}, "`axis` must lie"),
    ("max_pool", {"kernel_shape": [2], "axis": 0.5}, "`axis` must be an integer"),
    ("max_pool", {"kernel_shape": [2], "index_element_type": "i8"}, "`index_element_type`"),
    ("opset8.max_pool", {"kernel_shape": [2], "rounding_type": "ceil_torch"}, "before opset 14"),
    (
        "avg_pool",
        {"kernel_shape": [2], "pads_begin": [2], "exclude_pad": True},
        "`pads_begin, pads_end` must be smaller",
    ),
    ("avg_pool", {"kernel_shape": [2], "exclude_pad": "no"}, "`exclude_pad`"),
    ("adaptive_avg_pool", {"output_shape": [0]}, "`output_shape`"),
    ("adaptive_avg_pool", {"output_shape": [1], "size": 2}, "`params`"),
]


@pytest.mark.parametrize(("op", "params", "sentence"), REFUSED)
def test_refusals(op: str, params: dict[str, Any], sentence: str) -> None:
    with pytest.raises((poolkit.ArgumentError, poolkit.ArgumentTypeError), match=sentence):
        run(op, [1, 2, 3], **params)


def test_refuses_other_arrays() -> None:
    with pytest.raises(poolkit.ArgumentTypeError, match="integers or floats"):
        run("avg_pool", [1, 0], bool, kernel_shape=[2])
    none = np.zeros((0, 1, 3), np.float32)
    with pytest.raises(poolkit.ArgumentError, match="have images and channels"):
        openvino.adaptive_avg_pool(none, output_shape=[1])
    with pytest.raises(poolkit.ArgumentError, match="3 to 5 axes"):
        openvino.adaptive_avg_pool(np.zeros((2, 2)), output_shape=[])


def plain(reduce: str, *sliding: Sliding, **others: Any) -> Plain:
    rank = 2 + len(sliding)
    return Plain(reduce, rank, tuple(range(2, rank)), sliding, **others)


PROPOSED = [
    (plain("max", Sliding(3, 2, 2, (1, 0), Rounding.COVER)), "opset14.max_pool"),
    (plain("max", Sliding(3, 2, 1, AutomaticPadding.SAME)), "opset14.max_pool"),
    (plain("mean", Sliding(3, 2, 1, (1, 1))), "opset14.avg_pool"),
    (plain("mean", Sliding(3, 2, 2), divisor="window"), "opset16.avg_pool"),
    (Plain("max", 4, (2, 3), output_size=(2, 3)), "opset8.adaptive_max_pool"),
]


@pytest.mark.parametrize(("asked", "op"), PROPOSED)
def test_proposals(asked: Plain, op: str) -> None:
    (call,) = openvino.propose(asked)
    assert call.op == op
    dialects.find("openvino").find(op).read(rank=asked.rank, **call.params)


UNSAID = [
    (plain("sum", Sliding(2, 2)), "maxima and means"),
    (Plain("max", 4, (1, 2), (Sliding(2, 2),) * 2), "behind the channels"),
    (Plain("max", 3, (2,), output_size=(None,)), "names every number"),
    (plain("mean", Sliding(2, 2), divisor=3.0), "no other number"),
    (plain("max", Sliding(2, 2, 1, AutomaticPadding.SAME_END)), "half of it on each side"),
    (plain("max", Sliding(2, 2, 1, AutomaticPadding.SAME), Sliding(2, 2)), "one for all axes"),
    (plain("max", Sliding(2, 2, rounding=Rounding.CEIL), Sliding(2, 2)), "one for all axes"),
]


@pytest.mark.parametrize(("asked", "reason"), UNSAID)
def test_what_it_has_no_words_for(asked: Plain, reason: str) -> None:
    with pytest.raises(poolkit.UnsupportedError, match=reason):
        list(openvino.propose(asked))
