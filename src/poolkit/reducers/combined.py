"""The elements combined with one another and a number to begin with, in their own dtype."""

from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np

from poolkit._errors import ArgumentError, message
from poolkit.reducers.dtypes import DType, float_accumulator, is_float, native
from poolkit.reducers.extrema import Max, Min
from poolkit.reducers.reducer import Array, Fold, Reducer

__all__ = ["Combined", "StepwiseMean"]

UFUNCS: dict[str, np.ufunc] = {
    "max": np.maximum,
    "min": np.minimum,
    "add": np.add,
    "mul": np.multiply,
}


@dataclass(frozen=True, slots=True)
class Combined(Reducer):
    """What a binary operation makes of a start and the elements, one after another.

    Parameters
    ----------
    combine : {"max", "min", "add", "mul"}
        The operation.
    start : float, optional
        What it begins with, and what an empty window becomes. By default what changes nothing:
        the lowest value of the dtype, its highest, 0 or 1.
    stepwise : bool, default False
        Whether sums and products are rounded to the dtype after every element.

    Notes
    -----
    NaN: a window that holds one becomes NaN.
    Dtype: that of the input, integers too, which wrap around; floats are added and multiplied
    in float64 at least.
    Source: XLA's ``ReduceWindow``, which JAX calls ``lax.reduce_window``.

    Examples
    --------
    >>> import poolkit
    >>> poolkit.pool([3.0, -1.0, -2.0], (2,), stride=1, reduce=poolkit.reducers.Combined("max", 0))
    array([3., 0.])
    """

    combine: Literal["max", "min", "add", "mul"]
    start: float | None = None
    stepwise: bool = False

    name: ClassVar[str] = "combined"

    def __post_init__(self) -> None:
        if self.combine not in UFUNCS:
            wanted = f"be one of {', '.join(UFUNCS)}"
            raise ArgumentError(message("combine", wanted, repr(self.combine)))

    @property
    def folds(self) -> tuple[Fold, ...]:
        return () if self.stepwise else (Fold(UFUNCS[self.combine]),)

    def begin(self, dtype: DType) -> Any:
        """Return what the operation begins with."""
        if self.start is not None:
            return dtype.type(self.start)
        if self.combine in ("add", "mul"):
            return dtype.type(self.combine == "mul")
        highest = self.combine == "min"
        if is_float(dtype):
            return dtype.type(np.inf if highest else -np.inf)
        if dtype.kind == "b":
            return dtype.type(highest)
        return dtype.type(np.iinfo(dtype).max if highest else np.iinfo(dtype).min)

    def define(self, values: Array, count: float) -> Any:
        del count
        values = values.astype(native(values.dtype), copy=False)
        combine, begin = UFUNCS[self.combine], self.begin(values.dtype)
        if values.shape[-1] == 0:
            return np.full(values.shape[:-1], begin)
        if self.stepwise:
            total = np.full(values.shape[:-1], begin)
            for element in range(values.shape[-1]):
                total = combine(total, values[..., element])
            return total
        wide = self.accumulator_dtype(values.dtype)
        total = combine.reduce(values.astype(wide), axis=-1, dtype=wide)
        return combine(total, wide.type(begin)).astype(values.dtype)

    def result_dtype(self, dtype: DType) -> DType:
        return dtype

    def accumulator_dtype(self, dtype: DType) -> DType:
        adds = self.combine in ("add", "mul")
        return float_accumulator(dtype) if adds and is_float(dtype) else dtype

    def finish(self, folded: tuple[Array, ...], count: Array) -> Array:
        del count
        if self.start is None:
            return folded[0]
        total = folded[0]
        return np.asarray(UFUNCS[self.combine](total, total.dtype.type(self.start)))

    def usual(self) -> Reducer:
        extremes: dict[str, Reducer] = {"max": Max(), "min": Min()}
        return extremes.get(self.combine, self)

    def from_usual(self, values: Array, indices: Array | None = None) -> bool:
        del indices
        if self.start is not None:
            UFUNCS[self.combine](values, self.begin(values.dtype), out=values)
        return True


@dataclass(frozen=True, slots=True)
class StepwiseMean(Reducer):
    """The sum of the elements, rounded to their dtype after every one, over a count of them.

    Parameters
    ----------
    elements : int, optional
        What to divide by; by default the number of elements.

    Notes
    -----
    NaN: a window that holds one becomes NaN, and so does an empty one unless `elements` are given.
    Dtype: that of the input for floats where `elements` are given, else float32; the sum of
    integers wraps around.
    Source: Flax's ``avg_pool`` of half types and integers.

    Examples
    --------
    >>> import numpy as np
    >>> import poolkit
    >>> x = np.array([2048, 1, 1, 2], np.float16)
    >>> poolkit.pool(x, (4,), reduce=poolkit.reducers.StepwiseMean(4))
    array([512.5], dtype=float16)
    """

    elements: int | None = None

    name: ClassVar[str] = "stepwise mean"

    def define(self, values: Array, count: float) -> Any:
        total = np.asarray(Combined("add", stepwise=True).define(values, count))
        elements = values.shape[-1] if self.elements is None else self.elements
        wanted = self.result_dtype(values.dtype)
        return total.astype(wanted) / wanted.type(elements)

    def result_dtype(self, dtype: DType) -> DType:
        is_kept = self.elements is not None and is_float(dtype)
        return dtype if is_kept else np.dtype(np.float32)
