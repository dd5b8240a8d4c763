"""Pooling of boxes on planes of which cells may be missing, or count more often."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from poolkit import engines
from poolkit._errors import ArgumentError, message
from poolkit.engines.engine import divisors
from poolkit.geometry import Plan
from poolkit.ops.missing import Missing
from poolkit.ops.regions.bins import BinPooling, of_box
from poolkit.ops.regions.boxes import Regions
from poolkit.ops.regions.planes import Laid, lay_out
from poolkit.ops.regions.samples import SamplePooling
from poolkit.reducers import Extreme, Range, Reducer
from poolkit.reducers.reducer import Array

__all__ = ["Present", "present_pooling"]


class Present(ABC):
    """What is there of the bins of boxes on an array, and its derivative.

    Attributes
    ----------
    values : array of shape (R, D, P, Q)
    chosen : array of int of that shape, or None
        Where each chosen element lies, −1 where none was.
    few : array of bool of that shape
        In which bins too little is there; their values mean nothing.
    valid : array of that shape
        How many elements are there, or which share.
    """

    values: Array
    chosen: Array | None = None
    few: Array
    valid: Array

    def __init__(self, pooling: Any, x: Array, often: Array, regions: Regions) -> None:
        self.pooling, self.x, self.often, self.regions = pooling, x, often, regions

    def counted(self, x: Array) -> Array:
        """Return cells as often as they count, 0 where they are missing."""
        return np.where(self.often > 0, x * self.often, 0).astype(x.dtype, copy=False)

    @abstractmethod
    def push_forward(self, tangent: Array) -> Array:
        """Return the tangent of the values, given that of the array."""

    @abstractmethod
    def pull_back(self, gradient: Array) -> Array:
        """Return the gradient of the array, given that of the values."""


class _OfMeans(Present):
    """Means, which are linear: those of what is there, over that of its weights."""

    def __init__(
        self,
        pooling: BinPooling | SamplePooling,
        x: Array,
        often: Array,
        regions: Regions,
        missing: Missing,
    ) -> None:
        super().__init__(pooling, x, often, regions)
        self.valid, self.few, whole = _shares(pooling, x, often, regions, missing)
        of_weights = self.valid
        if often.dtype.kind != "b":
            of_weights = pooling.pool(often.astype(x.dtype), regions).values
        # Points beside the plane count as zeros that are there.
        total = of_weights + (1 - whole)
        self.total = np.where(self.few | (total <= 0), 1, total)
        self.values = pooling.pool(self.counted(x), regions).values / self.total

    def push_forward(self, tangent: Array) -> Array:
        moved = self.pooling.push_forward(self.x, self.regions, None, self.counted(tangent))
        return np.where(self.few, 0, moved / self.total)

    def pull_back(self, gradient: Array) -> Array:
        outer = np.where(self.few, 0, gradient / self.total).astype(gradient.dtype)
        return self.counted(self.pooling.pull_back(self.x, self.regions, None, outer))


class _OfLargestPoints(Present):
    """Maxima of points, each the mean of those cells around it that are there."""

    def __init__(
        self,
        pooling: SamplePooling,
        x: Array,
        often: Array,
        regions: Regions,
        missing: Missing,
    ) -> None:
        super().__init__(pooling, x, often, regions)
        self.valid, self.few, _ = _shares(
            replace(pooling, reduce="mean"), x, often, regions, missing
        )
        counts = often.astype(x.dtype)
        self.values, self.chosen = pooling.pool(self.counted(x), regions, often=counts)
        assert self.chosen is not None
        self.chosen[self.few] = -1
        total = pooling.push_forward(x, regions, self.chosen, counts)
        self.total = np.where(self.chosen < 0, 1, total)

    def push_forward(self, tangent: Array) -> Array:
        along = self.counted(tangent)
        return np.asarray(
            self.pooling.push_forward(self.x, self.regions, self.chosen, along) / self.total
        )

    def pull_back(self, gradient: Array) -> Array:
        outer = np.where(self.few, 0, gradient / self.total).astype(gradient.dtype)
        return self.counted(self.pooling.pull_back(self.x, self.regions, self.chosen, outer))


class _OfCells(Present):
    """Bins of cells, box by box, as the engines pool windows of what is there."""

    def __init__(
        self,
        pooling: BinPooling,
        x: Array,
        often: Array,
        regions: Regions,
        missing: Missing,
    ) -> None:
        reducer = pooling.reducer
        if isinstance(reducer, Extreme | Range):
            often = often > 0  # two of the largest are no larger, nor passed on more
        super().__init__(pooling, x, often, regions)
        shape = (len(regions.images), x.shape[1], *pooling.output_size)
        self.values = np.full(shape, pooling.empty, x.dtype)
        self.valid, inside = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
        if reducer.routing == "selected":
            self.chosen = np.full(shape, -1)
        for r, image, laid in self._boxes():
            there = laid.plan, reducer, x[image][laid.inputs], often[image][laid.inputs]
            if self.chosen is not None:
                pooled, found, valid = engines.select_weighted(*there)
                self.chosen[r][laid.outputs] = laid.place(found, x.shape[3])
            else:
                pooled, valid = engines.pool_weighted(*there)
            self.values[r][laid.outputs], self.valid[r][laid.outputs] = pooled, valid
            inside[r][laid.outputs] = divisors(laid.plan, "valid")
        self.few = missing.find_few(self.valid, inside, reducer.of_nothing) & (inside > 0)
        if missing.min_valid == 0 and reducer.of_nothing is not None:
            self.values[(self.valid == 0) & (inside > 0)] = reducer.of_nothing
        if self.chosen is not None:
            self.chosen[self.few] = -1

    def push_forward(self, tangent: Array) -> Array:
        if self.chosen is not None:
            moved = self.pooling.push_forward(self.x, self.regions, self.chosen, tangent)
            return np.asarray(moved)
        moved = np.zeros(self.values.shape, self.x.dtype)
        for r, image, laid in self._boxes():
            moved[r][laid.outputs] = engines.push_forward_weighted(
                *self._there(r, image, laid), tangent[image][laid.inputs]
            )
        return np.where(self.few, 0, moved)

    def pull_back(self, gradient: Array) -> Array:
        outer = np.where(self.few, 0, gradient).astype(gradient.dtype)
        if self.chosen is not None:
            return np.asarray(self.pooling.pull_back(self.x, self.regions, self.chosen, outer))
        total = np.zeros(self.x.shape, self.x.dtype)
        for r, image, laid in self._boxes():
            total[image][laid.inputs] += engines.pull_back_weighted(
                *self._there(r, image, laid), np.ascontiguousarray(outer[r][laid.outputs])
            )
        return total

    def _boxes(self) -> Iterator[tuple[int, int, Laid]]:
        """Yield boxes that hold cells: their number, their image, their bins."""
        spans = self.pooling.spans(self.regions, self.x)
        for r, image, _, _ in self.regions:
            laid = lay_out(self.x.shape[1:], *of_box(spans, r))
            if laid is not None:
                yield r, image, laid

    def _there(self, r: int, image: int, laid: Laid) -> tuple[Plan, Reducer, Array, Array, Array]:
        of_plane = self.x[image][laid.inputs], self.often[image][laid.inputs]
        return laid.plan, self.pooling.reducer, *of_plane, self.valid[r][laid.outputs]


class _Shares(NamedTuple):
    """Which share of bins is there, in which too little is, and which share lies inside."""

    valid: Array
    few: Array
    whole: Array


def _shares(
    pooling: BinPooling | SamplePooling,
    x: Array,
    often: Array,
    regions: Regions,
    missing: Missing,
) -> _Shares:
    if not missing.is_share and missing.min_valid > 1:
        wanted = "be 0, 1 or a share, as a float, where points or channels are pooled"
        raise ArgumentError(message("min_valid", wanted, missing.min_valid))
    whole = pooling.pool(np.ones(x.shape, x.dtype), regions).values
    valid = pooling.pool((often > 0).astype(x.dtype), regions).values
    few = valid <= 0
    if missing.is_share:
        few |= valid < whole * (missing.min_valid - 64 * np.finfo(x.dtype).eps)
    return _Shares(valid, few & (whole > 0), whole)


def present_pooling(
    pooling: BinPooling | SamplePooling,
    x: Array,
    often: Array,
    regions: Regions,
    missing: Missing,
) -> Present:
    """Return what is there of the bins of boxes.

    Raises
    ------
    ArgumentError
        If `min_valid` is a number of elements, where points or channels are pooled.
    """
    there = x, often, regions, missing
    if isinstance(pooling, BinPooling):
        return _OfCells(pooling, *there) if pooling.channels is None else _OfMeans(pooling, *there)
    return (
        _OfMeans(pooling, *there) if pooling.reduce == "mean" else _OfLargestPoints(pooling, *there)
    )
