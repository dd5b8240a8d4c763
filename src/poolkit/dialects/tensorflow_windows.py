"""The windows that TensorFlow's words ask for, on the axes of a layout."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, TypeAlias

import numpy as np

from poolkit._arguments import per_axis
from poolkit._errors import ArgumentError, WindowFitError, message
from poolkit.dialects.layer import Layer
from poolkit.dialects.tensorflow_layers import FloatLayer, MeanLayer
from poolkit.dialects.tensorflow_reducers import (
    FLOATS,
    INTEGERS,
    MAX_OF_FIRST,
    Kind,
    for_dtypes,
    largest,
    mean,
)
from poolkit.geometry import AutomaticPadding, Plan, Sliding, Specification

__all__ = [
    "FORMATS",
    "SHAPES",
    "entries_of",
    "is_channels_last",
    "paddings_of",
    "pooling",
    "sliding_layer",
    "spatial_of",
]

FORMATS: dict[int, tuple[str, str]] = {
    1: ("NWC", "NCW"),
    2: ("NHWC", "NCHW"),
    3: ("NDHWC", "NCDHW"),
}
"""The layouts for a number of pooled axes: channels last, channels first."""

SHAPES = {1: "(N, W, C)", 2: "(N, H, W, C)", 3: "(N, D, H, W, C)"}

Pads: TypeAlias = tuple[tuple[int, int] | AutomaticPadding, ...]


def entries_of(value: Any) -> tuple[Any, ...]:
    """Return what a sequence holds, or one value alone."""
    return tuple(value) if isinstance(value, Sequence | np.ndarray) else (value,)


def spatial_of(rank: int, spatial: int | None = None) -> int:
    """Return how many axes there are beside batch and channels: so many, or 1 to 3."""
    if spatial is None:
        if not 3 <= rank <= 5:
            raise ArgumentError(message("x", "have 3 to 5 axes", rank))
        return rank - 2
    if rank != spatial + 2:
        raise ArgumentError(message("x", f"have {spatial + 2} axes", rank))
    return spatial


def is_channels_last(data_format: str | None, spatial: int) -> bool:
    """Return whether a layout has the channels behind the pooled axes."""
    last, first = FORMATS[spatial]
    if data_format is None or isinstance(data_format, str):
        if data_format in (None, last):
            return True
        if data_format == first:
            return False
    raise ArgumentError(message("data_format", f"be {last} or {first}", repr(data_format)))


def _lengths(name: str, value: Any, spatial: int, *, channels_last: bool) -> tuple[int, ...]:
    """Return one integer per axis of the array, batch and channels too."""
    if value is None:
        return (1,) * (spatial + 2)
    entries = entries_of(value)
    if len(entries) not in (1, spatial, spatial + 2):
        wanted = f"be an integer, or hold 1, {spatial} or {spatial + 2}"
        raise ArgumentError(message(name, wanted, repr(value)))
    numbers = per_axis(name, entries, len(entries), least=1)
    if len(numbers) == spatial + 2:
        return numbers
    inner = numbers * spatial if len(numbers) == 1 else numbers
    return (1, *inner, 1) if channels_last else (1, 1, *inner)


def paddings_of(kind: Kind, padding: Any, spatial: int, *, channels_last: bool) -> Pads:
    """Return the padding of the pooled axes."""
    if isinstance(padding, str) and padding in ("VALID", "SAME"):
        return ((0, 0) if padding == "VALID" else AutomaticPadding.SAME,) * spatial
    if kind == "mean" or spatial == 3 or not channels_last:
        raise ArgumentError(message("padding", "be SAME or VALID", repr(padding)))
    is_list = _is_list(padding) and len(padding) == spatial + 2
    if not is_list or not all(map(_is_list, padding)):
        wanted = f"be SAME, VALID, or a list of {spatial + 2} pairs of integers of at least 0"
        raise ArgumentError(message("padding", wanted, repr(padding)))
    batch, *inner, channels = [per_axis("padding", pair, 2, least=0) for pair in padding]
    if any(batch + channels):
        wanted = "hold pairs of 0 for batch and channels"
        raise ArgumentError(message("padding", wanted, repr(padding)))
    return tuple((low, high) for low, high in inner)


def _is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)


def pooling(
    kind: Kind,
    spatial: int,
    ksize: Any,
    strides: Any,
    padding: Any,
    data_format: str | None = None,
) -> Layer:
    """Return what any of the pooling functions means."""
    channels_last = is_channels_last(data_format, spatial)
    sizes = _lengths("ksize", ksize, spatial, channels_last=channels_last)
    steps = _lengths("strides", strides, spatial, channels_last=channels_last)
    if sizes[0] != 1 or steps[0] != 1:
        raise ArgumentError(message("ksize", "be 1 for the batch, as strides", (sizes, steps)))
    pads = paddings_of(kind, padding, spatial, channels_last=channels_last)
    channels = spatial + 1 if channels_last else 1
    depth, step = sizes[channels], steps[channels]
    if depth != 1 and kind == "max" and spatial < 3 and channels_last:
        return _across_channels(sizes, steps, padding)
    if depth != 1 or (step != 1 and spatial == 3):
        raise ArgumentError(message("ksize", "be 1 for the channels, as strides", (sizes, steps)))
    inner = slice(1, -1) if channels_last else slice(2, None)
    layer = sliding_layer(kind, sizes[inner], steps[inner], pads, channels_last=channels_last)
    # A stride over the channels is not heeded, but its gradient refused.
    return layer if step == 1 or kind == "mean" else replace(layer, has_gradient=False)


def sliding_layer(
    kind: Kind,
    sizes: tuple[int, ...],
    steps: tuple[int, ...],
    pads: Pads,
    apart: tuple[int, ...] | None = None,
    *,
    channels_last: bool,
) -> Layer:
    """Return pooling by windows of sizes, strides, padding and dilations, axis by axis."""
    spatial = len(sizes)
    for size, pad in zip(sizes, pads, strict=True):
        if not isinstance(pad, AutomaticPadding) and max(pad) >= size:
            raise ArgumentError(message("padding", f"be less than the window, {sizes}", pads))
    windows = tuple(map(Sliding, sizes, steps, apart or (1,) * spatial, pads))
    first = 1 if channels_last else 2
    asked = Specification(windows, tuple(range(first, first + spatial)))
    if kind == "mean":
        made = MeanLayer if spatial < 3 and channels_last else FloatLayer
        return made(asked, mean(spatial, channels_last=channels_last))
    reducer = largest(spatial, channels_last=channels_last)
    return FloatLayer(asked, reducer, check=_refuse_no_columns, has_gradient=channels_last)


def _refuse_no_columns(plan: Plan) -> None:
    if plan.windows[-1].count == 0:
        length = plan.shape[plan.axes[-1]]
        raise WindowFitError(f"no window of the last pooled axis fits into its {length} elements.")


def _across_channels(sizes: tuple[int, ...], steps: tuple[int, ...], padding: Any) -> Layer:
    """Return the maximum over groups of channels."""
    *others, size = sizes
    if any(each != 1 for each in others):
        wanted = "pool either the channels or the other axes"
        raise ArgumentError(message("ksize", wanted, sizes))
    if steps[-1] != size:
        raise ArgumentError(message("strides", f"be {size} for the channels", steps))
    if not isinstance(padding, str):
        raise ArgumentError(message("padding", "be SAME or VALID across channels", padding))

    def check(plan: Plan) -> None:
        channels = plan.shape[-1]
        if channels % size:
            raise ArgumentError(message("ksize", f"divide the {channels} channels", size))

    windows = Specification((Sliding(size, size),), (len(others),))
    reducer = for_dtypes(MAX_OF_FIRST, FLOATS | INTEGERS)
    return FloatLayer(windows, reducer, check=check, has_gradient=False)
