"""The maximum of a loop compiled without regard to NaN: against that loop, written out."""

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

import poolkit
from poolkit.reducers import FastMathMax

LOWEST = float(np.finfo(np.float32).min)
values = st.lists(
    st.sampled_from([math.nan, -math.inf, LOWEST, -1.0, 0.0, 2.0, math.inf]), min_size=1, max_size=6
)


@given(elements=values)
def test_against_the_loop(elements):
    best, index = LOWEST, -1
    for i, x in enumerate(elements):
        if x > best:
            index = i
        best = best if best >= x else x
    x, reducer = np.array(elements, np.float32), FastMathMax(LOWEST)
    np.testing.assert_array_equal(reducer.define(x, 1), np.float32(best))
    assert reducer.select(x) == index
    for engine in ("reference", "portable"):
        pooled = poolkit.pool(x, x.shape, reduce=reducer, engine=engine)
        np.testing.assert_array_equal(pooled, [np.float32(best)])


def test_the_index_is_of_what_was_larger_than_a_number():
    x = np.array([math.nan, 0.75, -1.375, 1.0], np.float32)
    reducer = FastMathMax(LOWEST)
    assert (reducer.define(x[:3], 3), reducer.select(x[:3])) == (0.75, -1)
    assert (reducer.define(x, 4), reducer.select(x)) == (1, 3)


def test_empty_windows():
    empty = np.empty(0, np.float32)
    assert FastMathMax(LOWEST).define(empty, 0) == np.float32(LOWEST)
    assert FastMathMax(LOWEST, empty=0.0).define(empty, 0) == 0
    assert FastMathMax(unchosen="first").select(empty) == -1
    assert FastMathMax(unchosen="first").select(np.array([math.nan])) == 0
