"""Pooling whose windows differ from plane to plane: fractional pooling with samples for each."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from poolkit._errors import ArgumentError, message
from poolkit.dialects.layer import Answer, Layer, Shape
from poolkit.dialects.numbering import Numbering
from poolkit.geometry import Specification
from poolkit.reducers import Reducer
from poolkit.reducers.dtypes import DType
from poolkit.reducers.reducer import Array

__all__ = ["PlaneByPlane"]


@dataclass(frozen=True)
class PlaneByPlane:
    """Pooling of the last axes, with windows of its own for each plane.

    Attributes
    ----------
    windows : callable
        From a plane's place among the leading axes, (n, c), its shape, and the input arrays
        after the first, to its windows, whose axes are those of the plane.
    reducer : Reducer or callable
        What becomes of a window; or what gives that for a dtype.
    pooled : int
        The number of pooled axes, the last ones.
    numbering : Numbering, optional
        How indices are numbered in a plane, where the framework gives them.
    check : callable, optional
        Called with the input arrays; raises what the framework refuses.
    """

    windows: Callable[..., Specification]
    reducer: Reducer | Callable[[DType], Reducer]
    pooled: int
    numbering: Numbering | None = None
    check: Callable[..., None] | None = None

    def answer(self, x: Array, *others: Any) -> Answer:
        """Return the output for an array (..., *plane), and the further input arrays."""
        if x.ndim < self.pooled:
            raise ArgumentError(message("x", f"have {self.pooled} axes at least", x.ndim))
        if self.check is not None:
            self.check(x, *others)
        leading = x.shape[: x.ndim - self.pooled]
        plane = x.shape[x.ndim - self.pooled :]
        places = list(np.ndindex(*leading))
        if not places:
            raise ArgumentError(message("x", "have at least one plane", x.shape))
        answers = [
            Layer(self.windows(place, plane, *others), self.reducer, self.numbering).answer(
                x[place]
            )
            for place in places
        ]

        def pull_back(gradient: Array) -> Array:
            outer = np.asarray(gradient).reshape(len(places), *answers[0].y.shape)
            parts = []
            for answer, part in zip(answers, outer, strict=True):
                assert answer.pull_back is not None
                parts.append(answer.pull_back(part))
            return np.array(parts).reshape(x.shape)

        y = _laid_out([answer.y for answer in answers], leading)
        found = [answer.argmax for answer in answers if answer.argmax is not None]
        return Answer(y, _laid_out(found, leading) if found else None, pull_back)


def _laid_out(planes: list[Array], leading: Shape) -> Array:
    return np.array(planes).reshape(*leading, *planes[0].shape)
