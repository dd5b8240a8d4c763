"""Automatic padding, against the frameworks' published cases."""

import pytest

from poolkit.geometry import AutomaticPadding, Sliding

SAME, SAME_LOWER = AutomaticPadding.SAME, AutomaticPadding.SAME_LOWER


@pytest.mark.parametrize(
    ("length", "kernel_size", "stride", "dilation", "count", "low", "high"),
    [
        (4, 3, 2, 1, 2, 0, 1),
        (5, 3, 2, 1, 3, 1, 1),
        (6, 5, 1, 1, 6, 2, 2),
        (3, 2, 1, 1, 3, 0, 1),
        (10, 2, 5, 1, 2, 0, 0),  # needs less than nothing: no negative padding (A93)
        (7, 3, 2, 2, 4, 2, 2),
    ],
)
def test_same(length, kernel_size, stride, dilation, count, low, high):
    windows = Sliding(kernel_size, stride, dilation, SAME).bind(length)
    assert (windows.count, windows.low, windows.high) == (count, low, high)
    lower = Sliding(kernel_size, stride, dilation, SAME_LOWER).bind(length)
    assert (lower.count, lower.low, lower.high) == (count, high, low)
