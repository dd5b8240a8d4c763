"""The operators of the named reducers: each on every kind of windows, and of every rank.

``named.pyi`` lists them for type checkers; `tests/codebase/test_stub.py` writes it.
"""

import sys
from collections.abc import Callable
from typing import Any

from poolkit.ops.adaptive import adaptive_pool
from poolkit.ops.derive import of_rank, of_reducer
from poolkit.ops.fractional import fractional_pool
from poolkit.ops.sliding import pool
from poolkit.ops.whole import global_pool
from poolkit.reducers import NAMED, Reducer

FAMILIES = {
    "": pool,
    "adaptive_": adaptive_pool,
    "fractional_": fractional_pool,
    "global_": global_pool,
}

SHORT = {"mean": "avg"}
"""What a reducer is called in operators' names, where that differs."""

BASES: dict[str, tuple[Callable[..., Any], type[Reducer] | None]] = {
    f"{prefix}{word}pool": (family, reducer)
    for prefix, family in FAMILIES.items()
    for word, reducer in [
        *((f"{SHORT.get(name, name)}_", reducer) for name, reducer in NAMED.items()),
        ("", None),
    ]
}
"""The operators of any rank: a family, with its reducer fixed or not."""

__all__ = [f"{base}{rank}" for base in BASES for rank in ("", "1d", "2d", "3d")]


def __getattr__(name: str) -> Any:
    """Make an operator when it is asked for: all at once take 0.1 s, as long as NumPy's import."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    if name in BASES:
        family, reducer = BASES[name]
        made = family if reducer is None else of_reducer(family, reducer, name, __name__)
    else:
        made = of_rank(getattr(sys.modules[__name__], name[:-2]), int(name[-2]), __name__)
    globals()[name] = made
    return made
