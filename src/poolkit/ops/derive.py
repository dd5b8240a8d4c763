"""Operators made from operators: a reducer fixed, a rank fixed."""

from collections.abc import Callable
from functools import wraps
from inspect import Parameter, signature
from typing import Any, ParamSpec, TypeVar

import numpy.typing as npt

from poolkit.ops.documentation import compose
from poolkit.ops.run import Array
from poolkit.reducers import Reducer

__all__ = ["of_ranks", "of_reducer"]

P = ParamSpec("P")
R = TypeVar("R")


def of_reducer(family: Callable[..., Array], reducer: type[Reducer], name: str) -> Any:
    """Return a family's function with the reducer fixed and its parameters as keywords."""
    parameters = {
        key: parameter.replace(kind=Parameter.KEYWORD_ONLY)
        for key, parameter in signature(reducer).parameters.items()
    }

    @wraps(family)
    def operator(x: npt.ArrayLike, *args: Any, **kwargs: Any) -> Array:
        settings = {key: kwargs.pop(key) for key in parameters.keys() & kwargs.keys()}
        return family(x, *args, reduce=reducer(**settings), **kwargs)

    shared = [p for p in signature(family).parameters.values() if p.name != "reduce"]
    operator.__signature__ = signature(family).replace(  # type: ignore[attr-defined]
        parameters=[*shared, *parameters.values()]
    )
    operator.__name__ = operator.__qualname__ = name
    operator.__doc__ = compose(family, reducer)
    return operator


def _of_rank(operator: Callable[P, R], rank: int) -> Callable[P, R]:
    """Return the operator on the last `rank` axes, so that integers suffice."""
    axes = tuple(range(-rank, 0))

    @wraps(operator)
    def ranked(*args: P.args, **kwargs: P.kwargs) -> R:
        if "axes" in kwargs:
            raise TypeError(f"{ranked.__name__}() got an unexpected keyword argument 'axes'")
        return operator(*args, axes=axes, **kwargs)  # type: ignore[arg-type]

    before = signature(operator)
    ranked.__signature__ = before.replace(  # type: ignore[attr-defined]
        parameters=[p for p in before.parameters.values() if p.name != "axes"]
    )
    name = operator.__name__
    ranked.__name__ = ranked.__qualname__ = f"{name}{rank}d"
    summary = (operator.__doc__ or "").partition("\n")[0]
    which = "axis" if rank == 1 else f"{rank} axes"
    ranked.__doc__ = (
        f"{summary}\n\nThe last {which} are pooled: ``{name}{rank}d(x, ...)`` is "
        f"``{name}(x, ..., axes={axes})``,\nand an integer stands for every axis. "
        f"See :func:`{name}`."
    )
    return ranked


def of_ranks(
    operator: Callable[P, R],
) -> tuple[Callable[P, R], Callable[P, R], Callable[P, R]]:
    """Return the operator on the last axis, the last two and the last three."""
    return _of_rank(operator, 1), _of_rank(operator, 2), _of_rank(operator, 3)
