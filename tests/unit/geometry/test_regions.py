"""Where the bins of boxes lie: each framework's rounding, on cases worked by hand."""

import numpy as np
import pytest

from poolkit import ArgumentError
from poolkit.geometry.regions import CellBins, RealBins, Samples


@pytest.mark.parametrize(
    ("bins", "low", "high", "count", "length", "spans"),
    [
        pytest.param(CellBins(1, "single"), 0, 2, 2, 4, [(0, 2), (1, 3)], id="T33 closed"),
        pytest.param(
            CellBins(1, "double", closed=False), 0, 2, 2, 4, [(0, 1), (1, 2)], id="T33 half-open"
        ),
        pytest.param(CellBins(1, "single"), 2.5, 2.5, 1, 9, [(3, 4)], id="T32 away from zero"),
        pytest.param(
            CellBins(1, "single", halves="even"), 2.5, 2.5, 1, 9, [(2, 3)], id="T32 to even"
        ),
        pytest.param(
            CellBins(1, "single", halves="added"), 2.5, 2.5, 1, 9, [(3, 4)], id="T32 added"
        ),
        pytest.param(CellBins(1, "double"), 0.49999999999999994, 1, 1, 9, [(0, 2)], id="below ½"),
        pytest.param(
            CellBins(1, "double", halves="added"),
            *(0.49999999999999994, 1, 1, 9, [(1, 2)]),
            id="a half added to what is just below gives 1",
        ),
        pytest.param(CellBins(1, "single"), 6, 9, 2, 4, [(4, 4), (4, 4)], id="T36 outside"),
        pytest.param(CellBins(1, "single"), 3, 1, 2, 4, [(3, 4), (3, 4)], id="ends before"),
        pytest.param(CellBins(1, "single"), -3, 1, 2, 4, [(0, 0), (0, 2)], id="begins outside"),
        pytest.param(
            CellBins(1, "single", truncated=True),
            *(-2, 2, 2, 4, [(0, 1), (0, 3)]),
            id="OpenCV: -2 + 2.5 cut off is 0, as is the floor",
        ),
        pytest.param(
            CellBins(1, "single", truncated=True),
            *(-4, 1, 4, 4, [(0, 0), (0, 0), (0, 1), (0, 2)]),
            id="OpenCV: -4 + 4.5 begins at 0",
        ),
        pytest.param(
            CellBins(1, "single", leaves_last=True), 0, 3, 1, 4, [(0, 3)], id="T35 torchvision"
        ),
        pytest.param(RealBins(1, "single"), 0, 4, 1, 4, [(0, 4)], id="T35 MXNet"),
        pytest.param(RealBins(0.5, "single"), 0, 4, 2, 8, [(0, 2), (1, 3)], id="round, then scale"),
        pytest.param(RealBins(1, "single"), 5, 1, 2, 8, [(5, 6), (5, 6)], id="least extent 0.1"),
        pytest.param(RealBins(1, "single"), -0.5, -0.5, 1, 8, [(0, 0)], id="-1 to 0"),
        pytest.param(
            RealBins(1, "single", halves="added", adds_first=True),
            *(-0.5, -0.5, 1, 8, [(0, 1)]),
            id="OpenCV: -1 to 1",
        ),
        pytest.param(CellBins(1, "single"), -1e30, 1e30, 1, 4, [(0, 4)], id="far outside"),
    ],
)
def test_spans(bins, low, high, count, length, spans):
    assert list(bins.spans(low, high, count, length)) == spans


def test_the_last_digit_decides():
    # 11 · (25 / 11) is 25 in 32 bits, and a little more in 64: the last bin has one more cell.
    assert CellBins(1, "single").spans(0, 24, 11, 99)[-1] == (22, 25)
    assert CellBins(1, "double").spans(0, 24, 11, 99)[-1] == (22, 26)


def test_as_numpy_in_32_bits():
    for d in range(1, 100):
        for count in range(1, 12):
            size = np.float32(d) / np.float32(count)
            expected = [
                (int(np.floor(np.float32(b) * size)), int(np.ceil(np.float32(b + 1) * size)))
                for b in range(count)
            ]
            spans = CellBins(1, "single").spans(0, d - 1, count, 300)
            assert list(spans) == expected, (d, count)


def test_cells_of_a_box():
    assert CellBins(0.5, "single").cells(1, 6) == range(1, 4)
    assert not CellBins(1, "single").cells(3, 1)


@pytest.mark.parametrize(
    ("samples", "low", "high", "count", "length", "points"),
    [
        pytest.param(Samples(1, "single", 0, 1, 1), 0, 2, 2, 4, [[0.5], [1.5]], id="T33"),
        pytest.param(Samples(1, "single", 0.5, None, 1), 0, 2, 2, 4, [[0], [1]], id="T33 aligned"),
        pytest.param(Samples(1, "single", 0, 1), 0, 3, 2, 9, [[0.375, 1.125], [1.875, 2.625]]),
        pytest.param(Samples(1, "single", 0, 1, 1), 2, 2, 1, 9, [[2.5]], id="least extent"),
        pytest.param(Samples(1, "single", 0, None, 1), 2, 2, 1, 9, [[2]], id="no least extent"),
        pytest.param(Samples(1, "single", 0, None), 2, 2, 1, 9, [[]], id="no points"),
        pytest.param(Samples(1, "single", 0, None), 4, 2, 1, 9, [[]], id="fewer than none"),
        pytest.param(Samples(1, "single", 0, 1, 1), -2, 0, 2, 4, [[], [0]], id="-1.5 is out"),
        pytest.param(Samples(1, "single", 0, 1, 1), -2, 2, 2, 4, [[0], [1]], id="-1 is in"),
        pytest.param(Samples(1, "single", 0, 1, 1), 3, 5, 1, 4, [[3]], id="the length is in"),
        pytest.param(Samples(1, "single", 0, 1, 1), 3, 5.5, 1, 4, [[]], id="beyond is out"),
        pytest.param(
            Samples(1, "single", 0, 1, 2, shares_first=True), 0, 4, 2, 9, [[0.5, 1.5], [2.5, 3.5]]
        ),
    ],
)
def test_points(samples, low, high, count, length, points):
    taps = samples.taps(low, high, count, length)
    found = [[tap.low * tap.weight_low + tap.high * tap.weight_high for tap in b] for b in taps]
    assert found == points


def test_points_of_a_huge_box_are_those_inside():
    few = Samples(1, "double", 0, 1).taps(-1e6, 1e6, 1, 3)[0]
    assert [tap.low for tap in few] == [0, 0, 1, 2]  # at -0.5, 0.5, 1.5 and 2.5
    assert Samples(1, "double", 0, 1).points(-1e6, 1e6, 1) == 2_000_000


def test_too_many_points_are_refused():
    with pytest.raises(ArgumentError, match="at most 65536 points"):
        Samples(1, "single", 0, 1, 10**6).taps(0, 4, 1, 4)
