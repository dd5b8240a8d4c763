"""Drawing from gathered windows, in one piece and in many."""

import numpy as np
import pytest

from poolkit import engines
from poolkit.geometry import Rounding, Sliding, Specification, bind


def take_number(windows, numbers):
    """Draw the element of the number itself, none if there is none."""
    chosen = numbers.astype(int)
    return np.where(chosen < windows.shape[-1], chosen, -1)


@pytest.mark.parametrize("elements", [1, 7, 2**20])
@pytest.mark.parametrize("axes", [(1, 2), (0, 1)])
def test_draws_elements_and_their_indices(elements, axes, rng):
    windows = (Sliding(2, 2, 1, (1, 1)), Sliding(2, 3, 1, (0, 0), Rounding.COVER))
    plan = bind(Specification(windows, axes, may_be_empty=True), (4, 5, 4))
    x = rng.normal(size=plan.shape)
    numbers = rng.integers(0, 5, plan.output_shape)
    y, indices = engines.draw_gathered(plan, take_number, x, numbers, elements)
    (other,) = {0, 1, 2} - set(axes)
    for place in np.ndindex(*plan.output_shape):
        down, across = (w.inside(place[axis]) for axis, w in zip(axes, plan.windows, strict=True))
        flat = [i * plan.shape[axes[1]] + j for i in down for j in across]
        if numbers[place] >= len(flat):
            assert (y[place], indices[place]) == (0, -1)
            continue
        chosen = flat[numbers[place]]
        plane = x.take(place[other], axis=other)
        assert (y[place], indices[place]) == (plane.ravel()[chosen], chosen)
