"""The public operators: a family of windows (sliding, adaptive, whole axes) × a reducer."""

from poolkit.ops import adaptive, sliding, whole
from poolkit.ops.adaptive import *
from poolkit.ops.sliding import *
from poolkit.ops.whole import *

__all__ = [*sliding.__all__, *adaptive.__all__, *whole.__all__]
