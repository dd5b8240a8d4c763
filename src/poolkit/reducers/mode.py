"""The most frequent value."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan
from typing import Any, ClassVar, Literal

import numpy as np

from poolkit._errors import ArgumentError, ArgumentTypeError, message
from poolkit.reducers.dtypes import DType, is_float, native
from poolkit.reducers.ordered import widen_halves
from poolkit.reducers.reducer import Array, Reducer

__all__ = ["Mode"]


@dataclass(frozen=True, slots=True)
class Mode(Reducer):
    """The most frequent value.

    It is what images of labels are made smaller by: every label in the result is one of the
    window's, none lies between two.

    Parameters
    ----------
    ties : {"smallest", "largest", "first"}, default "smallest"
        Which of several values that are equally frequent: the smallest, the largest, or the one
        that comes first in row-major order of the window.
    ignored : float, optional
        A value, such as the label of the background, that wins only where there is no other.

    Notes
    -----
    NaN: a window that holds one becomes NaN. −0.0 and 0.0 are one value.
    Ties: as `ties` says.
    Dtype: that of the input; exact.
    Gradient: none; it is constant but for jumps.
    Weights: those of copies, of broken numbers too.
    Source: the definition. scikit-image's ``rank.modal`` and SciPy's ``stats.mode`` take the
    smallest of equally frequent values, too. tinybrain's ``sparse`` ignores 0.

    Examples
    --------
    >>> import numpy as np
    >>> import poolkit
    >>> labels = np.array([[0, 0, 2, 1], [0, 7, 1, 2]], np.uint8)
    >>> poolkit.mode_pool(labels, (2, 2))
    array([[0, 1]], dtype=uint8)
    >>> poolkit.mode_pool(labels, (2, 2), ignored=0, ties="first")
    array([[7, 2]], dtype=uint8)
    """

    ties: Literal["smallest", "largest", "first"] = "smallest"
    ignored: float | None = None

    name: ClassVar[str] = "mode"
    most_elements: ClassVar[int] = 49

    def __post_init__(self) -> None:
        if self.ties not in ("smallest", "largest", "first"):
            raise ArgumentError(
                message("ties", 'be "smallest", "largest" or "first"', repr(self.ties))
            )
        wanted = "be a number, or None"
        if self.ignored is None:
            return
        if not isinstance(self.ignored, (bool, int, float, np.bool, np.integer, np.floating)):
            raise ArgumentTypeError(message("ignored", wanted, repr(self.ignored)))
        if isnan(self.ignored):
            raise ArgumentError(message("ignored", wanted, self.ignored))

    def result_dtype(self, dtype: DType) -> DType:
        return dtype

    def define(self, values: Array, count: float) -> Any:
        return self.define_weighted(values, np.ones(values.shape, np.int64), count)

    def define_weighted(self, values: Array, weights: Array, count: Any) -> Any:
        """Return what windows become whose elements each stand for a number of copies.

        Parameters
        ----------
        values : array of shape (..., k)
        weights : array of shape (..., k), at least 0
            How many copies; of none, the element is absent, NaN too. A window of none becomes
            any of its values.
        """
        del count
        wide, copies = widen_halves(values), np.asarray(weights)
        order = np.argsort(wide, axis=-1, kind="stable")
        if not np.all(copies):
            absent = np.take_along_axis(copies == 0, order, axis=-1)
            order = np.take_along_axis(order, np.argsort(absent, axis=-1, kind="stable"), axis=-1)
        ordered = np.take_along_axis(wide, order, axis=-1)
        copies = np.take_along_axis(copies, order, axis=-1)
        # At the last element of a run, how often its value occurs.
        start, ends = _run_starts(ordered), np.cumsum(copies, axis=-1)
        frequency = ends - np.take_along_axis(ends - copies, start, axis=-1)
        if self.ignored is not None:
            is_ignored = ordered == self.ignored
            others = np.any(~is_ignored & (copies > 0), axis=-1, keepdims=True)
            frequency = np.where(is_ignored & others, -1, frequency)
        is_mode = frequency == np.max(frequency, axis=-1, keepdims=True)
        if self.ties == "smallest":
            place = np.argmax(is_mode, axis=-1)
        elif self.ties == "largest":
            place = values.shape[-1] - 1 - np.argmax(is_mode[..., ::-1], axis=-1)
        else:
            firsts = np.take_along_axis(order, start, axis=-1)
            place = np.argmin(np.where(is_mode, firsts, values.shape[-1]), axis=-1)
        mode = np.take_along_axis(ordered, place[..., np.newaxis], axis=-1)[..., 0]
        if is_float(values.dtype):
            mode = np.where(np.any(np.isnan(ordered) & (copies > 0), axis=-1), np.nan, mode)
        return mode.astype(native(values.dtype))

    def define_elements(self, elements: Sequence[Array]) -> Array:
        mode = elements[0].copy()
        most = np.zeros(mode.shape, np.uint8)
        for number, values in enumerate(elements):
            # How often the value comes from here on: at its first element, all of the times.
            frequency = np.ones(mode.shape, np.uint8)
            for later in elements[number + 1 :]:
                frequency += values == later
            if self.ignored is not None:
                frequency[values == self.ignored] = 0
            wins = frequency > most
            if self.ties != "first":
                closer = np.less if self.ties == "smallest" else np.greater
                wins |= (frequency == most) & closer(values, mode)
            np.copyto(mode, values, where=wins)
            np.maximum(most, frequency, out=most)
        if is_float(mode.dtype):
            for values in elements:
                np.copyto(mode, values, where=np.isnan(values))
        return mode


def _run_starts(ordered: Array) -> Array:
    """Return where the run of equal values begins in which each element of (..., k) lies."""
    numbers = np.arange(ordered.shape[-1])
    begins = np.ones(ordered.shape, bool)
    begins[..., 1:] = ordered[..., 1:] != ordered[..., :-1]
    return np.asarray(np.maximum.accumulate(np.where(begins, numbers, 0), axis=-1))
