"""Sums over windows with a weight for each of their places, and their derivatives.

The weights are those of every window, so that a sum is a correlation; what lies in the padding
adds nothing. NumPy goes over the elements of a window, k passes.
"""

from collections.abc import Iterator
from itertools import product

import numpy as np

from poolkit.engines.fold_axis import element_slices
from poolkit.geometry import Plan, SlidingWindows
from poolkit.reducers.dtypes import float_accumulator, native
from poolkit.reducers.reducer import Array

__all__ = ["sum_windows", "sum_windows_back", "sum_windows_by_weight"]

PART_ELEMENTS = 2**17


def sum_windows(plan: Plan, x: Array, weights: Array) -> Array:
    """Return Σ over a window's elements of x · weight, in float64 at least.

    Parameters
    ----------
    plan : Plan
        Of sliding windows.
    x : array of shape ``plan.shape``
    weights : array
        Of one axis for each of x, in their order: of k elements on a pooled axis, on the others
        of as many as x has, or of 1.
    """
    wide = native(float_accumulator(x.dtype))
    total = np.zeros(plan.output_shape, wide)
    for part in plan.parts(PART_ELEMENTS):
        values, place = x[part.inputs].astype(wide), total[part.outputs]
        beside = _beside(plan, weights, part.inputs)
        for element, inputs, outputs in _elements(part.plan):
            place[outputs] += values[inputs] * beside[element]
    return total


def sum_windows_back(plan: Plan, gradient: Array, weights: Array) -> Array:
    """Return the gradient of x from that of the sums."""
    wide = native(float_accumulator(gradient.dtype))
    total = np.zeros(plan.shape, wide)
    for part in plan.parts(PART_ELEMENTS):
        outer, place = gradient[part.outputs].astype(wide), total[part.inputs]
        beside = _beside(plan, weights, part.inputs)
        for element, inputs, outputs in _elements(part.plan):
            place[inputs] += outer[outputs] * beside[element]
    return total


def sum_windows_by_weight(plan: Plan, x: Array, gradient: Array, shape: tuple[int, ...]) -> Array:
    """Return the gradient of weights of a shape, as :func:`sum_windows` takes them."""
    wide = native(float_accumulator(x.dtype))
    total = np.zeros(shape, wide)
    for part in plan.parts(PART_ELEMENTS):
        values, outer = x[part.inputs].astype(wide), gradient[part.outputs].astype(wide)
        beside = _beside(plan, total, part.inputs)
        for element, inputs, outputs in _elements(part.plan):
            place = beside[element]
            summed = tuple(axis for axis, n in enumerate(place.shape) if n == 1)
            place += np.sum(values[inputs] * outer[outputs], axis=summed, keepdims=True)
    return total


def _beside(plan: Plan, weights: Array, inputs: tuple[slice, ...]) -> Array:
    """Return a view of the weights that a part of the input needs."""
    return weights[
        tuple(
            slice(None) if axis in plan.axes or weights.shape[axis] == 1 else taken
            for axis, taken in enumerate(inputs)
        )
    ]


Index = tuple[slice, ...]


def _elements(plan: Plan) -> Iterator[tuple[Index, Index, Index]]:
    """Yield the elements of a window: indices of the weight, the inputs and the windows."""
    choices = []
    for windows in plan.windows:
        assert isinstance(windows, SlidingWindows)
        choices.append(
            [(slice(j, j + 1), *element_slices(windows, j)) for j in range(windows.kernel_size)]
        )
    for element in product(*choices):
        indices = []
        for taken in zip(*element, strict=True):
            index = [slice(None)] * len(plan.shape)
            for axis, each in zip(plan.axes, taken, strict=True):
                index[axis] = each
            indices.append(tuple(index))
        yield indices[0], indices[1], indices[2]
