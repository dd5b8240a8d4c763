"""TFLite: worked examples of `documents/semantics.md`, section 5, kernels, quantised numbers."""

from typing import Any

import numpy as np
import pytest

import poolkit
from poolkit import dialects
from poolkit.dialects import tflite

LARGEST = float(np.finfo(np.float32).max)
NAN, INF = np.nan, np.inf


def pooled(op: str, values: Any, size: int, stride: int, padding: str = "VALID", **params: Any):
    x = np.asarray(values, None if isinstance(values, np.ndarray) else np.float32)
    inputs = {"x": x.reshape(1, 1, -1, 1)}
    sizes = {"filter_height": 1, "filter_width": size, "stride_h": 1, "stride_w": stride}
    found = dialects.run("litert", op, inputs, {**sizes, "padding": padding, **params})
    return found["y"].ravel()


CASES = [
    # T3, T4, T10: SAME.
    ("MAX_POOL_2D", [1, 2, 9, 3], 3, 2, "SAME", {}, [9, 9]),
    ("MAX_POOL_2D", [9, 1, 5, 2], 2, 1, "SAME", {}, [9, 5, 5, 2]),
    ("AVERAGE_POOL_2D", [1, 2, 3, 4, 5], 3, 2, "SAME", {}, [1.5, 3, 4.5]),
    # T27: a root mean square.
    ("L2_POOL_2D", [3, 4], 2, 2, "VALID", {}, [12.5**0.5]),
    # Activations.
    ("MAX_POOL_2D", [-3, 9], 1, 1, "VALID", {"fused_activation_function": "RELU6"}, [0, 6]),
    (
        "AVERAGE_POOL_2D",
        [-3, 0.5, 9],
        1,
        1,
        "VALID",
        {"fused_activation_function": "RELU_N1_TO_1"},
        [-1, 0.5, 1],
    ),
    # NaN and the infinities, by the usual kernels and by XNNPACK.
    ("MAX_POOL_2D", [NAN, NAN, 1, NAN], 2, 2, "VALID", {}, [-LARGEST, 1]),
    ("MAX_POOL_2D", [-INF, INF], 1, 1, "VALID", {}, [-LARGEST, LARGEST]),
    ("MAX_POOL_2D", [-INF, INF], 1, 1, "VALID", {"kernels": "xnnpack"}, [-INF, INF]),
    ("MAX_POOL_2D", [NAN, 1], 1, 1, "VALID", {"kernels": "xnnpack"}, [NAN, 1]),
    ("MAX_POOL_2D", [*[1] * 9, NAN], 10, 10, "VALID", {"kernels": "xnnpack"}, [INF]),
    ("AVERAGE_POOL_2D", [1, NAN], 2, 2, "VALID", {}, [NAN]),
    ("AVERAGE_POOL_2D", [1, NAN], 2, 2, "VALID", {"kernels": "xnnpack"}, [-INF]),
    ("AVERAGE_POOL_2D", [1, -INF], 2, 2, "VALID", {}, [-LARGEST]),
    ("L2_POOL_2D", [1, -INF], 2, 2, "VALID", {"kernels": "xnnpack"}, [LARGEST]),
    # XNNPACK leaves strides beyond the window to others.
    ("AVERAGE_POOL_2D", [1, 2, NAN], 1, 2, "VALID", {"kernels": "xnnpack"}, [1, NAN]),
    # Windows that do not fit: none, and one.
    ("MAX_POOL_2D", [1, 2], 5, 1, "VALID", {}, []),
    ("MAX_POOL_2D", [1, 2], 5, 1, "VALID", {"kernels": "xnnpack"}, [2]),
    ("AVERAGE_POOL_2D", [1, 2], 6, 1, "VALID", {"kernels": "xnnpack"}, [0.5]),
]


@pytest.mark.parametrize(("op", "values", "size", "stride", "padding", "params", "y"), CASES)
def test_floats(op, values, size, stride, padding, params, y) -> None:
    found = pooled(op, values, size, stride, padding, **params)
    np.testing.assert_allclose(found, np.float32(y), rtol=1e-6)


@pytest.mark.parametrize(
    ("op", "dtype", "values", "params", "expected"),
    [
        # T14, and halves of either sign.
        ("AVERAGE_POOL_2D", np.uint8, [1, 2], {}, [2]),
        ("AVERAGE_POOL_2D", np.int8, [-1, -2], {}, [-2]),
        ("AVERAGE_POOL_2D", np.int16, [1000, 1001], {}, [1001]),
        ("MAX_POOL_2D", np.int8, [-128, -128], {}, [-128]),
        (
            "MAX_POOL_2D",
            np.uint8,
            [40, 50],
            {"fused_activation_function": "RELU6", "scale": 0.25, "zero_point": 3},
            [27],
        ),
        (
            "MAX_POOL_2D",
            np.int8,
            [-40, -50],
            {"fused_activation_function": "RELU_N1_TO_1", "scale": 0.25, "zero_point": 2},
            [-2],
        ),
    ],
)
def test_quantised(op, dtype, values, params, expected) -> None:
    for kernels in ("reference", "builtin", "xnnpack"):
        y = pooled(op, np.array(values, dtype), 2, 2, kernels=kernels, **params)
        np.testing.assert_array_equal(y, expected)
        assert y.dtype == dtype


def test_no_gradient() -> None:
    x = np.zeros((1, 2, 2, 1), np.float32)
    sizes = {"filter_height": 2, "filter_width": 2, "stride_h": 2, "stride_w": 2}
    with pytest.raises(poolkit.UnsupportedError):
        dialects.run("tflite", "MAX_POOL_2D", {"x": x}, sizes, x[:, :1, :1])


@pytest.mark.parametrize(
    ("op", "dtype", "params", "sentence"),
    [
        ("L2_POOL_2D", np.uint8, {}, "`x` must hold float32; got uint8"),
        ("MAX_POOL_2D", np.float64, {}, "`x` must hold float32, int8, uint8, int16; got float64"),
        ("MAX_POOL_2D", np.float32, {"padding": "same"}, "`padding` must be one of SAME, VALID"),
        ("MAX_POOL_2D", np.float32, {"kernels": "gpu"}, "`kernels` must be one of reference"),
        ("MAX_POOL_2D", np.float32, {"scale": 0.0}, "`scale` must be more than 0"),
        ("MAX_POOL_2D", np.float32, {"filter_width": 0}, "`filter_width` must be an integer"),
        (
            "MAX_POOL_2D",
            np.float32,
            {"fused_activation_function": "relu"},
            "`fused_activation_function` must be one of NONE, RELU",
        ),
    ],
)
def test_refusals(op, dtype, params, sentence) -> None:
    sizes = {"filter_height": 1, "filter_width": 1, "stride_h": 1, "stride_w": 1}
    with pytest.raises(poolkit.PoolError, match=sentence):
        dialects.run("tflite", op, {"x": np.zeros((1, 2, 2, 1), dtype)}, {**sizes, **params})
    with pytest.raises(poolkit.ArgumentError, match="`x` must have 4 axes"):
        tflite.max_pool_2d(np.zeros((2, 2), np.float32), 1, 1, 1, 1)


def test_said_in_tflite() -> None:
    layer = ("tensorflow", "nn.avg_pool2d", {"ksize": 3, "strides": 2, "padding": "SAME"})
    assert poolkit.translate(layer, "tflite").params == {
        "filter_height": 3,
        "filter_width": 3,
        "stride_h": 2,
        "stride_w": 2,
        "padding": "SAME",
    }
    layer = ("torch", "max_pool2d", {"kernel_size": 3, "padding": 1, "stride": 2})
    with pytest.raises(poolkit.UnsupportedError, match="its padding is SAME"):
        poolkit.translate(layer, "tflite")
