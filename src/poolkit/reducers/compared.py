"""The maximum as loops of comparisons find it: frameworks' rules for NaN, −∞ and ties."""

from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np

from poolkit._errors import ArgumentError, message
from poolkit.reducers.dtypes import DType, is_float
from poolkit.reducers.extrema import Max
from poolkit.reducers.reducer import Array, Fold, Gradient, Reducer

__all__ = ["ComparedMax", "TiedMax"]

Nan = Literal["propagate", "skip", "first", "last"]


@dataclass(frozen=True, slots=True)
class ComparedMax(Reducer):
    """The largest element, by a loop that keeps the best so far.

    Parameters
    ----------
    nan : {"propagate", "skip", "first", "last"}, default "propagate"
        What the comparison makes of NaN. ``"propagate"``: a window that holds one becomes
        NaN. ``"skip"`` (``if (x > best)``): it never wins. ``"first"``: the loop begins with
        the first element, so a NaN stays if it is that one. ``"last"`` (``if (!(best >= x))``):
        it always wins, and always loses to what follows.
    least : float, default -inf
        What the loop begins with, unless it begins with the first element. An element that is
        no larger is never chosen. A number below the range of the input's dtype is its lowest
        finite one.
    empty : float, optional
        What an empty window becomes; by default what the loop begins with.
    unchosen : {"none", "first"}, default "none"
        What the index says where nothing was chosen: −1, or the window's first element.
    index_of_nan : {"first", "last"}, default "first"
        Which of several NaN has the index where they propagate.
    chosen_by : str, optional
        The rule for NaN, one of those of `nan`, of the loop that finds the index and the
        gradient, where that is another than finds the output: TensorFlow's. Or ``"equal"``:
        the first element that equals the output, which NaN never does: Paddle's.

    Notes
    -----
    Ties: the first in row-major order has the index. A window of the index −1 passes no
    gradient on; an empty one has it always.
    Dtype: that of the input; exact.
    Source: PyTorch ("propagate"), Caffe, Torch7, MXNet ("skip"), ONNX Runtime ("first"), Paddle
    ("last").

    Examples
    --------
    >>> import poolkit
    >>> nan = float("nan")
    >>> x = [nan, 1.0, 2.0, 3.0, nan, 2.0, 4.0, 5.0, nan]
    >>> for rule in ("propagate", "skip", "first", "last"):
    ...     print(poolkit.pool(x, (3,), reduce=poolkit.reducers.ComparedMax(rule)))
    [nan nan nan]
    [2. 3. 5.]
    [nan  3.  5.]
    [ 2.  2. nan]
    """

    nan: Nan = "propagate"
    least: float = -np.inf
    empty: float | None = None
    unchosen: Literal["none", "first"] = "none"
    index_of_nan: Literal["first", "last"] = "first"
    chosen_by: Nan | Literal["equal"] | None = None

    name: ClassVar[str] = "compared max"
    gradient: ClassVar[Gradient | None] = "selected"
    chooses_always: ClassVar[bool] = False

    def __post_init__(self) -> None:
        rules = ("propagate", "skip", "first", "last")
        wanted = f"be one of {', '.join(rules)}"
        if self.nan not in rules:
            raise ArgumentError(message("nan", wanted, repr(self.nan)))
        if self.chosen_by is not None and self.chosen_by not in (*rules, "equal"):
            raise ArgumentError(message("chosen_by", f"{wanted}, equal", repr(self.chosen_by)))

    def start(self, dtype: DType) -> Any:
        """Return what the loop begins with."""
        return _start(self.least, dtype)

    def define(self, values: Array, count: float) -> Any:
        del count
        if values.shape[-1] == 0:
            empty = self.start(values.dtype) if self.empty is None else self.empty
            return np.full(values.shape[:-1], empty, values.dtype)
        chosen = np.asarray(self._choose(values, self.nan))[..., np.newaxis]
        found = np.take_along_axis(values, np.maximum(chosen, 0), axis=-1)
        return np.where(chosen < 0, self.start(values.dtype), found)[..., 0]

    def result_dtype(self, dtype: DType) -> DType:
        return dtype

    def select(self, values: Array) -> Any:
        """Return the index of each window's element, −1 where there is none."""
        if values.shape[-1] == 0:
            return np.full(values.shape[:-1], -1)
        if self.chosen_by == "equal":
            equal = np.equal(values, np.asarray(self.define(values, 0))[..., np.newaxis])
            chosen = np.where(equal.any(axis=-1), np.argmax(equal, axis=-1), -1)
        else:
            chosen = self._choose(values, self.chosen_by or self.nan)
        return np.maximum(chosen, 0) if self.unchosen == "first" else chosen

    def _choose(self, values: Array, rule: Nan) -> Array:
        """Return which of the values, (..., k), is chosen; −1 where none is."""
        nans = np.not_equal(values, values)
        if rule == "last":
            # What comes before a NaN is forgotten, and the start with it.
            after = np.cumsum(nans[..., ::-1], axis=-1)[..., ::-1] == 0
            numbers = np.where(after, values, -np.inf if is_float(values.dtype) else values)
            best = _first_best(numbers, after)
            last = values.shape[-1] - 1
            best = np.where(nans[..., last], last, best)
            unchosen = ~nans.any(axis=-1) & self._is_unchosen(values, best)
            return np.where(unchosen, -1, best)
        numbers = np.where(nans, -np.inf, values) if is_float(values.dtype) else values
        best = _first_best(numbers, ~nans)
        if rule == "first":
            return np.where(nans[..., 0], 0, best)
        if rule == "skip":
            return np.where(nans.all(axis=-1) | self._is_unchosen(numbers, best), -1, best)
        place = np.argmax(nans, axis=-1)
        if self.index_of_nan == "last":
            place = nans.shape[-1] - 1 - np.argmax(nans[..., ::-1], axis=-1)
        return np.where(nans.any(axis=-1), place, best)

    def _is_unchosen(self, values: Array, best: Array) -> Array:
        """Return whether the best is no larger than what the loop begins with."""
        found = np.take_along_axis(values, best[..., np.newaxis], axis=-1)[..., 0]
        return np.asarray(found <= self.start(values.dtype))

    def usual(self) -> Reducer:
        return Max()

    def from_usual(self, values: Array, indices: Array | None = None) -> bool:
        if not is_float(values.dtype):
            return True
        if np.isnan(values).any():
            return False
        starts = ("skip", "last")
        rule = self.chosen_by or self.nan
        if indices is not None and self.unchosen == "none":
            start = self.start(values.dtype)
            if rule in starts:
                indices[values <= start] = -1
            elif rule == "equal" and self.nan in starts:
                indices[values < start] = -1
        if self.nan in starts:
            np.maximum(values, self.start(values.dtype), out=values)
        return True


@dataclass(frozen=True, slots=True)
class TiedMax(Reducer):
    """The largest element; each that is as large gets the gradient, whole or a share of it.

    Parameters
    ----------
    split : bool, default False
        Whether they share the gradient evenly instead of getting all of it each.
    nan : {"propagate", "skip"}, default "propagate"
        Whether a window that holds NaN becomes NaN, or NaN never wins.
    least : float, default -inf
        What no window becomes less than, if NaN never wins. A number below the range of the
        input's dtype is its lowest finite one.
    within : float, default 0
        How much less than the largest element counts as being as large, exclusive; 0: nothing.

    Notes
    -----
    NaN: where it propagates, a window that holds one passes no gradient on, or NaN if split.
    Dtype: that of the input; exact.
    Source: Theano's ``MaxPoolGrad``; TensorFlow's ``max_pool3d`` (whole, within 1e-5) and
    ``reduce_max`` (split).

    Examples
    --------
    >>> import numpy as np
    >>> import poolkit
    >>> tied = poolkit.reducers.TiedMax()
    >>> x = np.array([5.0, 5.0, 5.0])
    >>> _, pullback = poolkit.vjp(poolkit.pool1d, x, 2, stride=1, reduce=tied)
    >>> pullback(np.array([1.0, 1.0]))
    array([1., 2., 1.])
    """

    split: bool = False
    nan: Literal["propagate", "skip"] = "propagate"
    least: float = -np.inf
    within: float = 0.0

    name: ClassVar[str] = "tied max"
    gradient: ClassVar[Gradient | None] = "sloped"

    def __post_init__(self) -> None:
        if self.nan not in ("propagate", "skip"):
            raise ArgumentError(message("nan", "be propagate or skip", repr(self.nan)))

    @property
    def folds(self) -> tuple[Fold, ...]:
        largest = Fold(np.maximum, _without_nan if self.nan == "skip" else None)
        return (largest, Fold(np.add, self._tied, sees_windows=True)) if self.split else (largest,)

    def define(self, values: Array, count: float) -> Any:
        numbers = values if self.nan == "propagate" else _without_nan(values)
        return self.finish((np.asarray(np.max(numbers, axis=-1)),), np.asarray(count))

    def finish(self, folded: tuple[Array, ...], count: Array) -> Array:
        if self.nan == "propagate":
            return folded[0]
        return np.asarray(np.maximum(folded[0], _start(self.least, folded[0].dtype)))

    def result_dtype(self, dtype: DType) -> DType:
        return dtype

    def slope(self, values: Array, folded: tuple[Array, ...], count: Any) -> Array:
        largest: Array = self._tied(values, folded, count).astype(float)
        return np.asarray(largest / folded[1]) if self.split else largest

    def usual(self) -> Reducer:
        return Max()

    def from_usual(self, values: Array, indices: Array | None = None) -> bool:
        if self.nan == "propagate" or not is_float(values.dtype):
            return True
        if np.isnan(values).any():
            return False
        np.maximum(values, _start(self.least, values.dtype), out=values)
        return True

    def _tied(self, values: Array, earlier: tuple[Array, ...], count: Any) -> Array:
        """Return 1 for elements that are as large as the largest, else 0."""
        if not self.within:
            return np.asarray(np.equal(values, earlier[0]), values.dtype)
        with np.errstate(invalid="ignore"):
            return np.asarray(np.less(earlier[0] - values, self.within), values.dtype)


def _without_nan(values: Array, earlier: tuple[Array, ...] = (), count: Any = None) -> Array:
    if not is_float(values.dtype):
        return values
    return np.asarray(np.where(np.not_equal(values, values), values.dtype.type(-np.inf), values))


def _start(least: float, dtype: DType) -> Any:
    """Return what a loop begins with: `least`, or the lowest number that a dtype has."""
    if is_float(dtype):
        lowest = _lowest(dtype)
        return lowest if -np.inf < least < float(lowest) else dtype.type(least)
    if dtype.kind == "b":
        return dtype.type(False)
    return dtype.type(np.iinfo(dtype).min)


def _first_best(numbers: Array, allowed: Array) -> Array:
    """Return the first of the largest numbers among those allowed; 0 if none is."""
    largest = np.max(numbers, axis=-1, keepdims=True)
    return np.asarray(np.argmax((numbers == largest) & allowed, axis=-1))


def _lowest(dtype: DType) -> Any:
    if dtype.kind == "V":  # bfloat16: the float32 with its last digits cut off
        return dtype.type(-3.3895313892515355e38)
    return dtype.type(np.finfo(dtype).min)
