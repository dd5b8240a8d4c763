"""Pooling in plain words: what most frameworks have words for, to go from one to another."""

from collections.abc import Mapping
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, Literal, NamedTuple

import numpy as np

from poolkit._errors import UnsupportedError
from poolkit.dialects.layer import Layer, Meaning
from poolkit.geometry import Adaptive, AutomaticPadding, Rounding, Sliding
from poolkit.reducers import (
    AveragedNorm,
    Clamped,
    ComparedMax,
    Filled,
    Lp,
    Max,
    Mean,
    NumberMax,
    PowerNorm,
    Reducer,
    ScaledMean,
    Sum,
    TiedMax,
)
from poolkit.reducers.reducer import Divisor

__all__ = ["Call", "Plain", "put_plainly"]

Word = Literal["max", "mean", "sum", "norm"]


class Call(NamedTuple):
    """A framework's operator and its native parameters."""

    op: str
    params: Mapping[str, Any]


@dataclass(frozen=True)
class Plain:
    """A pooling layer in plain words.

    Attributes
    ----------
    reduce : {"max", "mean", "sum", "norm"}
        What becomes of a window.
    rank : int
        The number of arrays' axes.
    axes : tuple of int
        The pooled axes, in increasing order.
    sliding : tuple of Sliding, or None
        Windows, pooled axis by pooled axis; None where `output_size` says how many there are.
    output_size : tuple of (int or None), or None
        The number of adaptive windows; 1 is global pooling.
    divisor : "valid", "padded", "window" or a number
        What a mean divides by.
    norm_type : float, optional
        The power of a norm.
    mean_of_powers : bool
        Whether a norm takes the mean of the powers, not their sum.
    """

    reduce: Word
    rank: int
    axes: tuple[int, ...]
    sliding: tuple[Sliding, ...] | None = None
    output_size: tuple[int | None, ...] | None = None
    divisor: Divisor = "valid"
    norm_type: float | None = None
    mean_of_powers: bool = False

    @property
    def is_global(self) -> bool:
        """Whether one window is the whole plane, however large."""
        return self.output_size is not None and all(size == 1 for size in self.output_size)

    @property
    def channels_last(self) -> bool:
        """Whether the channels are behind the pooled axes."""
        return self.axes[-1] != self.rank - 1

    @property
    def kernel_size(self) -> tuple[int, ...]:
        """Axis by axis, the elements of a window."""
        return tuple(each.kernel_size for each in self.sliding or ())

    @property
    def stride(self) -> tuple[int, ...]:
        """Axis by axis, the positions from one window to the next."""
        return tuple(each.stride for each in self.sliding or ())

    @property
    def dilation(self) -> tuple[int, ...]:
        """Axis by axis, the positions from one element of a window to the next."""
        return tuple(each.dilation for each in self.sliding or ())

    @property
    def padding(self) -> tuple[tuple[int, int] | AutomaticPadding, ...]:
        """Axis by axis, the positions before and behind the input, or a rule for them."""
        return tuple(each.padding for each in self.sliding or ())

    @property
    def padding_of_sides(self) -> tuple[tuple[int, int], ...]:
        """Axis by axis, the positions before and behind; zeros where a rule gives them."""
        return tuple((0, 0) if isinstance(p, AutomaticPadding) else p for p in self.padding)

    @property
    def automatic_padding(self) -> AutomaticPadding | None:
        """The rule for the padding, if one gives it for every axis."""
        rules = {p if isinstance(p, AutomaticPadding) else None for p in self.padding}
        return rules.pop() if len(rules) == 1 else None

    @property
    def rounding(self) -> Rounding:
        """What happens to what the stride leaves over: of the first axis, if they differ."""
        return self.sliding[0].rounding if self.sliding else Rounding.FLOOR


def put_plainly(meaning: Meaning, rank: int) -> Plain:
    """Return what a call means for arrays of `rank` axes, in plain words.

    Raises
    ------
    UnsupportedError
        If there are none.
    """
    if not isinstance(meaning, Layer):
        raise UnsupportedError("it is not pooling by windows that a layer alone describes.")
    if callable(meaning.windows):
        raise UnsupportedError("its windows follow a rule of the framework's own.")
    reducer = meaning.reducer
    said = _reduction(reducer if isinstance(reducer, Reducer) else reducer(np.dtype(np.float32)))
    asked = zip(meaning.windows.axes_of(rank), meaning.windows.windows, strict=True)
    axes, windows = zip(*sorted(asked, key=itemgetter(0)), strict=True)
    if all(isinstance(each, Sliding) for each in windows):
        return Plain(rank=rank, axes=axes, sliding=windows, **said)
    if all(isinstance(each, Adaptive) for each in windows):
        sizes = tuple(each.output_size for each in windows)
        return Plain(rank=rank, axes=axes, output_size=sizes, **said)
    raise UnsupportedError("its windows are of several kinds, or listed one by one.")


def _reduction(reducer: Reducer) -> dict[str, Any]:
    said: dict[str, Any]
    match reducer:
        case Max() | ComparedMax() | TiedMax() | NumberMax():
            said = {"reduce": "max"}
        case Filled(reducer=ComparedMax()) if reducer.value <= np.finfo(np.float32).min:
            said = {"reduce": "max"}
        case Clamped() if reducer.keeps_finite(np.dtype(np.float32)):
            said = _reduction(reducer.reducer)
        case Mean():
            said = {"reduce": "mean", "divisor": reducer.divisor}
        case ScaledMean():
            said = {"reduce": "mean", "divisor": reducer.override}
        case Sum():
            said = {"reduce": "sum"}
        case Lp() | AveragedNorm():
            said = {"reduce": "norm", "norm_type": reducer.norm_type}
        case PowerNorm():
            said = {"reduce": "norm", "norm_type": reducer.norm_type}
            said["mean_of_powers"] = reducer.mean
        case _:
            raise UnsupportedError(f"no other framework has a word for {reducer.name}.")
    return said
