"""What is known about frameworks' departures: rules, and the reports of them."""

from typing import NamedTuple

import numpy as np

from poolkit.doctor.check import Departure

__all__ = ["Report", "find_report", "rule_of"]


class Report(NamedTuple):
    """A public report of a departure.

    Attributes
    ----------
    framework : str
        The module of this package that asks it.
    rule : str
        As :func:`rule_of` names it.
    link : str
    """

    framework: str
    rule: str
    link: str


REPORTS = (
    Report("torch", "NaN in a window", "https://github.com/pytorch/pytorch/issues/7645"),
    Report("torch", "how many windows", "https://github.com/pytorch/pytorch/issues/45357"),
    Report("torch", "which index", "https://github.com/pytorch/pytorch/issues/68589"),
    Report("torch", "who gets the gradient", "https://github.com/pytorch/pytorch/issues/80827"),
    Report("torch", "what is refused", "https://github.com/pytorch/pytorch/issues/152156"),
    Report(
        "tensorflow", "NaN in a window", "https://github.com/tensorflow/tensorflow/issues/125965"
    ),
    Report("tensorflow", "which index", "https://github.com/tensorflow/tensorflow/issues/22025"),
    Report(
        "tensorflow",
        "who gets the gradient",
        "https://github.com/tensorflow/tensorflow/issues/51682",
    ),
    Report("keras", "how many windows", "https://github.com/keras-team/keras/issues/20235"),
    Report(
        "onnxruntime", "the mean's divisor", "https://github.com/microsoft/onnxruntime/issues/16203"
    ),
)


def rule_of(departure: Departure) -> str:
    """Return which rule of pooling a departure is about, in words."""
    said = {
        "error": "what is refused",
        "argmax": "which index",
        "gx": "who gets the gradient",
    }.get(departure.output)
    if said is not None:
        return said
    if departure.cell is None:
        return "how many windows"
    x = next(iter(departure.request.inputs.values())).astype(np.float64)
    if not np.isfinite(x).all():
        return "NaN in a window" if np.isnan(x).any() else "infinities in a window"
    mean = any(word in departure.request.op.lower() for word in ("avg", "average", "mean"))
    return "the mean's divisor" if mean else "the value of a window"


def find_report(framework: str, rule: str) -> str | None:
    """Return the link to a public report of what a framework does; None if none is known."""
    return next((r.link for r in REPORTS if (r.framework, r.rule) == (framework, rule)), None)
