"""The number of windows, on the cases where implementations went wrong."""

import pytest

from poolkit.geometry import Rounding, sliding_count

FLOOR, CEIL = Rounding.FLOOR, Rounding.CEIL


@pytest.mark.parametrize(
    ("length", "extent", "stride", "low", "high", "rounding", "count"),
    [
        pytest.param(7, 1, 2, 0, 0, CEIL, 4, id="B01 width"),
        pytest.param(6, 1, 2, 0, 0, CEIL, 3, id="B01 height: a 4th row would be empty"),
        pytest.param(5, 2, 2, 1, 1, CEIL, 3, id="B02"),
        pytest.param(6, 3, 2, 0, 0, CEIL, 3, id="B03"),
        pytest.param(17, 2, 2, 0, 1, CEIL, 9, id="B15"),
        pytest.param(19199998, 1921, 1, 960, 960, FLOOR, 19199998, id="B19 beyond float32"),
        pytest.param(16777217, 1, 1, 0, 0, FLOOR, 16777217, id="B20 beyond float32"),
        pytest.param(4, 5, 2, 0, 0, FLOOR, 0, id="B21 truncation would give 1"),
        pytest.param(1, 4, 1, 0, 0, CEIL, -2, id="A98"),
        pytest.param(3, 4, 2, 0, 0, CEIL, 1, id="A103 a partial window"),
        pytest.param(6, 3, 2, 1, 1, CEIL, 4, id="window starts in the input"),
    ],
)
def test_count(length, extent, stride, low, high, rounding, count):
    assert sliding_count(length, extent, stride, low, high, rounding) == count


def test_floor_and_ceil_agree_when_the_stride_divides():
    for length in range(1, 30):
        for extent in range(1, length + 1):
            for stride in range(1, 6):
                if (length - extent) % stride == 0:
                    down = sliding_count(length, extent, stride, 0, 0, FLOOR)
                    assert sliding_count(length, extent, stride, 0, 0, CEIL) == down
