"""Paddle's maxima, averages and norms of windows that slide."""

from math import inf, isnan, prod

from poolkit._arguments import OneOrPerAxis, boolean
from poolkit._errors import ArgumentError, ArgumentTypeError, message
from poolkit.dialects.layer import Layer
from poolkit.dialects.numbering import plane
from poolkit.dialects.paddle_reducers import always, max_with_mask, max_without_mask
from poolkit.dialects.paddle_windows import Sizes, sizes_of
from poolkit.geometry import DifferenceSliding
from poolkit.reducers import Mean, PowerNorm, Reducer, ScaledMean

__all__ = [
    "avg_pool1d",
    "avg_pool2d",
    "avg_pool3d",
    "lp_pool1d",
    "lp_pool2d",
    "max_pool1d",
    "max_pool2d",
    "max_pool3d",
]


def _max_pool(sizes: Sizes, return_mask: bool) -> Layer:
    if not boolean("return_mask", return_mask):
        return Layer(sizes.windows(), max_without_mask, check=sizes.check)
    if sizes.axes[0] == 1:
        raise ArgumentError(message("return_mask", "be False with the channels last", "True"))
    if any(low != high for low, high in sizes.pairs):
        wanted = "be the same on both sides of an axis with return_mask"
        raise ArgumentError(message("padding", wanted, sizes.padding))
    plainly = Sizes(sizes.kernel_size, sizes.stride, sizes.pairs, sizes.axes, sizes.ceil_mode)
    return Layer(
        plainly.windows(), max_with_mask, plane, check=plainly.check, refuses_unchosen=True
    )


def _avg_pool(sizes: Sizes, exclusive: bool, divisor_override: float | None = None) -> Layer:
    excludes = boolean("exclusive", exclusive)
    reducer: Reducer = Mean("valid" if excludes else "padded")
    if divisor_override is not None:
        if not isinstance(divisor_override, int | float) or isnan(divisor_override):
            raise ArgumentError(message("divisor_override", "be a number", divisor_override))
        elements = prod(sizes.kernel_size)
        reducer = ScaledMean(elements, float(divisor_override), reducer.divisor)
    windows = sizes.windows(DifferenceSliding, low_at_both_ends=not excludes)
    return Layer(windows, always(reducer), check=sizes.check)


def _lp_pool(sizes: Sizes, norm_type: float) -> Layer:
    if isinstance(norm_type, bool) or not isinstance(norm_type, int | float):
        raise ArgumentTypeError(message("norm_type", "be a number", repr(norm_type)))
    if norm_type == 0 or isnan(norm_type):
        raise ArgumentError(message("norm_type", "be a number other than 0", norm_type))
    if norm_type == inf:
        return Layer(sizes.windows(), max_without_mask, check=sizes.check)
    reducer = PowerNorm(float(norm_type), quotient=True, single=True)
    return Layer(sizes.windows(), always(reducer), check=sizes.check)


def max_pool1d(
    x: object,
    /,
    kernel_size: OneOrPerAxis,
    stride: OneOrPerAxis | None = None,
    padding: object = 0,
    return_mask: bool = False,
    ceil_mode: bool = False,
    name: str | None = None,
    *,
    rank: int,
) -> Layer:
    """Return what ``paddle.nn.functional.max_pool1d`` gives for arrays (N, C, L)."""
    del x, name
    return _max_pool(sizes_of(1, rank, kernel_size, stride, padding, ceil_mode), return_mask)


def max_pool2d(
    x: object,
    /,
    kernel_size: OneOrPerAxis,
    stride: OneOrPerAxis | None = None,
    padding: object = 0,
    return_mask: bool = False,
    ceil_mode: bool = False,
    data_format: str = "NCHW",
    name: str | None = None,
    *,
    rank: int,
) -> Layer:
    """Return what ``paddle.nn.functional.max_pool2d`` gives for arrays (N, C, H, W)."""
    del x, name
    sizes = sizes_of(2, rank, kernel_size, stride, padding, ceil_mode, data_format)
    return _max_pool(sizes, return_mask)


def max_pool3d(
    x: object,
    /,
    kernel_size: OneOrPerAxis,
    stride: OneOrPerAxis | None = None,
    padding: object = 0,
    return_mask: bool = False,
    ceil_mode: bool = False,
    data_format: str = "NCDHW",
    name: str | None = None,
    *,
    rank: int,
) -> Layer:
    """Return what ``paddle.nn.functional.max_pool3d`` gives for arrays (N, C, D, H, W)."""
    del x, name
    sizes = sizes_of(3, rank, kernel_size, stride, padding, ceil_mode, data_format)
    return _max_pool(sizes, return_mask)


def avg_pool1d(
    x: object,
    /,
    kernel_size: OneOrPerAxis,
    stride: OneOrPerAxis | None = None,
    padding: object = 0,
    exclusive: bool = True,
    ceil_mode: bool = False,
    name: str | None = None,
    *,
    rank: int,
) -> Layer:
    """Return what ``paddle.nn.functional.avg_pool1d`` gives for arrays (N, C, L)."""
    del x, name
    return _avg_pool(sizes_of(1, rank, kernel_size, stride, padding, ceil_mode), exclusive)


def avg_pool2d(
    x: object,
    /,
    kernel_size: OneOrPerAxis,
    stride: OneOrPerAxis | None = None,
    padding: object = 0,
    ceil_mode: bool = False,
    exclusive: bool = True,
    divisor_override: float | None = None,
    data_format: str = "NCHW",
    name: str | None = None,
    *,
    rank: int,
) -> Layer:
    """Return what ``paddle.nn.functional.avg_pool2d`` gives for arrays (N, C, H, W)."""
    del x, name
    sizes = sizes_of(2, rank, kernel_size, stride, padding, ceil_mode, data_format)
    return _avg_pool(sizes, exclusive, divisor_override)


def avg_pool3d(
    x: object,
    /,
    kernel_size: OneOrPerAxis,
    stride: OneOrPerAxis | None = None,
    padding: object = 0,
    ceil_mode: bool = False,
    exclusive: bool = True,
    divisor_override: float | None = None,
    data_format: str = "NCDHW",
    name: str | None = None,
    *,
    rank: int,
) -> Layer:
    """Return what ``paddle.nn.functional.avg_pool3d`` gives for arrays (N, C, D, H, W)."""
    del x, name
    sizes = sizes_of(3, rank, kernel_size, stride, padding, ceil_mode, data_format)
    return _avg_pool(sizes, exclusive, divisor_override)


def lp_pool1d(
    x: object,
    /,
    norm_type: float,
    kernel_size: OneOrPerAxis,
    stride: OneOrPerAxis | None = None,
    padding: object = 0,
    ceil_mode: bool = False,
    data_format: str = "NCL",
    name: str | None = None,
    *,
    rank: int,
) -> Layer:
    """Return what ``paddle.nn.functional.lp_pool1d`` gives for arrays (N, C, L)."""
    del x, name
    sizes = sizes_of(1, rank, kernel_size, stride, padding, ceil_mode, data_format)
    return _lp_pool(sizes, norm_type)


def lp_pool2d(
    x: object,
    /,
    norm_type: float,
    kernel_size: OneOrPerAxis,
    stride: OneOrPerAxis | None = None,
    padding: object = 0,
    ceil_mode: bool = False,
    data_format: str = "NCHW",
    name: str | None = None,
    *,
    rank: int,
) -> Layer:
    """Return what ``paddle.nn.functional.lp_pool2d`` gives for arrays (N, C, H, W)."""
    del x, name
    sizes = sizes_of(2, rank, kernel_size, stride, padding, ceil_mode, data_format)
    return _lp_pool(sizes, norm_type)
