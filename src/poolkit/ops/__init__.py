"""The public operators: a family of windows (sliding, adaptive, whole axes) × a reducer."""

from poolkit.ops import named
from poolkit.ops.named import *

__all__ = [*named.__all__]
