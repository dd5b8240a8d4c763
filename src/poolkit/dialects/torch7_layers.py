"""What Torch7's modules mean that are not pooling by windows alone, and how they number.

Source: as :mod:`poolkit.dialects.torch7`.
"""

from dataclasses import dataclass
from math import floor
from typing import Any

import numpy as np

from poolkit._errors import ArgumentError, ArgumentTypeError, message
from poolkit.dialects.caffe_layer import CaffeLayer
from poolkit.dialects.fractional import PlaneByPlane
from poolkit.dialects.layer import Answer, Layer, Shape
from poolkit.dialects.numbering import coordinates
from poolkit.geometry import Listed, Plan, Specification
from poolkit.geometry.fractional import torch_spans
from poolkit.ops.unpooling import pick, place
from poolkit.reducers import ComparedMax, Reducer
from poolkit.reducers.dtypes import DType
from poolkit.reducers.reducer import Array

__all__ = [
    "AveragingLayer",
    "Fractional",
    "Undivided",
    "Unpooling",
    "check_dtype",
    "check_rank",
    "from_one",
    "max_above_flt_max",
    "max_above_lowest",
    "within_bin",
]

LOWEST = float(np.finfo(np.float64).min)
FLT_MAX = float(np.finfo(np.float32).max)


def check_rank(rank: int, spatial: int) -> None:
    """Refuse arrays that have other axes than channels, the pooled ones, and perhaps a batch."""
    if rank not in (spatial + 1, spatial + 2):
        wanted = f"have {spatial + 1} axes, or {spatial + 2} with a batch"
        raise ArgumentError(message("x", wanted, rank))


def check_dtype(dtype: DType) -> None:
    """Refuse arrays that are not floats of 32 or 64 bits."""
    if dtype not in (np.float32, np.float64):
        raise ArgumentTypeError(message("x", "be of float32 or float64", dtype))


def max_above_lowest(dtype: DType) -> Reducer:
    """Return the maximum of what is above the lowest number of the dtype."""
    check_dtype(dtype)
    return ComparedMax("skip", LOWEST)


def max_above_flt_max(dtype: DType) -> Reducer:
    """Return the maximum of what is above the lowest float32, of float64 too."""
    check_dtype(dtype)
    return ComparedMax("skip", -FLT_MAX)


def from_one(plan: Plan, indices: Array) -> Array:
    """Return row-major positions in each plane, counted from 1; 0 where nothing was chosen."""
    del plan
    return indices + 1


def within_bin(plan: Plan, indices: Array) -> Array:
    """Return the row and the column inside each bin, counted from 1, in an array (2, ...)."""
    places = coordinates(plan, indices)
    inside = []
    widths = np.ones((1,) * len(plan.shape), np.int64)
    for axis, windows in zip(plan.axes, plan.windows, strict=True):
        shape = [1] * len(plan.shape)
        shape[axis] = windows.count
        spans = [windows.positions(o) for o in range(windows.count)]
        inside.append(places[axis] - np.array([p.start for p in spans]).reshape(shape) + 1)
        widths = np.array([len(p) for p in spans]).reshape(shape)
    row, column = np.broadcast_arrays(*inside)
    # What is not there is −1, divided by the bin's width as C does it.
    is_narrow = np.broadcast_to(widths == 1, row.shape)
    row = np.where(indices < 0, np.where(is_narrow, 0, 1), row)
    column = np.where(indices < 0, np.where(is_narrow, 1, 0), column)
    return np.stack([row, column])


@dataclass(frozen=True)
class AveragingLayer(CaffeLayer):
    """Averages, of which those of windows that begin right behind the input are 0 / 0."""

    def answer(self, x: Array, random_samples: Array | None = None) -> Answer:
        """Return the output for an array."""
        del random_samples
        found = Layer.answer(self, x)
        self._mark_windows_of_no_size(x, found.y)
        return found


@dataclass(frozen=True)
class Undivided:
    """Averages times the elements of a whole window: a sum, unless a window hangs over the end.

    Attributes
    ----------
    layer : Layer
        The averages.
    elements : int
        The elements of a whole window.
    """

    layer: Layer
    elements: int

    def answer(self, x: Array) -> Answer:
        """Return the output for an array."""
        averages = self.layer.answer(x)
        inner = averages.pull_back
        assert inner is not None
        return Answer(averages.y * self.elements, None, lambda g: inner(g) * self.elements)


@dataclass(frozen=True)
class Fractional:
    """Maxima of windows that begin where random samples say, in each plane elsewhere.

    Attributes
    ----------
    kernel_size : (int, int)
        Height and width of a window.
    sizes : (float, float)
        How many windows there are down and across, or how many for each element.
    are_ratios : bool
        Whether `sizes` is the latter.
    """

    kernel_size: Shape
    sizes: tuple[float, float]
    are_ratios: bool

    def answer(self, x: Array, random_samples: Array | None = None) -> Answer:
        """Return the output for an array, and samples of shape (N, C, 2)."""
        check_rank(x.ndim, 2)
        check_dtype(x.dtype)
        lengths = x.shape[-2:]
        if self.are_ratios:
            counts = tuple(floor(n * r) for n, r in zip(lengths, self.sizes, strict=True))
        else:
            counts = tuple(map(int, self.sizes))
        for n, count, size in zip(lengths, counts, self.kernel_size, strict=True):
            if count < 1 or count + size > n:
                wanted = f"leave room for 1 window at least in {lengths} elements, and a spare one"
                raise ArgumentError(message("poolSizeH, poolSizeW", wanted, self.kernel_size))
        shape = (*(x.shape[:-2] if x.ndim == 4 else (1, x.shape[0])), 2)
        if random_samples is None or random_samples.shape != shape:
            came = None if random_samples is None else random_samples.shape
            raise ArgumentError(message("random_samples", f"have the shape {shape}", came))
        # The width's comes first.
        samples = random_samples.astype(x.dtype)[..., ::-1]
        samples = samples if x.ndim == 4 else samples[0]
        precision: Any = x.dtype.name

        def windows(place: Shape, plane: Shape) -> Specification:
            each = zip(plane, counts, self.kernel_size, samples[place], strict=True)
            listed = (
                Listed(n, torch_spans(n, count, size, float(sample), precision))
                for n, count, size, sample in each
            )
            return Specification(tuple(listed))

        found = PlaneByPlane(windows, max_above_lowest, 2, from_one).answer(x)
        if found.argmax is not None and np.any(found.argmax == 0):
            wanted = "hold a number above the lowest in every window"
            raise ArgumentError(message("x", wanted, "one without"))
        return found


@dataclass(frozen=True)
class Unpooling:
    """Values put back to where a maximum found them.

    Attributes
    ----------
    lengths : tuple of int
        The lengths of the pooled axes in the output: what the pooling module had as input.
    """

    lengths: Shape

    def answer(self, x: Array, indices: Array) -> Answer:
        """Return the output for values and their places, counted from 1."""
        spatial = len(self.lengths)
        check_rank(x.ndim, spatial)
        check_dtype(x.dtype)
        if indices.dtype.kind not in "iu":
            raise ArgumentTypeError(message("indices", "hold integers", indices.dtype))
        axes = tuple(range(x.ndim - spatial, x.ndim))
        places = indices.astype(np.int64) - 1

        def pull_back(gradient: Array) -> Array:
            return pick(np.asarray(gradient, x.dtype), places, axes)

        return Answer(place(x, places, self.lengths, axes), None, pull_back)
