"""From plain words to Chainer's calls."""

from collections.abc import Iterator
from typing import Any

from poolkit._errors import UnsupportedError
from poolkit.dialects.plain import Call, Plain
from poolkit.geometry import AutomaticPadding, Rounding

__all__ = ["propose"]


def propose(plain: Plain) -> Iterator[Call]:
    """Yield Chainer's calls that may say the same."""
    spatial = len(plain.axes)
    if plain.axes != tuple(range(2, plain.rank)) or not spatial:
        raise UnsupportedError("it pools all axes behind the batch and the channels.")
    if plain.sliding is None:
        raise UnsupportedError("its windows have a size; none of its pooling is global.")
    if plain.reduce not in ("max", "mean"):
        raise UnsupportedError("it takes maxima and means alone.")
    if max(plain.dilation) > 1:
        raise UnsupportedError("its pooling has no dilation.")
    if any(isinstance(each, AutomaticPadding) for each in plain.padding):
        raise UnsupportedError("its padding is a number, whatever the length.")
    sides = plain.padding_of_sides
    if any(low != high for low, high in sides):
        raise UnsupportedError("its padding is the same on both sides of an axis.")
    pads = [low for low, _ in sides]
    params: dict[str, Any] = {
        "ksize": list(plain.kernel_size),
        "stride": list(plain.stride),
        **({"pad": pads} if any(pads) else {}),
    }
    name = f"{spatial}d" if spatial <= 3 else "nd"
    covers = _covers(plain, pads)
    if plain.reduce == "max":
        yield Call(f"max_pooling_{name}", {**params, "cover_all": covers})
        return
    if covers:
        raise UnsupportedError("its averages leave out what the stride leaves over.")
    if not isinstance(plain.divisor, str) or (plain.divisor == "valid" and any(pads)):
        if plain.divisor != "valid":
            raise UnsupportedError("its averages divide by the window, or what of it is inside.")
        yield Call("average_pooling_nd", {**params, "pad_value": None})
        return
    yield Call(f"average_pooling_{name}", params)


def _covers(plain: Plain, pads: list[int]) -> bool:
    """Return whether windows are to cover all elements, if Chainer can say it."""
    rounding = plain.rounding
    if rounding is Rounding.COVER:
        return True
    if rounding in (Rounding.FLOOR, Rounding.TRUNCATE, Rounding.CLIP):
        return False
    sizes = zip(plain.kernel_size, plain.stride, pads, strict=True)
    if rounding is not Rounding.TRUNCATE_COVER and any(s > k - pad for k, s, pad in sizes):
        raise UnsupportedError("its cover_all keeps windows that begin behind the input.")
    return True
