"""Derivatives for NumPy users: an operator, and what it does to small changes."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from poolkit._arrays import as_numeric_array
from poolkit._errors import ArgumentError, ArgumentTypeError, message
from poolkit.ops.operation import Array, Linearised, Operation
from poolkit.reducers.dtypes import is_float

__all__ = ["jvp", "vjp"]

Pullback = Callable[[npt.ArrayLike], Any]


def vjp(
    operator: Callable[..., Any],
    x: npt.ArrayLike,
    *args: Any,
    wrt: str | Sequence[str] = "x",
    **kwargs: Any,
) -> tuple[Array, Pullback]:
    """Return what an operator makes of an array, and the way back for its gradient.

    The vector–Jacobian product: where L is a number computed from y, ``pullback`` turns
    ∂L/∂y into ∂L/∂x.

    Parameters
    ----------
    operator : callable
        One of poolkit's operators, such as ``poolkit.max_pool2d``.
    x : array_like of floats
        The input.
    *args, **kwargs
        The operator's other arguments.
    wrt : str or sequence of str, default "x"
        What to derive by: ``"x"``, or others of the operator's arguments, such as the
        exponent ``"p"`` of :func:`poolkit.gem_pool`.

    Returns
    -------
    y : array
        What ``operator(x, *args, **kwargs)`` returns.
    pullback : callable
        Takes an array of the shape of `y`; returns one of the shape and dtype of `x`. If
        `wrt` is a sequence, a tuple with one for each.

    Raises
    ------
    ArgumentError, ArgumentTypeError
        If `x` is not of floats, the operator is not poolkit's, a name in `wrt` is none that
        it can be derived by, or a gradient has not the shape of `y`.
    UnsupportedError
        If the operator has no gradient.

    Notes
    -----
    Who gets the gradient is said with each operator. Of equal extremes it is the first in
    row-major order unless `ties` says otherwise, whose index is saved when `y` is computed;
    norms and deviations of 0 pass on 0. Gradients of overlapping windows are added: for means
    and sums in float64, of half types in float32; for extremes in the dtype of `x`, of half
    types in float32.

    Examples
    --------
    >>> import numpy as np
    >>> import poolkit
    >>> x = np.array([[1.0, 2.0, 2.0, 0.0]])
    >>> y, pullback = poolkit.vjp(poolkit.max_pool1d, x, 3, stride=1)
    >>> y
    array([[2., 2.]])
    >>> pullback(np.array([[10.0, 1.0]]))
    array([[ 0., 11.,  0.,  0.]])
    """
    _, there = _linearise(operator, x, args, kwargs, wrt)
    y = there.y

    def pullback(gradient: npt.ArrayLike) -> Any:
        given = np.asarray(gradient)
        if given.shape != y.shape:
            raise ArgumentError(message("gradient", f"have the shape of y, {y.shape}", given.shape))
        with np.errstate(all="ignore"):
            gradients = there.pull(given.astype(y.dtype, copy=False))
        return gradients[0] if isinstance(wrt, str) else gradients

    return y, pullback


def jvp(
    operator: Callable[..., Any],
    x: npt.ArrayLike,
    tangent: Any,
    *args: Any,
    wrt: str | Sequence[str] = "x",
    **kwargs: Any,
) -> tuple[Array, Array]:
    """Return what an operator makes of an array, and how it changes with the array.

    The Jacobian–vector product: ẏ is the derivative of y as x moves along the tangent ẋ.

    Parameters
    ----------
    operator : callable
        One of poolkit's operators, such as ``poolkit.max_pool2d``.
    x : array_like of floats
        The input.
    tangent : array_like of the shape of `x`
        ẋ. If `wrt` is a sequence, a sequence with one for each.
    *args, **kwargs
        The operator's other arguments.
    wrt : str or sequence of str, default "x"
        What moves: as for :func:`vjp`.

    Returns
    -------
    y : array
        What ``operator(x, *args, **kwargs)`` returns.
    moved : array of the shape and dtype of `y`
        ẏ.

    Raises
    ------
    ArgumentError, ArgumentTypeError
        As for :func:`vjp`; and if a tangent has not the shape of what moves.
    UnsupportedError
        If the operator has no derivative.

    Notes
    -----
    The derivative is that of :func:`vjp`, at ties and at norms of 0 too: ⟨v, ẏ⟩ = ⟨pullback(v),
    ẋ⟩ whatever v is.

    Examples
    --------
    >>> import numpy as np
    >>> import poolkit
    >>> x = np.array([[3.0, 4.0, 2.0, 1.0]])
    >>> poolkit.jvp(poolkit.lp_pool1d, x, np.array([[1.0, 0.0, 1.0, 1.0]]), 1, 2)
    (array([[7., 3.]]), array([[1., 2.]]))
    """
    moving, there = _linearise(operator, x, args, kwargs, wrt)
    given = (tangent,) if isinstance(wrt, str) else tuple(tangent)
    if len(given) != len(moving):
        raise ArgumentError(message("tangent", f"be {len(moving)} arrays, as `wrt`", len(given)))
    tangents = []
    for name, array, each in zip(_names(wrt), moving, given, strict=True):
        along = np.asarray(each)
        if along.shape != array.shape:
            wanted = f"have the shape of {name}, {array.shape}"
            raise ArgumentError(message("tangent", wanted, along.shape))
        tangents.append(along.astype(array.dtype, copy=False))
    with np.errstate(all="ignore"):
        return there.y, there.push(tuple(tangents))


def _names(wrt: str | Sequence[str]) -> tuple[str, ...]:
    return (wrt,) if isinstance(wrt, str) else tuple(wrt)


def _linearise(
    operator: Callable[..., Any],
    x: npt.ArrayLike,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    wrt: str | Sequence[str],
) -> tuple[list[Array], Linearised]:
    """Return the arrays that an operator is derived by, and its derivative there."""
    ask = getattr(operator, "request", None)
    if ask is None:
        wanted = "be one of poolkit's operators"
        raise ArgumentTypeError(message("operator", wanted, repr(operator)))
    if kwargs.get("out") is not None:
        raise ArgumentError(message("kwargs", "not hold `out`", "one"))
    operation: Operation = ask(x, *args, **kwargs)
    array = as_numeric_array(x)
    if not is_float(array.dtype):
        raise ArgumentTypeError(message("x", "be of floats to have a gradient", array.dtype))
    known = {"x": array, **operation.inputs()}
    names = _names(wrt)
    for name in names:
        if name not in known:
            raise ArgumentError(message("wrt", f"name some of {', '.join(known)}", repr(name)))
    with np.errstate(all="ignore"):
        return [known[name] for name in names], operation.linearise(array, names)
