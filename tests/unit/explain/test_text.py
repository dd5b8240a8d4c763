"""Size formulas are true of their numbers."""

import math
import re

import pytest
from hypothesis import given
from strategies import lengths, slidings

from poolkit import WindowFitError
from poolkit.explain import size_formula
from poolkit.geometry import Adaptive, Rounding, Sliding


@given(slidings, lengths)
def test_the_formula_comes_out_right(asked, length):
    """Read it as arithmetic, and it gives the number of windows it ends with."""
    try:
        windows = asked.bind(length)
    except WindowFitError:
        return
    formula, _, result = size_formula(windows).rpartition(" = ")
    formula = re.sub(r"⌊(.*)⌋", r"math.floor(\1)", formula)
    formula = re.sub(r"⌈(.*)⌉", r"math.ceil(\1)", formula)
    formula = formula.replace("−", "-").replace("·", "*").replace(" past the input", "")
    assert eval(formula, {"math": math}) == int(result) == windows.count


@pytest.mark.parametrize(
    ("windows", "formula"),
    [
        (Sliding(2, 2).bind(600), "⌊(600 + 0 + 0 − 2) / 2⌋ + 1 = 300"),
        (Sliding(3, 2, 2, (1, 2)).bind(9), "⌊(9 + 1 + 2 − (2·(3 − 1) + 1)) / 2⌋ + 1 = 4"),
        (
            Sliding(2, 2, padding=(1, 1), rounding=Rounding.CEIL).bind(5),
            "⌊(5 + 1 + 1 − 2) / 2⌋ + 1 = 3",
        ),
        (Adaptive(3).bind(10), "3 windows ⌊o·10/3⌋ to ⌈(o+1)·10/3⌉ − 1, o = 0 to 2"),
    ],
)
def test_formulas(windows, formula):
    assert size_formula(windows) == formula
