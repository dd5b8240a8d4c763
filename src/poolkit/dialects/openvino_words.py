"""From plain words to OpenVINO's operators."""

from collections.abc import Iterator
from typing import Any

from poolkit._errors import UnsupportedError
from poolkit.dialects.openvino_layers import AUTOMATIC, ROUNDINGS
from poolkit.dialects.plain import Call, Plain
from poolkit.geometry import (
    AutomaticPadding,
)

__all__ = ["propose"]


def propose(plain: Plain) -> Iterator[Call]:
    """Propose operators of opset 14, and of 16 for dilated means."""
    if not 3 <= plain.rank <= 5 or plain.axes != tuple(range(2, plain.rank)):
        raise UnsupportedError(
            "its arrays are (N, C, *spatial), pooled over all axes behind the channels."
        )
    if plain.reduce not in ("max", "mean"):
        raise UnsupportedError("it has maxima and means alone.")
    if plain.reduce == "mean" and not isinstance(plain.divisor, str):
        raise UnsupportedError("its avg_pool divides by a count of elements, no other number.")
    if plain.sliding is None:
        assert plain.output_size is not None
        if None in plain.output_size:
            raise UnsupportedError("its output_shape names every number of windows.")
        op = "adaptive_max_pool" if plain.reduce == "max" else "adaptive_avg_pool"
        yield Call(f"opset8.{op}", {"output_shape": list(plain.output_size)})
        return
    if len({each.rounding for each in plain.sliding}) > 1:
        raise UnsupportedError("its rounding_type is one for all axes.")
    said = {rule: name for name, rule in ROUNDINGS.items()}
    params: dict[str, Any] = {
        "strides": list(plain.stride),
        "pads_begin": [low for low, _ in plain.padding_of_sides],
        "pads_end": [high for _, high in plain.padding_of_sides],
        "kernel_shape": list(plain.kernel_size),
        "rounding_type": said.get(plain.rounding, "ceil_torch"),
    }
    rule = plain.automatic_padding
    if rule is not None:
        named = {value: name for name, value in AUTOMATIC.items()}
        if rule not in named:
            raise UnsupportedError("its rules for padding put about half of it on each side.")
        params["auto_pad"] = named[rule]
    elif any(isinstance(each, AutomaticPadding) for each in plain.padding):
        raise UnsupportedError("its rule for padding is one for all axes.")
    if plain.reduce == "max":
        yield Call("opset14.max_pool", {**params, "dilations": list(plain.dilation)})
        return
    params["exclude_pad"] = plain.divisor == "valid"
    if set(plain.dilation) == {1}:
        yield Call("opset14.avg_pool", params)
    else:
        yield Call("opset16.avg_pool", {**params, "dilations": list(plain.dilation)})
