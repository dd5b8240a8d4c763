"""What the arguments of an operator stand for: something that can be called, and derived."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from poolkit._errors import ArgumentError, ArgumentTypeError, message

__all__ = [
    "Array",
    "Linearised",
    "Operation",
    "check_out",
    "placed",
    "placed_both",
    "refuse_indices",
    "two_outs",
]

Array: TypeAlias = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class Linearised:
    """An operator at one input: what it gives there, and its derivative both ways.

    Law: ⟨v, push(u)⟩ = ⟨pull(v), u⟩ for all gradients v and tangents u.

    Attributes
    ----------
    y : array
        What the operator gives.
    push : callable
        Takes a tangent of each array that was derived by, in the order they were named;
        returns the tangent of y.
    pull : callable
        Takes the gradient of y; returns that of each array, in the same order.
    """

    y: Array
    push: Callable[[tuple[Array, ...]], Array]
    pull: Callable[[Array], tuple[Array, ...]]


class Operation(ABC):
    """An operator with its arguments, all but the array that it is called with."""

    __slots__ = ()

    @abstractmethod
    def __call__(self, x: npt.ArrayLike, out: Any = None) -> Any:
        """Return what the operator makes of an array."""

    def inputs(self) -> dict[str, Array]:
        """Return the arguments beside `x` that it can be derived by, by name."""
        return {}

    @abstractmethod
    def linearise(self, x: Array, wrt: tuple[str, ...]) -> Linearised:
        """Return what it makes of an array of floats, and the derivative there.

        `wrt` names what to derive by: ``"x"``, or names that :meth:`inputs` has.

        Raises
        ------
        UnsupportedError
            If it has no derivative.
        """


def refuse_indices(with_indices: bool) -> None:
    """Refuse to derive what returns indices too.

    Raises
    ------
    ArgumentError
        If it does.
    """
    if with_indices:
        wanted = "not be True where a derivative is asked for"
        raise ArgumentError(message("return_indices", wanted, "True"))


def placed(pooled: Array, out: Array | None) -> Array:
    """Return a result, or `out` with the result in it.

    Raises
    ------
    ArgumentError, ArgumentTypeError
        If `out` is no writeable array of the result's shape and dtype.
    """
    if out is None:
        return pooled
    check_out(out, pooled.shape, pooled.dtype)
    np.copyto(out, pooled)
    return out


def placed_both(
    values: Array, indices: Array, out: tuple[Array, Array] | None
) -> tuple[Array, Array]:
    """Return values and indices, or the two arrays of `out` with them in it.

    Raises
    ------
    ArgumentError, ArgumentTypeError
        If `out` is not two arrays, or one is none that the result can be written to.
    """
    to_values, to_indices = (None, None) if out is None else two_outs(out)
    return placed(values, to_values), placed(indices, to_indices)


def two_outs(out: Any) -> tuple[Any, Any]:
    """Return the two arrays for values and indices, refusing anything else."""
    if not isinstance(out, tuple) or len(out) != 2:
        wanted = "be two arrays, for the values and the indices"
        raise ArgumentTypeError(message("out", wanted, type(out).__qualname__))
    return out


def check_out(out: object, shape: tuple[int, ...], dtype: np.dtype[Any]) -> None:
    """Refuse what a result of a shape and dtype cannot be written to."""
    if (
        isinstance(out, np.ndarray)
        and out.shape == shape
        and out.dtype == dtype
        and out.flags.writeable
    ):
        return
    wanted = f"be a writeable NumPy array of shape {shape} and dtype {dtype}"
    if not isinstance(out, np.ndarray):
        raise ArgumentTypeError(message("out", wanted, type(out).__qualname__))
    if out.shape != shape or out.dtype != dtype:
        raise ArgumentError(message("out", wanted, f"shape {out.shape} and dtype {out.dtype}"))
    raise ArgumentError(message("out", wanted, "a read-only one"))
