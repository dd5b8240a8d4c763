"""Windows listed one by one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import listeds

from poolkit import WindowFitError
from poolkit.geometry import Listed, Specification, bind


def test_positions_of_the_windows_and_of_their_parts():
    windows = Listed(7, ((0, 3), (2, 4), (4, 4), (4, 7))).bind(7)
    assert [list(windows.inside(o)) for o in range(4)] == [[0, 1, 2], [2, 3], [], [4, 5, 6]]
    assert windows.first_empty() == 2
    assert windows.widest() == 3
    needed, part = windows.part(1, 3)
    assert needed == slice(2, 4)
    assert [list(part.inside(o)) for o in range(2)] == [[0, 1], []]


def test_windows_for_another_length_are_refused():
    with pytest.raises(WindowFitError, match="listed for 7 elements, the axis has 8"):
        bind(Specification((Listed(7, ((0, 7),)),)), (8,))


@given(st.integers(1, 12).flatmap(listeds))
def test_transposed_windows_hold_the_windows_that_hold_an_element(asked):
    windows = asked.bind(asked.length)
    back = windows.transposed()
    for i in range(asked.length):
        holding = [o for o in range(windows.count) if i in windows.inside(o)]
        assert list(back.inside(i)) == holding


@given(st.integers(1, 12).flatmap(listeds), st.data())
def test_parts_are_the_same_windows(asked, data):
    windows = asked.bind(asked.length)
    first = data.draw(st.integers(0, windows.count - 1))
    stop = data.draw(st.integers(first + 1, windows.count))
    needed, part = windows.part(first, stop)
    for o in range(first, stop):
        moved = [needed.start + i for i in part.inside(o - first)]
        assert moved == list(windows.inside(o))
