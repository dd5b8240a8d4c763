"""Bytes two by two: every instruction set and width, and what is left to other engines."""

import numpy as np
import pytest

import poolkit
from poolkit.engines import recipe
from poolkit.engines.compiled import CompiledEngine
from poolkit.reducers import Mean, RoundedMean

REASON = CompiledEngine().unavailable()
pytestmark = pytest.mark.skipif(REASON is not None, reason=f"engine compiled: {REASON}")
SETS = [] if REASON else CompiledEngine.instruction_sets()


def halved(x, axis):
    """Return the definition: of 2×2 elements the mean, rounded to the nearest, halves up."""
    x = np.moveaxis(x, (axis, axis + 1), (0, 1)).astype(int)
    even = x[: x.shape[0] // 2 * 2, : x.shape[1] // 2 * 2]
    total = even[::2, ::2] + even[1::2, ::2] + even[::2, 1::2] + even[1::2, 1::2]
    rounded = np.floor(total / 4 + 0.5).astype(np.uint8)
    return np.moveaxis(rounded, (0, 1), (axis, axis + 1))


@pytest.fixture(params=SETS)
def instruction_set(request):
    before = CompiledEngine.instruction_set()
    recipe.kernels.set_instruction_set(request.param)
    yield request.param
    recipe.kernels.set_instruction_set(before)


def pool(x, axis, **arguments):
    reduce = RoundedMean()
    return poolkit.pool(
        x, (2, 2), axes=(axis, axis + 1), reduce=reduce, engine="compiled", **arguments
    )


@pytest.mark.parametrize("inner", [1, 2, 3, 4, 5, 70])
def test_every_width(instruction_set, inner, rng):
    for width in [*range(2, 140 if inner < 5 else 8), 515, 1030]:
        x = rng.integers(0, 256, (2, 5, width, inner), dtype=np.uint8)
        np.testing.assert_array_equal(pool(x, 1), halved(x, 1))


def test_every_sum(instruction_set):
    """All sums of four bytes, 0 to 1020, at every place in a vector."""
    sums = np.arange(1021)
    parts = np.stack([(sums + part) // 4 for part in range(4)]).astype(np.uint8)
    x = np.tile(parts.reshape(2, 2, 1021).transpose(0, 2, 1).reshape(2, -1), 3)
    expected = np.tile((sums + 2) // 4, 3).astype(np.uint8)[np.newaxis]
    np.testing.assert_array_equal(pool(x, 0), expected)


def test_any_layout_and_out(rng):
    x = rng.integers(0, 256, (3, 20, 31, 4), dtype=np.uint8)
    expected = halved(x, 1)
    views = [np.asfortranarray(x), x[::-1, :, ::-1], np.repeat(x, 2, 1)[:, ::2]]
    right = [expected, halved(x[::-1, :, ::-1], 1), expected]
    for view, wanted in zip(views, right, strict=True):
        np.testing.assert_array_equal(pool(view, 1), wanted)
        strided = np.zeros((3, 10, 30, 4), np.uint8)[:, :, ::2]
        for out in (np.empty_like(wanted), strided):
            assert pool(view, 1, out=out) is out
            np.testing.assert_array_equal(out, wanted)
    last = np.moveaxis(x, -1, 1)  # the channels lie between, as the axes are
    np.testing.assert_array_equal(pool(last, 2), np.moveaxis(expected, -1, 1))


def test_the_number_of_threads_changes_nothing(rng):
    x = rng.integers(0, 256, (2, 1201, 1003), dtype=np.uint8)
    try:
        for threads in (1, 2, 5):
            poolkit.set_num_threads(threads)
            np.testing.assert_array_equal(pool(x, 1), halved(x, 1))
    finally:
        poolkit.set_num_threads(None)


@pytest.mark.parametrize("shape", [(0, 4, 4), (4, 4, 0)])
def test_empty_batches(shape, rng):
    axis = 1 if shape[0] == 0 else 0
    assert pool(np.zeros(shape, np.uint8), axis).size == 0


@pytest.mark.parametrize(
    ("reduce", "dtype", "arguments"),
    [
        (RoundedMean(), "int8", {}),
        (RoundedMean(), "uint8", {"stride": 1}),
        (RoundedMean(), "uint8", {"padding": 1}),
        (RoundedMean(), "uint8", {"dilation": 2}),
        (RoundedMean(3), "uint8", {}),
    ],
)
def test_other_requests_are_left_to_others(reduce, dtype, arguments, rng):
    x = rng.integers(0, 100, (8, 8)).astype(dtype)
    with pytest.raises(poolkit.UnsupportedError, match="no kernel for RoundedMean"):
        poolkit.pool(x, (2, 2), reduce=reduce, engine="compiled", **arguments)
    pooled = poolkit.pool(x, (2, 2), reduce=reduce, **arguments)
    wanted = poolkit.pool(x, (2, 2), reduce=reduce, engine="reference", **arguments)
    np.testing.assert_array_equal(pooled, wanted)


def test_means_stay_means():
    assert poolkit.pool(np.ones((2, 2), np.uint8), (2, 2), reduce=Mean()).dtype == np.float64


def test_arrays_of_other_shapes_are_refused():
    x = np.zeros((1, 4, 4, 1), np.uint8)
    with pytest.raises(ValueError, match="half as high"):
        recipe.kernels.halve(x, np.zeros((1, 2, 3, 1), np.uint8), 1)
    with pytest.raises(TypeError):
        recipe.kernels.halve(x[:, ::2], np.zeros((1, 1, 2, 1), np.uint8), 1)
