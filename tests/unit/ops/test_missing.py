"""The missing-data contract: held against NumPy's own functions of what is there."""

import ml_dtypes
import numpy as np
import pytest
from numpy.lib.stride_tricks import sliding_window_view

import poolkit
from poolkit.reducers import NAMED, Lp, Mean, Quantile, Var

MISSING = -9999


def windows_of(x, size):
    """Return windows of stride 1, (..., k)."""
    axes = tuple(range(-len(size), 0))
    return sliding_window_view(x, size, axes).reshape(*_counts(x, size), -1)


def _counts(x, size):
    batch = x.shape[: x.ndim - len(size)]
    return (*batch, *(n - k + 1 for n, k in zip(x.shape[x.ndim - len(size) :], size, strict=True)))


BY_NUMPY = {
    "max": np.nanmax,
    "min": np.nanmin,
    "sum": np.nansum,
    "mean": np.nanmean,
    "product": np.nanprod,
    "std": np.nanstd,
    "var": np.nanvar,
    "median": np.nanmedian,
    "range": lambda windows, axis: np.nanmax(windows, axis) - np.nanmin(windows, axis),
    "lp": lambda windows, axis: np.sqrt(np.nansum(windows**2, axis)),
}


@pytest.mark.parametrize("name", BY_NUMPY)
def test_four_ways_to_say_what_is_missing(name, rng, engine):
    x = rng.normal(size=(2, 6, 7))
    there = rng.random(x.shape) < 0.7
    holes = np.where(there, x, np.nan)
    windows = windows_of(holes, (2, 3))
    enough = np.sum(~np.isnan(windows), axis=-1) >= 3
    assert 0 < enough.mean() < 1
    expected = np.full(enough.shape, np.nan)
    expected[enough] = BY_NUMPY[name](windows[enough], axis=-1)
    asked = {"kernel_size": (2, 3), "stride": 1, "reduce": name, "engine": engine, "min_valid": 3}
    for ways in (
        (x, {"mask": there}),
        (holes, {"nan": "skip"}),
        (x, {"weights": there.astype(int)}),
        (np.where(there, x, MISSING), {"nodata": MISSING}),
        (holes, {"mask": there, "nan": "skip"}),
        (holes, {"nodata": float("nan")}),
    ):
        array, way = ways
        wanted = np.where(enough, expected, MISSING) if way.get("nodata") == MISSING else expected
        actual = poolkit.pool(array, **asked, **way)
        np.testing.assert_allclose(actual, wanted, rtol=1e-12, atol=1e-12, err_msg=str(way))


@pytest.mark.parametrize(
    "reducer", [*(NAMED[name]() for name in NAMED), Lp(3), Mean("padded"), Var(1)]
)
def test_an_element_of_weight_w_counts_as_w_elements(reducer, rng, engine):
    for _ in range(5):
        x = np.round(rng.normal(size=6) * 2)
        weights = rng.integers(0, 4, 6)
        weights[0] += 1
        arguments = {"reduce": reducer, "axes": 0, "engine": engine}
        expected = poolkit.global_pool(np.repeat(x, weights), **arguments)
        try:
            actual = poolkit.global_pool(x, weights=weights, **arguments)
        except poolkit.UnsupportedError as error:
            assert "`weights`" in str(error)  # noqa: PT017 - most reducers take them
            assert isinstance(reducer, Quantile)
            return
        np.testing.assert_allclose(actual, expected, rtol=1e-12, atol=1e-12)


def test_weights_that_are_fractions(rng, engine):
    x, weights = rng.normal(size=(3, 8)), rng.random((3, 8))
    expected = np.average(
        sliding_window_view(x, 4, 1), weights=sliding_window_view(weights, 4, 1), axis=-1
    )
    actual = poolkit.avg_pool1d(x, 4, stride=1, weights=weights, engine=engine)
    np.testing.assert_allclose(actual, expected, rtol=1e-13)
    whole = poolkit.sum_pool1d(np.arange(4), 2, weights=[0.5, 0.5, 2, 1], engine=engine)
    np.testing.assert_array_equal(whole, [0.5, 7])
    assert whole.dtype == np.float64


@pytest.mark.parametrize(
    "dtype", ["float16", "float32", ml_dtypes.bfloat16, "int16", "uint8", ">i4"]
)
@pytest.mark.parametrize("name", ["max", "min", "sum", "mean", "std", "range"])
def test_every_dtype_stays_what_it_is(name, dtype, rng, engine):
    x = rng.integers(1, 5, (4, 6)).astype(dtype)
    operator = poolkit.pool
    plain = operator(x, (2, 2), reduce=name, engine=engine)
    whole = operator(x, (2, 2), reduce=name, engine=engine, mask=np.ones(x.shape, bool))
    assert whole.dtype == plain.dtype
    np.testing.assert_allclose(whole.astype(float), plain.astype(float), rtol=1e-3)
    mask = np.ones(x.shape, bool)
    mask[:2, :2] = False
    some = operator(x, (2, 2), reduce=name, engine=engine, mask=mask, nodata=99)
    assert some.dtype == plain.dtype
    assert some[0, 0] == 99
    np.testing.assert_array_equal(some.ravel()[1:], whole.ravel()[1:])


def test_a_hole_in_integers_leaks_into_nothing(engine):
    x = np.full((6, 6), 100, np.int16)
    x[1, 1] = x[4:, 4:] = MISSING
    for name in ("max", "min", "mean", "median", "mode"):
        y = poolkit.pool(x, (2, 2), reduce=name, nodata=MISSING, engine=engine)
        assert set(np.unique(y)) == {100, MISSING}
        assert y[2, 2] == MISSING


@pytest.mark.parametrize("min_valid", [1, 2, 4, 0.25, 0.26, 0.5, 1.0])
def test_least_number_and_share(min_valid):
    x = np.ones((4, 4, 4))
    there = np.arange(4)[:, None] > np.arange(4)  # plane i has i + 0 … of four in a row
    mask = np.broadcast_to(there[:, None, :], x.shape)
    y = poolkit.avg_pool1d(x, 4, mask=mask, min_valid=min_valid)
    least = min_valid if isinstance(min_valid, int) else max(1, int(np.ceil(min_valid * 4)))
    np.testing.assert_array_equal(np.isnan(y[:, 0, 0]), np.arange(4) < least)


def test_least_share_is_of_what_lies_inside():
    x = np.array([1.0, np.nan, 3.0, 4.0, 5.0])
    y = poolkit.pool1d(x, 3, stride=2, padding=1, reduce="mean", nan="skip", min_valid=0.6)
    np.testing.assert_array_equal(y, [np.nan, 3.5, 4.5])
    np.testing.assert_array_equal(
        poolkit.max_pool1d(np.arange(5.0), 3, stride=2, padding=1, min_valid=3), [np.nan, 3, np.nan]
    )


def test_nothing_at_all_where_that_is_enough(engine):
    x, none = np.ones((2, 4)), np.zeros((2, 4), bool)
    for name, expected in [
        ("sum", 0),
        ("product", 1),
        ("lp", 0),
        ("max", np.nan),
        ("mean", np.nan),
    ]:
        y = poolkit.global_pool(x, reduce=name, axes=1, mask=none, min_valid=0, engine=engine)
        np.testing.assert_array_equal(y, [expected, expected])


def test_lengths(rng, engine):
    x = rng.normal(size=(3, 5, 8))  # (batch, channels, time)
    lengths = np.array([8, 3, 0])
    y = poolkit.global_avg_pool1d(x, lengths=lengths, engine=engine)
    np.testing.assert_allclose(y[0], x[0].mean(-1))
    np.testing.assert_allclose(y[1], x[1, :, :3].mean(-1))
    assert np.isnan(y[2]).all()
    z = poolkit.max_pool(
        x.transpose(0, 2, 1), (2,), axes=1, lengths=lengths, nodata=0, engine=engine
    )
    np.testing.assert_array_equal(z[1, 1], x[1, :, 2])
    assert not z[1, 2:].any()
    assert not z[2].any()
    assert poolkit.global_sum_pool1d(np.arange(9), lengths=4, engine=engine) == 6
    one_each = rng.integers(0, 9, (3, 5))
    np.testing.assert_array_equal(
        poolkit.global_sum_pool1d(np.ones_like(x), lengths=one_each, min_valid=0), one_each
    )
    _, pullback = poolkit.vjp(poolkit.global_avg_pool1d, x, lengths=lengths, engine=engine)
    gradient = pullback(np.ones((3, 5)))
    np.testing.assert_allclose(gradient.sum(-1), [[1] * 5, [1] * 5, [0] * 5])
    assert not gradient[1, :, 3:].any()


@pytest.mark.parametrize("name", ["max", "min"])
@pytest.mark.parametrize("ties", ["first", "last"])
def test_indices_of_what_is_there(name, ties, rng, engine):
    sign = {"max": 1, "min": -1}[name]
    for _ in range(20):
        x = np.round(rng.normal(size=(2, 9)) * 2)
        x[rng.random(x.shape) < 0.2] = -np.inf * sign  # what takes the place of absent elements
        x[rng.random(x.shape) < 0.1] = np.nan
        mask = rng.random(x.shape) < 0.6
        y, places = getattr(poolkit, f"{name}_pool1d")(
            x, 3, mask=mask, ties=ties, return_indices=True, engine=engine
        )
        for row in range(2):
            for window in range(3):
                inside = [i for i in range(3 * window, 3 * window + 3) if mask[row, i]]
                if not inside:
                    assert places[row, window] == -1
                    assert np.isnan(y[row, window])
                    continue
                nans = [i for i in inside if np.isnan(x[row, i])]
                best = max((sign * x[row, i] for i in inside), default=0)
                equal = nans or [i for i in inside if sign * x[row, i] == best]
                assert places[row, window] == equal[0 if ties == "first" else -1]


def test_large_arrays_go_in_parts(rng):
    x = rng.normal(size=(3, 400, 500)).astype(np.float32)
    mask = rng.random(x.shape) < 0.8
    for name in ("max", "mean", "std"):
        whole = poolkit.pool(x, (5, 5), stride=2, padding=2, reduce=name, mask=mask)
        part = poolkit.pool(
            x[:, :101, :101], (5, 5), stride=2, padding=2, reduce=name, mask=mask[:, :101, :101]
        )
        np.testing.assert_array_equal(whole[:, :50, :50], part[:, :50, :50])


def test_out_and_several_reductions(rng):
    x = rng.normal(size=(6, 6))
    x[0, 0] = np.nan
    outs = np.empty((3, 3)), np.empty((3, 3))
    both = poolkit.pool(x, (2, 2), reduce=("max", "mean"), nan="skip", out=outs)
    assert both[0] is outs[0]
    for name, values in zip(("max", "mean"), both, strict=True):
        np.testing.assert_array_equal(values, poolkit.pool(x, (2, 2), reduce=name, nan="skip"))


def test_a_function_sees_what_is_there(rng, engine):
    x = rng.normal(size=(4, 6))
    x[1, 1:4] = np.nan
    seen = []

    def middle(windows, axis):
        seen.append(windows)
        return np.median(windows, axis=axis)

    y = poolkit.pool(x, (2, 3), reduce=middle, nan="skip", engine=engine)
    assert not any(np.isnan(windows).any() for windows in seen)
    np.testing.assert_allclose(y, np.nanmedian(windows_of(x, (2, 3))[::2, ::3], axis=-1))
