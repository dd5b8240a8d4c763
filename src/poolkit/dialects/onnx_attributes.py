"""What an ONNX node says of its pooling, checked, and what that means."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from poolkit._errors import ArgumentError, ArgumentTypeError, message
from poolkit.dialects.numbering import Numbering, row_major_of_all
from poolkit.geometry import Adaptive, AutomaticPadding, Plan, Rounding, Sliding, Specification
from poolkit.reducers import Reducer
from poolkit.reducers.dtypes import DType
from poolkit.reducers.reducer import Array

__all__ = [
    "AUTOMATIC",
    "FLOATS",
    "NEWEST",
    "Attributes",
    "Integers",
    "check_opset",
    "dtypes_of",
    "exponent",
    "flag",
    "flat_numbering",
    "has_indices",
    "integers",
    "only",
    "read_attributes",
    "refuse_two_paddings",
    "whole_plane",
]

NEWEST = 22
"""The opset that changed the pooling operators last."""

AUTOMATIC = {"SAME_UPPER": AutomaticPadding.SAME, "SAME_LOWER": AutomaticPadding.SAME_LOWER}

FLOATS = ("float16", "float32", "float64")

Integers = Sequence[int]


@dataclass(frozen=True, slots=True)
class Attributes:
    """What a node says of its windows, one value per pooled axis."""

    kernel_shape: tuple[int, ...]
    strides: tuple[int, ...]
    dilations: tuple[int, ...]
    pads: tuple[tuple[int, int], ...]
    auto_pad: str
    ceil_mode: bool
    channels_last: bool = False

    @property
    def axes(self) -> tuple[int, ...]:
        """The pooled axes of arrays (N, C, *spatial), or (N, *spatial, C)."""
        first = 1 if self.channels_last else 2
        return tuple(range(first, first + len(self.kernel_shape)))

    def specification(self) -> Specification:
        """Return the windows as the standard has them."""
        rounding = Rounding.CEIL if self.ceil_mode else Rounding.FLOOR
        padding: Sequence[tuple[int, int] | AutomaticPadding] = self.pads
        if self.auto_pad in AUTOMATIC:
            padding = (AUTOMATIC[self.auto_pad],) * len(self.pads)
        elif self.auto_pad == "VALID":
            rounding = Rounding.FLOOR
        return Specification(
            tuple(
                Sliding(size, stride, dilation, padded, rounding)
                for size, stride, dilation, padded in zip(
                    self.kernel_shape, self.strides, self.dilations, padding, strict=True
                )
            ),
            self.axes,
        )


def read_attributes(
    rank: int,
    kernel_shape: Integers | None,
    strides: Integers | None,
    pads: Integers | None,
    dilations: Integers | None,
    auto_pad: str,
    ceil_mode: int | None,
) -> Attributes:
    """Return a node's attributes, checked, with what it leaves out filled in."""
    spatial = rank - 2
    if spatial < 1:
        raise ArgumentError(message("x", "have 3 axes or more, (N, C, *spatial)", rank))
    if kernel_shape is None:
        raise ArgumentError(message("kernel_shape", "be given", "None"))
    ones = (1,) * spatial
    sizes = integers("kernel_shape", kernel_shape, spatial, least=1)
    sides = integers("pads", (0,) * 2 * spatial if pads is None else pads, 2 * spatial, least=0)
    if auto_pad not in (*AUTOMATIC, "VALID", "NOTSET", ""):
        wanted = "be NOTSET, SAME_UPPER, SAME_LOWER or VALID"
        raise ArgumentError(message("auto_pad", wanted, repr(auto_pad)))
    return Attributes(
        sizes,
        ones if strides is None else integers("strides", strides, spatial, least=1),
        ones if dilations is None else integers("dilations", dilations, spatial, least=1),
        tuple(zip(sides[:spatial], sides[spatial:], strict=True)),
        auto_pad or "NOTSET",
        flag("ceil_mode", 0 if ceil_mode is None else ceil_mode),
    )


def integers(name: str, values: object, count: int, least: int) -> tuple[int, ...]:
    """Return an attribute that is a list of integers."""
    wanted = f"be a list of {count} integers, each at least {least}"
    if isinstance(values, np.ndarray):
        values = values.tolist()
    if not isinstance(values, Sequence) or isinstance(values, str | bytes):
        raise ArgumentTypeError(message(name, wanted, repr(values)))
    if any(isinstance(v, bool) or not isinstance(v, int | np.integer) for v in values):
        raise ArgumentTypeError(message(name, wanted, repr(values)))
    if len(values) != count or any(value < least for value in values):
        raise ArgumentError(message(name, wanted, repr(values)))
    return tuple(int(value) for value in values)


def flag(name: str, value: object) -> bool:
    """Return an attribute that is 0 or 1."""
    if not isinstance(value, bool | int | np.integer):
        raise ArgumentTypeError(message(name, "be 0 or 1", repr(value)))
    if value not in (0, 1):
        raise ArgumentError(message(name, "be 0 or 1", value))
    return bool(value)


def check_opset(opset: object, since: int, **given: tuple[object, int]) -> None:
    """Refuse opsets before the operator, and attributes that came with a later one.

    `given` maps attributes to their values, None where left out, and the opsets that brought
    them.
    """
    wanted = "be the version of an operator set, an integer of at least 1"
    if isinstance(opset, bool) or not isinstance(opset, int | np.integer):
        raise ArgumentTypeError(message("opset", wanted, repr(opset)))
    if opset < 1:
        raise ArgumentError(message("opset", wanted, opset))
    if opset < since:
        raise ArgumentError(message("opset", f"be at least {since} for this operator", opset))
    for name, (value, first) in given.items():
        if value is not None and opset < first:
            wanted = f"be left out before opset {first}"
            raise ArgumentError(message(name, wanted, f"{value!r} for opset {opset}"))


def only(dtypes: tuple[str, ...], reducer: Reducer) -> Callable[[DType], Reducer]:
    """Return the reducer for arrays of some dtypes, and refuse others."""

    def choose(dtype: DType) -> Reducer:
        if dtype.name not in dtypes:
            raise ArgumentTypeError(message("x", f"be {' or '.join(dtypes)}", dtype.name))
        return reducer

    return choose


def flat_numbering(storage_order: int, spatial: int) -> Numbering:
    """Return how indices are numbered: over the whole tensor, planes by rows or by columns."""

    def number(plan: Plan, indices: Array) -> Array:
        axes = range(2, 2 + spatial)
        return row_major_of_all(plan, indices, (0, 1, *(axes[::-1] if storage_order else axes)))

    return number


def whole_plane(rank: int) -> Specification:
    """Return one window for each plane of arrays (N, C, *spatial)."""
    if rank < 3:
        raise ArgumentError(message("x", "have 3 axes or more, (N, C, *spatial)", rank))
    return Specification((Adaptive(1),) * (rank - 2), tuple(range(2, rank)))


def dtypes_of(opset: int, others: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Return the floats of an opset, and other dtypes."""
    return (*FLOATS, *others, *(("bfloat16",) if opset >= NEWEST else ()))


def has_indices(opset: int, outputs: int | None) -> bool:
    """Return whether a ``MaxPool`` node has its second output: by default, if it may."""
    if outputs not in (None, 1, 2) or (outputs == 2 and opset < 8):
        raise ArgumentError(message("outputs", "be 1, or 2 since opset 8", outputs))
    return opset >= 8 and outputs != 1


def refuse_two_paddings(asked: Attributes, pads: Integers | None) -> None:
    """Refuse pads beside a rule for them."""
    if pads is not None and asked.auto_pad != "NOTSET":
        raise ArgumentError(message("pads", f"be left out with auto_pad {asked.auto_pad}", pads))


def exponent(p: float, opset: int) -> float:
    """Return the p of a norm: an integer since opset 2."""
    whole = opset > 1
    wanted = f"be {'an integer' if whole else 'a number'} of at least 1"
    kinds = (int, np.integer) if whole else (int, float, np.integer, np.floating)
    if isinstance(p, bool) or not isinstance(p, kinds):
        raise ArgumentTypeError(message("p", wanted, repr(p)))
    if not 1 <= p < float("inf"):
        raise ArgumentError(message("p", wanted, p))
    return float(p)
