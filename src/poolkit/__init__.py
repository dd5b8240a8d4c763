"""Pooling: the windows of any framework, answered exactly, fast, and explained."""

from poolkit import geometry, reducers
from poolkit._errors import (
    ArgumentError,
    ArgumentTypeError,
    MissingDependencyError,
    PoolError,
    UnsupportedError,
    WindowFitError,
)
from poolkit.engines import get_num_threads, set_num_threads
from poolkit.ops import *
from poolkit.ops import __all__ as _operators
from poolkit.ops.gradient import vjp

__all__ = [
    "ArgumentError",
    "ArgumentTypeError",
    "MissingDependencyError",
    "PoolError",
    "UnsupportedError",
    "WindowFitError",
    "__version__",
    "geometry",
    "get_num_threads",
    "reducers",
    "set_num_threads",
    "vjp",
]
__all__ += _operators


def __getattr__(name: str) -> str:
    """Return the version when asked: looking it up takes as long as importing NumPy's core."""
    if name == "__version__":
        from importlib.metadata import version

        return version("poolkit")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
