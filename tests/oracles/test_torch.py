"""The reference against PyTorch, which is to be answered exactly."""

from functools import partial

import numpy as np
import pytest

import poolkit

torch = pytest.importorskip("torch", reason="PyTorch is not installed")
functional = torch.nn.functional


def configurations(rng: np.random.Generator, count: int):
    """Yield arguments that PyTorch accepts."""
    for number in range(count):
        rank = 1 + number % 3
        size = {1: 20, 2: 9, 3: 6}[rank]
        shape = (2, 2, *(int(n) for n in rng.integers(3, size, rank)))
        kernel = tuple(int(k) for k in rng.integers(1, 5, rank))
        stride = None if rng.random() < 0.3 else tuple(int(s) for s in rng.integers(1, 4, rank))
        dilation = tuple(int(d) for d in rng.integers(1, 3, rank))
        padding = tuple(int(rng.integers(0, k // 2 + 1)) for k in kernel)
        x = rng.normal(size=shape)
        if rng.random() < 0.3:
            x = np.round(x)
        yield rank, x, kernel, stride, padding, dilation, bool(rng.integers(2))


def both(theirs, ours, expect):
    """Compare two calls; whatever PyTorch refuses as a size, poolkit must refuse."""
    try:
        expected = theirs().numpy()
    except RuntimeError as refusal:
        if "smaller than kernel" in str(refusal):
            return False  # avg_pool3d asks for inputs as long as the kernel, padding or not
        with pytest.raises(poolkit.PoolError):
            ours()
        return False
    try:
        actual = ours()
    except poolkit.WindowFitError:
        # PyTorch answers -inf (max) or 0 (mean) for a window without elements.
        assert np.isneginf(expected).any() or (expected == 0).any()
        return False
    expect(actual, expected)
    return True


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_max_pool(rng, dtype, engine):
    compared = 0
    for rank, x, kernel, stride, padding, dilation, ceil in configurations(rng, 300):
        values = x.astype(dtype)
        compared += both(
            partial(
                getattr(functional, f"max_pool{rank}d"),
                torch.from_numpy(values),
                kernel,
                stride,
                padding,
                dilation,
                ceil_mode=ceil,
            ),
            partial(
                getattr(poolkit, f"max_pool{rank}d"),
                values,
                kernel,
                stride=stride,
                padding=padding,
                dilation=dilation,
                ceil_mode=ceil,
                engine=engine,
            ),
            np.testing.assert_array_equal,
        )
    assert compared > 150


def nearly(actual, expected):
    spacing = np.finfo(expected.dtype).eps
    np.testing.assert_allclose(actual, expected, rtol=4 * spacing, atol=8 * spacing)


@pytest.mark.parametrize("include", [True, False])
def test_avg_pool(rng, include, engine):
    compared = 0
    for rank, x, kernel, stride, padding, _, ceil in configurations(rng, 300):
        compared += both(
            partial(
                getattr(functional, f"avg_pool{rank}d"),
                torch.from_numpy(x),
                kernel,
                stride,
                padding,
                ceil,
                include,
            ),
            partial(
                getattr(poolkit, f"avg_pool{rank}d"),
                x,
                kernel,
                stride=stride,
                padding=padding,
                ceil_mode=ceil,
                count_include_pad=include,
                engine=engine,
            ),
            nearly,
        )
    assert compared > 200


def test_divisor_override(rng, engine):
    x = rng.normal(size=(2, 3, 9, 9))
    expected = functional.avg_pool2d(torch.from_numpy(x), 3, 2, 1, divisor_override=5).numpy()
    actual = poolkit.avg_pool2d(x, 3, stride=2, padding=1, divisor_override=5, engine=engine)
    nearly(actual, expected)


@pytest.mark.parametrize("norm_type", [2, 4])
def test_lp_pool_with_whole_windows_and_even_norms(rng, norm_type, engine):
    """Where PyTorch's lp_pool is the norm: no partial windows, and signs that powers drop."""
    for rank, x, kernel, stride, *_ in configurations(rng, 60):
        both(
            partial(
                getattr(functional, f"lp_pool{rank}d"),
                torch.from_numpy(x),
                norm_type,
                kernel[0] if rank == 1 else kernel,  # lp_pool1d takes no tuple
                stride,
            ),
            partial(
                getattr(poolkit, f"lp_pool{rank}d"),
                x,
                norm_type,
                kernel,
                stride=stride,
                engine=engine,
            ),
            lambda actual, expected: np.testing.assert_allclose(actual, expected, rtol=1e-12),
        )


@pytest.mark.parametrize("name", ["max", "avg"])
def test_adaptive(rng, name, engine):
    for rank, x, *_ in configurations(rng, 120):
        size = tuple(int(n) for n in rng.integers(1, 8, rank))
        expected = getattr(functional, f"adaptive_{name}_pool{rank}d")(torch.from_numpy(x), size)
        actual = getattr(poolkit, f"adaptive_{name}_pool{rank}d")(x, size, engine=engine)
        nearly(actual, expected.numpy())


def test_nan_and_infinities(engine):
    special = [np.nan, np.inf, -np.inf, 1.0, -1.0]
    x = np.array([[a, b] for a in special for b in special]).ravel()
    tensor = torch.from_numpy(x)[None]
    expected = functional.max_pool1d(tensor, 2)[0].numpy()
    np.testing.assert_array_equal(poolkit.max_pool1d(x, 2, engine=engine), expected)
    expected = functional.avg_pool1d(tensor, 2)[0].numpy()
    np.testing.assert_array_equal(poolkit.avg_pool1d(x, 2, engine=engine), expected)


def test_integers_and_half(rng, engine):
    for dtype in ("uint8", "int8", "int16", "int32", "int64", "float16"):
        x = rng.integers(0, 100, (1, 2, 8, 8)).astype(dtype)
        expected = functional.max_pool2d(torch.from_numpy(x), 3, 2, 1).numpy()
        actual = poolkit.max_pool2d(x, 3, stride=2, padding=1, engine=engine)
        np.testing.assert_array_equal(actual, expected, strict=True)
