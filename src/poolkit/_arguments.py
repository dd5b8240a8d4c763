"""The only place that turns what callers may write into what poolkit computes with."""

import operator
from collections.abc import Callable, Sequence
from fractions import Fraction
from math import isfinite
from numbers import Rational, Real
from typing import Literal, SupportsIndex, TypeAlias, TypeGuard

from poolkit._errors import ArgumentError, ArgumentTypeError, message
from poolkit.geometry import (
    Adaptive,
    Area,
    AutomaticPadding,
    Binomial,
    Rounding,
    Sliding,
    Specification,
    WeightedSpecification,
)
from poolkit.geometry.border import BORDERS, Border

__all__ = [
    "Axes",
    "Factor",
    "FilterBorder",
    "OneOrPerAxis",
    "OutputSize",
    "Padding",
    "adaptive_specification",
    "area_specification",
    "blur_specification",
    "boolean",
    "global_specification",
    "per_axis",
    "sliding_specification",
]

MOST_BLURRED = 7
"""Elements of the longest filter that papers and frameworks use."""

OneOrPerAxis: TypeAlias = SupportsIndex | Sequence[SupportsIndex]
Padding: TypeAlias = str | SupportsIndex | Sequence[SupportsIndex | Sequence[SupportsIndex]]
OutputSize: TypeAlias = SupportsIndex | Sequence[SupportsIndex | None] | None
FilterBorder: TypeAlias = Border | Literal["zero"]
Factor: TypeAlias = float | Rational | Sequence[float | Rational]
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


def blur_specification(
    filter_size: OneOrPerAxis,
    stride: OneOrPerAxis,
    border: FilterBorder,
    axes: Axes,
    name: str = "kernel_size",
) -> WeightedSpecification:
    """Return the specification that the arguments of blur pooling stand for."""
    named_axes = _axes(axes)
    rank = _rank(name, filter_size, named_axes)
    sizes = per_axis(name, filter_size, rank, least=1)
    if max(sizes) > MOST_BLURRED:
        wanted = f"be at most {MOST_BLURRED}, the longest filter there is"
        raise ArgumentError(message(name, wanted, filter_size))
    strides = per_axis("stride", stride, rank, least=1)
    if border != "zero" and border not in BORDERS:
        listed = ", ".join(f'"{each}"' for each in (*BORDERS, "zero"))
        raise ArgumentError(message("border", f"be one of {listed}", repr(border)))
    around = None if border == "zero" else border
    rules = tuple(Binomial(*each, around) for each in zip(sizes, strides, strict=True))
    return WeightedSpecification(rules, named_axes)


def area_specification(
    factor: Factor | None, output_size: OutputSize, axes: Axes
) -> WeightedSpecification:
    """Return the specification that the arguments of area pooling stand for."""
    if (factor is None) == (output_size is None):
        came = "neither" if factor is None else f"{factor!r} and output_size={output_size!r}"
        raise ArgumentError(message("factor", "be given, or `output_size`, and not both", came))
    if output_size is not None:
        adaptive = adaptive_specification(output_size, axes)
        sizes = (each.output_size for each in adaptive.windows if isinstance(each, Adaptive))
        return WeightedSpecification(tuple(Area(None, size) for size in sizes), adaptive.axes)
    named_axes = _axes(axes)
    rank = _rank("factor", factor, named_axes, _factors)
    return WeightedSpecification(
        tuple(Area(each) for each in _factors("factor", factor, rank)), named_axes
    )


def _factors(name: str, value: object, rank: int) -> tuple[Fraction, ...]:
    """Return one positive fraction per axis, from a number or several."""
    values = _entries(value, rank)
    wanted = "be a number greater than 0, or a sequence of one per pooled axis"
    numbers = [each for each in values if isinstance(each, Real) and not isinstance(each, bool)]
    if len(numbers) < len(values):
        raise ArgumentTypeError(message(name, wanted, repr(value)))
    _check_length(name, values, rank)
    fractions = [
        _fraction(each) if isinstance(each, Rational) or isfinite(each) else Fraction(0)
        for each in numbers
    ]
    if min(fractions) <= 0:
        raise ArgumentError(message(name, wanted, repr(value)))
    return tuple(fractions)


def _fraction(value: Real) -> Fraction:
    """Return a number as a fraction, of a float the simplest that rounds to it.

    The float nearest to 1.024 is a little more than 128/125, and 512 elements would be a
    little less than 500 of it.
    """
    if isinstance(value, Rational):
        return Fraction(value)
    exact = Fraction(float(value))
    for digits in range(1, 17):
        simple = exact.limit_denominator(10**digits)
        if simple and float(simple) == float(value):
            return simple
    return Fraction(repr(float(value)))


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


def per_axis(name: str, value: object, rank: int, least: int = 1) -> tuple[int, ...]:
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


def _rank(
    name: str,
    sizes: object,
    axes: tuple[int, ...] | None,
    check: Callable[[str, object, int], object] = per_axis,
) -> int:
    """Return the number of pooled axes, from whichever argument tells it."""
    if axes is not None:
        return len(axes)
    if _is_sequence(sizes):
        if not sizes:
            raise ArgumentError(message(name, "hold at least one value", repr(sizes)))
        return len(sizes)
    if sizes is not None:
        check(name, sizes, 1)
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
