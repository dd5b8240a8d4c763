"""A plan: which windows lie on which axes of an array of a known shape."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from math import prod
from typing import NamedTuple, TypeAlias

from poolkit._errors import ArgumentError, WindowFitError
from poolkit.geometry.adaptive import Adaptive
from poolkit.geometry.axis import AxisWindows
from poolkit.geometry.fractional_graham import Fractional
from poolkit.geometry.listed import Listed, ListedWindows
from poolkit.geometry.sliding import Sliding

__all__ = ["Asked", "Part", "Plan", "Specification", "bind", "resolve_axes"]

Asked: TypeAlias = Sliding | Adaptive | Fractional | Listed
"""The windows of one axis, before its length is known."""

LARGEST_OUTPUT = 2**60
"""Elements. More than any machine can address, whatever the size of an element."""


@dataclass(frozen=True, slots=True)
class Specification:
    """What was asked for, before any shape is known.

    Attributes
    ----------
    windows : tuple of Asked
        One for each pooled axis.
    axes : tuple of int or None
        The pooled axes in the order of `windows`; negative numbers count from the
        end. None means the last ones.
    may_be_empty : bool
        Whether windows may hold no element of the input.
    may_lack_windows : bool
        Whether an axis on which no window fits has none, instead of being refused.
    """

    windows: tuple[Asked, ...]
    axes: tuple[int, ...] | None = None
    may_be_empty: bool = False
    may_lack_windows: bool = False

    def axes_of(self, rank: int) -> tuple[int, ...]:
        """Return the pooled axes of arrays of `rank` axes, none negative."""
        return resolve_axes(len(self.windows), self.axes, rank)


class Part(NamedTuple):
    """A piece of the work: pooling ``x[inputs]`` by `plan` gives ``y[outputs]``."""

    plan: "Plan"
    inputs: tuple[slice, ...]
    outputs: tuple[slice, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """The windows of a specification bound to a shape.

    Attributes
    ----------
    shape : tuple of int
        The shape of the input.
    axes : tuple of int
        The pooled axes, ascending and not negative.
    windows : tuple of AxisWindows
        The windows on each of `axes`.
    """

    shape: tuple[int, ...]
    axes: tuple[int, ...]
    windows: tuple[AxisWindows, ...]

    @property
    def output_shape(self) -> tuple[int, ...]:
        """The shape of the output: one element per window."""
        shape = list(self.shape)
        for axis, windows in zip(self.axes, self.windows, strict=True):
            shape[axis] = windows.count
        return tuple(shape)

    def transposed(self) -> "Plan":
        """Return the plan from the outputs back: for every input element, its windows."""
        return Plan(self.output_shape, self.axes, tuple(w.transposed() for w in self.windows))

    def part(self, axis: int, first: int, stop: int) -> tuple[slice, "Plan"]:
        """Return the input along `axis` that outputs first..stop need, and their plan."""
        shape, windows = list(self.shape), list(self.windows)
        if axis in self.axes:
            place = self.axes.index(axis)
            needed, windows[place] = windows[place].part(first, stop)
        else:
            needed = slice(first, stop)
        shape[axis] = needed.stop - needed.start
        return needed, replace(self, shape=tuple(shape), windows=tuple(windows))

    def parts(self, elements: int) -> Iterator[Part]:
        """Yield pieces that together do the work of the plan, each output once.

        A piece reads about `elements` input elements: more only where a single
        window, or its overlap with the next, is larger than that.
        """
        everything = tuple(slice(0, length) for length in self.shape)
        outputs = tuple(slice(0, count) for count in self.output_shape)
        yield from _cut(Part(self, everything, outputs), 0, elements)


def _cut(part: Part, axis: int, elements: int) -> Iterator[Part]:
    """Cut a part along `axis`, then along the axes after it, until small enough."""
    plan = part.plan
    size = prod(plan.shape)
    if axis == len(plan.shape) or size <= elements:
        yield part
        return
    count = plan.output_shape[axis]
    step = max(1, count * elements // size)
    if axis in plan.axes:
        # Neighbouring pieces share the elements of overlapping windows; pieces
        # shorter than the overlap would read most of their input twice.
        windows = plan.windows[plan.axes.index(axis)]
        first, last = windows.positions(0), windows.positions(count - 1)
        between = max(1, (last.start - first.start) // max(1, count - 1))
        step = max(step, (first[-1] - first.start + 1) // between)
    for begin in range(0, count, step):
        stop = min(begin + step, count)
        needed, cut = plan.part(axis, begin, stop)
        inputs = (*part.inputs[:axis], needed, *part.inputs[axis + 1 :])
        outputs = (*part.outputs[:axis], slice(begin, stop), *part.outputs[axis + 1 :])
        yield from _cut(Part(cut, inputs, outputs), axis + 1, elements)


@lru_cache(maxsize=1024)
def bind(specification: Specification, shape: tuple[int, ...]) -> Plan:
    """Return the plan of a specification for arrays of a shape.

    Raises
    ------
    ArgumentError
        If `axes` does not suit the shape, or the output would be too large.
    WindowFitError
        If on some axis no window fits or a window holds no element; every such
        axis is named.
    """
    axes = specification.axes_of(len(shape))
    bound: dict[int, AxisWindows] = {}
    faults: list[str] = []
    for axis, wanted in sorted(zip(axes, specification.windows, strict=True)):
        try:
            windows = wanted.bind(shape[axis])
        except WindowFitError as error:
            if specification.may_lack_windows:
                bound[axis] = ListedWindows(shape[axis], ())
                continue
            faults.append(f"axis {axis}: {error}")
            continue
        empty = None if specification.may_be_empty else windows.first_empty()
        if empty is not None:
            positions = windows.positions(empty)
            faults.append(
                f"`padding` on axis {axis} makes window {empty} lie wholly in padding "
                f"(positions {positions[0]} to {positions[-1]}, the input has 0 to "
                f"{shape[axis] - 1}); an empty window has no value."
            )
        bound[axis] = windows
    if faults:
        raise WindowFitError("\n".join(faults))
    plan = Plan(shape, tuple(bound), tuple(bound.values()))
    if prod(plan.output_shape) > LARGEST_OUTPUT:
        raise ArgumentError(f"the output would have the shape {plan.output_shape}, too large.")
    return plan


def resolve_axes(rank: int, asked: tuple[int, ...] | None, dimensions: int) -> tuple[int, ...]:
    """Return the axes asked for, or the last ones, as non-negative numbers in the order given.

    Raises
    ------
    ArgumentError
        If an array of so many dimensions has not these axes.
    """
    wanted = tuple(range(-rank, 0)) if asked is None else asked
    if rank > dimensions:
        raise ArgumentError(f"{rank} axes cannot be pooled in an array of {dimensions} axes.")
    outside = [axis for axis in wanted if not -dimensions <= axis < dimensions]
    if outside:
        raise ArgumentError(
            f"`axes` must lie in {-dimensions} to {dimensions - 1} for an array of "
            f"{dimensions} axes; got {asked}."
        )
    axes = tuple(axis % dimensions for axis in wanted)
    if len(set(axes)) < rank:
        raise ArgumentError(f"`axes` must name each axis once; got {asked}.")
    return axes
