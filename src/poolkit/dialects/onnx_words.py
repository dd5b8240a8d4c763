"""From plain words to ONNX nodes."""

from collections.abc import Iterator
from math import isfinite
from typing import Any

from poolkit._errors import UnsupportedError
from poolkit.dialects.onnx_attributes import AUTOMATIC
from poolkit.dialects.plain import Call, Plain
from poolkit.geometry import AutomaticPadding, Rounding

__all__ = ["propose"]


def propose(plain: Plain) -> Iterator[Call]:
    """Propose nodes of opset 22."""
    if plain.rank < 3 or plain.axes != tuple(range(2, plain.rank)):
        raise UnsupportedError(
            "its arrays are (N, C, *spatial), pooled over all axes behind the channels."
        )
    kind, params = _reduction(plain)
    if plain.is_global:
        yield Call(f"Global{kind}", {"p": params["p"]} if "p" in params else {})
        return
    if plain.sliding is None:
        raise UnsupportedError("it has no adaptive pooling but the global one.")
    params["kernel_shape"] = list(plain.kernel_size)
    if set(plain.stride) != {1}:
        params["strides"] = list(plain.stride)
    if set(plain.dilation) != {1}:
        params["dilations"] = list(plain.dilation)
    if len({each.rounding for each in plain.sliding}) > 1:
        raise UnsupportedError("its ceil_mode is one for all axes.")
    if plain.rounding is not Rounding.FLOOR:
        params["ceil_mode"] = 1
    rule = plain.automatic_padding
    if rule is None:
        if any(isinstance(each, AutomaticPadding) for each in plain.padding):
            raise UnsupportedError("its rule for padding is one for all axes.")
        sides = plain.padding_of_sides
        if any(map(any, sides)):
            params["pads"] = [low for low, _ in sides] + [high for _, high in sides]
    else:
        named = {value: name for name, value in AUTOMATIC.items()}
        if rule not in named:
            raise UnsupportedError("its rules for padding put about half of it on each side.")
        params["auto_pad"] = named[rule]
        params.pop("ceil_mode", None)  # the rule alone says how many windows there are
    yield Call(kind, params)


def _reduction(plain: Plain) -> tuple[str, dict[str, Any]]:
    if plain.reduce == "max":
        return "MaxPool", {}
    if plain.reduce == "sum":
        raise UnsupportedError("it has no sum pooling.")
    if plain.reduce == "norm":
        p = plain.norm_type
        if plain.mean_of_powers:
            raise UnsupportedError("its LpPool takes the sum of powers, not their mean.")
        if p is None or not isfinite(p) or p != int(p):
            raise UnsupportedError("the p of its LpPool is an integer.")
        return "LpPool", {"p": int(p)}
    if plain.divisor not in ("valid", "padded", "window"):
        raise UnsupportedError("its AveragePool divides by a count of elements, no other number.")
    if plain.divisor == "valid" or plain.is_global:
        return "AveragePool", {}
    ceiled = plain.sliding is not None and plain.rounding is not Rounding.FLOOR
    if plain.divisor == "window" and ceiled:
        raise UnsupportedError("its AveragePool does not count what hangs over in ceil mode.")
    return "AveragePool", {"count_include_pad": 1}
