"""What undoes a pooling, seen from its output."""

from dataclasses import dataclass
from math import prod

import numpy as np

from poolkit import engines
from poolkit._errors import ArgumentError, ArgumentTypeError, message
from poolkit.dialects.layer import Answer, Shape
from poolkit.geometry import AutomaticPadding, Plan, Rounding, Sliding, Specification, bind
from poolkit.ops.numbering import plane_of_offsets
from poolkit.ops.unpooling import pick, place
from poolkit.reducers import Sum
from poolkit.reducers.reducer import Array

__all__ = ["Unpooling", "Upsampling", "Windowed"]


@dataclass(frozen=True)
class Windowed:
    """The windows of a pooling, seen from its output.

    Attributes
    ----------
    windows : Specification
        Those of the pooling.
    outsize : tuple of int, or None
        The lengths of the pooling's input; by default the shortest or, with `cover_all`, those
        of which the last window holds one element alone.
    """

    windows: Specification
    outsize: tuple[int, ...] | None

    def lengths(self, shape: Shape) -> tuple[int, ...]:
        """Return the lengths of the pooled axes before the pooling."""
        if self.outsize is not None:
            return self.outsize
        lengths = []
        for count, asked in zip(shape[2:], self.windows.windows, strict=True):
            assert isinstance(asked, Sliding)
            assert not isinstance(asked.padding, AutomaticPadding)
            pad = asked.padding[0]
            length = asked.stride * (count - 1) + asked.kernel_size - 2 * pad
            if asked.rounding is Rounding.COVER:
                length -= asked.stride - 1
            if length < 0:
                raise ArgumentError(message("pad", "leave an output", f"one of {length}"))
            lengths.append(length)
        return tuple(lengths)

    def plan(self, shape: Shape) -> Plan | None:
        """Return the plan of a pooling whose output has a shape; None for no elements."""
        lengths = self.lengths(shape)
        if 0 in lengths:
            return None
        plan = bind(self.windows, (*shape[:2], *lengths))
        if plan.output_shape != shape:
            came = f"{lengths}, pooled to {plan.output_shape[2:]}"
            raise ArgumentError(message("outsize", f"be pooled to {shape[2:]}", came))
        return plan

    def nothing(self, x: Array) -> Answer:
        """Return an output without elements."""
        y = np.zeros((*x.shape[:2], *self.lengths(x.shape)), x.dtype)
        return Answer(y, pull_back=lambda gradient: np.zeros_like(x))


@dataclass(frozen=True)
class Unpooling(Windowed):
    """Every value spread over its window, and summed where windows overlap.

    Attributes
    ----------
    divides : bool
        Whether lengths are divided by what the padding leaves of the input, as
        ``unpooling_2d`` does, which then must not be nothing.
    """

    divides: bool = False

    def answer(self, x: Array) -> Answer:
        """Return the output for an array (N, C, *spatial)."""
        _check_input(x)
        if self.divides:
            self._divide(x.shape)
        plan = self.plan(x.shape)
        if plan is None:
            return self.nothing(x)

        def pull_back(gradient: Array) -> Array:
            return engines.pool(plan, Sum(), np.asarray(gradient, x.dtype))

        return Answer(engines.pool(plan.transposed(), Sum(), x), pull_back=pull_back)

    def _divide(self, shape: Shape) -> None:
        lengths = self.lengths(shape)
        for n, length, asked in zip(shape[2:], lengths, self.windows.windows, strict=True):
            assert isinstance(asked, Sliding)
            assert not isinstance(asked.padding, AutomaticPadding)
            left = n - asked.padding[0]
            if left == 0:
                raise ArgumentError(message("pad", "differ from the length of the input", n))
            if length % left:
                return


@dataclass(frozen=True)
class Upsampling(Windowed):
    """Every value put where an offset within its window says."""

    def answer(self, x: Array, indices: Array) -> Answer:
        """Return the output for maxima (N, C, H, W), and their offsets."""
        _check_input(x)
        if indices.shape != x.shape:
            raise ArgumentError(
                message("indices", f"have the shape of x, {x.shape}", indices.shape)
            )
        if indices.dtype.kind not in "iu":
            raise ArgumentTypeError(message("indices", "hold integers", indices.dtype))
        plan = self.plan(x.shape)
        if plan is None:
            return self.nothing(x)
        widest = prod(windows.widest() for windows in plan.windows)
        if indices.size and not 0 <= indices.min() <= indices.max() < widest:
            came = f"{indices.min()} to {indices.max()}"
            raise ArgumentError(message("indices", f"lie in 0 to {widest - 1}", came))
        places = plane_of_offsets(plan, indices)
        inside, at = places >= 0, np.maximum(places, 0)
        lengths = plan.shape[2:]
        y = place(np.where(inside, x, 0).astype(x.dtype), at, lengths, plan.axes, "sum")

        def pull_back(gradient: Array) -> Array:
            found = pick(np.asarray(gradient, x.dtype), at, plan.axes)
            return np.where(inside, found, 0).astype(x.dtype)

        return Answer(y, pull_back=pull_back)


def _check_input(x: Array) -> None:
    if x.dtype.kind != "f":
        raise ArgumentTypeError(message("x", "hold floats", x.dtype))
    if 0 in x.shape:
        raise ArgumentError(message("x", "hold an element", x.shape))
