"""The arguments that JAX has for operations, lengths and padding."""

from collections.abc import Callable, Sequence
from typing import Any, cast

import numpy as np

from poolkit._arguments import per_axis
from poolkit._errors import ArgumentError, ArgumentTypeError, message
from poolkit.dialects.jax_windows import Operation, Pair, ReduceWindow, Stretched, is_cut
from poolkit.dialects.layer import Meaning
from poolkit.geometry import AutomaticPadding, Sliding, Specification
from poolkit.reducers import Combined, ComparedMax, Reducer, Sum
from poolkit.reducers.dtypes import DType, is_float, is_half

__all__ = [
    "AUTOMATIC",
    "integers_of",
    "meaning_of",
    "operation_of",
    "padding_of",
    "plane_of",
    "reducer_of",
]

OPERATIONS: dict[str, Operation] = {
    "max": "max",
    "min": "min",
    "add": "add",
    "sum": "add",
    "mul": "mul",
    "prod": "mul",
}
AUTOMATIC = {AutomaticPadding.SAME, AutomaticPadding.SAME_LOWER}


def reducer_of(operation: Operation, own: bool, init_value: Any, dtype: DType) -> Reducer:
    """Return what is done to windows of a dtype; with `own`, JAX knows the operation as such."""
    if dtype.kind == "b" and operation in ("add", "mul"):
        raise ArgumentTypeError(message("x", f"hold numbers for {operation}", dtype))
    steps = (operation == "mul" and is_float(dtype)) or (operation == "add" and is_half(dtype))
    if np.ndim(init_value) != 0 or isinstance(init_value, str | bytes):
        raise ArgumentTypeError(message("init_value", "be a number", repr(init_value)))
    if init_value is None and operation == "mul":
        return Combined(operation, stepwise=steps)
    if own and (init_value is None or _is_identity(operation, init_value)):
        if operation == "max":
            return ComparedMax()
        if operation == "add" and is_float(dtype) and not steps:
            return Sum()
        return Combined(operation, stepwise=steps)
    if not _has_dtype(init_value, dtype):
        wanted = f"have the dtype of x, {dtype}, unless it is the identity of {operation}"
        raise ArgumentTypeError(message("init_value", wanted, repr(init_value)))
    if dtype.kind in "iu" and not np.iinfo(dtype).min <= init_value <= np.iinfo(dtype).max:
        raise ArgumentError(message("init_value", f"fit {dtype}", init_value))
    return Combined(operation, init_value, stepwise=steps)


def _is_identity(operation: Operation, value: Any) -> bool:
    """Return whether a value changes nothing: JAX asks that of the value's own dtype."""
    if operation in ("add", "mul"):
        return operation == "add" and bool(value == 0)
    kinds = (np.float32, np.int32, np.int64, np.bool_)
    dtypes = [np.dtype(kind) for kind in kinds]
    if isinstance(value, np.generic | np.ndarray):
        dtypes = [value.dtype]
    elif isinstance(value, bool):
        dtypes = dtypes[3:]
    elif isinstance(value, int | float):
        dtypes = dtypes[:1] if isinstance(value, float) else dtypes[1:3]
    return any(value == Combined(operation).begin(dtype) for dtype in dtypes)


def _has_dtype(value: Any, dtype: DType) -> bool:
    """Return whether a value has a dtype, or is a Python number that JAX gives it by default."""
    if isinstance(value, np.generic | np.ndarray):
        return bool(value.dtype == dtype)
    if isinstance(value, bool):
        return dtype.kind == "b"
    if isinstance(value, int):
        return dtype in (np.int32, np.int64)
    return isinstance(value, float) and dtype in (np.float32, np.float64)


def operation_of(computation: Any) -> tuple[Operation, bool]:
    """Return an operation, and whether JAX knows it as one of its own."""
    name = computation if isinstance(computation, str) else getattr(computation, "__name__", None)
    last = str(name).rpartition(".")[2]
    aliases: dict[str, Operation] = {"maximum": "max", "minimum": "min", "multiply": "mul"}
    if name is None or last not in OPERATIONS | aliases:
        wanted = f"be one of {', '.join(OPERATIONS)}"
        raise ArgumentError(message("computation", wanted, repr(computation)))
    own = last in OPERATIONS and not str(name).startswith(("jnp.", "jax.numpy.", "numpy."))
    return (OPERATIONS | aliases)[last], own


def padding_of(padding: Any, axes: int) -> tuple[Pair | AutomaticPadding, ...]:
    """Return the padding of each axis, negative numbers for what is cut off."""
    wanted = (
        f'be "VALID", "SAME", "SAME_LOWER", or {axes} pairs of integers, one for each axis of '
        "the window"
    )
    if isinstance(padding, str):
        rules: dict[str, Pair | AutomaticPadding] = {
            "VALID": (0, 0),
            "SAME": AutomaticPadding.SAME,
            "SAME_LOWER": AutomaticPadding.SAME_LOWER,
        }
        if padding.upper() not in rules:
            raise ArgumentError(message("padding", wanted, repr(padding)))
        return (rules[padding.upper()],) * axes
    if not isinstance(padding, Sequence):
        raise ArgumentTypeError(message("padding", wanted, repr(padding)))
    if len(padding) != axes or any(
        not isinstance(pair, Sequence) or isinstance(pair, str) or len(pair) != 2
        for pair in padding
    ):
        raise ArgumentError(message("padding", wanted, repr(padding)))
    return tuple(cast(Pair, per_axis("padding", pair, 2, least=-(2**62))) for pair in padding)


def integers_of(
    name: str, value: Any, axes: int | None, default: int | None = None
) -> tuple[int, ...]:
    """Return positive integers, one for each axis; JAX does not spread a single one."""
    if value is None and default is not None and axes is not None:
        return (default,) * axes
    if not isinstance(value, Sequence) or isinstance(value, str):
        raise ArgumentTypeError(message(name, "be a sequence of integers", repr(value)))
    return per_axis(name, value, len(value) if axes is None else axes, least=1)


def meaning_of(
    operation: Operation,
    reducer: Reducer | Callable[[DType], Reducer],
    windows: Sequence[Sliding],
    axes: tuple[int, ...],
    base_dilation: tuple[int, ...] | None = None,
) -> Meaning:
    """Return windows on axes, stretched or cut first where that is asked for."""
    specification = Specification(tuple(windows), axes, may_be_empty=True, may_lack_windows=True)
    layer = ReduceWindow(specification, reducer, operation=operation)
    holes = base_dilation or (1,) * len(axes)
    stretched = is_cut(specification) or max(holes, default=1) > 1
    return Stretched(layer, holes) if stretched else layer


def plane_of(used: list[int], rank: int) -> tuple[int, ...]:
    """Return the axes of a plane, batch and channels left out, that hold those used."""
    for axes in (range(2, rank), range(1, rank - 1)):
        if rank > 2 and set(used) <= set(axes):
            return tuple(axes)
    return tuple(used) or (rank - 1,)
