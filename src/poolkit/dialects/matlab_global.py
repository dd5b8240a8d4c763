"""MATLAB's global pooling layers, and its adaptive one."""

# ruff: noqa: N803 - the names of MATLAB's arguments

from typing import Any

from poolkit._arguments import per_axis
from poolkit.dialects.layer import Layer
from poolkit.dialects.matlab_functions import DIALECT
from poolkit.dialects.matlab_windows import check_rank, either, global_layer, spread
from poolkit.geometry import Adaptive, Specification
from poolkit.reducers import Mean, NumberMax

__all__ = [
    "adaptive_average_pooling_2d",
    "global_average_pooling_1d",
    "global_average_pooling_2d",
    "global_average_pooling_3d",
    "global_max_pooling_1d",
    "global_max_pooling_2d",
    "global_max_pooling_3d",
]


@DIALECT.operator("globalMaxPooling1dLayer", "global_max_pooling_1d")
def global_max_pooling_1d(x: object, /, *, Name: str = "", rank: int) -> Layer:
    """Return what ``globalMaxPooling1dLayer`` gives for arrays S × C × B."""
    del x, Name
    return global_layer(NumberMax(), 1, rank)


@DIALECT.operator("globalMaxPooling2dLayer", "global_max_pooling_2d")
def global_max_pooling_2d(x: object, /, *, Name: str = "", rank: int) -> Layer:
    """Return what ``globalMaxPooling2dLayer`` gives for arrays H × W × C × B."""
    del x, Name
    return global_layer(NumberMax(), 2, rank)


@DIALECT.operator("globalMaxPooling3dLayer", "global_max_pooling_3d")
def global_max_pooling_3d(x: object, /, *, Name: str = "", rank: int) -> Layer:
    """Return what ``globalMaxPooling3dLayer`` gives for arrays H × W × D × C × B."""
    del x, Name
    return global_layer(NumberMax(), 3, rank)


@DIALECT.operator("globalAveragePooling1dLayer", "global_average_pooling_1d")
def global_average_pooling_1d(x: object, /, *, Name: str = "", rank: int) -> Layer:
    """Return what ``globalAveragePooling1dLayer`` gives for arrays S × C × B."""
    del x, Name
    return global_layer(Mean(), 1, rank)


@DIALECT.operator("globalAveragePooling2dLayer", "global_average_pooling_2d")
def global_average_pooling_2d(x: object, /, *, Name: str = "", rank: int) -> Layer:
    """Return what ``globalAveragePooling2dLayer`` gives for arrays H × W × C × B."""
    del x, Name
    return global_layer(Mean(), 2, rank)


@DIALECT.operator("globalAveragePooling3dLayer", "global_average_pooling_3d")
def global_average_pooling_3d(x: object, /, *, Name: str = "", rank: int) -> Layer:
    """Return what ``globalAveragePooling3dLayer`` gives for arrays H × W × D × C × B."""
    del x, Name
    return global_layer(Mean(), 3, rank)


@DIALECT.operator("adaptiveAveragePooling2dLayer", "adaptive_average_pooling_2d")
def adaptive_average_pooling_2d(
    x: object,
    /,
    outputSize: Any = None,
    *,
    OutputSize: Any = None,
    Name: str = "",
    rank: int,
) -> Layer:
    """Return what ``adaptiveAveragePooling2dLayer`` (R2024a) gives for arrays H × W × C × B."""
    del x, Name
    check_rank(rank, 2)
    sizes = per_axis("outputSize", spread(either(outputSize, OutputSize)), 2, least=1)
    return Layer(Specification(tuple(map(Adaptive, sizes)), (0, 1)), Mean())
