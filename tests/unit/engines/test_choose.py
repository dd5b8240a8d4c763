"""The choice of an engine, and divisors."""

import numpy as np
import pytest

from poolkit.engines import ENGINES, choose_engine
from poolkit.engines.engine import divisors
from poolkit.geometry import Rounding, Sliding, Specification, bind
from poolkit.reducers import Function, Max


def test_the_fastest_engine_comes_first():
    assert [engine.name for engine in ENGINES] == ["compiled", "portable", "reference"]


def test_an_engine_that_refuses_is_passed_over():
    plan = bind(Specification((Sliding(2, 2),)), (8,))
    assert choose_engine(plan, Function(np.median), np.dtype(float)).name == "portable"
    assert choose_engine(plan, Max(), np.dtype(float), "reference").name == "reference"


@pytest.mark.parametrize(
    ("rule", "expected"),
    [("valid", [7, 6, 3]), ("padded", [7, 7, 6]), ("window", [7, 7, 7])],
)
def test_divisors(rule, expected):
    asked = Sliding(7, 3, padding=(0, 3), rounding=Rounding.CEIL)
    plan = bind(Specification((asked,), (0,)), (9, 2))
    np.testing.assert_array_equal(divisors(plan, rule), np.array(expected)[:, None])
    assert divisors(plan, 2.5) == 2.5


def test_divisors_of_long_axes_are_quick():
    """One question per window at the border, one for all inside: 16 million windows."""
    plan = bind(Specification((Sliding(3, 1, padding=(1, 1)),)), (1 << 24,))
    counts = divisors(plan, "valid")
    assert counts[0] == counts[-1] == 2
    assert np.all(counts[1:-1] == 3)
