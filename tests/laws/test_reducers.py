"""Laws of reducers: what folds compute is what the definition says."""

import numpy as np
import pytest
from conformance.cases import REDUCERS, draw_array

from poolkit.reducers import NAMED, Function, Reducer, find


@pytest.mark.parametrize("dtype", ["float32", "float64", "int16", "uint8", "bool"])
@pytest.mark.parametrize("reducer", REDUCERS, ids=str)
def test_finished_folds_are_the_definition(reducer: Reducer, dtype: str, rng):
    for size in (1, 2, 3, 9):
        values = draw_array(rng, (size,), dtype)
        values = np.where(np.isfinite(values), values, 1).astype(dtype)
        count = np.asarray(float(size))
        accumulated = values.astype(reducer.accumulator_dtype(values.dtype))
        with np.errstate(all="ignore"):
            folded: tuple[np.ndarray, ...] = ()
            for fold in reducer.folds:
                lifted = fold.lift(accumulated, folded, count) if fold.lift else accumulated
                folded = (*folded, np.asarray(fold.combine.reduce(lifted, dtype=lifted.dtype)))
            finished = reducer.finish(folded, count)
            defined = reducer.define(values, float(size))
        dtype_out = reducer.result_dtype(values.dtype)
        np.testing.assert_allclose(
            finished.astype(dtype_out), np.asarray(defined).astype(dtype_out), rtol=1e-6, atol=1e-5
        )


@pytest.mark.parametrize("reducer", REDUCERS, ids=str)
def test_combining_is_associative_and_commutative(reducer: Reducer, rng):
    a, b, c = rng.integers(-5, 6, (3, 50)).astype(np.float64)
    for fold in reducer.folds:
        f = fold.combine
        np.testing.assert_array_equal(f(a, b), f(b, a))
        np.testing.assert_array_equal(f(f(a, b), c), f(a, f(b, c)))


@pytest.mark.parametrize("reducer", REDUCERS, ids=str)
def test_definition_reduces_the_last_axis(reducer: Reducer, rng):
    values = rng.normal(size=(3, 4, 5))
    rows = [[reducer.define(row, 5.0) for row in plane] for plane in values]
    np.testing.assert_allclose(reducer.define(values, 5.0), rows, rtol=1e-14)


def test_names_find_their_reducers():
    for name, reducer in NAMED.items():
        assert find(name) == reducer()
        assert find(reducer()) == reducer()
    assert find(np.median) == Function(np.median)
