"""Requests carried out piece by piece: where elements are missing, or lie in a border."""

from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt

from poolkit import engines
from poolkit._arrays import as_numeric_array
from poolkit._errors import ArgumentError, PoolError, message
from poolkit.engines.engine import divisors
from poolkit.geometry import Plan, Specification, bind
from poolkit.geometry.border import Border, pieces
from poolkit.ops.missing import Missing, Presence
from poolkit.ops.operation import Array, Linearised, Operation, placed, placed_both, refuse_indices
from poolkit.ops.request import Request
from poolkit.ops.several import Several
from poolkit.ops.unpooling import pick
from poolkit.reducers import Extreme, Range, Reducer
from poolkit.reducers.dtypes import float_accumulator, native

__all__ = ["Pieced", "cut", "pooling", "with_arrays"]


@dataclass(frozen=True)
class Piece:
    """Some of the windows, and the elements that they see.

    Attributes
    ----------
    inputs : tuple
        For each axis, a slice or the positions one by one.
    plan : Plan
        The windows on those.
    outputs : tuple of slice
        Where the windows lie among all.
    """

    inputs: tuple[slice | tuple[int, ...], ...]
    plan: Plan
    outputs: tuple[slice, ...]

    def take(self, x: Array) -> Array:
        """Return the elements."""
        taken = x[self._slices()]
        for axis, positions in enumerate(self.inputs):
            if isinstance(positions, tuple):
                taken = np.take(taken, positions, axis=axis)
        return taken

    def add(self, total: Array, values: Array) -> None:
        """Add to the elements, as often as they come."""
        place = total[self._slices()]
        if all(isinstance(each, slice) for each in self.inputs):
            place += values
            return
        lists = (
            np.arange(place.shape[axis]) if isinstance(each, slice) else np.array(each)
            for axis, each in enumerate(self.inputs)
        )
        np.add.at(place, np.ix_(*lists), values)

    def place_in_whole(self, whole: Plan, indices: Array) -> Array:
        """Return indices in the plane of the whole input, given those in the piece's."""
        lengths = [self.plan.shape[axis] for axis in self.plan.axes]
        found = np.unravel_index(np.maximum(indices, 0), lengths)
        flat = np.zeros(indices.shape, np.int64)
        for axis, along in zip(self.plan.axes, found, strict=True):
            each = self.inputs[axis]
            at = along + each.start if isinstance(each, slice) else np.array(each)[along]
            flat = flat * whole.shape[axis] + at
        return np.where(indices < 0, -1, flat)

    def _slices(self) -> tuple[slice, ...]:
        return tuple(each if isinstance(each, slice) else slice(None) for each in self.inputs)


def cut(plan: Plan, border: Border | None) -> list[Piece]:
    """Return the pieces of a plan: one, of all, where nothing lies in the padding."""
    found = []
    along = [pieces(windows, border) for windows in plan.windows]
    for chosen in product(*along):
        inputs: list[slice | tuple[int, ...]] = [slice(0, n) for n in plan.shape]
        outputs, shape = [slice(0, n) for n in plan.shape], list(plan.shape)
        for axis, piece in zip(plan.axes, chosen, strict=True):
            inputs[axis], outputs[axis] = piece.inputs, piece.outputs
            shape[axis] = piece.windows.length
        there = Plan(tuple(shape), plan.axes, tuple(piece.windows for piece in chosen))
        found.append(Piece(tuple(inputs), there, tuple(outputs)))
    return found


class Pieced(Operation):
    """A request where elements may be missing, or padding is a border of the input's elements.

    Parameters
    ----------
    request : Request
    mask, weights, lengths : array_like, optional
        Which elements are there, and how often they count.
    """

    __slots__ = ("presence", "request")

    def __init__(
        self,
        request: Request,
        mask: npt.ArrayLike | None = None,
        weights: npt.ArrayLike | None = None,
        lengths: npt.ArrayLike | None = None,
    ) -> None:
        self.request = request
        self.presence = Presence(mask, weights, lengths, request.missing or Missing())

    def __call__(self, x: npt.ArrayLike, out: Any = None) -> Any:
        request = self.request
        array = as_numeric_array(x, without_order=request.reducer.takes_complex)
        try:
            done = self._carry_out(array)
        except PoolError as error:
            name = request.reducer.name
            error.add_note(f"({name} of a {array.dtype} array of shape {array.shape})")
            raise
        pooled = request.shape_of_output(done.plan, done.pooled)
        if not request.with_indices:
            return placed(pooled, out)
        indices = request.shape_of_output(done.plan, done.indices)
        return placed_both(pooled, indices, out)

    def inputs(self) -> dict[str, Array]:
        return self.request.inputs()

    def linearise(self, x: Array, wrt: tuple[str, ...]) -> Linearised:
        request, reducer = self.request, self.request.reducer
        refuse_indices(request.with_indices)
        if wrt != ("x",):
            wanted = 'be "x" where elements are missing or lie in a border'
            raise ArgumentError(message("wrt", wanted, wrt))
        done = self._carry_out(x, selecting=reducer.routing == "selected")
        plan = done.plan

        def push(tangents: tuple[Array, ...]) -> Array:
            (tangent,) = tangents
            if reducer.routing == "selected":
                found = pick(tangent, np.maximum(done.indices, 0), plan.axes)
                return request.shape_of_output(plan, np.where(done.few, 0, found))
            moved = np.zeros(plan.output_shape, done.pooled.dtype)
            for piece, weights, valid in done.pieces:
                there = piece.plan, reducer, piece.take(x)
                if weights is None:
                    change = engines.push_forward(*there, piece.take(tangent), request.engine)
                else:
                    change = engines.push_forward_weighted(
                        *there, weights, valid, piece.take(tangent)
                    )
                moved[piece.outputs] = change
            moved[done.few] = 0
            return request.shape_of_output(plan, moved)

        def pull(gradient: Array) -> tuple[Array, ...]:
            outer = np.where(done.few, 0, gradient.reshape(plan.output_shape))
            outer = outer.astype(gradient.dtype, copy=False)
            if reducer.routing == "selected":
                places = np.maximum(done.indices, 0)
                return (engines.pull_back_selected(plan, reducer, places, outer, request.engine),)
            total = np.zeros(x.shape, native(float_accumulator(x.dtype)))
            for piece, weights, valid in done.pieces:
                there = piece.plan, reducer, piece.take(x)
                passed = np.ascontiguousarray(outer[piece.outputs])
                if weights is None:
                    pulled = engines.pull_back(*there, passed, request.engine)
                else:
                    pulled = engines.pull_back_weighted(*there, weights, valid, passed)
                piece.add(total, pulled)
            return (total.astype(native(x.dtype)),)

        return Linearised(request.shape_of_output(plan, done.pooled), push, pull)

    def find_few(self, x: Array) -> Array:
        """Return in which windows too few elements are there."""
        return self._carry_out(x).few

    def _carry_out(self, x: Array, selecting: bool | None = None) -> "_Done":
        request, reducer, missing = self.request, self.request.reducer, self.presence.missing
        plan = bind(request.windows, x.shape)
        selecting = request.with_indices if selecting is None else selecting
        often = self.presence.find_weights(x, plan.axes)
        if often is not None and isinstance(reducer, Extreme | Range):
            often = often > 0  # two of the largest are no larger, nor passed on more
        pooled: Array | None = None
        valid = np.zeros(plan.output_shape, np.int64)
        few = np.zeros(plan.output_shape, bool)
        indices = np.full(plan.output_shape if selecting else 0, -1)
        done = []
        for piece in cut(plan, request.border):
            weights = None if often is None else piece.take(often)
            inside = divisors(piece.plan, "valid")
            part, found, there = self._pool(piece, piece.take(x), weights, inside, selecting)
            if part.shape == plan.output_shape:  # one piece is all
                pooled, valid = part, there
            else:
                if pooled is None:
                    pooled = np.empty(plan.output_shape, part.dtype)
                pooled[piece.outputs], valid[piece.outputs] = part, there
            few[piece.outputs] = missing.find_few(there, inside, reducer.of_nothing)
            if found is not None:
                indices[piece.outputs] = piece.place_in_whole(plan, found)
            done.append((piece, weights, there))
        assert pooled is not None
        missing.fill(pooled, few, valid, reducer.of_nothing)
        if selecting:
            indices[few] = -1
        return _Done(plan, pooled, indices, few, done)

    def _pool(
        self, piece: Piece, x: Array, weights: Array | None, inside: Array, selecting: bool
    ) -> tuple[Array, Array | None, Array]:
        """Return a piece pooled, the indices if asked for, and how many elements are there."""
        plan, reducer, engine = piece.plan, self.request.reducer, self.request.engine
        if weights is not None:
            if selecting:
                return engines.select_weighted(plan, reducer, x, weights, engine)
            pooled, there = engines.pool_weighted(plan, reducer, x, weights, engine)
            return pooled, None, there
        there = np.broadcast_to(inside.astype(np.int64), plan.output_shape)
        if selecting:
            long = np.dtype(np.int64)
            return *engines.pool_with_indices(plan, reducer, x, long, engine), there
        return engines.pool(plan, reducer, x, engine), None, there


@dataclass(frozen=True)
class _Done:
    """What came of a request: its result, and what its derivative needs."""

    plan: Plan
    pooled: Array
    indices: Array
    few: Array
    pieces: list[tuple[Piece, Array | None, Array]]


def with_arrays(
    request: Any,
    mask: npt.ArrayLike | None = None,
    weights: npt.ArrayLike | None = None,
    lengths: npt.ArrayLike | None = None,
) -> Operation:
    """Return what serves a request, or several, where arrays may say what is missing."""
    if mask is weights is lengths is None and request.is_plain:
        plain: Operation = request
        return plain
    if isinstance(request, Several):
        return Several([with_arrays(each, mask, weights, lengths) for each in request.operations])
    return Pieced(request, mask, weights, lengths)


def pooling(
    windows: Specification,
    reducer: Reducer,
    engine: str | None,
    presence: Presence,
    border: Border | None = None,
) -> Operation:
    """Return what pools windows, for operators that are made of that."""
    request = Request(windows, reducer, engine, missing=presence.missing, border=border)
    return with_arrays(request, presence.mask, presence.weights, presence.lengths)
