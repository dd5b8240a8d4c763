"""Orders, mixtures and draws derived, against central differences over random geometries."""

import numpy as np
import pytest
import torch
from gradients.differences import check_derivative

import poolkit

OPERATORS = {
    "median": (poolkit.median_pool, {}),
    "quantile": (poolkit.quantile_pool, {"q": 0.3}),
    "nearest quantile": (poolkit.quantile_pool, {"q": 0.6, "method": "nearest"}),
    "rank": (poolkit.rank_pool, {"rank": 2}),
    "rank from below": (poolkit.rank_pool, {"rank": -2}),
    "top mean": (poolkit.top_mean_pool, {"count": 3}),
    "ordinal": (poolkit.ordinal_pool, {"rank_weights": np.array([0.6, 0.3, -0.2, 0.1])}),
    "mixed": (poolkit.mixed_pool, {"share": 0.3}),
    "draw": (poolkit.stochastic_pool, {"seed": 4}),
    "expected draw": (poolkit.stochastic_pool, {"training": False}),
}


def draw(rng):
    """An array, two axes of it, and windows on them."""
    shape = tuple(rng.integers(5, 9, 4))
    size = tuple(int(k) for k in rng.integers(1, 4, 2))
    how = {
        "axes": tuple(int(axis) for axis in rng.permutation(4)[:2]),
        "stride": tuple(int(s) for s in rng.integers(1, 4, 2)),
        "padding": tuple(int(p) for p in rng.integers(0, 2, 2) % np.array(size)),
        "dilation": tuple(int(d) for d in rng.integers(1, 3, 2)),
        "ceil_mode": bool(rng.integers(2)),
    }
    return rng.normal(size=shape), size, how


@pytest.mark.parametrize("name", OPERATORS)
def test_by_x(name, rng):
    operator, settings = OPERATORS[name]
    for _ in range(4):
        x, size, how = draw(rng)
        check_derivative(operator, x, size, rng=rng, **settings, **how)


def test_by_weights(rng):
    weights = rng.normal(size=4)
    for _ in range(4):
        x, size, how = draw(rng)
        check_derivative(
            poolkit.ordinal_pool, x, size, rng=rng, wrt="rank_weights", rank_weights=weights, **how
        )
    check_derivative(
        poolkit.global_ordinal_pool2d, x, rng=rng, wrt="rank_weights", rank_weights=weights
    )


@pytest.mark.parametrize("shape", [(), (5, 1, 1), (1, 2, 2)])
def test_by_share(shape, rng):
    check_derivative(
        *(poolkit.mixed_pool2d, rng.normal(size=(2, 5, 7, 8)), 3),
        **{"rng": rng, "wrt": "share", "share": rng.random(shape), "stride": 4, "padding": 1},
    )


@pytest.mark.parametrize("wrt", ["x", "gate"])
@pytest.mark.parametrize("channels", [(), (1,), "last", "both"])
def test_by_gate(wrt, channels, rng):
    for _ in range(3):
        x, size, how = draw(rng)
        batch = tuple(n for axis, n in enumerate(x.shape) if axis not in how["axes"])
        before = {"last": batch[-1:], "both": batch}.get(channels, channels)
        gate = rng.normal(size=before + size)
        check_derivative(poolkit.gated_pool, x, size, rng=rng, wrt=wrt, gate=gate, **how)


def test_median_is_torchs(rng):
    x = rng.integers(0, 5, (3, 4, 9)).astype(np.float64)
    mine, pullback = poolkit.vjp(poolkit.global_quantile_pool1d, x, q=0.4)
    theirs = torch.tensor(x, requires_grad=True)
    y = torch.quantile(theirs, 0.4, dim=-1)
    np.testing.assert_allclose(mine, y.detach().numpy(), rtol=1e-14)
    distinct = torch.tensor(rng.permuted(np.arange(9.0) + np.zeros((3, 4, 1)), axis=-1))
    distinct.requires_grad_()
    outer = rng.normal(size=(3, 4))
    torch.quantile(distinct, 0.4, dim=-1).backward(torch.tensor(outer))
    _, pullback = poolkit.vjp(poolkit.global_quantile_pool1d, distinct.detach().numpy(), q=0.4)
    np.testing.assert_allclose(pullback(outer), distinct.grad.numpy(), rtol=1e-12, atol=1e-14)


def test_mixtures_are_torchs(rng):
    x, gate = rng.normal(size=(2, 3, 7, 8)), rng.normal(size=(3, 3))
    theirs = torch.tensor(x, requires_grad=True)
    weights = torch.tensor(gate, requires_grad=True)
    largest = torch.nn.functional.max_pool2d(theirs, 3, 2)
    mean = torch.nn.functional.avg_pool2d(theirs, 3, 2)
    kernel = weights.expand(3, 1, 3, 3)
    share = torch.sigmoid(torch.nn.functional.conv2d(theirs, kernel, stride=2, groups=3))
    y = share * largest + (1 - share) * mean
    outer = rng.normal(size=tuple(y.shape))
    y.backward(torch.tensor(outer))
    mine, pullback = poolkit.vjp(poolkit.gated_pool2d, x, 3, gate, stride=2, wrt=("x", "gate"))
    by_x, by_gate = pullback(outer)
    np.testing.assert_allclose(mine, y.detach().numpy(), rtol=1e-12)
    np.testing.assert_allclose(by_x, theirs.grad.numpy(), rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(by_gate, weights.grad.numpy(), rtol=1e-10)


@pytest.mark.parametrize("dtype", [np.float16, np.float32])
def test_narrow_floats(dtype, rng):
    x = rng.normal(size=(2, 6, 6)).astype(dtype)
    for operator, settings in OPERATORS.values():
        y, pullback = poolkit.vjp(operator, x, (2, 2), **settings)
        wide, wide_pullback = poolkit.vjp(operator, x.astype(np.float64), (2, 2), **settings)
        outer = rng.normal(size=y.shape).astype(dtype)
        pulled, expected = pullback(outer), wide_pullback(outer.astype(np.float64))
        assert y.dtype == pulled.dtype == dtype
        near = {"rtol": 8 * np.finfo(dtype).eps, "atol": 8 * np.finfo(dtype).eps}
        np.testing.assert_allclose(y, wide, **near)
        np.testing.assert_allclose(pulled, expected, **near)
