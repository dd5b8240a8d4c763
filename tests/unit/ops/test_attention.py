"""Attention pooling against a softmax over windows laid out, and its derivatives."""

import ml_dtypes
import numpy as np
import pytest
from gradients.differences import check_derivative

import poolkit
from poolkit.engines import attention


def softmax_average(values, scores):
    """Return Σ x·e^s / Σ e^s of one window, elements of score −∞ left out."""
    kept = scores != -np.inf
    if not kept.any():
        return np.nan
    values, scores = values[kept], scores[kept]
    weights = np.exp(scores - scores.max())
    return np.sum(values * weights) / np.sum(weights)


def by_window(x, scores, k, stride, low, dilation):
    """Return the average of every window of the last two axes, window by window."""
    scores = np.broadcast_to(scores, x.shape)
    counts = [(x.shape[a - 2] + 2 * low - dilation * (k - 1) - 1) // stride + 1 for a in range(2)]
    y = np.empty((*x.shape[:-2], *counts))
    for o in np.ndindex(*counts):
        inside = [
            [
                i
                for i in range(o[a] * stride - low, o[a] * stride - low + dilation * k, dilation)
                if 0 <= i < x.shape[a - 2]
            ]
            for a in range(2)
        ]
        window = (..., *np.ix_(*inside))
        for plane in np.ndindex(x.shape[:-2]):
            y[(*plane, *o)] = softmax_average(
                x[plane][window].ravel(), scores[plane][window].ravel()
            )
    return y


SPREADS = [1.0, 30.0, 80.0, 1e3, 1e5]


@pytest.mark.parametrize("spread", SPREADS)
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_by_the_definition(dtype, spread, engine, rng):
    """Scores far apart too, where what all windows share would vanish for some."""
    for k, stride, low, dilation in [(2, 2, 0, 1), (3, 2, 1, 1), (3, 1, 1, 2), (3, 3, 2, 1)]:
        x = rng.normal(size=(2, 3, 8, 9)).astype(dtype)
        for shape in [(2, 3, 8, 9), (2, 1, 8, 9), (8, 9), (1, 9), (3, 1, 1)]:
            scores = spread * rng.normal(size=shape)
            scores[rng.random(shape) < 0.1] = -np.inf
            y = poolkit.attention_pool2d(
                x, scores, k, stride=stride, padding=low, dilation=dilation, engine=engine
            )
            assert y.dtype == dtype
            wide = by_window(x.astype(float), scores, k, stride, low, dilation)
            tolerance = 5e-15 if dtype == "float64" else 6e-8
            np.testing.assert_allclose(y, wide, rtol=tolerance, atol=tolerance)


def test_torch(rng):
    """Against unfold and softmax, with the gradients of both arrays."""
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    x, scores = (rng.normal(size=(2, c, 9, 8)) for c in (3, 1))
    tensors = [torch.from_numpy(each).requires_grad_() for each in (x, scores)]
    values, laid = (torch.nn.functional.unfold(each, 3, stride=2) for each in tensors)
    weights = torch.softmax(laid.reshape(2, 1, 9, -1), 2)
    expected = (values.reshape(2, 3, 9, -1) * weights).sum(2).reshape(2, 3, 4, 3)
    given = {"kernel_size": 3, "stride": 2}
    y, pullback = poolkit.vjp(
        poolkit.attention_pool2d, x, scores=scores, wrt=("x", "scores"), **given
    )
    np.testing.assert_allclose(y, expected.detach().numpy(), rtol=1e-13, atol=1e-14)
    outer = rng.normal(size=y.shape)
    theirs = torch.autograd.grad(expected, tensors, torch.from_numpy(outer))
    for ours, gradient in zip(pullback(outer), theirs, strict=True):
        np.testing.assert_allclose(ours, gradient.numpy(), rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize("spread", [1.0, 30.0, 200.0])
@pytest.mark.parametrize("wrt", ["x", "scores"])
def test_derivative(wrt, spread, rng):
    for rank in (1, 2, 3):
        x = rng.normal(size=(2, 3, *(9, 6, 5)[:rank]))
        for shape in [x.shape, (2, 1, *x.shape[2:]), x.shape[2:], (3, *(1,) * rank)]:
            scores = spread * rng.normal(size=shape)
            check_derivative(
                getattr(poolkit, f"attention_pool{rank}d"),
                x,
                scores=scores,
                kernel_size=int(rng.integers(2, 4)),
                stride=int(rng.integers(1, 4)),
                padding=1,
                rng=rng,
                wrt=wrt,
            )


def test_both_at_once_are_consistent(rng):
    x, scores = rng.normal(size=(2, 3, 10)), rng.normal(size=(10,))
    along = rng.normal(size=x.shape), rng.normal(size=scores.shape)
    given = {"scores": scores, "kernel_size": 3, "wrt": ("x", "scores")}
    y, moved = poolkit.jvp(poolkit.attention_pool1d, x, along, **given)
    _, pullback = poolkit.vjp(poolkit.attention_pool1d, x, **given)
    outer = rng.normal(size=y.shape)
    pulled = pullback(outer)
    back = sum(np.sum(p * a) for p, a in zip(pulled, along, strict=True))
    np.testing.assert_allclose(np.sum(outer * moved), back, rtol=1e-11)


@pytest.mark.parametrize("limits", [(2**4, 2**3), (2**17, 2**16)])
def test_results_do_not_depend_on_the_parts(limits, monkeypatch, rng):
    x, scores = rng.normal(size=(2, 5, 11, 7)), 20 * rng.normal(size=(2, 1, 11, 7))
    scores[0, 0, 3:6] = -np.inf
    expected = by_window(x, scores, 3, 2, 1, 1)
    monkeypatch.setattr(attention, "PART_ELEMENTS", limits[0])
    monkeypatch.setattr(attention, "LAID_OUT", limits[1])
    given = {"scores": scores, "kernel_size": 3, "stride": 2, "padding": 1}
    y, pullback = poolkit.vjp(poolkit.attention_pool2d, x, wrt=("x", "scores"), **given)
    np.testing.assert_allclose(y, expected, rtol=1e-13, atol=1e-14)
    of_x, of_scores = pullback(np.ones_like(y))
    # Weights of a window sum to 1, and a shift of all its scores changes nothing.
    np.testing.assert_allclose(of_x.sum(), np.isfinite(y).sum(), rtol=1e-12)
    np.testing.assert_allclose(of_scores.sum(), 0, atol=1e-12)
    assert not of_x[0, :, 3:6].any()
    assert not of_scores[0, :, 3:6].any()


def test_equal_scores_give_the_mean_and_any_shift_the_same(rng):
    x, scores = rng.normal(size=(2, 8, 8)), rng.normal(size=(2, 8, 8))
    mean = poolkit.avg_pool2d(x, 3, stride=2)
    for score in (0.0, 1e4, -1e300):
        y = poolkit.attention_pool2d(x, np.full((8, 8), score), 3, stride=2)
        np.testing.assert_allclose(y, mean, rtol=1e-14, atol=1e-15)
    y = poolkit.attention_pool2d(x, scores, 3)
    shifted = poolkit.attention_pool2d(x, scores + 2.0**20, 3)
    np.testing.assert_allclose(shifted, y, rtol=1e-8)


def test_what_is_absent_counts_for_nothing(engine):
    x = np.array([[1.0, np.nan, np.inf, 4.0, 5.0, 6.0]])
    scores = np.array([[0.0, -np.inf, -np.inf, 0.0, -np.inf, -np.inf]])
    y = poolkit.attention_pool1d(x, scores, 2, engine=engine)
    np.testing.assert_array_equal(y, [[1, 4, np.nan]])
    _, pullback = poolkit.vjp(
        poolkit.attention_pool1d, x, scores=scores, kernel_size=2, wrt=("x", "scores")
    )
    of_x, of_scores = pullback(np.ones((1, 3)))
    np.testing.assert_array_equal(of_x, [[1, 0, 0, 1, 0, 0]])
    np.testing.assert_array_equal(of_scores, np.zeros((1, 6)))


@pytest.mark.parametrize("far", [0.0, 1e5])
def test_nan_and_infinite_scores_stay_in_their_windows(far, engine):
    x = np.array([[1.0, 2.0, np.nan, 4.0, 5.0, 6.0, 7.0, 8.0]])
    scores = np.array([[0.0, far, 0.0, 0.0, np.nan, 0.0, np.inf, 0.0]])
    y = poolkit.attention_pool1d(x, scores, 2, engine=engine)
    np.testing.assert_array_equal(y, [[1.5 if far == 0 else 2, np.nan, np.nan, np.nan]])


def test_halves_integers_layouts_and_out(rng):
    x, scores = rng.normal(size=(2, 3, 8, 8)), rng.normal(size=(2, 1, 8, 8))
    for dtype in (np.float16, ml_dtypes.bfloat16):
        short = x.astype(dtype), scores.astype(dtype)
        y = poolkit.attention_pool2d(*short, 2)
        assert y.dtype == dtype
        wide = poolkit.attention_pool2d(*(each.astype(float) for each in short), 2)
        np.testing.assert_array_equal(y, wide.astype(dtype))
        _, pullback = poolkit.vjp(poolkit.attention_pool2d, short[0], short[1], 2, wrt="scores")
        assert pullback(y).dtype == dtype
    counts = (10 * x).astype(np.int8)
    assert poolkit.attention_pool2d(counts, scores, 2).dtype == np.float64
    zeros = np.zeros((8, 8), np.int64)
    np.testing.assert_allclose(poolkit.attention_pool2d(x, zeros, 2), poolkit.avg_pool2d(x, 2))
    expected = poolkit.attention_pool2d(x, scores, 3, stride=2)
    channels_last = np.moveaxis(np.ascontiguousarray(np.moveaxis(x, 1, -1)), -1, 1)
    for laid in (np.asfortranarray(x), channels_last, x.astype(">f8")):
        found = poolkit.attention_pool2d(laid, np.asfortranarray(scores), 3, stride=2)
        np.testing.assert_allclose(found, expected, rtol=1e-14)
    out = np.empty_like(expected)
    assert poolkit.attention_pool2d(x, scores, 3, stride=2, out=out) is out
    np.testing.assert_array_equal(out, expected)
    assert poolkit.attention_pool2d(np.zeros((0, 3, 4, 4)), np.zeros((4, 4)), 2).shape == (
        0,
        3,
        2,
        2,
    )


def test_whole_axes(rng):
    bag, scores = rng.normal(size=(50, 7)), rng.normal(size=(50, 1))
    weights = np.exp(scores) / np.exp(scores).sum()
    y = poolkit.global_attention_pool(bag, scores, axes=0)
    np.testing.assert_allclose(y, (bag * weights).sum(axis=0), rtol=1e-13)
    kept = poolkit.global_attention_pool(bag, scores, axes=0, keepdims=True)
    np.testing.assert_array_equal(kept, y[np.newaxis])
    for wrt in ("x", "scores"):
        check_derivative(
            poolkit.global_attention_pool, bag, scores=scores, axes=0, rng=rng, wrt=wrt
        )
        check_derivative(
            poolkit.global_attention_pool2d, bag, scores=scores, keepdims=True, rng=rng, wrt=wrt
        )
