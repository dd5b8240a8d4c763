"""scikit-image: `measure.block_reduce` and `transform.downscale_local_mean`.

Where it departs from others: blocks never overlap and cover every axis, channels too; the last
block is filled up with `cval`, 0 by default, which is an element like any other: a maximum of
negative numbers becomes 0 there, and a mean counts it. Any function of NumPy's that has an axis
may be taken, by its name or itself. Nothing has a gradient.

``poolingOverlap`` is no part of scikit-image, but a recipe that goes around: windows that may
overlap, NaN dropped, and with `pad` the last ones cut short.

Source: scikit-image/scikit-image 0.26, skimage/measure/block.py, skimage/util/shape.py,
skimage/transform/_warps.py; Stack Overflow, question 42463172.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from math import inf, prod
from typing import Any, SupportsIndex
from warnings import catch_warnings, simplefilter

import numpy as np

from poolkit._arguments import boolean, per_axis
from poolkit._errors import ArgumentError, ArgumentTypeError, UnsupportedError, message
from poolkit.dialects.layer import Layer
from poolkit.dialects.native import Dialect
from poolkit.dialects.plain import Call, Plain
from poolkit.geometry import AutomaticPadding, Plan, Sliding, Specification
from poolkit.reducers import Filled, Function, Max, Mean, Min, Reducer, Sum
from poolkit.reducers.reducer import Array

__all__ = ["DIALECT", "block_reduce", "downscale_local_mean", "pooling_overlap"]

DIALECT = Dialect("skimage")

Factors = SupportsIndex | Sequence[SupportsIndex]

FUNCTIONS = (
    *("sum", "max", "min", "mean", "median", "std", "var", "prod", "amax", "amin", "ptp"),
    *("any", "all", "average", "count_nonzero", "quantile", "percentile"),
    *("nansum", "nanmax", "nanmin", "nanmean", "nanmedian", "nanstd", "nanvar", "nanprod"),
    *("nanquantile", "nanpercentile"),
)
"""The functions of NumPy's that reduce several axes at once, and go by their names here."""

WITHOUT_FILLING: dict[str, tuple[float, Reducer]] = {
    "sum": (0.0, Sum()),
    "max": (-inf, Max()),
    "amax": (-inf, Max()),
    "min": (inf, Min()),
    "amin": (inf, Min()),
    "mean": (0.0, Mean("window")),
}
"""Functions for which a `cval` changes nothing, and the reducers that say the same then."""


def _blocks(name: str, block_size: Factors, rank: int) -> tuple[Specification, tuple[int, ...]]:
    if rank < 1:
        raise ArgumentError(message("x", "have 1 axis or more", rank))
    if isinstance(block_size, np.ndarray):
        block_size = [int(each) for each in np.atleast_1d(block_size)]
    sizes = per_axis(name, block_size, rank, least=1)
    # Blocks of one element leave their axis as it is.
    axes = [axis for axis, size in enumerate(sizes) if size > 1] or [rank - 1]
    windows = tuple(
        Sliding(sizes[axis], sizes[axis], 1, AutomaticPadding.SAME_END) for axis in axes
    )
    return Specification(windows, tuple(axes), may_lack_windows=True), sizes


def _function(
    func: object, func_kwargs: Mapping[str, Any] | None
) -> tuple[str, Callable[..., Any]]:
    """Return NumPy's name for a function, "" if it is no other's, and the function."""
    if isinstance(func, str):
        name = func.removeprefix("numpy.").removeprefix("np.")
        if name not in FUNCTIONS:
            wanted = f"be a function, or one of np.{', np.'.join(FUNCTIONS)}"
            raise ArgumentError(message("func", wanted, repr(func)))
        function: Callable[..., Any] = getattr(np, name)
    elif callable(func):
        function, name = func, getattr(func, "__name__", "")
        if name not in FUNCTIONS or getattr(np, name) is not func:
            name = ""
    else:
        raise ArgumentTypeError(message("func", "be a function", repr(func)))
    if not func_kwargs:
        return name, function
    said = dict(func_kwargs)
    if isinstance(said.get("dtype"), str):
        said["dtype"] = said["dtype"].removeprefix("numpy.").removeprefix("np.")
    return "", partial(function, **said)


def _reducer(
    func: object, func_kwargs: Mapping[str, Any] | None, cval: float, elements: int
) -> Reducer:
    name, function = _function(func, func_kwargs)
    harmless, reducer = WITHOUT_FILLING.get(name, (None, None))
    if reducer is not None and cval == harmless:
        return reducer
    if reducer is None or name in ("sum", "mean"):
        reducer = Function(function)
    return Filled(reducer, elements, cval)


@DIALECT.operator("measure.block_reduce")
def block_reduce(
    x: object,
    /,
    block_size: Factors = 2,
    func: str | Callable[..., Any] = "np.sum",
    cval: float = 0,
    func_kwargs: Mapping[str, Any] | None = None,
    *,
    rank: int,
) -> Layer:
    """Return what ``skimage.measure.block_reduce`` gives for arrays of any rank."""
    del x
    windows, sizes = _blocks("block_size", block_size, rank)
    reducer = _reducer(func, func_kwargs, _number("cval", cval), prod(sizes))
    return Layer(windows, reducer, has_gradient=False)


@DIALECT.operator("transform.downscale_local_mean")
def downscale_local_mean(
    x: object,
    /,
    factors: Factors,
    cval: float = 0,
    clip: bool = True,
    *,
    rank: int,
) -> Layer:
    """Return what ``skimage.transform.downscale_local_mean`` gives for arrays of any rank."""
    del x, clip
    windows, sizes = _blocks("factors", factors, rank)
    reducer = _reducer("np.mean", None, _number("cval", cval), prod(sizes))
    return Layer(windows, reducer, has_gradient=False)


def _number(name: str, value: object) -> float:
    if isinstance(value, bool | int | float | np.number | np.bool_):
        return value.item() if isinstance(value, np.generic) else value
    raise ArgumentTypeError(message(name, "be a number", repr(value)))


def _without_nan(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a reduction that drops NaN, and makes no noise about windows of nothing else."""

    def reduce(windows: Array, axis: int) -> Any:
        with catch_warnings():
            simplefilter("ignore", RuntimeWarning)
            return function(windows, axis=axis)

    return reduce


NANMAX, NANMEAN = Function(_without_nan(np.nanmax)), Function(_without_nan(np.nanmean))


@DIALECT.operator("poolingOverlap")
def pooling_overlap(
    x: object,
    /,
    ksize: Factors,
    stride: Factors | None = None,
    method: str = "max",
    pad: bool = False,
    *,
    rank: int,
) -> Layer:
    """Return what ``poolingOverlap`` gives for arrays (H, W) or (H, W, C)."""
    del x
    if rank not in (2, 3):
        raise ArgumentError(message("x", "have 2 or 3 axes, (H, W) or (H, W, C)", rank))
    sizes = per_axis("ksize", ksize, 2, least=1)
    strides = sizes if stride is None else per_axis("stride", stride, 2, least=1)
    is_padded = boolean("pad", pad)
    windows = tuple(
        Sliding(size, step, 1, AutomaticPadding.SAME_END if is_padded else (0, 0))
        for size, step in zip(sizes, strides, strict=True)
    )

    def check(plan: Plan) -> None:
        for axis, each in zip(plan.axes, plan.windows, strict=True):
            end = each.positions(each.count - 1).stop
            if is_padded and end < each.length:
                wanted = f"let windows reach the end of axis {axis}, {each.length}"
                raise ArgumentError(message("stride", wanted, end))

    reducer = NANMAX if method == "max" else NANMEAN
    return Layer(Specification(windows, (0, 1)), reducer, check=check, has_gradient=False)


@DIALECT.proposer
def propose(plain: Plain) -> Iterator[Call]:
    """Propose ``block_reduce``."""
    if plain.sliding is None:
        raise UnsupportedError("its blocks have a fixed size.")
    if plain.stride != plain.kernel_size:
        raise UnsupportedError("its blocks never overlap, and leave nothing out.")
    if set(plain.dilation) != {1}:
        raise UnsupportedError("its blocks have no dilation.")
    at_end = (AutomaticPadding.SAME_END, AutomaticPadding.SAME)
    if plain.automatic_padding not in at_end and set(plain.padding) != {(0, 0)}:
        raise UnsupportedError("it pads nothing but the end, up to a whole block.")
    values: dict[str, float] = {"max": -inf, "sum": 0, "mean": 0}
    if plain.reduce not in values:
        raise UnsupportedError("it has no function for norms.")
    if plain.reduce == "mean" and not isinstance(plain.divisor, str):
        raise UnsupportedError("its mean divides by the elements of a block.")
    block = [1] * plain.rank
    for axis, size in zip(plain.axes, plain.kernel_size, strict=True):
        block[axis] = size
    params: dict[str, Any] = {"block_size": tuple(block), "func": f"np.{plain.reduce}"}
    if values[plain.reduce]:
        params["cval"] = values[plain.reduce]
    yield Call("measure.block_reduce", params)
