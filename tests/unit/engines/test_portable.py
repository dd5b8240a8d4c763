"""The portable engine: its ways of folding, and the memory it takes."""

import tracemalloc

import numpy as np
import pytest

import poolkit
from poolkit.engines import fold_axis as folding
from poolkit.engines.fold_axis import element_slices, fold_axis, identity
from poolkit.engines.portable import PART_ELEMENTS
from poolkit.geometry import Rounding, Sliding, SlidingWindows


def fold_by_hand(combine, x, windows):
    elements = [[x[i] for i in windows.inside(o)] for o in range(windows.count)]
    of_nothing = {np.maximum: -np.inf, np.minimum: np.inf, np.add: 0.0}[combine]
    return np.array([combine.reduce(values, initial=of_nothing) for values in elements])


@pytest.mark.parametrize("combine", [np.maximum, np.minimum, np.add])
@pytest.mark.parametrize("stride", [1, 2, 3, 7])
@pytest.mark.parametrize("kernel_size", [1, 2, 7, 8, 31, 64, 100])
def test_every_way_of_folding(combine, kernel_size, stride, rng):
    x = rng.integers(-9, 9, 300).astype(float)
    for low, high in [(0, 0), (kernel_size - 1, 0), (1 if kernel_size > 1 else 0, kernel_size - 1)]:
        for rounding in Rounding:
            windows = Sliding(kernel_size, stride, 1, (low, high), rounding).bind(300)
            expected = fold_by_hand(combine, x, windows)
            for way in (folding._fold_by_window, folding._fold_by_block):
                np.testing.assert_array_equal(way(combine, x, 0, windows, x.dtype), expected)
            folded = fold_axis(combine, x, 0, windows, x.dtype)
            np.testing.assert_array_equal(folded, expected)


def test_large_windows_are_folded_by_block(monkeypatch):
    taken = []
    by_block = folding._fold_by_block
    monkeypatch.setattr(folding, "_fold_by_block", lambda *args: taken.append(1) or by_block(*args))
    poolkit.max_pool1d(np.zeros(1000), 127, stride=1, engine="portable")
    assert taken


@pytest.mark.parametrize("dtype", ["bool", "int8", "uint16", "int64", "float16", "float64"])
def test_identities_change_nothing(dtype, rng):
    values = rng.integers(0, 2, 20).astype(dtype)
    for combine in (np.maximum, np.minimum, np.add, np.multiply):
        neutral = np.full(20, identity(combine, np.dtype(dtype)), dtype)
        np.testing.assert_array_equal(combine(values, neutral), values)


def test_element_slices():
    windows = SlidingWindows(5, 3, 3, 2, 1, 1, 1)  # positions −1 0 1 · 1 2 3 · 3 4 5
    assert element_slices(windows, 0) == (slice(1, 5, 2), slice(1, 3))
    assert element_slices(windows, 1) == (slice(0, 6, 2), slice(0, 3))
    assert element_slices(windows, 2) == (slice(1, 5, 2), slice(0, 2))


@pytest.mark.parametrize("name", ["max", "mean", "lp", "std", "range"])
@pytest.mark.parametrize(
    ("shape", "kernel_size", "stride"),
    [
        ((2048, 2048), 2, 2),
        ((2048, 2048), 71, 1),
        ((2048, 2048), 512, 512),
        ((2048, 2048), 2048, 1),
        ((1 << 22,), 1 << 21, 1 << 20),
    ],
)
def test_memory_is_bounded_by_the_output(name, shape, kernel_size, stride):
    """Whatever the window: no copy of the input, no array of windows."""
    if name in ("lp", "std") and kernel_size == 71:
        kernel_size = 5  # not separable: one pass for each of its elements
    x = np.ones(shape, np.float32)
    operator = getattr(poolkit, f"pool{len(shape)}d")
    tracemalloc.start()
    try:
        pooled = operator(x, kernel_size, stride=stride, reduce=name, engine="portable")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    # A part and its accumulators in float64; a part may be as long as two windows' overlap.
    overlap = 2 * min(kernel_size, shape[0]) * (shape[1] if len(shape) == 2 else 1)
    working = 8 * max(PART_ELEMENTS, 0 if name == "max" else overlap // kernel_size)
    assert peak - pooled.nbytes < 5 * working + 2 * pooled.nbytes
    assert (
        peak < 5 * working + 2 * pooled.nbytes + 4 * x.nbytes // 3 or pooled.nbytes > x.nbytes // 2
    )


def test_functions_see_bounded_pieces():
    largest = 0

    def spy(windows, axis):
        nonlocal largest
        largest = max(largest, windows.size)
        return windows.max(axis=axis)

    x = np.random.default_rng(0).normal(size=(300, 400))
    pooled = poolkit.pool2d(x, 15, stride=1, padding=7, reduce=spy, engine="portable")
    np.testing.assert_array_equal(pooled, poolkit.max_pool2d(x, 15, stride=1, padding=7))
    assert largest < 20 * PART_ELEMENTS


def test_a_function_decides_its_dtype():
    x = np.arange(6)
    assert poolkit.pool1d(x, 2, reduce=np.argmax).tolist() == [1, 1, 1]
    assert poolkit.pool1d(x, 2, reduce=np.mean).dtype == np.float64
    assert poolkit.pool1d(x, 2, reduce=lambda windows, axis: windows.any(axis)).dtype == bool


def test_infinities_and_nan_raise_no_warnings():
    x = np.array([np.inf, -np.inf, np.nan, 1e300, 1e300, -1e300, 0.0, 0.0])
    for name in poolkit.reducers.NAMED:
        for engine in ("portable", "reference"):
            poolkit.pool1d(x, 2, reduce=name, engine=engine)
            poolkit.pool1d(
                np.array([6e4, 6e4, np.inf, -np.inf], np.float16), 2, reduce=name, engine=engine
            )
