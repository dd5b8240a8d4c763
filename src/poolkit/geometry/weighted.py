"""Windows whose elements count by weights, on one axis: binomial filters, and areas.

Weights are integers, over a total that is an integer too, so that no window is misplaced and
no weight rounded here.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import comb, prod
from typing import NamedTuple

from poolkit._errors import ArgumentError, WindowFitError
from poolkit.geometry.border import Border, inner_position
from poolkit.geometry.plan import LARGEST_OUTPUT, resolve_axes

__all__ = [
    "Area",
    "AreaWindows",
    "Binomial",
    "BinomialWindows",
    "Repetition",
    "WeightedSpecification",
    "WeightedWindow",
    "WeightedWindows",
]


class WeightedWindow(NamedTuple):
    """One window: its value is Σ weight·x[position] / total.

    The positions are different from each other and the weights at least 1; where the border
    is of zeros, the weights may add up to less than the total.
    """

    positions: Sequence[int]
    weights: Sequence[int]
    total: int


class Repetition(NamedTuple):
    """Windows that repeat themselves.

    From `first` + `period` on and before `stop`, a window is the one `period` before it,
    `step` positions further.
    """

    first: int
    stop: int
    period: int
    step: int


class WeightedWindows(ABC):
    """The weighted windows on one axis of n elements."""

    __slots__ = ()

    length: int

    @property
    @abstractmethod
    def count(self) -> int:
        """m, the number of windows."""

    @abstractmethod
    def window(self, number: int) -> WeightedWindow:
        """Return one of the windows."""

    @abstractmethod
    def repetition(self) -> Repetition:
        """Return which windows repeat themselves."""


@dataclass(frozen=True, slots=True)
class BinomialWindows(WeightedWindows):
    """Windows of k elements weighted as Pascal's triangle has it: ⌈n / stride⌉ of them.

    Window o has its element j at o·stride − ⌊(k − 1) / 2⌋ + j. Where `border` is None, zeros
    lie outside.
    """

    length: int
    kernel_size: int
    stride: int
    border: Border | None

    @property
    def count(self) -> int:
        return -(-self.length // self.stride)

    def window(self, number: int) -> WeightedWindow:
        sums: dict[int, int] = {}
        begin = number * self.stride - (self.kernel_size - 1) // 2
        for j in range(self.kernel_size):
            place = begin + j
            if self.border is not None:
                place = inner_position(place, self.length, self.border)
            if 0 <= place < self.length:
                sums[place] = sums.get(place, 0) + comb(self.kernel_size - 1, j)
        return WeightedWindow(tuple(sums), tuple(sums.values()), 2 ** (self.kernel_size - 1))

    def repetition(self) -> Repetition:
        low = (self.kernel_size - 1) // 2
        first = -(-low // self.stride)
        stop = (self.length - self.kernel_size + low) // self.stride + 1
        return Repetition(first, stop, 1, self.stride)


@dataclass(frozen=True, slots=True)
class AreaWindows(WeightedWindows):
    """Windows that are stretches of the axis, whose cells count by how much of them is inside.

    Window o is the stretch from o·factor to (o + 1)·factor, the last as far as the axis goes.
    """

    length: int
    factor: Fraction

    @property
    def count(self) -> int:
        return -(-self.length // self.factor)

    def window(self, number: int) -> WeightedWindow:
        # In units of one over the denominator a window takes `size`, a cell `cell`.
        size, cell = self.factor.numerator, self.factor.denominator
        start, stop = number * size, min((number + 1) * size, self.length * cell)
        positions = range(start // cell, -(-stop // cell))
        weights = [cell] * len(positions)
        weights[0] -= start - positions.start * cell
        weights[-1] -= positions.stop * cell - stop
        return WeightedWindow(positions, weights, stop - start)

    def repetition(self) -> Repetition:
        # After as many windows as a cell has units, one begins where a cell does again.
        size, cell = self.factor.numerator, self.factor.denominator
        return Repetition(0, self.length * cell // size, cell, size)


@dataclass(frozen=True, slots=True)
class Binomial:
    """Binomial windows on an axis of any length."""

    kernel_size: int
    stride: int
    border: Border | None

    def bind(self, length: int) -> BinomialWindows:
        """Return the windows on an axis of at least 1 element."""
        return BinomialWindows(length, self.kernel_size, self.stride, self.border)


@dataclass(frozen=True, slots=True)
class Area:
    """Areas on an axis of any length: of one size, or so many.

    Attributes
    ----------
    factor : Fraction or None
        Elements per window. None stands for n / m.
    output_size : int, optional
        m, where `factor` is None; None stands for n.
    """

    factor: Fraction | None
    output_size: int | None = None

    def bind(self, length: int) -> AreaWindows:
        """Return the windows on an axis of at least 1 element."""
        if self.factor is not None:
            return AreaWindows(length, self.factor)
        return AreaWindows(length, Fraction(length, self.output_size or length))


@dataclass(frozen=True, slots=True)
class WeightedSpecification:
    """What was asked for, before any shape is known.

    Attributes
    ----------
    rules : tuple of Binomial or Area
        One for each pooled axis.
    axes : tuple of int or None
        The pooled axes in the order of `rules`; None means the last ones.
    """

    rules: tuple[Binomial | Area, ...]
    axes: tuple[int, ...] | None = None

    def bind(self, shape: tuple[int, ...]) -> dict[int, BinomialWindows | AreaWindows]:
        """Return the windows on each pooled axis of arrays of a shape, in ascending order.

        Raises
        ------
        ArgumentError
            If `axes` does not suit the shape, or the output would be too large.
        WindowFitError
            If a pooled axis is empty.
        """
        axes = resolve_axes(len(self.rules), self.axes, len(shape))
        rules = dict(sorted(zip(axes, self.rules, strict=True)))
        empty = [
            f"axis {axis}: no window fits into 0 elements." for axis in rules if not shape[axis]
        ]
        if empty:
            raise WindowFitError("\n".join(empty))
        bound = {axis: rule.bind(shape[axis]) for axis, rule in rules.items()}
        output = tuple(
            bound[axis].count if axis in bound else length for axis, length in enumerate(shape)
        )
        if prod(map(max, output, [1] * len(output))) > LARGEST_OUTPUT:
            raise ArgumentError(f"the output would have the shape {output}, too large.")
        return bound
