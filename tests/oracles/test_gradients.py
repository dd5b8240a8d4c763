"""Indices and gradients beside PyTorch's, and beside differences of the function itself."""

import numpy as np
import pytest

import poolkit

torch = pytest.importorskip("torch")
functional = torch.nn.functional


def configurations(rng, count):
    """Yield arguments that PyTorch takes too."""
    while count:
        rank = int(rng.integers(1, 4))
        shape = (2, 3, *(int(n) for n in rng.integers(3, 12, rank)))
        size = tuple(int(k) for k in rng.integers(1, 5, rank))
        arguments = {
            "stride": tuple(int(s) for s in rng.integers(1, 4, rank)),
            "padding": tuple(int(rng.integers(0, k // 2 + 1)) for k in size),
            "ceil_mode": bool(rng.integers(2)),
        }
        if any(n < k for n, k in zip(shape[2:], size, strict=True)):
            continue
        count -= 1
        yield rank, shape, size, arguments


def test_maxima_with_indices_and_their_gradients(rng, engine):
    for rank, shape, size, arguments in configurations(rng, 250):
        dilation = tuple(int(d) for d in rng.integers(1, 3, rank))
        if any(
            n + 2 * p < d * (k - 1) + 1
            for n, p, d, k in zip(shape[2:], arguments["padding"], dilation, size, strict=True)
        ):
            continue
        x = np.round(rng.normal(size=shape) * 3)  # with many ties
        tensor = torch.from_numpy(x).requires_grad_()
        theirs, places = getattr(functional, f"max_pool{rank}d")(
            tensor, size, dilation=dilation, return_indices=True, **arguments
        )
        operator = getattr(poolkit, f"max_pool{rank}d")
        ours, indices = operator(
            x, size, dilation=dilation, return_indices=True, engine=engine, **arguments
        )
        np.testing.assert_array_equal(ours, theirs.detach().numpy())
        np.testing.assert_array_equal(indices, places.numpy())
        outer = rng.normal(size=ours.shape)
        theirs.backward(torch.from_numpy(outer))
        _, pullback = poolkit.vjp(operator, x, size, dilation=dilation, engine=engine, **arguments)
        np.testing.assert_allclose(pullback(outer), tensor.grad.numpy(), rtol=1e-12, atol=1e-12)


def test_gradients_of_means(rng, engine):
    # The reference takes a tenth of a second each.
    for rank, shape, size, arguments in configurations(rng, 80 if engine == "reference" else 250):
        for include in (True, False):
            x, tensor = rng.normal(size=shape), torch.zeros(shape).double().requires_grad_()
            theirs = getattr(functional, f"avg_pool{rank}d")(
                tensor, size, count_include_pad=include, **arguments
            )
            ours, pullback = poolkit.vjp(
                getattr(poolkit, f"avg_pool{rank}d"),
                x,
                size,
                count_include_pad=include,
                engine=engine,
                **arguments,
            )
            outer = rng.normal(size=ours.shape)
            theirs.backward(torch.from_numpy(outer))
            np.testing.assert_allclose(pullback(outer), tensor.grad.numpy(), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(
    ("name", "extra"),
    [("lp", {"norm_type": p}) for p in (1, 2, 3.5)]
    + [("std", {}), ("std", {"ddof": 1}), ("var", {})],
)
def test_slopes_of_norms_and_spreads(name, extra, dtype, rng):
    def by_torch(tensor):
        windows = tensor.unfold(1, 3, 2).unfold(2, 3, 2).flatten(3)
        if name == "lp":
            return windows.norm(p=extra["norm_type"], dim=-1)
        return getattr(windows, name)(dim=-1, correction=extra.get("ddof", 0))

    x = rng.normal(size=(2, 9, 11)).astype(dtype)
    tensor = torch.from_numpy(x).requires_grad_()
    theirs = by_torch(tensor)
    ours, pullback = poolkit.vjp(
        getattr(poolkit, f"{name}_pool"), x, kernel_size=(3, 3), stride=2, **extra
    )
    tolerance = {"rtol": 1e-5, "atol": 1e-5} if dtype == "float32" else {"rtol": 1e-11}
    np.testing.assert_allclose(ours, theirs.detach().numpy(), **tolerance)
    outer = rng.normal(size=ours.shape).astype(dtype)
    theirs.backward(torch.from_numpy(outer))
    np.testing.assert_allclose(pullback(outer), tensor.grad.numpy(), **tolerance)


@pytest.mark.parametrize("name", ["max", "min", "avg", "sum", "lp", "std", "var"])
@pytest.mark.parametrize("family", ["", "adaptive_", "global_"])
def test_differences_of_the_function_itself(family, name, rng, engine):
    operator = getattr(poolkit, f"{family}{name}_pool")
    arguments = {
        "": {"kernel_size": (3, 4), "stride": (2, 3), "padding": 1, "axes": (0, 2)},
        "adaptive_": {"output_size": (4, 3), "axes": (0, 2)},
        "global_": {"axes": (0, 2)},
    }[family]
    if name == "lp" and not family:
        arguments["norm_type"] = 2
    x = rng.normal(size=(7, 2, 8))
    y, pullback = poolkit.vjp(operator, x, engine=engine, **arguments)
    outer, direction, step = rng.normal(size=y.shape), rng.normal(size=x.shape), 1e-6
    ahead = operator(x + step * direction, engine=engine, **arguments)
    behind = operator(x - step * direction, engine=engine, **arguments)
    slope = np.sum(outer * (ahead - behind)) / (2 * step)
    np.testing.assert_allclose(np.sum(pullback(outer) * direction), slope, rtol=1e-6, atol=1e-7)
