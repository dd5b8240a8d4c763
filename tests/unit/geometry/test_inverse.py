"""Plans whose output is known: the lengths they derive, and what they refuse."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from poolkit import ArgumentError, WindowFitError
from poolkit.geometry import AutomaticPadding, Sliding, Specification, bind, bind_output

small = st.integers(1, 4)


@given(st.integers(1, 9), small, small, small, st.integers(0, 2), st.integers(0, 2))
def test_pooling_the_derived_length_gives_the_same_windows(m, k, stride, dilation, low, high):
    asked = Specification((Sliding(k, stride, dilation, (low, high)),))
    n = (m - 1) * stride + dilation * (k - 1) + 1 - low - high
    if n < 1:
        with pytest.raises(WindowFitError, match=f"leave {n} elements"):
            bind_output(asked, (m,))
        return
    plan = bind_output(asked, (m,))
    assert plan.shape == (n,)
    assert plan.output_shape == (m,)
    forward = bind(Specification(asked.windows, may_be_empty=True), (n,))
    assert plan.windows == forward.windows


def test_axes_in_any_order():
    asked = Specification((Sliding(3, 3), Sliding(2, 2)), (-1, 0))
    plan = bind_output(asked, (4, 5, 6))
    assert plan.shape == (8, 5, 18)
    assert plan.axes == (0, 2)
    assert bind_output(asked, (4, 5, 6), (19, 9)).shape == (9, 5, 19)


def test_padding_that_depends_on_the_length():
    asked = Specification((Sliding(3, 2, padding=AutomaticPadding.SAME),))
    assert bind_output(asked, (4,), (7,)).windows == bind(asked, (7,)).windows
    with pytest.raises(ArgumentError, match="`output_size` must be given where `padding`"):
        bind_output(asked, (4,))
    with pytest.raises(ArgumentError, match="make 4 windows on axis 0; got 9, 5"):
        bind_output(asked, (4,), (9,))


def test_what_is_too_large_or_nothing():
    with pytest.raises(ArgumentError, match="too large"):
        bind_output(Specification((Sliding(2**40, 2**40),) * 2), (2, 2))
    with pytest.raises(WindowFitError, match="axis 0 of `x` has no window"):
        bind_output(Specification((Sliding(2, 2),)), (0,))
