"""Frameworks' loops of comparisons: against those loops, written out."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import poolkit
from poolkit.reducers import ComparedMax, TiedMax

LOWEST = float(np.finfo(np.float32).min)
values = st.lists(
    st.sampled_from([math.nan, -math.inf, LOWEST, -1.0, 0.0, 2.0, math.inf]), min_size=1, max_size=6
)


def loop(rule: str, least: float, elements: list[float]) -> tuple[float, int]:
    """Return the value and the index that a framework's loop ends with."""
    best, index = (elements[0], 0) if rule == "first" else (least, -1)
    for i, x in enumerate(elements):
        taken = {
            "propagate": x > best or math.isnan(x) or (index < 0 and x == best),
            "skip": x > best,
            "first": x > best,
            "last": not best >= x,
        }[rule]
        if taken:
            best, index = x, i
    return best, index


@pytest.mark.parametrize(
    ("rule", "least"),
    [
        ("propagate", -math.inf),
        ("skip", LOWEST),
        ("skip", -math.inf),
        ("first", LOWEST),
        ("last", LOWEST),
    ],
)
@given(elements=values)
def test_against_the_loop(rule, least, elements):
    reducer = ComparedMax(rule, least, index_of_nan="last")
    x = np.array(elements, np.float32)
    best, index = loop(rule, least, elements)
    np.testing.assert_array_equal(reducer.define(x, 1), np.float32(best))
    assert reducer.select(x) == index


@given(elements=values)
def test_the_usual_result_is_mended_or_refused(elements):
    x = np.array(elements, np.float32)
    for rule, least in (("propagate", -math.inf), ("skip", LOWEST), ("first", 0), ("last", LOWEST)):
        reducer = ComparedMax(rule, least)
        usual = np.array([reducer.usual().define(x, 1)])
        index = np.array([reducer.usual().select(x)])
        if reducer.from_usual(usual, index):
            np.testing.assert_array_equal(usual[0], reducer.define(x, 1))
            assert index[0] == reducer.select(x)
        else:
            assert np.isnan(elements).any()


def test_the_lowest_number_is_that_of_the_dtype():
    far_below = float(np.finfo(np.float64).min)
    for dtype in (np.float16, np.float32, np.float64):
        pooled = ComparedMax("skip", far_below).define(np.full(3, -np.inf, dtype), 3)
        assert pooled == np.finfo(dtype).min
        assert pooled.dtype == dtype


def test_empty_windows():
    assert ComparedMax("skip", LOWEST).define(np.empty(0, np.float32), 0) == np.float32(LOWEST)
    assert ComparedMax("skip", LOWEST, empty=0.0).define(np.empty(0, np.float32), 0) == 0
    assert ComparedMax(unchosen="first").select(np.empty(0)) == -1


def test_a_rule_that_is_none_is_refused():
    with pytest.raises(poolkit.ArgumentError, match="`nan` must be one of propagate"):
        ComparedMax("ignore")


@pytest.mark.parametrize(("split", "expected"), [(False, [1, 2, 1]), (True, [0.5, 1, 0.5])])
def test_every_tied_element_gets_the_gradient(split, expected):
    x = np.array([5.0, 5.0, 5.0])
    _, pullback = poolkit.vjp(poolkit.pool1d, x, 2, stride=1, reduce=TiedMax(split))
    np.testing.assert_array_equal(pullback(np.ones(2)), expected)
