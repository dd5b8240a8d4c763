"""Core ML's MIL programs: their pooling operations."""

from collections.abc import Sequence

from poolkit._arguments import OneOrPerAxis, boolean, per_axis
from poolkit._errors import ArgumentError, message
from poolkit.dialects.layer import Layer
from poolkit.dialects.native import Dialect
from poolkit.geometry import Adaptive, AutomaticPadding, Rounding, Sliding, Specification
from poolkit.reducers import ComparedMax, Mean, PowerNorm, Reducer

__all__ = [
    "DIALECT",
    "MIL_TYPES",
    "avg_pool",
    "l2_pool",
    "layer_of",
    "max_pool",
    "reducer_of",
]

DIALECT = Dialect("coreml")

Pair = tuple[int, int]

MIL_TYPES = {AutomaticPadding.SAME: "same", AutomaticPadding.SAME_LOWER: "same_lower"}


def reducer_of(kind: str, excludes_padding: bool) -> Reducer:
    """Return what becomes of a window, by the type's name in networks."""
    if kind == "MAX":
        return ComparedMax()
    if kind == "L2":
        return PowerNorm(2)
    return Mean("valid" if excludes_padding else "padded")


def layer_of(windows: Sequence[Sliding | Adaptive], reducer: Reducer, rank: int) -> Layer:
    """Return pooling over the last axes."""
    axes = tuple(range(rank - len(windows), rank))
    specification = Specification(tuple(windows), axes, may_be_empty=True)
    return Layer(specification, reducer, has_gradient=False)


def _mil(
    reducer: Reducer,
    kernel_sizes: OneOrPerAxis,
    strides: OneOrPerAxis | None,
    pad_type: str,
    pad: OneOrPerAxis | None,
    ceil_mode: bool,
    spatial: int,
) -> Layer:
    sizes = per_axis("kernel_sizes", kernel_sizes, spatial, least=1)
    steps = (1,) * spatial if strides is None else per_axis("strides", strides, spatial, least=1)
    kind = pad_type.lower() if isinstance(pad_type, str) else ""
    if kind not in ("valid", "same", "custom", "same_lower"):
        wanted = "be valid, same, custom or same_lower"
        raise ArgumentError(message("pad_type", wanted, repr(pad_type)))
    amounts = (0,) * (2 * spatial) if pad is None else per_axis("pad", pad, 2 * spatial, least=0)
    pads = [(amounts[2 * i], amounts[2 * i + 1]) for i in range(spatial)]
    ceil = boolean("ceil_mode", ceil_mode)
    if ceil and spatial > 2:
        raise ArgumentError(message("ceil_mode", "be False for three spatial axes", ceil))
    if ceil and kind == "same":
        raise ArgumentError(message("ceil_mode", 'be False for pad_type "same"', ceil))
    if ceil and any(low != high for low, high in pads):
        raise ArgumentError(message("pad", "be the same on both sides for ceil_mode", pad))
    automatic = {word: rule for rule, word in MIL_TYPES.items()}
    windows = []
    for size, step, pair in zip(sizes, steps, pads, strict=True):
        side: Pair = pair if kind == "custom" else (0, 0)
        rounding = Rounding.FLOOR
        if ceil:
            rounding = Rounding.CEIL if any(side) else Rounding.COVER
        windows.append(Sliding(size, step, 1, automatic.get(kind, side), rounding))
    return layer_of(windows, reducer, spatial + 2)


def _spatial(rank: int, most: int) -> int:
    if not 3 <= rank <= most + 2:
        raise ArgumentError(message("x", f"have 3 to {most + 2} axes", rank))
    return rank - 2


@DIALECT.operator("mil.max_pool", "mb.max_pool", "max_pool")
def max_pool(
    x: object,
    /,
    kernel_sizes: OneOrPerAxis,
    strides: OneOrPerAxis | None = None,
    pad_type: str = "valid",
    pad: OneOrPerAxis | None = None,
    ceil_mode: bool = False,
    *,
    rank: int,
) -> Layer:
    """Return what MIL's ``max_pool`` gives for arrays (N, C, *spatial)."""
    del x
    spatial = _spatial(rank, 3)
    return _mil(ComparedMax(), kernel_sizes, strides, pad_type, pad, ceil_mode, spatial)


@DIALECT.operator("mil.avg_pool", "mb.avg_pool", "avg_pool")
def avg_pool(
    x: object,
    /,
    kernel_sizes: OneOrPerAxis,
    strides: OneOrPerAxis | None = None,
    pad_type: str = "valid",
    pad: OneOrPerAxis | None = None,
    exclude_padding_from_average: bool = False,
    ceil_mode: bool = False,
    *,
    rank: int,
) -> Layer:
    """Return what MIL's ``avg_pool`` gives for arrays (N, C, *spatial)."""
    del x
    excludes = boolean("exclude_padding_from_average", exclude_padding_from_average)
    reducer = reducer_of("AVERAGE", excludes)
    return _mil(reducer, kernel_sizes, strides, pad_type, pad, ceil_mode, _spatial(rank, 3))


@DIALECT.operator("mil.l2_pool", "mb.l2_pool", "l2_pool")
def l2_pool(
    x: object,
    /,
    kernel_sizes: OneOrPerAxis,
    strides: OneOrPerAxis | None = None,
    pad_type: str = "valid",
    pad: OneOrPerAxis | None = None,
    ceil_mode: bool = False,
    *,
    rank: int,
) -> Layer:
    """Return what MIL's ``l2_pool`` gives for arrays (N, C, *spatial) of one or two such axes."""
    del x
    spatial = _spatial(rank, 2)
    return _mil(PowerNorm(2), kernel_sizes, strides, pad_type, pad, ceil_mode, spatial)
