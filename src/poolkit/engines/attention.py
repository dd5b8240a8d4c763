"""Averages of windows, weighted by e to scores: sums of e^s·x over sums of e^s.

Both sums are separable, and engines' own, where e^s is taken relative to one score for many
windows; that is done as long as all scores are so near to each other that nothing vanishes. Where
they are not, windows are laid out, and each has its own largest score.

A score of −∞ leaves its element out. Scores have the shape of the array, but for axes that are
not pooled, which may have length 1.
"""

from collections.abc import Callable
from math import isfinite

import numpy as np

from poolkit.engines.choose import pool
from poolkit.engines.gather import gather_together, moved
from poolkit.geometry import Plan
from poolkit.reducers import Sum
from poolkit.reducers.dtypes import DType, float_accumulator, native
from poolkit.reducers.reducer import Array

__all__ = ["attend", "log_totals", "pull_attention"]

PART_ELEMENTS = 2**17
"""Elements weighted at a time."""

LAID_OUT = 2**16
"""Elements of windows laid out at a time, once for every window that holds them."""

WIDEST = 600.0
"""From the smallest score to the largest, where windows share what is subtracted: e^s of float64
must not vanish."""


def attend(plan: Plan, x: Array, scores: Array, dtype: DType, wanted: str | None) -> Array:
    """Return the weighted average of every window, NaN where all scores are −∞."""
    wide = _wide(x, scores)
    y = np.empty(plan.output_shape, dtype)
    exponentials = _Exponentials(scores, wide, is_exact=dtype.itemsize >= 8)
    for part in plan.parts(PART_ELEMENTS):
        values, place = x[part.inputs], y[part.outputs]
        found = exponentials.of(part.inputs)
        if found is None:
            _attend_one_by_one(part.plan, values, exponentials.scores, place, wide)
            continue
        weights, absent = found
        weighted = np.multiply(weights, values, dtype=wide)
        if absent is not None:
            weighted[np.broadcast_to(absent, weighted.shape)] = 0
        total = pool(_plan_of(part.plan, weights), Sum(), weights, wanted)
        place[...] = pool(part.plan, Sum(), weighted, wanted) / total
    return y


def log_totals(plan: Plan, scores: Array, wanted: str | None) -> Array:
    """Return log Σ e^s of every window of the scores."""
    plan = _plan_of(plan, scores)
    wide = float_accumulator(scores.dtype)
    totals = np.empty(plan.output_shape, wide)
    exponentials = _Exponentials(scores, wide, is_exact=False)
    for part in plan.parts(PART_ELEMENTS):
        found = exponentials.of(part.inputs)
        place = totals[part.outputs]
        if found is None:
            for outputs, (windows,) in gather_together(part.plan, (exponentials.scores,), LAID_OUT):
                high = _finite(windows.max(axis=-1))
                sums = np.exp(windows.astype(wide) - high[..., np.newaxis]).sum(axis=-1)
                moved(part.plan, place)[outputs] = np.log(sums) + high
        else:
            place[...] = np.log(pool(part.plan, Sum(), found[0], wanted)) + exponentials.shift
    return totals


def pull_attention(
    plan: Plan,
    x: Array,
    scores: Array,
    totals: Array,
    y: Array,
    gradient: Array,
    wanted: str | None,
) -> tuple[Array, Array]:
    """Return the gradients of the array and of the scores."""
    wide = _wide(x, scores)
    x_gradient = np.empty(x.shape, native(x.dtype))
    scores_gradient = np.zeros(scores.shape, wide)
    shared = tuple(
        axis
        for axis, (n, length) in enumerate(zip(scores.shape, x.shape, strict=True))
        if n != length
    )
    for part in plan.transposed().parts(PART_ELEMENTS):
        near = scores[_taken(part.outputs, scores)]
        logs = totals[_taken(part.inputs, totals)]
        outer = gradient[part.inputs].astype(wide)
        pull = _puller(part.plan, near, logs, wide, wanted)
        share = pull(outer)
        x_gradient[part.outputs] = share
        slopes = x[part.outputs] * share - pull(outer * y[part.inputs])
        slopes[np.broadcast_to(near == -np.inf, slopes.shape)] = 0
        place = scores_gradient[_taken(part.outputs, scores)]
        place += slopes.sum(axis=shared, keepdims=True) if shared else slopes
    return x_gradient, scores_gradient


class _Exponentials:
    """e to pieces of the scores, of which the last one is kept: channels may share them."""

    def __init__(self, scores: Array, wide: DType, *, is_exact: bool) -> None:
        self.shift = 0.0
        self.scores = scores
        self._whole, self._wide, self._is_exact = scores, wide, is_exact
        self._key: tuple[slice, ...] | None = None
        self._found: tuple[Array, Array | None] | None = None

    def of(self, inputs: tuple[slice, ...]) -> tuple[Array, Array | None] | None:
        """Return e^(s − shift), and where s is −∞ if it is; nothing if scores differ too much."""
        key = _taken(inputs, self._whole)
        if key == self._key:
            return self._found
        self._key, self.scores = key, self._whole[key]
        low, high = _ends(self.scores)
        self._found = None
        if high - low <= WIDEST:
            self.shift = high
            near = self.scores.astype(self._wide)
            less = near - high
            weights = np.exp(less)
            if self._is_exact:
                # A difference of 600 is rounded by 6e-14, which would be that of the weight.
                rounded = (near - (less + (near - less))) + ((near - less) - high)
                weights *= 1 + np.where(np.isfinite(rounded), rounded, 0)
            absent = self.scores == -np.inf
            self._found = weights, absent if absent.any() else None
        return self._found


def _attend_one_by_one(plan: Plan, x: Array, scores: Array, y: Array, wide: DType) -> None:
    """Write averages to `y`, for each window relative to its own largest score."""
    for outputs, (values, windows) in gather_together(plan, (x, scores), LAID_OUT):
        high = _finite(windows.max(axis=-1))
        weights = np.exp(windows.astype(wide) - high[..., np.newaxis])
        weighted = np.where(windows == -np.inf, 0, weights * values)
        moved(plan, y)[outputs] = weighted.sum(axis=-1) / weights.sum(axis=-1)


def _puller(
    plan: Plan, near: Array, logs: Array, wide: DType, wanted: str | None
) -> Callable[[Array], Array]:
    """Return what sums e^(s − z)·g, for every element of score s, over its windows.

    Of a window, z is the logarithm of its total; −∞ where it has no element.
    """
    lows, highs = zip(_ends(near), _ends(logs), strict=True)
    is_absent, is_empty = near == -np.inf, logs == -np.inf
    if max(highs) - min(lows) <= WIDEST:
        middle = (max(highs) + min(lows)) / 2
        element = np.exp(np.subtract(near, middle, dtype=wide))
        window = np.exp(np.subtract(middle, logs, dtype=wide))
        window[is_empty] = 0

        def pull(outer: Array) -> Array:
            pulled = element * pool(plan, Sum(), outer * window, wanted)
            pulled[np.broadcast_to(is_absent, pulled.shape)] = 0
            return pulled

        return pull

    def pull_one_by_one(outer: Array) -> Array:
        pulled = np.empty(plan.output_shape, wide)
        scores = np.broadcast_to(near, pulled.shape)
        for outputs, (passed, z) in gather_together(plan, (outer, logs), LAID_OUT):
            own = moved(plan, scores)[outputs][..., np.newaxis]
            shares = np.where((own == -np.inf) | (z == -np.inf), 0, passed * np.exp(own - z))
            moved(plan, pulled)[outputs] = shares.sum(axis=-1)
        return pulled

    return pull_one_by_one


def _wide(x: Array, scores: Array) -> DType:
    return np.promote_types(float_accumulator(x.dtype), float_accumulator(scores.dtype))


def _ends(scores: Array) -> tuple[float, float]:
    """Return the smallest and the largest that are finite; 0 if there is none."""
    low, high = float(scores.min(initial=np.inf)), float(scores.max(initial=-np.inf))
    if isfinite(low) and isfinite(high):
        return low, high
    finite = scores[np.isfinite(scores)]
    return (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)


def _finite(high: Array) -> Array:
    return np.where(np.isfinite(high), high, 0)


def _plan_of(plan: Plan, scores: Array) -> Plan:
    """Return the plan of the same windows for scores that have fewer planes."""
    shape = list(scores.shape)
    for axis, windows in zip(plan.axes, plan.windows, strict=True):
        shape[axis] = windows.length
    return Plan(tuple(shape), plan.axes, plan.windows)


def _taken(inputs: tuple[slice, ...], scores: Array) -> tuple[slice, ...]:
    """Return where a piece of the array has its scores."""
    pairs = zip(scores.shape, inputs, strict=True)
    return tuple(slice(0, 1) if n == 1 else piece for n, piece in pairs)
