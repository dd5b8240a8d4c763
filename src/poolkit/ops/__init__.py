"""The public operators: a family of windows (sliding, adaptive, whole axes) × a reducer."""

from poolkit.ops import named, region_cells, region_points
from poolkit.ops.named import *
from poolkit.ops.region_cells import *
from poolkit.ops.region_points import *

__all__ = [*named.__all__, *region_cells.__all__, *region_points.__all__]
