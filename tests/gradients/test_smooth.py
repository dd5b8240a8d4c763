"""Derivatives of the smooth reductions: by differences, both ways, and beside PyTorch's."""

import ml_dtypes  # noqa: F401 - it teaches NumPy bfloat16
import numpy as np
import pytest
from gradients.differences import check_derivative

import poolkit

OPERATORS = {
    "soft_pool": [{"sharpness": s} for s in (1.0, -2.0, 0.0, 6.0)],
    "log_sum_exp_pool": [
        *({"sharpness": s} for s in (1.0, -2.0, 0.3)),
        {"sharpness": 1.5, "mean": False},
    ],
    "gem_pool": [{"p": p} for p in (3.0, 2.0, 1.0, 0.5, -1.5, 7.3)],
}
CASES = [(name, each) for name, parameters in OPERATORS.items() for each in parameters]


def draw_geometry(rng, family):
    """Return the shape of an input, and the arguments of an operator that pools it."""
    rank = int(rng.integers(1, 4))
    shape = tuple(int(n) for n in rng.integers(3, 8 if rank < 3 else 5, rank))
    if family == "adaptive_":
        sizes = tuple(int(rng.integers(1, n + 2)) for n in shape)
        return (2, *shape), (sizes,), {}
    if family == "global_":
        return (2, *shape), (), {"axes": tuple(range(-rank, 0))}
    sizes = tuple(int(k) for k in rng.integers(1, 4, rank))
    dilation = tuple(
        int(rng.integers(1, 3)) if 2 * (k - 1) < n else 1 for k, n in zip(sizes, shape, strict=True)
    )
    padding = tuple(int(rng.integers(0, k // 2 + 1)) for k in sizes)
    stride = tuple(int(s) for s in rng.integers(1, 4, rank))
    return (2, *shape), (sizes,), {"stride": stride, "padding": padding, "dilation": dilation}


@pytest.mark.parametrize(("name", "parameters"), CASES, ids=str)
@pytest.mark.parametrize("family", ["", "adaptive_", "global_"])
def test_by_differences(family, name, parameters, rng):
    operator = getattr(poolkit, family + name)
    learnable = next(iter(parameters))
    for engine in (None, "portable", "reference"):
        for _ in range(2):
            shape, args, geometry = draw_geometry(rng, family)
            # Exponents magnify what rounding leaves of differences.
            x = rng.random(shape) + 0.5 if name == "gem_pool" else rng.normal(size=shape)
            for wrt in ("x", learnable):
                keywords = {**geometry, **parameters, "engine": engine}
                check_derivative(operator, x, *args, rng=rng, wrt=wrt, **keywords)


def of_torch(torch, name, windows, valid, parameters):
    """Return the definition in PyTorch's functions, of (..., k) and whether elements exist."""
    if name == "soft_pool":
        weights = torch.softmax(
            torch.where(valid, parameters["sharpness"] * windows, -torch.inf), -1
        )
        return (weights * windows).sum(-1)
    count = valid.sum(-1).double()
    if name == "log_sum_exp_pool":
        r = parameters["sharpness"]
        total = torch.logsumexp(torch.where(valid, r * windows, -torch.inf), -1)
        return (total - torch.log(count) if parameters.get("mean", True) else total) / r
    p = parameters["p"]
    powers = torch.where(valid, windows.clamp(min=1e-6) ** p, 0)
    return (powers.sum(-1) / count) ** (1 / p)


@pytest.mark.parametrize(("name", "parameters"), CASES, ids=str)
def test_values_and_gradients_are_those_of_pytorch(name, parameters, rng, engine):
    torch = pytest.importorskip("torch")
    learnable = next(iter(parameters))
    for _ in range(2):
        sizes, stride = tuple(rng.integers(1, 5, 2).tolist()), tuple(rng.integers(1, 4, 2).tolist())
        padding = tuple(int(rng.integers(0, k // 2 + 1)) for k in sizes)
        dilation = (int(rng.integers(1, 3)), 1)
        x = rng.normal(size=(2, 3, 7, 8))
        tensor = torch.from_numpy(x).requires_grad_()
        leaf = torch.tensor(parameters[learnable], dtype=torch.float64, requires_grad=True)
        geometry = {"stride": stride, "padding": padding, "dilation": dilation}
        unfolded = []
        for values in (tensor, torch.ones_like(tensor)):
            flat = torch.nn.functional.unfold(values, sizes, **geometry)
            unfolded.append(flat.reshape(2, 3, sizes[0] * sizes[1], -1).transpose(-1, -2))
        settings = {**parameters, learnable: leaf}
        theirs = of_torch(torch, name, unfolded[0], unfolded[1] > 0, settings)
        keywords = {**geometry, **parameters, "engine": engine}
        operator = getattr(poolkit, f"{name}2d")
        y, _ = poolkit.vjp(operator, x, sizes, wrt=learnable, **{**keywords, "engine": None})
        ours = operator(x, sizes, **keywords)
        np.testing.assert_allclose(ours, y, rtol=1e-12, atol=1e-13)
        np.testing.assert_allclose(
            ours.reshape(theirs.shape), theirs.detach().numpy(), rtol=1e-10, atol=1e-12
        )
        outer = rng.normal(size=y.shape)
        theirs.backward(torch.from_numpy(outer.reshape(theirs.shape)))
        _, pullback = poolkit.vjp(operator, x, sizes, wrt=("x", learnable), **keywords)
        by_x, by_parameter = pullback(outer)
        np.testing.assert_allclose(by_x, tensor.grad.numpy(), rtol=1e-9, atol=1e-11)
        scale = max(1, float(np.abs(outer).sum()))
        np.testing.assert_allclose(by_parameter, leaf.grad.item(), rtol=1e-9, atol=1e-10 * scale)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32"])
def test_narrow_gradients_keep_their_dtype(dtype, rng):
    x = (rng.random((2, 6, 6)) + 0.5).astype(dtype)
    wide = x.astype(np.float64)
    for name, parameters in CASES:
        operator = getattr(poolkit, f"{name}2d")
        y, pullback = poolkit.vjp(operator, x, 3, stride=2, **parameters)
        _, exact = poolkit.vjp(operator, wide, 3, stride=2, **parameters)
        pulled = pullback(np.ones(y.shape))
        assert pulled.dtype == x.dtype
        tolerance = 2.0**-7 if dtype == "bfloat16" else 2.0**-10 if dtype == "float16" else 2.0**-22
        expected = exact(np.ones(y.shape))
        largest = float(np.abs(expected).max())
        np.testing.assert_allclose(
            pulled.astype(float), expected, rtol=tolerance, atol=tolerance * largest
        )
