"""The maximum as XNNPACK takes it, which NaN upsets."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from poolkit._errors import ArgumentError, message
from poolkit.reducers.dtypes import DType
from poolkit.reducers.reducer import Array, Reducer

__all__ = ["PassedMax"]

LANES = 9
"""Elements that one pass takes."""


@dataclass(frozen=True, slots=True)
class PassedMax(Reducer):
    """The largest element, by comparisons in pairs, nine elements a pass.

    Each comparison, ``a > b ? a : b``, gives its second operand if one is NaN. So a NaN is
    lost or kept by where it lies.

    Parameters
    ----------
    sizes : (int, int)
        The window's rows and columns: it is gone through column by column.
    least, most : float, default -inf and inf
        What answers are kept between. The lower bound is applied by the first pass alone, the
        upper one by every pass.

    Notes
    -----
    NaN: kept by the first pass, it becomes `least`; kept by a later one, `most`. A window cut
    short by the end of the input is refused: XNNPACK repeats the border's elements.
    Dtype: that of the input; exact.
    Gradient: none.
    Source: google/XNNPACK, src/f32-maxpool/maxpool.c.in.

    Examples
    --------
    >>> import numpy as np
    >>> import poolkit
    >>> x = np.arange(10.0)
    >>> x[9] = np.nan
    >>> poolkit.pool(x, (10,), reduce=poolkit.reducers.PassedMax((1, 10)))
    array([inf])
    """

    sizes: tuple[int, int]
    least: float = -np.inf
    most: float = np.inf

    name: ClassVar[str] = "passed max"

    def define(self, values: Array, count: float) -> Any:
        del count
        rows, columns = self.sizes
        if values.shape[-1] != rows * columns:
            wanted = f"have all {rows} × {columns} elements"
            raise ArgumentError(message("window", wanted, values.shape[-1]))
        window = values.reshape(*values.shape[:-1], rows, columns)
        by_column = np.swapaxes(window, -1, -2).reshape(values.shape)
        least, most = values.dtype.type(self.least), values.dtype.type(self.most)
        best = _smaller(_larger(_passed(by_column[..., :LANES]), least), most)
        for first in range(LANES, values.shape[-1], LANES):
            best = _smaller(_larger(best, _passed(by_column[..., first : first + LANES])), most)
        return best

    def result_dtype(self, dtype: DType) -> DType:
        return dtype


def _passed(values: Array) -> Array:
    """Return the largest of up to nine; the first stands for those that are missing."""
    lanes = [values[..., i if i < values.shape[-1] else 0] for i in range(LANES)]
    first = _larger(_larger(lanes[0], lanes[1]), lanes[8])
    middle = _larger(_larger(lanes[2], lanes[3]), _larger(lanes[4], lanes[5]))
    return _larger(middle, _larger(first, _larger(lanes[6], lanes[7])))


def _larger(first: Array, second: Any) -> Array:
    return np.where(first > second, first, second)


def _smaller(first: Array, second: Any) -> Array:
    return np.where(first < second, first, second)
