"""From the arguments of a family of windows to what serves them."""

from collections.abc import Sequence
from typing import Literal, TypeAlias, cast

from poolkit._errors import ArgumentError, message
from poolkit.geometry import Specification
from poolkit.geometry.border import BORDERS, Border
from poolkit.ops.missing import Missing
from poolkit.ops.request import Reduce, Request
from poolkit.ops.several import Several
from poolkit.reducers import find

__all__ = ["Nan", "check_border", "request"]

Nan: TypeAlias = Literal["propagate", "skip"]


def request(
    windows: Specification,
    reduce: Reduce | Sequence[Reduce],
    engine: str | None,
    nan: Nan,
    nodata: float | None,
    min_valid: float,
    *,
    border: Border | None = None,
    drops_axes: bool = False,
) -> Request:
    """Return what serves a family's arguments: a request, or several for the same windows."""
    missing = Missing(nan, nodata, min_valid)
    check_border(border)

    def one(each: object) -> Request:
        return Request(
            windows,
            find(each),
            engine,
            drops_axes=drops_axes,
            missing=missing,
            border=border,
        )

    if isinstance(reduce, list | tuple):
        if not reduce:
            raise ArgumentError(message("reduce", "hold at least one reducer", repr(reduce)))
        # To operators, both are what is called with the array.
        return cast(Request, Several([one(each) for each in reduce]))
    return one(reduce)


def check_border(border: object) -> None:
    """Refuse what is no border."""
    if border is not None and border not in BORDERS:
        listed = ", ".join(f'"{each}"' for each in BORDERS)
        raise ArgumentError(message("border", f"be None or one of {listed}", repr(border)))
