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


@given(elements=values)
def test_the_first_element_that_equals_the_output_may_have_the_index(elements):
    reducer = ComparedMax("last", LOWEST, chosen_by="equal")
    x = np.array(elements, np.float32)
    y = reducer.define(x, 1)
    equal = [i for i, element in enumerate(x) if element == y]
    assert reducer.select(x) == (equal[0] if equal else -1)
    usual, index = np.array([reducer.usual().define(x, 1)]), np.array([reducer.usual().select(x)])
    if reducer.from_usual(usual, index):
        assert (usual[0], index[0]) == (y, reducer.select(x))


@pytest.mark.parametrize(("rule", "other"), [("skip", "first"), ("propagate", "last")])
@given(elements=values)
def test_another_loop_may_find_the_index(rule, other, elements):
    reducer = ComparedMax(rule, LOWEST, chosen_by=other, unchosen="first")
    x = np.array(elements, np.float32)
    best, _ = loop(rule, LOWEST if rule == "skip" else -math.inf, elements)
    _, index = loop(other, LOWEST, elements)
    np.testing.assert_array_equal(reducer.define(x, 1), np.float32(best))
    assert reducer.select(x) == max(index, 0)
    usual = np.array([reducer.usual().define(x, 1)])
    if reducer.from_usual(usual):
        assert usual[0] == reducer.define(x, 1)


@given(elements=values)
def test_tied_maxima_may_skip_nan(elements):
    reducer = TiedMax(nan="skip", least=LOWEST, within=1e-5)
    x = np.array(elements, np.float32)
    best, _ = loop("skip", LOWEST, elements)
    for engine in ("portable", "reference"):
        y = poolkit.pool(x, (len(x),), reduce=reducer, engine=engine)
        np.testing.assert_array_equal(y, [np.float32(best)])
    usual = np.array([reducer.usual().define(x, 1)])
    if reducer.from_usual(usual):
        assert usual[0] == np.float32(best)


def test_what_is_nearly_as_large_may_be_tied():
    x = np.array([5 - 5e-6, 5.0, np.nan, 5 - 2e-5, -np.inf])
    reducer = TiedMax(nan="skip", within=1e-5)
    _, pullback = poolkit.vjp(poolkit.pool1d, x, 5, reduce=reducer)
    np.testing.assert_array_equal(pullback(np.ones(1)), [1, 1, 0, 0, 0])
    _, pullback = poolkit.vjp(poolkit.pool1d, np.full(2, np.inf), 2, reduce=reducer)
    np.testing.assert_array_equal(pullback(np.ones(1)), [0, 0])  # ∞ − ∞ is no number
    with pytest.raises(poolkit.ArgumentError, match="`nan` must be propagate or skip"):
        TiedMax(nan="first")
