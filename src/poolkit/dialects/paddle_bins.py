"""Paddle's adaptive and fractional pooling."""

from collections.abc import Sequence
from typing import Any

from poolkit._arguments import OneOrPerAxis, boolean, per_axis
from poolkit._errors import ArgumentError, ArgumentTypeError, UnsupportedError, message
from poolkit.dialects.layer import Layer, Shape
from poolkit.dialects.numbering import plane
from poolkit.dialects.paddle_reducers import always, max_with_mask
from poolkit.dialects.paddle_windows import axes_of
from poolkit.geometry import Adaptive, Listed, Specification
from poolkit.geometry.fractional import paddle_spans
from poolkit.reducers import Mean

__all__ = [
    "adaptive_avg_pool1d",
    "adaptive_avg_pool2d",
    "adaptive_avg_pool3d",
    "adaptive_max_pool1d",
    "adaptive_max_pool2d",
    "adaptive_max_pool3d",
    "fractional_max_pool2d",
    "fractional_max_pool3d",
]


def _bins(output_size: object, spatial: int) -> tuple[int | None, ...]:
    """Return the number of windows on each axis, None for one to an element."""
    wanted = "be an integer of at least 1, or one for each pooled axis, or None"
    entries = (output_size,) * spatial
    if isinstance(output_size, Sequence) and not isinstance(output_size, str):
        entries = tuple(output_size)
    if len(entries) != spatial or (spatial == 1 and None in entries) or output_size is None:
        raise ArgumentError(message("output_size", wanted, repr(output_size)))
    given = [1 if each is None else each for each in entries]
    counts = per_axis("output_size", given, spatial, least=1)
    return tuple(
        None if each is None else count for each, count in zip(entries, counts, strict=True)
    )


def _adaptive(spatial: int, rank: int, output_size: object, data_format: str | None = None) -> Any:
    bins = _bins(output_size, spatial)
    return Specification(tuple(map(Adaptive, bins)), axes_of(spatial, rank, data_format))


def _adaptive_max(spatial: int, rank: int, output_size: object, return_mask: bool) -> Layer:
    windows = _adaptive(spatial, rank, output_size)
    numbering = plane if boolean("return_mask", return_mask) else None
    return Layer(windows, max_with_mask, numbering, refuses_unchosen=True)


def _fractional(
    spatial: int,
    rank: int,
    output_size: object,
    kernel_size: OneOrPerAxis | None,
    random_u: float | None,
    return_mask: bool,
) -> Layer:
    axes = axes_of(spatial, rank)
    bins = _bins(output_size, spatial)
    kernel = 0 if kernel_size is None else kernel_size
    sizes = per_axis("kernel_size", kernel, spatial, least=0)
    if random_u is None:
        raise UnsupportedError("random_u has to be given: Paddle draws it, and does not tell it.")
    if isinstance(random_u, bool) or not isinstance(random_u, int | float):
        raise ArgumentTypeError(message("random_u", "be a number", repr(random_u)))
    if not 0 < random_u < 1:
        raise ArgumentError(message("random_u", "lie between 0 and 1", random_u))

    def windows(shape: Shape) -> Specification:
        listed = []
        for axis, count, size in zip(axes, bins, sizes, strict=True):
            n = shape[axis]
            spans = paddle_spans(n, n if count is None else count, size or None, random_u)
            listed.append(Listed(n, spans))
        return Specification(tuple(listed), axes, may_be_empty=True)

    numbering = plane if boolean("return_mask", return_mask) else None
    return Layer(windows, max_with_mask, numbering, refuses_unchosen=True)


def adaptive_avg_pool1d(
    x: object, /, output_size: object, name: str | None = None, *, rank: int
) -> Layer:
    """Return what ``paddle.nn.functional.adaptive_avg_pool1d`` gives for arrays (N, C, L)."""
    del x, name
    return Layer(_adaptive(1, rank, output_size), always(Mean()))


def adaptive_avg_pool2d(
    x: object,
    /,
    output_size: object,
    data_format: str = "NCHW",
    name: str | None = None,
    *,
    rank: int,
) -> Layer:
    """Return what ``paddle.nn.functional.adaptive_avg_pool2d`` gives for arrays (N, C, H, W)."""
    del x, name
    return Layer(_adaptive(2, rank, output_size, data_format), always(Mean()))


def adaptive_avg_pool3d(
    x: object,
    /,
    output_size: object,
    data_format: str = "NCDHW",
    name: str | None = None,
    *,
    rank: int,
) -> Layer:
    """Return what ``paddle.nn.functional.adaptive_avg_pool3d`` gives for arrays (N, C, D, H, W)."""
    del x, name
    return Layer(_adaptive(3, rank, output_size, data_format), always(Mean()))


def adaptive_max_pool1d(
    x: object,
    /,
    output_size: object,
    return_mask: bool = False,
    name: str | None = None,
    *,
    rank: int,
) -> Layer:
    """Return what ``paddle.nn.functional.adaptive_max_pool1d`` gives for arrays (N, C, L)."""
    del x, name
    return _adaptive_max(1, rank, output_size, return_mask)


def adaptive_max_pool2d(
    x: object,
    /,
    output_size: object,
    return_mask: bool = False,
    name: str | None = None,
    *,
    rank: int,
) -> Layer:
    """Return what ``paddle.nn.functional.adaptive_max_pool2d`` gives for arrays (N, C, H, W)."""
    del x, name
    return _adaptive_max(2, rank, output_size, return_mask)


def adaptive_max_pool3d(
    x: object,
    /,
    output_size: object,
    return_mask: bool = False,
    name: str | None = None,
    *,
    rank: int,
) -> Layer:
    """Return what ``paddle.nn.functional.adaptive_max_pool3d`` gives for arrays (N, C, D, H, W)."""
    del x, name
    return _adaptive_max(3, rank, output_size, return_mask)


def fractional_max_pool2d(
    x: object,
    /,
    output_size: object,
    kernel_size: OneOrPerAxis | None = None,
    random_u: float | None = None,
    return_mask: bool = False,
    name: str | None = None,
    *,
    rank: int,
) -> Layer:
    """Return what ``paddle.nn.functional.fractional_max_pool2d`` gives for (N, C, H, W)."""
    del x, name
    return _fractional(2, rank, output_size, kernel_size, random_u, return_mask)


def fractional_max_pool3d(
    x: object,
    /,
    output_size: object,
    kernel_size: OneOrPerAxis | None = None,
    random_u: float | None = None,
    return_mask: bool = False,
    name: str | None = None,
    *,
    rank: int,
) -> Layer:
    """Return what ``paddle.nn.functional.fractional_max_pool3d`` gives for (N, C, D, H, W)."""
    del x, name
    return _fractional(3, rank, output_size, kernel_size, random_u, return_mask)
