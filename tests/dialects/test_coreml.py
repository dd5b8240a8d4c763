"""Core ML's words, by the numbers in its documents and tests."""

from typing import Any

import numpy as np
import pytest

from poolkit import PoolError, UnsupportedError, dialects
from poolkit.dialects import coreml

# apple/coremltools: coremltools/converters/mil/mil/ops/tests/iOS14/test_pool.py
X = np.array(
    [
        [
            [[-10.80291205, -6.42076184], [-7.07910997, 9.1913279]],
            [[-3.18181497, 0.9132147], [11.9785544, 7.92449539]],
        ]
    ],
    np.float32,
)
ROW = {"kernel_sizes": [1, 2], "strides": [2, 1], "pad_type": "valid"}
COLUMN = {"kernel_sizes": [2, 1], "strides": [1, 2], "pad_type": "same"}


@pytest.mark.parametrize(
    ("op", "x", "params", "expected"),
    [
        ("avg_pool", X, ROW, [[[[-8.611837]], [[-1.1343001]]]]),
        (
            "avg_pool",
            X,
            {**COLUMN, "exclude_padding_from_average": True},
            [[[[-8.94101143], [-7.07911015]], [[4.39836979], [11.97855473]]]],
        ),
        ("max_pool", X, ROW, [[[[-6.42076184]], [[0.9132147]]]]),
        (
            "l2_pool",
            np.array([[[[-10.0, -6.0], [-7.0, 9.0]], [[-3.0, 0.0], [11.0, 7.0]]]], np.float32),
            ROW,
            [[[[11.66190338]], [[3.0]]]],
        ),
    ],
)
def test_the_tests_of_coremltools(op: str, x: Any, params: dict[str, Any], expected: Any) -> None:
    y = dialects.run("coreml", op, {"x": x}, params)["y"]
    np.testing.assert_allclose(y, expected, rtol=1e-6)


# NeuralNetwork.proto, PoolingLayerParams: the formula of ValidCompletePadding; T1 and T2.
@pytest.mark.parametrize(
    ("length", "size", "step", "pad", "count"),
    [(5, 2, 2, 1, 3), (9, 2, 2, 1, 5), (5, 1, 3, 0, 3), (5, 2, 4, 0, 2), (7, 3, 3, 0, 3)],
)
def test_the_last_pixel_is_included(
    length: int, size: int, step: int, pad: int, count: int
) -> None:
    x = np.arange(length * length, dtype=np.float32).reshape(1, 1, length, length)
    network = coreml.pooling(
        x,
        kernelSize=[size, size],
        stride=[step, step],
        includeLastPixel={"paddingAmounts": [pad, pad]},
    )
    assert network.shape == (1, 1, count, count)
    mil = coreml.max_pool(x, [size] * 2, [step] * 2, "custom", [pad] * 4, ceil_mode=True)
    np.testing.assert_array_equal(mil, network)


def test_padding_of_either_axis_cuts_both_of_a_network() -> None:
    x = np.zeros((1, 1, 5, 5), np.float32)
    params = {"kernelSize": [1, 2], "stride": [3, 2]}
    y = coreml.pooling(x, **params, includeLastPixel={"paddingAmounts": [0, 1]})
    assert y.shape == (1, 1, 2, 3)


@pytest.mark.parametrize(
    ("params", "expected"),
    [  # T3, T9: what is padded, and whether it counts
        ({"valid": {}}, [2, 3]),
        ({"valid": {"paddingAmounts": {"borderAmounts": [{}, {"startEdgeSize": 1}]}}}, [1, 2, 3]),
        ({"same": {}}, [1, 2, 3, 7 / 3]),
        ({"same": {}, "avgPoolExcludePadding": True}, [1.5, 2, 3, 3.5]),
        ({"includeLastPixel": {"paddingAmounts": [0, 1]}}, [1, 2, 3, 7 / 3]),
        ({"globalPooling": True}, [2.5]),
    ],
)
def test_networks_of_one_row(params: dict[str, Any], expected: list[float]) -> None:
    x = np.array([1.0, 2, 3, 4], np.float32).reshape(1, 1, 1, 4)
    y = coreml.pooling(x, type="AVERAGE", kernelSize=[1, 3], **params)
    np.testing.assert_allclose(y.ravel(), expected, rtol=1e-6)


def test_same_leans_to_either_side() -> None:
    x = np.array([1.0, 2, 9, 3], np.float32).reshape(1, 1, 1, 4)
    window = {"kernelSize": [1, 3], "stride": [1, 2]}
    assert coreml.pooling(x, **window, same={}).ravel().tolist() == [9, 9]
    top = {"asymmetryMode": "TOP_LEFT_HEAVY"}
    assert coreml.pooling(x, **window, same=top).ravel().tolist() == [2, 9]
    assert coreml.max_pool(x, [1, 3], [1, 2], "same_lower").ravel().tolist() == [2, 9]


def test_the_kernel_is_three_by_three_by_default() -> None:
    assert coreml.pooling(np.zeros((1, 1, 5, 5)), valid={}).shape == (1, 1, 3, 3)


def test_three_axes() -> None:
    x = np.arange(60.0, dtype=np.float32).reshape(1, 1, 3, 4, 5)
    kernel = {"kernelDepth": 2, "kernelHeight": 2, "kernelWidth": 2}
    y = coreml.pooling_3d(x, type="AVERAGE", **kernel, customPaddingRight=1)
    assert y.shape == (1, 1, 2, 3, 5)
    assert y[0, 0, 0, 0, 4] == (4 + 9 + 24 + 29) / 8
    assert coreml.pooling_3d(x, **kernel, paddingType="SAME").shape == x.shape
    assert coreml.global_pooling_3d(x, type="AVERAGE").ravel().tolist() == [29.5]


@pytest.mark.parametrize(
    ("op", "params"),
    [
        ("pooling", {}),
        ("pooling", {"valid": {}, "same": {}}),
        ("pooling", {"valid": {}, "type": "SUM"}),
        ("pooling", {"valid": {"paddingAmounts": {"borderAmounts": [{}]}}}),
        ("pooling", {"valid": {"padding": []}}),
        ("pooling", {"includeLastPixel": {"paddingAmounts": [1]}}),
        ("pooling3d", {"kernelDepth": 1, "kernelHeight": 1, "kernelWidth": 1}),
        ("max_pool", {"kernel_sizes": [2, 2], "pad_type": "full"}),
        ("max_pool", {"kernel_sizes": [2, 2], "pad_type": "same", "ceil_mode": True}),
        (
            "max_pool",
            {"kernel_sizes": [2, 2], "pad_type": "custom", "pad": [0, 1, 0, 0], "ceil_mode": True},
        ),
        ("max_pool", {"kernel_sizes": [2]}),
        ("avg_pool", {"kernel_sizes": [9, 9]}),
    ],
)
def test_refusals(op: str, params: dict[str, Any]) -> None:
    with pytest.raises(PoolError):
        dialects.run("coreml", op, {"x": np.zeros((1, 1, 4, 4), np.float32)}, params)


def test_it_only_infers() -> None:
    inputs = {"x": np.zeros((1, 1, 4, 4), np.float32)}
    with pytest.raises(UnsupportedError):
        dialects.run("coreml", "max_pool", inputs, {"kernel_sizes": [4, 4]}, np.ones((1, 1, 1, 1)))
