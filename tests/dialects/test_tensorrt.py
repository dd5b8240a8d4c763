"""TensorRT's words, by the numbers in its documents."""

from typing import Any

import numpy as np
import pytest

from poolkit import PoolError, UnsupportedError, dialects
from poolkit.dialects import tensorrt


def run(x: Any, **params: Any) -> np.ndarray:
    return tensorrt.pooling(np.asarray(x, np.float32), **params)


# NvInfer.h 8, PaddingMode: "Pooling Example 1" and "Pooling Example 2".
@pytest.mark.parametrize(
    ("mode", "before", "behind", "count"),
    [
        ("EXPLICIT_ROUND_DOWN", 3, 2, 5),
        ("EXPLICIT_ROUND_UP", 3, 2, 5),
        ("SAME_UPPER", 3, 2, 3),
        ("SAME_LOWER", 3, 2, 3),
        ("CAFFE_ROUND_DOWN", 3, 3, 5),
        ("CAFFE_ROUND_UP", 3, 3, 5),
        ("EXPLICIT_ROUND_UP", 3, 3, 6),
    ],
)
def test_the_examples_of_the_header(mode: str, before: int, behind: int, count: int) -> None:
    params = {"window_size": (3, 3), "stride_nd": (2, 2), "padding_mode": mode}
    pads = {"pre_padding": (before,) * 2, "post_padding": (behind,) * 2}
    assert run(np.zeros((1, 1, 6, 6)), **params, **pads).shape == (1, 1, count, count)


def test_same_begins_where_the_header_says() -> None:
    x = np.arange(6.0).reshape(1, 1, 1, 6)
    params = {"window_size": (1, 3), "stride_nd": (1, 2)}
    assert run(x, **params, padding_mode="SAME_UPPER").ravel().tolist() == [2, 4, 5]
    assert run(x, **params, padding_mode="SAME_LOWER").ravel().tolist() == [1, 3, 5]


def test_caffe_leaves_out_a_window_behind_the_input() -> None:
    params = {"window_size": (1, 1), "stride_nd": (1, 2), "post_padding": (0, 2)}
    x = np.arange(5.0).reshape(1, 1, 1, 5)
    assert run(x, **params).ravel().tolist() == [0, 2, 4, -np.inf]
    assert run(x, **params, padding_mode="CAFFE_ROUND_DOWN").ravel().tolist() == [0, 2, 4]


# Rules of 2.4 and T9, T8 of the collected semantics: the overlap with the padded input.
@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"stride_nd": (1, 1)}, [1.5, 2, 3, 3.5]),
        ({"stride_nd": (1, 1), "average_count_excludes_padding": False}, [1, 2, 3, 7 / 3]),
        (
            {
                "stride_nd": (1, 2),
                "average_count_excludes_padding": False,
                "padding_mode": "EXPLICIT_ROUND_UP",
            },
            [1, 3, 2],
        ),
    ],
)
def test_averages(params: dict[str, Any], expected: list[float]) -> None:
    x = np.array([1.0, 2, 3, 4]).reshape(1, 1, 1, 4)
    y = run(x, type="AVERAGE", window_size=(1, 3), padding_nd=(0, 1), **params)
    np.testing.assert_allclose(y.ravel(), expected, rtol=1e-6)


# NVIDIA's page of the Pooling operator: (1 - b) max + b average.
@pytest.mark.parametrize(("b", "expected"), [(0.0, 4.0), (0.25, 3.625), (1.0, 2.5)])
def test_blends(b: float, expected: float) -> None:
    x = np.array([[[[1.0, 2.0], [3.0, 4.0]]]])
    y = run(x, type="MAX_AVERAGE_BLEND", window_size=(2, 2), blend_factor=b)
    assert y.ravel().tolist() == [expected]


def test_spellings() -> None:
    x = np.arange(16.0).reshape(1, 1, 4, 4)
    one = run(x, type="AVERAGE", window_size_nd=(2, 2), stride=(2, 2), padding=(1, 1))
    for kind in ("kAVERAGE", "PoolingType.AVERAGE", "trt.PoolingType.AVERAGE", 1):
        params = {"type": kind, "window_size": (2, 2), "stride_nd": (2, 2), "padding_nd": (1, 1)}
        for op in ("add_pooling_nd", "tensorrt.INetworkDefinition.add_pooling_nd", "Pooling"):
            found = dialects.run("tensorrt", op, {"x": x.astype(np.float32)}, params)
            np.testing.assert_array_equal(found["y"], one)


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"window_size": (2,)},
        {"window_size": (2, 2, 2, 2)},
        {"window_size": (0, 2)},
        {"window_size": (2, 2), "type": "L2"},
        {"window_size": (2, 2), "padding_mode": "SAME"},
        {"window_size": (2, 2), "type": "MAX_AVERAGE_BLEND", "blend_factor": 2.0},
        {"window_size": (9, 9)},
    ],
)
def test_refusals(params: dict[str, Any]) -> None:
    with pytest.raises(PoolError):
        run(np.zeros((1, 1, 4, 4)), **params)


def test_it_only_infers() -> None:
    x = np.zeros((1, 1, 4, 4), np.float32)
    with pytest.raises(UnsupportedError):
        dialects.run(
            "tensorrt", "Pooling", {"x": x}, {"window_size": (4, 4)}, np.ones((1, 1, 1, 1))
        )
