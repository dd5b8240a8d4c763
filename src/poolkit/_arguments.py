"""The only place that turns what callers may write into what poolkit computes with."""

import operator
from collections.abc import Sequence
from typing import SupportsIndex, TypeAlias, TypeGuard

from poolkit._errors import ArgumentError, ArgumentTypeError, message
from poolkit.geometry import Adaptive, AutomaticPadding, Rounding, Sliding, Specification

__all__ = [
    "Axes",
    "OneOrPerAxis",
    "OutputSize",
    "Padding",
    "adaptive_specification",
    "boolean",
    "global_specification",
    "per_axis",
    "sliding_specification",
]

OneOrPerAxis: TypeAlias = SupportsIndex | Sequence[SupportsIndex]
Padding: TypeAlias = str | SupportsIndex | Sequence[SupportsIndex | Sequence[SupportsIndex]]
OutputSize: TypeAlias = SupportsIndex | Sequence[SupportsIndex | None] | None
Axes: TypeAlias = SupportsIndex | Sequence[SupportsIndex] | None


def sliding_specification(
    kernel_size: OneOrPerAxis,
    stride: OneOrPerAxis | None,
    padding: Padding,
    dilation: OneOrPerAxis,
    ceil_mode: bool,
    axes: Axes,
) -> Specification:
    """Return the specification that sliding-window arguments stand for."""
    named_axes = _axes(axes)
    rank = _rank("kernel_size", kernel_size, named_axes)
    kernel_sizes = per_axis("kernel_size", kernel_size, rank, least=1)
    strides = kernel_sizes if stride is None else per_axis("stride", stride, rank, least=1)
    dilations = per_axis("dilation", dilation, rank, least=1)
    paddings = _paddings(padding, rank)
    rounding = Rounding.CEIL if boolean("ceil_mode", ceil_mode) else Rounding.FLOOR
    return Specification(
        tuple(
            Sliding(*axis, rounding)
            for axis in zip(kernel_sizes, strides, dilations, paddings, strict=True)
        ),
        named_axes,
    )


def adaptive_specification(
    output_size: OutputSize,
    axes: Axes,
    name: str = "output_size",
) -> Specification:
    """Return the specification that adaptive arguments stand for."""
    named_axes = _axes(axes)
    rank = _rank(name, output_size, named_axes)
    entries = _entries(output_size, rank)
    _check_length(name, entries, rank)
    bins = (None if entry is None else per_axis(name, entry, 1, least=1)[0] for entry in entries)
    return Specification(tuple(Adaptive(size) for size in bins), named_axes)


def global_specification(axes: Axes) -> Specification:
    """Return the specification of one window over the whole of each axis."""
    if axes is None:
        wanted = "name the axes to pool, unless the operator's name says how many"
        raise ArgumentError(message("axes", wanted, "None"))
    return adaptive_specification(1, axes)


def boolean(name: str, value: object) -> bool:
    """Return a flag, refusing anything but True and False."""
    if value is True or value is False:
        return value
    raise ArgumentTypeError(message(name, "be True or False", repr(value)))


def _is_sequence(value: object) -> TypeGuard[Sequence[object]]:
    return isinstance(value, Sequence) and not isinstance(value, str | bytes)


def _entries(value: object, rank: int) -> tuple[object, ...]:
    """Return the entries of a sequence, or one value for every axis."""
    return tuple(value) if _is_sequence(value) else (value,) * rank


def _integer(value: object) -> int | None:
    """Return an integer, or None for what is none: bool, floats, strings."""
    if type(value) is int:
        return value
    if isinstance(value, bool):
        return None
    # Not isinstance(value, SupportsIndex): a protocol takes 5 µs to ask, an attempt 0.1.
    try:
        return operator.index(value)  # type: ignore[arg-type]
    except TypeError:  # floats, strings, arrays of several elements, NumPy's bool
        return None


def per_axis(name: str, value: object, rank: int, least: int) -> tuple[int, ...]:
    """Return one integer per axis from an integer or a sequence of them."""
    values = _entries(value, rank)
    numbers = tuple(_integer(each) for each in values)
    wanted = f"be an integer, or a sequence of one per pooled axis, each at least {least}"
    if None in numbers:
        raise ArgumentTypeError(message(name, wanted, repr(value)))
    _check_length(name, values, rank)
    checked = tuple(number for number in numbers if number is not None)
    if any(number < least for number in checked):
        raise ArgumentError(message(name, wanted, value))
    return checked


def _check_length(name: str, values: Sequence[object], rank: int) -> None:
    if len(values) != rank:
        raise ArgumentError(
            message(name, f"hold one value per pooled axis, {rank}", f"{len(values)}: {values!r}")
        )


def _rank(name: str, sizes: object, axes: tuple[int, ...] | None) -> int:
    """Return the number of pooled axes, from whichever argument tells it."""
    if axes is not None:
        return len(axes)
    if _is_sequence(sizes):
        if not sizes:
            raise ArgumentError(message(name, "hold at least one value", repr(sizes)))
        return len(sizes)
    if sizes is not None:
        per_axis(name, sizes, 1, least=1)
    raise ArgumentError(
        message(
            name,
            "be a sequence of one value per pooled axis, unless `axes` is given or the "
            "operator's name says the number of axes",
            f"{sizes!r}",
            hint=f"write {name}=({sizes}, {sizes}) to pool the last two axes.",
        )
    )


def _axes(axes: Axes) -> tuple[int, ...] | None:
    """Return the axes as a tuple of integers; None stays None."""
    if axes is None:
        return None
    numbers = tuple(_integer(axis) for axis in _entries(axes, 1))
    if None in numbers:
        raise ArgumentTypeError(
            message("axes", "be an integer or a sequence of integers", repr(axes))
        )
    if not numbers:
        raise ArgumentError(message("axes", "name at least one axis", repr(axes)))
    return tuple(number for number in numbers if number is not None)


def _paddings(padding: object, rank: int) -> tuple[tuple[int, int] | AutomaticPadding, ...]:
    """Return the padding of each axis."""
    wanted = (
        'be "valid", "same", "same_lower", an integer of at least 0, or a sequence of one '
        "integer or (low, high) pair per pooled axis"
    )
    if isinstance(padding, str):
        if padding == "valid":
            return ((0, 0),) * rank
        if padding in ("same", "same_lower"):
            return (AutomaticPadding(padding),) * rank
        raise ArgumentError(message("padding", wanted, repr(padding)))
    entries = _entries(padding, rank)
    pairs = []
    for entry in entries:
        low_high = tuple(entry) if _is_sequence(entry) else (entry, entry)
        numbers = tuple(_integer(number) for number in low_high)
        if None in numbers:
            raise ArgumentTypeError(message("padding", wanted, repr(padding)))
        low, high = (*numbers, -1, -1)[:2]
        if len(numbers) != 2 or low is None or high is None or low < 0 or high < 0:
            raise ArgumentError(message("padding", wanted, repr(padding)))
        pairs.append((low, high))
    if len(pairs) != rank:
        raise ArgumentError(
            message(
                "padding",
                f"hold one entry per pooled axis, {rank}",
                f"{len(pairs)}: {padding!r}",
                hint="write ((low, high),) for a pair on one axis." if rank == 1 else None,
            )
        )
    return tuple(pairs)
