"""Torch7's dialect before it has operators, and the windows that they share.

Source: as :mod:`poolkit.dialects.torch7`.
"""

from collections.abc import Callable
from math import prod

from poolkit._arguments import boolean, per_axis
from poolkit._errors import ArgumentError, message
from poolkit.dialects.layer import Layer, Shape
from poolkit.dialects.native import Dialect
from poolkit.dialects.torch7_layers import AveragingLayer, Undivided, check_dtype
from poolkit.geometry import Plan, Rounding, Sliding, Specification
from poolkit.reducers import Mean, Reducer, Sum
from poolkit.reducers.dtypes import DType

__all__ = [
    "DIALECT",
    "averages",
    "integers",
    "refuse_empty",
    "refuse_shorter_than_kernel",
    "sliding",
    "undivided",
]

DIALECT = Dialect("torch7")


def refuse_empty(plan: Plan) -> None:
    """Refuse empty arrays."""
    if 0 in plan.shape:
        raise ArgumentError(message("x", "have no axis of length 0", plan.shape))


def refuse_shorter_than_kernel(plan: Plan) -> None:
    """Refuse arrays with an axis shorter than the kernel."""
    refuse_empty(plan)
    for axis, windows in zip(plan.axes, plan.windows, strict=True):
        if windows.length < windows.widest():
            wanted = f"be at most the length of axis {axis}, {windows.length}"
            raise ArgumentError(message("kernel", wanted, windows.widest()))


def sliding(
    names: str,
    sizes: tuple[object, ...],
    strides: tuple[object, ...],
    pads: tuple[object, ...],
    dilations: tuple[object, ...],
    ceil_mode: bool,
) -> Specification:
    """Return windows, from arguments for (width, height) or (time, width, height)."""
    kernel_sizes = integers("k", names, sizes, 1)
    steps = integers("d", names, strides, 1)
    padding = integers("pad", names, pads, 0)
    apart = integers("dilation", names, dilations, 1)
    if any(pad > size // 2 for pad, size in zip(padding, kernel_sizes, strict=True)):
        wanted = f"be at most half of the kernel, {kernel_sizes}"
        raise ArgumentError(message("pad", wanted, padding))
    rounding = Rounding.FLOOR
    if boolean("ceil_mode", ceil_mode):
        rounding = Rounding.CEIL if any(padding) else Rounding.COVER
    pairs = ((pad, pad) for pad in padding)
    windows = [
        Sliding(*each, rounding) for each in zip(kernel_sizes, steps, apart, pairs, strict=True)
    ]
    # Axes are (height, width) or (time, height, width).
    ordered = windows[::-1] if len(windows) == 2 else [windows[0], windows[2], windows[1]]
    return Specification(tuple(ordered), may_be_empty=True)


def integers(letter: str, names: str, values: tuple[object, ...], least: int) -> Shape:
    """Return the integers that arguments of these names hold."""
    return tuple(
        per_axis(letter + name, value, 1, least)[0]
        for name, value in zip(names, values, strict=True)
    )


def averages(
    windows: Specification,
    count_include_pad: bool,
    check: Callable[[Plan], None],
) -> AveragingLayer:
    """Return the averages of windows."""
    counts_padding = boolean("count_include_pad", count_include_pad)

    def mean(dtype: DType) -> Reducer:
        check_dtype(dtype)
        return Mean("padded" if counts_padding else "valid", empty=0.0)

    return AveragingLayer(windows, mean, check=check)


def undivided(windows: Specification, count_include_pad: bool) -> Layer | Undivided:
    """Return the averages of windows times their elements: sums, as far as they are."""

    def total(dtype: DType) -> Reducer:
        check_dtype(dtype)
        return Sum()

    layer = averages(windows, count_include_pad, refuse_empty)
    each = [window for window in windows.windows if isinstance(window, Sliding)]
    divides_by_all = count_include_pad or all(window.padding == (0, 0) for window in each)
    if divides_by_all and each[0].rounding is Rounding.FLOOR:
        return Layer(windows, total, check=refuse_empty)
    return Undivided(layer, prod(window.kernel_size for window in each))
