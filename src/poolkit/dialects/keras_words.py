"""From plain words to Keras's layers."""

from collections.abc import Iterator

from poolkit._errors import UnsupportedError
from poolkit.dialects.plain import Call, Plain
from poolkit.dialects.tensorflow_windows import SHAPES
from poolkit.geometry import AutomaticPadding, Rounding

__all__ = ["propose"]


def propose(plain: Plain) -> Iterator[Call]:
    """Yield the layers that may say the same, channels last."""
    spatial = len(plain.axes)
    if spatial not in SHAPES:
        raise UnsupportedError("it pools 1 to 3 axes.")
    if plain.reduce not in ("max", "mean"):
        raise UnsupportedError("it pools by maximum and mean alone.")
    name = "Max" if plain.reduce == "max" else "Average"
    if plain.sliding is None:
        if plain.is_global:
            yield Call(f"layers.Global{name}Pooling{spatial}D", {"keepdims": True})
        sizes = plain.output_size or ()
        if None in sizes:
            raise UnsupportedError("its adaptive pooling says a number of windows for every axis.")
        yield Call(f"layers.Adaptive{name}Pooling{spatial}D", {"output_size": list(sizes)})
        return
    if max(plain.dilation) > 1:
        raise UnsupportedError("it has no dilation.")
    if plain.reduce == "mean" and not isinstance(plain.divisor, str):
        raise UnsupportedError("its averages divide by the elements inside the input.")
    padding = "same"
    if plain.automatic_padding is not AutomaticPadding.SAME:
        padding = "valid"
        if any(isinstance(each, AutomaticPadding) for each in plain.padding):
            raise UnsupportedError(
                'of odd automatic padding its "same" puts more behind than before.'
            )
        if any(map(sum, plain.padding_of_sides)):
            raise UnsupportedError('its padding is "valid" or "same".')
        if plain.rounding is not Rounding.FLOOR:
            raise UnsupportedError("its windows lie wholly inside the input.")
    elif plain.reduce == "mean" and plain.divisor != "valid":
        raise UnsupportedError("its averages divide by the elements inside the input.")
    kernels, strides = list(plain.kernel_size), list(plain.stride)
    words = {"pool_size": kernels, "strides": strides, "padding": padding}
    yield Call(f"layers.{name}Pooling{spatial}D", words)
