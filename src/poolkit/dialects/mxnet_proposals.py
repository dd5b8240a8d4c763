"""From plain words to MXNet's calls."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from poolkit._errors import UnsupportedError
from poolkit.dialects.plain import Call, Plain
from poolkit.geometry import AutomaticPadding, Rounding

__all__ = ["LAYOUTS", "propose"]

LAYOUTS: dict[int, dict[str, tuple[int, ...]]] = {
    1: {"NCW": (2,), "NWC": (1,)},
    2: {"NCHW": (2, 3), "NHWC": (1, 2)},
    3: {"NCDHW": (2, 3, 4), "NDHWC": (1, 2, 3)},
}


def propose(plain: Plain) -> Iterator[Call]:
    """Yield MXNet's calls that may say the same."""
    spatial = len(plain.axes)
    if plain.rank != spatial + 2 or spatial not in LAYOUTS:
        raise UnsupportedError("MXNet pools one to three axes, besides batch and channels.")
    layout = {axes: name for name, axes in LAYOUTS[spatial].items()}.get(plain.axes)
    if layout is None:
        raise UnsupportedError("MXNet has the pooled axes together, the channels on one side.")
    said: dict[str, Any] = {}
    if plain.channels_last:
        said["layout"] = layout
    if plain.sliding is None:
        yield _propose_adaptive(plain, said)
        return
    if any(each > 1 for each in plain.dilation):
        raise UnsupportedError("MXNet has no dilation.")
    said |= {"kernel": plain.kernel_size}
    if any(each > 1 for each in plain.stride):
        said["stride"] = plain.stride
    said |= _propose_padding(plain)
    if plain.reduce == "mean" and _counts_whole_windows(plain):
        if plain.channels_last or spatial != 2:
            reason = "MXNet divides by whole windows in Pooling_v1 of (N, C, H, W) alone."
            raise UnsupportedError(reason)
        yield Call("Pooling_v1", {**said, "pool_type": "avg"})
        return
    yield Call("Pooling", {**said, **_propose_reducer(plain)})


def _propose_adaptive(plain: Plain, said: dict[str, Any]) -> Call:
    if plain.is_global:
        return Call("Pooling", {"global_pool": True, **said, **_propose_reducer(plain)})
    is_plain_mean = plain.reduce == "mean" and plain.divisor == "valid"
    if not is_plain_mean or plain.channels_last or len(plain.axes) != 2:
        raise UnsupportedError("MXNet's only adaptive pooling is an average of (N, C, H, W).")
    assert plain.output_size is not None
    if None in plain.output_size:
        raise UnsupportedError("MXNet's adaptive pooling must be told every output size.")
    return Call("contrib.AdaptiveAvgPooling2D", {"output_size": plain.output_size})


def _propose_padding(plain: Plain) -> dict[str, Any]:
    """Return the padding, and the convention for what the stride leaves over."""
    assert plain.sliding is not None
    if any(isinstance(each, AutomaticPadding) for each in plain.padding):
        raise UnsupportedError("MXNet has no automatic padding that works.")
    if any(low != high for low, high in plain.padding_of_sides):
        raise UnsupportedError("MXNet pads both sides of an axis alike.")
    pads = tuple(low for low, _ in plain.padding_of_sides)
    said: dict[str, Any] = {"pad": pads} if any(pads) else {}
    if len({each.rounding for each in plain.sliding}) > 1:
        raise UnsupportedError("MXNet's pooling_convention is the same for all axes.")
    if plain.rounding in (Rounding.FLOOR, Rounding.TRUNCATE, Rounding.CLIP):
        return said
    if all(stride == 1 for stride in plain.stride):
        return said
    never_beyond = all(
        pad + each.stride <= each.kernel_size for pad, each in zip(pads, plain.sliding, strict=True)
    )
    if plain.rounding not in (Rounding.COVER, Rounding.TRUNCATE_COVER) and not never_beyond:
        raise UnsupportedError("MXNet's last window may begin behind the input.")
    return {**said, "pooling_convention": "full"}


def _counts_whole_windows(plain: Plain) -> bool:
    """Return whether a mean divides by elements behind the padding too."""
    if isinstance(plain.divisor, str):
        return plain.divisor == "window" and plain.rounding is not Rounding.FLOOR
    if plain.divisor != np.prod(plain.kernel_size):
        raise UnsupportedError("MXNet divides by no number of the caller's own.")
    return plain.rounding is not Rounding.FLOOR


def _propose_reducer(plain: Plain) -> dict[str, Any]:
    if plain.reduce == "mean":
        if plain.divisor == "valid" and not plain.is_global:
            return {"pool_type": "avg", "count_include_pad": False}
        return {"pool_type": "avg"}
    if plain.reduce != "norm":
        return {"pool_type": plain.reduce}
    if plain.mean_of_powers:
        raise UnsupportedError("MXNet's lp takes the sum of powers, not their mean.")
    if plain.norm_type not in (1, 2, 3):
        raise UnsupportedError("MXNet's lp has the powers 1, 2 and 3 alone.")
    return {"pool_type": "lp", "p_value": int(plain.norm_type)}
