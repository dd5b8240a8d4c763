"""What layers of Lasagne mean besides pooling: the shapes they say, winners, longer arrays."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import numpy as np

from poolkit._errors import ArgumentError, message
from poolkit.dialects.layer import Answer, Layer, Shape, pool_as
from poolkit.geometry import Plan, Sliding, Specification, bind
from poolkit.ops.unpooling import place
from poolkit.reducers import ComparedMax, Sum
from poolkit.reducers.reducer import Array

__all__ = ["Report", "Reporting", "Upscale", "WinnerTakesAll", "group_size", "refuse_leftovers"]

Report: TypeAlias = Callable[[Shape], Shape]
"""From the shape of an input to what a layer says of its output."""


@dataclass(frozen=True)
class Reporting(Layer):
    """A layer that says its output's shape too.

    Attributes
    ----------
    report : callable
        From the shape of the input to what the layer says of its output.
    like : Layer, optional
        The layer that answers; by default this one.
    """

    report: Report = tuple
    like: Layer | None = None

    def answer(self, x: Array) -> Answer:
        """Return the output, and the shape that is said."""
        answer = super().answer(x) if self.like is None else self.like.answer(x)
        return replace(answer, others={"reported_output_shape": np.array(self.report(x.shape))})


def group_size(groups: Specification) -> int:
    """Return how many features each group has."""
    (group,) = groups.windows
    assert isinstance(group, Sliding)
    return group.kernel_size


def refuse_leftovers(plan: Plan, size: int) -> None:
    """Refuse features that groups do not share out evenly."""
    (axis,) = plan.axes
    if plan.shape[axis] % size:
        wanted = f"divide the {plan.shape[axis]} features on axis {axis}"
        raise ArgumentError(message("pool_size", wanted, size))


@dataclass(frozen=True)
class WinnerTakesAll:
    """Everything but the first largest of each group put to zero."""

    groups: Specification

    def answer(self, x: Array) -> Answer:
        """Return an array of the same shape."""
        plan = bind(self.groups, x.shape)
        refuse_leftovers(plan, group_size(self.groups))
        winners = ComparedMax("propagate")
        _, indices = pool_as(plan, winners, x, with_indices=True)
        assert indices is not None
        lengths = tuple(x.shape[axis] for axis in plan.axes)
        mask = place(np.ones(plan.output_shape, x.dtype), indices, lengths, plan.axes)
        # Losers are multiplied by 0, in Lasagne too: an infinite one, or NaN, becomes NaN.
        with np.errstate(invalid="ignore"):
            y = np.multiply(x, mask)
        reported = {"reported_output_shape": np.array(x.shape)}
        return Answer(y, pull_back=lambda gradient: np.multiply(gradient, mask), others=reported)


@dataclass(frozen=True)
class Upscale:
    """Every element repeated along the last axes, or put before zeros."""

    factors: tuple[int, ...]
    mode: str

    def answer(self, x: Array) -> Answer:
        """Return the longer array."""
        first = x.ndim - len(self.factors)
        blocks = tuple(Sliding(factor, factor) for factor in self.factors)
        shape = list(x.shape)
        for axis, factor in enumerate(self.factors, first):
            shape[axis] *= factor
        starts: Any = (..., *(slice(None, None, factor) for factor in self.factors))
        if self.mode == "dilate":
            y = np.zeros(shape, x.dtype)
            y[starts] = x
        else:
            y = x
            for axis, factor in enumerate(self.factors, first):
                y = np.repeat(y, factor, axis)

        def pull_back(gradient: Array) -> Array:
            if self.mode == "dilate":
                return np.asarray(gradient[starts])
            plan = bind(Specification(blocks, may_lack_windows=True), gradient.shape)
            return pool_as(plan, Sum(), gradient, with_indices=False)[0]

        reported = {"reported_output_shape": np.array(shape)}
        return Answer(y, pull_back=pull_back, others=reported)
