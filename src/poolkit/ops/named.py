"""The operators of the named reducers: each on every kind of windows, and of every rank.

``named.pyi`` lists them for type checkers; `tests/codebase/test_stub.py` writes it.
"""

from poolkit.ops.adaptive import adaptive_pool
from poolkit.ops.derive import of_ranks, of_reducer
from poolkit.ops.fractional import fractional_pool
from poolkit.ops.sliding import avg_pool, lp_pool, pool
from poolkit.ops.whole import global_pool
from poolkit.reducers import NAMED

FAMILIES = {
    "": pool,
    "adaptive_": adaptive_pool,
    "fractional_": fractional_pool,
    "global_": global_pool,
}

SHORT = {"mean": "avg"}
"""What a reducer is called in operators' names, where that differs."""

OWN = {"avg_pool": avg_pool, "lp_pool": lp_pool}
"""Operators whose arguments are not those of their reducer."""

__all__: list[str] = []

for _prefix, _family in FAMILIES.items():
    for _reducer in NAMED.values():
        _name = f"{_prefix}{SHORT.get(_reducer.name, _reducer.name)}_pool"
        _base = OWN.get(_name) or of_reducer(_family, _reducer, _name, __name__)
        for _operator in (_base, *of_ranks(_base, __name__)):
            globals()[_operator.__name__] = _operator
            __all__.append(_operator.__name__)
    for _operator in (_family, *of_ranks(_family, __name__)):
        globals()[_operator.__name__] = _operator
        __all__.append(_operator.__name__)
