"""Pooling of boxes as an operator: called with an array, and derived by it."""

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from poolkit._arrays import as_numeric_array
from poolkit._errors import ArgumentError, ArgumentTypeError, message
from poolkit.ops.missing import Presence
from poolkit.ops.operation import (
    Array,
    Linearised,
    Operation,
    placed,
    placed_both,
    refuse_indices,
)
from poolkit.ops.regions.bins import BinPooling
from poolkit.ops.regions.boxes import Regions
from poolkit.ops.regions.given import as_regions
from poolkit.ops.regions.present import Present, present_pooling
from poolkit.ops.regions.samples import SamplePooling
from poolkit.reducers.dtypes import DType, is_float, native

__all__ = ["Pooling", "RegionPooling"]

Pooling: TypeAlias = BinPooling | SamplePooling


class RegionPooling(Operation):
    """What the arguments of an operator on boxes stand for.

    Parameters
    ----------
    boxes : array_like
        As :func:`poolkit.ops.regions.as_regions` takes them.
    pooling : callable
        From the array, in the floats that are computed in, to how it is pooled.
    presence : Presence
    with_indices : bool, default False
        Whether to return also where each chosen element lies.
    """

    __slots__ = ("boxes", "pooling", "presence", "with_indices")

    def __init__(
        self,
        boxes: object,
        pooling: Callable[[Array], Pooling],
        presence: Presence,
        *,
        with_indices: bool = False,
    ) -> None:
        self.boxes = boxes
        self.presence = presence
        self.pooling = pooling
        self.with_indices = with_indices

    def __call__(self, x: npt.ArrayLike, out: Any = None) -> Any:
        array = as_numeric_array(x)
        inner, regions, pooling = self._ready(array)
        if self.presence.is_usual:
            values, chosen = pooling.pool(inner, regions, chooses=self.with_indices)
            values = values.astype(native(array.dtype), copy=False)
        else:
            present = self._present(array, inner, regions, pooling)
            values, chosen = self._filled(present, array), present.chosen
        if not self.with_indices:
            return placed(values, out)
        assert chosen is not None
        return placed_both(values, chosen, out)

    def linearise(self, x: Array, wrt: tuple[str, ...]) -> Linearised:
        refuse_indices(self.with_indices)
        inner, regions, pooling = self._ready(x)
        dtype = native(x.dtype)
        if not self.presence.is_usual:
            present = self._present(x, inner, regions, pooling)
            return Linearised(
                self._filled(present, x),
                lambda moved: present.push_forward(moved[0].astype(inner.dtype)).astype(dtype),
                lambda outer: (present.pull_back(outer.astype(inner.dtype)).astype(dtype),),
            )
        values, chosen = pooling.pool(inner, regions)

        def push(tangents: tuple[Array, ...]) -> Array:
            along = np.zeros_like(inner)
            for tangent in tangents:
                along += tangent.astype(inner.dtype)
            moved = pooling.push_forward(inner, regions, chosen, along)
            return moved.astype(dtype, copy=False)

        def pull(gradient: Array) -> tuple[Array, ...]:
            outer = gradient.astype(inner.dtype)
            pulled = pooling.pull_back(inner, regions, chosen, outer)
            return (pulled.astype(dtype, copy=False),) * len(wrt)

        return Linearised(values.astype(dtype, copy=False), push, pull)

    def _present(self, x: Array, inner: Array, regions: Regions, pooling: Pooling) -> Present:
        often = self.presence.find_weights(x, (2, 3))
        if often is None:
            often = np.broadcast_to(True, x.shape)
        with np.errstate(all="ignore"):
            return present_pooling(pooling, inner, often, regions, self.presence.missing)

    def _filled(self, present: Present, x: Array) -> Array:
        values = present.values.astype(native(x.dtype))
        self.presence.missing.fill(values, present.few, present.valid)
        return values

    def _ready(self, x: Array) -> tuple[Array, Regions, Pooling]:
        """Return the array in the floats that are computed in, its boxes and their pooling."""
        if not is_float(x.dtype):
            raise ArgumentTypeError(message("x", "hold floats", x.dtype))
        if x.ndim != 4:
            raise ArgumentError(message("x", "have the 4 axes (N, C, H, W)", x.shape))
        dtype: DType = np.dtype(np.float64 if x.dtype.itemsize >= 8 else np.float32)
        inner = x.astype(dtype, copy=False)
        regions = as_regions(self.boxes, len(x), dtype)
        regions.check(inner)
        return inner, regions, self.pooling(inner)
