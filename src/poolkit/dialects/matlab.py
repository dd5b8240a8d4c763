"""MATLAB: the pooling layers and functions of the Deep Learning Toolbox.

Functions have the layers' names in snake case, arrays come first, then what the layers take:
``max_pooling_2d(x, [3, 3], Stride=2, Padding="same")``. Arrays are height by width by channels
by batch, and so on; a window has its lengths in that order.

Where it departs from others: strides of 1 by default; what does not fit is left out, there is
no rounding up; padding is shorter than the window; averages divide by the whole window by
default, the padding counting as zeros, or as the mean of the rest with ``PaddingValue="mean"``,
which leaves it out. A maximum passes over NaN: a window of NaN alone becomes the lowest finite
number. Indices count from 1 along the first axis first (column-major), through the whole array;
they are had only of windows that do not overlap. Unpooling takes the last of several values for
one place.

Where functions of MATLAB answer by how many outputs are asked for, `nargout` says so.

Unverified, since MATLAB was not run: which of equal elements has the index, and the gradient
(here the first in row-major order; MATLAB's is found by its backward pass); gradients of windows
of NaN (here none); a window of −∞ alone that touches padding (here −∞, since padding holds the
lowest finite number there, that may come out); how adaptive layers share out an axis that the
number of windows does not divide (here as PyTorch). Indices have the shape of the output, as since
R2020b; before, they were a column.

MatConvNet's ``vl_nnpool`` is among the operators: see :mod:`poolkit.dialects.matconvnet`.

Source: MathWorks, the reference pages of the layers and of dlarray's maxpool, avgpool and
maxunpool; the toolbox's own nnet.internal.cnn.layer.MaxPooling2D and MaxUnpooling2D.
"""

# ruff: noqa: N803 - the names of MATLAB's arguments

from collections.abc import Iterator
from typing import Any

from poolkit._arguments import OneOrPerAxis, boolean
from poolkit._errors import UnsupportedError
from poolkit.dialects.layer import Layer
from poolkit.dialects.matconvnet import vl_nnpool
from poolkit.dialects.matlab_functions import (
    DIALECT,
    avgpool,
    max_unpooling_2d,
    maxpool,
    maxunpool,
)
from poolkit.dialects.matlab_global import (
    adaptive_average_pooling_2d,
    global_average_pooling_1d,
    global_average_pooling_2d,
    global_average_pooling_3d,
    global_max_pooling_1d,
    global_max_pooling_2d,
    global_max_pooling_3d,
)
from poolkit.dialects.matlab_windows import (
    check_rank,
    either,
    max_layer,
    mean_layer,
    padding_of,
    windows_of,
)
from poolkit.dialects.plain import Call, Plain
from poolkit.geometry import AutomaticPadding, Rounding

__all__ = [
    "DIALECT",
    "adaptive_average_pooling_2d",
    "average_pooling_1d",
    "average_pooling_2d",
    "average_pooling_3d",
    "avgpool",
    "global_average_pooling_1d",
    "global_average_pooling_2d",
    "global_average_pooling_3d",
    "global_max_pooling_1d",
    "global_max_pooling_2d",
    "global_max_pooling_3d",
    "max_pooling_1d",
    "max_pooling_2d",
    "max_pooling_3d",
    "max_unpooling_2d",
    "maxpool",
    "maxunpool",
    "vl_nnpool",
]


@DIALECT.operator("maxPooling1dLayer", "max_pooling_1d")
def max_pooling_1d(
    x: object,
    /,
    poolSize: Any = None,
    *,
    Stride: OneOrPerAxis = 1,
    Padding: Any = 0,
    PoolSize: Any = None,
    Name: str = "",
    rank: int,
) -> Layer:
    """Return what ``maxPooling1dLayer`` gives for arrays S × C × B."""
    del x, Name
    check_rank(rank, 1)
    return max_layer(
        windows_of(either(poolSize, PoolSize), Stride, padding_of(Padding, 1), 1), (0,), False
    )


@DIALECT.operator("maxPooling2dLayer", "max_pooling_2d")
def max_pooling_2d(
    x: object,
    /,
    poolSize: Any = None,
    *,
    Stride: OneOrPerAxis = 1,
    Padding: Any = 0,
    HasUnpoolingOutputs: bool = False,
    PoolSize: Any = None,
    Name: str = "",
    rank: int,
) -> Layer:
    """Return what ``maxPooling2dLayer`` gives for arrays H × W × C × B.

    With `HasUnpoolingOutputs` also the indices, and the size of `x`.
    """
    del x, Name
    check_rank(rank, 2)
    windows = windows_of(either(poolSize, PoolSize), Stride, padding_of(Padding, 2), 2)
    return max_layer(windows, (0, 1), boolean("HasUnpoolingOutputs", HasUnpoolingOutputs))


@DIALECT.operator("maxPooling3dLayer", "max_pooling_3d")
def max_pooling_3d(
    x: object,
    /,
    poolSize: Any = None,
    *,
    Stride: OneOrPerAxis = 1,
    Padding: Any = 0,
    PoolSize: Any = None,
    Name: str = "",
    rank: int,
) -> Layer:
    """Return what ``maxPooling3dLayer`` gives for arrays H × W × D × C × B."""
    del x, Name
    check_rank(rank, 3)
    windows = windows_of(either(poolSize, PoolSize), Stride, padding_of(Padding, 3), 3)
    return max_layer(windows, (0, 1, 2), False)


@DIALECT.operator("averagePooling1dLayer", "average_pooling_1d")
def average_pooling_1d(
    x: object,
    /,
    poolSize: Any = None,
    *,
    Stride: OneOrPerAxis = 1,
    Padding: Any = 0,
    PaddingValue: Any = 0,
    PoolSize: Any = None,
    Name: str = "",
    rank: int,
) -> Layer:
    """Return what ``averagePooling1dLayer`` gives for arrays S × C × B."""
    del x, Name
    check_rank(rank, 1)
    windows = windows_of(either(poolSize, PoolSize), Stride, padding_of(Padding, 1), 1)
    return mean_layer(windows, PaddingValue, (0,))


@DIALECT.operator("averagePooling2dLayer", "average_pooling_2d")
def average_pooling_2d(
    x: object,
    /,
    poolSize: Any = None,
    *,
    Stride: OneOrPerAxis = 1,
    Padding: Any = 0,
    PaddingValue: Any = 0,
    PoolSize: Any = None,
    Name: str = "",
    rank: int,
) -> Layer:
    """Return what ``averagePooling2dLayer`` gives for arrays H × W × C × B."""
    del x, Name
    check_rank(rank, 2)
    windows = windows_of(either(poolSize, PoolSize), Stride, padding_of(Padding, 2), 2)
    return mean_layer(windows, PaddingValue, (0, 1))


@DIALECT.operator("averagePooling3dLayer", "average_pooling_3d")
def average_pooling_3d(
    x: object,
    /,
    poolSize: Any = None,
    *,
    Stride: OneOrPerAxis = 1,
    Padding: Any = 0,
    PaddingValue: Any = 0,
    PoolSize: Any = None,
    Name: str = "",
    rank: int,
) -> Layer:
    """Return what ``averagePooling3dLayer`` gives for arrays H × W × D × C × B."""
    del x, Name
    check_rank(rank, 3)
    windows = windows_of(either(poolSize, PoolSize), Stride, padding_of(Padding, 3), 3)
    return mean_layer(windows, PaddingValue, (0, 1, 2))


@DIALECT.proposer
def propose(plain: Plain) -> Iterator[Call]:
    """Yield the layer of the number of axes."""
    if plain.reduce not in ("max", "mean"):
        raise UnsupportedError("it has maxima and averages alone.")
    name = "MaxPooling" if plain.reduce == "max" else "AveragePooling"
    axes = f"{len(plain.axes)}dLayer"
    if plain.sliding is None:
        if plain.is_global:
            yield Call(f"global{name}{axes}", {})
            return
        if plain.reduce != "mean" or len(plain.axes) != 2 or None in (plain.output_size or ()):
            raise UnsupportedError("its adaptive pooling is of averages over two axes alone.")
        yield Call("adaptiveAveragePooling2dLayer", {"outputSize": list(plain.output_size or ())})
        return
    if set(plain.dilation) != {1}:
        raise UnsupportedError("its pooling has no dilation.")
    if plain.rounding is not Rounding.FLOOR:
        raise UnsupportedError("a window that does not fit is left out.")
    params: dict[str, Any] = {"poolSize": list(plain.kernel_size), "Stride": list(plain.stride)}
    params |= _said_padding(plain)
    if plain.reduce == "mean":
        if not isinstance(plain.divisor, str):
            raise UnsupportedError("the divisor of an average cannot be chosen.")
        if plain.divisor == "valid" and "Padding" in params:
            params["PaddingValue"] = "mean"
    yield Call(f"{name[0].lower()}{name[1:]}{axes}", params)


def _said_padding(plain: Plain) -> dict[str, Any]:
    sides = plain.padding_of_sides
    if any(isinstance(p, AutomaticPadding) for p in plain.padding):
        if plain.automatic_padding is not AutomaticPadding.SAME:
            raise UnsupportedError(
                "automatic padding puts an odd element behind the input, on every axis alike."
            )
        return {"Padding": "same"}
    if not any(map(sum, sides)):
        return {}
    if any(max(pair) >= k for pair, k in zip(sides, plain.kernel_size, strict=True)):
        raise UnsupportedError("padding is shorter than the pooling region.")
    if len(sides) == 3:
        return {"Padding": [[low for low, _ in sides], [high for _, high in sides]]}
    return {"Padding": [pad for pair in sides for pad in pair]}
