"""Mixtures of maxima and means, and their derivatives."""

from abc import abstractmethod
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from poolkit import engines
from poolkit._arrays import as_numeric_array
from poolkit._errors import ArgumentError, ArgumentTypeError, message
from poolkit.geometry import Sliding, Specification, bind
from poolkit.geometry.border import Border
from poolkit.ops.ask import check_border
from poolkit.ops.missing import Presence
from poolkit.ops.operation import Array, Linearised, Operation, placed
from poolkit.ops.pieced import Pieced, cut, pooling
from poolkit.reducers import Max, Mean
from poolkit.reducers.dtypes import as_float, float_accumulator

__all__ = ["Gated", "Mixed", "Mixture"]


class Mixture(Operation):
    """s · max + (1 − s) · mean, where s comes from other arrays, and from the input perhaps."""

    __slots__ = ("border", "largest", "mean", "presence", "windows")

    def __init__(
        self,
        windows: Specification,
        engine: str | None,
        presence: Presence,
        border: Border | None,
    ) -> None:
        check_border(border)
        self.windows = windows if border is None else replace(windows, may_be_empty=True)
        self.presence, self.border = presence, border
        self.largest = pooling(windows, Max(), engine, presence, border)
        self.mean = pooling(windows, Mean(), engine, presence, border)

    @abstractmethod
    def linearise_share(self, x: Array, wrt: tuple[str, ...]) -> Linearised:
        """Return the share of the maximum, broadcastable to the output, and its derivative."""

    def __call__(self, x: npt.ArrayLike, out: Any = None) -> Any:
        array = as_numeric_array(x)
        if not self.presence.is_usual and self.presence.missing.nodata is None:
            # Maxima of integers have no NaN for windows with too few elements.
            array = array.astype(as_float(array.dtype), copy=False)
        largest, mean = self.largest(array), self.mean(array)
        with np.errstate(all="ignore"):
            share = self.linearise_share(array, ()).y
            mixed = _mix(share, largest, mean).astype(as_float(mean.dtype))
        return placed(mixed, out)

    def linearise(self, x: Array, wrt: tuple[str, ...]) -> Linearised:
        largest, mean = self.largest.linearise(x, ("x",)), self.mean.linearise(x, ("x",))
        share = self.linearise_share(x, wrt)
        s, dtype = share.y, mean.y.dtype
        wide = float_accumulator(dtype)
        apart = largest.y.astype(wide) - mean.y.astype(wide)
        few = self.mean.find_few(x) if isinstance(self.mean, Pieced) else None
        if few is not None:
            apart[few] = 0

        def push(tangents: tuple[Array, ...]) -> Array:
            total = apart * share.push(tangents)
            for name, moved in zip(wrt, tangents, strict=True):
                if name == "x":
                    total = total + _mix(s, largest.push((moved,)), mean.push((moved,)))
            return np.asarray(total.astype(dtype))

        def pull(gradient: Array) -> tuple[Array, ...]:
            outer = gradient.astype(wide)
            if few is not None:
                outer[few] = 0
            gradients = list(share.pull(outer * apart))
            if "x" in wrt:
                (to_largest,) = largest.pull(np.asarray(outer * s).astype(dtype))
                (to_all,) = mean.pull(np.asarray(outer * (1 - s)).astype(dtype))
                place = wrt.index("x")
                total = to_largest.astype(wide) + to_all.astype(wide) + gradients[place]
                gradients[place] = total.astype(dtype)
            return tuple(gradients)

        return Linearised(_mix(s, largest.y, mean.y).astype(dtype), push, pull)


class Mixed(Mixture):
    """A mixture whose share is given."""

    __slots__ = ("share",)

    def __init__(
        self,
        windows: Specification,
        share: Any,
        engine: str | None,
        presence: Presence,
        border: Border | None,
    ) -> None:
        super().__init__(windows, engine, presence, border)
        self.share = _numbers("share", share)

    def inputs(self) -> dict[str, Array]:
        return {"share": self.share}

    def linearise_share(self, x: Array, wrt: tuple[str, ...]) -> Linearised:
        outputs = bind(self.windows, x.shape).output_shape
        shape = self.share.shape
        if not _fits(shape, outputs):
            wanted = f"be a number, or an array that can be broadcast to the output, {outputs}"
            raise ArgumentError(message("share", wanted, f"shape {shape}"))

        def push(tangents: tuple[Array, ...]) -> Array:
            moved = (each for name, each in zip(wrt, tangents, strict=True) if name == "share")
            return np.asarray(next(moved, 0.0))

        def pull(gradient: Array) -> tuple[Array, ...]:
            return tuple(
                _summed(gradient, shape) if name == "share" else np.zeros(()) for name in wrt
            )

        return Linearised(self.share, push, pull)


class Gated(Mixture):
    """A mixture whose share is σ(Σ gate · x) over each window."""

    __slots__ = ("gate",)

    def __init__(
        self,
        windows: Specification,
        gate: Any,
        engine: str | None,
        presence: Presence,
        border: Border | None,
    ) -> None:
        super().__init__(windows, engine, presence, border)
        self.gate = _numbers("gate", gate)

    def inputs(self) -> dict[str, Array]:
        return {"gate": self.gate}

    def linearise_share(self, x: Array, wrt: tuple[str, ...]) -> Linearised:
        plan = bind(self.windows, x.shape)
        axes = self.windows.axes_of(x.ndim)
        given = self.gate.shape
        last = range(x.ndim - len(axes), x.ndim)

        def laid(gate: Array) -> Array:
            whole = gate.reshape((1,) * (x.ndim - gate.ndim) + gate.shape)
            return np.moveaxis(whole, last, axes)

        asked = self.windows.windows
        sizes = tuple(each.kernel_size for each in asked if isinstance(each, Sliding))
        batch = tuple(n for axis, n in enumerate(x.shape) if axis not in axes)
        before = given[: max(0, len(given) - len(sizes))]
        if given[len(before) :] != sizes or not _fits(before, batch):
            wanted = (
                f"have the shape of a window, {sizes}, behind axes that can be broadcast to "
                f"the axes that are not pooled, {batch}"
            )
            raise ArgumentError(message("gate", wanted, f"shape {given}"))
        gate = laid(self.gate)
        often = self.presence.find_weights(x, plan.axes)
        pieces = cut(plan, self.border)

        def counted(values: Array) -> Array:
            """Return values as often as they count, 0 where they are missing."""
            if often is None:
                return values
            return np.where(often > 0, values.astype(float_accumulator(x.dtype)) * often, 0)

        def sums(values: Array, beside: Array) -> Array:
            total = np.empty(plan.output_shape, float_accumulator(x.dtype))
            for piece in pieces:
                total[piece.outputs] = engines.sum_windows(piece.plan, piece.take(values), beside)
            return total

        values = counted(x)
        share = 1 / (1 + np.exp(-sums(values, gate)))
        steepness = share * (1 - share)

        def push(tangents: tuple[Array, ...]) -> Array:
            total: Any = 0.0
            for name, moved in zip(wrt, tangents, strict=True):
                pair = (counted(moved), gate) if name == "x" else (values, laid(moved))
                total = total + sums(*pair)
            return np.asarray(total * steepness)

        def pull(gradient: Array) -> tuple[Array, ...]:
            outer = gradient * steepness
            gradients = []
            for name in wrt:
                if name == "x":
                    pulled = np.zeros(x.shape, outer.dtype)
                    for piece in pieces:
                        passed = outer[piece.outputs]
                        piece.add(pulled, engines.sum_windows_back(piece.plan, passed, gate))
                    gradients.append(counted(pulled))
                else:
                    pulled = np.zeros(gate.shape, outer.dtype)
                    for piece in pieces:
                        pair = piece.take(values), outer[piece.outputs]
                        pulled += engines.sum_windows_by_weight(piece.plan, *pair, gate.shape)
                    gradients.append(np.moveaxis(pulled, axes, last).reshape(given))
            return tuple(gradients)

        return Linearised(share, push, pull)


def _mix(share: Array, largest: Array, mean: Array) -> Array:
    """Return s · max + (1 − s) · mean; an infinity that has no share is left out."""
    wide = float_accumulator(mean.dtype)
    one, other = largest.astype(wide), mean.astype(wide)
    mixed = share * one + (1 - share) * other
    # Equal ones stay what they are: a value for missing data among them.
    return np.where((share == 1) | (one == other), one, np.where(share == 0, other, mixed))


def _numbers(name: str, given: Any) -> Array:
    wanted = "hold finite numbers"
    try:
        numbers = np.asarray(given, np.float64)
    except (TypeError, ValueError):
        raise ArgumentTypeError(message(name, wanted, repr(given))) from None
    if not np.isfinite(numbers).all():
        raise ArgumentError(message(name, wanted, repr(given)))
    return numbers


def _fits(shape: tuple[int, ...], whole: tuple[int, ...]) -> bool:
    """Return whether an array of a shape can be broadcast to another."""
    behind = whole[len(whole) - len(shape) :]
    return len(shape) <= len(whole) and all(n in (1, m) for n, m in zip(shape, behind, strict=True))


def _summed(values: Array, shape: tuple[int, ...]) -> Array:
    """Return the sums of what was broadcast from a shape."""
    before = values.ndim - len(shape)
    spread = tuple(before + axis for axis, n in enumerate(shape) if n == 1)
    return np.asarray(values.sum(axis=(*range(before), *spread)).reshape(shape))
