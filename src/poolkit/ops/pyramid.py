"""Spatial pyramids: adaptive windows of several numbers at once."""

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt

from poolkit._arguments import Axes, OutputSize, adaptive_specification, boolean
from poolkit._arrays import as_numeric_array
from poolkit._errors import ArgumentError, ArgumentTypeError, message
from poolkit.geometry import Specification
from poolkit.ops.ask import Nan
from poolkit.ops.derive import of_ranks, operation
from poolkit.ops.missing import Missing, Presence
from poolkit.ops.operation import Array, Linearised, Operation, placed
from poolkit.ops.pieced import pooling
from poolkit.ops.request import Reduce
from poolkit.reducers import find
from poolkit.reducers.dtypes import is_half

__all__ = ["pyramid_pool", "pyramid_pool1d", "pyramid_pool2d", "pyramid_pool3d"]


class Pyramid(Operation):
    """The bins of all levels, laid out one level after the other.

    Parameters
    ----------
    levels : sequence of Operation
        What gives the bins of each.
    windows : Specification
        Those of any level.
    flatten : bool
        Whether all axes but the first are laid out in each level, or the pooled ones alone.
    """

    __slots__ = ("flatten", "levels", "windows")

    def __init__(self, levels: Sequence[Operation], windows: Specification, flatten: bool) -> None:
        self.levels = tuple(levels)
        self.windows = windows
        self.flatten = flatten

    def __call__(self, x: npt.ArrayLike, out: Any = None) -> Any:
        array = as_numeric_array(x)
        axes = self._axes(array)
        laid = [self._laid_out(level(array), axes) for level in self.levels]
        return placed(np.concatenate(laid, axis=-1), out)

    def inputs(self) -> dict[str, Array]:
        return self.levels[0].inputs()

    def linearise(self, x: Array, wrt: tuple[str, ...]) -> Linearised:
        axes = self._axes(x)
        there = [level.linearise(x, wrt) for level in self.levels]
        laid = [self._laid_out(level.y, axes) for level in there]
        ends = np.cumsum([each.shape[-1] for each in laid])[:-1]

        def push(tangents: tuple[Array, ...]) -> Array:
            moved = [self._laid_out(level.push(tangents), axes) for level in there]
            return np.concatenate(moved, axis=-1)

        def pull(gradient: Array) -> tuple[Array, ...]:
            parts = np.split(gradient, ends, axis=-1)
            pulled = [
                level.pull(self._folded(part, level.y.shape, axes))
                for level, part in zip(there, parts, strict=True)
            ]
            return tuple(map(_added, zip(*pulled, strict=True)))

        return Linearised(np.concatenate(laid, axis=-1), push, pull)

    def _axes(self, x: Array) -> tuple[int, ...]:
        axes = tuple(sorted(self.windows.axes_of(x.ndim)))
        if self.flatten and 0 in axes:
            wanted = "be left out where the first axis, that of the examples, is pooled"
            raise ArgumentError(message("flatten", wanted, "True"))
        return axes

    def _laid_out(self, pooled: Array, axes: tuple[int, ...]) -> Array:
        """Return the bins of a level along one axis, the last."""
        moved = np.moveaxis(pooled, axes, range(-len(axes), 0))
        kept = 1 if self.flatten else pooled.ndim - len(axes)
        return moved.reshape(*moved.shape[:kept], prod(moved.shape[kept:]))

    @staticmethod
    def _folded(laid: Array, shape: tuple[int, ...], axes: tuple[int, ...]) -> Array:
        """Return such bins in the shape of their level."""
        kept = tuple(n for axis, n in enumerate(shape) if axis not in axes)
        moved = laid.reshape(*kept, *(shape[axis] for axis in axes))
        return np.moveaxis(moved, range(-len(axes), 0), axes)


def _added(gradients: tuple[Array, ...]) -> Array:
    """Return the sum, of halves rounded once."""
    dtype = gradients[0].dtype
    wide = np.dtype(np.float32) if is_half(dtype) else dtype
    total = gradients[0].astype(wide)
    for gradient in gradients[1:]:
        total += gradient.astype(wide, copy=False)
    return total.astype(dtype, copy=False)


@operation
def pyramid_pool(
    x: npt.ArrayLike,
    levels: Sequence[OutputSize] = (1, 2, 4),
    *,
    reduce: Reduce = "max",
    flatten: bool = False,
    axes: Axes = None,
    mask: npt.ArrayLike | None = None,
    weights: npt.ArrayLike | None = None,
    lengths: npt.ArrayLike | None = None,
    nan: Nan = "propagate",
    nodata: float | None = None,
    min_valid: float = 1,
    engine: str | None = None,
    out: Array | None = None,
) -> Pyramid:
    """Return what a reducer makes of a pyramid of bins, as one vector of a fixed length.

    Level l shares out every pooled axis into l bins, as :func:`adaptive_pool` does; the bins
    of all levels follow each other. So arrays of any lengths become vectors of one.

    Parameters
    ----------
    {x}
    levels : sequence of int or of sequences of int, each >= 1, default (1, 2, 4)
        The bins on each pooled axis, level by level; None for as many as there are elements.
    reduce : str, Reducer or callable, default "max"
        As for :func:`pool`.
    flatten : bool, default False
        Whether the other axes but the first are laid out together with the bins: one vector
        for each example.
    axes : int or sequence of int, optional
        The pooled axes; by default the last ones, if the levels are sequences, which say how
        many there are.
    {missing}
    {engine}

    Returns
    -------
    array of shape (*batch, Σ lᵈ), in native byte order
        The axes that are not pooled, then the bins: in the order of the levels, and in each
        of them in row-major order. With `flatten`, of shape (N, C·Σ lᵈ): level by level, in
        each of them channel by channel, in each of those bin by bin, as Caffe's SPP layer
        lays them out.

    Raises
    ------
    {errors}

    Notes
    -----
    Empty windows: none; an empty axis is an error.
    {absent}
    NaN, ties, dtype: as the reducer says.
    Gradient: every element gets the sum of what the levels pass on to it.
    Cost: one pass for each level.
    Source: He, Zhang, Ren, Sun, "Spatial pyramid pooling in deep convolutional networks for
    visual recognition", arXiv:1406.4729; deviations: bins are PyTorch's, which hold every
    element; Caffe's and Chainer's are of equal size, over padding.

    Examples
    --------
    >>> import numpy as np
    >>> import poolkit
    >>> x = np.array([[3.0, 8.0, 1.0, 5.0], [6.0, 2.0, 4.0, 0.0]])
    >>> poolkit.pyramid_pool(x, (1, 2), axes=-1)
    array([[8., 8., 5.],
           [6., 6., 4.]])
    >>> poolkit.pyramid_pool2d(np.zeros((10, 3, 13, 13)), (1, 2, 4), flatten=True).shape
    (10, 63)

    See Also
    --------
    adaptive_pool : one level, its axes kept
    """
    if isinstance(levels, str) or not isinstance(levels, Sequence):
        wanted = "be a sequence of levels"
        raise ArgumentTypeError(message("levels", wanted, repr(levels)))
    if not levels:
        raise ArgumentError(message("levels", "hold at least one level", repr(levels)))
    reducer = find(reduce)
    asked = [adaptive_specification(level, axes, "levels") for level in levels]
    if len({len(each.windows) for each in asked}) > 1:
        raise ArgumentError(message("levels", "be of the same number of axes", repr(levels)))
    presence = Presence(mask, weights, lengths, Missing(nan, nodata, min_valid))
    poolings = [pooling(each, reducer, engine, presence) for each in asked]
    return Pyramid(poolings, asked[0], boolean("flatten", flatten))


pyramid_pool1d, pyramid_pool2d, pyramid_pool3d = of_ranks(pyramid_pool, __name__)
