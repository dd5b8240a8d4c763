"""What a window becomes: one readable definition each."""

from poolkit._errors import ArgumentError, ArgumentTypeError, message
from poolkit.reducers.averaged_norm import AveragedNorm, OrderedMean
from poolkit.reducers.blended import MaxMeanBlend
from poolkit.reducers.combined import Combined, StepwiseMean
from poolkit.reducers.compared import ComparedMax, TiedMax
from poolkit.reducers.extrema import Extreme, Max, Min, Range
from poolkit.reducers.fast_math import FastMathMax
from poolkit.reducers.filled import Filled
from poolkit.reducers.function import Function
from poolkit.reducers.generalised_mean import GeneralisedMean
from poolkit.reducers.log_sum_exp import LogSumExp
from poolkit.reducers.mode import Mode
from poolkit.reducers.norms import PowerNorm
from poolkit.reducers.number_max import NumberMax
from poolkit.reducers.ordered import Ordered
from poolkit.reducers.padded_max import PaddedMax
from poolkit.reducers.passed import PassedMax
from poolkit.reducers.powers import Lp
from poolkit.reducers.quantiles import Median, Quantile, QuantileMethod
from poolkit.reducers.ranks import Ordinal, Rank, TopMean
from poolkit.reducers.reducer import Divisor, Fold, Gradient, Reducer
from poolkit.reducers.rounded import Clamped, RoundedMean
from poolkit.reducers.running import RunningNorm, RunningSum
from poolkit.reducers.scaled import ScaledMean
from poolkit.reducers.soft import SoftMean
from poolkit.reducers.spread import Std, Var
from poolkit.reducers.stochastic import (
    ExpectedDraw,
    StochasticMean,
    draw_by_share,
    draw_by_size,
)
from poolkit.reducers.sums import Mean, Product, Sum
from poolkit.reducers.truncated import TruncatedMean

__all__ = [
    "NAMED",
    "AveragedNorm",
    "Clamped",
    "Combined",
    "ComparedMax",
    "Divisor",
    "ExpectedDraw",
    "Extreme",
    "FastMathMax",
    "Filled",
    "Fold",
    "Function",
    "GeneralisedMean",
    "Gradient",
    "LogSumExp",
    "Lp",
    "Max",
    "MaxMeanBlend",
    "Mean",
    "Median",
    "Min",
    "Mode",
    "NumberMax",
    "Ordered",
    "OrderedMean",
    "Ordinal",
    "PaddedMax",
    "PassedMax",
    "PowerNorm",
    "Product",
    "Quantile",
    "QuantileMethod",
    "Range",
    "Rank",
    "Reducer",
    "RoundedMean",
    "RunningNorm",
    "RunningSum",
    "ScaledMean",
    "SoftMean",
    "Std",
    "StepwiseMean",
    "StochasticMean",
    "Sum",
    "TiedMax",
    "TopMean",
    "TruncatedMean",
    "Var",
    "draw_by_share",
    "draw_by_size",
    "find",
]

NAMED: dict[str, type[Reducer]] = {
    reducer.name: reducer
    for reducer in (
        *(Max, Min, Sum, Mean, Lp, Std, Var, Range, Product),
        *(SoftMean, LogSumExp, GeneralisedMean),
        *(Median, Quantile, Mode, Rank, TopMean, Ordinal),
    )
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
