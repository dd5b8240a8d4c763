"""ONNX and ONNX Runtime: worked examples of `documents/semantics.md`, and what they refuse."""

from typing import Any

import numpy as np
import pytest

import poolkit
from poolkit import dialects
from poolkit.dialects import onnx, onnxruntime
from poolkit.dialects.plain import Plain
from poolkit.geometry import Adaptive, AutomaticPadding, Rounding, Sliding, Specification

NAN, INF = np.nan, np.inf
LOWEST = float(np.finfo(np.float32).min)


def row(values: list[float]) -> np.ndarray:
    return np.array(values, np.float32).reshape(1, 1, -1)


def pooled(dialect: str, op: str, values: list[float], **params: Any) -> dict[str, np.ndarray]:
    found = dialects.run(dialect, op, {"x": row(values)}, params)
    return {name: array.ravel() for name, array in found.items()}


AVERAGES = [
    # semantics.md T7: a window that hangs over.
    ("onnx", [1, 2, 3, 4, 5, 6, 7], {"strides": [3], "ceil_mode": 1}, [2, 5, 7]),
    # T8: padding and overhang.
    ("onnx", [1, 2, 3, 4], {"strides": [2], "pads": [1, 1], "ceil_mode": 1}, [1.5, 3, 4]),
    (
        "onnx",
        [1, 2, 3, 4],
        {"strides": [2], "pads": [1, 1], "ceil_mode": 1, "count_include_pad": 1},
        [1, 3, 2],
    ),
    # T9: a plain border.
    ("onnx", [1, 2, 3, 4], {"pads": [1, 1]}, [1.5, 2, 3, 3.5]),
    ("onnx", [1, 2, 3, 4], {"pads": [1, 1], "count_include_pad": 1}, [1, 2, 3, 7 / 3]),
    # T10: automatic padding.
    ("onnx", [1, 2, 3, 4, 5], {"strides": [2], "auto_pad": "SAME_UPPER"}, [1.5, 3, 4.5]),
]


@pytest.mark.parametrize(("dialect", "values", "params", "expected"), AVERAGES)
def test_averages(dialect: str, values: list[float], params: dict, expected: list) -> None:
    for each in {dialect, "onnxruntime"}:
        found = pooled(each, "AveragePool", values, kernel_shape=[3], **params)
        np.testing.assert_allclose(found["y"], np.float32(expected), rtol=1e-6)


MAXIMA = [
    # T3: SAME of two kinds; T4: kernels of 2.
    ("SAME_UPPER", [1, 2, 9, 3], 3, 2, [9, 9]),
    ("SAME_LOWER", [1, 2, 9, 3], 3, 2, [2, 9]),
    ("VALID", [1, 2, 9, 3], 3, 2, [9]),
    ("SAME_UPPER", [9, 1, 5, 2], 2, 1, [9, 5, 5, 2]),
    ("SAME_LOWER", [9, 1, 5, 2], 2, 1, [9, 9, 5, 5]),
    ("NOTSET", [9, 1, 5, 2], 2, 1, [9, 5, 5]),
]


@pytest.mark.parametrize(("auto_pad", "values", "size", "stride", "expected"), MAXIMA)
@pytest.mark.parametrize("dialect", ["onnx", "onnxruntime"])
def test_automatic_padding(
    dialect: str, auto_pad: str, values: list, size: int, stride: int, expected: list
) -> None:
    params = {"kernel_shape": [size], "strides": [stride], "auto_pad": auto_pad}
    assert pooled(dialect, "MaxPool", values, **params)["y"].tolist() == expected


def test_counts_windows_of_valid_padding_by_ceil_or_not() -> None:
    # T6: the text's formula rounds down, ONNX Runtime up.
    params = {"kernel_shape": [2], "strides": [2], "ceil_mode": 1}
    values = [1, 2, 3, 4, 5]
    assert pooled("onnx", "MaxPool", values, auto_pad="VALID", **params)["y"].tolist() == [2, 4]
    assert pooled("onnx", "MaxPool", values, **params)["y"].tolist() == [2, 4, 5]


@pytest.mark.parametrize("dialect", ["onnx", "onnxruntime"])
def test_drops_windows_that_begin_in_the_end_padding(dialect: str) -> None:
    # T1.
    params = {"kernel_shape": [2], "strides": [2], "pads": [1, 1], "ceil_mode": 1}
    assert len(pooled(dialect, "MaxPool", [1, 2, 3, 4, 5], **params)["y"]) == 3


# T15, the column of ONNX Runtime.
NANS = [
    ([NAN, 1, 2], NAN, 0),
    ([1, NAN, 2], 2, 2),
    ([1, 2, NAN], 2, 1),
    ([NAN, NAN, NAN], NAN, 0),
    ([-INF, -INF, -INF], -INF, 0),
    ([NAN, NAN, 1], NAN, 0),
]


@pytest.mark.parametrize(("values", "value", "index"), NANS)
def test_nan_beside_indices(values: list[float], value: float, index: int) -> None:
    found = pooled("onnxruntime", "MaxPool", values, kernel_shape=[3])
    np.testing.assert_equal(found["y"], np.float32([value]))
    assert found["argmax"].tolist() == [index]


@pytest.mark.parametrize("dialect", ["onnx", "onnxruntime"])
def test_numbers_indices_over_the_tensor(dialect: str) -> None:
    # T22: rows, then columns.
    x = np.arange(32, dtype=np.float32).reshape(1, 2, 4, 4)
    params = {"kernel_shape": [2, 2], "strides": [2, 2]}
    _, by_rows = dialects.find(dialect).find("MaxPool")(x, **params)
    _, by_columns = dialects.find(dialect).find("MaxPool")(x, **params, storage_order=1)
    assert by_rows.tolist() == [[[[5, 7], [13, 15]], [[21, 23], [29, 31]]]]
    assert by_columns.tolist() == [[[[5, 13], [7, 15]], [[21, 29], [23, 31]]]]


def test_numbers_indices_of_volumes() -> None:
    x = np.zeros((1, 1, 2, 3, 4), np.float32)
    x[0, 0, 1, 2, 1] = 1
    _, index = onnx.max_pool(x, kernel_shape=[2, 3, 4])
    assert index.item() == (1 * 3 + 2) * 4 + 1
    _, index = onnx.max_pool(x, kernel_shape=[2, 3, 4], storage_order=1)
    assert index.item() == 1 + 2 * 2 + 1 * 2 * 3


# T25.
NORMS = [(1, [-1, -2], 3), (2, [-1, -2], 5**0.5), (3, [-1, -2], 9 ** (1 / 3)), (1, [-1, 2], 3)]


@pytest.mark.parametrize(("p", "values", "norm"), NORMS)
@pytest.mark.parametrize("dialect", ["onnx", "onnxruntime"])
def test_norms_take_magnitudes(dialect: str, p: int, values: list, norm: float) -> None:
    for op, params in (("LpPool", {"kernel_shape": [2]}), ("GlobalLpPool", {})):
        found = pooled(dialect, op, values, p=p, **params)
        np.testing.assert_allclose(found["y"], [norm], rtol=1e-6)


def test_norms_leave_out_what_hangs_over() -> None:
    # T26: the norm as the text has it.
    found = pooled("onnx", "LpPool", [1, 1, 1], kernel_shape=[2], strides=[2], ceil_mode=1)
    np.testing.assert_allclose(found["y"], [2**0.5, 1], rtol=1e-6)


def test_unpools_to_a_larger_shape() -> None:
    # T23: where the indices count the size that the attributes give, and where the larger one.
    x = np.array([[[[1, 2], [3, 4]]]], np.float32)
    indices = np.array([[[[5, 7], [13, 15]]]])
    shape = np.array([1, 1, 5, 5])
    params = {"kernel_shape": [2, 2], "strides": [2, 2]}
    standard = onnx.max_unpool(x, indices, shape, **params)
    assert np.argwhere(standard[0, 0]).tolist() == [[1, 1], [1, 3], [3, 1], [3, 3]]
    runtime = onnxruntime.max_unpool(x, indices, shape, **params)
    assert np.argwhere(runtime[0, 0]).tolist() == [[1, 0], [1, 2], [2, 3], [3, 0]]


def test_gradients() -> None:
    x = row([3, 3, 1])
    params = {"kernel_shape": [3]}
    found = dialects.run("onnx", "MaxPool", {"x": x}, params, np.ones((1, 1, 1), np.float32))
    assert found["gx"].tolist() == [[[1, 0, 0]]]
    inputs = {"x": row([5]), "indices": np.array([[[1]]])}
    found = dialects.run("onnx", "MaxUnpool", inputs, {"kernel_shape": [2]}, row([3, 4]))
    assert found["y"].tolist() == [[[0, 5]]]
    assert found["gx"].tolist() == [[[4]]]
    with pytest.raises(poolkit.UnsupportedError, match="no gradient"):
        dialects.run("onnxruntime", "MaxPool", {"x": x}, params, np.ones((1, 1, 1), np.float32))


REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("MaxPool", {}, "`kernel_shape` must be given"),
    ("MaxPool", {"kernel_shape": 2}, "`kernel_shape` must be a list of 1 integers"),
    ("MaxPool", {"kernel_shape": [2, 2]}, "`kernel_shape` must be a list of 1 integers"),
    ("MaxPool", {"kernel_shape": [0]}, "at least 1"),
    ("MaxPool", {"kernel_shape": [2.5]}, "`kernel_shape`"),
    ("MaxPool", {"kernel_shape": [2], "strides": [0]}, "`strides` must be a list"),
    ("MaxPool", {"kernel_shape": [2], "pads": [1]}, "`pads` must be a list of 2 integers"),
    ("MaxPool", {"kernel_shape": [2], "pads": [-1, 0]}, "`pads`"),
    ("MaxPool", {"kernel_shape": [2], "auto_pad": "SAME"}, "`auto_pad` must be NOTSET"),
    ("MaxPool", {"kernel_shape": [2], "ceil_mode": 2}, "`ceil_mode` must be 0 or 1"),
    ("MaxPool", {"kernel_shape": [2], "ceil_mode": 1, "opset": 9}, "before opset 10"),
    ("MaxPool", {"kernel_shape": [2], "dilations": [1], "opset": 9}, "before opset 10"),
    ("MaxPool", {"kernel_shape": [2], "storage_order": 0, "opset": 7}, "before opset 8"),
    ("MaxPool", {"kernel_shape": [2], "storage_order": 2}, "`storage_order` must be 0 or 1"),
    ("MaxPool", {"kernel_shape": [2], "outputs": 2, "opset": 7}, "`outputs` must be 1"),
    ("MaxPool", {"kernel_shape": [2], "opset": 0}, "`opset` must be"),
    ("MaxPool", {"kernel_shape": [2], "opset": "12"}, "`opset` must be"),
    ("AveragePool", {"kernel_shape": [2], "dilations": [1], "opset": 18}, "before opset 19"),
    ("AveragePool", {"kernel_shape": [2], "count_include_pad": 1, "opset": 6}, "opset"),
    ("LpPool", {"kernel_shape": [2], "ceil_mode": 1, "opset": 17}, "before opset 18"),
    ("LpPool", {"kernel_shape": [2], "p": 0}, "`p` must be an integer"),
    ("LpPool", {"kernel_shape": [2], "p": 2.5}, "`p` must be an integer"),
]


@pytest.mark.parametrize(("op", "params", "sentence"), REFUSED)
@pytest.mark.parametrize("dialect", ["onnx", "onnxruntime"])
def test_refusals(dialect: str, op: str, params: dict[str, Any], sentence: str) -> None:
    with pytest.raises((poolkit.ArgumentError, poolkit.ArgumentTypeError), match=sentence):
        pooled(dialect, op, [1, 2, 3], **params)


def test_refuses_what_the_standard_alone_does() -> None:
    with pytest.raises(poolkit.ArgumentError, match="`pads` must be left out"):
        pooled("onnx", "MaxPool", [1, 2], kernel_shape=[2], pads=[0, 0], auto_pad="VALID")
    with pytest.raises(poolkit.WindowFitError, match="does not fit"):
        pooled("onnx", "MaxPool", [1, 2], kernel_shape=[3], strides=[2])


def test_refuses_what_onnx_runtime_alone_does() -> None:
    with pytest.raises(poolkit.ArgumentError, match="`pads` must be smaller than the kernel"):
        pooled("onnxruntime", "MaxPool", [1, 2], kernel_shape=[2], pads=[2, 0])
    with pytest.raises(poolkit.ArgumentError, match="`opset` must be at least 7"):
        pooled("onnxruntime", "AveragePool", [1, 2], kernel_shape=[2], opset=6)


def test_refuses_dtypes() -> None:
    integers = np.ones((1, 1, 3), np.int32)
    for dialect in ("onnx", "onnxruntime"):
        with pytest.raises(poolkit.ArgumentTypeError, match=r"`x` must be .*; got int32"):
            dialects.run(dialect, "MaxPool", {"x": integers}, {"kernel_shape": [2]})
    eight = integers.astype(np.int8)
    with pytest.raises(poolkit.ArgumentTypeError, match="got int8"):
        onnx.max_pool(eight, kernel_shape=[2], opset=11)
    assert onnx.max_pool(eight, kernel_shape=[2], opset=12)[0].dtype == np.int8


UNPOOLING_REFUSED: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    ({"indices": np.array([[[7]]])}, {}, "`indices` must lie in"),
    ({"indices": np.array([[[1]]], np.int32)}, {}, "`indices` must be int64"),
    ({"indices": np.array([[[1]]]), "output_shape": np.array([1, 1])}, {}, "hold 3 lengths"),
    ({"indices": np.array([[[1]]]), "output_shape": np.array([1, 1, 1])}, {}, "have room for"),
    ({"indices": np.array([[[1]]])}, {"pads": [1, 1]}, "leave something"),
]


@pytest.mark.parametrize(("inputs", "params", "sentence"), UNPOOLING_REFUSED)
@pytest.mark.parametrize("dialect", ["onnx", "onnxruntime"])
def test_unpooling_refusals(dialect: str, inputs: dict, params: dict, sentence: str) -> None:
    with pytest.raises((poolkit.ArgumentError, poolkit.ArgumentTypeError), match=sentence):
        dialects.run(
            dialect, "MaxUnpool", {"x": row([5]), **inputs}, {"kernel_shape": [2], **params}
        )


def test_native_names() -> None:
    x = np.arange(16.0, dtype=np.float32).reshape(1, 1, 4, 4)
    for module in (onnx, onnxruntime):
        assert module.average_pool(x, [2, 2], strides=[2, 2]).tolist() == [
            [[[2.5, 4.5], [10.5, 12.5]]]
        ]
        assert module.global_max_pool(x).tolist() == [[[[15]]]]
        assert module.global_average_pool(x).tolist() == [[[[7.5]]]]
        y, indices = module.max_pool(x, [2, 2], strides=[2, 2])
        assert y.tolist() == [[[[5, 7], [13, 15]]]]
        assert module.max_unpool(y, indices, kernel_shape=[2, 2], strides=[2, 2]).sum() == y.sum()
        assert module.max_pool.read(rank=4, kernel_shape=[2, 2]) is not None


def plain(reduce: str, *sliding: Sliding, **others: Any) -> Plain:
    rank = 2 + len(sliding)
    return Plain(reduce, rank, tuple(range(2, rank)), sliding, **others)


PROPOSED: list[tuple[Plain, str, dict[str, Any]]] = [
    (plain("max", Sliding(3, 1)), "MaxPool", {"kernel_shape": [3]}),
    (
        plain(
            "max", Sliding(3, 2, 2, (1, 0), Rounding.CEIL), Sliding(2, 2, 1, (0, 0), Rounding.CEIL)
        ),
        "MaxPool",
        {
            "kernel_shape": [3, 2],
            "strides": [2, 2],
            "dilations": [2, 1],
            "pads": [1, 0, 0, 0],
            "ceil_mode": 1,
        },
    ),
    (
        plain("mean", Sliding(3, 2, 1, AutomaticPadding.SAME_LOWER), divisor="padded"),
        "AveragePool",
        {
            "kernel_shape": [3],
            "strides": [2],
            "auto_pad": "SAME_LOWER",
            "count_include_pad": 1,
        },
    ),
    (plain("norm", Sliding(2, 1), norm_type=3.0), "LpPool", {"kernel_shape": [2], "p": 3}),
    (Plain("mean", 4, (2, 3), output_size=(1, 1)), "GlobalAveragePool", {}),
    (Plain("norm", 3, (2,), output_size=(1,), norm_type=2.0), "GlobalLpPool", {"p": 2}),
]


@pytest.mark.parametrize(("asked", "op", "params"), PROPOSED)
@pytest.mark.parametrize("dialect", ["onnx", "onnxruntime"])
def test_proposals(dialect: str, asked: Plain, op: str, params: dict[str, Any]) -> None:
    (call,) = dialects.find(dialect).propose(asked)
    assert call == (op, params)
    dialects.find(dialect).find(op).read(rank=asked.rank, **params)


UNSAID: list[tuple[Plain, str]] = [
    (plain("sum", Sliding(2, 2)), "no sum pooling"),
    (Plain("max", 4, (1, 2), (Sliding(2, 2),) * 2), "behind the channels"),
    (Plain("max", 4, (2, 3), output_size=(3, 3)), "no adaptive pooling"),
    (plain("mean", Sliding(2, 2), divisor=3.0), "no other number"),
    (plain("mean", Sliding(2, 2, rounding=Rounding.CEIL), divisor="window"), "hangs over"),
    (plain("norm", Sliding(2, 2), norm_type=1.5), "an integer"),
    (plain("norm", Sliding(2, 2), norm_type=2.0, mean_of_powers=True), "not their mean"),
    (plain("max", Sliding(2, 2, 1, AutomaticPadding.SAME_END)), "half of it on each side"),
    (plain("max", Sliding(2, 2, 1, AutomaticPadding.SAME), Sliding(2, 2)), "one for all axes"),
    (plain("max", Sliding(2, 2, rounding=Rounding.CEIL), Sliding(2, 2)), "one for all axes"),
]


@pytest.mark.parametrize(("asked", "reason"), UNSAID)
def test_what_it_has_no_words_for(asked: Plain, reason: str) -> None:
    with pytest.raises(poolkit.UnsupportedError, match=reason):
        list(onnx.propose(asked))


def test_meaning_is_in_plain_words() -> None:
    read = onnx.max_pool.read(rank=3, kernel_shape=[3], pads=[1, 1])
    assert read.windows == Specification((Sliding(3, 1, 1, (1, 1)),), (2,))
    assert onnx.global_max_pool.read(rank=3).windows == Specification((Adaptive(1),), (2,))
