"""The maximum where padding holds a number that takes part."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from poolkit.reducers.dtypes import DType, is_float
from poolkit.reducers.reducer import Array, Divisor, Fold, Gradient, Reducer

__all__ = ["PaddedMax"]


@dataclass(frozen=True, slots=True)
class PaddedMax(Reducer):
    """The largest element, and padding is one; each that is as large gets the whole gradient.

    Parameters
    ----------
    padding : float, default 0
        What positions in the padding hold.

    Notes
    -----
    What hangs over the padding holds nothing: a window wholly there becomes −∞, or the lowest
    integer.
    NaN: a window that holds one becomes NaN, and passes no gradient on.
    Dtype: that of the input; exact.
    Source: MXNet's ``Pooling_v1``, which pads its input with zeros: apache/mxnet:
    src/operator/pooling_v1-inl.h.

    Examples
    --------
    >>> import poolkit
    >>> padded = poolkit.reducers.PaddedMax()
    >>> poolkit.pool([-1.0, -2.0, -3.0], (2,), padding=1, stride=2, reduce=padded)
    array([ 0., -2.])
    """

    padding: float = 0.0

    name: ClassVar[str] = "padded max"
    gradient: ClassVar[Gradient | None] = "sloped"

    @property
    def folds(self) -> tuple[Fold, ...]:
        return (Fold(np.maximum), Fold(np.add, _one_each))

    @property
    def divisor(self) -> Divisor:
        return "padded"

    def define(self, values: Array, count: float) -> Any:
        held = values.shape[-1]
        if not held:
            best = np.full(values.shape[:-1], _lowest(values.dtype), values.dtype)
        else:
            best = np.max(values, axis=-1)
        return self.finish((np.asarray(best), np.asarray(held)), np.asarray(count))

    def finish(self, folded: tuple[Array, ...], count: Array) -> Array:
        largest, held = folded
        padding = largest.dtype.type(self.padding)
        return np.where(count > held, np.maximum(largest, padding), largest)

    def result_dtype(self, dtype: DType) -> DType:
        return dtype

    def slope(self, values: Array, folded: tuple[Array, ...], count: Any) -> Array:
        return np.equal(values, self.finish(folded, count)).astype(values.dtype)


def _one_each(values: Array, earlier: tuple[Array, ...], count: Any) -> Array:
    return np.ones_like(values)


def _lowest(dtype: DType) -> Any:
    return -np.inf if is_float(dtype) else np.iinfo(dtype).min
