"""Windows, explained."""

from poolkit.explain.text import size_formula

__all__ = ["size_formula"]
