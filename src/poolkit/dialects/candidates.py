"""What may say a layer in another framework's words, the best first."""

from collections.abc import Iterator
from dataclasses import replace
from math import prod

import numpy as np

from poolkit import dialects
from poolkit._errors import PoolError
from poolkit.dialects.native_layer import NativeLayer
from poolkit.dialects.plain import Plain
from poolkit.dialects.rewording import rounded_down, same_for, same_for_all_sizes
from poolkit.dialects.translation import Translation
from poolkit.dialects.wording import variants
from poolkit.geometry import AutomaticPadding, Plan, SlidingWindows

__all__ = ["candidates"]

ARRAY_LIBRARIES = (
    *("torch", "tensorflow", "keras", "jax", "onnx", "onnxruntime", "paddle", "chainer", "mxnet"),
    *("theano", "openvino", "keras3_tensorflow", "keras3_jax", "keras3_torch"),
)
"""Dialects of frameworks that pad, divide and cut arrays too: the others have layers alone."""

CHANNELS_LAST = ("tensorflow", "keras", "jax", "tflite")
"""How the names of those begin whose arrays have the channels last."""

MOST_PADDING = 1024
"""Positions that are put before or behind an axis."""


def candidates(
    source: NativeLayer,
    to: str,
    plain: Plain,
    bound: Plan | None,
    reasons: list[str],
) -> Iterator[Translation]:
    """Yield what may say a layer, unchecked; why a framework has no words goes to `reasons`."""
    plain = _in_layout_of(to, plain)
    asked = [*rounded_down(plain), plain, *same_for_all_sizes(plain)]
    if bound is not None:
        asked += same_for(plain, bound)
    for each in asked:
        for call, factor in _said(to, each, reasons):
            yield Translation(source, to, call, factor=factor)
    if to in ARRAY_LIBRARIES:
        for each in asked:
            yield from _padded_first(source, to, each, reasons)
        if bound is not None:
            yield from _by_slices(source, to, plain, bound)
    elif any(sum(pair) for each in asked for pair in each.padding_of_sides):
        reasons.append(f"{to} has no layer that pads alone.")


def _in_layout_of(to: str, plain: Plain) -> Plain:
    """Return the same for arrays with the channels where the framework wants them."""
    count = len(plain.axes)
    first = 1 if to.startswith(CHANNELS_LAST) else 2
    if plain.rank != count + 2:
        first = plain.rank - count
    elif to == "matlab":
        first = 0
    return replace(plain, axes=tuple(range(first, first + count)))


def _said(to: str, plain: Plain, reasons: list[str]) -> Iterator[tuple[NativeLayer, float]]:
    """Yield a framework's calls for what is asked for, and what to multiply them by."""
    asked = [(plain, 1.0)]
    if plain.sliding is not None and to in ARRAY_LIBRARIES:
        elements = float(prod(plain.kernel_size))
        mean = replace(plain, reduce="mean", divisor="window")
        if plain.reduce == "sum":
            asked.append((mean, elements))
        elif plain.reduce == "mean" and not isinstance(plain.divisor, str):
            asked.append((mean, elements / plain.divisor))
            asked.append((replace(plain, reduce="sum", divisor="valid"), 1 / plain.divisor))
        elif plain.reduce == "mean":
            asked.append((replace(plain, reduce="sum", divisor="valid"), 1 / elements))
    propose = dialects.find(to).propose
    assert propose is not None
    for each, factor in asked:
        for variant in variants(each):
            try:
                calls = list(propose(variant))
            except PoolError as fault:
                reasons.append(str(fault))
                continue
            for call in calls:
                try:
                    yield NativeLayer(to, call.op, call.params, plain.rank), factor
                except PoolError as fault:
                    reasons.append(str(fault))


def _padded_first(
    source: NativeLayer, to: str, plain: Plain, reasons: list[str]
) -> Iterator[Translation]:
    """Yield calls without padding for an input that was padded before."""
    if plain.sliding is None or any(isinstance(p, AutomaticPadding) for p in plain.padding):
        return
    pads = plain.padding_of_sides
    if max(map(max, pads)) > MOST_PADDING:
        reasons.append(f"padding by more than {MOST_PADDING} is not tried.")
        return
    bare = replace(plain, sliding=tuple(replace(each, padding=(0, 0)) for each in plain.sliding))
    by_ones = plain.reduce == "mean" and plain.divisor == "valid"
    if plain.reduce == "mean" and isinstance(plain.divisor, str):
        bare = replace(bare, divisor="window")
    value = -np.inf if plain.reduce == "max" else 0.0
    for call, factor in _said(to, bare, reasons):
        for ones in (by_ones, not by_ones) if plain.reduce == "mean" else (False,):
            yield Translation(source, to, call, pads, value, divided_by_ones=ones, factor=factor)


def _by_slices(source: NativeLayer, to: str, plain: Plain, plan: Plan) -> Iterator[Translation]:
    """Yield the reduction of each window, cut out of an input of one size."""
    reduce, divisor = plain.reduce, plain.divisor
    if reduce not in ("max", "mean", "sum"):
        return
    if any(windows.first_empty() is not None for windows in plan.windows):
        return
    slices = tuple(
        tuple(
            slice(each.start, each.stop, each.step)
            for each in (windows.inside(o) for o in range(windows.count))
        )
        for windows in plan.windows
    )
    factor = 1.0
    if reduce == "mean" and not isinstance(divisor, str):
        reduce, factor = "sum", 1 / divisor
    elif reduce == "mean" and divisor == "window":
        sizes = [w.kernel_size if isinstance(w, SlidingWindows) else 0 for w in plan.windows]
        reduce, factor = ("mean", 1.0) if 0 in sizes else ("sum", 1 / prod(sizes))
    yield Translation(source, to, slices=slices, reduce=reduce, factor=factor)
