"""Weighted windows: where they lie, what they weigh, and what must be so whatever the values."""

from fractions import Fraction
from math import comb, floor

import ml_dtypes  # noqa: F401 - makes bfloat16 known to NumPy
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import poolkit
from poolkit._arguments import area_specification
from poolkit.geometry import AreaWindows, BinomialWindows

FLOATS = ["float16", "bfloat16", "float32", "float64", "longdouble"]
INTEGERS = ["bool", "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64"]
ENGINES = ["reference", "portable", None]

MODES = {
    **{"reflect": "reflect", "symmetric": "symmetric", "replicate": "edge", "circular": "wrap"},
    None: "constant",
}
borders = st.sampled_from(list(MODES))
factors = st.fractions(Fraction(1, 5), 12, max_denominator=40)


def shares(length, factor, number):
    """Return how much of each cell lies in a window, by the definition."""
    start, stop = number * factor, min((number + 1) * factor, Fraction(length))
    overlaps = {i: min(stop, Fraction(i + 1)) - max(start, Fraction(i)) for i in range(length)}
    inside = {i: overlap for i, overlap in overlaps.items() if overlap > 0}
    total = sum(inside.values())
    return {i: overlap / total for i, overlap in inside.items()}


def shares_of_all(length, factor):
    """Return a row of weights for each window."""
    rows = [shares(length, factor, number) for number in range(-(-length // factor))]
    return np.array([[float(row.get(i, 0)) for i in range(length)] for row in rows])


def weights_of(window):
    assert len(set(window.positions)) == len(window.positions) == len(window.weights)
    assert min(window.weights) >= 1
    pairs = zip(window.positions, window.weights, strict=True)
    return {i: Fraction(weight, window.total) for i, weight in pairs}


@given(st.integers(1, 16), factors)
def test_areas_are_overlaps(length, factor):
    windows = AreaWindows(length, factor)
    assert (windows.count - 1) * factor < length <= windows.count * factor
    for number in range(windows.count):
        assert weights_of(windows.window(number)) == shares(length, factor, number)


@given(st.integers(1, 40), st.integers(1, 7), st.integers(1, 5), borders)
def test_binomial_windows_are_those_of_a_padded_axis(length, size, stride, border):
    low, high = (size - 1) // 2, size - 1 - (size - 1) // 2
    outside = {"constant_values": -1} if border is None else {}
    padded = np.pad(np.arange(length), (low, high), MODES[border], **outside)
    begins = range(0, length, stride)
    windows = BinomialWindows(length, size, stride, border)
    assert windows.count == len(begins)
    for number, begin in enumerate(begins):
        expected = dict.fromkeys(range(length), Fraction(0))
        for j, place in enumerate(padded[begin : begin + size].tolist()):
            if place >= 0:
                expected[place] += Fraction(comb(size - 1, j), 2 ** (size - 1))
        found = weights_of(windows.window(number))
        assert found == {i: weight for i, weight in expected.items() if weight}


@given(
    st.builds(AreaWindows, st.integers(1, 60), factors)
    | st.builds(
        BinomialWindows,
        st.integers(1, 60),
        st.integers(1, 7),
        st.integers(1, 5),
        borders,
    )
)
def test_windows_repeat_themselves_as_they_say(windows):
    first, stop, period, step = windows.repetition()
    assert stop <= windows.count
    for number in range(first, stop - period):
        here, later = windows.window(number), windows.window(number + period)
        assert [i + step for i in here.positions] == list(later.positions)
        assert list(here.weights) == list(later.weights)
        assert here.total == later.total


@pytest.mark.parametrize(
    ("number", "fraction"),
    [
        (2.3, Fraction(23, 10)),
        (1 / 3, Fraction(1, 3)),
        (500 / 512, Fraction(125, 128)),
        (1.024, Fraction(128, 125)),
        (np.float32(2.5), Fraction(5, 2)),
        (3, Fraction(3)),
        (Fraction(7, 3), Fraction(7, 3)),
        (5e-324, Fraction("5e-324")),
        (np.pi, None),
    ],
)
def test_a_float_stands_for_the_simplest_fraction_that_rounds_to_it(number, fraction):
    (rule,) = area_specification((number,), None, None).rules
    assert float(rule.factor) == float(number)
    if fraction is not None:
        assert rule.factor == fraction


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("dtype", [*FLOATS, *INTEGERS])
def test_a_constant_stays_that_constant(dtype, engine, rng):
    """Exactly: random constants, in every way that windows can lie, from 500 to 512 and back."""
    for trial in range(12 if engine else 60):
        constant = (rng.normal() * 10.0 ** rng.integers(-4, 5)).astype(dtype)
        if np.dtype(dtype).kind in "biu":
            top = 2 if dtype == "bool" else 2 ** min(8 * np.dtype(dtype).itemsize - 1, 50)
            constant = np.array(rng.integers(0, top)).astype(dtype)
        shape = (9, 14) if engine == "reference" else (9, 50, int(rng.choice([1, 2, 9])))
        x = np.full(shape, constant)
        factor = rng.uniform(0.3, 6) if trial % 2 else float(rng.choice([2.5, 3, 7, 0.7, 1.1]))
        expected = np.asarray(constant if dtype in FLOATS else constant.astype(np.float64))
        border = str(rng.choice(["reflect", "symmetric", "replicate", "circular"]))
        for y in (
            poolkit.area_pool(x, (factor, 1.3), axes=(0, 1), engine=engine),
            poolkit.area_pool(x, factor, axes=1, engine=engine),
            poolkit.blur_pool(
                x, (int(rng.integers(1, 8)), 5), axes=(0, 1), border=border, engine=engine
            ),
        ):
            assert y.dtype == expected.dtype
            assert np.all(y == expected), (factor, border, constant)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("engine", ["portable", None])
def test_there_and_back(dtype, engine, rng):
    constant = rng.random()
    x = np.full((500, 3), constant, dtype)
    there = poolkit.area_pool(x, output_size=512, axes=0, engine=engine)
    back = poolkit.area_pool(there, output_size=500, axes=0, engine=engine)
    assert there.shape == (512, 3)
    assert np.all(there == dtype_of(constant, dtype))
    assert np.all(back == dtype_of(constant, dtype))


def dtype_of(value, dtype):
    return np.dtype(dtype).type(value)


@pytest.mark.parametrize("engine", ENGINES)
def test_the_ends_of_a_dtype_stay_in_it(engine):
    for constant in (np.finfo(np.float64).max, 5e-324, -1e308):
        x = np.full((7, 9), constant)
        assert np.all(poolkit.area_pool2d(x, 2.3, engine=engine) == constant)
        assert np.all(poolkit.blur_pool2d(x, 7, engine=engine) == constant)


@pytest.mark.parametrize("engine", ENGINES)
def test_means_of_integers_that_are_integers_are_exact(engine, rng):
    """So that they may be cut off to integers."""
    for factors in ((3, 3), (7, 2.5), (1.3, 9)):
        x = rng.integers(0, 256, (14, 27)).astype(np.uint8)
        y = poolkit.area_pool2d(x, factors, engine=engine)
        heights, widths = (Fraction(str(factor)) for factor in factors)
        columns = [shares(27, widths, p) for p in range(y.shape[1])]
        for o in range(y.shape[0]):
            row = shares(14, heights, o)
            for p, column in enumerate(columns):
                exact = sum(int(x[i, j]) * row[i] * column[j] for i in row for j in column)
                assert y[o, p] == float(exact)


@pytest.mark.parametrize("engine", ["portable", None])
@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32"])
def test_results_are_within_one_unit_in_the_last_place(engine, dtype, rng):
    x = (rng.normal(size=(40, 53)) * 10.0 ** rng.integers(-3, 4, (40, 53))).astype(dtype)
    for factor in (2.5, 1.7, 0.9):
        exact = Fraction(str(factor))
        down, along = (shares_of_all(length, exact) for length in x.shape)
        expected = down @ x.astype(np.float64) @ along.T
        y = poolkit.area_pool2d(x, factor, engine=engine)
        unit = np.abs(np.spacing(expected.astype(dtype))).astype(np.float64)
        assert np.all(np.abs(y.astype(np.float64) - expected) <= unit)


def areas_that_hold(place, length, factor):
    count = -(-length // factor)
    return np.array([place in shares(length, factor, number) for number in range(count)])


def filters_that_hold(place, length, wrapped):
    reached = [{2 * o - 2 + k for k in range(5)} for o in range(-(-length // 2))]
    return np.array(
        [place in ({i % length for i in each} if wrapped else each) for each in reached]
    )


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_only_windows_that_overlap_it_see_a_nan(engine, dtype, rng):
    for length, width in [(11, 40), (9, 3)]:
        i, j = int(rng.integers(length)), int(rng.integers(width))
        for value in (np.nan, np.inf):
            x = rng.random((length, width)).astype(dtype)
            x[i, j] = value
            for factor in (2.5, 0.4):
                exact = Fraction(str(factor))
                y = poolkit.area_pool2d(x, factor, engine=engine)
                inside = np.logical_and.outer(
                    areas_that_hold(i, length, exact), areas_that_hold(j, width, exact)
                )
                np.testing.assert_array_equal(np.isfinite(y), ~inside)
            for border in ("circular", "zero"):
                wrapped = border == "circular"
                y = poolkit.blur_pool2d(x, 5, border=border, engine=engine)
                inside = np.logical_and.outer(
                    filters_that_hold(i, length, wrapped), filters_that_hold(j, width, wrapped)
                )
                np.testing.assert_array_equal(np.isfinite(y), ~inside)


def test_both_infinities_are_nan():
    y = poolkit.area_pool1d([np.inf, -np.inf, 1.0, np.inf, 1.0, 1.0], 1.5)
    np.testing.assert_array_equal(y, [np.nan, -np.inf, np.inf, 1.0])


@pytest.mark.parametrize("engine", ENGINES)
def test_areas_that_divide_the_axis_are_those_of_average_pooling(engine, rng):
    x = rng.random((2, 6, 12)).astype(np.float32)
    for operator, args in [
        (poolkit.avg_pool2d, ((3, 2),)),
        (poolkit.adaptive_avg_pool2d, ((2, 6),)),
    ]:
        expected = operator(x, *args)
        np.testing.assert_array_equal(poolkit.area_pool2d(x, (3, 2), engine=engine), expected)
        np.testing.assert_array_equal(
            poolkit.area_pool2d(x, output_size=(2, 6), engine=engine), expected
        )


@pytest.mark.parametrize("engine", ENGINES)
def test_the_last_area_is_what_is_left(engine):
    x = np.array([1.0, 2, 4, 8, 16])
    np.testing.assert_allclose(poolkit.area_pool1d(x, 2, engine=engine), [1.5, 6, 16])
    np.testing.assert_allclose(poolkit.area_pool1d(x, 3.5, engine=engine), [11 / 3.5, 20 / 1.5])
    np.testing.assert_array_equal(poolkit.area_pool1d(x, 99, engine=engine), [6.2])
    assert poolkit.area_pool(x, output_size=None, axes=0, factor=1).tolist() == x.tolist()
    assert poolkit.area_pool(x, output_size=(None,)).tolist() == x.tolist()


@pytest.mark.parametrize("engine", ENGINES)
def test_growing_repeats_elements_where_windows_lie_inside_them(engine):
    x = np.array([1.0, 5.0])
    np.testing.assert_array_equal(poolkit.area_pool1d(x, 0.5, engine=engine), [1, 1, 5, 5])
    np.testing.assert_allclose(poolkit.area_pool1d(x, output_size=3, engine=engine), [1, 3, 5])


@pytest.mark.parametrize("operator", [poolkit.blur_pool2d, poolkit.area_pool2d])
def test_batches_may_be_empty_and_pooled_axes_not(operator):
    assert operator(np.zeros((0, 4, 6)), 2).shape == (0, 2, 3)
    y, pullback = poolkit.vjp(operator, np.zeros((0, 4, 6)), 2)
    assert pullback(y).shape == (0, 4, 6)
    with pytest.raises(poolkit.WindowFitError, match="axis 1: no window fits into 0 elements"):
        operator(np.zeros((3, 0, 6)), 2)


def test_sums_of_weights_of_a_long_axis():
    """A factor with a long period: what is described in turns fits to what is not."""
    x = np.ones(200_003)
    y, pullback = poolkit.vjp(poolkit.area_pool1d, x, 2.345)
    assert len(y) == floor(200_003 / 2.345) + 1
    assert np.all(y == 1)
    np.testing.assert_allclose(pullback(y)[:-3], 1 / 2.345, rtol=1e-12)
