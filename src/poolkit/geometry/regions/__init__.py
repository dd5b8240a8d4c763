"""Where the bins of a box lie: regions of interest, shared out among a fixed number of bins.

A box is given in real numbers, in the units of the image that it was found in. Both its axes are
dealt with alike and apart: everything here is about one axis. Frameworks differ in where they
round and what they add; each such choice is a parameter.

Legend: a box goes from `low` to `high`; `count` bins share it out; the axis has `length` cells,
and cell i lies at coordinate i.

Source: pytorch/vision: torchvision/csrc/ops/cpu/{roi_pool,roi_align,ps_roi_pool,ps_roi_align}
_kernel.cpp; what departs from that is named where it is a parameter.
"""

from poolkit.geometry.regions.bins import AxisBins, CellBins, RealBins, Spans
from poolkit.geometry.regions.floats import Halves, Precision, single
from poolkit.geometry.regions.samples import Samples, Tap

__all__ = [
    "AxisBins",
    "CellBins",
    "Halves",
    "Precision",
    "RealBins",
    "Samples",
    "Spans",
    "Tap",
    "single",
]
