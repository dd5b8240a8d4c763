"""Pooling: the windows of any framework, answered exactly, fast, and explained."""

from typing import TYPE_CHECKING, Any

from poolkit import geometry, ops, reducers
from poolkit._errors import (
    ArgumentError,
    ArgumentTypeError,
    MissingDependencyError,
    PoolError,
    UnsupportedError,
    WindowFitError,
)
from poolkit.engines import get_num_threads, set_num_threads
from poolkit.ops import __all__ as _operators
from poolkit.ops.gradient import jvp, vjp

if TYPE_CHECKING:
    from poolkit import dialects
    from poolkit.dialects.compare import compare
    from poolkit.dialects.translate import translate
    from poolkit.ops import *

__all__ = [
    "ArgumentError",
    "ArgumentTypeError",
    "MissingDependencyError",
    "PoolError",
    "UnsupportedError",
    "WindowFitError",
    "__version__",
    "compare",
    "dialects",
    "geometry",
    "get_num_threads",
    "jvp",
    "reducers",
    "set_num_threads",
    "translate",
    "vjp",
]
__all__ += _operators


_LATER = {"compare": "poolkit.dialects.compare", "translate": "poolkit.dialects.translate"}


def __getattr__(name: str) -> Any:
    """Return what few need when it is asked for, so that importing poolkit stays quick."""
    from importlib import import_module, metadata

    if name == "__version__":
        return metadata.version("poolkit")
    if name == "dialects":
        return import_module("poolkit.dialects")
    if name in _operators:
        made = globals()[name] = getattr(ops, name)
        return made
    if name in _LATER:
        return getattr(import_module(_LATER[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
