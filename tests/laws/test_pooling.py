"""Laws of pooled arrays, for random geometry and data."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import integers_for, plans

import poolkit
from poolkit import engines
from poolkit.geometry import Adaptive, Plan, Sliding, SlidingWindows, Specification, bind
from poolkit.reducers import Lp, Max, Mean, Min, Product, Range, Reducer, Std, Sum, Var


@st.composite
def requests(draw: st.DrawFn) -> tuple[Plan, np.ndarray]:
    plan = draw(plans())
    return plan, draw(integers_for(plan.shape))


def counts(plan: Plan) -> np.ndarray:
    return engines.pool(plan, Sum(), np.ones(plan.shape))


@given(requests())
def test_minimum_is_minus_the_maximum_of_minus_x(request_):
    plan, x = request_
    np.testing.assert_array_equal(engines.pool(plan, Min(), x), -engines.pool(plan, Max(), -x))


@given(requests())
def test_mean_times_count_is_the_sum(request_):
    plan, x = request_
    mean, total = engines.pool(plan, Mean(), x), engines.pool(plan, Sum(), x)
    np.testing.assert_allclose(mean * counts(plan), total, rtol=1e-14, atol=1e-14)


@given(requests())
def test_extremes_bound_the_mean(request_):
    plan, x = request_
    low, high = engines.pool(plan, Min(), x), engines.pool(plan, Max(), x)
    mean = engines.pool(plan, Mean(), x)
    assert np.all(low <= mean + 1e-12)
    assert np.all(mean <= high + 1e-12)
    np.testing.assert_array_equal(engines.pool(plan, Range(), x), high - low)


@given(requests())
def test_variance_is_the_mean_square_less_the_squared_mean(request_):
    plan, x = request_
    mean, mean_square = engines.pool(plan, Mean(), x), engines.pool(plan, Mean(), x**2)
    variance = engines.pool(plan, Var(), x)
    np.testing.assert_allclose(variance, mean_square - mean**2, atol=1e-12)
    np.testing.assert_allclose(engines.pool(plan, Std(), x) ** 2, variance, atol=1e-12)


@given(requests())
def test_norms_decrease_to_the_largest_magnitude(request_):
    plan, x = request_
    norms = [engines.pool(plan, Lp(p), x) for p in (1, 2, 3.5, 60, float("inf"))]
    for larger, smaller in itertools.pairwise(norms):
        assert np.all(larger >= smaller - 1e-12)
    np.testing.assert_array_equal(norms[-1], engines.pool(plan, Max(), np.abs(x)))
    np.testing.assert_allclose(norms[0], engines.pool(plan, Sum(), np.abs(x)), rtol=1e-14)


@given(requests(), st.sampled_from([-2.0, 0.5, 4.0]), st.integers(-3, 3))
def test_mean_commutes_with_scaling_and_shifting(request_, scale, shift):
    plan, x = request_
    np.testing.assert_allclose(
        engines.pool(plan, Mean(), scale * x + shift),
        scale * engines.pool(plan, Mean(), x) + shift,
        atol=1e-12,
    )


REDUCERS: list[Reducer] = [Max(), Min(), Sum(), Mean(), Product(), Range(), Lp(3), Std()]


@given(requests(), st.sampled_from(REDUCERS), st.data())
def test_axes_commute(request_, reducer, data):
    """Pooling a transposed array gives the transposed result."""
    plan, x = request_
    order = data.draw(st.permutations(range(x.ndim)))
    windows = {order.index(a): w for a, w in zip(plan.axes, plan.windows, strict=True)}
    axes = tuple(sorted(windows))
    moved = Plan(tuple(x.shape[a] for a in order), axes, tuple(windows[a] for a in axes))
    np.testing.assert_allclose(
        engines.pool(moved, reducer, x.transpose(order)),
        engines.pool(plan, reducer, x).transpose(order),
        rtol=1e-13,
        atol=1e-13,
    )


@given(requests(), st.sampled_from(REDUCERS))
def test_batch_axes_commute(request_, reducer):
    """Pooling a stack gives the stack of the pooled arrays."""
    plan, x = request_
    stack = np.stack([x, -x, x[::-1]])
    stacked = Plan(stack.shape, tuple(a + 1 for a in plan.axes), plan.windows)
    pooled = engines.pool(stacked, reducer, stack)
    for each, one in zip(pooled, stack, strict=True):
        np.testing.assert_array_equal(each, engines.pool(plan, reducer, one))


@given(requests(), st.sampled_from(REDUCERS), st.data())
def test_a_crop_pooled_is_the_pooled_crop(request_, reducer, data):
    plan, x = request_
    axis = data.draw(st.sampled_from(plan.axes))
    count = plan.output_shape[axis]
    first = data.draw(st.integers(0, count - 1))
    needed, part = plan.part(axis, first, count)
    crop = np.take(x, range(needed.start, needed.stop), axis)
    expected = np.take(engines.pool(plan, reducer, x), range(first, count), axis)
    np.testing.assert_allclose(engines.pool(part, reducer, crop), expected, rtol=1e-13, atol=1e-13)


@given(requests(), st.sampled_from([Max(), Min(), Sum(), Product()]))
def test_separable_reducers_pool_one_axis_after_another(request_, reducer):
    plan, x = request_
    pooled = x
    for axis, windows in zip(plan.axes, plan.windows, strict=True):
        pooled = engines.pool(Plan(pooled.shape, (axis,), (windows,)), reducer, pooled)
    np.testing.assert_array_equal(pooled, engines.pool(plan, reducer, x))


@given(st.integers(1, 12), st.integers(1, 12), st.integers(0, 2**32 - 1))
def test_an_adaptive_size_that_divides_is_a_stride(count, size, seed):
    x = np.random.default_rng(seed).integers(-4, 5, count * size).astype(float)
    adaptive = bind(Specification((Adaptive(count),)), x.shape)
    sliding = bind(Specification((Sliding(size, size),)), x.shape)
    assert isinstance(adaptive.windows[0], SlidingWindows)
    np.testing.assert_array_equal(engines.pool(adaptive, Sum(), x), engines.pool(sliding, Sum(), x))


X = np.random.default_rng(3).normal(size=(2, 6, 6))

SPELLINGS = {
    "kernel": [
        lambda: poolkit.max_pool(X, (2, 2)),
        lambda: poolkit.max_pool(X, [2, 2]),
        lambda: poolkit.max_pool(X, np.int64(2), axes=(1, 2)),
        lambda: poolkit.max_pool(X, 2, axes=(-1, -2)),
        lambda: poolkit.max_pool2d(X, 2),
        lambda: poolkit.max_pool2d(X, (2, 2), stride=(2, 2), padding=0, dilation=(1, 1)),
        lambda: poolkit.max_pool2d(X, 2, padding="valid"),
        lambda: poolkit.max_pool2d(X, 2, padding="same"),
        lambda: poolkit.pool(X, (2, 2), reduce="max"),
        lambda: poolkit.pool(X, (2, 2), reduce=poolkit.reducers.Max()),
        lambda: poolkit.pool(X, (2, 2), reduce=np.max),
        lambda: poolkit.pool2d(X, 2, reduce="max"),
        lambda: poolkit.adaptive_max_pool2d(X, 3),
        lambda: poolkit.adaptive_max_pool(X, (3, 3)),
        lambda: poolkit.adaptive_pool(X, (None, 3, 3), reduce="max"),
        lambda: poolkit.max_pool3d(X, (1, 2, 2)),
        lambda: poolkit.max_pool(X.tolist(), (2, 2)),
        lambda: -poolkit.min_pool2d(-X, 2),
        lambda: X.reshape(2, 3, 2, 3, 2).max(axis=(2, 4)),
    ],
    "padding": [
        lambda: poolkit.sum_pool2d(X, 3, stride=2, padding=1),
        lambda: poolkit.sum_pool2d(X, 3, stride=2, padding=(1, 1)),
        lambda: poolkit.sum_pool2d(X, 3, stride=2, padding=((1, 1), (1, 1))),
        lambda: poolkit.sum_pool2d(X, 3, stride=2, padding=[(1, 0), 1]),
        lambda: poolkit.sum_pool2d(X, 3, stride=2, padding="same_lower"),
        lambda: poolkit.sum_pool2d(np.pad(X, ((0, 0), (1, 1), (1, 1))), 3, stride=2),
        lambda: poolkit.avg_pool2d(X, 3, stride=2, padding=1, divisor_override=1),
        lambda: poolkit.avg_pool2d(X, 3, stride=2, padding=1) * 9,
        lambda: poolkit.pool2d(X, 3, reduce=np.sum, stride=2, padding=1),
        lambda: (
            poolkit.pool2d(X, 3, reduce=poolkit.reducers.Mean("window"), stride=2, padding=1) * 9
        ),
    ],
    "whole": [
        lambda: poolkit.global_std_pool2d(X),
        lambda: poolkit.global_std_pool(X, axes=(1, -1)),
        lambda: poolkit.global_pool(X, reduce="std", axes=(2, 1)),
        lambda: poolkit.global_pool2d(X, reduce=np.std),
        lambda: poolkit.std_pool2d(X, 6)[:, 0, 0],
        lambda: poolkit.adaptive_std_pool2d(X, 1)[:, 0, 0],
        lambda: poolkit.global_var_pool2d(X) ** 0.5,
        lambda: X.std(axis=(1, 2)),
    ],
}


@pytest.mark.parametrize("group", SPELLINGS)
def test_every_spelling_of_the_same_windows_gives_the_same_result(group):
    first, *others = [spelling() for spelling in SPELLINGS[group]]
    for number, other in enumerate(others, start=1):
        np.testing.assert_allclose(other, first, rtol=1e-13, err_msg=f"spelling {number}")
