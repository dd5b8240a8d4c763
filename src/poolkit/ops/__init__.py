"""The public operators: families of windows × reducers, and those that are neither."""

from poolkit.ops import attention, avg_unpooling, max_unpooling, named, pyramid
from poolkit.ops.attention import *
from poolkit.ops.avg_unpooling import *
from poolkit.ops.max_unpooling import *
from poolkit.ops.named import *
from poolkit.ops.pyramid import *

__all__ = [
    *named.__all__,
    *attention.__all__,
    *avg_unpooling.__all__,
    *max_unpooling.__all__,
    *pyramid.__all__,
]
