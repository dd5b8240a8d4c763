"""Laws of window lists, for random geometry."""

from hypothesis import assume, given
from hypothesis import strategies as st
from strategies import adaptives, lengths, slidings

from poolkit import WindowFitError
from poolkit.geometry import AutomaticPadding, Rounding, Sliding


def bound(asked, length):
    try:
        return asked.bind(length)
    except WindowFitError:
        assume(False)


@given(slidings | adaptives, lengths)
def test_bounds_counts_and_order(asked, length):
    windows = bound(asked, length)
    assert windows.count >= 1
    starts = []
    for o in range(windows.count):
        inside, positions = windows.inside(o), windows.positions(o)
        assert list(inside) == [i for i in positions if 0 <= i < length]
        assert windows.valid_count(o) == len(inside)
        assert len(inside) <= windows.padded_count(o) <= windows.window_count(o)
        assert windows.window_count(o) <= windows.widest()
        starts.append(positions.start)
    assert starts == sorted(starts)


@given(slidings, lengths)
def test_padded_count_is_a_count(asked, length):
    windows = bound(asked, length)
    for o in range(windows.count):
        inside_padding = [
            i for i in windows.positions(o) if -windows.low <= i < length + windows.high
        ]
        assert windows.padded_count(o) == len(inside_padding)


@given(slidings, lengths)
def test_interior_windows_lie_wholly_inside(asked, length):
    windows = bound(asked, length)
    interior = windows.interior()
    for o in range(windows.count):
        whole = windows.valid_count(o) == windows.kernel_size
        assert (o in interior) == whole or windows.dilation > 1 or not whole
        if o in interior:
            assert whole
    assert sorted([*interior, *windows.border()]) == list(range(windows.count))


@given(slidings, lengths)
def test_no_further_window_would_fit(asked, length):
    """The count is maximal: one more window breaks the rounding's rule, one fewer does not."""
    windows = bound(asked, length)
    assume(not isinstance(asked.padding, AutomaticPadding))
    end = length + windows.high
    after = windows.start(windows.count)
    last = windows.start(windows.count - 1)
    if asked.rounding is Rounding.FLOOR:
        assert last + windows.extent <= end < after + windows.extent
    elif asked.rounding is Rounding.TRUNCATE:
        over = asked.stride - 1 if windows.count == 1 else 0
        assert last + windows.extent - over <= end < after + windows.extent
    elif asked.rounding in (Rounding.COVER, Rounding.TRUNCATE_COVER):
        truncated = asked.rounding is Rounding.TRUNCATE_COVER and windows.count == 1
        assert truncated or last - asked.stride + windows.extent < end
        assert end <= last + windows.extent
    elif asked.rounding is Rounding.CLIP:
        dropped = asked.stride if after >= length + windows.high - windows.low else 0
        assert last + windows.extent <= end < after + windows.extent + dropped
    elif windows.high < windows.extent:  # else even windows rounded down start past the input
        assert last < length
        # A window further on would start past the input, or lie wholly past the end.
        assert after >= length or last + windows.extent >= end


@given(slidings, lengths)
def test_automatic_padding_makes_one_window_per_stride(asked, length):
    assume(isinstance(asked.padding, AutomaticPadding))
    windows = bound(asked, length)
    assert windows.count == -(-length // asked.stride)
    if asked.padding is AutomaticPadding.SAME_END:
        assert windows.low == 0
    else:
        assert abs(windows.high - windows.low) <= 1
    if windows.low + windows.high:
        assert windows.start(windows.count - 1) + windows.extent == length + windows.high


@given(slidings | adaptives, lengths)
def test_first_empty_is_the_first_empty(asked, length):
    windows = bound(asked, length)
    empty = [o for o in range(windows.count) if not windows.inside(o)]
    assert windows.first_empty() == (empty[0] if empty else None)


@given(slidings | adaptives, lengths, st.data())
def test_parts_are_the_same_windows(asked, length, data):
    windows = bound(asked, length)
    first = data.draw(st.integers(0, windows.count - 1))
    stop = data.draw(st.integers(first + 1, windows.count))
    needed, part = windows.part(first, stop)
    assert part.count == stop - first
    assert part.length == needed.stop - needed.start
    for o in range(part.count):
        whole = windows.inside(first + o)
        assert [i + needed.start for i in part.inside(o)] == list(whole)
        assert part.padded_count(o) == windows.padded_count(first + o)


@given(lengths, st.integers(1, 12))
def test_strides_of_at_least_the_extent_are_disjoint(length, kernel_size):
    assume(kernel_size <= length)
    windows = Sliding(kernel_size, kernel_size).bind(length)
    seen = [i for o in range(windows.count) for i in windows.inside(o)]
    assert len(seen) == len(set(seen))


@given(lengths, adaptives)
def test_adaptive_windows_cover_every_element(length, asked):
    windows = asked.bind(length)
    covered = {i for o in range(windows.count) for i in windows.inside(o)}
    assert covered == set(range(length))


@given(slidings | adaptives, lengths)
def test_transposed_windows_hold_the_windows_that_hold_an_element(asked, length):
    windows = bound(asked, length)
    assume(windows.first_empty() is None)
    back = windows.transposed()
    assert (back.length, back.count) == (windows.count, windows.length)
    for i in range(length):
        holding = [o for o in range(windows.count) if i in windows.inside(o)]
        assert list(back.inside(i)) == holding
        assert len(holding) <= back.widest()
    again = back.transposed()
    for o in range(windows.count):
        assert again.inside(o) == windows.inside(o)


@given(slidings | adaptives, lengths, st.data())
def test_parts_of_transposed_windows(asked, length, data):
    windows = bound(asked, length)
    assume(windows.first_empty() is None)
    back = windows.transposed()
    first = data.draw(st.integers(0, back.count - 1))
    stop = data.draw(st.integers(first + 1, back.count))
    needed, part = back.part(first, stop)
    assert 0 <= needed.start < needed.stop <= back.length
    assert (part.length, part.count) == (needed.stop - needed.start, stop - first)
    for o in range(part.count):
        moved = [i + needed.start for i in part.inside(o)]
        assert moved == list(back.inside(first + o))
