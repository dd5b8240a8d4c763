"""How OpenVINO reads a pooling operator: its windows, its dtypes, its numbering of indices."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import prod
from typing import TypeAlias

import numpy as np

from poolkit._errors import ArgumentError, ArgumentTypeError, message
from poolkit.dialects.layer import Answer, Layer, Shape
from poolkit.dialects.numbering import Numbering, row_major_of_all
from poolkit.dialects.onnx_attributes import integers
from poolkit.geometry import (
    Adaptive,
    AutomaticPadding,
    Plan,
    Rounding,
    Sliding,
    SlidingWindows,
    Specification,
)
from poolkit.reducers import ComparedMax, Divisor, Mean
from poolkit.reducers.reducer import Array

__all__ = [
    "AUTOMATIC",
    "INDEX_DTYPES",
    "LOWEST",
    "ROUNDINGS",
    "CeiledAutomatic",
    "Integers",
    "PluginLayer",
    "Windows",
    "index_dtype_of",
    "names",
    "read_bins",
    "read_max",
    "read_mean",
    "refuse_ceil_torch",
    "specification",
]

LOWEST = float(np.finfo(np.float64).min)

AUTOMATIC = {"same_upper": AutomaticPadding.SAME, "same_lower": AutomaticPadding.SAME_LOWER}

ROUNDINGS = {"floor": Rounding.FLOOR, "ceil": Rounding.COVER, "ceil_torch": Rounding.CEIL}

INDEX_DTYPES = {"i64": np.int64, "i32": np.int32}

Integers = Sequence[int]


def names(op: str, opsets: Iterable[int], versions: Iterable[int]) -> Iterator[str]:
    """Yield the names of a factory, and of the operator that it makes."""
    title = "".join(part.capitalize() for part in op.split("_"))
    for opset in opsets:
        for module in ("", "openvino.", "openvino.runtime.", "ov."):
            yield f"{module}opset{opset}.{op}"
            yield f"{module}opset{opset}.{title}"
    for version in versions:
        yield from (f"{title}-{version}", f"v{version}.{title}", f"v{version}::{title}")


@dataclass(frozen=True)
class PluginLayer(Layer):
    """Pooling in float32, but for maxima of integers, of whatever dtype.

    Attributes
    ----------
    index_dtype : {"i64", "i32"}
        That of the indices.
    truncates : bool
        Whether means of integers are cut off, not rounded.
    """

    index_dtype: str = "i64"
    truncates: bool = False

    def plan(self, shape: Shape) -> Plan:
        """Return the windows on arrays of a shape."""
        if 0 in shape[:2]:
            raise ArgumentError(message("x", "have images and channels", shape))
        return super().plan(shape)

    def answer_as_it_is(self, x: Array) -> Answer:
        """Return the output for an array of a dtype that is computed in."""
        found = super().answer(x)
        if self.reducer == Mean() and np.isnan(found.y).any():
            found.y[_are_behind(self.plan(x.shape)) & np.isnan(found.y)] = 0
        return found

    def _cast(self, x: Array) -> Array:
        """Return an array in the dtype that it is computed in."""
        if x.dtype.kind in "iu" and isinstance(self.reducer, ComparedMax):
            # int16 too: of a window without elements its lowest number is cut off to 0.
            return x if x.itemsize == 1 else x.astype(np.int32)
        if x.dtype != np.float64:
            return x.astype(np.float32)
        # What float32 does not reach becomes its ends, ∞ too.
        reach = np.finfo(np.float32)
        return np.asarray(np.clip(x, reach.min, reach.max).astype(np.float32))

    def _as_padded(self, shape: Shape) -> "PluginLayer":
        """Return the layer, not counting what hangs over where automatic padding is none."""
        if self.reducer != Mean("window"):
            return self
        windows = [w for w in self.plan(shape).windows if isinstance(w, SlidingWindows)]
        padded = any(w.low or w.high for w in windows)
        return self if padded else replace(self, reducer=Mean())

    def answer(self, x: Array, output_shape: object = None) -> Answer:
        """Return the output for an array, with indices where there are some."""
        del output_shape
        if x.dtype.kind not in "iuf":
            raise ArgumentTypeError(message("x", "hold integers or floats", x.dtype.name))
        found = self._as_padded(x.shape).answer_as_it_is(self._cast(x))
        y = found.y
        if x.dtype.kind in "iu" and y.dtype.kind == "f":
            ends = np.iinfo(x.dtype)
            whole = np.trunc(y) if self.truncates else np.rint(y)
            y = np.clip(whole.astype(np.float64), float(ends.min), float(ends.max))
        argmax = found.argmax
        if argmax is not None:
            argmax = argmax.astype(INDEX_DTYPES[self.index_dtype])
        with np.errstate(over="ignore"):
            return Answer(y.astype(x.dtype), argmax, found.pull_back)


def _are_behind(plan: Plan) -> Array:
    """Return which windows begin far enough behind the input for elements below 0 to be counted.

    A sum of nothing over less than nothing is 0; over nothing on some axis it is NaN.
    """
    product, below = np.ones((1,) * len(plan.shape), np.int64), np.zeros(plan.output_shape, bool)
    for axis, w in zip(plan.axes, plan.windows, strict=True):
        shape = [1] * len(plan.shape)
        shape[axis] = w.count
        positions = [w.positions(o) for o in range(w.count)]
        counts = [min(p[-1] + 1, w.length) - max(p.start, 0) for p in positions]
        count = np.array(counts).reshape(shape)
        product, below = product * count, below | (count < 0)
    return np.asarray(below & (product != 0))


def _numbering(axis: int, rank: int) -> Numbering:
    """Return the numbering over the axes from `axis` on."""
    if isinstance(axis, bool) or not isinstance(axis, int | np.integer):
        raise ArgumentTypeError(message("axis", "be an integer", repr(axis)))
    if not -rank <= axis < rank:
        raise ArgumentError(message("axis", f"lie in {-rank} to {rank - 1}", axis))

    def number(plan: Plan, indices: Array) -> Array:
        flat = row_major_of_all(plan, np.maximum(indices, 0))
        return np.asarray(flat % prod(plan.shape[axis:]))

    return number


def index_dtype_of(name: object) -> str:
    """Return the name of a dtype of indices, checked."""
    if not isinstance(name, str) or name not in INDEX_DTYPES:
        raise ArgumentError(message("index_element_type", "be i32 or i64", repr(name)))
    return name


def specification(
    rank: int,
    strides: Integers,
    dilations: Integers | None,
    pads_begin: Integers,
    pads_end: Integers,
    kernel_shape: Integers | None,
    rounding_type: str,
    auto_pad: str | None,
) -> "Windows":
    """Return the windows that attributes ask for."""
    spatial = rank - 2
    if spatial not in (1, 2, 3):
        raise ArgumentError(message("x", "have 3 to 5 axes, (N, C, *spatial)", rank))
    sizes = integers("kernel_shape", kernel_shape, spatial, least=1)
    steps = integers("strides", strides, spatial, least=1)
    gaps = (1,) * spatial
    if dilations is not None:
        gaps = integers("dilations", dilations, spatial, least=1)
    sides = [
        integers(name, (0,) * spatial if pads is None else pads, spatial, least=0)
        for name, pads in (("pads_begin", pads_begin), ("pads_end", pads_end))
    ]
    rounding = str(rounding_type).lower()
    if rounding not in ROUNDINGS:
        wanted = f"be one of {', '.join(ROUNDINGS)}"
        raise ArgumentError(message("rounding_type", wanted, repr(rounding_type)))
    said = "explicit" if auto_pad is None else str(auto_pad).lower()
    padding: list[tuple[int, int] | AutomaticPadding] = list(zip(*sides, strict=True))
    if said in AUTOMATIC:
        padding = [AUTOMATIC[said]] * spatial
    elif said == "valid":
        padding = [(0, 0)] * spatial
    elif said != "explicit":
        wanted = "be explicit, same_upper, same_lower or valid"
        raise ArgumentError(message("auto_pad", wanted, repr(auto_pad)))
    axes = zip(sizes, steps, gaps, padding, strict=True)
    windows = tuple(Sliding(*each, ROUNDINGS[rounding]) for each in axes)
    asked = Specification(windows, tuple(range(2, rank)), may_be_empty=True)
    extents = [gap * (size - 1) + 1 for gap, size in zip(gaps, sizes, strict=True)]
    apart = any(step > extent for step, extent in zip(steps, extents, strict=True))
    if said in AUTOMATIC and rounding != "floor" and apart:
        return CeiledAutomatic(asked)
    return asked


@dataclass(frozen=True)
class CeiledAutomatic:
    """Windows that are more than automatic padding is for: it is found first, then they."""

    asked: Specification

    def __call__(self, shape: Shape) -> Specification:
        """Return the windows for a shape."""
        windows = []
        for axis, each in zip(self.asked.axes_of(len(shape)), self.asked.windows, strict=True):
            assert isinstance(each, Sliding)
            found = each.bind(shape[axis])
            windows.append(replace(each, padding=(found.low, found.high)))
        return replace(self.asked, windows=tuple(windows))


Windows: TypeAlias = Specification | CeiledAutomatic


def _fits(plan: Plan) -> None:
    """Refuse windows longer than the padded axis, whatever the rounding."""
    for axis, w in zip(plan.axes, plan.windows, strict=True):
        assert isinstance(w, SlidingWindows)
        if w.extent > w.length + w.low + w.high:
            wanted = f"fit into axis {axis}, {w.length + w.low + w.high} with its padding"
            raise ArgumentError(message("kernel_shape", wanted, f"an extent of {w.extent}"))


def read_max(rank: int, windows: Windows, axis: int, index_element_type: str | None) -> PluginLayer:
    """Return a maximum."""
    return PluginLayer(
        windows,
        ComparedMax("skip", LOWEST),
        _numbering(axis, rank),
        check=_fits,
        has_gradient=False,
        index_dtype=index_dtype_of(index_element_type),
    )


def refuse_ceil_torch(rounding_type: str) -> None:
    """Refuse a rounding that came with opset 14."""
    if str(rounding_type).lower() == "ceil_torch":
        raise ArgumentError(message("rounding_type", "be floor or ceil before opset 14", "it"))


def read_mean(windows: Windows, exclude_pad: object) -> Layer:
    """Return a mean."""
    if not isinstance(exclude_pad, bool | np.bool_ | int):
        raise ArgumentTypeError(message("exclude_pad", "be True or False", repr(exclude_pad)))

    def check(plan: Plan) -> None:
        _fits(plan)
        for axis, w in zip(plan.axes, plan.windows, strict=True):
            assert isinstance(w, SlidingWindows)
            if exclude_pad and w.extent <= max(w.low, w.high):
                wanted = f"be smaller than the kernel, {w.extent}, on axis {axis}"
                raise ArgumentError(message("pads_begin, pads_end", wanted, (w.low, w.high)))

    asked = windows.asked if isinstance(windows, CeiledAutomatic) else windows
    padded = any(
        isinstance(w, Sliding) and (isinstance(w.padding, AutomaticPadding) or any(w.padding))
        for w in asked.windows
    )
    divisor: Divisor = "valid" if exclude_pad or not padded else "window"
    return PluginLayer(windows, Mean(divisor), check=check, has_gradient=False)


def read_bins(rank: int, output_shape: object) -> Specification:
    """Return adaptive windows."""
    spatial = rank - 2
    if spatial not in (1, 2, 3):
        raise ArgumentError(message("x", "have 3 to 5 axes, (N, C, *spatial)", rank))
    counts = integers("output_shape", output_shape, spatial, least=1)
    axes = tuple(range(2, rank))
    return Specification(tuple(map(Adaptive, counts)), axes)
