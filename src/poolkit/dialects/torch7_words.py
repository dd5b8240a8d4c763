"""From plain words to Torch7's modules."""

from collections.abc import Iterator
from typing import Any

from poolkit._errors import UnsupportedError
from poolkit.dialects.plain import Call, Plain
from poolkit.dialects.torch_words import padding_of_both_sides
from poolkit.geometry import Rounding

__all__ = ["propose"]


def propose(plain: Plain) -> Iterator[Call]:
    """Yield Torch7's calls that may say the same."""
    if plain.rank not in (3, 4) and len(plain.axes) == 2:
        raise UnsupportedError("Torch7 pools arrays (N, C, H, W) and (C, H, W).")
    if len(plain.axes) == 1:
        yield _propose_temporal(plain)
        return
    if len(plain.axes) > 3 or plain.axes != tuple(range(plain.rank))[-len(plain.axes) :]:
        raise UnsupportedError("Torch7 pools the last two or three axes, behind the channels.")
    if plain.sliding is None:
        yield _propose_adaptive(plain)
        return
    pads = padding_of_both_sides(plain, "Torch7")
    is_dilated = any(each > 1 for each in plain.dilation)
    if is_dilated and plain.reduce != "max":
        raise UnsupportedError("Torch7 has dilation for maxima alone.")
    said = _named_sizes("k", plain.kernel_size) | _named_sizes("d", plain.stride)
    kind = "Spatial" if len(plain.axes) == 2 else "Volumetric"
    if plain.reduce == "norm":
        yield _propose_norm(plain, said, pads)
        return
    if any(pads):
        said |= _named_sizes("pad", pads)
    if plain.rounding is not Rounding.FLOOR:
        said["ceil_mode"] = True
    if plain.reduce == "max":
        if is_dilated:
            said |= _named_sizes("dilation", plain.dilation)
        yield Call(f"{kind}{'Dilated' if is_dilated else ''}MaxPooling", said)
        return
    yield _propose_average(plain, said, pads, kind)


def _propose_norm(plain: Plain, said: dict[str, Any], pads: tuple[int, ...]) -> Call:
    if len(plain.axes) == 3 or any(pads) or plain.rounding is not Rounding.FLOOR:
        raise UnsupportedError("Torch7's norms have two axes, and neither padding nor ceil.")
    if plain.mean_of_powers:
        raise UnsupportedError("Torch7's norms add powers, they do not average them.")
    norm = {"nInputPlane": None, "pnorm": plain.norm_type}
    return Call("SpatialLPPooling", {**norm, **said})


def _propose_average(plain: Plain, said: dict[str, Any], pads: tuple[int, ...], kind: str) -> Call:
    if plain.reduce == "sum":
        if kind == "Volumetric":
            raise UnsupportedError("Torch7 has sums over two axes alone.")
        said["divide"] = False
    elif not isinstance(plain.divisor, str):
        raise UnsupportedError("Torch7's averages divide by a count of elements.")
    elif plain.divisor == "valid" and any(pads):
        said["count_include_pad"] = False
    return Call(f"{kind}AveragePooling", said)


def _propose_temporal(plain: Plain) -> Call:
    if plain.reduce != "max" or plain.axes != (plain.rank - 2,) or plain.sliding is None:
        raise UnsupportedError("Torch7 pools one axis by a maximum, before the channels, alone.")
    (each,) = plain.sliding
    if each.padding != (0, 0) or each.dilation > 1 or each.rounding is not Rounding.FLOOR:
        raise UnsupportedError("Torch7's pooling of one axis has no padding, dilation or ceil.")
    return Call("TemporalMaxPooling", {"kW": each.kernel_size, "dW": each.stride})


def _propose_adaptive(plain: Plain) -> Call:
    sizes = plain.output_size or ()
    if len(sizes) != 2 or None in sizes or plain.reduce not in ("max", "mean"):
        raise UnsupportedError("Torch7's adaptive pooling is a maximum or mean over two axes.")
    name = "Max" if plain.reduce == "max" else "Average"
    return Call(f"SpatialAdaptive{name}Pooling", {"W": sizes[1], "H": sizes[0]})


def _named_sizes(letters: str, numbers: tuple[int, ...]) -> dict[str, Any]:
    """Return numbers for (height, width) or (time, height, width) under Torch7's names."""
    names = "HW" if len(numbers) == 2 else "THW"
    named = {letters + name: number for name, number in zip(names, numbers, strict=True)}
    order = "WH" if len(numbers) == 2 else "TWH"
    return {letters + name: named[letters + name] for name in order}
