"""JAX's words, by runs of JAX 0.10, Flax 0.12 and Haiku 0.0.17, recorded by hand."""

from typing import Any

import numpy as np
import pytest

from poolkit import PoolError, UnsupportedError, dialects
from poolkit.dialects import jax

nan, inf = float("nan"), float("inf")


def reduce_window(x: Any, params: dict[str, Any], gradient: bool = False) -> dict[str, np.ndarray]:
    x = np.asarray(x, np.float32)
    defaults = {"init_value": -inf, "computation": "max"}
    y = dialects.run("jax", "lax.reduce_window", {"x": x}, defaults | params)
    outer = np.ones_like(y["y"]) if gradient else None
    return dialects.run("jax", "lax.reduce_window", {"x": x}, defaults | params, outer)


@pytest.mark.parametrize(
    ("x", "params", "y"),
    [
        ([1, -2, 3, 4], {"window_dimensions": [3], "padding": [[-1, 0]]}, [4]),
        ([1, -2, 3, 4], {"window_dimensions": [3], "base_dilation": [2]}, [1, -2, 3, 3, 4]),
        (
            [1, -2, 3, 4],
            {"window_dimensions": [3], "base_dilation": [2], "init_value": 0.5},
            [1, 0.5, 3, 3, 4],
        ),
        (
            [1, -2, 3, 4],
            {
                "window_dimensions": [3],
                "base_dilation": [2],
                "window_strides": [1],
                "padding": "SAME",
                "computation": "lax.add",
                "init_value": 2.0,
            },
            [3, 1, 0, 3, 5, 9, 6],
        ),
        (
            [1, -2, 3, 4],
            {
                "window_dimensions": [3],
                "padding": [[2, 2]],
                "computation": "add",
                "init_value": 2.0,
            },
            [3, 1, 4, 7, 9, 6],
        ),
        (
            [1, -2, 3, 4],
            {
                "window_dimensions": [3],
                "window_strides": [3],
                "padding": [[5, 2]],
                "computation": "add",
                "init_value": 2.0,
            },
            [2, 3, 7],
        ),
        ([1, 2, 3], {"window_dimensions": [9]}, []),
        ([1, 2, 3], {"window_dimensions": [2], "window_dilation": [5]}, []),
        (
            [1, 2, 3],
            {"window_dimensions": [1], "window_strides": [2], "padding": [[1, 1]]},
            [-inf, 2, -inf],
        ),
        (
            [1, 2, 9, 3],
            {"window_dimensions": [3], "window_strides": [2], "padding": "SAME_LOWER"},
            [2, 9],
        ),
        (
            [1, 2, 9, 3],
            {"window_dimensions": [3], "window_strides": [2], "padding": "same"},
            [9, 9],
        ),
        ([], {"window_dimensions": [2], "padding": [[2, 1]]}, [-inf, -inf]),
        ([1, 2, 3], {"window_dimensions": [2], "padding": [[-9, 12]]}, [-inf] * 5),
        ([1, 2, 3], {"window_dimensions": [2], "padding": [[-7, 0]]}, []),
        ([nan, 1, 2], {"window_dimensions": [3]}, [nan]),
        ([2, 3], {"window_dimensions": [2], "computation": "mul", "init_value": 1.0}, [6]),
    ],
)
def test_values(x: list[float], params: dict[str, Any], y: list[float]) -> None:
    np.testing.assert_array_equal(reduce_window(x, params)["y"], y)


@pytest.mark.parametrize(
    ("x", "params", "gx"),
    [
        ([3, 3, 1], {"window_dimensions": [3]}, [1, 0, 0]),
        ([5, 5, 5], {"window_dimensions": [2]}, [1, 1, 0]),
        # −∞ alone: padding that comes first takes the gradient
        ([-inf] * 3, {"window_dimensions": [3], "padding": [[1, 0]]}, [1, 0, 0]),
        ([-inf] * 3, {"window_dimensions": [2], "padding": [[1, 1]]}, [1, 1, 1]),
        # NaN: what follows the last one, padding too
        ([nan, 1, 2], {"window_dimensions": [3]}, [0, 0, 1]),
        ([nan, 1, nan], {"window_dimensions": [3]}, [0, 0, 1]),
        ([1, nan], {"window_dimensions": [2], "padding": [[0, 1]]}, [0, 1]),
        ([1, 2, 3], {"window_dimensions": [9]}, [0, 0, 0]),
        (
            [1, 2, 1],
            {"window_dimensions": [2], "computation": "min", "init_value": inf},
            [1, 0, 1],
        ),
        (
            range(6),
            {
                "window_dimensions": [2],
                "window_dilation": [2],
                "base_dilation": [2],
                "padding": [[-1, 2]],
                "computation": "add",
                "init_value": 0.0,
            },
            [0, 1, 2, 2, 2, 2],
        ),
    ],
)
def test_gradients(x: Any, params: dict[str, Any], gx: list[float]) -> None:
    np.testing.assert_array_equal(reduce_window(list(x), params, gradient=True)["gx"], gx)


@pytest.mark.parametrize(
    "params",
    [
        {"window_dimensions": [2], "window_dilation": [2]},
        {"window_dimensions": [2], "padding": [[-1, 0]]},
        {"window_dimensions": [2], "init_value": 0.5},
        {"window_dimensions": [2], "computation": "mul", "init_value": 1.0},
    ],
)
def test_there_is_no_gradient(params: dict[str, Any]) -> None:
    with pytest.raises(UnsupportedError, match="JAX has no"):
        reduce_window([1, 2, 3, 4], params, gradient=True)


@pytest.mark.parametrize(
    ("params", "dtype"),
    [
        ({"window_dimensions": 2}, "f4"),
        ({"window_dimensions": [2, 2]}, "f4"),
        ({"window_dimensions": [0]}, "f4"),
        ({"window_dimensions": [2], "window_strides": [0]}, "f4"),
        ({"window_dimensions": [2], "base_dilation": [0]}, "f4"),
        ({"window_dimensions": [2], "padding": "foo"}, "f4"),
        ({"window_dimensions": [2], "padding": "SAME"}, "f4"),  # without strides JAX fails
        ({"window_dimensions": [2], "padding": [[0, 1], [0, 1]]}, "f4"),
        ({"window_dimensions": [2], "init_value": 2}, "f4"),
        ({"window_dimensions": [2], "init_value": 0.5}, "f2"),
        ({"window_dimensions": [2], "init_value": 2.0}, "i4"),
        ({"window_dimensions": [2], "init_value": 0, "computation": "add"}, "?"),
        ({"window_dimensions": [2], "computation": "xor"}, "f4"),
    ],
)
def test_refusals(params: dict[str, Any], dtype: str) -> None:
    defaults = {"init_value": -inf, "computation": "max"}
    with pytest.raises(PoolError):
        dialects.run("jax", "reduce_window", {"x": np.ones(4, dtype)}, defaults | params)


def test_flax_takes_one_example_too() -> None:
    x = np.arange(20.0, dtype=np.float32).reshape(5, 4, 1)
    one = jax.flax_max_pool(x, (2, 3), padding=((0, 1), (1, 0)))
    np.testing.assert_array_equal(
        jax.flax_max_pool(x[np.newaxis], (2, 3), padding=((0, 1), (1, 0)))[0], one
    )
    with pytest.raises(PoolError, match="padding"):
        jax.flax_max_pool(x[np.newaxis, np.newaxis], (2, 3), padding=((0, 1), (1, 0)))
    with pytest.raises(PoolError, match="strides"):
        jax.flax_max_pool(x, (2, 3), strides=(1,))


def test_flax_averages() -> None:
    x = np.arange(1.0, 6, dtype=np.float32).reshape(1, 5, 1)  # T10
    assert jax.flax_avg_pool(x, (3,), (2,), "SAME").ravel().tolist() == [1, 3, 3]
    y = jax.flax_avg_pool(x, (3,), (2,), "SAME", count_include_pad=False)
    assert y.ravel().tolist() == [1.5, 3, 4.5]
    y = jax.flax_avg_pool(np.arange(6, dtype=np.int32).reshape(1, 6, 1), (4,))
    assert y.dtype == np.float32
    assert y.ravel().tolist() == [1.5, 2.5, 3.5]


def test_half_types_are_rounded_as_they_are_added() -> None:
    x = np.array([2048, 1, 1, 2], np.float16).reshape(1, 4, 1)
    y = jax.flax_avg_pool(x, (4,))
    assert (y.dtype, y.item()) == (np.float16, 512.5)
    y = jax.flax_avg_pool(x, (4,), count_include_pad=False)
    assert (y.dtype, y.item()) == (np.float32, 512.5)
    assert jax.haiku_avg_pool(x, (4, 1), (1, 1), "VALID").item() == 513


def test_haiku_fills_up_from_the_end() -> None:
    x = np.arange(24.0, dtype=np.float32).reshape(1, 4, 6, 1)
    np.testing.assert_array_equal(
        jax.haiku_max_pool(x, 2, 2, "SAME"), jax.haiku_max_pool(x, (2, 2, 1), (2, 2, 1), "SAME")
    )
    assert jax.haiku_max_pool(x, (2, 2), (1, 1), "SAME").shape == (1, 4, 6, 1)  # channels too
    assert jax.haiku_max_pool(x, 2, 2, "SAME", channel_axis=1).shape == (1, 4, 3, 1)
    assert jax.haiku_avg_pool(x, (1, 3, 1), 1, "SAME").ravel()[:2].tolist() == [0.5, 1]
    for params in ({"padding": "same"}, {"padding": "SAME", "channel_axis": 4}):
        with pytest.raises(PoolError):
            jax.haiku_max_pool(x, 2, 2, **params)


def test_primitives_begin_with_their_identity() -> None:
    x = np.array([1, -2, 3], np.float32)
    lengths = {"window_dimensions": [2], "padding": [[2, 0]]}
    for name, y in (
        ("max", [-inf, 1, 1, 3]),
        ("min", [inf, 1, -2, -2]),
        ("sum", [0, 1, -1, 1]),
    ):
        found = dialects.run("jax", f"reduce_window_{name}", {"x": x}, lengths)
        assert found["y"].tolist() == y
    found = dialects.run(
        "jax", "lax.reduce_window", {"x": x}, {**lengths, "computation": "lax.mul"}
    )
    assert found["y"].tolist() == [1, 1, -2, -6]


def test_names() -> None:
    x = np.arange(6.0, dtype=np.float32).reshape(1, 6, 1)
    for name in ("max_pool", "flax.linen.max_pool", "flax.nnx.max_pool", "nn.max_pool"):
        assert dialects.run("jax", name, {"x": x}, {"window_shape": [2]})["y"].shape == (1, 5, 1)
    params = {"init": -inf, "reduce_fn": "lax.max", "window_shape": [2], "strides": [2]}
    assert dialects.run("jax", "flax.linen.pool", {"x": x}, params)["y"].ravel().tolist() == [
        1,
        3,
        5,
    ]
