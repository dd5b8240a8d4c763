"""The public operators: a family of windows (sliding, adaptive, whole axes) × a reducer."""

from poolkit.ops import area, blur, named
from poolkit.ops.area import *
from poolkit.ops.blur import *
from poolkit.ops.named import *

__all__ = [*area.__all__, *blur.__all__, *named.__all__]
