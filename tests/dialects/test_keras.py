"""Keras 3's layers on three backends: worked examples, and what the backends differ in."""

from typing import Any

import numpy as np
import pytest

import poolkit
from poolkit.dialects import keras
from poolkit.dialects.plain import Call, Plain, put_plainly
from poolkit.geometry import Adaptive, AutomaticPadding, Rounding, Sliding

NAN, INF = float("nan"), float("inf")
LOW = float(np.finfo(np.float32).min)
BACKENDS = ("tensorflow", "jax", "torch")


def line(*values: float) -> np.ndarray:
    return np.array(values, np.float32).reshape(1, -1, 1)


def run(backend: str, op: str, x: Any, gradient: Any = None, **params: Any) -> dict[str, Any]:
    inputs = {"x": x} if not isinstance(x, dict) else x
    return poolkit.dialects.run(f"keras3_{backend}", op, inputs, params, gradient)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize(
    ("op", "x", "params", "expected"),
    [
        # semantics T3, T4, T9, T10, T38, T28
        ("layers.MaxPooling1D", line(1, 2, 9, 3),
         {"pool_size": 3, "strides": 2, "padding": "same"}, [9, 9]),
        ("keras.layers.MaxPool1D", line(9, 1, 5, 2), {"strides": 1, "padding": "SAME"},
         [9, 5, 5, 2]),
        ("layers.AveragePooling1D", line(1, 2, 3, 4),
         {"pool_size": 3, "strides": 1, "padding": "same"}, [1.5, 2, 3, 3.5]),
        ("layers.AveragePooling1D", line(1, 2, 3, 4, 5),
         {"pool_size": 3, "strides": 2, "padding": "same"}, [1.5, 3, 4.5]),
        ("layers.MaxPooling1D", line(1, 2, 3, 4, 5, 6), {}, [2, 4, 6]),
        ("ops.average_pool", line(1, 2, 3, 4), {"pool_size": [2], "strides": [1]}, [1.5, 2.5, 3.5]),
        ("layers.AdaptiveAveragePooling1D", line(*range(10)), {"output_size": 4}, [1, 3, 6, 8]),
        ("ops.adaptive_max_pool", line(1, 2), {"output_size": [3]}, [1, 2, 2]),
        ("layers.GlobalMaxPooling1D", line(3, NAN, 1), {}, [NAN]),
        ("layers.GlobalMaxPooling1D", line(-INF, -INF), {"keepdims": True}, [-INF]),
        ("layers.GlobalAveragePooling1D", {"x": line(1, 2, 6), "mask": np.array([[1, 0, 1]])}, {},
         [3.5]),
    ],
)  # fmt: skip
def test_worked_examples(
    backend: str, op: str, x: Any, params: dict[str, Any], expected: Any
) -> None:
    y = run(backend, op, x, **params)["y"]
    np.testing.assert_array_equal(y.ravel(), np.float32(expected))
    assert y.dtype == np.float32


@pytest.mark.parametrize(
    ("backend", "values", "indices"),
    [
        ("tensorflow", [2, 2, LOW, LOW, 3], [0, 1, 0, 0, 0]),
        ("jax", [NAN, NAN, NAN, -INF, 3], [2, 2, 2, 0, 0]),
        ("torch", [NAN, NAN, NAN, -INF, 3], [0, 2, 2, 0, 0]),
    ],
)
def test_nan_infinities_and_ties(backend: str, values: list[float], indices: list[int]) -> None:
    rows = [[NAN, 1, 2], [1, 2, NAN], [NAN] * 3, [-INF] * 3, [3, 3, 1]]
    x = np.array(rows, np.float32)[..., np.newaxis]
    found = run(backend, "layers.MaxPooling1D", x, np.ones((5, 1, 1)), pool_size=3)
    np.testing.assert_array_equal(found["y"].ravel(), np.float32(values))
    assert np.argmax(found["gx"][..., 0], axis=1).tolist() == indices
    assert found["gx"].sum() == 5


def test_gradient_of_ties() -> None:
    x = np.full((1, 2, 2, 1), 7, np.float32)
    one = np.ones((1, 1, 1, 1), np.float32)
    for backend in BACKENDS:
        whole = run(backend, "layers.GlobalMaxPooling2D", x, one[0, 0])["gx"]
        assert whole.ravel().tolist() == [0.25] * 4
        windows = run(backend, "layers.MaxPooling2D", x, one)["gx"]
        assert windows.ravel().tolist() == [1, 0, 0, 0]
    deep = run("tensorflow", "layers.MaxPooling3D", x[:, None], one[None], pool_size=(1, 2, 2))
    assert deep["gx"].ravel().tolist() == [1] * 4
    # The bin [[1, 2], [2, 0]]: pooled axis by axis, the 2 of the first column comes first.
    x = np.array([[1, 2], [2, 0]], np.float32).reshape(1, 2, 2, 1)
    for backend, place in (("jax", 2), ("torch", 1)):
        found = run(backend, "layers.AdaptiveMaxPooling2D", x, one, output_size=1)["gx"]
        assert np.argmax(found) == place


def test_edges_repeated_on_torch() -> None:
    x = line(1, 2, 3, 4)
    words = {"pool_size": 4, "strides": 1, "padding": "same"}
    op = "layers.AveragePooling1D"
    assert run("jax", op, x, **words)["y"].ravel().tolist() == [2, 2.5, 3, 3.5]
    found = run("torch", op, x, np.ones((1, 4, 1)), **words)
    assert found["y"].ravel().tolist() == [1.75, 2.5, 3.25, 3.75]
    assert found["gx"].ravel().tolist() == [0.75, 0.75, 1, 1.5]
    with pytest.raises(poolkit.ArgumentTypeError):
        run("torch", "layers.MaxPooling1D", np.ones((1, 4, 1), np.int32), padding="same", strides=1)


def test_windows_that_do_not_fit() -> None:
    x = np.zeros((1, 4, 5, 1), np.float32)
    words = {"pool_size": (9, 1), "strides": 1}
    assert run("jax", "layers.MaxPooling2D", x, **words)["y"].shape == (1, 0, 5, 1)
    for backend in ("tensorflow", "torch"):
        with pytest.raises(poolkit.ArgumentError):
            run(backend, "layers.MaxPooling2D", x, **words)
    words["pool_size"] = (5, 1)
    assert run("tensorflow", "layers.MaxPooling2D", x, **words)["y"].shape == (1, 0, 5, 1)


def test_operations_without_strides_fail_on_jax() -> None:
    x = line(1, 2)
    assert run("torch", "ops.max_pool", x, pool_size=2)["y"].item() == 2
    assert run("tensorflow", "ops.max_pool", x, pool_size=2)["y"].item() == 2
    with pytest.raises(poolkit.ArgumentTypeError, match="strides"):
        run("jax", "ops.max_pool", x, pool_size=2)


def test_layers_compute_in_their_own_dtype() -> None:
    x = np.ones((1, 4, 1))
    assert run("tensorflow", "layers.MaxPooling1D", x)["y"].dtype == np.float32
    assert run("torch", "layers.MaxPooling1D", x, dtype="mixed_float16")["y"].dtype == np.float16
    assert run("torch", "ops.max_pool", x, pool_size=2)["y"].dtype == np.float64
    assert run("jax", "ops.max_pool", x, pool_size=2, strides=2)["y"].dtype == np.float32
    integers = np.array([[1, 2]])[..., np.newaxis]
    assert run("jax", "layers.AveragePooling1D", integers, pool_size=2)["y"].item() == 1.5
    assert run("torch", "layers.AveragePooling1D", integers, pool_size=2)["y"].item() == 1
    assert run("jax", "layers.GlobalAveragePooling1D", integers)["y"].dtype == np.float32
    with pytest.raises(poolkit.UnsupportedError):
        run("tensorflow", "layers.MaxPooling1D", integers, np.ones((1, 1, 1)))


@pytest.mark.parametrize(
    ("op", "params"),
    [
        ("layers.MaxPooling2D", {"pool_size": 0}),
        ("layers.MaxPooling2D", {"pool_size": (2, 2, 2)}),
        ("layers.MaxPooling2D", {"strides": 0}),
        ("layers.MaxPooling2D", {"padding": "full"}),
        ("layers.MaxPooling2D", {"padding": 1}),
        ("layers.MaxPooling2D", {"data_format": "first"}),
        ("layers.MaxPooling1D", {}),
        ("layers.AveragePooling2D", {}),
        ("layers.AdaptiveMaxPooling2D", {"output_size": 0}),
        ("layers.AdaptiveMaxPooling2D", {"output_size": (None, 2)}),
        ("layers.AdaptiveMaxPooling2D", {"output_size": 1}),  # kills TensorFlow
        ("layers.AdaptiveMaxPooling2D", {"output_size": 2, "data_format": "CHANNELS_LAST"}),
        ("layers.GlobalMaxPooling2D", {"keepdims": 1}),
        ("layers.GlobalMaxPooling2D", {"dtype": "int32"}),
    ],
)
def test_refusals(op: str, params: dict[str, Any]) -> None:
    with pytest.raises(poolkit.PoolError):
        run("tensorflow", op, np.zeros((1, 6, 6, 2), np.float32), **params)


def test_mask_of_another_shape() -> None:
    inputs = {"x": line(1, 2, 6), "mask": np.ones((1, 2))}
    with pytest.raises(poolkit.ArgumentError, match="mask"):
        run("tensorflow", "layers.GlobalAveragePooling1D", inputs)


def test_gradient_past_a_mask() -> None:
    inputs = {"x": np.zeros((2, 2, 1), np.float32), "mask": np.array([[1, 0], [0, 0]])}
    found = run("jax", "layers.GlobalAveragePooling1D", inputs, np.ones((2, 1)))
    assert found["gx"].ravel().tolist() == [1, 0, 0, 0]
    np.testing.assert_array_equal(found["y"].ravel(), [0, NAN])


def test_callables() -> None:
    x = np.arange(16, dtype=np.float32).reshape(1, 4, 4, 1)
    y = keras.max_pooling_2d(x, pool_size=2, strides=2, padding="same", data_format="channels_last")
    assert y.ravel().tolist() == [5, 7, 13, 15]
    first = x.reshape(1, 1, 4, 4)
    y = keras.average_pooling_2d(first, 2, data_format="channels_first")
    assert y.shape == (1, 1, 2, 2)
    assert keras.global_average_pooling_2d(x).shape == (1, 1)


@pytest.mark.parametrize("backend", BACKENDS)
def test_plain_words(backend: str) -> None:
    native = poolkit.dialects.find(f"keras3_{backend}").find("AveragePooling2D")
    said = put_plainly(native.read(pool_size=3, strides=2, padding="same", rank=4), 4)
    assert said.axes == (1, 2)
    assert said.automatic_padding is AutomaticPadding.SAME
    native = poolkit.dialects.find(f"keras3_{backend}").find("AdaptiveMaxPooling2D")
    assert put_plainly(native.read(output_size=(2, 3), rank=4), 4).output_size == (2, 3)


def plain(reduce: str = "max", **words: Any) -> Plain:
    return Plain(reduce, 4, (2, 3), (Sliding(3, 2, **words),) * 2)  # type: ignore[arg-type]


def test_proposals() -> None:
    words = {"pool_size": [3, 3], "strides": [2, 2], "padding": "same"}
    asked = plain("mean", padding=AutomaticPadding.SAME)
    assert next(keras.propose(asked)) == Call("layers.AveragePooling2D", words)
    words["padding"] = "valid"
    assert next(keras.propose(plain())) == Call("layers.MaxPooling2D", words)
    whole = Plain("max", 4, (2, 3), output_size=(1, 1))
    assert next(keras.propose(whole)).op == "layers.GlobalMaxPooling2D"
    bins = Plain("max", 4, (2, 3), output_size=(2, 1))
    assert next(keras.propose(bins)).params == {"output_size": [2, 1]}


@pytest.mark.parametrize(
    "asked",
    [
        plain("sum"),
        plain(dilation=2),
        plain(padding=(1, 1)),
        plain(padding=AutomaticPadding.SAME_LOWER),
        plain(rounding=Rounding.CEIL),
        Plain("max", 4, (2, 3), output_size=(None, 2)),
        Plain("max", 3, (2,), output_size=(Adaptive(None).output_size,)),
    ],
)
def test_nothing_to_propose(asked: Plain) -> None:
    with pytest.raises(poolkit.UnsupportedError):
        list(keras.propose(asked))
