"""Sums and norms as plain loops make them: one element after another, rounded every time."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from poolkit.reducers.dtypes import DType, as_wide, is_float
from poolkit.reducers.norms import PowerNorm
from poolkit.reducers.reducer import Array, Fold, Gradient, Reducer

__all__ = ["RunningNorm", "RunningSum"]


@dataclass(frozen=True, slots=True)
class RunningSum(Reducer):
    """The sum of the elements, added in row-major order in the precision of the input.

    For what is rounded afterwards, where the last place decides.

    Notes
    -----
    NaN: a window that holds one becomes NaN, and so does one with both infinities.
    Dtype: that of the input for floats; 64 bits for integers. An empty window becomes 0.
    Gradient: every element gets that of its window.
    Source: ONNX Runtime's ``QLinearAveragePool``.

    Examples
    --------
    >>> import numpy as np
    >>> import poolkit
    >>> x = np.array([1.0, 2.0**-24, 2.0**-24], np.float32)
    >>> sums = poolkit.pool(x, (3,), reduce=poolkit.reducers.RunningSum())
    >>> float(sums[0]), float(x.sum(dtype=np.float64))
    (1.0, 1.0000001192092896)
    """

    name: ClassVar[str] = "running sum"
    gradient: ClassVar[Gradient | None] = "shared"

    def define(self, values: Array, count: float) -> Any:
        del count
        dtype = self.result_dtype(values.dtype)
        if values.shape[-1] == 0:
            return np.zeros(values.shape[:-1], dtype)
        # Unlike the sum, which adds in pairs, this adds in turn.
        return np.add.accumulate(values, axis=-1, dtype=dtype)[..., -1]

    def result_dtype(self, dtype: DType) -> DType:
        return dtype if is_float(dtype) else as_wide(dtype)


@dataclass(frozen=True, slots=True)
class RunningNorm(PowerNorm):
    """The root of a sum of powers of magnitudes, each rounded and added in turn: (Σ |x|ᵖ)^(1/p).

    Parameters
    ----------
    norm_type : int
        p, other than 0.

    Notes
    -----
    NaN: a window that holds one becomes NaN. An empty window becomes 0 for p > 0.
    Dtype: that of the input for floats, float64 for integers and bool; half types are
    computed in float32.
    Gradient: the formula's, as of :class:`~poolkit.reducers.PowerNorm`.
    Source: ONNX Runtime's ``LpPool``.

    Examples
    --------
    >>> import poolkit
    >>> poolkit.pool([3.0, -4.0], (2,), reduce=poolkit.reducers.RunningNorm(2))
    array([5.])
    """

    magnitudes: bool = True

    name: ClassVar[str] = "running norm"

    @property
    def folds(self) -> tuple[Fold, ...]:
        return ()

    def define(self, values: Array, count: float) -> Any:
        del count
        dtype = self.accumulator_dtype(values.dtype)
        with np.errstate(all="ignore"):
            wide = np.abs(values.astype(np.promote_types(dtype, np.float64)))
            powers = (wide**self.norm_type).astype(dtype)
            total = np.zeros(values.shape[:-1], dtype)
            if values.shape[-1]:
                total = np.add.accumulate(powers, axis=-1, dtype=dtype)[..., -1]
            root = total ** dtype.type(1 / self.norm_type)
        return root.astype(self.result_dtype(values.dtype))
