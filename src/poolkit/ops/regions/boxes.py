"""The boxes, the channels that their bins are pooled from, and what they are pooled to."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from poolkit._errors import ArgumentError, ArgumentTypeError, message
from poolkit.engines.regions import Bins
from poolkit.reducers.dtypes import is_float
from poolkit.reducers.reducer import Array

__all__ = ["Channels", "Pooled", "Regions", "bins_of", "output_shape", "sources"]

MOST_BINS = 2**16
"""Bins that a box may have on one axis."""


@dataclass(frozen=True)
class Regions:
    """Boxes on the planes of a batch.

    Attributes
    ----------
    images : array of int of shape (R,)
        The image that each lies on; −1 means none, and its bins are 0.
    rows, columns : array of shape (R, 2)
        Where each begins and ends on the last axis but one, and on the last.
    """

    images: Array
    rows: Array
    columns: Array

    def check(self, x: Array) -> None:
        """Refuse an array that they cannot lie on.

        Raises
        ------
        ArgumentError, ArgumentTypeError
            If the array has another rank, no cells or no floats, or a box lies on no image of
            it, or is not finite.
        """
        if x.ndim != 4:
            raise ArgumentError(message("x", "have the 4 axes (N, C, H, W)", x.shape))
        if not is_float(x.dtype):
            raise ArgumentTypeError(message("x", "hold floats", x.dtype))
        if 0 in x.shape[2:]:
            raise ArgumentError(message("x", "have at least one cell", x.shape))
        if not (np.isfinite(self.rows).all() and np.isfinite(self.columns).all()):
            raise ArgumentError(message("boxes", "be finite", "NaN or an infinity"))
        if self.images.size and not -1 <= self.images.min() <= self.images.max() < len(x):
            came = f"{self.images.min()} to {self.images.max()}"
            raise ArgumentError(message("boxes", f"lie on the images 0 to {len(x) - 1}", came))

    def some(self, boxes: slice) -> "Regions":
        """Return some of the boxes."""
        return Regions(self.images[boxes], self.rows[boxes], self.columns[boxes])

    def __iter__(self) -> Iterator[tuple[int, int, tuple[float, float], tuple[float, float]]]:
        """Yield boxes that lie on an image: their number, the image, rows and columns."""
        for r, image in enumerate(self.images.tolist()):
            if image >= 0:
                (top, bottom), (left, right) = self.rows[r].tolist(), self.columns[r].tolist()
                yield r, image, (top, bottom), (left, right)


@dataclass(frozen=True, slots=True)
class Channels:
    """Position-sensitive pooling: every bin has channels of its own.

    The input's channels are D blocks of G × H, one for each place of a grid; bin (p, q) of P × Q
    is pooled from the place (⌊p·G / P⌋, ⌊q·H / Q⌋).

    Attributes
    ----------
    count : int
        D, the channels of the output.
    grid : (int, int)
        G and H.
    """

    count: int
    grid: tuple[int, int]

    def of(self, p: int, q: int, output_size: tuple[int, int]) -> slice:
        """Return the input's channels that a bin is pooled from."""
        down, across = self.grid
        place = p * down // output_size[0] * across + q * across // output_size[1]
        return slice(place, self.count * down * across, down * across)

    def places(self, output_size: tuple[int, int]) -> Array:
        """Return the place of the grid that each bin is pooled from: (P, Q)."""
        down, across = (
            np.arange(bins) * cells // bins
            for bins, cells in zip(output_size, self.grid, strict=True)
        )
        return np.asarray(down[:, np.newaxis] * self.grid[1] + across)

    def check(self, x: Array) -> None:
        """Refuse an array that has too few channels.

        Raises
        ------
        ArgumentError
            If it has.
        """
        wanted = self.count * self.grid[0] * self.grid[1]
        if x.shape[1] < wanted:
            raise ArgumentError(message("x", f"have at least {wanted} channels", x.shape[1]))


class Pooled(NamedTuple):
    """What boxes are pooled to.

    Attributes
    ----------
    values : array of shape (R, D, P, Q)
    chosen : array of int of that shape, or None
        Where a reducer that chooses elements found them, in row-major order of the plane; −1
        where it chose none. Of points, what `pull_back` needs to find them again.
    """

    values: Array
    chosen: Array | None


def output_shape(
    x: Array, regions: Regions, output_size: tuple[int, int], channels: Channels | None
) -> tuple[int, int, int, int]:
    """Return R, D, P and Q, and refuse what cannot be pooled.

    Raises
    ------
    ArgumentError, ArgumentTypeError
        If the boxes cannot lie on the array, it has too few channels, or the bins are too many.
    """
    regions.check(x)
    if max(output_size) > MOST_BINS:
        raise ArgumentError(message("output_size", f"be at most {MOST_BINS}", output_size))
    if channels is None:
        return (len(regions.images), x.shape[1], *output_size)
    channels.check(x)
    return (len(regions.images), channels.count, *output_size)


def sources(count: int, output_size: tuple[int, int], channels: Channels | None) -> Array:
    """Return which of `count` channels each bin is pooled from: (D, P, Q)."""
    down, across = output_size
    if channels is None:
        alike = np.arange(count)[:, np.newaxis, np.newaxis]
        return np.broadcast_to(alike, (count, down, across))
    group = channels.grid[0] * channels.grid[1]
    first = np.arange(channels.count)[:, np.newaxis, np.newaxis] * group
    return np.asarray(first + channels.places(output_size))


def bins_of(regions: Regions, output_size: tuple[int, int], channels: Channels | None) -> Bins:
    """Return what kernels are told of the boxes and of their bins' channels."""
    images = regions.images.astype(np.int64)
    if channels is None:
        return Bins(images, np.zeros(output_size, np.int64), 1)
    group = channels.grid[0] * channels.grid[1]
    return Bins(images, channels.places(output_size), group)
