"""The public operators: a family of windows (sliding, adaptive, whole axes) × a reducer."""

from poolkit.ops import mixed, named, stochastic
from poolkit.ops.mixed import *
from poolkit.ops.named import *
from poolkit.ops.stochastic import *

__all__ = [*mixed.__all__, *named.__all__, *stochastic.__all__]
