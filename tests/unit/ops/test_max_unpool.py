"""Values put back by their indices, against the definition written out here."""

import ml_dtypes
import numpy as np
import pytest
from gradients.differences import check_derivative

import poolkit
from poolkit.engines import recipe


def put_back(x, indices, lengths, repeated="last"):
    """Put value after value, in row-major order; `lengths` are those of the pooled axes."""
    shape = tuple(lengths.get(axis, n) for axis, n in enumerate(x.shape))
    y = np.zeros(shape, x.dtype)
    for o in np.ndindex(x.shape):
        if indices[o] == -1:
            continue
        at = list(o)
        along = np.unravel_index(indices[o], tuple(lengths.values()))
        for axis, place in zip(lengths, along, strict=True):
            at[axis] = place
        y[tuple(at)] = x[o] + (y[tuple(at)] if repeated == "sum" else 0)
    return y


@pytest.fixture(params=["kernels", "numpy"])
def way(request, monkeypatch):
    """Put values by the kernels, and by NumPy where there are none."""
    if request.param == "numpy":
        monkeypatch.setattr("poolkit.engines.placing.kernels", None)
    elif recipe.kernels is None:
        pytest.skip(f"no kernels: {recipe.absence}")


def layouts(x):
    """Yield the array in several orders in memory, and what it is read from."""
    yield x
    yield np.asfortranarray(x)
    yield np.moveaxis(np.ascontiguousarray(np.moveaxis(x, 1, -1)), -1, 1)
    yield np.repeat(x, 2, axis=-1)[..., ::2]
    if x.dtype.kind != "V":
        yield x.astype(x.dtype.newbyteorder(">"))


DTYPES = [
    "float32",
    "float64",
    "float16",
    ml_dtypes.bfloat16,
    "longdouble",
    "int8",
    "int64",
    "bool",
]


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("places", ["int64", "int32", "uint8"])
def test_every_layout_dtype_and_axes(dtype, places, rng, way):
    x = (10 * rng.normal(size=(2, 3, 4, 5))).astype(dtype)
    for axes in [(2, 3), (1, 2), (3,), (1, 3), (0, 1, 2, 3), (3, 1)]:
        indices, lengths = distinct(x.shape, axes, rng)
        indices = indices.astype(places)
        expected = put_back(x, indices, lengths)
        for laid in layouts(x):
            for found in (indices, np.asfortranarray(indices)):
                y = poolkit.max_unpool(laid, found, (2,) * len(axes), axes=axes)
                np.testing.assert_array_equal(y, expected)
                assert y.dtype == x.dtype
        out = np.full_like(expected, 7)
        assert poolkit.max_unpool(x, indices, (2,) * len(axes), axes=axes, out=out) is out
        np.testing.assert_array_equal(out, expected)


def distinct(shape, axes, rng):
    """Return indices that differ in each plane of axes twice as long, and those lengths."""
    lengths = {axis: 2 * shape[axis] for axis in sorted(axes)}
    size = int(np.prod([shape[axis] for axis in axes]))
    indices = np.empty(shape, np.int64)
    moved = np.moveaxis(indices, sorted(axes), range(-len(axes), 0))
    for plane in np.ndindex(moved.shape[: len(shape) - len(axes)]):
        drawn = rng.permutation(min(250, int(np.prod(list(lengths.values())))))[:size]
        moved[plane] = drawn.reshape(moved[plane].shape)
    return indices, lengths


def test_out_that_is_read_from_or_lies_otherwise(rng):
    x = rng.normal(size=(3, 4))
    indices = np.tile(np.array([0, 3, 4, 6]), (3, 1))
    expected = put_back(x, indices, {1: 8})
    room = np.zeros((3, 16))
    assert poolkit.max_unpool1d(x, indices, 2, out=room[:, ::2]).base is room
    np.testing.assert_array_equal(room[:, ::2], expected)
    room = np.zeros((3, 8))
    room[:, :4] = x
    poolkit.max_unpool1d(room[:, :4], indices, 2, out=room)
    np.testing.assert_array_equal(room, expected)
    with pytest.raises(poolkit.ArgumentError, match="shape"):
        poolkit.max_unpool1d(x, indices, 2, out=np.zeros((3, 9)))


def test_many_planes_are_put_by_many_threads_alike(rng):
    x = rng.normal(size=(40, 5, 30, 30)).astype(np.float32)
    y, indices = poolkit.max_pool2d(x, 3, stride=2, return_indices=True)
    try:
        found = []
        for threads in (1, 2, 7):
            poolkit.set_num_threads(threads)
            found.append(poolkit.max_unpool2d(y, indices, 3, stride=2, output_size=(30, 30)))
    finally:
        poolkit.set_num_threads(None)
    assert np.array_equal(found[0], found[1])
    assert np.array_equal(found[0], found[2])
    np.testing.assert_array_equal(found[0], np.where(found[0] != 0, x, 0))
    assert set(np.unique(y)) <= set(np.unique(found[0]))


@pytest.mark.parametrize("size", [(540, 960), (541, 963), (7, 9)])
def test_round_trip_of_odd_sizes(size, rng):
    """Three times down and up again: only `output_size` brings odd sizes back."""
    x = rng.random((1, 1, *size))
    sizes, found, y = [], [], x
    for _ in range(3 if min(size) > 8 else 2):
        sizes.append(y.shape)
        y, indices = poolkit.max_pool2d(y, 2, return_indices=True)
        found.append(indices)
    for shape, indices in zip(sizes[::-1], found[::-1], strict=True):
        y = poolkit.max_unpool2d(y, indices, 2, output_size=shape)
    assert y.shape == x.shape
    kept = y != 0
    assert kept.sum() == found[-1].size
    np.testing.assert_array_equal(y[kept], x[kept])


def test_lengths_follow_from_the_windows_in_reverse(rng):
    """Pooling what comes out gives as many windows again, whatever was asked for."""
    for _ in range(60):
        k, s, d = (int(n) for n in rng.integers(1, 4, 3))
        low, high = (int(n) for n in rng.integers(0, d * (k - 1) + 1, 2))
        m = int(rng.integers(4, 8))
        y = np.ones((1, m))
        indices = np.arange(m)[np.newaxis]
        given = {"stride": s, "dilation": d, "padding": ((low, high),)}
        n = (m - 1) * s + d * (k - 1) + 1 - low - high
        if n < m:
            continue
        x = poolkit.max_unpool1d(y, indices, k, **given)
        assert x.shape == (1, n)
        assert poolkit.max_pool1d(x, k, **given).shape == (1, m)
        more = poolkit.max_unpool1d(y, indices, k, output_size=n + s - 1, **given)
        assert poolkit.max_pool1d(more, k, **given).shape == (1, m)


def test_dilated_windows_come_back():
    x = np.array([[4.0, 1.0, 3.0, 9.0, 2.0, 8.0, 5.0]])
    y, indices = poolkit.max_pool1d(x, 3, stride=1, dilation=3, return_indices=True)
    unpooled = poolkit.max_unpool1d(y, indices, 3, stride=1, dilation=3)
    np.testing.assert_array_equal(unpooled, [[0, 0, 0, 9, 0, 0, 0]])
    assert unpooled.shape == x.shape


def test_values_of_one_place(way):
    x = np.array([[1.0, 2.0, 3.0, 3.0]])
    indices = np.array([[0, 2, 5, 5]])
    np.testing.assert_array_equal(poolkit.max_unpool1d(x, indices, 2), [[1, 0, 2, 0, 0, 3, 0, 0]])
    differing = np.array([[5, 2, 5, 0]])
    with pytest.raises(poolkit.ArgumentError, match=r"5 for 1.0 at \(0, 0\) and again for 3.0"):
        poolkit.max_unpool1d(x, differing, 2)
    for repeated in ("last", "sum"):
        y = poolkit.max_unpool1d(x, differing, 2, repeated=repeated)
        np.testing.assert_array_equal(y, put_back(x, differing, {1: 8}, repeated))


@pytest.mark.parametrize("values", [[0.0, 5.0], [5.0, 0.0], [0.0, -1.0]])
def test_a_zero_is_a_value_too(values, way):
    with pytest.raises(poolkit.ArgumentError, match="again with the same value"):
        poolkit.max_unpool1d(np.array([values]), np.array([[1, 1]]), 2)


def test_equal_values_of_other_bits_are_equal(way):
    x = np.array([[0.0, -0.0, np.nan, -np.nan]])
    y = poolkit.max_unpool1d(x, np.array([[1, 1, 4, 4]]), 2)
    np.testing.assert_array_equal(y, [[0, 0, 0, 0, np.nan, 0, 0, 0]])


def test_sums_of_halves_are_rounded_once_and_of_integers_wrap():
    x = np.array([[2048.0, 1.0, 1.0]], np.float16)
    y = poolkit.max_unpool1d(x, np.zeros((1, 3), int), 2, repeated="sum")
    assert y[0, 0] == 2050
    assert y.dtype == np.float16
    y = poolkit.max_unpool1d(np.array([[200, 100]], np.uint8), [[3, 3]], 2, repeated="sum")
    np.testing.assert_array_equal(y, [[0, 0, 0, 44]])


def test_nothing_chosen_puts_nothing(way):
    x = np.array([[7.0, 8.0]])
    for repeated in ("error", "last", "sum"):
        y = poolkit.max_unpool1d(x, np.array([[-1, 2]]), 2, repeated=repeated)
        np.testing.assert_array_equal(y, [[0, 0, 8, 0]])
    _, pullback = poolkit.vjp(poolkit.max_unpool1d, x, np.array([[-1, 2]]), 2)
    np.testing.assert_array_equal(pullback(np.array([[1.0, 2.0, 3.0, 4.0]])), [[0, 3]])


@pytest.mark.parametrize("wrong", [-2, 8, 2**31, 2**62, -(2**63)])
def test_an_index_outside_is_named_and_never_followed(wrong, way):
    x, indices = np.ones((3, 4)), np.tile(np.arange(0, 8, 2), (3, 1))
    indices[1, 2] = wrong
    for repeated in ("error", "last", "sum"):
        with pytest.raises(poolkit.ArgumentError) as caught:
            poolkit.max_unpool1d(x, indices, 2, repeated=repeated)
        wanted = f"`indices` must lie in 0 to 7, or be -1 for none; got {wrong} at (1, 2)."
        assert str(caught.value) == wanted
    with pytest.raises(poolkit.ArgumentError, match=r"got 18446744073709551615 at \(0, 0\)"):
        poolkit.max_unpool1d(np.ones((1, 1)), np.array([[2**64 - 1]], np.uint64), 2)


@pytest.mark.parametrize("shape", [(0, 3, 4, 4), (2, 0, 4, 4)])
def test_empty_batches(shape, way):
    y = poolkit.max_unpool2d(np.zeros(shape, np.float32), np.zeros(shape, np.int64), 2)
    assert y.shape == (*shape[:2], 8, 8)
    assert y.dtype == np.float32


@pytest.mark.parametrize("repeated", ["error", "last", "sum"])
def test_derivative(repeated, rng, way):
    for rank in (1, 2, 3):
        x = rng.normal(size=(2, 3, *(2, 3, 4)[:rank]))
        axes = tuple(range(-rank, 0))
        indices, _ = distinct(x.shape, tuple(axis % x.ndim for axis in axes), rng)
        check_derivative(
            poolkit.max_unpool, x, indices, (2,) * rank, repeated=repeated, axes=axes, rng=rng
        )


@pytest.mark.parametrize("repeated", ["last", "sum"])
def test_derivative_where_places_repeat(repeated, rng, way):
    x, indices = rng.normal(size=(5, 6)), rng.integers(-1, 12, (5, 6))
    check_derivative(poolkit.max_unpool1d, x, indices, 2, repeated=repeated, rng=rng)


def test_of_equal_values_the_last_gets_the_gradient(way):
    x, indices = np.array([[3.0, 3.0, 1.0]]), np.array([[4, 4, 0]])
    _, pullback = poolkit.vjp(poolkit.max_unpool1d, x, indices, 2)
    outer = np.array([[10.0, 0.0, 0.0, 0.0, 20.0, 0.0]])
    np.testing.assert_array_equal(pullback(outer), [[0, 20, 10]])


def test_output_size_in_every_form():
    x, indices = np.ones((2, 3, 2, 2)), np.tile(np.array([[0, 1], [5, 6]]), (2, 3, 1, 1))
    for size in [5, (5, 5), [5, 5], (2, 3, 5, 5)]:
        assert poolkit.max_unpool2d(x, indices, 2, output_size=size).shape == (2, 3, 5, 5)
    y = poolkit.max_unpool(x, indices, (2, 2), axes=(3, 2), output_size=(7, 5))
    assert y.shape == (2, 3, 5, 7)
    same = poolkit.max_unpool2d(x, indices, 3, stride=2, padding="same", output_size=4)
    assert same.shape == (2, 3, 4, 4)
