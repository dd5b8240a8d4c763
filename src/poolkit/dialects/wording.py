"""What is asked for in plain words, and a framework's usual call for it."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from poolkit import dialects
from poolkit._errors import ArgumentError, PoolError, UnsupportedError, message
from poolkit.dialects.native_layer import NativeLayer
from poolkit.dialects.plain import Plain
from poolkit.geometry import AutomaticPadding, Rounding, Sliding

__all__ = ["plain_words", "usual", "variants"]


def plain_words(
    reduce: str = "max",
    kernel_size: int | tuple[int, ...] = 2,
    stride: int | tuple[int, ...] | None = None,
    padding: Any = 0,
    dilation: int | tuple[int, ...] = 1,
    divisor: Any = None,
    rounding: str | None = None,
) -> tuple[Plain, ...]:
    """Return what is asked for in words, for arrays (N, C, *spatial).

    Where no divisor or rounding is asked for, with each that there is.
    """
    if reduce not in ("max", "mean", "sum"):
        raise ArgumentError(message("reduce", "be max, mean or sum", repr(reduce)))
    given = [each for each in (kernel_size, stride, padding, dilation) if isinstance(each, tuple)]
    count = len(given[0]) if given else 2

    def spread(name: str, value: Any) -> list[Any]:
        values = list(value) if isinstance(value, tuple) else [value] * count
        if len(values) != count:
            raise ArgumentError(message(name, f"hold one value per pooled axis, {count}", value))
        return values

    sizes = spread("kernel_size", kernel_size)
    sliding = tuple(
        Sliding(k, s, d, _pair(p))
        for k, s, d, p in zip(
            sizes,
            sizes if stride is None else spread("stride", stride),
            spread("dilation", dilation),
            spread("padding", padding),
            strict=True,
        )
    )
    words = Plain(reduce, 2 + count, tuple(range(2, 2 + count)), sliding)  # type: ignore[arg-type]
    asked = tuple(variants(words))
    if rounding is not None:
        wanted = _rounding(rounding)
        asked = tuple(each for each in asked if each.rounding is wanted)
    if divisor is not None:
        asked = tuple(dict.fromkeys(replace(each, divisor=divisor) for each in asked))
    return asked


def _rounding(name: str) -> Rounding:
    names = [each.value for each in Rounding]
    if name not in names:
        raise ArgumentError(message("rounding", f"be one of {', '.join(names)}", repr(name)))
    return Rounding(name)


def _pair(padding: Any) -> tuple[int, int] | AutomaticPadding:
    if isinstance(padding, str):
        return AutomaticPadding(padding)
    return padding if isinstance(padding, tuple) else (padding, padding)


def usual(dialect: str, asked: tuple[Plain, ...]) -> NativeLayer:
    """Return the framework's shortest call for any of what is asked for: with its defaults.

    Raises
    ------
    UnsupportedError
        If it has none.
    """
    propose = dialects.find(dialect).propose
    if propose is None:
        raise UnsupportedError(f"{dialect} has no layers to choose from.")
    found, reasons = [], []
    for plain in asked:
        try:
            found += list(propose(plain))
        except PoolError as fault:
            reasons.append(str(fault))
    if not found:
        raise UnsupportedError(f"it cannot be said in {dialect}, because {reasons[0]}")
    shortest = min(found, key=lambda call: len(call.params))
    return NativeLayer(dialect, shortest.op, shortest.params)


def variants(plain: Plain) -> Iterator[Plain]:
    """Yield what is asked for, then with other divisors, then with other roundings too."""
    divisors = [plain.divisor]
    if plain.reduce == "mean":
        divisors += [each for each in ("valid", "padded", "window") if each != plain.divisor]
    roundings = [plain.rounding, *(each for each in Rounding if each != plain.rounding)]
    for rounding in roundings if plain.sliding is not None else roundings[:1]:
        sliding = plain.sliding
        if sliding is not None:
            sliding = tuple(replace(each, rounding=rounding) for each in sliding)
        for divisor in divisors:
            yield replace(plain, sliding=sliding, divisor=divisor)
