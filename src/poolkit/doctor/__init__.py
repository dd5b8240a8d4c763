"""Frameworks that are installed, held against their dialects."""

from importlib import import_module

from poolkit._errors import ArgumentError, message
from poolkit.doctor.framework import Framework

__all__ = ["FRAMEWORKS", "find_framework"]

FRAMEWORKS = ("torch", "tensorflow", "keras", "jax", "onnxruntime", "opencv", "skimage")
"""The modules of this package that ask a framework."""


def find_framework(name: str) -> Framework:
    """Return how to ask a framework.

    Raises
    ------
    ArgumentError
        If there is none of that name.
    """
    if name not in FRAMEWORKS:
        raise ArgumentError(message("framework", f"be one of {', '.join(FRAMEWORKS)}", repr(name)))
    framework: Framework = import_module(f"poolkit.doctor.{name}").FRAMEWORK
    return framework
