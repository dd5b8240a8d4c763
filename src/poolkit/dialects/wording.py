"""What is asked for in plain words, and a framework's call that is nearest to it."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from poolkit import dialects
from poolkit._errors import ArgumentError, PoolError, UnsupportedError, message
from poolkit.dialects.native_layer import NativeLayer
from poolkit.dialects.plain import Call, Plain
from poolkit.geometry import AutomaticPadding, Rounding, Sliding

__all__ = ["nearest", "plain_words", "usual", "variants"]


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
    found, reasons = [], []
    for plain in asked:
        try:
            found += list(_proposer(dialect)(plain))
        except PoolError as fault:
            reasons.append(str(fault))
    if not found:
        raise UnsupportedError(f"it cannot be said in {dialect}, because {reasons[0]}")
    shortest = min(found, key=lambda call: len(call.params))
    return NativeLayer(dialect, shortest.op, shortest.params)


def nearest(dialect: str, plain: Plain) -> NativeLayer:
    """Return a framework's call for what is asked for, or for it rounded or divided otherwise.

    Raises
    ------
    UnsupportedError
        If it has none that takes these numbers.
    """
    reasons: list[str] = []
    for variant in variants(plain):
        try:
            for call in _proposer(dialect)(variant):
                return NativeLayer(dialect, call.op, call.params)
        except PoolError as fault:
            reasons.append(str(fault))
    raise UnsupportedError(f"it cannot be said in {dialect}, because {reasons[0]}")


def _proposer(dialect: str) -> Callable[[Plain], Iterator[Call]]:
    propose = dialects.find(dialect).propose
    if propose is None:
        raise UnsupportedError(f"{dialect} has no layers to choose from.")
    return propose


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
