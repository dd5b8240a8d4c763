"""What undoes the choice of maxima: values put where indices say, of those that are there."""

from typing import Any

import numpy as np
import numpy.typing as npt

from poolkit._arguments import OneOrPerAxis, per_axis
from poolkit._arrays import as_numeric_array
from poolkit._errors import ArgumentError, PoolError, message
from poolkit.geometry import Plan, Specification, bind_output
from poolkit.ops.missing import Presence
from poolkit.ops.numbering import Convention, check_convention, plane_of_indices
from poolkit.ops.operation import Array, Linearised, Operation, check_out, placed
from poolkit.ops.unpooling import Repeated, as_places, pick, place, place_once
from poolkit.reducers.dtypes import DType, float_accumulator, is_float, native

__all__ = ["MaxUnpooling", "output_lengths"]


class MaxUnpooling(Operation):
    """Values put where indices say, called with the values.

    Parameters
    ----------
    indices : array of int
    windows : Specification
        Those of the pooling that is undone.
    output_size : int, sequence of int or None
        As callers wrote it.
    convention : Convention
    repeated : Repeated
    presence : Presence
    """

    __slots__ = ("convention", "indices", "output_size", "presence", "repeated", "windows")

    def __init__(
        self,
        indices: Array,
        windows: Specification,
        output_size: OneOrPerAxis | None,
        convention: Convention,
        repeated: Repeated,
        presence: Presence,
    ) -> None:
        self.presence = presence
        self.indices = indices
        self.windows = windows
        self.output_size = output_size
        self.convention = convention
        self.repeated = repeated

    def __call__(self, x: npt.ArrayLike, out: Any = None) -> Any:
        array = as_numeric_array(x)
        try:
            plan = self._plan(array)
            often = self.presence.find_weights(array, plan.axes)
            places, counts_planes = self._places(plan, self._indices_of(often, plan))
            values, dtype = self._counted(array, often)
            if out is not None:
                check_out(out, plan.shape, dtype)
            into = out if values.dtype == dtype else None
            y = self._place(values, places, plan, self.repeated, counts_planes, into)
            y = y.astype(dtype, copy=False)
        except PoolError as error:
            error.add_note(f"(max_unpool of a {array.dtype} array of shape {array.shape})")
            raise
        if out is not None and np.may_share_memory(y, out):
            return out
        return placed(y, out)

    def linearise(self, x: Array, wrt: tuple[str, ...]) -> Linearised:
        plan = self._plan(x)
        often = self.presence.find_weights(x, plan.axes)
        places = plane_of_indices(plan, self._indices_of(often, plan), self.convention)
        values, dtype = self._counted(x, often)
        passing: Repeated = self.repeated
        if passing == "sum":
            y = self._place(values, places, plan, passing)
        else:
            y, repeats = place_once(
                values,
                places,
                _lengths(plan),
                plan.axes,
                passing,
                may_be_none=True,
                finds_repeats=True,
            )
            # Where none comes twice, all are the last.
            passing = "last" if repeats else "sum"

        def push(tangents: tuple[Array, ...]) -> Array:
            way: Repeated = "sum" if self.repeated == "sum" else "last"
            moved, _ = self._counted(tangents[0], often)
            return self._place(moved, places, plan, way).astype(dtype, copy=False)

        def pull(gradient: Array) -> tuple[Array, ...]:
            pulled = pick(gradient, places, plan.axes, passing, may_be_none=True)
            return (self._counted(pulled, often)[0].astype(dtype, copy=False),)

        return Linearised(y.astype(dtype, copy=False), push, pull)

    def _indices_of(self, often: Array | None, plan: Plan) -> Array:
        """Return the indices, of values that are not put those that stand for none."""
        missing = self.presence.missing
        wants_more = missing.is_share or missing.min_valid > 1
        if often is None and not wants_more:
            return self.indices
        there = np.broadcast_to(True, self.indices.shape) if often is None else often > 0
        if wants_more:
            places = plane_of_indices(plan, self.indices, self.convention)
            valid, named = (
                self._place(each.astype(np.int64), places, plan, "sum")
                for each in (there, np.broadcast_to(True, there.shape))
            )
            few = missing.find_few(valid, named).astype(np.int64)
            there = there & (pick(few, places, plan.axes, may_be_none=True) == 0)
        none = 0 if self.convention == "matlab" else -1
        return np.where(there, as_places(self.indices), none)

    def _counted(self, x: Array, often: Array | None) -> tuple[Array, DType]:
        """Return values as often as they count in sums, and the dtype of the result."""
        dtype = native(x.dtype)
        if often is None or often.dtype.kind == "b" or self.repeated != "sum":
            return x, dtype
        if is_float(dtype):
            with np.errstate(all="ignore"):
                return np.where(often > 0, x.astype(float_accumulator(dtype)) * often, 0), dtype
        dtype = np.dtype(np.float64) if is_float(often.dtype) else dtype
        return x.astype(dtype) * often.astype(dtype), dtype

    def _plan(self, x: Array) -> Plan:
        if self.indices.shape != x.shape:
            wanted = f"have the shape of x, {x.shape}"
            raise ArgumentError(message("indices", wanted, self.indices.shape))
        lengths = output_lengths(self.output_size, self.windows, x.shape)
        plan = bind_output(self.windows, x.shape, lengths)
        check_convention(self.convention, plan.axes)
        return plan

    def _places(self, plan: Plan, indices: Array) -> tuple[Array, bool]:
        """Return places, and whether they count on from plane to plane."""
        rank = len(plan.shape)
        if self.convention == "array" and plan.axes == tuple(range(rank))[-len(plan.axes) :]:
            return indices, True
        return plane_of_indices(plan, indices, self.convention), False

    @staticmethod
    def _place(
        x: Array,
        places: Array,
        plan: Plan,
        repeated: Repeated,
        counts_planes: bool = False,
        out: Array | None = None,
    ) -> Array:
        return place(
            x,
            places,
            _lengths(plan),
            plan.axes,
            repeated,
            may_be_none=True,
            counts_planes=counts_planes,
            out=out,
        )


def _lengths(plan: Plan) -> tuple[int, ...]:
    return tuple(windows.length for windows in plan.windows)


def output_lengths(
    output_size: OneOrPerAxis | None, windows: Specification, shape: tuple[int, ...]
) -> tuple[int, ...] | None:
    """Return the lengths of the pooled axes in the output, where they are given."""
    if output_size is None:
        return None
    rank, axes = len(windows.windows), windows.axes_of(len(shape))
    whole = isinstance(output_size, tuple | list) and len(output_size) == len(shape) != rank
    given = per_axis("output_size", output_size, len(shape) if whole else rank, least=0)
    lengths = tuple(given[axis] for axis in axes) if whole else given
    kept = [axis for axis in range(len(shape)) if axis not in axes]
    if whole and any(given[axis] != shape[axis] for axis in kept):
        wanted = f"keep the axes that are not pooled, {kept}, as long as in {shape}"
        raise ArgumentError(message("output_size", wanted, given))
    if min(lengths) < 1:
        raise ArgumentError(message("output_size", "be at least 1 on pooled axes", output_size))
    return lengths
