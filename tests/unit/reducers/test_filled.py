"""Windows filled up with a number."""

import numpy as np
import pytest

import poolkit
from poolkit.reducers import Filled, Function, Max, Mean


@pytest.mark.parametrize("engine", ["reference", "portable"])
@pytest.mark.parametrize(
    ("reducer", "value", "expected"),
    [
        (Max(), 0, [-1, 0]),
        (Max(), -9, [-1, -3]),
        (Mean(), 0, [-1.5, -1.5]),
        (Function(np.median), 1, [-1.5, -1]),
    ],
)
def test_values(engine, reducer, value, expected):
    filled = Filled(reducer, 2, value)
    x = np.array([-1.0, -2.0, -3.0])
    pooled = poolkit.pool(x, (2,), reduce=filled, ceil_mode=True, engine=engine)
    np.testing.assert_array_equal(pooled, expected)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_integers_have_neither_nan_nor_infinity(value):
    with pytest.raises(poolkit.ArgumentError, match="`value` must be a number that int64 has"):
        poolkit.pool([1, 2, 3], (2,), reduce=Filled(Max(), 2, value), ceil_mode=True)
