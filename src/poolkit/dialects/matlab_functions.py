"""MATLAB's pooling functions of labelled arrays (dlarray), and its unpooling."""

# ruff: noqa: N803 - the names of MATLAB's arguments

from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np

from poolkit._arguments import OneOrPerAxis
from poolkit._errors import ArgumentError, message
from poolkit.dialects.layer import Answer, Layer
from poolkit.dialects.matlab_windows import (
    Unpoolable,
    column_major,
    max_layer,
    mean_layer,
    padding_by_axis,
    windows_of,
)
from poolkit.dialects.native import Dialect
from poolkit.geometry import Adaptive, Specification
from poolkit.ops.unpooling import pick, place
from poolkit.reducers import Mean, NumberMax
from poolkit.reducers.reducer import Array

__all__ = ["DIALECT", "avgpool", "max_unpooling_2d", "maxpool", "maxunpool"]

DIALECT = Dialect("matlab")

FORMATS = {2: "SC", 3: "SCB", 4: "SSCB", 5: "SSSCB"}
"""The dimensions of unlabelled arrays, by their number."""

MOST_ELEMENTS = 2**34
"""Elements of an array that unpooling makes."""


def _pooled_axes(data_format: Any, pool_format: Any, rank: int) -> tuple[int, ...]:
    """Return the axes that a dlarray's labels say are pooled: the spatial ones by default."""
    labels = FORMATS.get(rank) if data_format is None else data_format
    if not isinstance(labels, str) or len(labels) != rank or set(labels) - set("SCBTU"):
        wanted = f"be a label of S, C, B, T or U for each of {rank} axes"
        raise ArgumentError(message("DataFormat", wanted, repr(data_format)))
    if pool_format is None:
        axes = tuple(axis for axis, label in enumerate(labels) if label == "S")
    else:
        if not isinstance(pool_format, str) or not pool_format or set(pool_format) - set("ST"):
            wanted = "be the labels to pool, S or T"
            raise ArgumentError(message("PoolFormat", wanted, repr(pool_format)))
        found = {
            label: [axis for axis, each in enumerate(labels) if each == label] for label in "ST"
        }
        if any(len(found[label]) != pool_format.count(label) for label in set(pool_format)):
            wanted = f"name the dimensions of {labels}"
            raise ArgumentError(message("PoolFormat", wanted, repr(pool_format)))
        axes = tuple(found[label].pop(0) for label in pool_format)
    if not 1 <= len(axes) <= 3:
        wanted = "have 1 to 3 dimensions to pool"
        raise ArgumentError(message("DataFormat", wanted, repr(labels)))
    return axes


@DIALECT.operator("maxpool", "dlarray.maxpool")
def maxpool(
    x: object,
    /,
    poolsize: Any = None,
    *,
    DataFormat: str | None = None,
    PoolFormat: str | None = None,
    Stride: OneOrPerAxis = 1,
    Padding: Any = 0,
    nargout: int = 1,
    rank: int,
) -> Layer:
    """Return what ``maxpool`` gives for a dlarray, with `nargout` 3 the indices and its size."""
    del x
    axes = _pooled_axes(DataFormat, PoolFormat, rank)
    if not isinstance(nargout, int) or nargout not in (1, 2, 3):
        raise ArgumentError(message("nargout", "be 1, 2 or 3", nargout))
    if isinstance(poolsize, str) and poolsize == "global":
        numbering = column_major if nargout > 1 else None
        layer = Unpoolable if nargout > 1 else Layer
        return layer(Specification((Adaptive(1),) * len(axes), axes), NumberMax(), numbering)
    windows = windows_of(poolsize, Stride, padding_by_axis(Padding, len(axes)), len(axes))
    return max_layer(windows, axes, nargout > 1)


@DIALECT.operator("avgpool", "dlarray.avgpool")
def avgpool(
    x: object,
    /,
    poolsize: Any = None,
    *,
    DataFormat: str | None = None,
    PoolFormat: str | None = None,
    Stride: OneOrPerAxis = 1,
    Padding: Any = 0,
    PaddingValue: Any = 0,
    rank: int,
) -> Layer:
    """Return what ``avgpool`` gives for a dlarray."""
    del x
    axes = _pooled_axes(DataFormat, PoolFormat, rank)
    if isinstance(poolsize, str) and poolsize == "global":
        return Layer(Specification((Adaptive(1),) * len(axes), axes), Mean())
    windows = windows_of(poolsize, Stride, padding_by_axis(Padding, len(axes)), len(axes))
    return mean_layer(windows, PaddingValue, axes)


@dataclass(frozen=True)
class Unpooling:
    """Values put back where a maximum was, in an array of zeros."""

    def answer(self, x: Array, indices: Array, size: Array) -> Answer:
        """Return the unpooled array: values in MATLAB's order, the last for a place stays."""
        if x.ndim < 2:
            raise ArgumentError(message("x", "have a height and a width", f"{x.ndim} axes"))
        shape = _shape(size, x)
        if indices.size != x.size:
            raise ArgumentError(message("indices", f"hold {x.size}, one a value", indices.size))
        # Column-major positions, counted from 1, are row-major ones of the reversed axes.
        places = np.asarray(indices, np.int64).reshape(x.shape, order="F").T - 1
        axes = tuple(range(x.ndim))
        y = place(x.T, places, shape[::-1], axes).T

        def pull_back(gradient: Array) -> Array:
            return np.ascontiguousarray(pick(np.asarray(gradient).T, places, axes).T)

        return Answer(np.ascontiguousarray(y), None, pull_back)


def _shape(size: Array, x: Array) -> tuple[int, ...]:
    """Return the shape of the output; channels and batch are those of `x` if left out."""
    given = tuple(int(n) for n in np.asarray(size).ravel())
    shape = given + x.shape[len(given) :]
    if len(given) > x.ndim or any(n < 1 for n in given) or shape[2:] != x.shape[2:]:
        wanted = f"hold the height and width, then {x.shape[2:]}"
        raise ArgumentError(message("size", wanted, given))
    if prod(shape) > MOST_ELEMENTS:
        raise ArgumentError(message("size", f"make at most {MOST_ELEMENTS} elements", given))
    return shape


@DIALECT.operator("maxUnpooling2dLayer", "max_unpooling_2d")
def max_unpooling_2d(x: object, indices: object, size: object, /, *, Name: str = "") -> Unpooling:
    """Return what ``maxUnpooling2dLayer`` gives for H × W × C × B, indices and a size."""
    del x, indices, size, Name
    return Unpooling()


@DIALECT.operator("maxunpool", "dlarray.maxunpool")
def maxunpool(
    x: object, indx: object, outputSize: object, /, *, DataFormat: str | None = None
) -> Unpooling:
    """Return what ``maxunpool`` gives for a dlarray, indices and a size."""
    del x, indx, outputSize, DataFormat
    return Unpooling()
