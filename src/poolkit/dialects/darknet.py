"""Darknet's layers ``[maxpool]`` and ``[avgpool]``, and its AlexeyAB fork's more.

Where it departs from others: ``padding`` is the total, size − 1 by default, and its smaller half
comes first; the number of windows is a quotient of C, cut towards 0; a maximum of what is no
larger than −FLT_MAX is −FLT_MAX, of the index −1; indices count the whole batch. Darknet is built
with arithmetic that takes no notice of NaN: one makes the maximum begin anew, though not the
index. The result is the largest of what follows the last NaN of a window, padding included, which
is −FLT_MAX; it is NaN if nothing follows.

The fork AlexeyAB/darknet has ``stride_x``, ``stride_y`` and ``maxpool_depth`` besides, which pools
the channels g, g + out_channels, ..., and ``[local_avgpool]``. The gradient of that is divided by
size², though the average is of the elements inside the input, as its CPU does. Its
``antialiasing``, a convolution behind the pooling, is none of this.

Not imitated: Darknet adds the gradient of a window of the index −1 to the number before the array.
After a NaN, a −∞ may hand the index to a position in the padding, outside of the plane; it is −1
here.

Source: pjreddie/darknet: src/maxpool_layer.c, src/avgpool_layer.c, src/parser.c (as of 61c9d02);
AlexeyAB/darknet: the same files.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import SupportsIndex, TypeAlias

import numpy as np

from poolkit import engines
from poolkit._arguments import per_axis
from poolkit._errors import UnsupportedError
from poolkit.dialects.caffe_layer import AXES, LOWEST, refuse_empty_axes, refuse_other_ranks
from poolkit.dialects.darkflow import DARKFLOW, square_words
from poolkit.dialects.layer import Answer, Layer, Shape
from poolkit.dialects.native import Dialect
from poolkit.dialects.numbering import plane, row_major_of_all
from poolkit.dialects.plain import Call, Plain
from poolkit.geometry import (
    Adaptive,
    AutomaticPadding,
    Rounding,
    Sliding,
    SlidingWindows,
    Specification,
)
from poolkit.reducers import FastMathMax, Mean
from poolkit.reducers.reducer import Array

__all__ = [
    "DARKFLOW",
    "DIALECT",
    "avgpool",
    "local_avgpool",
    "maxpool",
]

DIALECT = Dialect("darknet")

Given: TypeAlias = SupportsIndex | None


@dataclass(frozen=True)
class MaxLayer(Layer):
    """Maxima whose comparisons reach into the padding."""

    def answer(self, x: Array) -> Answer:
        """Return the output; where there are NaN, of an array that is padded first."""
        if not np.isnan(x).any():
            return super().answer(x)
        plan = self.plan(x.shape)
        pads, windows = [(0, 0)] * x.ndim, []
        for axis, each in zip(plan.axes, plan.windows, strict=True):
            assert isinstance(each, SlidingWindows)
            end = each.positions(each.count - 1).stop
            pads[axis] = each.low, max(0, end - each.length)
            windows.append(Sliding(each.kernel_size, each.stride))
        assert isinstance(self.reducer, FastMathMax)
        padded = np.pad(x, pads, constant_values=self.reducer.start(x.dtype))
        found = Layer(Specification(tuple(windows), AXES), self.reducer, plane).answer(padded)
        assert found.argmax is not None
        height, width = x.shape[2:]
        rows, columns = np.divmod(found.argmax, padded.shape[3])
        rows, columns = rows - pads[2][0], columns - pads[3][0]
        is_inside = (rows >= 0) & (rows < height) & (columns >= 0) & (columns < width)
        is_inside &= found.argmax >= 0
        indices = row_major_of_all(plan, np.where(is_inside, rows * width + columns, -1))

        def pull_back(gradient: Array) -> Array:
            assert found.pull_back is not None
            pulled = found.pull_back(gradient)
            (top, _), (left, _) = pads[2:]
            return np.ascontiguousarray(pulled[:, :, top : top + height, left : left + width])

        return Answer(found.y, indices, pull_back)


@dataclass(frozen=True)
class LocalAverageLayer(Layer):
    """Averages of what lies inside the input, with the gradient divided by the whole window."""

    def answer(self, x: Array) -> Answer:
        """Return the output for an array."""
        plan = self.plan(x.shape)

        def pull_back(gradient: Array) -> Array:
            outer = np.asarray(gradient, x.dtype).reshape(plan.output_shape)
            return engines.pull_back(plan, Mean("window"), x, outer)

        return Answer(super().answer(x).y, None, pull_back)


@DIALECT.operator("maxpool", "max", gives_indices=False)
def maxpool(
    x: object,
    /,
    size: Given = None,
    stride: SupportsIndex = 1,
    padding: Given = None,
    stride_x: Given = None,
    stride_y: Given = None,
    maxpool_depth: SupportsIndex = 0,
    out_channels: SupportsIndex = 1,
    antialiasing: SupportsIndex = 0,
    cfg: str = "",
    *,
    rank: int,
) -> Layer:
    """Return what a section ``[maxpool]`` gives for x (N, C, H, W), and the layer's indexes."""
    del x, cfg
    refuse_other_ranks(rank)
    if antialiasing:
        raise UnsupportedError("antialiasing is a convolution behind the pooling, not pooling.")
    windows = _windows(size, stride, padding, stride_x, stride_y)
    reducer = FastMathMax(LOWEST)
    if maxpool_depth:
        (count,) = per_axis("out_channels", out_channels, 1, least=1)

        def every_nth(shape: Shape) -> Specification:
            length = max(1, -(-shape[1] // count))
            channels = Sliding(length, 1, count, (0, length * count - shape[1]))
            return Specification((channels,), (1,), may_be_empty=True)

        return Layer(every_nth, reducer, row_major_of_all, check=refuse_empty_axes)
    specification = Specification(windows, AXES, may_be_empty=True)
    return MaxLayer(specification, reducer, row_major_of_all, check=refuse_empty_axes)


@DIALECT.operator("avgpool", "avg")
def avgpool(x: object, /, cfg: str = "", *, rank: int) -> Layer:
    """Return what a section ``[avgpool]`` gives for x (N, C, H, W): averages of planes."""
    del x, cfg
    refuse_other_ranks(rank)
    return Layer(Specification((Adaptive(1),) * 2, AXES), Mean())


@DIALECT.operator("local_avgpool", "local_avg")
def local_avgpool(
    x: object,
    /,
    size: Given = None,
    stride: SupportsIndex = 1,
    padding: Given = None,
    stride_x: Given = None,
    stride_y: Given = None,
    cfg: str = "",
    *,
    rank: int,
) -> Layer:
    """Return what a section ``[local_avgpool]`` of the fork gives for x (N, C, H, W)."""
    del x, cfg
    refuse_other_ranks(rank)
    windows = _windows(size, stride, padding, stride_x, stride_y)
    specification = Specification(windows, AXES, may_be_empty=True)
    return LocalAverageLayer(specification, Mean(), check=refuse_empty_axes)


@DIALECT.proposer
def propose(plain: Plain) -> Iterator[Call]:
    """Yield the layer that may say the same."""
    if plain.rank != 4 or len(plain.axes) != 2:
        raise UnsupportedError("it pools height and width of arrays (N, C, H, W) alone.")
    if plain.reduce not in ("max", "mean"):
        raise UnsupportedError("it has maxima and averages alone.")
    if plain.reduce == "mean" and plain.is_global:
        yield Call("avgpool", {})
        return
    words = square_words(plain)
    totals = {_total_padding(each) for each in plain.sliding or ()}
    if len(totals) > 1:
        raise UnsupportedError("its padding is the same on both axes.")
    padding = totals.pop()
    if max(plain.stride) > 1 and plain.rounding in (Rounding.CEIL, Rounding.COVER, Rounding.REACH):
        raise UnsupportedError("it rounds the number of windows down.")
    if plain.reduce == "mean" and (
        not isinstance(plain.divisor, str) or (plain.divisor != "valid" and padding)
    ):
        raise UnsupportedError("its averages are of the elements inside the input.")
    if padding != words["size"] - 1:
        words["padding"] = padding
    yield Call("maxpool" if plain.reduce == "max" else "local_avgpool", words)


def _windows(
    size: Given, stride: SupportsIndex, padding: Given, stride_x: Given, stride_y: Given
) -> tuple[Sliding, Sliding]:
    """Return the windows of height and width."""
    (step,) = per_axis("stride", stride, 1, least=1)
    (across,) = per_axis("stride_x", step if stride_x is None else stride_x, 1, least=1)
    (down,) = per_axis("stride_y", step if stride_y is None else stride_y, 1, least=1)
    (length,) = per_axis("size", step if size is None else size, 1, least=1)
    (total,) = per_axis("padding", length - 1 if padding is None else padding, 1, least=0)
    pads = total // 2, total - total // 2
    height = Sliding(length, down, 1, pads, Rounding.TRUNCATE)
    return height, replace(height, stride=across)


def _total_padding(each: Sliding) -> int:
    """Return Darknet's padding, if the smaller half of it comes first whatever the length."""
    if isinstance(each.padding, AutomaticPadding):
        total = each.kernel_size - 1
        if each.stride > 1 and total:
            raise UnsupportedError("its padding does not depend on the length of the axis.")
        low = {AutomaticPadding.SAME: total // 2, AutomaticPadding.SAME_END: 0}.get(
            each.padding, total - total // 2
        )
        high = total - low
    else:
        low, high = each.padding
    if high - low not in (0, 1):
        raise UnsupportedError("the smaller half of its padding comes first.")
    return low + high
