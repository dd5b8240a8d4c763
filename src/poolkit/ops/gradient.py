"""Gradients for NumPy users: the operator and the way back."""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from poolkit import engines
from poolkit._arrays import as_numeric_array
from poolkit._errors import ArgumentError, ArgumentTypeError, message
from poolkit.geometry import bind
from poolkit.ops.request import Array, Request
from poolkit.reducers.dtypes import is_float

__all__ = ["vjp"]

Pullback = Callable[[npt.ArrayLike], Array]


def vjp(
    operator: Callable[..., Any], x: npt.ArrayLike, *args: Any, **kwargs: Any
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

    Returns
    -------
    y : array
        What ``operator(x, *args, **kwargs)`` returns.
    pullback : callable
        Takes an array of the shape of `y`; returns one of the shape and dtype of `x`.

    Raises
    ------
    ArgumentError, ArgumentTypeError
        If `x` is not of floats, the operator is not poolkit's, or a gradient has not the
        shape of `y`.
    UnsupportedError
        If the operator has no gradient.

    Notes
    -----
    Who gets the gradient is said with each operator. Of equal extremes it is the first in
    row-major order, whose index is saved when `y` is computed; norms and deviations of 0
    pass on 0. Gradients of overlapping windows are added: for means and sums in float64, of
    half types in float32; for extremes in the dtype of `x`, of half types in float32.

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
    ask = getattr(operator, "request", None)
    if ask is None:
        wanted = "be one of poolkit's operators"
        raise ArgumentTypeError(message("operator", wanted, repr(operator)))
    request: Request = ask(x, *args, **kwargs)
    if request.with_indices or kwargs.get("out") is not None:
        came = "return_indices" if request.with_indices else "out"
        raise ArgumentError(message("kwargs", "hold neither `return_indices` nor `out`", came))
    array = as_numeric_array(x)
    if not is_float(array.dtype):
        raise ArgumentTypeError(message("x", "be of floats to have a gradient", array.dtype))
    plan, reducer, engine = bind(request.windows, array.shape), request.reducer, request.engine
    if reducer.gradient == "selected":
        places = engines.index_dtype(plan)
        y, indices = engines.pool_with_indices(plan, reducer, array, places, engine)
        y = request.shape_of_output(plan, y)
    else:
        y = request(array)
    shape = y.shape

    def pullback(gradient: npt.ArrayLike) -> Array:
        given = np.asarray(gradient)
        if given.shape != shape:
            raise ArgumentError(message("gradient", f"have the shape of y, {shape}", given.shape))
        outer = given.astype(array.dtype, copy=False).reshape(plan.output_shape)
        if reducer.gradient == "selected":
            return engines.pull_back_selected(plan, reducer, indices, outer, engine)
        return engines.pull_back(plan, reducer, array, outer, engine)

    return y, pullback
