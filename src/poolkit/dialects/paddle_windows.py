"""Paddle's parameters, read as windows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from poolkit._arguments import OneOrPerAxis, boolean, per_axis
from poolkit._errors import ArgumentError, ArgumentTypeError, message
from poolkit.dialects.layer import Shape
from poolkit.geometry import AutomaticPadding, Plan, Rounding, Sliding, Specification, sliding_count

__all__ = [
    "CHANNELS_FIRST",
    "CHANNELS_LAST",
    "Pairs",
    "Sizes",
    "axes_of",
    "integers",
    "paddings",
    "sizes_of",
]

CHANNELS_FIRST = {1: "NCL", 2: "NCHW", 3: "NCDHW"}
CHANNELS_LAST = {1: "NLC", 2: "NHWC", 3: "NDHWC"}

Pairs: TypeAlias = tuple[tuple[int, int], ...]
Windows: TypeAlias = Callable[[Shape], Specification]


def axes_of(spatial: int, rank: int, data_format: str | None = None) -> tuple[int, ...]:
    """Return the pooled axes, as the layout says."""
    if rank != spatial + 2:
        raise ArgumentError(message("x", f"have {spatial + 2} axes", rank))
    formats = (CHANNELS_FIRST[spatial], CHANNELS_LAST[spatial])
    if data_format is not None and data_format not in formats:
        wanted = f"be {formats[0]} or {formats[1]}"
        raise ArgumentError(message("data_format", wanted, repr(data_format)))
    first = 1 if data_format == formats[1] else 2
    return tuple(range(first, first + spatial))


def paddings(padding: object, spatial: int, channels_last: bool, ceil_mode: bool) -> Pairs | str:
    """Return the padding of each axis, or its name in capitals."""
    wanted = (
        'be "SAME" or "VALID", an integer of at least 0, one for each axis or each side, or a '
        "pair for each axis of the array, 0 for batch and channels"
    )
    if isinstance(padding, str):
        name = padding.upper()
        if name not in ("SAME", "VALID"):
            raise ArgumentError(message("padding", wanted, repr(padding)))
        if name == "VALID" and ceil_mode:
            raise ArgumentError(message("ceil_mode", 'be False with padding "VALID"', ceil_mode))
        return name
    if not isinstance(padding, Sequence):
        return tuple((p, p) for p in integers(padding, spatial, wanted))
    if len(padding) == 2 + spatial and isinstance(padding[0], Sequence):
        pairs = [integers(pair, 2, wanted) for pair in padding]
        others = (pairs[0], pairs[-1]) if channels_last else tuple(pairs[:2])
        if any(each != (0, 0) for each in others):
            raise ArgumentError(message("padding", wanted, repr(padding)))
        inner = pairs[1:-1] if channels_last else pairs[2:]
        return tuple((low, high) for low, high in inner)
    if len(padding) == 2 * spatial:
        sides = integers(padding, 2 * spatial, wanted)
        return tuple(zip(sides[::2], sides[1::2], strict=True))
    return tuple((p, p) for p in integers(padding, spatial, wanted))


def integers(value: object, count: int, wanted: str) -> tuple[int, ...]:
    """Return that many integers, none of them negative."""
    entries = tuple(value) if isinstance(value, Sequence) else (value,) * count
    if len(entries) != count:
        raise ArgumentError(message("padding", wanted, repr(value)))
    numbers = []
    for each in entries:
        if not isinstance(each, int | np.integer):
            raise ArgumentTypeError(message("padding", wanted, repr(value)))
        if each < 0:
            raise ArgumentError(message("padding", wanted, repr(value)))
        numbers.append(int(each))
    return tuple(numbers)


@dataclass(frozen=True)
class Sizes:
    """What slides over the axes, as Paddle's parameters say it."""

    kernel_size: tuple[int, ...]
    stride: tuple[int, ...]
    padding: Pairs | str
    axes: tuple[int, ...]
    ceil_mode: bool

    @property
    def rounding(self) -> Rounding:
        return Rounding.TRUNCATE_COVER if self.ceil_mode else Rounding.TRUNCATE

    def windows(self, kind: type[Sliding] = Sliding, **counting: Any) -> Specification | Windows:
        """Return the windows; where they depend on the length, what gives them for a shape."""
        if self.padding == "SAME" and self.ceil_mode:
            return lambda shape: self._specify(self._same(shape), kind, counting)
        if self.padding == "SAME":
            same = (AutomaticPadding.SAME,) * len(self.axes)
            return self._specify(same, kind, counting)
        return self._specify(self.pairs, kind, counting)

    @property
    def pairs(self) -> Pairs:
        """The padding in numbers; none where it is named."""
        padding = self.padding
        return ((0, 0),) * len(self.axes) if isinstance(padding, str) else padding

    def _same(self, shape: Shape) -> Pairs:
        """Return the padding of "SAME" in numbers, as the length is then rounded up once more."""
        pairs = []
        for axis, size, step in zip(self.axes, self.kernel_size, self.stride, strict=True):
            bound = Sliding(size, step, 1, AutomaticPadding.SAME).bind(max(1, shape[axis]))
            pairs.append((bound.low, bound.high))
        return tuple(pairs)

    def _specify(
        self,
        padding: Sequence[tuple[int, int] | AutomaticPadding],
        kind: type[Sliding],
        counting: dict[str, Any],
    ) -> Specification:
        sliding = tuple(
            kind(size, step, 1, padded, self.rounding, **counting)
            for size, step, padded in zip(self.kernel_size, self.stride, padding, strict=True)
        )
        return Specification(sliding, self.axes, may_be_empty=True, may_lack_windows=True)

    def check(self, plan: Plan) -> None:
        """Refuse a number of windows below 0."""
        if self.padding == "SAME":
            return
        for size, step, (low, high), axis in zip(
            self.kernel_size, self.stride, self.pairs, self.axes, strict=True
        ):
            length = plan.shape[axis]
            if sliding_count(length, size, step, low, high, self.rounding) < 0:
                wanted = f"not exceed axis {axis} with its padding, {length + low + high}, so far"
                raise ArgumentError(message("kernel_size", wanted, size))


def sizes_of(
    spatial: int,
    rank: int,
    kernel_size: OneOrPerAxis,
    stride: OneOrPerAxis | None,
    padding: object,
    ceil_mode: bool,
    data_format: str | None = None,
) -> Sizes:
    """Return what slides over the axes of arrays, as the parameters say it."""
    axes = axes_of(spatial, rank, data_format)
    sizes = per_axis("kernel_size", kernel_size, spatial, least=1)
    strides = sizes if stride is None else per_axis("stride", stride, spatial, least=1)
    ceil = boolean("ceil_mode", ceil_mode)
    pads = paddings(padding, spatial, axes[0] == 1, ceil)
    return Sizes(sizes, strides, pads, axes, ceil)
