"""Which arrays are accepted, and what comes of them."""

from typing import Any

import numpy as np
import numpy.typing as npt

from poolkit._errors import ArgumentTypeError, message

__all__ = ["as_numeric_array"]

KINDS = "biuf"
"""NumPy's letters for bool, signed and unsigned integers, and floats."""


def as_numeric_array(x: object, name: str = "x", without_order: bool = False) -> npt.NDArray[Any]:
    """Return a NumPy array or nested lists of numbers as an array, without copying.

    `without_order` says whether complex numbers will do, of which none is the larger.

    Raises
    ------
    ArgumentTypeError
        If it is neither, or holds anything but integers, floats or bool, or complex numbers
        where they will do.
    """
    wanted = "be a NumPy array, or nested lists, of integers, floats or bool"
    if isinstance(x, np.ma.MaskedArray):
        # np.asarray would silently take the values behind the mask.
        raise ArgumentTypeError(
            message(
                name, wanted, "a masked array", hint=f"pass {name}.filled(value) for some value."
            )
        )
    if isinstance(x, list | tuple | int | float | complex | np.generic):
        try:
            x = np.asarray(x)
        except ValueError:
            raise ArgumentTypeError(message(name, wanted, "lists of unequal lengths")) from None
    if not isinstance(x, np.ndarray):
        came = f"{type(x).__module__}.{type(x).__qualname__}"
        raise ArgumentTypeError(message(name, wanted, came.removeprefix("builtins.")))
    if x.dtype.kind == "c":
        if without_order:
            return x
        wanted = "be of numbers that have an order"
        hint = f"pool {name}.real and {name}.imag, or abs({name})."
        raise ArgumentTypeError(message(name, wanted, f"dtype {x.dtype}", hint=hint))
    if x.dtype.kind not in KINDS and x.dtype.name != "bfloat16":
        raise ArgumentTypeError(message(name, wanted, f"dtype {x.dtype}"))
    return x
