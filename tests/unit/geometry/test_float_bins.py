"""Bins by float32 quotients: some are an element longer than exact ones."""

import pytest

from poolkit import WindowFitError
from poolkit.geometry import Adaptive
from poolkit.geometry.float_bins import float_bins


def test_known_departures():
    """The text of torch/nn's SpatialAdaptiveMaxPooling.c, worked out in float32."""
    assert float_bins(13, 13)[5:8] == ((5, 6), (6, 8), (7, 8))
    assert [stop - begin for begin, stop in float_bins(21, 7)] == [4, 4, 3, 4, 3, 3, 3]


@pytest.mark.parametrize("length", [1, 2, 5, 10, 48])
def test_bins_cover_the_axis_in_order_and_hold_the_exact_ones(length):
    for bins in range(1, 2 * length):
        spans = float_bins(length, bins)
        assert spans[0][0] == 0
        assert spans[-1][1] == length
        assert list(spans) == sorted(spans)
        exact = Adaptive(bins).bind(length)
        for number, (begin, stop) in enumerate(spans):
            inside = exact.inside(number)
            assert begin <= inside.start
            assert inside.stop <= stop <= inside.stop + 1


def test_an_empty_axis_is_refused():
    with pytest.raises(WindowFitError, match="0 elements"):
        float_bins(0, 3)
