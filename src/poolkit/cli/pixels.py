"""Values made to fit a dtype, or an error: nothing is cut off silently."""

from typing import Any

import numpy as np
import numpy.typing as npt

from poolkit._errors import ArgumentError

__all__ = ["fit"]


def fit(values: npt.NDArray[Any], dtype: np.dtype[Any], scale: bool) -> npt.NDArray[Any]:
    """Return values in another dtype; for integers rounded, halves to the even one.

    Parameters
    ----------
    values : array
        What was computed.
    dtype : dtype
        What they shall be.
    scale : bool
        Whether to multiply so that the largest magnitude becomes the dtype's largest
        value, or 1 for floats.

    Raises
    ------
    ArgumentError
        If some value does not fit.
    """
    if scale and values.size:
        largest = float(np.max(np.abs(values.astype(np.float64))))
        top = _largest_float(dtype) if dtype.kind in "iu" else 1.0
        if not np.isfinite(largest):
            raise ArgumentError("`--scale` needs finite values; some are NaN or infinite.")
        # Divided first, the largest becomes exactly 1, and so cannot end beyond `top`.
        values = values.astype(np.float64) / (largest or 1.0) * top
    if dtype == values.dtype:
        return values
    if dtype.kind in "iu" and values.size:
        rounded = np.rint(values) if values.dtype.kind == "f" else values
        limits = np.iinfo(dtype)
        low, high = rounded.min(), rounded.max()
        finite = bool(np.isfinite(low) and np.isfinite(high))
        # As Python's integers: in floats, the largest int64 and 2**63 are one number.
        if not (finite and int(low) >= limits.min and int(high) <= limits.max):
            scalable = finite and not scale and int(low) >= min(0, limits.min)
            raise ArgumentError(_misfit(low, high, dtype, limits, scalable))
        values = rounded
    with np.errstate(over="ignore"):
        fitted = values.astype(dtype)
    if dtype.kind == "f" and np.any(np.isinf(fitted) & np.isfinite(values)):
        finite_values = values[np.isfinite(values)]
        ends = finite_values.min(), finite_values.max()
        raise ArgumentError(_misfit(*ends, dtype, np.finfo(dtype), not scale))
    return fitted


def _largest_float(dtype: np.dtype[Any]) -> float:
    """Return the largest float64 that an integer dtype holds."""
    largest = int(np.iinfo(dtype).max)
    nearest = float(largest)
    return nearest if int(nearest) <= largest else float(np.nextafter(nearest, 0.0))


def _misfit(low: Any, high: Any, dtype: np.dtype[Any], limits: Any, scalable: bool) -> str:
    scaling = "add --scale, or " if scalable else ""
    return (
        f"the values, {low:g} to {high:g}, do not fit {dtype}, {limits.min} to {limits.max}.\n"
        f"Hint: {scaling}write .npy or .tif with a wider --dtype."
    )
