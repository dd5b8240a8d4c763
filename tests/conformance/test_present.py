"""Where elements are missing or count more often, every engine gives the reference's answers."""

import numpy as np
import pytest
from conformance.cases import REDUCERS, Case, assert_agrees, draw_array, plans

from poolkit import UnsupportedError, engines
from poolkit.reducers import Extreme, Max, Min, Range
from poolkit.reducers.dtypes import is_float

CASES = 2_500
DTYPES = ["float16", "bfloat16", "float32", "float64", "bool", "int8", "int32", "uint8", "uint64"]


def draw_weights(rng, shape):
    """Return a mask, or weights that are whole or not."""
    there = rng.random(shape) < rng.choice([0.3, 0.7, 1.0])
    kind = rng.integers(3)
    if kind == 0:
        return there
    often = rng.integers(1, 4, shape) if kind == 1 else 0.25 + rng.random(shape)
    return np.where(there, often, 0)


@pytest.mark.parametrize("wanted", [None, "portable"])
def test_agrees_with_the_reference(wanted):
    rng = np.random.default_rng(7)
    drawn = plans(rng)
    served = 0
    for number in range(CASES):
        plan, reducer = next(drawn), REDUCERS[number % len(REDUCERS)]
        x = draw_array(rng, plan.shape, str(rng.choice(DTYPES)))
        weights = draw_weights(rng, plan.shape)
        if isinstance(reducer, Extreme | Range):
            weights = weights > 0
        if weights.dtype.kind == "f" and not is_float(reducer.result_dtype(x.dtype) or x.dtype):
            x = x.astype(np.float64)
        before = x.copy(), weights.copy()
        try:
            expected, valid = engines.pool_weighted(plan, reducer, x, weights, "reference")
        except UnsupportedError:
            with pytest.raises(UnsupportedError):
                engines.pool_weighted(plan, reducer, x, weights, wanted)
            continue
        actual, there = engines.pool_weighted(plan, reducer, x, weights, wanted)
        case = Case(number, plan, reducer, x, expected)
        np.testing.assert_array_equal(there, valid, err_msg=str(case))
        actual[valid == 0] = expected[valid == 0]
        assert_agrees(case, actual)
        np.testing.assert_array_equal(x.astype(float), before[0].astype(float))
        np.testing.assert_array_equal(weights, before[1])
        served += 1
    assert served > CASES * 0.8


@pytest.mark.parametrize("wanted", [None, "portable"])
@pytest.mark.parametrize("ties", ["first", "last"])
def test_indices_agree_with_the_reference(wanted, ties):
    rng = np.random.default_rng(8)
    drawn = plans(rng)
    for number in range(CASES // 5):
        plan, reducer = next(drawn), (Max(ties), Min(ties))[number % 2]
        x = draw_array(rng, plan.shape, str(rng.choice(DTYPES)))
        mask = rng.random(plan.shape) < 0.6
        expected, places, valid = engines.select_weighted(plan, reducer, x, mask, "reference")
        actual, indices, there = engines.select_weighted(plan, reducer, x, mask, wanted)
        case = Case(number, plan, reducer, x, expected)
        np.testing.assert_array_equal(there, valid, err_msg=str(case))
        np.testing.assert_array_equal(indices, places, err_msg=str(case))
        actual[valid == 0] = expected[valid == 0]
        assert_agrees(case, actual)
