"""The public operators: families of windows × reducers, and those that are neither."""

from typing import TYPE_CHECKING, Any

from poolkit.ops import (
    area,
    attention,
    avg_unpooling,
    blur,
    max_unpooling,
    mixed,
    named,
    pyramid,
    region_cells,
    region_points,
    stochastic,
)
from poolkit.ops.area import *
from poolkit.ops.attention import *
from poolkit.ops.avg_unpooling import *
from poolkit.ops.blur import *
from poolkit.ops.max_unpooling import *
from poolkit.ops.mixed import *
from poolkit.ops.pyramid import *
from poolkit.ops.region_cells import *
from poolkit.ops.region_points import *
from poolkit.ops.stochastic import *

if TYPE_CHECKING:
    from poolkit.ops.named import *

__all__ = [
    *area.__all__,
    *attention.__all__,
    *avg_unpooling.__all__,
    *blur.__all__,
    *max_unpooling.__all__,
    *mixed.__all__,
    *named.__all__,
    *pyramid.__all__,
    *region_cells.__all__,
    *region_points.__all__,
    *stochastic.__all__,
]


def __getattr__(name: str) -> Any:
    """Return an operator of a named reducer, which is made when it is asked for."""
    return getattr(named, name)
