"""Plans: shapes, axes, and cutting into parts."""

import pytest
from hypothesis import given
from strategies import plans

from poolkit.geometry import Adaptive, Plan, Sliding, Specification, bind


def test_output_shape_and_axes():
    plan = bind(Specification((Sliding(3, 2), Adaptive(2)), (3, -3)), (5, 9, 7, 8))
    assert plan.axes == (1, 3)
    assert plan.output_shape == (5, 2, 7, 3)


def test_axes_default_to_the_last():
    plan = bind(Specification((Sliding(2, 2), Sliding(3, 3))), (4, 6, 6))
    assert plan.axes == (1, 2)
    assert plan.output_shape == (4, 3, 2)


def test_plans_are_cached_and_hashable():
    asked = Specification((Sliding(2, 2),))
    assert bind(asked, (8,)) is bind(Specification((Sliding(2, 2),)), (8,))
    assert hash(bind(asked, (8,))) != hash(bind(asked, (9,)))


@given(plans())
def test_parts_make_every_output_once(plan: Plan):
    for elements in (1, 7, 50, 10**6):
        seen: dict[tuple[int, ...], int] = {}
        for part in plan.parts(elements):
            assert part.plan.shape == tuple(s.stop - s.start for s in part.inputs)
            assert part.plan.output_shape == tuple(s.stop - s.start for s in part.outputs)
            for place, (axis, windows) in enumerate(zip(plan.axes, plan.windows, strict=True)):
                cut, begin = part.plan.windows[place], part.inputs[axis].start
                for number in range(cut.count):
                    whole = number + part.outputs[axis].start
                    shifted = [position + begin for position in cut.inside(number)]
                    assert shifted == list(windows.inside(whole))
                    assert cut.padded_count(number) == windows.padded_count(whole)
            corner = tuple(s.start for s in part.outputs)
            assert corner not in seen
            seen[corner] = 1
            for s in part.outputs:
                seen[corner] *= s.stop - s.start
        total = 1
        for count in plan.output_shape:
            total *= count
        assert sum(seen.values()) == total


@pytest.mark.parametrize("elements", [100, 1000])
def test_parts_are_as_small_as_asked(elements):
    plan = bind(Specification((Sliding(2, 2), Sliding(2, 2))), (3, 64, 64))
    sizes = []
    for part in plan.parts(elements):
        size = 1
        for s in part.inputs:
            size *= s.stop - s.start
        sizes.append(size)
    assert max(sizes) <= max(elements, 4)
    assert sum(sizes) == 3 * 64 * 64


def test_an_axis_without_windows():
    asked = Specification((Sliding(2, 2), Sliding(5, 1)), may_lack_windows=True)
    plan = bind(asked, (3, 6, 4))
    assert plan.output_shape == (3, 3, 0)
    assert plan.windows[1].first_empty() is None
    assert plan.windows[1].widest() == 0
    assert plan.windows[1].transposed().count == 4
    assert plan.transposed().output_shape == (3, 6, 4)
