"""What ONNX Runtime's kernels make of windows: its dtypes, its vectors."""

from dataclasses import dataclass

import numpy as np

from poolkit._errors import ArgumentError, ArgumentTypeError, message
from poolkit.dialects.layer import Answer, Layer, Shape, pool_as
from poolkit.dialects.onnx_attributes import Attributes
from poolkit.geometry import (
    AutomaticPadding,
    Plan,
    Sliding,
    SlidingWindows,
    Specification,
    sliding_count,
)
from poolkit.reducers import ComparedMax
from poolkit.reducers.reducer import Array

__all__ = [
    "FLOATS",
    "LOWEST",
    "VECTOR",
    "MaxAlone",
    "RuntimeLayer",
    "VectorMax",
    "refuse_negative_padding",
]

LOWEST = float(np.finfo(np.float64).min)

FLOATS = ("float16", "float32")

VECTOR = 4
"""Elements that the matrix library compares at a time."""


@dataclass(frozen=True)
class RuntimeLayer(Layer):
    """Pooling as ONNX Runtime has it: float16 in float32, empty arrays refused.

    Attributes
    ----------
    dtypes : tuple of str
        Those that there are kernels for.
    asked : Attributes, optional
        The attributes; None for the whole plane.
    """

    dtypes: tuple[str, ...] = FLOATS
    asked: Attributes | None = None

    def plan(self, shape: Shape) -> Plan:
        """Return the windows on arrays of a shape."""
        if 0 in shape[1:]:
            raise ArgumentError(message("x", "have elements, but for the batch", shape))
        windows = self.windows(shape) if callable(self.windows) else self.windows
        _refuse_far_too_long(windows, shape)
        return super().plan(shape)

    def answer(self, x: Array) -> Answer:
        """Return the output for an array, with indices where there are some."""
        if x.dtype.name not in self.dtypes:
            raise ArgumentTypeError(message("x", f"be {' or '.join(self.dtypes)}", x.dtype.name))
        if x.dtype != np.float16:
            return self.pool(x)
        found = self.pool(x.astype(np.float32))
        with np.errstate(over="ignore"):
            return Answer(found.y.astype(x.dtype), found.argmax, found.pull_back)

    def pool(self, x: Array) -> Answer:
        """Return the output for an array of a dtype that there is a kernel for."""
        return super().answer(x)


@dataclass(frozen=True)
class VectorMax(RuntimeLayer):
    """The maximum as ONNX Runtime's matrix library takes it, four columns at a time.

    It is the plain maximum but for NaN, −∞ and what padding makes of them. In vectors of four
    a NaN takes the place of the best so far, and the next element takes its; elements left over
    are compared one by one, so that a NaN never takes it.

    - One window over the whole plane: four lanes from the lowest finite number on, then the
      lanes with one another, then the elements left over.
    - Strides of 1 or 2 on the last of several axes, kernels of at most 32: every column of a
      window by itself, then the columns with one another, padding among them as the lowest
      finite number.
    - Else all elements in turn from the lowest finite number on, past NaN.
    """

    def pool(self, x: Array) -> Answer:
        """Return the output for an array of float32."""
        plan = self.plan(x.shape)
        refuse_negative_padding(plan)
        if 0 not in plan.output_shape and not np.isfinite(x).all():
            if self.asked is None or _is_whole(plan):
                return Answer(_in_lanes(x, plan.output_shape))
            if _is_in_vectors(plan):
                return Answer(_by_columns(plan, x))
        return Answer(pool_as(plan, ComparedMax("skip", LOWEST), x, with_indices=False)[0])


def _is_whole(plan: Plan) -> bool:
    return all(
        isinstance(w, SlidingWindows)
        and (w.kernel_size, w.stride, w.low, w.high) == (w.length, 1, 0, 0)
        for w in plan.windows
    )


def _is_in_vectors(plan: Plan) -> bool:
    windows = [w for w in plan.windows if isinstance(w, SlidingWindows)]
    small = all(each.kernel_size <= 32 for each in windows)
    last = windows[-1]
    # They have to fit into the memory that is put aside for a row.
    fits = last.length + last.low + last.high <= 2048 - (VECTOR - 1)
    return len(windows) > 1 and last.stride <= 2 and small and fits


def _in_lanes(x: Array, shape: Shape) -> Array:
    """Return the maxima of whole planes."""
    flat = x.reshape(*x.shape[:2], -1)
    cut = flat.shape[-1] // VECTOR * VECTOR
    last = ComparedMax("last")
    best = np.full((*x.shape[:2], 1), ComparedMax(least=LOWEST).start(x.dtype))
    if cut:
        lanes = flat[..., :cut].reshape(*x.shape[:2], -1, VECTOR)
        lanes = ComparedMax("last", LOWEST).define(np.moveaxis(lanes, -1, -2), 0)
        halves = [last.define(lanes[..., place::2], 0) for place in (0, 1)]
        best = last.define(np.stack(halves, axis=-1), 0)[..., np.newaxis]
    elements = np.concatenate([best, flat[..., cut:]], axis=-1)
    return np.asarray(ComparedMax("first").define(elements, 0)).reshape(shape)


def _by_columns(plan: Plan, x: Array) -> Array:
    """Return the maxima of windows, of every column first."""
    *upright, across = plan.windows
    assert isinstance(across, SlidingWindows)
    cut = across.length // VECTOR * VECTOR
    rules = (ComparedMax("last"), ComparedMax("first"))
    if len(upright) > 1:  # these begin with the lowest number, the others with an element
        rules = (ComparedMax("last", LOWEST), ComparedMax("skip", LOWEST))
    parts = [
        pool_as(Plan(part.shape, plan.axes[:-1], tuple(upright)), rule, part, with_indices=False)[0]
        for part, rule in zip((x[..., :cut], x[..., cut:]), rules, strict=True)
        if part.shape[-1]
    ]
    reach = (across.count - 1) * across.stride + across.kernel_size
    behind = max(0, reach - across.low - across.length)
    room = [(0, 0)] * (x.ndim - 1) + [(across.low, behind)]
    lowest = ComparedMax(least=LOWEST).start(x.dtype)
    columns = np.pad(np.concatenate(parts, axis=-1), room, constant_values=lowest)
    sliding = Sliding(across.kernel_size, across.stride).bind(columns.shape[-1])
    windows = sliding.part(0, across.count)[1]
    columns = columns[..., : windows.length]
    rows = Plan(columns.shape, plan.axes[-1:], (windows,))
    return pool_as(rows, ComparedMax("last"), columns, with_indices=False)[0]


def _refuse_far_too_long(asked: Specification, shape: Shape) -> None:
    """Refuse windows so long that their number would be negative."""
    for axis, w in zip(asked.axes_of(len(shape)), asked.windows, strict=True):
        if not isinstance(w, Sliding) or isinstance(w.padding, AutomaticPadding):
            continue
        extent = w.dilation * (w.kernel_size - 1) + 1
        if sliding_count(shape[axis], extent, w.stride, *w.padding, w.rounding) < 0:
            wanted = f"fit into axis {axis}, {shape[axis] + sum(w.padding)} with its padding"
            raise ArgumentError(message("kernel_shape", wanted, f"an extent of {extent}"))


def refuse_negative_padding(plan: Plan) -> None:
    """Refuse padding below 0, as kernels of the matrix library do."""
    for axis, w in zip(plan.axes, plan.windows, strict=True):
        if isinstance(w, SlidingWindows) and min(w.low, w.high) < 0:
            wanted = f"leave no elements out on axis {axis}, with automatic padding"
            came = f"{w.stride} for a kernel of {w.kernel_size}"
            raise ArgumentError(message("strides", wanted, came))


@dataclass(frozen=True)
class MaxAlone(VectorMax):
    """The maximum without indices: that of the matrix library in float32 alone."""

    def pool(self, x: Array) -> Answer:
        """Return the output for an array."""
        return super().pool(x) if x.dtype == np.float32 else RuntimeLayer.pool(self, x)
