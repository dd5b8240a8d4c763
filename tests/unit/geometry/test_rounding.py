"""The number of windows, on the cases where implementations went wrong."""

import pytest

from poolkit.geometry import Rounding, sliding_count

FLOOR, CEIL = Rounding.FLOOR, Rounding.CEIL
COVER, REACH = Rounding.COVER, Rounding.REACH
TRUNCATE, CLIP = Rounding.TRUNCATE, Rounding.CLIP
TRUNCATE_COVER = Rounding.TRUNCATE_COVER


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
        pytest.param(2, 5, 4, 0, 0, TRUNCATE, 1, id="Darknet: -3 / 4 is 0"),
        pytest.param(2, 6, 4, 0, 0, TRUNCATE, 0, id="Darknet: -4 / 4 is -1"),
        pytest.param(7, 3, 2, 0, 1, TRUNCATE, 3, id="Darknet, as floor"),
        pytest.param(1, 4, 3, 0, 0, TRUNCATE_COVER, 1, id="Paddle: (-3 + 2) / 3 is 0"),
        pytest.param(1, 6, 3, 0, 0, TRUNCATE_COVER, 0, id="Paddle: (-5 + 2) / 3 is -1"),
        pytest.param(6, 1, 4, 0, 0, TRUNCATE_COVER, 3, id="Paddle, the last one behind the end"),
        pytest.param(5, 1, 1, 1, 1, CLIP, 6, id="OpenCV: a 7th would start behind the input"),
        pytest.param(5, 1, 1, 1, 2, CLIP, 7, id="OpenCV, of Darknet's padding=3"),
        pytest.param(5, 3, 2, 1, 1, CLIP, 3, id="OpenCV, padded by less than the window: as floor"),
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
