"""Adaptive windows × reducers: the operators whose number of windows is given."""

from collections.abc import Sequence
from typing import Any, Protocol

import numpy.typing as npt

from poolkit._arguments import Axes, OutputSize, adaptive_specification
from poolkit.ops.ask import Nan, request
from poolkit.ops.derive import operator
from poolkit.ops.request import Array, Reduce, Request

__all__ = ["AdaptiveOperator", "adaptive_pool"]


@operator
def adaptive_pool(
    x: npt.ArrayLike,
    output_size: OutputSize,
    *,
    reduce: Reduce | Sequence[Reduce],
    axes: Axes = None,
    mask: npt.ArrayLike | None = None,
    weights: npt.ArrayLike | None = None,
    lengths: npt.ArrayLike | None = None,
    nan: Nan = "propagate",
    nodata: float | None = None,
    min_valid: float = 1,
    engine: str | None = None,
    out: Array | None = None,
) -> Request:
    """Return what a reducer makes of as many windows as asked for.

    Window o of m on an axis of n elements holds elements ⌊o·n/m⌋ to ⌈(o+1)·n/m⌉ − 1.

    Parameters
    ----------
    {x}
    {output_size}
    reduce : str, Reducer or callable
        As for :func:`pool`.
    {axes}
    {missing}
    {engine}

    Returns
    -------
    {adaptive_output}

    Raises
    ------
    {errors}

    Notes
    -----
    Windows overlap by an element where `output_size` does not divide the axis, and
    repeat where it is larger. No window is empty. NaN, ties, dtype, gradient: as the reducer says.
    Source: PyTorch's ``adaptive_avg_pool2d`` and ``adaptive_max_pool2d``.

    Examples
    --------
    >>> import numpy as np
    >>> import poolkit
    >>> poolkit.adaptive_pool(np.arange(10.0), (3,), reduce="mean")
    array([1.5, 4.5, 7.5])

    See Also
    --------
    pool : the size of the windows is given, not their number
    """
    asked = adaptive_specification(output_size, axes)
    return request(asked, reduce, engine, nan, nodata, min_valid)


class AdaptiveOperator(Protocol):
    """An adaptive operator of one reducer."""

    __name__: str

    def __call__(
        self,
        x: npt.ArrayLike,
        output_size: OutputSize,
        *,
        axes: Axes = ...,
        mask: npt.ArrayLike | None = ...,
        weights: npt.ArrayLike | None = ...,
        lengths: npt.ArrayLike | None = ...,
        nan: Nan = ...,
        nodata: float | None = ...,
        min_valid: float = ...,
        engine: str | None = ...,
        out: Array | None = ...,
        **parameters: Any,
    ) -> Any: ...
