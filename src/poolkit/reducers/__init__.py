"""What a window becomes: one readable definition each."""

from poolkit._errors import ArgumentError, ArgumentTypeError, message
from poolkit.reducers.compared import ComparedMax, TiedMax
from poolkit.reducers.extrema import Max, Min, Range
from poolkit.reducers.function import Function
from poolkit.reducers.norms import PowerNorm
from poolkit.reducers.powers import Lp
from poolkit.reducers.reducer import Divisor, Fold, Gradient, Reducer
from poolkit.reducers.spread import Std, Var
from poolkit.reducers.sums import Mean, Product, Sum

__all__ = [
    "NAMED",
    "ComparedMax",
    "Divisor",
    "Fold",
    "Function",
    "Gradient",
    "Lp",
    "Max",
    "Mean",
    "Min",
    "PowerNorm",
    "Product",
    "Range",
    "Reducer",
    "Std",
    "Sum",
    "TiedMax",
    "Var",
    "find",
]

NAMED: dict[str, type[Reducer]] = {
    reducer.name: reducer for reducer in (Max, Min, Sum, Mean, Lp, Std, Var, Range, Product)
}
"""The reducers that can be asked for by name, with their parameters' defaults."""


def find(reduce: object) -> Reducer:
    """Return the reducer that a name, a reducer or a function stands for."""
    wanted = f"be a reducer, a function of (windows, axis), or one of {', '.join(NAMED)}"
    if isinstance(reduce, Reducer):
        return reduce
    if isinstance(reduce, str):
        if reduce not in NAMED:
            raise ArgumentError(message("reduce", wanted, repr(reduce)))
        return NAMED[reduce]()
    if isinstance(reduce, type) or not callable(reduce):
        raise ArgumentTypeError(message("reduce", wanted, repr(reduce)))
    return Function(reduce)
