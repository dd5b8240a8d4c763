"""The Lp norm of a window."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from poolkit._errors import ArgumentError, ArgumentTypeError, message
from poolkit.reducers.dtypes import DType, as_float, float_accumulator
from poolkit.reducers.reducer import Array, Fold, Gradient, Reducer

__all__ = ["Lp"]


@dataclass(frozen=True, slots=True)
class Lp(Reducer):
    """The Lp norm.

    It is (Σ |x|ᵖ)^(1/p); for p = ∞ its limit, the largest |x|. Computed as
    s · (Σ (|x| / s)ᵖ)^(1/p) with s the largest |x| of the window, so that nothing
    overflows or vanishes unless the norm itself does. With p = ∞ the sum counts the
    largest elements, its 0th power is 1, and the formula gives s.

    Parameters
    ----------
    norm_type : float, default 2.0
        p, at least 1; infinity is allowed.

    Notes
    -----
    NaN: a window that holds one becomes NaN; one with an infinity and no NaN, infinity.
    Dtype: that of the input for floats, computed in float64 at least; float64 for
    integers and bool.
    Ties: none.
    Gradient: sign(x) · (|x| / y)^(p − 1), 0 where the norm is 0; for p = ∞ the largest
    |x| share it evenly.
    Source: the norm's definition and ONNX's ``LpPool``. PyTorch's ``lp_pool2d`` leaves
    out the absolute value, and multiplies partial windows as if they were whole.

    Examples
    --------
    >>> import poolkit
    >>> poolkit.lp_pool([3.0, -4.0, 1e200, 1e200], 2, (2,))
    array([5.00000000e+000, 1.41421356e+200])
    """

    norm_type: float = 2.0

    name: ClassVar[str] = "lp"
    of_nothing: ClassVar[float | None] = 0
    gradient: ClassVar[Gradient | None] = "sloped"

    def __post_init__(self) -> None:
        wanted = "be a number of at least 1, or infinity"
        if isinstance(self.norm_type, bool) or not isinstance(
            self.norm_type, (int, float, np.integer, np.floating)
        ):
            raise ArgumentTypeError(message("norm_type", wanted, repr(self.norm_type)))
        if not self.norm_type >= 1:  # written so that NaN fails it
            raise ArgumentError(message("norm_type", wanted, self.norm_type))

    @property
    def folds(self) -> tuple[Fold, ...]:
        return (
            Fold(np.maximum, _magnitude),
            Fold(np.add, self._relative_power, sees_windows=True),
        )

    def define(self, values: Array, count: float) -> Any:
        sizes = np.abs(values.astype(float_accumulator(values.dtype)))
        scale = np.max(sizes, axis=-1, keepdims=True)
        total = np.sum((sizes / _nonzero_finite(scale)) ** self.norm_type, axis=-1)
        return self.finish((scale[..., 0], total), np.asarray(count))

    def result_dtype(self, dtype: DType) -> DType:
        return as_float(dtype)

    def accumulator_dtype(self, dtype: DType) -> DType:
        return float_accumulator(dtype)

    def finish(self, folded: tuple[Array, ...], count: Array) -> Array:
        scale, total = folded
        norm = scale * total ** (1 / self.norm_type)
        return np.where((scale == 0) | ~np.isfinite(scale), scale, norm)

    def slope(self, values: Array, folded: tuple[Array, ...], count: Any) -> Array:
        # Also right for p = ∞: the power of what is smaller than the largest is then 0, and
        # the total to the power of −1 shares 1 among those as large.
        scale, total = folded
        relative = np.abs(values) / _nonzero_finite(scale)
        slope = np.sign(values) * relative ** (self.norm_type - 1)
        return np.where(scale == 0, 0, slope * total ** (1 / self.norm_type - 1))

    def _relative_power(self, values: Array, earlier: tuple[Array, ...], count: Any) -> Array:
        (scale,) = earlier
        return (np.abs(values) / _nonzero_finite(scale)) ** self.norm_type


def _magnitude(values: Array, earlier: tuple[Array, ...], count: Any) -> Array:
    return np.abs(values)


def _nonzero_finite(scale: Array) -> Array:
    """Return the scale, or 1 where dividing by it would make a NaN."""
    return np.where((scale == 0) | ~np.isfinite(scale), 1, scale)
