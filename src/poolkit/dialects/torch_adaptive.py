"""PyTorch's adaptive and fractional windows, and its unpooling.

Source: as :mod:`poolkit.dialects.torch`.
"""

from collections.abc import Sequence
from typing import Any

from poolkit._arguments import OneOrPerAxis, OutputSize, per_axis
from poolkit._errors import ArgumentError, ArgumentTypeError, message
from poolkit.dialects.layer import Layer, Shape
from poolkit.dialects.native import Native
from poolkit.dialects.numbering import plane_or_start
from poolkit.dialects.torch_layers import (
    FLOATS,
    Fractional,
    NoWindows,
    Unpooling,
    check_dtype,
    check_rank,
    max_of_floats,
)
from poolkit.dialects.torch_names import named
from poolkit.geometry import Adaptive, Plan, Specification
from poolkit.reducers import Mean, Reducer
from poolkit.reducers.dtypes import DType

__all__ = [
    "adaptive_avg_pool1d",
    "adaptive_avg_pool2d",
    "adaptive_avg_pool3d",
    "adaptive_max_pool1d",
    "adaptive_max_pool1d_with_indices",
    "adaptive_max_pool2d",
    "adaptive_max_pool2d_with_indices",
    "adaptive_max_pool3d",
    "adaptive_max_pool3d_with_indices",
    "fractional_max_pool2d",
    "fractional_max_pool2d_with_indices",
    "fractional_max_pool3d",
    "fractional_max_pool3d_with_indices",
    "max_unpool1d",
    "max_unpool2d",
    "max_unpool3d",
]


def _refuse_empty_but_first(plan: Plan) -> None:
    shape = plan.shape
    if 0 in shape[1:]:
        raise ArgumentError(message("x", "have no axis of length 0 but the first", shape))


def _bins(spatial: int, output_size: object) -> tuple[int | None, ...]:
    """Return the number of windows on each axis, None for one per element."""
    if isinstance(output_size, Sequence):
        entries = tuple(output_size)
        allowed = None if spatial > 1 else False
    else:
        entries, allowed = (output_size,) * spatial, False
    if len(entries) != spatial:
        wanted = f"be an integer, or a sequence of {spatial}"
        raise ArgumentError(message("output_size", wanted, output_size))
    return tuple(
        None if entry is allowed else per_axis("output_size", entry, 1, least=0)[0]
        for entry in entries
    )


def _mean_of_floats(dtype: DType) -> Reducer:
    check_dtype(dtype, FLOATS)
    return Mean()


def _adaptive_max_pool(spatial: int, *, with_indices: bool = False) -> Native:
    def pool(
        x: object,
        /,
        output_size: OutputSize,
        return_indices: bool = with_indices,
        *,
        rank: int,
    ) -> Layer | NoWindows:
        del x
        check_rank(rank, spatial)
        bins = _bins(spatial, output_size)
        numbering = plane_or_start if with_indices or return_indices else None
        if 0 in bins:
            return NoWindows(bins, numbering is not None, FLOATS)
        windows = Specification(tuple(map(Adaptive, bins)))
        return Layer(windows, max_of_floats, numbering, check=_refuse_empty_but_first)

    name = f"adaptive_max_pool{spatial}d"
    if with_indices:
        return named(pool, spatial, f"{name}_with_indices")
    return named(pool, spatial, name, f"AdaptiveMaxPool{spatial}d")


def _adaptive_avg_pool(spatial: int) -> Native:
    def pool(x: object, /, output_size: OutputSize, *, rank: int) -> Layer | NoWindows:
        del x
        check_rank(rank, spatial)
        bins = _bins(spatial, output_size)
        if 0 in bins:
            return NoWindows(bins, allowed=FLOATS if spatial == 3 else None)
        check = _refuse_empty_but_first if spatial == 3 else None
        return Layer(Specification(tuple(map(Adaptive, bins))), _mean_of_floats, check=check)

    name = f"adaptive_avg_pool{spatial}d"
    return named(pool, spatial, name, f"AdaptiveAvgPool{spatial}d")


adaptive_max_pool1d, adaptive_max_pool2d, adaptive_max_pool3d = (
    _adaptive_max_pool(n) for n in (1, 2, 3)
)
(
    adaptive_max_pool1d_with_indices,
    adaptive_max_pool2d_with_indices,
    adaptive_max_pool3d_with_indices,
) = (_adaptive_max_pool(n, with_indices=True) for n in (1, 2, 3))
adaptive_avg_pool1d, adaptive_avg_pool2d, adaptive_avg_pool3d = (
    _adaptive_avg_pool(n) for n in (1, 2, 3)
)


def _ratios(output_ratio: Any, spatial: int) -> tuple[float, ...]:
    entries = (*output_ratio,) if isinstance(output_ratio, Sequence) else (output_ratio,) * spatial
    if not all(isinstance(each, (int, float)) for each in entries):
        raise ArgumentTypeError(message("output_ratio", "hold numbers", output_ratio))
    if len(entries) != spatial:
        raise ArgumentError(message("output_ratio", f"hold {spatial} numbers", output_ratio))
    return tuple(map(float, entries))


def _fractional_max_pool(
    spatial: int, *, with_indices: bool = False, is_module: bool = False
) -> Native:
    def pool(
        x: object,
        random_samples: object = None,
        /,
        kernel_size: OneOrPerAxis = (),
        output_size: OneOrPerAxis | None = None,
        output_ratio: float | Sequence[float] | None = None,
        return_indices: bool = with_indices,
    ) -> Fractional:
        del x, random_samples
        if output_size is None and output_ratio is None:
            wanted = "be given, unless output_ratio is"
            raise ArgumentError(message("output_size", wanted, None))
        counts = None if output_size is None else per_axis("output_size", output_size, spatial, 0)
        ratios = None
        if is_module and output_ratio is not None:
            if output_size is not None:
                wanted = "be left out where output_size is given"
                raise ArgumentError(message("output_ratio", wanted, output_ratio))
            ratios = _ratios(output_ratio, spatial)
            if not all(0 < ratio < 1 for ratio in ratios):
                raise ArgumentError(message("output_ratio", "lie between 0 and 1", output_ratio))
        elif counts is None:
            if spatial == 2 and not isinstance(output_ratio, Sequence):
                raise ArgumentTypeError(message("output_ratio", "be a sequence", output_ratio))
            ratios = _ratios(output_ratio, spatial)
        sizes = per_axis("kernel_size", kernel_size, spatial, least=1)
        return Fractional(sizes, counts, ratios, with_indices or bool(return_indices))

    if is_module:
        return named(pool, spatial, f"FractionalMaxPool{spatial}d")
    suffix = "_with_indices" if with_indices else ""
    return named(pool, spatial, f"fractional_max_pool{spatial}d{suffix}")


fractional_max_pool2d, fractional_max_pool3d = (_fractional_max_pool(n) for n in (2, 3))
fractional_max_pool2d_with_indices, fractional_max_pool3d_with_indices = (
    _fractional_max_pool(n, with_indices=True) for n in (2, 3)
)
for _spatial in (2, 3):
    _fractional_max_pool(_spatial, is_module=True)


def _max_unpool(spatial: int) -> Native:
    def unpool(
        x: object,
        indices: object,
        /,
        kernel_size: OneOrPerAxis,
        stride: OneOrPerAxis | None = None,
        padding: OneOrPerAxis = 0,
        output_size: Sequence[int] | None = None,
    ) -> Unpooling:
        del x, indices
        # No length, stride or padding is refused, unless what follows from it is, and what a
        # sequence holds beyond one per axis is not looked at. In 3-d it is, and the stride has
        # to be positive.
        least = -(2**31)
        strides = kernel_size if stride is None else stride
        if spatial < 3 and isinstance(strides, Sequence):
            strides = strides[:spatial]
        if spatial < 3 and isinstance(padding, Sequence):
            padding = padding[:spatial]
        size: Shape | None = None
        if output_size is not None:
            if not isinstance(output_size, Sequence):
                raise ArgumentTypeError(message("output_size", "be a sequence", output_size))
            if len(output_size) not in (spatial, spatial + 2):
                wanted = f"hold {spatial} or {spatial + 2} integers"
                raise ArgumentError(message("output_size", wanted, output_size))
            size = per_axis("output_size", output_size, len(output_size), least)
        return Unpooling(
            per_axis("kernel_size", kernel_size, spatial, least),
            per_axis("stride", strides, spatial, 1 if spatial == 3 else least),
            per_axis("padding", padding, spatial, least),
            size,
        )

    return named(unpool, spatial, f"max_unpool{spatial}d", f"MaxUnpool{spatial}d")


max_unpool1d, max_unpool2d, max_unpool3d = (_max_unpool(n) for n in (1, 2, 3))
