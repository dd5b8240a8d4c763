"""The windows on one axis, against lists of positions written out."""

import pytest

from poolkit.geometry import Adaptive, AdaptiveWindows, Rounding, Sliding, SlidingWindows


def sliding(length, kernel_size, stride=1, dilation=1, low=0, high=0, rounding=Rounding.FLOOR):
    return Sliding(kernel_size, stride, dilation, (low, high), rounding).bind(length)


def test_positions_and_inside():
    windows = sliding(5, 3, stride=2, low=1, high=1)
    assert [list(windows.positions(o)) for o in range(windows.count)] == [
        [-1, 0, 1],
        [1, 2, 3],
        [3, 4, 5],
    ]
    assert [list(windows.inside(o)) for o in range(3)] == [[0, 1], [1, 2, 3], [3, 4]]
    assert [windows.valid_count(o) for o in range(3)] == [2, 3, 2]
    assert windows.interior() == range(1, 2)
    assert list(windows.border()) == [0, 2]


def test_dilated_positions():
    windows = sliding(5, 3, dilation=2, low=2, high=2)
    assert [list(windows.inside(o)) for o in range(windows.count)] == [
        [0, 2],
        [1, 3],
        [0, 2, 4],
        [1, 3],
        [2, 4],
    ]


def test_padded_count_leaves_out_the_overhang():
    """Hardening case B09: pads (0, 3), kernel 7, stride 3, rounded up, on 9 elements."""
    windows = sliding(9, 7, stride=3, high=3, rounding=Rounding.CEIL)
    assert [windows.valid_count(o) for o in range(windows.count)] == [7, 6, 3]
    assert [windows.padded_count(o) for o in range(windows.count)] == [7, 7, 6]
    assert [windows.window_count(o) for o in range(windows.count)] == [7, 7, 7]


def test_padded_count_of_dilated_overhang():
    windows = sliding(4, 2, stride=3, dilation=3, high=1, rounding=Rounding.CEIL)
    assert [list(windows.positions(o)) for o in range(windows.count)] == [[0, 3], [3, 6]]
    assert [windows.padded_count(o) for o in range(windows.count)] == [2, 1]


@pytest.mark.parametrize(
    ("windows", "first"),
    [
        (SlidingWindows(3, 2, 2, 4, 1, 4, 0), 0),  # positions −4, −3
        (SlidingWindows(3, 2, 1, 3, 1, 0, 9), 1),  # position 3, past the end
        (SlidingWindows(1, 1, 3, 6, 2, 1, 1), 0),  # positions −1, 1, 3 jump over 0
        (SlidingWindows(3, 3, 2, 1, 5, 2, 4), None),  # −2, 3 is empty, but see below
        (SlidingWindows(0, 1, 1, 1, 1, 0, 0), 0),
    ],
)
def test_first_empty(windows, first):
    by_hand = [o for o in range(windows.count) if not list(windows.inside(o))]
    assert windows.first_empty() == (by_hand[0] if by_hand else None)
    if first is not None:
        assert windows.first_empty() == first


def test_adaptive_bins_of_ten_in_three():
    windows = Adaptive(3).bind(10)
    assert [windows.positions(o) for o in range(3)] == [range(4), range(3, 7), range(6, 10)]
    assert windows.interior() == range(0)
    assert windows.widest() >= 4


def test_adaptive_that_divides_slides():
    assert Adaptive(3).bind(12) == SlidingWindows(12, 3, 4, 4, 1, 0, 0)
    assert Adaptive(None).bind(5).count == 5


def test_adaptive_may_be_longer_than_the_axis():
    windows = Adaptive(4).bind(2)
    assert [list(windows.inside(o)) for o in range(4)] == [[0], [0], [1], [1]]


def test_long_adaptive_axes_use_integers():
    """Hardening case A116: float quotients misplace the last bin of odd size pairs."""
    for length, count in [(5877, 2855), (3697, 1), (5873, 3527), (3693, 2219), (2**53 + 1, 3)]:
        windows = Adaptive(count).bind(length)
        assert windows.positions(count - 1).stop == length


def test_part_of_adaptive_windows():
    whole = Adaptive(3).bind(10)
    needed, part = whole.part(1, 3)
    assert needed == slice(3, 10)
    assert part == AdaptiveWindows(length=7, count=2, total=10, bins=3, first=1, offset=3)
    assert [part.positions(o) for o in range(2)] == [range(4), range(3, 7)]
