"""Other plain words for the same windows."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from poolkit.dialects.layer import Shape
from poolkit.dialects.native_layer import NativeLayer
from poolkit.dialects.plain import Plain
from poolkit.geometry import AutomaticPadding, Plan, Rounding, Sliding, SlidingWindows

__all__ = ["bind_to", "rounded_down", "same_for", "same_for_all_sizes"]


def rounded_down(plain: Plain) -> Iterator[Plain]:
    """Yield the same rounded down, where strides of 1 leave nothing over."""
    if plain.rounding is not Rounding.FLOOR and set(plain.stride) == {1}:
        sliding = tuple(replace(each, rounding=Rounding.FLOOR) for each in plain.sliding or ())
        yield replace(plain, sliding=sliding)


def same_for_all_sizes(plain: Plain) -> Iterator[Plain]:
    """Yield other words for the same windows, whatever the size."""
    if plain.sliding is None:
        return
    if any(isinstance(p, AutomaticPadding) for p in plain.padding):
        pads = [_constant_padding(each) for each in plain.sliding]
        if None not in pads:
            sliding = tuple(
                replace(each, padding=pad)  # type: ignore[arg-type]
                for each, pad in zip(plain.sliding, pads, strict=True)
            )
            yield replace(plain, sliding=sliding)
    elif any(map(any, plain.padding_of_sides)):
        for rule in AutomaticPadding:
            sliding = tuple(replace(each, padding=rule) for each in plain.sliding)
            if tuple(map(_constant_padding, sliding)) == plain.padding:
                yield replace(plain, sliding=sliding)


def _constant_padding(sliding: Sliding) -> tuple[int, int] | None:
    """Return the padding that a rule gives for every length; None if it depends on that."""
    if not isinstance(sliding.padding, AutomaticPadding):
        return sliding.padding
    extent = sliding.dilation * (sliding.kernel_size - 1) + 1
    pads = set()
    for length in range(2 * extent + 1, 2 * extent + 1 + 2 * sliding.stride):
        windows = sliding.bind(length)
        assert isinstance(windows, SlidingWindows)
        pads.add((windows.low, windows.high))
    return pads.pop() if len(pads) == 1 else None


def bind_to(source: NativeLayer, size: tuple[int, ...] | int) -> Plan:
    """Return the windows of a layer on pooled axes of one size."""
    lengths = size if isinstance(size, tuple) else (size,) * source.pooled
    shape: Shape = (*(1,) * ((source.rank or 0) - len(lengths)), *lengths)
    native = tuple(shape[place] for place in np.argsort(source.layout))
    return source.meaning.plan(native)


def same_for(plain: Plain, bound: Plan) -> Iterator[Plain]:
    """Yield other words for the same windows on one size."""
    if plain.sliding is None:
        even = []
        for windows in bound.windows:
            length = windows.length
            if length % windows.count:
                return
            size = length // windows.count
            even.append(Sliding(size, size, 1, (0, 0), Rounding.FLOOR))
        yield replace(plain, sliding=tuple(even), output_size=None)
        return
    if all(windows.count == 1 for windows in bound.windows) and all(
        windows.valid_count(0) == windows.length for windows in bound.windows
    ):
        yield replace(plain, sliding=None, output_size=(1,) * len(bound.windows))
    sliding = []
    for each, windows in zip(plain.sliding, bound.windows, strict=True):
        if not isinstance(windows, SlidingWindows):
            return
        end = windows.start(windows.count - 1) + windows.extent
        high = max(0, end - windows.length)
        sliding.append(replace(each, padding=(windows.low, high), rounding=Rounding.FLOOR))
    yield replace(plain, sliding=tuple(sliding))
    for rule in AutomaticPadding:
        ruled = tuple(replace(each, padding=rule) for each in sliding)
        bounds = zip(ruled, sliding, bound.windows, strict=True)
        if all(one.bind(w.length) == other.bind(w.length) for one, other, w in bounds):
            yield replace(plain, sliding=ruled)
