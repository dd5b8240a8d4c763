"""The missing-data contract of operators made of others: held against lists of what is there."""

import inspect
import re

import ml_dtypes
import numpy as np
import pytest
from gradients.differences import check_derivative
from scipy.stats import chisquare

import poolkit

MISSING = -9999


def ways_to_leave_out(rng, x, share=0.6):
    """Yield arrays, and what says of them that the same elements are missing."""
    there = rng.random(x.shape) < share
    holes = np.where(there, x, np.nan)
    yield (
        there,
        [
            (x, {"mask": there}),
            (holes, {"mask": there}),
            (holes, {"nan": "skip"}),
            (x, {"weights": there.astype(int)}),
            (np.where(there, x, MISSING), {"nodata": MISSING}),
            (holes, {"nodata": float("nan")}),
        ],
    )


def bins(length, count):
    """Return the elements of each of so many bins."""
    return [list(range(i * length // count, -(-(i + 1) * length // count))) for i in range(count)]


def of_bins(x, often, levels, function, least=1):
    """Return what a function makes of lists of the bins' elements, as often as they count."""
    found = []
    for level in levels:
        for rows in bins(x.shape[0], level):
            for columns in bins(x.shape[1], level):
                at = np.ix_(rows, columns)
                values = np.repeat(x[at].ravel(), often[at].ravel())
                enough = np.count_nonzero(often[at]) >= least
                found.append(function(values) if enough else np.nan)
    return np.array(found)


@pytest.mark.parametrize(
    ("name", "function"), [("max", np.max), ("mean", np.mean), ("std", np.std), ("sum", np.sum)]
)
def test_pyramids(name, function, rng, engine):
    x = rng.normal(size=(6, 7))
    for there, ways in ways_to_leave_out(rng, x):
        expected = of_bins(x, there.astype(int), (1, 2, 4), function, least=3)
        assert 0 < np.isnan(expected).mean() < 1
        for array, way in ways:
            wanted = expected
            if way.get("nodata") == MISSING:
                wanted = np.where(np.isnan(expected), MISSING, expected)
            y = poolkit.pyramid_pool2d(array, reduce=name, engine=engine, min_valid=3, **way)
            np.testing.assert_allclose(y, wanted, rtol=1e-12, atol=1e-12, err_msg=str(way))
    often = rng.integers(0, 4, x.shape)
    y = poolkit.pyramid_pool2d(x, (1, 3), reduce=name, weights=often, engine=engine)
    expected = of_bins(x, often, (1, 3), function)
    np.testing.assert_allclose(y, expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("reduce", ["max", "mean", "std"])
def test_pyramids_derived(reduce, rng):
    x = rng.normal(size=(2, 3, 6, 7))
    there = rng.random((2, 1, 6, 7)) < 0.6
    for way in ({"mask": there, "min_valid": 0.4}, {"weights": rng.integers(0, 3, x.shape)}):
        for flatten in (False, True):
            check_derivative(
                *(poolkit.pyramid_pool2d, x, (1, 3)),
                **{"reduce": reduce, "flatten": flatten, "rng": rng, "nodata": 0.0, **way},
            )


def test_pyramids_of_sequences_and_integers(engine):
    x = np.array([[[1, 2, 3, 4]], [[5, 6, 90, 90]]], np.int16)
    y = poolkit.pyramid_pool1d(x, (1, 2), lengths=[4, 2], nodata=-1, engine=engine)
    np.testing.assert_array_equal(y, [[[4, 2, 4]], [[6, 6, -1]]])
    assert y.dtype == np.int16
    with pytest.raises(poolkit.ArgumentError, match="`nodata` must be given"):
        poolkit.pyramid_pool1d(x, (1, 2), lengths=[4, 2])
    with pytest.raises(poolkit.ArgumentError, match="one axis is pooled"):
        poolkit.pyramid_pool2d(x, (1,), lengths=[4, 2])
    half = poolkit.pyramid_pool1d(x.astype(np.float16), (1, 2), lengths=[4, 2], reduce="mean")
    np.testing.assert_array_equal(half, [[[2.5, 1.5, 3.5]], [[5.5, 5.5, np.nan]]])
    assert half.dtype == np.float16


HOW = {"stride": 2, "padding": ((1, 0), (0, 2)), "dilation": (1, 2)}
PADDED = {"reflect": "reflect", "symmetric": "symmetric", "replicate": "edge", "circular": "wrap"}


def windows_of(x, often):
    """Every window of HOW, 3 × 2, as lists of (value, how often, place in the window)."""
    height, width = x.shape
    found = []
    for top in range(-1, height - 2, 2):
        for left in range(0, width, 2):
            places = [(i, j) for i in range(3) for j in range(2)]
            found.append(
                [
                    (x[top + i, left + 2 * j], often[top + i, left + 2 * j], (i, j))
                    for i, j in places
                    if 0 <= top + i < height and left + 2 * j < width
                ]
            )
    return found


def mixture(window, gate, share, least):
    """Return the definition's mixture; of a gate where there is one."""
    there = [(value, often, place) for value, often, place in window if often > 0]
    if len(there) < least:
        return np.nan
    if gate is not None:
        share = 1 / (1 + np.exp(-sum(v * often * gate[place] for v, often, place in there)))
    mean = np.average([v for v, *_ in there], weights=[often for _, often, _ in there])
    return share * max(v for v, *_ in there) + (1 - share) * mean


@pytest.mark.parametrize("gated", [False, True])
def test_mixtures(gated, rng, engine):
    x, gate = rng.normal(size=(7, 8)), rng.normal(size=(3, 2))
    operator = poolkit.gated_pool2d if gated else poolkit.mixed_pool2d
    own = {"gate": gate} if gated else {"share": 0.3}

    def defined(often, least):
        windows = windows_of(x, often)
        found = [mixture(window, gate if gated else None, 0.3, least) for window in windows]
        return np.reshape(found, (3, 4))

    for there, ways in ways_to_leave_out(rng, x):
        expected = defined(there, 2)
        assert 0 < np.isnan(expected).mean() < 1
        for array, way in ways:
            wanted = expected
            if way.get("nodata") == MISSING:
                wanted = np.where(np.isnan(expected), MISSING, expected)
            y = operator(array, (3, 2), engine=engine, min_valid=2, **own, **HOW, **way)
            np.testing.assert_allclose(y, wanted, rtol=1e-12, atol=1e-12, err_msg=str(way))
    often = np.where(rng.random(x.shape) < 0.7, 3 * rng.random(x.shape), 0)
    y = operator(x, (3, 2), engine=engine, weights=often, **own, **HOW)
    np.testing.assert_allclose(y, defined(often, 1), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("border", PADDED)
def test_mixtures_with_borders(border, rng):
    x, gate = rng.normal(size=(3, 7, 8)), rng.normal(size=(3, 3, 2))
    mask = rng.random(x.shape) < 0.8
    laid, there = (np.pad(each, ((0, 0), (1, 1), (2, 2)), PADDED[border]) for each in (x, mask))
    how = {"padding": (1, 2), "stride": 1, "border": border, "nodata": 0.0}
    for operator, own in ((poolkit.mixed_pool2d, {}), (poolkit.gated_pool2d, {"gate": gate})):
        y = operator(x, (3, 2), mask=mask, **own, **how)
        expected = operator(laid, (3, 2), mask=there, stride=1, nodata=0.0, **own)
        np.testing.assert_allclose(y, expected, rtol=1e-13)
        for wrt in ("x", *own):
            check_derivative(operator, x, (3, 2), rng=rng, wrt=wrt, mask=mask, **own, **how)


@pytest.mark.parametrize("name", ["mixed", "gated"])
def test_mixtures_derived(name, rng):
    x = rng.normal(size=(2, 3, 7, 8))
    holes = np.where(rng.random(x.shape) < 0.4, x, np.nan)
    operator = getattr(poolkit, f"{name}_pool2d")
    own = {"gate": rng.normal(size=(3, 3, 2))} if name == "gated" else {"share": rng.random((4, 1))}
    how = {**HOW, "padding": 1, "stride": (2, 2)}
    ways = [
        (x, {"mask": rng.random((3, 7, 8)) < 0.3}),
        (holes, {"nan": "skip", "min_valid": 2}),
        (x, {"weights": np.maximum(0, rng.normal(-0.5, size=x.shape))}),
    ]
    for array, way in ways:
        assert np.any(np.isnan(operator(array, (3, 2), **own, **how, **way)))
        for wrt in ("x", *own):
            check_derivative(
                *(operator, array, (3, 2)),
                **{"rng": rng, "wrt": wrt, "nodata": 0.0, **own, **how, **way},
            )
        y, pullback = poolkit.vjp(operator, array, (3, 2), wrt=("x", *own), **own, **how, **way)
        for each in pullback(np.where(np.isnan(y), np.nan, 1)):
            assert np.isfinite(each).all()


@pytest.mark.parametrize("dtype", ["int8", "bool", "float16", "float32", ml_dtypes.bfloat16])
def test_mixtures_of_every_dtype(dtype, engine):
    x = np.array([[1, 0, 1, 1, 0, 1]]).astype(dtype)
    mask = np.array([True, True, False, True, False, False])
    result = np.dtype(np.float64) if x.dtype.kind in "ib" else x.dtype
    for y in (
        poolkit.mixed_pool1d(x, 2, share=0.25, mask=mask, engine=engine),
        poolkit.gated_pool1d(x, 2, np.full(2, -np.log(3)), mask=mask, engine=engine),
    ):
        assert y.dtype == result
        np.testing.assert_allclose(y.astype(float), [[0.625, 1, np.nan]], rtol=2**-7)
    whole = np.array([[7, 3, -9, -9]], np.int16)
    y = poolkit.mixed_pool1d(whole, 2, share=1 / 3, nodata=-9)
    assert y.tolist() == [[5 + 2 / 3, -9]]
    y = poolkit.mixed_pool1d(whole, 2, share=1, lengths=[1], engine=engine)
    np.testing.assert_array_equal(y, [[7, np.nan]])


def test_draws_follow_the_weights():
    x, often = np.array([3.0, 1.0, 5.0, -2.0, 2.0]), np.array([1, 4, 0, 3, 2.5])
    rows = 20_000
    for weights, mask in ((often, None), (1e200 * often, None), (often, [1, 0, 1, 1, 1])):
        there = None if mask is None else np.array(mask, bool)
        _, indices = poolkit.stochastic_pool1d(
            *(np.tile(x, (rows, 1)), 5),
            **{"seed": 11, "weights": weights, "mask": there, "return_indices": True},
        )
        likely = np.maximum(x, 0) * often * (1 if mask is None else mask)
        counts = np.bincount(indices.ravel(), minlength=5)
        assert not counts[likely == 0].any()
        expected = rows * likely / likely.sum()
        assert chisquare(counts[likely > 0], expected[likely > 0]).pvalue > 0.01


def test_draws_of_what_is_there(rng):
    x = rng.random((2, 3, 6, 8)) + 0.5
    how = {"seed": 3, "return_indices": True, "min_valid": 2}
    for there, ways in ways_to_leave_out(rng, x, 0.4):
        few = there.reshape(2, 3, 3, 2, 2, 4).sum(axis=(3, 5)) < 2
        assert 0 < few.mean() < 1
        first = None
        for array, way in ways:
            y, indices = poolkit.stochastic_pool2d(array, (2, 4), **how, **way)
            flat = np.maximum(indices, 0).reshape(2, 3, -1)
            drawn = np.take_along_axis(x.reshape(2, 3, -1), flat, -1).reshape(y.shape)
            np.testing.assert_array_equal(indices == -1, few)
            at = np.take_along_axis(there.reshape(2, 3, -1), flat, -1).reshape(y.shape)
            assert at[~few].all()
            np.testing.assert_array_equal(y, np.where(few, way.get("nodata", np.nan), drawn))
            first = indices if first is None else first
            np.testing.assert_array_equal(indices, first)
    plain = poolkit.stochastic_pool2d(x, (2, 4), seed=3, return_indices=True)
    for way in ({"mask": np.ones(x.shape, bool)}, {"weights": 1}, {"min_valid": 8}):
        again = poolkit.stochastic_pool2d(x, (2, 4), **{**how, **way})
        np.testing.assert_array_equal(again[0], plain[0])
        np.testing.assert_array_equal(again[1], plain[1])
    _, other = poolkit.stochastic_pool2d(x, (2, 4), padding=1, **{**how, "min_valid": 8})
    assert set(other[:, :, 0].ravel().tolist()) == {-1}


@pytest.mark.parametrize("training", [True, False])
def test_draws_derived(training, rng):
    x = rng.normal(size=(2, 7, 8))
    holes = np.where(rng.random(x.shape) < 0.4, x, np.nan)
    for array, way in (
        (holes, {"nan": "skip", "min_valid": 2, "nodata": 0.0}),
        (x, {"weights": rng.integers(0, 3, x.shape), "nodata": 0.0}),
    ):
        how = {"stride": 2, "padding": 1, "training": training, "seed": 4, **way}
        check_derivative(poolkit.stochastic_pool2d, array, 3, rng=rng, **how)


def test_expected_draws(rng, engine):
    x = rng.normal(size=(4, 12))
    often = rng.integers(0, 4, x.shape)
    often[0, :4] = 0
    y = poolkit.stochastic_pool1d(x, 4, training=False, weights=often, engine=engine)
    for row in range(4):
        for window in range(3):
            at = slice(4 * window, 4 * window + 4)
            values = np.maximum(np.repeat(x[row, at], often[row, at]), 0)
            expected = np.sum(values**2) / max(values.sum(), 1e-300) if values.size else np.nan
            np.testing.assert_allclose(y[row, window], expected, rtol=1e-12)


def test_draws_from_integers_and_sequences():
    x = np.array([[4, 4, 9, 9], [5, 9, 9, 9]], np.uint8)
    how = {"seed": 1, "lengths": [2, 1]}
    y, indices = poolkit.stochastic_pool1d(x, 2, nodata=0, return_indices=True, **how)
    assert y.dtype == np.uint8
    assert y.tolist() == [[4, 0], [5, 0]]
    assert indices[:, 1].tolist() == [-1, -1]
    with pytest.raises(poolkit.ArgumentError, match="`nodata` must be given"):
        poolkit.stochastic_pool1d(x, 2, **how)
    for dtype in (np.float16, ml_dtypes.bfloat16):
        y = poolkit.stochastic_pool1d(x.astype(dtype), 2, **how)
        assert y.dtype == dtype
        np.testing.assert_array_equal(y.astype(float), [[4, np.nan], [5, np.nan]])


def attended(x, scores, often, least):
    """Return NumPy's average of what is there; of a window as a flat list."""
    there = (often > 0) & (scores > -np.inf)
    if there.sum() < least:
        return np.nan
    relative = np.exp(scores[there] - scores[there].max())
    return np.average(x[there], weights=often[there] * relative)


@pytest.mark.parametrize("spread", [1, 300])
def test_attention(spread, rng, engine):
    x, scores = rng.normal(size=(2, 3, 12)), spread * rng.normal(size=(1, 3, 12))
    scores[0, 1, :4] = scores[0, 2, 5] = -np.inf
    whole = np.broadcast_to(scores, x.shape)

    def defined(often, least):
        rows = [each.reshape(-1, 4) for each in (x, whole, often)]
        found = [attended(*each, least) for each in zip(*rows, strict=True)]
        return np.reshape(found, (2, 3, 3))

    for there, ways in ways_to_leave_out(rng, x):
        expected = defined(there.astype(float), 2)
        assert 0 < np.isnan(expected).mean() < 1
        for array, way in ways:
            wanted = expected
            if way.get("nodata") == MISSING:
                wanted = np.where(np.isnan(expected), MISSING, expected)
            y = poolkit.attention_pool1d(array, scores, 4, engine=engine, min_valid=2, **way)
            np.testing.assert_allclose(y, wanted, rtol=1e-11, atol=1e-11, err_msg=str(way))
    often = np.where(rng.random(x.shape) < 0.7, 3 * rng.random(x.shape), 0)
    for weights in (often, often[:1], often[0, 0]):
        y = poolkit.attention_pool1d(x, scores, 4, weights=weights, engine=engine)
        expected = defined(np.broadcast_to(weights, x.shape), 1)
        np.testing.assert_allclose(y, expected, rtol=1e-11, atol=1e-11)
    y = poolkit.attention_pool1d(x, np.zeros(12), 4, weights=often, engine=engine)
    mean = poolkit.avg_pool1d(x, 4, weights=often)
    np.testing.assert_allclose(y, mean, rtol=1e-12)


@pytest.mark.parametrize("spread", [1, 100])
@pytest.mark.parametrize("wrt", ["x", "scores"])
def test_attention_derived(spread, wrt, rng):
    x, scores = rng.normal(size=(2, 3, 7, 8)), spread * rng.normal(size=(2, 1, 7, 8))
    scores[0, 0, :3, :3] = -np.inf
    holes = np.where(rng.random(x.shape) < 0.4, x, np.nan)
    how = {"scores": scores, "kernel_size": 3, "stride": 2, "padding": 1, "rng": rng, "wrt": wrt}
    for array, way in (
        (x, {"mask": rng.random((7, 8)) < 0.5}),
        (holes, {"nan": "skip", "min_valid": 2}),
        (x, {"weights": np.maximum(0, rng.normal(size=x.shape))}),
    ):
        check_derivative(poolkit.attention_pool2d, array, nodata=0.0, **how, **way)
        y, pullback = poolkit.vjp(
            poolkit.attention_pool2d,
            *(array, scores, 3),
            **{"stride": 2, "padding": 1, "wrt": wrt, **way},
        )
        assert np.isnan(y).any()
        assert np.isfinite(pullback(np.where(np.isnan(y), np.nan, 1))).all()


def test_attention_of_bags(engine):
    x = np.array([[[1, 3, 9]], [[5, 6, 9]], [[7, 7, 7]]])
    for dtype in (np.int16, np.float16, np.float32, ml_dtypes.bfloat16):
        y = poolkit.global_attention_pool1d(
            x.astype(dtype), np.zeros((3, 1, 3)), lengths=[2, 1, 0], engine=engine
        )
        assert y.dtype == (np.float64 if dtype is np.int16 else dtype)
        np.testing.assert_array_equal(y.astype(float), [[2], [5], [np.nan]])
    scores = np.array([[[0, np.log(3), 0]], [[1, 1, -np.inf]], [[-np.inf] * 3]])
    y = poolkit.global_attention_pool1d(
        x, scores, mask=x < 9, nodata=-1, min_valid=2 / 3, keepdims=True, engine=engine
    )
    np.testing.assert_allclose(y, [[[2.5]], [[5.5]], [[-1]]])


def spread_out(x, often, geometry, least):
    """Return, for every cell, NumPy's mean of the values of the windows that hold it."""
    cells = np.zeros((geometry["rows"], geometry["columns"]))
    for place in np.ndindex(*cells.shape):
        holding = [o for o in np.ndindex(*x.shape) if holds(o, place)]
        there = [o for o in holding if often[o] > 0]
        if len(there) >= least:
            cells[place] = np.average([x[o] for o in there], weights=[often[o] for o in there])
        elif holding:
            cells[place] = np.nan
    return cells


def holds(window, cell):
    """Whether a window of 3 × 2, strides 2 and 3, dilation 1 and 2, padding 1 and 0, does."""
    down, along = cell[0] + 1 - 2 * window[0], cell[1] - 3 * window[1]
    return down in (0, 1, 2) and along in (0, 2)


SPREAD = {"stride": (2, 3), "dilation": (1, 2), "padding": (1, 0), "output_size": (6, 11)}


def test_values_spread(rng, engine):
    x, geometry = rng.normal(size=(3, 4)), {"rows": 6, "columns": 11}
    for there, ways in ways_to_leave_out(rng, x):
        for least in (1, 2):
            expected = spread_out(x, there.astype(int), geometry, least)
            assert np.isnan(expected).any()
            assert (expected == 0).any()
            for array, way in ways:
                wanted = expected
                if way.get("nodata") == MISSING:
                    wanted = np.where(np.isnan(expected), MISSING, expected)
                how = {"engine": engine, "min_valid": least, **SPREAD, **way}
                y = poolkit.avg_unpool2d(array, (3, 2), **how)
                np.testing.assert_allclose(y, wanted, rtol=1e-12, atol=1e-12, err_msg=str(way))
    often = np.where(rng.random(x.shape) < 0.7, 3 * rng.random(x.shape), 0)
    y = poolkit.avg_unpool2d(x, (3, 2), weights=often, engine=engine, **SPREAD)
    np.testing.assert_allclose(y, spread_out(x, often, geometry, 1), rtol=1e-12)
    y = poolkit.avg_unpool2d(x, (3, 2), min_valid=2, engine=engine, **SPREAD)
    np.testing.assert_allclose(y, spread_out(x, np.ones(x.shape), geometry, 2), rtol=1e-12)


def test_values_spread_derived(rng):
    x = rng.normal(size=(2, 3, 4))
    holes = np.where(rng.random(x.shape) < 0.6, x, np.nan)
    for array, way in (
        (x, {"mask": rng.random((3, 4)) < 0.6, "min_valid": 0.5}),
        (holes, {"nan": "skip"}),
        (x, {"weights": np.maximum(0, rng.normal(size=x.shape)), "min_valid": 2}),
    ):
        check_derivative(poolkit.avg_unpool2d, array, (3, 2), rng=rng, nodata=0.0, **SPREAD, **way)
        y, pullback = poolkit.vjp(poolkit.avg_unpool2d, array, (3, 2), **SPREAD, **way)
        assert np.isnan(y).any()
        assert np.isfinite(pullback(np.where(np.isnan(y), np.nan, 1))).all()


def test_values_spread_from_sequences():
    x = np.array([[2, 4, 99], [6, 99, 99]], np.uint8)
    y = poolkit.avg_unpool1d(x, 3, stride=2, lengths=[2, 1], nodata=0)
    assert y.tolist() == [[2, 2, 3, 4, 4, 0, 0], [6, 6, 6, 0, 0, 0, 0]]
    assert y.dtype == np.float64
    for dtype in (np.float16, ml_dtypes.bfloat16):
        y = poolkit.avg_unpool1d(x.astype(dtype), 3, stride=2, lengths=[2, 1])
        assert y.dtype == dtype
        np.testing.assert_array_equal(y[1].astype(float), [6, 6, 6] + 4 * [np.nan])
    with pytest.raises(poolkit.ArgumentError, match="one axis is pooled"):
        poolkit.avg_unpool2d(x, 3, lengths=[2, 1])


@pytest.mark.parametrize("convention", ["plane", "array", "matlab"])
def test_values_put_back(convention, rng):
    x = rng.normal(size=(2, 3, 4))
    places = np.argsort(rng.random((2, 24)), axis=1)[:, :12].reshape(x.shape)
    batch = np.arange(2).reshape(2, 1, 1)
    laid = {
        "plane": places,
        "array": places + 24 * batch,
        "matlab": 1 + batch + 2 * (places // 6 + 4 * (places % 6)),
    }[convention]
    for there, ways in ways_to_leave_out(rng, x):
        expected = np.zeros((2, 4, 6))
        for o in zip(*np.nonzero(there), strict=True):
            expected[o[0]].flat[places[o]] = x[o]
        wrong = np.where(there, laid, 10**6).astype(np.uint64)  # of these, none is looked at
        for array, way in ways:
            for indices in (laid, wrong):
                how = {"convention": convention, "stride": (1, 2), **way}
                y = poolkit.max_unpool2d(array, indices, 2, output_size=(4, 6), **how)
                np.testing.assert_array_equal(y, expected, err_msg=str(way))


@pytest.mark.parametrize("repeated", ["error", "last", "sum"])
def test_values_put_back_derived(repeated, rng):
    x, places = rng.normal(size=(2, 3, 4)), rng.integers(0, 24, (2, 3, 4))
    if repeated == "error":
        places = np.argsort(rng.random((2, 24)), axis=1)[:, :12].reshape(x.shape)
    holes = np.where(rng.random(x.shape) < 0.6, x, np.nan)
    how = {"output_size": (4, 6), "repeated": repeated}
    for array, way in (
        (x, {"mask": rng.random((3, 4)) < 0.6}),
        (holes, {"nan": "skip"}),
        (x, {"weights": np.maximum(0, rng.normal(size=x.shape))}),
    ):
        check_derivative(poolkit.max_unpool2d, array, places, 2, rng=rng, **how, **way)


@pytest.mark.parametrize("dtype", ["float16", "float64", "int16", ">i4"])
def test_values_put_back_as_often_as_they_count(dtype, rng):
    x, places = rng.integers(1, 9, (3, 8)).astype(dtype), rng.integers(0, 16, (3, 8))
    often = rng.integers(0, 3, x.shape)
    y = poolkit.max_unpool1d(x, places, 2, repeated="sum", weights=often)
    expected = [np.bincount(places[i], x[i] * often[i], 16) for i in range(3)]
    np.testing.assert_array_equal(y, expected)
    assert y.dtype == x.dtype.newbyteorder("=")
    for out in (np.empty(y.shape, y.dtype), np.empty((16, 3), y.dtype).T):
        back = poolkit.max_unpool1d(x, places, 2, repeated="sum", weights=often, out=out)
        assert back is out
        np.testing.assert_array_equal(out, expected)
    halves = poolkit.max_unpool1d(x, places, 2, repeated="sum", weights=often / 4)
    np.testing.assert_allclose(halves, np.divide(expected, 4), rtol=1e-3)
    assert halves.dtype == (np.float64 if x.dtype.kind == "i" else y.dtype)
    y = poolkit.max_unpool1d(x[:1, :4], [[0, 0, 3, 3]], 2, lengths=[3], weights=[0, 2, 2, 2])
    np.testing.assert_array_equal(y, [[x[0, 1], 0, 0, x[0, 2], 0, 0, 0, 0]])


@pytest.mark.parametrize("least", [2, 0.6])
def test_values_put_back_where_enough_are(least, rng):
    x, places = rng.normal(size=(3, 8)), rng.integers(0, 6, (3, 8))
    there = rng.random(x.shape) < 0.7
    expected = np.zeros((3, 6))
    for row, cell in np.ndindex(3, 6):
        at = places[row] == cell
        valid = np.count_nonzero(there[row, at])
        if valid and valid >= (least if least == 2 else least * np.count_nonzero(at)):
            expected[row, cell] = x[row, at & there[row]].sum()
    how = {"output_size": 6, "repeated": "sum", "mask": there, "min_valid": least}
    np.testing.assert_allclose(poolkit.max_unpool1d(x, places, 2, **how), expected)
    everywhere = poolkit.max_unpool1d(x, places, 2, **{**how, "min_valid": 1})
    assert np.any(everywhere != expected)
    check_derivative(poolkit.max_unpool1d, x, places, 2, rng=rng, **how)


def test_every_operator_takes_the_same_words():
    words = ["mask", "weights", "lengths", "nan", "nodata", "min_valid"]
    pattern = r"\w*(pool|align)([123]d)?"
    names = [name for name in poolkit.ops.__all__ if re.fullmatch(pattern, name)]
    assert len(names) > 200
    for name in names:
        parameters = list(inspect.signature(getattr(poolkit, name)).parameters.values())
        taken = [each.name for each in parameters if each.name in words]
        assert taken == words, name
        assert all(each.kind is each.KEYWORD_ONLY for each in parameters if each.name in words)


EVERY = {
    "pyramid": (poolkit.pyramid_pool2d, ((1, 2),), {"reduce": "mean"}),
    "mixed": (poolkit.mixed_pool2d, (2,), {}),
    "gated": (poolkit.gated_pool2d, (2, np.full((2, 2), 0.5)), {}),
    "stochastic": (poolkit.stochastic_pool2d, (2,), {"seed": 5}),
    "expected draw": (poolkit.stochastic_pool2d, (2,), {"training": False}),
    "attention": (poolkit.attention_pool2d, (np.zeros(6), 2), {}),
    "global attention": (poolkit.global_attention_pool2d, (np.zeros(6),), {}),
    "blur": (poolkit.blur_pool2d, (3,), {}),
    "max blur": (poolkit.max_blur_pool2d, (2,), {}),
    "area": (poolkit.area_pool2d, (1.5,), {}),
    "average": (poolkit.avg_unpool2d, (2,), {"stride": 1}),
    "maxima": (
        lambda x, **how: poolkit.max_unpool2d(
            x, np.broadcast_to(np.arange(24).reshape(4, 6), x.shape), 2, **how
        ),
        (),
        {},
    ),
}


@pytest.mark.parametrize("name", EVERY)
def test_layouts_outs_and_nothing(name, rng):
    operator, given, how = EVERY[name]
    x = rng.random((2, 3, 4, 6)).astype(np.float32)
    mask = rng.random(x.shape) < 0.8
    plain = operator(x, *given, **how)
    all_there = {"mask": np.ones(6, bool), "weights": 1, "nan": "skip", "min_valid": 1.0}
    same = operator(x, *given, **how, **all_there)
    assert same.dtype == plain.dtype
    np.testing.assert_allclose(same, plain, rtol=1e-6, atol=1e-7)
    y = operator(x, *given, mask=mask, **how)
    before = x.copy(), mask.copy()
    for laid in (np.asfortranarray(x), x.astype(">f4"), x[::-1].copy()[::-1]):
        laid.flags.writeable = False
        out = np.full_like(y, 9)
        assert operator(laid, *given, mask=mask, out=out, **how) is out
        np.testing.assert_allclose(out, y, rtol=1e-6, atol=1e-7)
    np.testing.assert_array_equal(x, before[0])
    np.testing.assert_array_equal(mask, before[1])
    nothing = operator(x[:0], *given, mask=mask[:0], **how)
    assert nothing.shape == (0, *plain.shape[1:])


@pytest.mark.parametrize("name", [name for name in EVERY if name != "maxima"])
@pytest.mark.parametrize("dtype", [np.float16, ml_dtypes.bfloat16])
def test_gradients_of_halves(name, dtype, rng):
    operator, given, how = EVERY[name]
    x = rng.integers(1, 9, (2, 4, 6)).astype(dtype)
    way = {"mask": rng.random(x.shape) < 0.5, "nodata": 0, **how}
    y, pullback = poolkit.vjp(operator, x, *given, **way)
    wide, wide_pullback = poolkit.vjp(operator, x.astype(np.float64), *given, **way)
    outer = rng.integers(-3, 4, y.shape).astype(dtype)
    pulled, expected = pullback(outer), wide_pullback(outer.astype(np.float64))
    assert y.dtype == pulled.dtype == dtype
    near = {"rtol": 2**-6, "atol": 2**-5}
    np.testing.assert_allclose(y.astype(float), wide, **near)
    np.testing.assert_allclose(pulled.astype(float), expected, **near)
    assert not pulled[~way["mask"]].any()


@pytest.mark.parametrize("absent", [np.inf, np.nan])
@pytest.mark.parametrize("name", EVERY)
def test_what_is_missing_is_not_looked_at(name, absent, rng):
    operator, given, how = EVERY[name]
    how = {"repeated": "sum"} if name == "maxima" else how
    x, often = rng.random((2, 4, 6)), rng.integers(0, 3, (2, 4, 6))
    hidden = np.where(often > 0, x, absent)
    y = operator(x, *given, weights=often, **how)
    np.testing.assert_array_equal(operator(hidden, *given, weights=often, **how), y)
    if name != "maxima":
        pulled, again = (
            poolkit.vjp(operator, each, *given, weights=often, **how)[1](np.ones(y.shape))
            for each in (x, hidden)
        )
        np.testing.assert_array_equal(again, pulled)
        assert np.isfinite(pulled).all()
