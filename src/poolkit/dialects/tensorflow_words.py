"""From plain words to TensorFlow's calls."""

from collections.abc import Iterator

from poolkit._errors import UnsupportedError
from poolkit.dialects.plain import Call, Plain
from poolkit.dialects.tensorflow_windows import FORMATS
from poolkit.geometry import AutomaticPadding, Rounding

__all__ = ["propose"]


def propose(plain: Plain) -> Iterator[Call]:
    """Yield the calls that may say the same, channels last."""
    spatial = len(plain.axes)
    if spatial not in FORMATS:
        raise UnsupportedError("it pools 1 to 3 axes.")
    if plain.reduce not in ("max", "mean"):
        raise UnsupportedError("it pools by maximum and mean alone.")
    if plain.sliding is None:
        if not plain.is_global:
            raise UnsupportedError("it has no adaptive pooling.")
        axes = list(range(1, spatial + 1))
        yield Call(f"math.reduce_{plain.reduce}", {"axis": axes, "keepdims": True})
        return
    padding = _proposed_padding(plain)
    kind = "max" if plain.reduce == "max" else "avg"
    sizes, strides = list(plain.kernel_size), list(plain.stride)
    if max(plain.dilation) > 1:
        if max(strides) > 1:
            raise UnsupportedError("its dilated windows have a stride of 1.")
        if padding != "VALID":
            raise UnsupportedError("its dilated windows have no padding.")
        words = {
            "window_shape": sizes,
            "pooling_type": kind.upper(),
            "strides": strides,
            "padding": padding,
            "dilations": list(plain.dilation),
        }
        yield Call("nn.pool", words)
        return
    words = {"ksize": sizes, "strides": strides, "padding": padding}
    yield Call(f"nn.{kind}_pool{spatial}d", words)


def _proposed_padding(plain: Plain) -> str | list[list[int]]:
    """Return the padding in TensorFlow's words, refusing what it has none for."""
    rule = plain.automatic_padding
    if rule is AutomaticPadding.SAME:
        if plain.reduce == "mean" and plain.divisor != "valid":
            raise UnsupportedError("its averages divide by the elements inside the input.")
        return "SAME"
    if any(isinstance(each, AutomaticPadding) for each in plain.padding):
        raise UnsupportedError("of odd automatic padding its SAME puts more behind than before.")
    if plain.rounding is not Rounding.FLOOR:
        raise UnsupportedError("its windows lie wholly inside the padded input.")
    if plain.reduce == "mean" and not isinstance(plain.divisor, str):
        raise UnsupportedError("its averages divide by the elements inside the input.")
    pairs = plain.padding_of_sides
    if not any(map(sum, pairs)):
        return "VALID"
    if plain.reduce == "mean":
        raise UnsupportedError("its averages have no explicit padding.")
    if len(pairs) == 3:
        raise UnsupportedError("its 3-d pooling has no explicit padding.")
    if any(max(pair) >= size for pair, size in zip(pairs, plain.kernel_size, strict=True)):
        raise UnsupportedError("its padding is less than the window.")
    return [[0, 0], *([low, high] for low, high in pairs), [0, 0]]
