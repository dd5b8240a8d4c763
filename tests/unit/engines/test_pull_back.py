"""Gradients: where they go, at the edges, and with hostile indices."""

import ml_dtypes
import numpy as np
import pytest

import poolkit
from poolkit import engines
from poolkit.geometry import Adaptive, Sliding, Specification, bind
from poolkit.reducers import Max, TiedMax

PLAN = bind(Specification((Sliding(2, 2), Sliding(2, 2))), (3, 4, 4))
ENGINES = [engine.name for engine in engines.ENGINES if engine.unavailable() is None]


def pull(operator, x, *args, gradient=None, **kwargs):
    y, pullback = poolkit.vjp(operator, x, *args, **kwargs)
    return pullback(np.ones_like(y) if gradient is None else gradient)


@pytest.mark.parametrize("name", ENGINES)
@pytest.mark.parametrize("wrong", [-1, 16, 2**40, -(2**62)])
@pytest.mark.parametrize("dtype", [np.float32, np.float16])
def test_indices_outside_the_plane_are_an_error(name, wrong, dtype):
    indices = np.zeros((3, 2, 2), np.int64)
    indices[2, 1, 1] = wrong
    with pytest.raises(poolkit.ArgumentError, match="`indices` must lie in 0 to 15"):
        engines.pull_back_selected(PLAN, Max(), indices, np.ones((3, 2, 2), dtype), name)


@pytest.mark.parametrize("name", ENGINES)
@pytest.mark.parametrize("axes", [(0, 1), (0, 2), (1, 2), (1,), (2,)])
@pytest.mark.parametrize("order", ["C", "F"])
def test_indices_of_any_axes_and_layout(name, axes, order, rng):
    x = np.array(rng.permutation(120).reshape(4, 5, 6), np.float32, order=order)
    plan = bind(Specification(tuple(Sliding(2, 1) for _ in axes), axes), x.shape)
    places = engines.index_dtype(plan)
    assert places == np.int32
    _, indices = engines.pool_with_indices(plan, Max(), x, places, name)
    outer = np.array(rng.normal(size=plan.output_shape), np.float32, order=order)
    actual = engines.pull_back_selected(plan, Max(), indices, outer, name)
    expected = engines.pull_back_selected(plan, Max(), indices, outer, "reference")
    np.testing.assert_allclose(actual, expected, rtol=1e-6, atol=1e-6)


def test_norms_and_deviations_of_zero_pass_on_zero(engine):
    zeros = np.zeros((4, 4), np.float32)
    for operator, arguments in [
        (poolkit.global_lp_pool2d, {}),
        (poolkit.global_lp_pool2d, {"norm_type": 1}),
        (poolkit.global_lp_pool2d, {"norm_type": 3}),
        (poolkit.global_lp_pool2d, {"norm_type": float("inf")}),
        (poolkit.global_std_pool2d, {}),
        (poolkit.global_var_pool2d, {}),
    ]:
        for x in (zeros, zeros.astype(np.float64)):
            if engine is None or operator is not poolkit.global_lp_pool2d:
                pulled = pull(operator, x, engine=engine, **arguments)
                np.testing.assert_array_equal(pulled, zeros)


def test_the_largest_share_the_gradient_of_the_infinite_norm():
    pulled = pull(poolkit.global_lp_pool1d, np.array([1.0, -4.0, 4.0, 2.0]), norm_type=float("inf"))
    np.testing.assert_array_equal(pulled, [0, -0.5, 0.5, 0])


def test_elements_between_windows_get_nothing(engine):
    x = np.arange(10.0)
    pulled = pull(poolkit.avg_pool1d, x, 2, stride=4, engine=engine)
    np.testing.assert_array_equal(pulled, [0.5, 0.5, 0, 0, 0.5, 0.5, 0, 0, 0.5, 0.5])
    pulled = pull(poolkit.max_pool1d, x, 2, stride=4, engine=engine)
    np.testing.assert_array_equal(pulled, [0, 1, 0, 0, 0, 1, 0, 0, 0, 1])


@pytest.mark.parametrize(("size", "stride"), [(1, 3), (2, 5), (3, 2), (5, 2), (7, 3), (2, 2)])
@pytest.mark.parametrize("layout", ["contiguous", "reversed", "channels last"])
def test_parts_of_an_axis(size, stride, layout, rng, monkeypatch):
    """Gradients made part by part, some of positions that no window holds."""
    from poolkit.engines import compiled

    monkeypatch.setattr(compiled, "PART_ELEMENTS", 9)
    x = rng.normal(size=(2, 17, 23)).astype(np.float32)
    for operator in (poolkit.avg_pool2d, poolkit.std_pool2d, poolkit.max_pool2d):
        y, pullback = poolkit.vjp(operator, x, size, stride=stride)
        outer = rng.normal(size=y.shape).astype(np.float32)
        if layout == "reversed":
            outer = outer[:, ::-1, ::-1]
        elif layout == "channels last":
            outer = np.moveaxis(np.moveaxis(outer, 0, -1).copy(), -1, 0)
        expected = pull(operator, x, size, stride=stride, gradient=outer, engine="reference")
        np.testing.assert_allclose(pullback(outer), expected, rtol=1e-4, atol=1e-5)


def test_large_means_keep_small_slopes(engine):
    """Of values 1e8 apart from 0 and 1 apart from each other."""
    x = np.array([1e8, 1e8 + 2, 1.0, 3.0])
    pulled = pull(poolkit.std_pool1d, x, 2, engine=engine)
    np.testing.assert_array_equal(pulled, [-0.5, 0.5, -0.5, 0.5])


@pytest.mark.parametrize("dtype", [np.float16, ml_dtypes.bfloat16, np.float32, np.float64])
def test_the_gradient_has_the_dtype_and_shape_of_the_input(dtype, engine):
    x = np.arange(24).reshape(2, 3, 4).astype(dtype)
    for operator in (poolkit.max_pool2d, poolkit.avg_pool2d, poolkit.std_pool2d):
        pulled = pull(operator, x, 2, engine=engine)
        assert pulled.dtype == dtype
        assert pulled.shape == x.shape
    pulled = pull(poolkit.global_avg_pool2d, x)
    np.testing.assert_allclose(pulled.astype(float), 1 / 12, rtol=4e-3)


def test_adaptive_windows(engine):
    x = np.arange(7.0)
    pulled = pull(poolkit.adaptive_avg_pool1d, x, 3, engine=engine)
    np.testing.assert_allclose(pulled, [1 / 3, 1 / 3, 2 / 3, 1 / 3, 2 / 3, 1 / 3, 1 / 3])
    plan = bind(Specification((Adaptive(3),)), (7,))
    assert plan.transposed().transposed() == plan


def test_what_has_no_gradient():
    with pytest.raises(poolkit.UnsupportedError, match="mode has no gradient"):
        pull(poolkit.mode_pool1d, np.ones(4), 2)


@pytest.mark.parametrize("axes", [(0, 1), (1, 2), (1,), (0, 2)])
def test_equal_elements_get_it_whole(axes, rng):
    # Against the reducer that says the same of maxima.
    x = rng.integers(-2, 3, (4, 5, 6)).astype(np.float32)
    x[0, 0, 0] = np.nan
    windows = tuple(Sliding(3, 2, 1, (1, 1)) for _ in axes)
    plan = bind(Specification(windows, axes), x.shape)
    outer = rng.integers(-3, 4, plan.output_shape).astype(np.float32)
    y = engines.pool(plan, TiedMax(), x)
    pulled = engines.pull_back_equal(plan, x, y, outer)
    expected = engines.pull_back(plan, TiedMax(), x, outer)
    np.testing.assert_array_equal(pulled, expected)
    near = engines.pull_back_equal(plan, x, y + np.float32(0.25), outer, within=0.5)
    np.testing.assert_array_equal(near, expected)


def test_equal_elements_of_no_window():
    plan = bind(Specification((Sliding(3, 1),), (0,), may_lack_windows=True), (2,))
    none = np.zeros(0)
    np.testing.assert_array_equal(engines.pull_back_equal(plan, np.ones(2), none, none), [0, 0])
