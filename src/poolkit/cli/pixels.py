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
        top = float(np.iinfo(dtype).max) if dtype.kind in "iu" else 1.0
        if not np.isfinite(largest):
            raise ArgumentError("`--scale` needs finite values; some are NaN or infinite.")
        values = values.astype(np.float64) * (top / largest if largest else 1.0)
    if dtype == values.dtype:
        return values
    if dtype.kind in "iu" and values.size:
        rounded = np.rint(values) if values.dtype.kind == "f" else values
        limits = np.iinfo(dtype)
        low, high = rounded.min(), rounded.max()
        if not (low >= limits.min and high <= limits.max):
            raise ArgumentError(
                f"the values, {low:g} to {high:g}, do not fit {dtype}, "
                f"{limits.min} to {limits.max}.\n"
                "Hint: add --scale, choose a --dtype, or write .npy or .tif."
            )
        values = rounded
    return values.astype(dtype)
