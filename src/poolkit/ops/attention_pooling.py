"""Averages weighted by scores, of windows of which elements may be missing; and derivatives."""

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from poolkit import engines
from poolkit._arrays import as_numeric_array
from poolkit._errors import ArgumentError, PoolError, message
from poolkit.engines.engine import divisors
from poolkit.geometry import Plan, Specification, bind
from poolkit.ops.missing import Presence, shared_planes
from poolkit.ops.operation import Array, Linearised, Operation, placed
from poolkit.reducers.dtypes import as_float, float_accumulator, native

__all__ = ["AttentionPooling"]


class AttentionPooling(Operation):
    """Averages of windows by e to scores; called with the values.

    Parameters
    ----------
    scores : array
        Of a shape that broadcasts to that of the values.
    windows : Specification
    engine : str, optional
    presence : Presence
    drops_axes : bool, default False
        Whether the pooled axes, of one window each, are left out of the output.
    """

    __slots__ = ("drops_axes", "engine", "presence", "scores", "windows")

    def __init__(
        self,
        scores: Array,
        windows: Specification,
        engine: str | None,
        presence: Presence,
        *,
        drops_axes: bool = False,
    ) -> None:
        self.scores = scores.astype(native(as_float(scores.dtype)), copy=False)
        self.windows = windows
        self.engine = engine
        self.presence = presence
        self.drops_axes = drops_axes

    def __call__(self, x: npt.ArrayLike, out: Any = None) -> Any:
        array = as_numeric_array(x)
        try:
            plan = bind(self.windows, array.shape)
            dtype = native(as_float(array.dtype))
            with np.errstate(all="ignore"):
                scores = self._aligned(plan, array)
                y = engines.attend(plan, array, scores, dtype, self.engine)
                if not replace(self.presence.missing, nan="propagate").is_usual:
                    self._fill(plan, scores, y)  # else NaN already
        except PoolError as error:
            error.add_note(f"(attention_pool of a {array.dtype} array of shape {array.shape})")
            raise
        return placed(self._shown(plan, y), out)

    def inputs(self) -> dict[str, Array]:
        return {"scores": self.scores}

    def linearise(self, x: Array, wrt: tuple[str, ...]) -> Linearised:
        plan = bind(self.windows, x.shape)
        scores, engine, dtype = self._aligned(plan, x), self.engine, native(x.dtype)
        wide = float_accumulator(x.dtype)
        averages = engines.attend(plan, x, scores, dtype, engine)
        y = averages.copy()
        few = self._fill(plan, scores, y)
        averages[few] = 0

        def mean(values: Array) -> Array:
            return engines.attend(plan, values, scores, wide, engine)

        def push(tangents: tuple[Array, ...]) -> Array:
            total = np.zeros(plan.output_shape, wide)
            for name, moved in zip(wrt, tangents, strict=True):
                if name == "x":
                    total += mean(moved)
                else:
                    along = np.broadcast_to(moved, x.shape).astype(wide)
                    total += mean(along * x) - mean(along) * mean(x)
            total[few] = 0
            return self._shown(plan, total.astype(dtype))

        def pull(gradient: Array) -> tuple[Array, ...]:
            outer = np.where(few, 0, gradient.reshape(plan.output_shape)).astype(gradient.dtype)
            totals = engines.log_totals(plan, scores, engine)
            of_x, of_scores = engines.pull_attention(
                plan, x, scores, totals, averages, outer, engine
            )
            found = {"x": of_x, "scores": self._unaligned(of_scores)}
            return tuple(found[name] for name in wrt)

        return Linearised(self._shown(plan, y), push, pull)

    def _aligned(self, plan: Plan, x: Array) -> Array:
        """Return the scores with all axes of the values, the pooled ones at their length.

        Those of missing elements are −∞, those of elements of weight w larger by log w.
        """
        shape = self.scores.shape
        pairs = zip(shape[::-1], plan.shape[::-1], strict=False)
        if len(shape) > len(plan.shape) or any(n not in (1, length) for n, length in pairs):
            wanted = f"have the shape of x, {plan.shape}, or one that broadcasts to it"
            raise ArgumentError(message("scores", wanted, shape))
        whole = [1] * (len(plan.shape) - len(shape)) + list(shape)
        laid = self.scores.reshape(whole)
        for axis in plan.axes:
            whole[axis] = plan.shape[axis]
        aligned = np.broadcast_to(laid, whole)
        often = self.presence.find_weights(x, plan.axes)
        if often is None:
            return aligned
        often = shared_planes(often, plan.axes)
        if often.dtype.kind != "b":
            aligned = aligned + np.log(often.astype(np.float64))
        return np.where(often > 0, aligned, aligned.dtype.type(-np.inf))

    def _fill(self, plan: Plan, scores: Array, y: Array) -> Array:
        """Write what windows become with too few elements; return which they are."""
        alike = Plan(scores.shape, plan.axes, plan.windows)
        valid = engines.count_valid(alike, scores != -np.inf)
        few = self.presence.missing.find_few(valid, divisors(alike, "valid"))
        few, valid = (np.broadcast_to(each, plan.output_shape) for each in (few, valid))
        self.presence.missing.fill(y, few, valid)
        return few

    def _unaligned(self, gradient: Array) -> Array:
        """Return the gradient of aligned scores as that of the scores that were given."""
        shape = self.scores.shape
        spare = gradient.ndim - len(shape)
        summed = gradient.sum(axis=tuple(range(spare)))
        repeated = tuple(axis for axis, n in enumerate(shape) if n == 1)
        summed = summed.sum(axis=repeated, keepdims=True).reshape(shape)
        return np.asarray(summed, self.scores.dtype)

    def _shown(self, plan: Plan, y: Array) -> Array:
        return y.squeeze(plan.axes) if self.drops_axes else y
