"""The number of windows, on the cases where implementations went wrong."""

import pytest

from poolkit.geometry import Rounding, sliding_count

FLOOR, CEIL = Rounding.FLOOR, Rounding.CEIL
COVER, REACH = Rounding.COVER, Rounding.REACH


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
        pytest.param(5, 2, 2, 1, 1, COVER, 4, id="T1 MXNet full"),
        pytest.param(5, 1, 3, 0, 0, COVER, 3, id="T2 Caffe without padding"),
        pytest.param(2, 3, 2, 0, 0, COVER, 1, id="T5 Caffe, a truncated window"),
        pytest.param(5, 2, 4, 0, 0, COVER, 2, id="one element left"),
        pytest.param(2, 5, 1, 0, 0, REACH, 1, id="Theano, shorter than a window"),
        pytest.param(6, 1, 4, 0, 0, REACH, 2, id="Theano, every window that starts inside"),
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
