"""Core ML: the pooling layers of its neural networks, and the pooling of its MIL programs.

Where it departs from others: averages count padding by default; what is rounded up is cut back
only where something is padded, as in Caffe, though MIL's documentation calls it PyTorch's; MIL's
"same_lower" with ceil_mode passes its checks, and pads as it would without. It infers only: there
are no gradients, and no indices.

A network's parameters are those of the messages PoolingLayerParams and Pooling3DLayerParams, one
message in another as a dictionary: ``includeLastPixel={"paddingAmounts": [1, 1]}``.

Unverified, since its runtime is closed: NaN (here it wins a maximum), equal elements, windows
that hold nothing (here −∞, and NaN for averages), and what an average that is rounded up divides
by where it hangs over the padding (here what lies in the input or its padding, as in Caffe).

Source: apple/coremltools, mlmodel/format/NeuralNetwork.proto,
coremltools/converters/mil/mil/ops/defs/iOS15/pool.py and _utils.py,
coremltools/models/neural_network/builder.py (add_pooling), and the tests of l2_pool: the root of
the sum of squares.
"""

# ruff: noqa: N803 - the names of Core ML's fields

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from poolkit._arguments import OneOrPerAxis, boolean, per_axis
from poolkit._errors import ArgumentError, ArgumentTypeError, UnsupportedError, message
from poolkit.dialects.coreml_programs import (
    DIALECT,
    MIL_TYPES,
    avg_pool,
    l2_pool,
    layer_of,
    max_pool,
    reducer_of,
)
from poolkit.dialects.layer import Layer
from poolkit.dialects.plain import Call, Plain
from poolkit.geometry import Adaptive, AutomaticPadding, Rounding, Sliding

__all__ = [
    "DIALECT",
    "avg_pool",
    "global_pooling_3d",
    "l2_pool",
    "max_pool",
    "pooling",
    "pooling_3d",
]

Pair = tuple[int, int]


def _member(name: str, value: Any, members: Sequence[str]) -> str:
    """Return the name of an enumeration's member from its name or number."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < len(members):
        return members[value]
    if not isinstance(value, str) or value not in members:
        raise ArgumentError(message(name, f"be one of {', '.join(members)}", repr(value)))
    return str(value)


def _field(name: str, value: Any, field: str, default: Any = ()) -> Any:
    """Return a field of a message; a list or tuple stands for the field itself."""
    if value is None or value is True:
        return default
    if isinstance(value, Mapping):
        unknown = set(value) - {field}
        if unknown:
            raise ArgumentError(message(name, f"have the field {field} alone", dict(value)))
        return value.get(field, default)
    if isinstance(value, Sequence):
        return value
    raise ArgumentTypeError(message(name, f"be a message with the field {field}", repr(value)))


def _border_amounts(valid: Any, axes: int) -> list[Pair]:
    """Return what `valid` adds before and behind each axis."""
    inner = _field("valid", valid, "paddingAmounts")
    amounts = _field("valid.paddingAmounts", inner, "borderAmounts")
    if not amounts:
        return [(0, 0)] * axes
    wanted = f"have {axes} borderAmounts, each with startEdgeSize and endEdgeSize"
    if not isinstance(amounts, Sequence) or isinstance(amounts, str) or len(amounts) != axes:
        raise ArgumentError(message("valid", wanted, repr(valid)))
    pairs = []
    for each in amounts:
        edges = each
        if isinstance(each, Mapping):
            edges = (each.get("startEdgeSize", 0), each.get("endEdgeSize", 0))
        low, high = per_axis("valid", edges, 2, least=0)
        pairs.append((low, high))
    return pairs


@DIALECT.operator("pooling", "PoolingLayerParams", "Pooling", "add_pooling")
def pooling(
    x: object,
    /,
    type: Any = "MAX",
    kernelSize: OneOrPerAxis = (),
    stride: OneOrPerAxis = (),
    valid: Any = None,
    same: Any = None,
    includeLastPixel: Any = None,
    avgPoolExcludePadding: bool = False,
    globalPooling: bool = False,
    *,
    rank: int,
) -> Layer:
    """Return what a layer of ``PoolingLayerParams`` gives for arrays (..., C, H, W)."""
    del x
    if rank < 4:
        raise ArgumentError(message("x", "have 4 axes or more", rank))
    kind = _member("type", type, ("MAX", "AVERAGE", "L2"))
    reducer = reducer_of(kind, boolean("avgPoolExcludePadding", avgPoolExcludePadding))
    if boolean("globalPooling", globalPooling):
        return layer_of([Adaptive(1)] * 2, reducer, rank)
    given = {"valid": valid, "same": same, "includeLastPixel": includeLastPixel}
    named = [name for name, value in given.items() if value is not None and value is not False]
    if len(named) != 1:
        wanted = "be one of valid, same and includeLastPixel"
        raise ArgumentError(message("PoolingPaddingType", wanted, named))
    sizes = (
        (3, 3)
        if isinstance(kernelSize, tuple) and not kernelSize
        else per_axis("kernelSize", kernelSize, 2, least=1)
    )
    strides = (
        (1, 1)
        if isinstance(stride, tuple) and not stride
        else per_axis("stride", stride, 2, least=1)
    )
    padding: list[Pair | AutomaticPadding] = []
    rounding = Rounding.FLOOR
    if named == ["same"]:
        mode = _field("same", same, "asymmetryMode", 0)
        modes = {
            "BOTTOM_RIGHT_HEAVY": AutomaticPadding.SAME,
            "TOP_LEFT_HEAVY": AutomaticPadding.SAME_LOWER,
        }
        padding = [modes[_member("asymmetryMode", mode or 0, tuple(modes))]] * 2
    elif named == ["includeLastPixel"]:
        amounts = _field("includeLastPixel", includeLastPixel, "paddingAmounts", (0, 0))
        pads = per_axis("includeLastPixel.paddingAmounts", amounts, 2, least=0)
        padding = [(pad, pad) for pad in pads]
        rounding = Rounding.CEIL if any(pads) else Rounding.COVER
    else:
        padding.extend(_border_amounts(valid, 2))
    windows = [
        Sliding(size, step, 1, pad, rounding)
        for size, step, pad in zip(sizes, strides, padding, strict=True)
    ]
    return layer_of(windows, reducer, rank)


@DIALECT.operator("pooling3d", "Pooling3DLayerParams", "Pooling3d", "add_pooling3d")
def pooling_3d(
    x: object,
    /,
    type: Any = "MAX",
    kernelDepth: int = 0,
    kernelHeight: int = 0,
    kernelWidth: int = 0,
    strideDepth: int = 1,
    strideHeight: int = 1,
    strideWidth: int = 1,
    paddingType: Any = "CUSTOM",
    customPaddingFront: int = 0,
    customPaddingBack: int = 0,
    customPaddingTop: int = 0,
    customPaddingBottom: int = 0,
    customPaddingLeft: int = 0,
    customPaddingRight: int = 0,
    countExcludePadding: bool = False,
    *,
    rank: int,
) -> Layer:
    """Return what a layer of ``Pooling3DLayerParams`` gives for arrays (N, C, D, H, W)."""
    del x
    if rank != 5:
        raise ArgumentError(message("x", "have 5 axes", rank))
    kind = _member("type", type, ("MAX", "AVERAGE"))
    reducer = reducer_of(kind, boolean("countExcludePadding", countExcludePadding))
    sizes = per_axis("kernel", (kernelDepth, kernelHeight, kernelWidth), 3, least=1)
    strides = per_axis("stride", (strideDepth, strideHeight, strideWidth), 3, least=1)
    customs = (
        *(customPaddingFront, customPaddingBack, customPaddingTop, customPaddingBottom),
        *(customPaddingLeft, customPaddingRight),
    )
    pads = per_axis("customPadding", customs, 6, least=0)
    mode = _member("paddingType", paddingType, ("CUSTOM", "VALID", "SAME"))
    padding: dict[str, Sequence[Pair | AutomaticPadding]] = {
        "CUSTOM": [(pads[0], pads[1]), (pads[2], pads[3]), (pads[4], pads[5])],
        "VALID": [(0, 0)] * 3,
        "SAME": [AutomaticPadding.SAME] * 3,
    }
    windows = [
        Sliding(size, step, 1, pad)
        for size, step, pad in zip(sizes, strides, padding[mode], strict=True)
    ]
    return layer_of(windows, reducer, rank)


@DIALECT.operator(
    *("globalPooling3d", "GlobalPooling3DLayerParams", "GlobalPooling3d", "add_global_pooling3d"),
)
def global_pooling_3d(x: object, /, type: Any = "MAX", *, rank: int) -> Layer:
    """Return what a layer of ``GlobalPooling3DLayerParams`` gives for arrays (N, C, D, H, W)."""
    del x
    if rank != 5:
        raise ArgumentError(message("x", "have 5 axes", rank))
    kind = _member("type", type, ("MAX", "AVERAGE"))
    return layer_of([Adaptive(1)] * 3, reducer_of(kind, True), rank)


@DIALECT.proposer
def propose(plain: Plain) -> Iterator[Call]:
    """Yield MIL's operations, and a network's layer for what is global."""
    if plain.sliding is None:
        yield _propose_global(plain)
        return
    _refuse(plain)
    params: dict[str, Any] = {"kernel_sizes": plain.kernel_size, "strides": plain.stride}
    if plain.reduce == "mean" and plain.divisor == "valid":
        params["exclude_padding_from_average"] = True
    sides = plain.padding_of_sides
    if plain.automatic_padding is not None:
        params["pad_type"] = MIL_TYPES[plain.automatic_padding]
    elif any(map(sum, sides)):
        params |= {"pad_type": "custom", "pad": tuple(side for pair in sides for side in pair)}
    else:
        params["pad_type"] = "valid"
    if plain.rounding is not Rounding.FLOOR:
        params["ceil_mode"] = True
    name = {"max": "max_pool", "mean": "avg_pool", "norm": "l2_pool"}[plain.reduce]
    yield Call(name, params)


def _propose_global(plain: Plain) -> Call:
    if not plain.is_global or plain.reduce not in ("max", "mean"):
        raise UnsupportedError("its windows have a given length, unless they are global.")
    kind = "MAX" if plain.reduce == "max" else "AVERAGE"
    if len(plain.axes) == 3:
        return Call("globalPooling3d", {"type": kind})
    if len(plain.axes) == 2:
        return Call("pooling", {"type": kind, "globalPooling": True})
    raise UnsupportedError("its global pooling is of two or three axes.")


def _refuse(plain: Plain) -> None:
    """Refuse what there are no words for."""
    if set(plain.dilation) != {1}:
        raise UnsupportedError("its pooling has no dilation.")
    if plain.reduce == "sum":
        raise UnsupportedError("it has no sums.")
    if plain.reduce == "norm" and (plain.norm_type != 2 or plain.mean_of_powers):
        raise UnsupportedError("its only norm is the root of the sum of squares.")
    if plain.reduce == "mean" and not isinstance(plain.divisor, str):
        raise UnsupportedError("the divisor of an average cannot be chosen.")
    is_automatic = any(isinstance(p, AutomaticPadding) for p in plain.padding)
    if is_automatic and plain.automatic_padding not in MIL_TYPES:
        raise UnsupportedError(
            "automatic padding is shared out between both ends, on every axis or on none."
        )
    if plain.rounding is Rounding.FLOOR:
        return
    if len(plain.axes) > 2:
        raise UnsupportedError("it does not round up on three axes.")
    if any(low != high for low, high in plain.padding_of_sides):
        raise UnsupportedError("what is rounded up is padded alike on both sides.")
