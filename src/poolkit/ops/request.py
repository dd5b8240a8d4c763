"""The one road from an operator to an engine."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from poolkit import engines
from poolkit._arrays import as_numeric_array
from poolkit._errors import PoolError
from poolkit.geometry import Plan, Specification, bind
from poolkit.geometry.border import Border
from poolkit.ops.missing import Missing
from poolkit.ops.operation import (
    Array,
    Linearised,
    Operation,
    check_out,
    placed,
    placed_both,
    refuse_indices,
    two_outs,
)
from poolkit.ops.unpooling import pick
from poolkit.reducers import Reducer
from poolkit.reducers.dtypes import DType, float_accumulator

__all__ = ["Array", "Reduce", "Request"]

Reduce: TypeAlias = str | Reducer | Callable[..., Any]

MOST_SHAPES = 128
"""Shapes that a request stays ready for."""


class Request(Operation):
    """What the arguments of an operator stand for; called with arrays.

    Parameters
    ----------
    windows : Specification
    reducer : Reducer
    engine : str, optional
    with_indices : bool, default False
        Whether to return also where each selected element lies.
    drops_axes : bool, default False
        Whether the pooled axes, of one window each, are left out of the output.
    missing : Missing, optional
        What counts as missing, where anything may.
    border : str, optional
        What lies in the padding.
    """

    __slots__ = (
        "_ready",
        "border",
        "drops_axes",
        "engine",
        "missing",
        "reducer",
        "windows",
        "with_indices",
    )

    def __init__(
        self,
        windows: Specification,
        reducer: Reducer,
        engine: str | None,
        *,
        with_indices: bool = False,
        drops_axes: bool = False,
        missing: Missing | None = None,
        border: Border | None = None,
    ) -> None:
        self.windows = windows if border is None else replace(windows, may_be_empty=True)
        self.missing = None if missing is None or missing.is_usual else missing
        self.border = border
        self.reducer = reducer
        self.engine = engine
        self.with_indices = with_indices
        self.drops_axes = drops_axes
        self._ready: dict[tuple[Any, ...], _Ready] = {}

    def __call__(self, x: npt.ArrayLike, out: Any = None) -> Any:
        """Pool an array; return the pooled one, and the indices where asked for."""
        if type(x) is np.ndarray:
            # Of a small array, asking all that is asked below would take five times as long
            # as pooling it.
            ready = self._ready.get((x.shape, x.dtype, x.strides))
            if ready is not None and out is None:
                pool, shape, dtype, back = ready
                pooled = np.empty(shape, dtype)
                if self.with_indices:
                    indices = np.empty(shape, np.int64)
                    if pool(x, pooled, indices):
                        return pooled, indices
                elif pool(x, pooled if back is None else (pooled := pooled.transpose(back)), None):
                    return pooled
            elif ready is not None and self._pools_into(ready, x, out):
                return out
        array = as_numeric_array(x, without_order=self.reducer.takes_complex)
        try:
            plan = bind(self.windows, array.shape)
            ready = self._make_ready(plan, array)
            if ready is not None and out is not None and self._pools_into(ready, array, out):
                return out
            if not self.with_indices:
                pooled = engines.pool(plan, self.reducer, array, self.engine)
                return placed(self.shape_of_output(plan, pooled), out)
            both = engines.pool_with_indices(
                plan, self.reducer, array, np.dtype(np.int64), self.engine
            )
            values, indices = (self.shape_of_output(plan, each) for each in both)
            return placed_both(values, indices, out)
        except PoolError as error:
            error.add_note(f"({self.reducer.name} of a {array.dtype} array of shape {array.shape})")
            raise

    @property
    def is_plain(self) -> bool:
        """Whether no element is missing, nor lies in a border."""
        return self.missing is None and self.border is None

    def inputs(self) -> dict[str, Array]:
        names = self.reducer.learnable
        return {name: np.asarray(getattr(self.reducer, name), np.float64) for name in names}

    def linearise(self, x: Array, wrt: tuple[str, ...]) -> Linearised:
        refuse_indices(self.with_indices)
        plan = bind(self.windows, x.shape)
        reducer, engine, inputs = self.reducer, self.engine, self.inputs()
        if reducer.routing == "selected":
            places = engines.index_dtype(plan)
            y, indices = engines.pool_with_indices(plan, reducer, x, places, engine)
        else:
            y = engines.pool(plan, reducer, x, engine)

        def slopes(name: str) -> Iterator[Array]:
            found = reducer.by_parameter(name)
            for slope in found if isinstance(found, tuple) else (found,):
                yield engines.pool(plan, slope, x, engine)

        def push(tangents: tuple[Array, ...]) -> Array:
            total = np.zeros(plan.output_shape, y.dtype)
            for name, moved in zip(wrt, tangents, strict=True):
                if name != "x":
                    for slope, by in zip(slopes(name), np.ravel(moved), strict=True):
                        total += by * slope
                elif reducer.routing == "selected":
                    total += pick(moved, indices, plan.axes)
                else:
                    total += engines.push_forward(plan, reducer, x, moved, engine)
            return self.shape_of_output(plan, total)

        def pull(gradient: Array) -> tuple[Array, ...]:
            outer = gradient.reshape(plan.output_shape)
            gradients = []
            for name in wrt:
                if name != "x":
                    wide = float_accumulator(x.dtype)
                    pulled = [np.sum(outer * slope, dtype=wide) for slope in slopes(name)]
                    gradients.append(np.array(pulled, np.float64).reshape(inputs[name].shape))
                elif reducer.routing == "selected":
                    gradients.append(
                        engines.pull_back_selected(plan, reducer, indices, outer, engine)
                    )
                else:
                    gradients.append(engines.pull_back(plan, reducer, x, outer, engine))
            return tuple(gradients)

        return Linearised(self.shape_of_output(plan, y), push, pull)

    def shape_of_output(self, plan: Plan, pooled: Array) -> Array:
        """Return an array of the plan's output shape in the shape that callers see."""
        return pooled.squeeze(plan.axes) if self.drops_axes else pooled

    def _make_ready(self, plan: Plan, x: Array) -> "_Ready | None":
        key = x.shape, x.dtype, x.strides
        if key in self._ready:
            return self._ready[key]
        order = engines.memory_order(x)
        in_order = order == tuple(range(x.ndim))
        dtype = self.reducer.result_dtype(x.dtype)
        if dtype is None or (self.drops_axes and not in_order):
            return None
        task: engines.Task = "pool with indices" if self.with_indices else "pool"
        prepared = engines.prepare(plan, self.reducer, x.dtype, order, self.engine, task)
        if prepared is None:
            return None
        if len(self._ready) >= MOST_SHAPES:
            self._ready.clear()
        shape, back = self._seen_shape(plan), None
        if not in_order:
            shape, back = tuple(shape[axis] for axis in order), tuple(np.argsort(order).tolist())
        ready = prepared, shape, dtype, back
        self._ready[key] = ready
        return ready

    def _seen_shape(self, plan: Plan) -> tuple[int, ...]:
        if not self.drops_axes:
            return plan.output_shape
        return tuple(n for axis, n in enumerate(plan.shape) if axis not in plan.axes)

    def _pools_into(self, ready: "_Ready", x: Array, out: Any) -> bool:
        """Pool straight into `out` if it lies as it must, and holds nothing of the input."""
        pool, shape, dtype, back = ready
        if self.with_indices:
            values, indices = two_outs(out)
            check_out(indices, shape, np.dtype(np.int64))
        else:
            values, indices = out, None
        if back is not None:
            shape = tuple(shape[axis] for axis in back)
        check_out(values, shape, dtype)
        if np.may_share_memory(x, values) or (
            indices is not None
            and (np.may_share_memory(x, indices) or np.may_share_memory(values, indices))
        ):
            return False
        return pool(x, values, indices)


_Ready: TypeAlias = tuple[engines.Prepared, tuple[int, ...], DType, tuple[int, ...] | None]
"""What pools, the shape and dtype of what it needs, and how to transpose that for callers."""
