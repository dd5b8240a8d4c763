"""Mixtures of maxima and means, and their derivatives."""

from abc import abstractmethod
from typing import Any

import numpy as np
import numpy.typing as npt

from poolkit import engines
from poolkit._arrays import as_numeric_array
from poolkit._errors import ArgumentError, ArgumentTypeError, message
from poolkit.geometry import Sliding, Specification, bind
from poolkit.ops.operation import Array, Linearised, Operation, placed
from poolkit.ops.request import Request
from poolkit.reducers import Max, Mean
from poolkit.reducers.dtypes import as_float, float_accumulator

__all__ = ["Gated", "Mixed", "Mixture"]


class Mixture(Operation):
    """s · max + (1 − s) · mean, where s comes from other arrays, and from the input perhaps."""

    __slots__ = ("largest", "mean", "windows")

    def __init__(self, windows: Specification, engine: str | None) -> None:
        self.windows = windows
        self.largest = Request(windows, Max(), engine)
        self.mean = Request(windows, Mean(), engine)

    @abstractmethod
    def linearise_share(self, x: Array, wrt: tuple[str, ...]) -> Linearised:
        """Return the share of the maximum, broadcastable to the output, and its derivative."""

    def __call__(self, x: npt.ArrayLike, out: Any = None) -> Any:
        array = as_numeric_array(x)
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

        def push(tangents: tuple[Array, ...]) -> Array:
            total = apart * share.push(tangents)
            for name, moved in zip(wrt, tangents, strict=True):
                if name == "x":
                    total = total + _mix(s, largest.push((moved,)), mean.push((moved,)))
            return np.asarray(total.astype(dtype))

        def pull(gradient: Array) -> tuple[Array, ...]:
            outer = gradient.astype(wide)
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

    def __init__(self, windows: Specification, share: Any, engine: str | None) -> None:
        super().__init__(windows, engine)
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

    def __init__(self, windows: Specification, gate: Any, engine: str | None) -> None:
        super().__init__(windows, engine)
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
        share = 1 / (1 + np.exp(-engines.sum_windows(plan, x, gate)))
        steepness = share * (1 - share)

        def push(tangents: tuple[Array, ...]) -> Array:
            total: Any = 0.0
            for name, moved in zip(wrt, tangents, strict=True):
                pair = (moved, gate) if name == "x" else (x, laid(moved))
                total = total + engines.sum_windows(plan, *pair)
            return np.asarray(total * steepness)

        def pull(gradient: Array) -> tuple[Array, ...]:
            outer = gradient * steepness
            gradients = []
            for name in wrt:
                if name == "x":
                    gradients.append(engines.sum_windows_back(plan, outer, gate))
                else:
                    pulled = engines.sum_windows_by_weight(plan, x, outer, gate.shape)
                    gradients.append(np.moveaxis(pulled, axes, last).reshape(given))
            return tuple(gradients)

        return Linearised(share, push, pull)


def _mix(share: Array, largest: Array, mean: Array) -> Array:
    """Return s · max + (1 − s) · mean; an infinity that has no share is left out."""
    wide = float_accumulator(mean.dtype)
    one, other = largest.astype(wide), mean.astype(wide)
    mixed = share * one + (1 - share) * other
    return np.where(share == 1, one, np.where(share == 0, other, mixed))


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
