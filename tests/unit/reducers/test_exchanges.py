"""Exchange networks sort; they need fewer exchanges where fewer ranks are wanted."""

from itertools import product

import numpy as np
import pytest

from poolkit.reducers.exchanges import exchanges, pick_ordered


@pytest.mark.parametrize("count", range(1, 13))
def test_zeros_and_ones_are_sorted(count):
    # A network that sorts all sequences of zeros and ones sorts everything.
    elements = list(np.array(list(product((0, 1), repeat=count)), np.uint8).T)
    expected = np.sort(elements, axis=0)
    np.testing.assert_array_equal(pick_ordered(elements, tuple(range(count))), expected)
    for rank in range(count):
        np.testing.assert_array_equal(pick_ordered(elements, (rank,)), expected[[rank]])


@pytest.mark.parametrize("count", [16, 25, 33, 49, 81])
def test_many_elements(count, rng):
    elements = list(rng.integers(0, 40, (count, 50)))
    ranks = (0, count // 3, count - 1)
    expected = np.sort(elements, axis=0)[list(ranks)]
    np.testing.assert_array_equal(pick_ordered(elements, ranks), expected)


@pytest.mark.parametrize("place", range(9))
@pytest.mark.parametrize("rank", range(9))
def test_nan_reaches_every_rank(place, rank, rng):
    elements = list(rng.normal(size=(9, 20)))
    elements[place][::2] = np.nan
    (picked,) = pick_ordered(elements, (rank,))
    np.testing.assert_array_equal(np.isnan(picked), np.arange(20) % 2 == 0)


def test_unneeded_exchanges_are_left_out():
    assert len(exchanges(9, (8,))) == len(exchanges(9, (0,))) == 8
    assert len(exchanges(9, (7, 8))) == 8 + 7
    assert len(exchanges(9, (4,))) < len(exchanges(9, tuple(range(9))))
    assert exchanges(1, (0,)) == ()
