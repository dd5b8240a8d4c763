"""Departures found, and named: a framework that answers as its dialect but for one thing."""

import numpy as np
import pytest

from poolkit import dialects
from poolkit.doctor import FRAMEWORKS, find_framework
from poolkit.doctor.check import check, draw, find_departure
from poolkit.doctor.framework import Framework, Request
from poolkit.doctor.reports import REPORTS, find_report, rule_of

X = np.array([[[3, 1, 2, 5, 4, 0]]], np.float32)
MAX = Request("max_pool1d_with_indices", {"x": X}, {"kernel_size": 2})
MEAN = Request("avg_pool1d", {"x": X}, {"kernel_size": 2})


def answering(change, request=MAX):
    """Return a framework that answers as PyTorch's dialect, changed."""

    def run(request, gradient):
        return change(dict(dialects.run("torch", *request, gradient)))

    return Framework("Fake", "torch", ("numpy",), run, lambda rng: request)


def replaced(**outputs):
    return lambda answer: {**answer, **outputs}


def refusing(answer):
    raise ValueError("kernel_size is odd\nand so on")


def test_no_departure():
    assert find_departure(answering(lambda answer: answer), MAX) is None
    assert find_departure(answering(lambda answer: {"y": answer["y"]}), MAX) is None


@pytest.mark.parametrize(
    ("change", "request_", "output", "rule"),
    [
        (replaced(y=np.array([[[3, 5, 9]]])), MAX, "y", "the value of a window"),
        (replaced(y=np.array([[[2, 3.5, 9]]])), MEAN, "y", "the mean's divisor"),
        (replaced(y=np.zeros((1, 1, 2))), MAX, "y", "how many windows"),
        (replaced(argmax=np.array([[[0, 3, 5]]])), MAX, "argmax", "which index"),
        (replaced(gx=np.zeros((1, 1, 6))), MAX, "gx", "who gets the gradient"),
        (replaced(z=np.zeros(1)), MAX, "z", "how many windows"),
        (refusing, MAX, "error", "what is refused"),
    ],
)
def test_departures_and_their_rules(change, request_, output, rule):
    departure = find_departure(answering(change), request_)
    assert departure is not None
    assert departure.output == output
    assert rule_of(departure) == rule
    assert request_.op in str(departure)


def test_the_first_cell_is_named():
    departure = find_departure(answering(replaced(y=np.array([[[3, 6, 9]]]))), MAX)
    assert departure.cells == 2
    assert departure.cell == (0, 0, 1)
    assert (departure.framework, departure.dialect) == ("6", "5")
    assert "2 cells of y, first (0, 0, 1): 6 for 5" in str(departure)


def test_refusals_are_compared():
    asked = Request("max_pool1d", {"x": X}, {"kernel_size": 0})
    answers = Framework("Fake", "torch", ("numpy",), lambda *_: {"y": X}, lambda rng: asked)
    departure = find_departure(answers, asked)
    assert departure.framework == "answers"
    assert "kernel_size" in departure.dialect
    refuses = Framework("Fake", "torch", ("numpy",), lambda *_: refusing({}), lambda rng: asked)
    assert find_departure(refuses, asked) is None
    departure = find_departure(refuses, MAX)
    assert departure.framework == "ValueError: kernel_size is odd"


def test_what_is_not_about_pooling_is_no_departure():
    def run(request, gradient):
        raise ImportError("no libfake.so")

    broken = Framework("Fake", "torch", ("numpy",), run, lambda rng: MAX)
    with pytest.raises(ImportError, match="libfake"):
        find_departure(broken, MAX)


def test_nan_and_infinities_have_rules_of_their_own():
    for odd, rule in ((np.nan, "NaN in a window"), (-np.inf, "infinities in a window")):
        x = X.copy()
        x[0, 0, 0] = odd
        asked = Request("max_pool1d", {"x": x}, {"kernel_size": 2})
        departure = find_departure(answering(replaced(y=np.full((1, 1, 3), 7.0))), asked)
        assert rule_of(departure) == rule


def test_rounding_is_allowed_in_sums_alone():
    near = np.float32([[[2, 3.5, 2]]]) * np.float32(1 + 2e-7)
    assert find_departure(answering(replaced(y=near)), MEAN) is None
    near = np.float32([[[3, 5, 4]]]) * np.float32(1 + 2e-7)
    assert find_departure(answering(replaced(y=near)), MAX) is not None


def test_draws_are_reproducible():
    framework = find_framework("torch")
    one, other = (draw(framework, 3, 5) for _ in range(2))
    assert (one.op, one.params) == (other.op, other.params)
    np.testing.assert_array_equal(one.inputs["x"], other.inputs["x"])
    found = check(answering(lambda answer: answer), 4)
    assert list(found) == [None] * 4


def test_reports_are_of_frameworks_that_are_asked():
    for report in REPORTS:
        assert report.framework in FRAMEWORKS
        assert report.link.startswith("https://github.com/")
        assert find_report(report.framework, report.rule, report.op) == report.link
    assert find_report("torch", "no such rule", "max_pool2d") is None


def test_reports_are_about_operators():
    gradient = "who gets the gradient"
    assert find_report("torch", gradient, "max_unpool2d").endswith("/80827")
    assert find_report("torch", gradient, "max_pool2d") is None
    assert find_report("torch", "how many windows", "max_pool2d").endswith("/45357")
