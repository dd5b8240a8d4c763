"""Lasagne: `lasagne.layers`, on Theano.

Where it departs from Theano: `ignore_border` is True by default; a layer also says a static
output shape, by a formula of its own that can go below 0 where Theano stops at 0
(`reported_output_shape`, the second output here). `GlobalPoolLayer` drops the axes that it
pools. The layers that need cuDNN are not here.

Source: Lasagne/Lasagne 2b6220af0f (0.1), lasagne/layers/pool.py; Theano 0.8,
theano/tensor/signal/pool.py, whose Python implementation :mod:`poolkit.dialects.theano` follows.
Of later versions: ``Pool3DLayer`` and the mode of the ``Upscale`` layers.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, SupportsIndex

from poolkit._arguments import per_axis
from poolkit._errors import ArgumentError, UnsupportedError, message
from poolkit.dialects import theano
from poolkit.dialects.lasagne_layers import (
    Reporting,
    Upscale,
    WinnerTakesAll,
    group_size,
    refuse_leftovers,
)
from poolkit.dialects.layer import Layer, Shape
from poolkit.dialects.native import Dialect, Native
from poolkit.dialects.plain import Call, Plain
from poolkit.geometry import Adaptive, Plan, Sliding, Specification
from poolkit.reducers import Mean, Min, Product, Reducer, Std, Sum, TiedMax, Var

__all__ = [
    "DIALECT",
    "feature_pool_layer",
    "feature_wta_layer",
    "global_pool_layer",
    "max_pool_1d_layer",
    "max_pool_2d_layer",
    "max_pool_3d_layer",
    "pool_1d_layer",
    "pool_2d_layer",
    "pool_3d_layer",
    "upscale_1d_layer",
    "upscale_2d_layer",
    "upscale_3d_layer",
]

DIALECT = Dialect("lasagne")

FUNCTIONS: dict[str, Callable[[], Reducer]] = {
    "max": TiedMax,
    "mean": Mean,
    "sum": Sum,
    "min": Min,
    "prod": Product,
    "std": Std,
    "var": Var,
}

PerAxis = SupportsIndex | Sequence[SupportsIndex]


def _check_rank(rank: int, spatial: int) -> None:
    if rank != spatial + 2:
        raise ArgumentError(message("x", f"have {spatial + 2} axes, (N, C, *spatial)", rank))


def _pooling(
    spatial: int,
    rank: int,
    pool_size: PerAxis,
    stride: PerAxis | None,
    pad: PerAxis,
    ignore_border: bool,
    mode: str,
) -> Layer:
    _check_rank(rank, spatial)
    sizes = per_axis("pool_size", pool_size, spatial, least=1)
    strides = sizes if stride is None else per_axis("stride", stride, spatial, least=1)
    pads = per_axis("pad", pad, spatial, least=0)
    axes = tuple(range(2, rank))
    layer = theano.pooling(sizes, ignore_border, strides, pads, mode, axes)

    def report(shape: Shape) -> Shape:
        asked = zip(shape[2:], sizes, strides, pads, strict=True)
        return (*shape[:2], *(_reported(*axis, bool(ignore_border)) for axis in asked))

    return Reporting(
        layer.windows,
        layer.reducer,
        has_gradient=layer.has_gradient,
        report=report,
        like=layer,
    )


def _reported(length: int, size: int, stride: int, pad: int, ignore_border: bool) -> int:
    """Return what ``pool_output_length`` says of one axis."""
    if ignore_border:
        return (length + 2 * pad - size + stride) // stride
    if stride >= size:
        return (length + stride - 1) // stride
    return max(0, (length - size + stride - 1) // stride) + 1


SHAPES = {1: "(N, C, W)", 2: "(N, C, H, W)", 3: "(N, C, D, H, W)"}


def _registered(name: str, spatial: int, function: Callable[..., Any]) -> Native:
    function.__name__ = function.__qualname__ = name
    function.__doc__ = (
        f"Return what ``{name}`` gives for arrays {SHAPES[spatial]}, and the shape it says."
    )
    return DIALECT.operator(f"layers.{name}")(function)


def _max_pool_layer(spatial: int) -> Native:
    def layer(
        x: object,
        /,
        pool_size: PerAxis,
        stride: PerAxis | None = None,
        pad: PerAxis = 0,
        ignore_border: bool = True,
        *,
        rank: int,
    ) -> Layer:
        del x
        return _pooling(spatial, rank, pool_size, stride, pad, ignore_border, "max")

    return _registered(f"MaxPool{spatial}DLayer", spatial, layer)


def _pool_layer(spatial: int) -> Native:
    def layer(
        x: object,
        /,
        pool_size: PerAxis,
        stride: PerAxis | None = None,
        pad: PerAxis = 0,
        ignore_border: bool = True,
        mode: str = "max",
        *,
        rank: int,
    ) -> Layer:
        del x
        return _pooling(spatial, rank, pool_size, stride, pad, ignore_border, mode)

    return _registered(f"Pool{spatial}DLayer", spatial, layer)


max_pool_1d_layer, max_pool_2d_layer, max_pool_3d_layer = map(_max_pool_layer, (1, 2, 3))
pool_1d_layer, pool_2d_layer, pool_3d_layer = map(_pool_layer, (1, 2, 3))


def _function(pool_function: object) -> Reducer:
    """Return what a function of Theano's, or its name, makes of a group."""
    said = pool_function if isinstance(pool_function, str) else _name(pool_function)
    name = said.rpartition(".")[2]
    if name not in FUNCTIONS:
        wanted = f"be one of T.{', T.'.join(FUNCTIONS)}"
        raise ArgumentError(message("pool_function", wanted, repr(pool_function)))
    return FUNCTIONS[name]()


def _name(function: object) -> str:
    return str(getattr(function, "__name__", function))


@DIALECT.operator("layers.GlobalPoolLayer")
def global_pool_layer(x: object, /, pool_function: object = "T.mean", *, rank: int) -> Layer:
    """Return what ``GlobalPoolLayer`` gives for arrays (N, C, *spatial): (N, C)."""
    del x
    if rank < 3:
        raise ArgumentError(message("x", "have 3 axes or more, (N, C, *spatial)", rank))
    windows = Specification((Adaptive(1),) * (rank - 2), tuple(range(2, rank)))
    return Reporting(
        windows, _function(pool_function), drops_axes=True, report=lambda shape: shape[:2]
    )


def _groups(pool_size: SupportsIndex, axis: SupportsIndex, rank: int) -> Specification:
    (size,) = per_axis("pool_size", pool_size, 1, least=1)
    (place,) = per_axis("axis", axis, 1, least=0)
    if place >= rank:
        raise ArgumentError(message("axis", f"be less than {rank}, the axes of x", place))
    return Specification((Sliding(size, size),), (place,), may_lack_windows=True)


@DIALECT.operator("layers.FeaturePoolLayer")
def feature_pool_layer(
    x: object,
    /,
    pool_size: SupportsIndex,
    axis: SupportsIndex = 1,
    pool_function: object = "T.max",
    *,
    rank: int,
) -> Layer:
    """Return what ``FeaturePoolLayer`` gives: groups along `axis` pooled, as of maxout."""
    del x
    windows = _groups(pool_size, axis, rank)
    size = group_size(windows)

    def report(shape: Shape) -> Shape:
        (place,) = windows.axes_of(rank)
        return (*shape[:place], shape[place] // size, *shape[place + 1 :])

    def check(plan: Plan) -> None:
        refuse_leftovers(plan, size)

    return Reporting(windows, _function(pool_function), check=check, report=report)


@DIALECT.operator("layers.FeatureWTALayer")
def feature_wta_layer(
    x: object, /, pool_size: SupportsIndex, axis: SupportsIndex = 1, *, rank: int
) -> WinnerTakesAll:
    """Return what ``FeatureWTALayer`` gives: zeros but for the winner of each group."""
    del x
    return WinnerTakesAll(_groups(pool_size, axis, rank))


def _upscale_layer(spatial: int) -> Native:
    def layer(x: object, /, scale_factor: PerAxis, mode: str = "repeat", *, rank: int) -> Upscale:
        del x
        _check_rank(rank, spatial)
        if mode not in ("repeat", "dilate"):
            raise ArgumentError(message("mode", "be repeat or dilate", repr(mode)))
        return Upscale(per_axis("scale_factor", scale_factor, spatial, least=1), mode)

    return _registered(f"Upscale{spatial}DLayer", spatial, layer)


upscale_1d_layer, upscale_2d_layer, upscale_3d_layer = map(_upscale_layer, (1, 2, 3))


@DIALECT.proposer
def propose(plain: Plain) -> Iterator[Call]:
    """Propose ``Pool…Layer`` and ``GlobalPoolLayer``."""
    spatial = len(plain.axes)
    if plain.rank != spatial + 2:
        raise UnsupportedError("it pools all axes but batch and channels.")
    if plain.is_global:
        if plain.reduce == "norm" or not isinstance(plain.divisor, str):
            raise UnsupportedError("its GlobalPoolLayer takes a maximum, a mean or a sum.")
        yield Call("layers.GlobalPoolLayer", {"pool_function": f"T.{plain.reduce}"})
        return
    if spatial > 3:
        raise UnsupportedError("it pools three axes at most.")
    ignore_border, pads, mode = theano.said(plain)
    params: dict[str, Any] = {"pool_size": list(plain.kernel_size)}
    if plain.stride != plain.kernel_size:
        params["stride"] = list(plain.stride)
    if any(pads):
        params["pad"] = pads
    if not ignore_border:
        params["ignore_border"] = False
    if mode == "max":
        yield Call(f"layers.MaxPool{spatial}DLayer", params)
    else:
        yield Call(f"layers.Pool{spatial}DLayer", {**params, "mode": mode})
