"""What the layers and operations of Keras 3 take, and what they mean on a backend."""

from collections.abc import Callable
from typing import Any

from poolkit._arguments import OneOrPerAxis, boolean, per_axis
from poolkit._errors import ArgumentError, ArgumentTypeError, message
from poolkit.dialects.keras_backends import Asked, Backend
from poolkit.dialects.keras_layers import CastLayer, MaskedMean
from poolkit.dialects.layer import Layer
from poolkit.dialects.tensorflow_reducers import Kind
from poolkit.dialects.tensorflow_windows import spatial_of
from poolkit.geometry import Adaptive, Specification
from poolkit.reducers import Mean, Reducer, TiedMax

__all__ = [
    "adaptive_layer",
    "adaptive_operation",
    "global_layer",
    "masked_layer",
    "window_layer",
    "window_operation",
]


def _axes(data_format: Any, spatial: int, *, any_case: bool = True) -> tuple[int, ...]:
    """Return the pooled axes of a layout."""
    said = "channels_last" if data_format is None else str(data_format)
    said = said.lower() if any_case else said
    if said not in ("channels_last", "channels_first"):
        wanted = "be channels_last or channels_first"
        raise ArgumentError(message("data_format", wanted, repr(data_format)))
    first = 1 if said == "channels_last" else 2
    return tuple(range(first, first + spatial))


def _pool(
    backend: Backend,
    kind: Kind,
    pool_size: OneOrPerAxis,
    strides: OneOrPerAxis | None,
    padding: Any,
    axes: tuple[int, ...],
) -> Layer:
    spatial = len(axes)
    sizes = per_axis("pool_size", pool_size, spatial, least=1)
    steps = sizes if strides is None else per_axis("strides", strides, spatial, least=1)
    if not isinstance(padding, str):
        raise ArgumentTypeError(message("padding", "be valid or same", repr(padding)))
    said = padding.lower()
    if said not in ("valid", "same") and not backend.takes_any_padding:
        raise ArgumentError(message("padding", "be valid or same", repr(padding)))
    return backend.pool(Asked(kind, sizes, steps, said == "same", axes))


def _whole(kind: Kind, axes: tuple[int, ...], keepdims: bool) -> Layer:
    windows = Specification((Adaptive(1),) * len(axes), axes)
    reducer: Reducer = TiedMax(split=True) if kind == "max" else Mean()
    return Layer(windows, reducer, drops_axes=not boolean("keepdims", keepdims))


def _policy(dtype: Any) -> str:
    """Return the dtype that a layer computes in."""
    if dtype is None:
        return "float32"
    said = dtype if isinstance(dtype, str) else getattr(dtype, "compute_dtype", str(dtype))
    name = str(said).removeprefix("mixed_")
    if name not in ("float16", "bfloat16", "float32", "float64"):
        raise ArgumentError(message("dtype", "name a float", repr(dtype)))
    return name


def _cast(
    backend: Backend, layer: Layer, dtype: str | None, made: type[CastLayer] = CastLayer
) -> CastLayer:
    return made(
        layer.windows,
        layer.reducer,
        drops_axes=layer.drops_axes,
        inner=layer,
        dtype=dtype,
        has_float64=backend.has_float64,
    )


def window_layer(backend: Backend, kind: Kind, spatial: int) -> Callable[..., Layer]:
    """Return the layer that slides windows."""

    def layer(
        x: object,
        /,
        pool_size: OneOrPerAxis | None = 2 if kind == "max" else None,
        strides: OneOrPerAxis | None = None,
        padding: str = "valid",
        data_format: str | None = None,
        name: str | None = None,
        dtype: Any = None,
        *,
        rank: int,
    ) -> Layer:
        del x, name
        if pool_size is None:
            raise ArgumentTypeError(message("pool_size", "be given", None))
        axes = _axes(data_format, spatial_of(rank, spatial))
        found = _pool(backend, kind, pool_size, strides, padding, axes)
        return _cast(backend, found, _policy(dtype))

    return layer


def adaptive_layer(backend: Backend, kind: Kind, spatial: int) -> Callable[..., Layer]:
    """Return the layer that makes a given number of windows."""

    def layer(
        x: object,
        /,
        output_size: Any,
        data_format: str | None = None,
        name: str | None = None,
        dtype: Any = None,
        *,
        rank: int,
    ) -> Layer:
        del x, name
        axes = _axes(data_format, spatial_of(rank, spatial), any_case=False)
        counts = per_axis("output_size", output_size, spatial, least=1)
        return _cast(backend, backend.adaptive(kind, counts, axes), _policy(dtype))

    return layer


def global_layer(backend: Backend, kind: Kind, spatial: int) -> Callable[..., Layer]:
    """Return the layer that pools whole axes."""

    def layer(
        x: object,
        /,
        data_format: str | None = None,
        keepdims: bool = False,
        name: str | None = None,
        dtype: Any = None,
        *,
        rank: int,
    ) -> Layer:
        del x, name
        axes = _axes(data_format, spatial_of(rank, spatial))
        return _cast(backend, _whole(kind, axes, keepdims), _policy(dtype))

    return layer


def masked_layer(backend: Backend) -> Callable[..., Layer]:
    """Return the layer that pools a whole axis by mean, and heeds a mask."""

    def layer(
        x: object,
        mask: Any = None,
        /,
        data_format: str | None = None,
        keepdims: bool = False,
        name: str | None = None,
        dtype: Any = None,
        *,
        rank: int,
    ) -> Layer:
        del x, mask, name
        axes = _axes(data_format, spatial_of(rank, 1))
        return _cast(backend, _whole("mean", axes, keepdims), _policy(dtype), MaskedMean)

    return layer


def window_operation(backend: Backend, kind: Kind) -> Callable[..., Layer]:
    """Return the operation that slides windows."""

    def pool(
        x: object,
        /,
        pool_size: OneOrPerAxis,
        strides: OneOrPerAxis | None = None,
        padding: str = "valid",
        data_format: str | None = None,
        *,
        rank: int,
    ) -> Layer:
        del x
        if strides is None and backend.needs_strides:
            wanted = "be given: Keras expands pool_size twice on JAX"
            raise ArgumentTypeError(message("strides", wanted, None))
        axes = _axes(data_format, spatial_of(rank))
        return _cast(backend, _pool(backend, kind, pool_size, strides, padding, axes), None)

    return pool


def adaptive_operation(backend: Backend, kind: Kind) -> Callable[..., Layer]:
    """Return the operation that makes a given number of windows."""

    def adaptive(
        x: object, /, output_size: Any, data_format: str | None = None, *, rank: int
    ) -> Layer:
        del x
        spatial = spatial_of(rank)
        counts = per_axis("output_size", output_size, spatial, least=1)
        axes = _axes(data_format, spatial)
        return _cast(backend, backend.adaptive(kind, counts, axes), None)

    return adaptive
