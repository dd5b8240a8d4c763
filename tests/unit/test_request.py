"""What operators remember, where they put results, and the indices they return."""

import marshal

import ml_dtypes
import numpy as np
import pytest

import poolkit

X = np.arange(64.0).reshape(1, 1, 8, 8)


def test_equal_arguments_of_other_types_are_not_the_same_request():
    """2, 2.0 and True are equal and have one hash: what one was allowed another is not."""
    for _ in range(2):
        assert poolkit.max_pool2d(X, 2).shape == (1, 1, 4, 4)
        assert poolkit.max_pool2d(X, (2, 2)).shape == (1, 1, 4, 4)
        for wrong in (2.0, (2.0, 2), (2, 2.0), [2.0, 2.0]):
            with pytest.raises(poolkit.ArgumentTypeError):
                poolkit.max_pool2d(X, wrong)
        assert poolkit.max_pool2d(X, 2, stride=1).shape == (1, 1, 7, 7)
        with pytest.raises(poolkit.ArgumentTypeError):
            poolkit.max_pool2d(X, 2, stride=True)
        with pytest.raises(poolkit.ArgumentTypeError):
            poolkit.max_pool2d(X, 2, stride=1, ceil_mode=0)


def test_numbers_whose_bytes_are_another_number():
    """NumPy's numbers are written as their bytes alone, which are not remembered."""
    two = np.int64(2)
    twin = np.array(two).view(np.float64)[()]
    assert marshal.dumps(two, 2) == marshal.dumps(twin, 2)
    assert poolkit.max_pool2d(X, two).shape == (1, 1, 4, 4)
    with pytest.raises(poolkit.ArgumentTypeError):
        poolkit.max_pool2d(X, twin)


def test_one_request_serves_many_shapes_dtypes_and_layouts(rng):
    for _ in range(2):
        for shape in [(2, 3, 8, 8), (2, 3, 8, 9), (3, 2, 8, 8), (8, 8)]:
            for dtype in (np.float32, np.float64, np.uint8, ">f4"):
                x = (rng.random(shape) * 99).astype(dtype)
                for laid_out in (x, np.asfortranarray(x), x[..., ::-1]):
                    actual = poolkit.max_pool2d(laid_out, 2)
                    expected = poolkit.max_pool2d(laid_out, 2, engine="portable")
                    np.testing.assert_array_equal(actual, expected)
                    assert actual.dtype == np.dtype(dtype).newbyteorder("=")


def test_more_requests_and_shapes_than_are_remembered():
    for size in range(1, 300):
        assert poolkit.max_pool1d(np.arange(float(size)), size)[0] == size - 1
        assert poolkit.max_pool1d(np.arange(float(size)), 1)[-1] == size - 1


@pytest.mark.parametrize("dtype", ["float32", "float64", "uint8", ml_dtypes.bfloat16])
def test_out(dtype, engine):
    x = X.astype(dtype)
    for operator, arguments in [
        (poolkit.max_pool2d, {}),
        (poolkit.avg_pool2d, {"stride": 1}),
        (poolkit.std_pool2d, {}),
    ]:
        expected = operator(x, 3, engine=engine, **arguments)
        out = np.zeros(expected.shape, expected.dtype)
        assert operator(x, 3, engine=engine, out=out, **arguments) is out
        np.testing.assert_array_equal(out, expected)
        spaced = np.zeros((*expected.shape, 2), expected.dtype)[..., 0]
        operator(x, 3, engine=engine, out=spaced, **arguments)
        np.testing.assert_array_equal(spaced, expected)
    total = np.zeros((1, 1), np.float64)
    assert poolkit.global_max_pool2d(X, out=total) is total
    assert total == 63


def test_out_of_another_layout(rng):
    x = np.moveaxis(rng.normal(size=(2, 9, 9, 5)), -1, 1)
    for _ in range(2):
        expected = poolkit.max_pool2d(x, 3)
        assert np.moveaxis(expected, 1, -1).flags.c_contiguous
        for out in (np.zeros(expected.shape), np.zeros_like(expected)):
            assert poolkit.max_pool2d(x, 3, out=out) is out
            np.testing.assert_array_equal(out, poolkit.max_pool2d(x, 3, engine="portable"))


def test_out_may_be_the_input(engine):
    x = X.copy()
    expected = poolkit.max_pool2d(x, 3, stride=1, padding=1)
    assert poolkit.max_pool2d(x, 3, stride=1, padding=1, out=x, engine=engine) is x
    np.testing.assert_array_equal(x, expected)


def test_a_wrong_out_is_left_alone():
    for wrong in (np.zeros((1, 1, 4, 5)), np.zeros((1, 1, 4, 4), np.float32)):
        with pytest.raises(poolkit.ArgumentError, match="`out` must"):
            poolkit.max_pool2d(X, 2, out=wrong)
        assert not wrong.any()
    with pytest.raises(poolkit.ArgumentTypeError, match="`out` must"):
        poolkit.max_pool2d(X, 2, out=[0])
    fixed = np.zeros((1, 1, 4, 4))
    fixed.flags.writeable = False
    with pytest.raises(poolkit.ArgumentError, match="read-only"):
        poolkit.max_pool2d(X, 2, out=fixed)
    with pytest.raises(poolkit.ArgumentError, match="read-only"):
        poolkit.range_pool2d(X, 2, out=fixed)


def test_indices_of_every_family(engine):
    values, indices = poolkit.max_pool2d(X, 2, return_indices=True, engine=engine)
    np.testing.assert_array_equal(X.reshape(-1)[indices], values)
    assert indices.dtype == np.int64
    values, indices = poolkit.adaptive_min_pool2d(X, 3, return_indices=True, engine=engine)
    np.testing.assert_array_equal(X.reshape(-1)[indices], values)
    values, indices = poolkit.global_max_pool2d(X, return_indices=True, engine=engine)
    assert values == indices == 63
    assert values.shape == indices.shape == (1, 1)


def test_ties_and_nan_go_to_the_first(engine):
    x = np.array([[-0.0, 0.0, 5.0], [0.0, 5.0, np.nan], [np.nan, 1.0, 1.0]])
    for dtype in (np.float64, np.float16, ml_dtypes.bfloat16):
        given = x.astype(dtype)
        _, indices = poolkit.max_pool(given, (2, 2), stride=1, return_indices=True, engine=engine)
        np.testing.assert_array_equal(indices, [[4, 5], [6, 5]])
        _, indices = poolkit.min_pool(given, (1, 3), return_indices=True, engine=engine)
        np.testing.assert_array_equal(indices, [[0], [5], [6]])


@pytest.mark.parametrize("engine", ["compiled", "portable"])
@pytest.mark.parametrize("shape", [(2, 3, 9, 10), (3, 40)], ids=str)
def test_out_takes_values_and_indices(shape, engine, rng):
    x = rng.integers(0, 5, shape).astype(np.float32)
    arguments = {"stride": 1, "axes": -1, "return_indices": True, "engine": engine}
    values, indices = poolkit.max_pool(x, 3, **arguments)
    for outs in (
        (np.empty_like(values), np.empty_like(indices)),
        (np.empty(values.shape[::-1], values.dtype).T, np.empty(indices.shape[::-1], np.int64).T),
    ):
        for _ in range(2):  # asked for the first time, and remembered
            returned = poolkit.max_pool(x, 3, out=outs, **arguments)
            assert returned[0] is outs[0]
            assert returned[1] is outs[1]
            np.testing.assert_array_equal(outs[0], values)
            np.testing.assert_array_equal(outs[1], indices)


def test_indices_are_returned_by_extremes_alone():
    with pytest.raises(TypeError, match="return_indices"):
        poolkit.sum_pool1d([1, 2], 2, return_indices=True)
    with pytest.raises(poolkit.ArgumentTypeError, match="`return_indices` must be True or False"):
        poolkit.max_pool1d([1, 2], 2, return_indices=1)
