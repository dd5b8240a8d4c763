"""The norm that PyTorch makes of a mean: step by step, each rounded to the dtype."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from poolkit.reducers.dtypes import DType, as_float
from poolkit.reducers.reducer import Array, Fold, Gradient, Reducer

__all__ = ["AveragedNorm", "OrderedMean"]

FLOAT32 = np.dtype(np.float32)


@dataclass(frozen=True, slots=True)
class OrderedMean(Reducer):
    """The mean of the elements, added one after the other.

    Notes
    -----
    Sums that cancel depend on the order of their terms, and on the precision: this is the
    plain loop's, in float32 at least.
    NaN: a window that holds one becomes NaN, and so do one with both infinities and an empty one.
    Dtype: that of the input for floats, float64 for integers and bool.
    Source: pytorch/pytorch: aten/src/ATen/native/cpu/AvgPoolKernel.cpp.

    Examples
    --------
    >>> import numpy as np
    >>> import poolkit
    >>> x = np.array([1.0, 1e8, -1e8], np.float32)
    >>> poolkit.pool(x, (3,), reduce=poolkit.reducers.OrderedMean())
    array([0.], dtype=float32)
    """

    name: ClassVar[str] = "ordered mean"

    def define(self, values: Array, count: float) -> Any:
        floats = as_float(values.dtype)
        steps = np.promote_types(floats, np.float32)
        if values.shape[-1] == 0:
            return np.full(values.shape[:-1], np.nan, floats)
        total = np.add.accumulate(values, axis=-1, dtype=steps)[..., -1]
        return np.asarray(total / steps.type(count)).astype(floats)

    def result_dtype(self, dtype: DType) -> DType:
        return as_float(dtype)


@dataclass(frozen=True, slots=True)
class AveragedNorm(Reducer):
    """A root of a mean of powers, times a number of elements: (k · mean(xᵖ))^(1/p).

    Parameters
    ----------
    norm_type : float
        p, any number but 0.
    elements : int
        k, the elements of a whole window. The mean is over those inside the input.
    dtype : dtype, default float32
        That of the input, and of the result of every step.

    Notes
    -----
    A window that hangs over the end counts as if it were whole, its missing elements as large
    as the mean. No absolute value is taken: a negative mean has no root unless p is 1.
    NaN: a window that holds one becomes NaN.
    Dtype: the powers, the mean, the product and the root are each rounded to it, so that they
    overflow and vanish as they do there; sums are accumulated in float32 at least.
    Gradient: the formula's, 0 where the mean is 0.
    Source: pytorch/pytorch: torch/nn/functional.py (lp_pool1d, lp_pool2d, lp_pool3d),
    aten/src/ATen/native/cpu/PowKernel.cpp (which powers are products),
    tools/autograd/derivatives.yaml.

    Examples
    --------
    >>> import poolkit
    >>> norm = poolkit.reducers.AveragedNorm(2, 2)
    >>> poolkit.pool([3.0, 4.0, 6.0], (2,), ceil_mode=True, reduce=norm).round(4)
    array([5.    , 8.4853], dtype=float32)
    """

    norm_type: float
    elements: int
    dtype: DType = FLOAT32

    name: ClassVar[str] = "averaged norm"
    gradient: ClassVar[Gradient | None] = "sloped"

    @property
    def folds(self) -> tuple[Fold, ...]:
        return (Fold(np.add, self._powers),)

    def define(self, values: Array, count: float) -> Any:
        powers = self.powers(values)
        with np.errstate(all="ignore"):
            return self.root(OrderedMean().define(powers, count))

    def result_dtype(self, dtype: DType) -> DType:
        return self.dtype

    def accumulator_dtype(self, dtype: DType) -> DType:
        return self._steps

    def finish(self, folded: tuple[Array, ...], count: Array) -> Array:
        return self.root(self._mean(folded[0], count))

    def slope(self, values: Array, folded: tuple[Array, ...], count: Any) -> Array:
        outer = self.slope_of_root(self._mean(folded[0], count))
        return np.asarray(outer / np.asarray(count) * self.slope_of_power(values))

    def powers(self, values: Array) -> Array:
        """Return xᵖ, in the dtype of every step."""
        return self._raised(values.astype(self._steps), self.norm_type).astype(self.dtype)

    def slope_of_power(self, values: Array) -> Array:
        """Return the derivative of the powers: p · xᵖ⁻¹."""
        raised = self._raised(values.astype(self._steps), self.norm_type - 1)
        return self._rounded(raised * self.norm_type)

    def root(self, mean: Array) -> Array:
        """Return the norm from the mean of the powers."""
        return self._raised(self._product(mean), 1 / self.norm_type).astype(self.dtype)

    def slope_of_root(self, mean: Array) -> Array:
        """Return the derivative of the norm by the mean of the powers: 0 where that is 0."""
        power = self._raised(self._product(mean), 1 / self.norm_type - 1)
        slope = self._rounded(self._rounded(power / self.norm_type) * self.elements)
        # PyTorch takes the mean for the product of its sign and size; NaN has the sign 0.
        return np.where(np.isnan(mean), slope * 0, np.where(mean == 0, 0, slope))

    @property
    def _steps(self) -> DType:
        """The dtype of each step before its result is rounded."""
        return np.promote_types(self.dtype, np.float32)

    def _rounded(self, values: Array) -> Array:
        return values.astype(self.dtype).astype(self._steps)

    def _powers(self, values: Array, earlier: tuple[Array, ...], count: Any) -> Array:
        del earlier, count
        return self.powers(values).astype(values.dtype)

    def _mean(self, total: Array, count: Any) -> Array:
        return np.asarray(total.astype(self._steps) / np.asarray(count)).astype(self.dtype)

    def _product(self, mean: Array) -> Array:
        """Return the number of elements times the mean of the powers."""
        wide = mean.astype(self._steps)
        wide = np.where(wide == 0, np.zeros_like(wide), wide)  # never −0
        return self._rounded(wide * self._steps.type(self.elements))

    def _to_the(self, values: Array, exponent: float) -> Array:
        # Of float32, PyTorch's loop takes a float64 exponent, and its vectors, of 16 or 32
        # elements, a float32 one: up to 8 units in the last place lie between, of large powers.
        if self.dtype.itemsize == 2:
            exponent = float(np.asarray(exponent).astype(self.dtype))
        return np.power(values.astype(np.float64), exponent).astype(self._steps)

    def _raised(self, values: Array, exponent: float) -> Array:
        """Return powers; products, roots and quotients for the exponents that are some."""
        one = self._steps.type(1)
        if exponent in (2, 3, -2):
            square = values * values
            raised = {2: square, 3: square * values, -2: one / square}[int(exponent)]
        elif exponent in (0.5, -0.5):
            root = np.sqrt(values)
            raised = root if exponent > 0 else one / root
        elif exponent == -1:
            raised = one / values
        elif exponent == 0:
            raised = np.ones_like(values)
        else:
            raised = values if exponent == 1 else self._to_the(values, exponent)
        return self._rounded(np.asarray(raised))
