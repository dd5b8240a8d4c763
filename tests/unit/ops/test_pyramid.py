"""Pyramids against PyTorch's adaptive pooling, level by level."""

import numpy as np
import pytest
from gradients.differences import check_derivative

import poolkit


def levels_of(x, levels, name, rank):
    """Return PyTorch's bins of every level, in arrays (*batch, bins)."""
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    pool = getattr(torch.nn.functional, f"adaptive_{name}_pool{rank}d")
    return [
        pool(torch.from_numpy(x), level).numpy().reshape(*x.shape[: x.ndim - rank], -1)
        for level in levels
    ]


@pytest.mark.parametrize("rank", [1, 2, 3])
@pytest.mark.parametrize("name", ["max", "avg"])
def test_torch(rank, name, rng):
    x = rng.normal(size=(2, 3, *(13, 9, 5)[:rank]))
    reduce = "mean" if name == "avg" else name
    ours = getattr(poolkit, f"pyramid_pool{rank}d")
    for levels in [(1, 2, 4), (3,), (6, 3, 2, 1), (1, 1)]:
        bins = levels_of(x, levels, name, rank)
        y = ours(x, levels, reduce=reduce)
        assert y.shape == (2, 3, sum(level**rank for level in levels))
        np.testing.assert_allclose(y, np.concatenate(bins, axis=-1), rtol=1e-13, atol=1e-15)
        flat = ours(x, levels, reduce=reduce, flatten=True)
        # Level by level, channel by channel.
        expected = np.concatenate([each.reshape(2, -1) for each in bins], axis=1)
        np.testing.assert_allclose(flat, expected, rtol=1e-13, atol=1e-15)


def test_the_length_depends_on_the_levels_alone(rng):
    shapes = {
        poolkit.pyramid_pool2d(rng.random((1, 2, h, 17 - h)), (1, 2)).shape for h in range(1, 16)
    }
    assert shapes == {(1, 2, 5)}


def test_levels_of_several_axes_and_axes_anywhere(rng):
    x = rng.normal(size=(6, 8, 3))
    y = poolkit.pyramid_pool(x, [(1, 1), (2, 4)], axes=(0, 1))
    assert y.shape == (3, 9)
    np.testing.assert_array_equal(y[:, 0], x.max(axis=(0, 1)))
    blocks = x.reshape(2, 3, 4, 2, 3).max(axis=(1, 3)).reshape(8, 3)
    np.testing.assert_array_equal(y[:, 1:], blocks.T)
    np.testing.assert_array_equal(poolkit.pyramid_pool(x[..., 0], [(1, 1), (2, 4)]), y[0])
    swapped = poolkit.pyramid_pool(x, [(1, 1), (4, 2)], axes=(1, 0))
    np.testing.assert_array_equal(swapped, y)
    assert poolkit.pyramid_pool1d(x, (None, 1)).shape == (6, 8, 4)


@pytest.mark.parametrize("reduce", ["max", "mean", "std", np.median])
def test_any_reducer_engine_and_layout(reduce, engine, rng):
    x = rng.normal(size=(2, 3, 7, 7))
    parts = [poolkit.adaptive_pool2d(x, n, reduce=reduce).reshape(2, 3, -1) for n in (1, 3)]
    for laid in (x, np.asfortranarray(x), x.astype(">f8")):
        y = poolkit.pyramid_pool2d(laid, (1, 3), reduce=reduce, engine=engine)
        np.testing.assert_allclose(y, np.concatenate(parts, axis=2), rtol=1e-12)
    out = np.empty((2, 3, 10))
    assert poolkit.pyramid_pool2d(x, (1, 3), reduce=reduce, out=out, engine=engine) is out
    np.testing.assert_array_equal(out, y)


@pytest.mark.parametrize("reduce", ["max", "mean", "std", "lp"])
@pytest.mark.parametrize("flatten", [False, True])
def test_derivative(reduce, flatten, rng):
    for rank in (1, 2, 3):
        x = rng.normal(size=(2, 3, *(7, 6, 5)[:rank]))
        check_derivative(
            getattr(poolkit, f"pyramid_pool{rank}d"),
            x,
            (1, 2, 3),
            reduce=reduce,
            flatten=flatten,
            rng=rng,
        )


def test_gradient_against_torch(rng):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    x = rng.normal(size=(2, 3, 13, 9))
    outer = rng.normal(size=(2, 3, 21))
    _, pullback = poolkit.vjp(poolkit.pyramid_pool2d, x)
    theirs = torch.from_numpy(x).requires_grad_()
    bins = [torch.nn.functional.adaptive_max_pool2d(theirs, n).reshape(2, 3, -1) for n in (1, 2, 4)]
    (expected,) = torch.autograd.grad(torch.cat(bins, -1), theirs, torch.from_numpy(outer))
    np.testing.assert_allclose(pullback(outer), expected.numpy(), rtol=1e-14, atol=1e-15)


def test_gradients_of_halves_are_added_before_they_are_rounded():
    x = np.full((1, 1), 1, np.float16)
    _, pullback = poolkit.vjp(poolkit.pyramid_pool1d, x, (1,) * 5, reduce="sum")
    pulled = pullback(np.array([[2048, 1, 1, 1, 1]], np.float16))
    assert pulled.tolist() == [[2052]]
    assert pulled.dtype == np.float16
