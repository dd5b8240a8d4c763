"""Which elements are there: one contract for every operator."""

from dataclasses import dataclass, field
from math import isfinite
from typing import Any

import numpy as np
import numpy.typing as npt

from poolkit._arrays import as_numeric_array
from poolkit._errors import ArgumentError, ArgumentTypeError, message
from poolkit.ops.operation import Array
from poolkit.reducers.dtypes import DType, as_real, is_float

__all__ = ["Missing", "Presence", "as_value", "shared_planes"]


@dataclass(frozen=True, slots=True)
class Missing:
    """What counts as missing, and what becomes of windows where too much is.

    Attributes
    ----------
    nan : {"propagate", "skip"}
        Whether NaN is a value like any other, or missing.
    nodata : number, optional
        A value that is missing, and that windows become where too much is.
    min_valid : int or float
        How many elements must be there, or which share of those inside the input.
    """

    nan: str = "propagate"
    nodata: float | None = None
    min_valid: float = 1

    def __post_init__(self) -> None:
        if self.nan not in ("propagate", "skip"):
            raise ArgumentError(message("nan", 'be "propagate" or "skip"', repr(self.nan)))
        if self.nodata is not None and not _is_number(self.nodata):
            raise ArgumentTypeError(message("nodata", "be a number", repr(self.nodata)))
        wanted = "be an integer of at least 0, or a share above 0 and up to 1.0"
        if not _is_number(self.min_valid):
            raise ArgumentTypeError(message("min_valid", wanted, repr(self.min_valid)))
        least = self.min_valid
        if least < 0 or (not _is_integer(least) and not 0 < least <= 1):
            raise ArgumentError(message("min_valid", wanted, least))

    @property
    def is_usual(self) -> bool:
        """Whether everything inside the input is there, and any number of elements is enough."""
        plain = self.nan == "propagate" and self.nodata is None
        return plain and self.min_valid == 1 and _is_integer(self.min_valid)

    @property
    def is_share(self) -> bool:
        """Whether `min_valid` is a share, not a number."""
        return not _is_integer(self.min_valid)

    def find_few(self, valid: Array, inside: Array, of_nothing: float | None = None) -> Array:
        """Return in which windows too few elements are there.

        Parameters
        ----------
        valid : array
            How many of each window are there.
        inside : array, broadcasting to the shape of `valid`
            How many lie inside the input, there or not.
        of_nothing : float, optional
            What a window without elements becomes, if that has a meaning.
        """
        if _is_integer(self.min_valid):
            none_is_enough = self.min_valid == 0 and of_nothing is not None
            return valid < (self.min_valid if none_is_enough else max(1, self.min_valid))
        # 0.07 · 100 is a little more than 7.
        least = np.ceil(self.min_valid * inside - 1e-9)
        return valid < np.maximum(1, least)

    def fill(
        self, pooled: Array, few: Array, valid: Array, of_nothing: float | None = None
    ) -> None:
        """Write what windows become of which too few elements are there.

        Raises
        ------
        ArgumentError
            If the result's dtype has no value for that.
        """
        if self.min_valid == 0 and of_nothing is not None:
            pooled[valid == 0] = of_nothing
        if not few.any():
            return
        if self.nodata is not None:
            pooled[few] = as_value("nodata", self.nodata, pooled.dtype, "the result's")
        elif is_float(as_real(pooled.dtype)):
            pooled[few] = np.nan
        else:
            wanted = f"be given, as a result of {pooled.dtype} has no NaN for windows with too few"
            where = tuple(int(i) for i in np.argwhere(few)[0])
            came = f"None, and {int(valid[where])} valid elements in window {where}"
            raise ArgumentError(message("nodata", wanted, came))


@dataclass(frozen=True, slots=True, eq=False)
class Presence:
    """All that is said of which elements are there, and how often they count.

    Attributes
    ----------
    mask, weights, lengths : array_like, optional
        As callers wrote them.
    missing : Missing
    """

    mask: npt.ArrayLike | None = None
    weights: npt.ArrayLike | None = None
    lengths: npt.ArrayLike | None = None
    missing: Missing = field(default_factory=Missing)

    @property
    def is_usual(self) -> bool:
        """Whether nothing is said."""
        return self.mask is self.weights is self.lengths is None and self.missing.is_usual

    def find_weights(self, x: Array, axes: tuple[int, ...]) -> Array | None:
        """Return how often each element counts: as bool, or numbers of at least 0; None if once.

        `axes` are those that are pooled.

        Raises
        ------
        ArgumentError, ArgumentTypeError
            If what says so has the wrong shape, dtype or values.
        """
        there: Array | None = None
        if self.mask is not None:
            array = np.asarray(self.mask)
            if array.dtype.kind != "b":
                raise ArgumentTypeError(
                    message("mask", "be an array of bool", f"dtype {array.dtype}")
                )
            there = _as_shaped("mask", array, x.shape)
        if self.lengths is not None:
            there = _both(there, _within_lengths(self.lengths, x.shape, axes))
        if self.missing.nan == "skip" and is_float(as_real(x.dtype)):
            there = _both(there, np.equal(x, x))
        if self.missing.nodata is not None:
            there = _both(there, _is_there(x, self.missing.nodata))
        if self.weights is None:
            return there
        often = as_numeric_array(self.weights, "weights")
        if often.size and not (np.all(np.isfinite(often)) and np.all(often >= 0)):
            came = f"{float(often.min())} to {float(often.max())}"
            raise ArgumentError(message("weights", "be finite and at least 0", came))
        often = _as_shaped("weights", often, x.shape)
        return often if there is None else np.where(there, often, often.dtype.type(0))


def shared_planes(often: Array, axes: tuple[int, ...]) -> Array:
    """Return how often elements count, once for all planes that share it.

    As of a mask that was broadcast: axes that are not pooled then have length 1.
    """
    return often[
        tuple(
            slice(0, 1 if stride == 0 and axis not in axes else None)
            for axis, stride in enumerate(often.strides)
        )
    ]


def as_value(name: str, number: float, dtype: DType, whose: str) -> Any:
    """Return a number in a dtype, refusing one that the dtype does not have."""
    if is_float(as_real(dtype)):
        return dtype.type(number)
    limits = (0, 1) if dtype.kind == "b" else (np.iinfo(dtype).min, np.iinfo(dtype).max)
    if isfinite(number) and number == int(number) and limits[0] <= number <= limits[1]:
        return dtype.type(int(number))
    raise ArgumentError(message(name, f"be a value of {whose} dtype, {dtype}", number))


def _is_there(x: Array, nodata: float) -> Array:
    value = as_value("nodata", nodata, x.dtype.newbyteorder("="), "x's")
    return np.equal(x, x) if np.isnan(value) else np.not_equal(x, value)


def _within_lengths(lengths: npt.ArrayLike, whole: tuple[int, ...], axes: tuple[int, ...]) -> Array:
    array = np.asarray(lengths)
    if len(axes) != 1:
        wanted = "be given only where one axis is pooled"
        raise ArgumentError(message("lengths", wanted, f"{len(axes)} pooled axes"))
    if array.dtype.kind not in "iu":
        raise ArgumentTypeError(message("lengths", "be integers", f"dtype {array.dtype}"))
    (axis,) = axes
    longest = whole[axis]
    if array.size and not 0 <= array.min() <= array.max() <= longest:
        came = f"{array.min()} to {array.max()}"
        raise ArgumentError(message("lengths", f"lie in 0 to {longest}", came))
    batch = (*whole[:axis], *whole[axis + 1 :])
    # Sequences are counted by the first axes, (batch,), whatever channels come after them.
    if array.shape == batch[: array.ndim]:
        array = array.reshape((*array.shape, *(1,) * (len(batch) - array.ndim)))
    stops = np.expand_dims(_as_shaped("lengths", array, batch), axis)
    shape = [1] * len(whole)
    shape[axis] = longest
    return np.broadcast_to(np.arange(longest).reshape(shape) < stops, whole)


def _as_shaped(name: str, array: Array, shape: tuple[int, ...]) -> Array:
    try:
        return np.broadcast_to(array, shape)
    except ValueError:
        wanted = f"have the shape {shape}, or one that broadcasts to it"
        raise ArgumentError(message(name, wanted, array.shape)) from None


def _both(there: Array | None, also: Array) -> Array:
    return also if there is None else np.asarray(there & also)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool)


def _is_integer(value: object) -> bool:
    return isinstance(value, int | np.integer)
