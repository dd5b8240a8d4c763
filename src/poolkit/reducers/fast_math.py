"""The maximum as it comes out of a loop compiled as if there were no NaN."""

from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np

from poolkit.reducers.compared import ComparedMax, Nan
from poolkit.reducers.reducer import Array

__all__ = ["FastMathMax"]


@dataclass(frozen=True, slots=True)
class FastMathMax(ComparedMax):
    """The largest element, by ``if (x > best)`` that keeps the best and its index apart.

    A processor's maximum gives the second of two numbers if either is NaN. So a NaN always wins,
    and always loses to what follows; but the comparison, made for the index alone, fails each
    time. The index is that of the last element that was larger than a number.

    Parameters
    ----------
    least, empty, unchosen
        As of :class:`ComparedMax`.

    Notes
    -----
    Ties: the first in row-major order has the index. The gradient goes to the index, whatever
    the result is.
    NaN: the result is the largest of what follows the last one; NaN if nothing follows.
    Dtype: that of the input; exact.
    Source: Darknet as Debian builds it, with ``-Ofast``; found by running it.

    Examples
    --------
    >>> import numpy as np
    >>> import poolkit
    >>> nan = float("nan")
    >>> reducer = poolkit.reducers.FastMathMax()
    >>> x = np.array([3.0, nan, 1.0, 2.0])
    >>> poolkit.pool(x, (3,), stride=1, reduce=reducer)
    array([1., 2.])
    >>> reducer.select(x[:3]), reducer.select(x[1:])
    (array(0), array(2))
    """

    nan: Nan = field(default="last", init=False)

    name: ClassVar[str] = "fast-math max"

    def define(self, values: Array, count: float) -> Any:
        del count
        if values.shape[-1] == 0:
            empty = self.start(values.dtype) if self.empty is None else self.empty
            return np.full(values.shape[:-1], empty, values.dtype)
        return self._run(values)[0]

    def select(self, values: Array) -> Any:
        """Return the index of each window's element, −1 where there is none."""
        chosen = self._run(values)[1]
        is_first = self.unchosen == "first" and values.shape[-1]
        return np.maximum(chosen, 0) if is_first else chosen

    def _run(self, values: Array) -> tuple[Array, Array]:
        """Return what is left as the best of windows (..., k), and the index that it has."""
        best = np.full(values.shape[:-1], self.start(values.dtype), values.dtype)
        index = np.full(values.shape[:-1], -1)
        for element in range(values.shape[-1]):
            x = values[..., element]
            index = np.where(x > best, element, index)
            best = np.where(best >= x, best, x)
        return best, index
