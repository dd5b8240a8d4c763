"""Regions of interest: boxes on the planes of a batch, each pooled to a fixed number of bins.

The rules for the bins are those of :mod:`poolkit.geometry.regions`.

Legend: R boxes, C channels of the input and D of the output, P × Q bins of g × h points; r, p, q,
i and j count them.
"""

from poolkit.ops.regions.bins import BinPooling
from poolkit.ops.regions.boxes import Channels, Pooled, Regions
from poolkit.ops.regions.given import as_regions, positive_scale
from poolkit.ops.regions.operation import RegionPooling
from poolkit.ops.regions.samples import SamplePooling

__all__ = [
    "BinPooling",
    "Channels",
    "Pooled",
    "RegionPooling",
    "Regions",
    "SamplePooling",
    "as_regions",
    "positive_scale",
]
