"""What a framework's call means, before any array is known: the shape of every dialect's answer."""

from collections.abc import Callable
from dataclasses import dataclass, field
from math import prod
from typing import Any, Protocol, TypeAlias

import numpy as np

from poolkit import engines
from poolkit._errors import ArgumentError, UnsupportedError
from poolkit.dialects.numbering import Numbering
from poolkit.geometry import Plan, Specification, bind
from poolkit.reducers import Reducer
from poolkit.reducers.dtypes import DType, is_float
from poolkit.reducers.reducer import Array

__all__ = ["Answer", "Layer", "Meaning", "Shape"]

Shape: TypeAlias = tuple[int, ...]

MOST_OUTPUTS = 2**31
"""Elements of an output. Padding without bounds would make it larger than any memory."""


@dataclass
class Answer:
    """What a call gives back.

    Attributes
    ----------
    y : array
        The output.
    argmax : array, optional
        Where the chosen elements lie, in the framework's own numbering.
    pull_back : callable, optional
        From the gradient of `y` to that of the input; None where the framework has none.
    others : dict
        Further outputs, by the framework's names for them.
    """

    y: Array
    argmax: Array | None = None
    pull_back: Callable[[Array], Array] | None = None
    others: dict[str, Array] = field(default_factory=dict)


class Meaning(Protocol):
    """What any call of a framework means: something that makes answers of arrays."""

    def answer(self, *arrays: Any) -> Answer:
        """Return the answer to the operator's input arrays, None for those left out."""


@dataclass(frozen=True)
class Layer:
    """Pooling by windows, as a framework's call asks for it.

    Attributes
    ----------
    windows : Specification or callable
        The windows; or what gives them for a shape, where they depend on it in a way that no
        specification says (the rank, say).
    reducer : Reducer or callable
        What becomes of a window; or what gives that for a dtype, where it depends on it.
    numbering : Numbering, optional
        How the indices are numbered, where the framework gives them.
    drops_axes : bool
        Whether pooled axes of one window are left out of the output.
    check : callable, optional
        Called with the plan; raises what the framework refuses.
    has_gradient : bool
        Whether the framework can differentiate it.
    padding_is_chosen : bool
        Whether the padding holds −∞, and where nothing is larger the first element of a window
        is chosen, be it padding: its index is then −1, and it passes no gradient on.
    refuses_unchosen : bool
        Whether there is no gradient if a window chose no element: the framework then writes
        outside its arrays.
    """

    windows: Specification | Callable[[Shape], Specification]
    reducer: Reducer | Callable[[DType], Reducer]
    numbering: Numbering | None = None
    drops_axes: bool = False
    check: Callable[[Plan], None] | None = None
    has_gradient: bool = True
    padding_is_chosen: bool = False
    refuses_unchosen: bool = False

    def plan(self, shape: Shape) -> Plan:
        """Return the windows on arrays of a shape."""
        windows = self.windows
        plan = bind(windows if isinstance(windows, Specification) else windows(shape), shape)
        if self.check is not None:
            self.check(plan)
        if prod(max(1, n) for n in plan.output_shape) > MOST_OUTPUTS:
            shape = plan.output_shape
            raise ArgumentError(f"the output would have the shape {shape}, too large.")
        return plan

    def answer(self, x: Array) -> Answer:
        """Return the output for an array, with indices where the framework gives them."""
        plan = self.plan(x.shape)
        reducer = self.reducer if isinstance(self.reducer, Reducer) else self.reducer(x.dtype)
        selects = reducer.routing == "selected"
        with_indices = selects and self.numbering is not None
        y, shown = self._pool(plan, reducer, x, with_indices=with_indices)

        def pull_back(gradient: Array) -> Array:
            if not self.has_gradient:
                raise UnsupportedError("the framework has no gradient for this.")
            if not is_float(x.dtype):
                raise UnsupportedError("integers have no gradient.")
            indices = shown
            if selects and indices is None:
                _, indices = self._pool(plan, reducer, x, with_indices=True)
            if self.refuses_unchosen and indices is not None and np.any(indices < 0):
                raise UnsupportedError(
                    "a window chose no element, and the framework's gradient then writes outside "
                    "its arrays."
                )
            if 0 in plan.output_shape:
                return np.zeros_like(x)
            outer = np.asarray(gradient, x.dtype).reshape(plan.output_shape)
            if indices is None:
                return engines.pull_back(plan, reducer, x, outer)
            outer = np.where(indices < 0, 0, outer).astype(x.dtype)
            return engines.pull_back_selected(plan, reducer, np.maximum(indices, 0), outer)

        seen = None
        if self.numbering is not None and shown is not None:
            seen = self.numbering(plan, shown)
        if self.drops_axes:
            y = y.squeeze(plan.axes)
            seen = None if seen is None else seen.squeeze(plan.axes)
        return Answer(y, seen, pull_back)

    def _pool(
        self, plan: Plan, reducer: Reducer, x: Array, *, with_indices: bool
    ) -> tuple[Array, Array | None]:
        y, indices = pool_as(plan, reducer, x, with_indices=with_indices)
        if self.padding_is_chosen and indices is not None:
            indices[_begin_in_padding(plan) & np.isneginf(y)] = -1
        return y, indices


def pool_as(
    plan: Plan, reducer: Reducer, x: Array, *, with_indices: bool
) -> tuple[Array, Array | None]:
    """Pool by the kernels of the usual reducer where they give the same, else as defined."""
    if 0 in plan.output_shape:
        dtype = reducer.result_dtype(x.dtype) or x.dtype
        none = np.empty(plan.output_shape, np.int64) if with_indices else None
        return np.empty(plan.output_shape, dtype), none
    usual = reducer.usual()
    is_usual = usual is not reducer and all(w.first_empty() is None for w in plan.windows)
    for tried in (usual, reducer) if is_usual else (reducer,):
        indices = None
        if with_indices:
            places = np.dtype(np.int64)
            y, indices = engines.pool_with_indices(plan, tried, x, places)
        else:
            y = engines.pool(plan, tried, x)
        if tried is reducer or reducer.from_usual(y, indices):
            return y, indices
    raise AssertionError("the reducer itself was tried last")


def _begin_in_padding(plan: Plan) -> Array:
    """Return which windows have their first element in the padding, on whatever axis."""
    begins = np.zeros((1,) * len(plan.shape), bool)
    for axis, windows in zip(plan.axes, plan.windows, strict=True):
        shape = [1] * len(plan.shape)
        shape[axis] = windows.count
        starts = np.array([windows.positions(o).start for o in range(windows.count)], np.int64)
        begins = begins | ((starts < 0) | (starts >= windows.length)).reshape(shape)
    return np.broadcast_to(begins, plan.output_shape)
