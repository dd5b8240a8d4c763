"""ONNX's ``MaxUnpool``, whose indices count the whole tensor."""

from dataclasses import dataclass
from math import prod

import numpy as np

from poolkit._errors import ArgumentError, ArgumentTypeError, message
from poolkit.dialects.layer import Answer, Shape
from poolkit.dialects.onnx_attributes import Attributes
from poolkit.ops.unpooling import pick, place
from poolkit.reducers.reducer import Array

__all__ = ["Unpool"]


@dataclass(frozen=True, slots=True)
class Unpool:
    """Values put to where indices of the whole tensor say.

    Attributes
    ----------
    asked : Attributes
        The pooling that is undone.
    dtypes : tuple of str
        Those of the values.
    fills_given_shape : bool
        Whether indices count the shape that is asked for; if not, what the attributes give,
        which then lies at the beginning of that.
    has_gradient : bool
        Whether there is one.
    """

    asked: Attributes
    dtypes: tuple[str, ...]
    fills_given_shape: bool = False
    has_gradient: bool = True

    def answer(self, x: Array, indices: Array, output_shape: Array | None = None) -> Answer:
        """Return the values in their places, zeros elsewhere."""
        if x.dtype.name not in self.dtypes:
            raise ArgumentTypeError(message("x", f"be {' or '.join(self.dtypes)}", x.dtype.name))
        if indices.dtype != np.int64:
            raise ArgumentTypeError(message("indices", "be int64", indices.dtype.name))
        inferred = self.inferred_shape(x.shape)
        shape = inferred
        if output_shape is not None:
            shape = _given_shape(output_shape, inferred, by_axis=not self.fills_given_shape)
        target = shape if self.fills_given_shape else inferred
        axes = tuple(range(x.ndim))
        placed = place(x, indices, target, axes)
        room = [(0, length - n) for length, n in zip(shape, target, strict=True)]

        def pull_back(gradient: Array) -> Array:
            inner = gradient[tuple(slice(0, n) for n in target)]
            return pick(np.asarray(inner, x.dtype), indices, axes)

        return Answer(np.pad(placed, room), None, pull_back if self.has_gradient else None)

    def inferred_shape(self, shape: Shape) -> Shape:
        """Return the shape of what was pooled, where nothing was left over."""
        asked = self.asked
        sizes = zip(shape[2:], asked.strides, asked.pads, asked.kernel_shape, strict=True)
        lengths = tuple((n - 1) * s - low - high + k for n, s, (low, high), k in sizes)
        if min(lengths) < 1:
            wanted = f"leave something of {shape[2:]} windows"
            raise ArgumentError(message("pads", wanted, f"{asked.pads}, an output of {lengths}"))
        return (*shape[:2], *lengths)


def _given_shape(output_shape: Array, inferred: Shape, *, by_axis: bool) -> Shape:
    wanted = f"be int64 and hold {len(inferred)} lengths"
    if output_shape.dtype != np.int64 or output_shape.shape != (len(inferred),):
        came = f"{output_shape.dtype.name} of shape {output_shape.shape}"
        raise ArgumentError(message("output_shape", wanted, came))
    shape = tuple(int(length) for length in output_shape)
    short = any(n < least for n, least in zip(shape, inferred, strict=True))
    if min(shape) < 0 or (short if by_axis else prod(shape) < prod(inferred)):
        raise ArgumentError(message("output_shape", f"have room for {inferred}", shape))
    return shape
