"""ONNX Runtime: what version 1.31 answered, where it departs from the standard."""

from typing import Any

import numpy as np
import pytest

import poolkit
from poolkit import dialects
from poolkit.dialects import onnxruntime

NAN, INF = np.nan, np.inf
LOWEST = float(np.finfo(np.float32).min)

PLANE = [[1, NAN, 3, 4, NAN, 2], [NAN, 5, 1, NAN, 6, NAN], [2, -INF, NAN, 0, 1, 1]]


def run(op: str, values: Any, dtype: type = np.float32, **params: Any) -> dict[str, np.ndarray]:
    x = np.array(values, dtype)
    return dialects.run("onnxruntime", op, {"x": x.reshape(1, 1, *x.shape)}, params)


# The maximum alone: op, values, parameters, output.
ALONE: list[tuple[str, Any, dict[str, Any], Any]] = [
    ("GlobalMaxPool", [NAN, 1, 2], {}, [2]),
    ("GlobalMaxPool", [-INF] * 8, {}, [LOWEST]),
    ("GlobalMaxPool", [NAN, 1, 2, NAN, 3, 0, 1, 5, NAN, -1], {}, [5]),
    ("GlobalMaxPool", PLANE, {}, [[1]]),
    ("MaxPool", [NAN, 1, NAN, NAN], {"kernel_shape": [2]}, [1, 1, LOWEST]),
    ("MaxPool", [-INF] * 3, {"kernel_shape": [2]}, [LOWEST] * 2),
    ("MaxPool", PLANE, {"kernel_shape": [3, 6]}, [[1]]),
    ("MaxPool", PLANE, {"kernel_shape": [2, 2]}, [[5, 5, NAN, NAN, 2], [5, NAN, 0, 6, NAN]]),
    (
        "MaxPool",
        PLANE,
        {"kernel_shape": [2, 3], "pads": [0, 0, 0, 2], "strides": [1, 2]},
        [[5, NAN, 2], [NAN, 6, LOWEST]],
    ),
    ("MaxPool", PLANE, {"kernel_shape": [2, 2], "strides": [1, 3]}, [[5, 6], [5, 6]]),
    (
        "MaxPool",
        [PLANE, PLANE[::-1]],
        {"kernel_shape": [2, 2, 2]},
        [[[5, 5, NAN, 6, 6], [NAN, 3, 4, 6, 6]]],
    ),
    (
        "MaxPool",
        [[-INF] * 3] * 2,
        {"kernel_shape": [2, 2], "pads": [0, 1, 0, 0]},
        [[LOWEST, -INF, -INF]],
    ),
]


@pytest.mark.parametrize(("op", "values", "params", "expected"), ALONE)
def test_maximum_alone(op: str, values: Any, params: dict[str, Any], expected: Any) -> None:
    alone = {"outputs": 1} if op == "MaxPool" else {}
    found = run(op, values, **params, **alone)
    np.testing.assert_equal(found["y"][0, 0], np.array(expected, np.float32))
    assert "argmax" not in found


SHORT = [
    # A window one longer than the axis is there, two longer leaves nothing.
    ([3], [2], [1.5], [1.0]),
    ([3], [1], [], []),
]


@pytest.mark.parametrize(("size", "stride", "new", "old"), SHORT)
def test_windows_longer_than_the_axis(size: list, stride: list, new: list, old: list) -> None:
    params = {"kernel_shape": size, "strides": stride, "count_include_pad": 1}
    assert run("AveragePool", [1, 2], opset=22, **params)["y"].ravel().tolist() == new
    assert run("AveragePool", [1, 2], opset=11, **params)["y"].ravel().tolist() == old


def test_windows_far_longer_than_the_axis() -> None:
    with pytest.raises(poolkit.ArgumentError, match="`kernel_shape` must fit into axis 2, 2"):
        run("MaxPool", [1, 2], kernel_shape=[5])


def test_automatic_padding_below_zero() -> None:
    params = {"kernel_shape": [1], "strides": [4], "auto_pad": "SAME_UPPER"}
    found = run("MaxPool", np.arange(1, 8), **params)
    assert found["y"].ravel().tolist() == [2, 6]
    assert found["argmax"].ravel().tolist() == [1, 5]
    with pytest.raises(poolkit.ArgumentError, match="leave no elements out"):
        run("MaxPool", np.arange(1, 8), outputs=1, **params)


def test_automatic_padding_of_the_undilated_kernel() -> None:
    params = {"kernel_shape": [2], "dilations": [2], "auto_pad": "SAME_UPPER"}
    assert run("MaxPool", np.arange(1, 7), **params)["y"].ravel().tolist() == [3, 4, 5, 6, 5]
    found = run("MaxPool", np.arange(1, 6), kernel_shape=[2], pads=[1, 1], auto_pad="VALID")
    assert found["y"].ravel().tolist() == [2, 3, 4, 5]


def test_empty_windows() -> None:
    params = {"kernel_shape": [2, 2], "dilations": [3, 3], "pads": [1] * 4}
    found = run("MaxPool", [[5, 6], [7, 8]], **params)
    assert found["y"].item() == LOWEST
    assert found["argmax"].item() == -3
    assert run("AveragePool", [[5, 6], [7, 8]], **params)["y"].item() == 0
    assert run("LpPool", [[5, 6], [7, 8]], **params)["y"].item() == 0


DTYPES = [
    ("MaxPool", np.float64, 7, "float16 or float32"),
    ("MaxPool", np.float16, 5, "be float32"),
    ("AveragePool", np.float64, 22, "float16 or float32"),
    ("GlobalMaxPool", np.float64, 22, "float16 or float32"),
]


@pytest.mark.parametrize(("op", "dtype", "opset", "wanted"), DTYPES)
def test_dtypes(op: str, dtype: type, opset: int, wanted: str) -> None:
    params = {} if op.startswith("Global") else {"kernel_shape": [2]}
    with pytest.raises(poolkit.ArgumentTypeError, match=wanted):
        run(op, [1, 2], dtype, opset=opset, **params)
    found = run("MaxPool", [1, 2], dtype, kernel_shape=[2])["y"]
    assert (found.dtype, found.item()) == (dtype, 2)


def test_shapes_and_opsets() -> None:
    assert onnxruntime.global_max_pool(np.zeros((0, 1, 3), np.float32)).shape == (0, 1, 1)
    with pytest.raises(poolkit.ArgumentError, match="but for the batch"):
        onnxruntime.max_pool(np.zeros((1, 0, 3), np.float32), kernel_shape=[2])
    with pytest.raises(poolkit.ArgumentError, match="3 to 5 axes"):
        onnxruntime.global_max_pool(np.zeros((1,) * 6, np.float32))
    with pytest.raises(poolkit.ArgumentError, match="`opset` must be at most 21"):
        run("GlobalLpPool", [1, 2], opset=22)
    with pytest.raises(poolkit.ArgumentError, match="`opset` must be at most 26"):
        run("MaxPool", [1, 2], kernel_shape=[2], opset=27)


def quantised(
    op: str, x: Any, scales: tuple[float, float], zeros: tuple[int, int], **params: Any
) -> list[int]:
    array = np.array(x, np.uint8).reshape(1, 1, -1)
    if params.get("channels_last"):
        array = array.reshape(1, -1, 1)
    inputs = {
        "x": array,
        "x_scale": np.float32(scales[0]),
        "x_zero_point": np.uint8(zeros[0]),
        "y_scale": np.float32(scales[1]),
        "y_zero_point": np.uint8(zeros[1]),
    }
    found = dialects.run("onnxruntime", f"com.microsoft.{op}", inputs, params)
    return found["y"].ravel().tolist()


QUANTISED: list[tuple[dict[str, Any], list[int]]] = [
    ({"kernel_shape": [2]}, [2, 2, 4, 4, 6, 6]),
    ({"kernel_shape": [2], "channels_last": 1}, [2, 2, 4, 4, 6, 6]),
    ({"kernel_shape": [3], "strides": [3], "ceil_mode": 1}, [2, 5, 7]),
    ({"kernel_shape": [3], "strides": [3], "ceil_mode": 1, "count_include_pad": 1}, [2, 5, 2]),
    ({"kernel_shape": [3], "pads": [1, 1], "count_include_pad": 1}, [1, 2, 3, 4, 5, 6, 4]),
]


@pytest.mark.parametrize(("params", "expected"), QUANTISED)
def test_quantised_means(params: dict[str, Any], expected: list[int]) -> None:
    assert quantised("QLinearAveragePool", range(1, 8), (1, 1), (0, 0), **params) == expected


def test_quantised_means_of_planes() -> None:
    assert quantised("QLinearGlobalAveragePool", range(1, 8), (0.5, 0.25), (3, 1)) == [3]
    one = quantised("QLinearGlobalAveragePool", range(1, 8), (1, 1), (0, 0), channels_last=1)
    assert one == [4]
    with pytest.raises(poolkit.ArgumentError, match="`x_scale` must be such that"):
        quantised("QLinearGlobalAveragePool", [1], (1000, 1), (0, 0))


def test_quantised_refusals() -> None:
    x = np.zeros((1, 1, 3), np.uint8)
    one = np.float32(1)
    for inputs, sentence in (
        ({"x": x.astype(np.float32), "x_scale": one, "y_scale": one}, "be int8 or uint8"),
        ({"x": x, "x_scale": np.ones(2, np.float32), "y_scale": one}, "`x_scale` must be one"),
        ({"x": x, "x_scale": one}, "`y_scale` must be one"),
        ({"x": x, "x_scale": one, "y_scale": one, "y_zero_point": np.int8(0)}, "`y_zero_point`"),
    ):
        with pytest.raises((poolkit.ArgumentError, poolkit.ArgumentTypeError), match=sentence):
            dialects.run("onnxruntime", "QLinearGlobalAveragePool", inputs, {})
    inputs = {"x": x.reshape(1, 3, 1), "x_scale": one, "y_scale": one}
    params = {"kernel_shape": [4], "channels_last": 1}
    with pytest.raises(poolkit.ArgumentError, match="`kernel_shape` must fit"):
        dialects.run("onnxruntime", "QLinearAveragePool", inputs, params)


def test_channels_last() -> None:
    x = np.arange(1, 8, dtype=np.int8).reshape(1, 7, 1)
    found = onnxruntime.nhwc_max_pool(x, kernel_shape=[2], strides=[2], ceil_mode=1)
    assert found.ravel().tolist() == [2, 4, 6, 7]
    with pytest.raises(poolkit.ArgumentTypeError, match="int8 or uint8"):
        onnxruntime.nhwc_max_pool(x.astype(np.float32), kernel_shape=[2])


def test_regions() -> None:
    x = np.arange(4, dtype=np.float32).reshape(1, 1, 2, 2)
    boxes = np.array([[0, 0, 0, 1, 1]], np.float32)
    pooled = onnxruntime.max_roi_pool(x - 9, boxes, pooled_shape=[2, 2])
    assert pooled.ravel().tolist() == [-9, -8, -7, -6]
    where = (boxes[:, 1:], np.array([0]))
    old = {"sampling_ratio": 1, "opset": 10}
    assert onnxruntime.roi_align(x, *where, **old).item() == 1.5
    # semantics.md T31: the largest of cells times their weights.
    assert onnxruntime.roi_align(x, *where, mode="max", **old).item() == 0.75
    assert onnxruntime.roi_align(x, *where, sampling_ratio=1, opset=16).item() == 0


REGIONS: list[tuple[str, dict[str, Any], str]] = [
    ("MaxRoiPool", {"pooled_shape": [1]}, "`pooled_shape`"),
    ("MaxRoiPool", {"pooled_shape": [1, 1], "spatial_scale": 0.0}, "`spatial_scale`"),
    ("MaxRoiPool", {"pooled_shape": [1, 1], "opset": 22}, "at most 21"),
    ("RoiAlign", {"mode": "sum"}, "`mode` must be avg or max"),
    ("RoiAlign", {"sampling_ratio": -1}, "`sampling_ratio`"),
    ("RoiAlign", {"coordinate_transformation_mode": "half"}, "`coordinate_transformation_mode`"),
    ("RoiAlign", {"coordinate_transformation_mode": "half_pixel", "opset": 15}, "before opset 16"),
]


@pytest.mark.parametrize(("op", "params", "sentence"), REGIONS)
def test_region_refusals(op: str, params: dict[str, Any], sentence: str) -> None:
    columns = 5 if op == "MaxRoiPool" else 4
    inputs = {"x": np.zeros((1, 1, 2, 2), np.float32), "rois": np.zeros((1, columns), np.float32)}
    if op == "RoiAlign":
        inputs["batch_indices"] = np.array([0])
    with pytest.raises(poolkit.ArgumentError, match=sentence):
        dialects.run("onnxruntime", op, inputs, params)


def test_refuses_batch_indices_and_maps() -> None:
    x, rois = np.zeros((1, 1, 2, 2), np.float32), np.zeros((1, 4), np.float32)
    with pytest.raises(poolkit.ArgumentError, match="`batch_indices` must be int64"):
        onnxruntime.roi_align(x, rois, np.array([0, 0]))
    with pytest.raises(poolkit.ArgumentError, match="have the shape"):
        onnxruntime.roi_align(x[0], rois, np.array([0]))
    with pytest.raises(poolkit.ArgumentTypeError, match="float16 or float32 or float64"):
        onnxruntime.roi_align(x.astype(np.int8), rois, np.array([0]))
