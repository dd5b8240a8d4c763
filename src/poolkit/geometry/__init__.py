"""Where the windows lie. Integers only: no arrays, no reducers, no frameworks."""

from poolkit.geometry.adaptive import Adaptive, AdaptiveWindows
from poolkit.geometry.axis import AxisWindows, CoveringWindows, SlidingWindows
from poolkit.geometry.differences import DifferenceSliding, DifferenceWindows
from poolkit.geometry.fractional_graham import Fractional
from poolkit.geometry.inverse import bind_output
from poolkit.geometry.listed import Listed, ListedWindows
from poolkit.geometry.plan import Asked, Part, Plan, Specification, bind
from poolkit.geometry.rounding import Rounding, sliding_count
from poolkit.geometry.sliding import AutomaticPadding, Sliding
from poolkit.geometry.weighted import (
    Area,
    AreaWindows,
    Binomial,
    BinomialWindows,
    WeightedSpecification,
    WeightedWindow,
    WeightedWindows,
)

__all__ = [
    "Adaptive",
    "AdaptiveWindows",
    "Area",
    "AreaWindows",
    "Asked",
    "AutomaticPadding",
    "AxisWindows",
    "Binomial",
    "BinomialWindows",
    "CoveringWindows",
    "DifferenceSliding",
    "DifferenceWindows",
    "Fractional",
    "Listed",
    "ListedWindows",
    "Part",
    "Plan",
    "Rounding",
    "Sliding",
    "SlidingWindows",
    "Specification",
    "WeightedSpecification",
    "WeightedWindow",
    "WeightedWindows",
    "bind",
    "bind_output",
    "sliding_count",
]
