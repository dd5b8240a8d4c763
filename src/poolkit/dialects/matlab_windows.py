"""What MATLAB's pooling layers and functions have in common: regions, padding, indices."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from poolkit._arguments import per_axis
from poolkit._errors import ArgumentError, ArgumentTypeError, message
from poolkit.dialects.layer import Answer, Layer
from poolkit.dialects.numbering import row_major_of_all
from poolkit.geometry import (
    Adaptive,
    AutomaticPadding,
    Plan,
    Sliding,
    SlidingWindows,
    Specification,
)
from poolkit.reducers import Mean, NumberMax, Reducer
from poolkit.reducers.reducer import Array

__all__ = [
    "Unpoolable",
    "check_fit",
    "check_rank",
    "column_major",
    "either",
    "global_layer",
    "max_layer",
    "mean_layer",
    "padding_by_axis",
    "padding_of",
    "spread",
    "windows_of",
]

Pair = tuple[int, int]


def column_major(plan: Plan, indices: Array) -> Array:
    """Return positions in the whole array, the first axis running fastest, from 1; 0 for none."""
    return row_major_of_all(plan, indices, tuple(reversed(range(len(plan.shape))))) + 1


@dataclass(frozen=True)
class Unpoolable(Layer):
    """A maximum with the outputs that its unpooling takes: indices, and the input's size."""

    def answer(self, x: Array) -> Answer:
        answer = super().answer(x)
        return Answer(answer.y, answer.argmax, answer.pull_back, {"size": np.array(x.shape)})


def padding_of(padding: Any, spatial: int) -> tuple[Pair | AutomaticPadding, ...]:
    """Return the padding before and behind each axis, in any of the layers' forms."""
    if isinstance(padding, str):
        if padding != "same":
            raise ArgumentError(message("Padding", 'be "same" or integers', repr(padding)))
        return (AutomaticPadding.SAME,) * spatial
    if isinstance(padding, np.ndarray):
        padding = padding.tolist()
    if not isinstance(padding, Sequence):
        (same,) = per_axis("Padding", padding, 1, least=0)
        return ((same, same),) * spatial
    if len(padding) == 2 and all(isinstance(row, Sequence) for row in padding):
        before, behind = (per_axis("Padding", row, spatial, least=0) for row in padding)
        return tuple(zip(before, behind, strict=True))
    if len(padding) == 2 * spatial:  # [left right], [top bottom left right]
        pads = per_axis("Padding", padding, 2 * spatial, least=0)
        return tuple((pads[2 * i], pads[2 * i + 1]) for i in range(spatial))
    if len(padding) == 1:
        padding = list(padding) * spatial
    return tuple((pad, pad) for pad in per_axis("Padding", padding, spatial, least=0))


def padding_by_axis(padding: Any, spatial: int) -> tuple[Pair | AutomaticPadding, ...]:
    """Return the padding of dlarray's functions: of a vector, each number is an axis's."""
    is_vector = isinstance(padding, Sequence) and not isinstance(padding, str)
    if is_vector and not any(isinstance(row, Sequence) for row in padding):
        both = per_axis("Padding", padding, spatial, least=0)
        return tuple((pad, pad) for pad in both)
    return padding_of(padding, spatial)


def check_fit(plan: Plan) -> None:
    """Refuse regions larger than the padded input."""
    for axis, windows in zip(plan.axes, plan.windows, strict=True):
        assert isinstance(windows, SlidingWindows)
        padded = windows.length + windows.low + windows.high
        if windows.kernel_size > padded:
            wanted = f"be at most the padded input on axis {axis}, {padded}"
            raise ArgumentError(message("poolSize", wanted, windows.kernel_size))


def windows_of(
    pool_size: Any, stride: Any, padding: Sequence[Pair | AutomaticPadding], spatial: int
) -> tuple[Sliding, ...]:
    """Return the pooling regions along each axis."""
    if pool_size is None:
        raise ArgumentTypeError(message("poolSize", "be given", None))
    sizes = per_axis("poolSize", spread(pool_size), spatial, least=1)
    strides = per_axis("Stride", spread(stride), spatial, least=1)
    for size, pad in zip(sizes, padding, strict=True):
        if not isinstance(pad, AutomaticPadding) and max(pad) >= size:
            wanted = f"be less than the pooling regions, {sizes}"
            raise ArgumentError(message("Padding", wanted, padding))
    return tuple(
        Sliding(size, step, 1, pad) for size, step, pad in zip(sizes, strides, padding, strict=True)
    )


def spread(value: Any) -> Any:
    """Return a vector of one number as that number: MATLAB does not tell them apart."""
    if isinstance(value, np.ndarray):
        value = value.tolist()
    return value[0] if isinstance(value, Sequence) and len(value) == 1 else value


def check_rank(rank: int, spatial: int) -> None:
    """Refuse arrays that have no axes of channels, or too many."""
    if not spatial < rank <= spatial + 2:
        wanted = f"have {spatial} axes to pool, and those of channels and batch"
        raise ArgumentError(message("x", wanted, f"{rank} axes"))


def _mean(padding_value: Any) -> Reducer:
    if isinstance(padding_value, str) and padding_value == "mean":
        return Mean("valid")
    if not isinstance(padding_value, int | float) or padding_value != 0:
        raise ArgumentError(message("PaddingValue", 'be 0 or "mean"', repr(padding_value)))
    return Mean("window")


def max_layer(windows: Sequence[Sliding], axes: tuple[int, ...], indices: bool) -> Layer:
    """Return a maximum, with indices where regions do not overlap."""
    specification = Specification(tuple(windows), axes)
    if not indices:
        return Layer(specification, NumberMax(), check=check_fit)
    if any(each.stride < each.kernel_size for each in windows):
        strides = [each.stride for each in windows]
        wanted = "be at least the pooling region for indices: regions may not overlap"
        raise ArgumentError(message("Stride", wanted, strides))
    return Unpoolable(specification, NumberMax(), column_major, check=check_fit)


def either(pool_size: Any, property_: Any) -> Any:
    """Return what was given as an argument, or else under the layer's own name for it."""
    return property_ if pool_size is None else pool_size


def mean_layer(windows: tuple[Sliding, ...], padding_value: Any, axes: tuple[int, ...]) -> Layer:
    """Return an average."""
    return Layer(Specification(windows, axes), _mean(padding_value), check=check_fit)


def global_layer(reducer: Reducer, spatial: int, rank: int) -> Layer:
    """Return one region over the whole of the first axes."""
    check_rank(rank, spatial)
    return Layer(Specification((Adaptive(1),) * spatial, tuple(range(spatial))), reducer)
