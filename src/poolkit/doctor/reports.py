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
    op : str
        What the names of the operators that it is about hold; empty for all.
    link : str
    """

    framework: str
    rule: str
    op: str
    link: str


PYTORCH = "https://github.com/pytorch/pytorch/issues/"
TENSORFLOW = "https://github.com/tensorflow/tensorflow/issues/"
KERAS = "https://github.com/keras-team/keras/issues/"

REPORTS = (
    Report("torch", "NaN in a window", "max", f"{PYTORCH}7645"),
    Report("torch", "how many windows", "unpool", f"{PYTORCH}68589"),
    Report("torch", "how many windows", "", f"{PYTORCH}45357"),
    Report("torch", "who gets the gradient", "unpool", f"{PYTORCH}80827"),
    Report("torch", "what is refused", "", f"{PYTORCH}152156"),
    Report("torch", "the value of a window", "lp_pool", f"{PYTORCH}184037"),
    Report("tensorflow", "NaN in a window", "max", f"{TENSORFLOW}125965"),
    Report("tensorflow", "which index", "argmax", f"{TENSORFLOW}22025"),
    Report("tensorflow", "who gets the gradient", "max", f"{TENSORFLOW}51682"),
    Report("keras", "NaN in a window", "max", f"{KERAS}16158"),
    Report("keras", "how many windows", "", f"{KERAS}20235"),
    Report(
        "jax",
        "the value of a window",
        "reduce_window",
        "https://github.com/openxla/xla/issues/48714",
    ),
    Report(
        "onnxruntime",
        "the mean's divisor",
        "",
        "https://github.com/microsoft/onnxruntime/issues/16203",
    ),
    Report(
        "skimage",
        "the value of a window",
        "block_reduce",
        "https://github.com/scikit-image/scikit-image/issues/4940",
    ),
)
"""What was read, and found to be about that rule; those about fewer operators come first."""


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


def find_report(framework: str, rule: str, op: str) -> str | None:
    """Return the link to a public report of what an operator does; None if none is known."""
    for report in REPORTS:
        if (report.framework, report.rule) == (framework, rule) and report.op in op.lower():
            return report.link
    return None
