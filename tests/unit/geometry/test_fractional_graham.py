"""Graham's regions: worked by hand, and the laws of the paper."""

from itertools import pairwise
from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from poolkit import ArgumentError, WindowFitError
from poolkit.geometry import Fractional
from poolkit.geometry.fractional_graham import (
    graham_boundaries,
    graham_spans,
    shuffled_boundaries,
)

samples = st.floats(0, 1, exclude_max=True)


@pytest.mark.parametrize(
    ("length", "count", "sample", "expected"),
    [
        (25, 18, 0.0, (0, 2, 3, 5, 6, 7, 9, 10, 12, 13, 14, 16, 17, 19, 20, 21, 23, 24, 25)),
        (6, 4, 0.5, (0, 2, 3, 5, 6)),  # α = 1.5: ⌈0.75⌉ = 1, ⌈2.25⌉ = 3, 4, ⌈5.25⌉ = 6, 7
        (6, 4, 0.25, (0, 1, 3, 4, 6)),  # ⌈0.375⌉ = 1, ⌈1.875⌉ = 2, 4, ⌈4.875⌉ = 5, 7
        (8, 4, 0.9, (0, 2, 4, 6, 8)),
        (5, 5, 0.3, (0, 1, 2, 3, 4, 5)),
        (5, 1, 0.3, (0, 5)),
        (9, 2, 0.0, (0, 5, 9)),  # α = 4.5
    ],
)
def test_pseudorandom_windows_worked_by_hand(length, count, sample, expected):
    assert graham_boundaries(length, count, sample) == expected


@given(st.integers(1, 60), st.data(), samples, st.integers(0, 2**63 - 1))
def test_increments_are_of_two_sizes_and_sum_to_the_length(length, data, sample, seed):
    count = data.draw(st.integers(1, length))
    both = graham_boundaries(length, count, sample), shuffled_boundaries(length, count, seed)
    for boundaries in both:
        increments = [after - before for before, after in pairwise(boundaries)]
        assert boundaries[0] == 0
        assert sum(increments) == length
        assert len(increments) == count
        assert set(increments) <= {length // count, ceil(length / count)}
        if 1 < length / count < 2:
            assert set(increments) == {1, 2}


@given(st.integers(2, 40), st.data(), samples)
def test_regions_cover_the_axis_and_overlap_by_one(length, data, sample):
    boundaries = graham_boundaries(length, data.draw(st.integers(1, length)), sample)
    disjoint, overlapping = (graham_spans(boundaries, overlaps) for overlaps in (False, True))
    assert [i for low, high in disjoint for i in range(low, high)] == list(range(length))
    for (low, high), (first, stop) in zip(disjoint, overlapping, strict=True):
        assert first == low
        assert stop == min(high + 1, length)


def test_the_order_of_increments_is_random():
    found = {shuffled_boundaries(7, 4, seed) for seed in range(200)}
    assert len(found) == 4  # three twos and a one


def test_samples_move_the_increments_about():
    """The one window of one element may be any.

    It is decided by α·u modulo 1, which passes through 0 to 3/4 twice and 3/4 to 1 once.
    """
    places = [graham_boundaries(7, 4, (sample + 0.5) / 700) for sample in range(700)]
    ones = [next(o for o in range(4) if b[o + 1] - b[o] == 1) for b in places]
    assert sorted(ones.count(o) for o in range(4)) == [100, 200, 200, 200]


def test_windows_of_any_length():
    fixed, ratio = Fractional(4, False, 0.5), Fractional(0.5, True, None, 3)
    assert [fixed.bind(n).count for n in (4, 7, 30)] == [4, 4, 4]
    assert [ratio.bind(n).count for n in (1, 4, 9)] == [1, 2, 4]
    assert Fractional(None, False, 0.5).bind(6).spans == tuple((i, i + 1) for i in range(6))


def test_refusals():
    with pytest.raises(WindowFitError, match="5 windows, each begun at least one element after"):
        graham_boundaries(4, 5, 0.5)
    with pytest.raises(WindowFitError, match="0 elements"):
        Fractional(2, True, 0.5).bind(0)
    for sample in (1.0, -0.1, float("nan")):
        with pytest.raises(ArgumentError, match="samples"):
            graham_boundaries(4, 2, sample)
