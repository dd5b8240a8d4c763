"""TensorFlow's reductions that pool whole axes."""

from typing import Any

from poolkit._arguments import OneOrPerAxis, boolean, per_axis
from poolkit._errors import ArgumentError, message
from poolkit.dialects.layer import Layer
from poolkit.dialects.tensorflow_layers import FloatLayer
from poolkit.dialects.tensorflow_reducers import NUMBERS, Chooser, for_dtypes, mean_of_numbers
from poolkit.dialects.tensorflow_windows import entries_of
from poolkit.geometry import Adaptive, Specification
from poolkit.reducers import TiedMax

__all__ = ["reduce_max", "reduce_mean"]


def reduce_max(
    x: object,
    /,
    axis: OneOrPerAxis | None = None,
    keepdims: bool = False,
    name: str | None = None,
    *,
    rank: int,
) -> Layer:
    """Return what ``tf.reduce_max`` gives: global pooling, if `axis` says so."""
    del x, name
    return _whole_axes(axis, keepdims, rank, for_dtypes(TiedMax(split=True), NUMBERS))


def reduce_mean(
    x: object,
    /,
    axis: OneOrPerAxis | None = None,
    keepdims: bool = False,
    name: str | None = None,
    *,
    rank: int,
) -> Layer:
    """Return what ``tf.reduce_mean`` gives: global pooling, if `axis` says so."""
    del x, name
    return _whole_axes(axis, keepdims, rank, mean_of_numbers)


def _whole_axes(axis: Any, keepdims: bool, rank: int, reducer: Chooser) -> Layer:
    entries = tuple(range(rank)) if axis is None else entries_of(axis)
    axes = per_axis("axis", entries, len(entries), least=-(2**31))
    if not axes:
        raise ArgumentError(message("axis", "name an axis", repr(axis)))
    windows = Specification((Adaptive(1),) * len(axes), axes)
    return FloatLayer(windows, reducer, drops_axes=not boolean("keepdims", keepdims))
