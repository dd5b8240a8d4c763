"""From plain words to PyTorch's calls."""

from collections.abc import Iterator
from math import prod
from typing import Any

from poolkit._errors import UnsupportedError
from poolkit.dialects.plain import Call, Plain
from poolkit.geometry import AutomaticPadding, Rounding
from poolkit.reducers.reducer import Divisor

__all__ = ["padding_of_both_sides", "propose"]


def padding_of_both_sides(plain: Plain, name: str) -> tuple[int, ...]:
    """Return the padding of each axis, as PyTorch and Torch7 can have it.

    Raises
    ------
    UnsupportedError
        If they cannot, or not the rounding that goes with it.
    """
    if any(low != high for low, high in plain.padding_of_sides) or any(
        isinstance(each, AutomaticPadding) for each in plain.padding
    ):
        raise UnsupportedError(f"{name} pads both sides of an axis alike, by a given number.")
    pads = tuple(low for low, _ in plain.padding_of_sides)
    if any(2 * pad > size for pad, size in zip(pads, plain.kernel_size, strict=True)):
        raise UnsupportedError(f"{name}'s padding is at most half of the kernel.")
    if len({each.rounding for each in plain.sliding or ()}) > 1:
        raise UnsupportedError(f"{name}'s ceil_mode is the same for all axes.")
    return pads


def propose(plain: Plain) -> Iterator[Call]:
    """Yield PyTorch's calls that may say the same."""
    spatial = len(plain.axes)
    if spatial > 3 or plain.axes != tuple(range(plain.rank - spatial, plain.rank)):
        raise UnsupportedError("PyTorch pools the last one to three axes, behind the channels.")
    if plain.rank not in (spatial + 1, spatial + 2):
        raise UnsupportedError("PyTorch has one axis of channels and at most one of batches.")
    if plain.sliding is None:
        yield _propose_adaptive(plain, spatial)
        return
    pads = padding_of_both_sides(plain, "PyTorch")
    said = _said_of_windows(plain, pads)
    if plain.reduce == "max":
        if any(each > 1 for each in plain.dilation):
            said["dilation"] = _short(plain.dilation)
        yield Call(f"max_pool{spatial}d", said)
        return
    if any(each > 1 for each in plain.dilation):
        raise UnsupportedError("PyTorch has dilation for maxima alone.")
    if plain.reduce == "norm":
        yield _propose_norm(plain, said, spatial)
    else:
        yield from _propose_average(plain, said, spatial)


def _said_of_windows(plain: Plain, pads: tuple[int, ...]) -> dict[str, Any]:
    # A stride left out is the kernel's size here, and 1 in other frameworks: it is said.
    said: dict[str, Any] = {
        "kernel_size": _short(plain.kernel_size),
        "stride": _short(plain.stride),
    }
    if any(pads):
        said["padding"] = _short(pads)
    if plain.rounding is not Rounding.FLOOR:
        said["ceil_mode"] = True
    return said


def _propose_adaptive(plain: Plain, spatial: int) -> Call:
    assert plain.output_size is not None
    sizes: Any = plain.output_size
    if spatial == 1 and sizes[0] is None:
        raise UnsupportedError("PyTorch's 1-d adaptive pooling wants a number of windows.")
    sizes = sizes[0] if len(set(sizes)) == 1 and sizes[0] is not None else sizes
    if plain.reduce == "max":
        return Call(f"adaptive_max_pool{spatial}d", {"output_size": sizes})
    if plain.reduce == "mean" and plain.divisor in ("valid", "padded", "window"):
        return Call(f"adaptive_avg_pool{spatial}d", {"output_size": sizes})
    raise UnsupportedError("PyTorch's adaptive pooling takes maxima and averages alone.")


def _propose_norm(plain: Plain, said: dict[str, Any], spatial: int) -> Call:
    if "padding" in said:
        raise UnsupportedError("PyTorch's norms have no padding.")
    if plain.mean_of_powers:
        raise UnsupportedError("PyTorch's norms add powers, they do not average them.")
    return Call(f"lp_pool{spatial}d", {"norm_type": plain.norm_type, **said})


def _propose_average(plain: Plain, said: dict[str, Any], spatial: int) -> Iterator[Call]:
    name = f"avg_pool{spatial}d"
    divisor: Divisor = 1.0 if plain.reduce == "sum" else plain.divisor
    if isinstance(divisor, str):
        counted = {"count_include_pad": False} if divisor == "valid" and "padding" in said else {}
        yield Call(name, {**said, **counted})
        if divisor != "window" or "ceil_mode" not in said:
            return
    number = prod(plain.kernel_size) if isinstance(divisor, str) else divisor
    if spatial == 1:
        if plain.reduce == "sum" and "padding" not in said:
            yield Call("lp_pool1d", {"norm_type": 1.0, **said})
            return
        raise UnsupportedError("PyTorch's avg_pool1d divides by nothing but a count of elements.")
    if number != int(number):
        raise UnsupportedError("PyTorch's divisor_override is a whole number.")
    yield Call(name, {**said, "divisor_override": int(number)})


def _short(numbers: tuple[int, ...]) -> int | tuple[int, ...]:
    return numbers[0] if len(set(numbers)) == 1 else numbers
