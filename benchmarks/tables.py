"""The tables of the page, and their rows."""

import operators
import windows

__all__ = ["HEADINGS", "TABLES"]

HEADINGS = {"windows": "Maximum and mean", "operators": "Other operators"}

TABLES = {"windows": windows.ROWS, "operators": operators.ROWS}
