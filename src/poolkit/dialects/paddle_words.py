"""From plain words to Paddle's calls."""

from collections.abc import Iterator
from typing import Any

from poolkit._errors import UnsupportedError
from poolkit.dialects.paddle_windows import CHANNELS_FIRST, CHANNELS_LAST
from poolkit.dialects.plain import Call, Plain
from poolkit.geometry import AutomaticPadding, Rounding

__all__ = ["propose"]


def propose(plain: Plain) -> Iterator[Call]:
    """Yield Paddle's calls that may say the same."""
    spatial = len(plain.axes)
    first = 1 if plain.channels_last else 2
    if spatial not in CHANNELS_FIRST or plain.rank != spatial + 2:
        raise UnsupportedError("it pools 1 to 3 axes of arrays with a batch and channels.")
    if plain.axes != tuple(range(first, first + spatial)):
        raise UnsupportedError("its pooled axes stand before the channels or behind them.")
    layout = {"data_format": CHANNELS_LAST[spatial]} if plain.channels_last else {}
    if plain.output_size is not None:
        yield _propose_adaptive(plain, spatial, layout)
        return
    params: dict[str, Any] = {
        "kernel_size": list(plain.kernel_size),
        "stride": list(plain.stride),
        **_propose_padding(plain),
        **_propose_rounding(plain),
        **layout,
    }
    if max(plain.dilation) > 1:
        raise UnsupportedError("its pooling has no dilation.")
    if plain.reduce in {"norm", "sum"}:
        yield _propose_norm(plain, spatial, params)
        return
    if layout and spatial == 1:
        raise UnsupportedError("its pooling of one axis wants the channels before it.")
    if plain.reduce == "max":
        yield Call(f"max_pool{spatial}d", params)
        return
    yield Call(f"avg_pool{spatial}d", {**params, **_propose_divisor(plain, spatial)})


def _propose_adaptive(plain: Plain, spatial: int, layout: dict[str, Any]) -> Call:
    assert plain.output_size is not None
    if plain.reduce not in ("max", "mean"):
        raise UnsupportedError("its adaptive pooling takes the maximum or the mean alone.")
    if plain.reduce == "mean" and not isinstance(plain.divisor, str):
        raise UnsupportedError("its adaptive mean divides by the elements of a window.")
    if layout and (spatial == 1 or plain.reduce == "max"):
        raise UnsupportedError("its adaptive pooling wants the channels first there.")
    if spatial == 1 and None in plain.output_size:
        raise UnsupportedError("its adaptive pooling of one axis wants a number of windows.")
    kind = "max" if plain.reduce == "max" else "avg"
    sizes = plain.output_size[0] if spatial == 1 else list(plain.output_size)
    return Call(f"adaptive_{kind}_pool{spatial}d", {"output_size": sizes, **layout})


def _propose_norm(plain: Plain, spatial: int, params: dict[str, Any]) -> Call:
    if spatial == 3:
        raise UnsupportedError("it sums windows, or their powers, of one or two axes alone.")
    if plain.mean_of_powers:
        raise UnsupportedError("its norms are of sums, not of means.")
    p = 1.0 if plain.reduce == "sum" else plain.norm_type
    return Call(f"lp_pool{spatial}d", {"norm_type": p, **params})


def _propose_padding(plain: Plain) -> dict[str, Any]:
    rule = plain.automatic_padding
    if rule is AutomaticPadding.SAME:
        return {"padding": "SAME"}
    if any(isinstance(each, AutomaticPadding) for each in plain.padding):
        raise UnsupportedError("of padding that the length decides it puts the odd one behind.")
    sides = plain.padding_of_sides
    if not any(any(pair) for pair in sides):
        return {}
    if all(low == high for low, high in sides):
        return {"padding": [low for low, _ in sides]}
    return {"padding": [each for pair in sides for each in pair]}


def _propose_rounding(plain: Plain) -> dict[str, Any]:
    sides = plain.padding_of_sides
    each_axis = list(zip(plain.kernel_size, plain.stride, sides, strict=True))
    rounding = plain.rounding
    if rounding in (Rounding.FLOOR, Rounding.TRUNCATE) or plain.automatic_padding is not None:
        return {}
    if rounding is Rounding.CLIP:
        if any(k <= low for k, _, (low, _) in each_axis):
            raise UnsupportedError("it keeps the last window, wherever it begins.")
        return {}
    if rounding in (Rounding.CEIL, Rounding.REACH) and any(
        s > k - high for k, s, (_, high) in each_axis
    ):
        raise UnsupportedError("its ceil_mode keeps windows that begin behind the input.")
    return {"ceil_mode": True}


def _propose_divisor(plain: Plain, spatial: int) -> dict[str, Any]:
    sides = plain.padding_of_sides
    is_padded = plain.automatic_padding is not None or any(any(pair) for pair in sides)
    if not isinstance(plain.divisor, str):
        if spatial == 1:
            raise UnsupportedError("its pooling of one axis has no divisor_override.")
        # The mean of whole windows, multiplied by their elements, is the sum.
        return {"exclusive": False, "divisor_override": plain.divisor}
    if plain.divisor == "valid" or not is_padded:
        return {}
    if plain.automatic_padding is not None or any(low != high for low, high in sides):
        raise UnsupportedError("it counts the padding before the input at both ends.")
    return {"exclusive": False}
