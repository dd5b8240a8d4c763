"""Windows whose elements are counted by subtracting."""

from hypothesis import assume, given
from hypothesis import strategies as st

from poolkit.geometry import DifferenceSliding, Rounding, Sliding, sliding_count


def test_windows_beyond_the_input_have_fewer_than_no_elements():
    windows = DifferenceSliding(1, 4, rounding=Rounding.COVER).bind(6)
    assert [windows.valid_count(o) for o in range(windows.count)] == [1, 1, -2]
    assert [windows.padded_count(o) for o in range(windows.count)] == [1, 1, -2]
    before = DifferenceSliding(2, 1, padding=(4, 0)).bind(1)
    assert [before.valid_count(o) for o in range(before.count)] == [-2, -1, 0, 1]


def test_padding_may_be_counted_as_if_both_ends_had_that_before():
    windows = DifferenceSliding(2, 1, padding=(0, 2), low_at_both_ends=True).bind(2)
    assert [windows.padded_count(o) for o in range(windows.count)] == [2, 1, 0]


sizes = st.integers(1, 5)


@given(st.integers(1, 9), sizes, sizes, st.tuples(st.integers(0, 4), st.integers(0, 4)), st.data())
def test_counts_are_those_of_sliding_windows_where_there_are_elements(n, k, s, padding, data):
    asked = (k, s, 1, padding, data.draw(st.sampled_from([Rounding.COVER, Rounding.TRUNCATE])))
    assume(sliding_count(n, k, s, *padding, asked[-1]) > 0)
    windows, usual = DifferenceSliding(*asked).bind(n), Sliding(*asked).bind(n)
    first = data.draw(st.integers(0, windows.count - 1))
    stop = data.draw(st.integers(first + 1, windows.count))
    _, part = windows.part(first, stop)
    for o in range(first, stop):
        if usual.valid_count(o):
            assert windows.valid_count(o) == usual.valid_count(o)
            assert windows.padded_count(o) == usual.padded_count(o)
        else:
            assert windows.valid_count(o) <= 0
        assert part.valid_count(o - first) == windows.valid_count(o)
        assert part.padded_count(o - first) == windows.padded_count(o)
