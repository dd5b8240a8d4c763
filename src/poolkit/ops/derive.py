"""Operators made of requests, and operators made from operators: a reducer, a rank fixed."""

from collections.abc import Callable
from functools import wraps
from inspect import Parameter, Signature, signature
from marshal import dumps
from typing import Any, ParamSpec

from poolkit._arguments import boolean
from poolkit._errors import ArgumentError, message
from poolkit.ops.documentation import compose, documented
from poolkit.ops.operation import Array, Operation
from poolkit.ops.pieced import with_arrays
from poolkit.ops.request import Request
from poolkit.reducers import Reducer

__all__ = ["of_rank", "of_ranks", "of_reducer", "operation", "operator"]

P = ParamSpec("P")

MOST_REQUESTS = 256
"""Different arguments that an operator remembers."""

Ask = Callable[..., Request]
"""The arguments of an operator as a request. Its first parameter and `out` are the arrays
that the request will be called with; it does not look at them."""


def operator(ask: Callable[P, Request]) -> Callable[P, Array]:
    """Return the function that asks and calls what it gets, and remembers it."""
    requests: dict[bytes, Request] = {}

    @wraps(ask)
    def call(
        x: Any,
        *args: Any,
        out: Any = None,
        mask: Any = None,
        weights: Any = None,
        lengths: Any = None,
        **kwargs: Any,
    ) -> Any:
        # The bytes tell 2 from 2.0 and True, which are equal and have the same hash.
        try:
            key = dumps((args, kwargs), 2)
        except ValueError:
            key = b""
        request = requests.get(key) if key else None
        if request is None:
            request = ask(x, *args, **kwargs)
            # Bytes of other objects may coincide, such as NumPy's integers and floats.
            if key and _is_plain(args) and _is_plain(tuple(kwargs.values())):
                if len(requests) >= MOST_REQUESTS:
                    requests.clear()
                requests[key] = request
        if mask is weights is lengths is None and request.is_plain:
            return request(x, out)  # with_arrays says the same, 0.2 µs of 2.7 later
        return with_arrays(request, mask, weights, lengths)(x, out)

    def asked(
        x: Any,
        *args: Any,
        mask: Any = None,
        weights: Any = None,
        lengths: Any = None,
        **kwargs: Any,
    ) -> Operation:
        return with_arrays(ask(x, *args, **kwargs), mask, weights, lengths)

    shown: Callable[P, Array] = _shown(call, ask, asked, operator)
    return shown


def _is_plain(value: object) -> bool:
    if type(value) in (tuple, list):
        return all(map(_is_plain, value))  # type: ignore[call-overload]
    return value is None or type(value) in (int, float, str, bool)


def operation(ask: Callable[P, Operation]) -> Callable[P, Array]:
    """Return the function that asks and calls what it gets, for operators of several arrays."""

    @wraps(ask)
    def call(x: Any, *args: Any, out: Any = None, **kwargs: Any) -> Any:
        return ask(x, *args, **kwargs)(x, out)

    shown: Callable[P, Array] = _shown(call, ask, ask, operation)
    return shown


def _shown(
    call: Any,
    ask: Callable[..., Operation],
    request: Callable[..., Operation],
    maker: Callable[..., Any],
) -> Any:
    """Return the function with the signature and documentation that callers see.

    With it goes what others are made from: `ask`, which knows nothing of the arrays that say
    what is missing, and the `maker` of such functions; and `request`, which turns all arguments
    into what derivatives are asked of.
    """
    call.ask, call.request, call.maker = ask, request, maker
    call.__annotations__ = {**ask.__annotations__, "return": Array}
    call.__signature__ = signature(ask).replace(return_annotation=Array)
    return documented(call)


def of_reducer(family: Callable[..., Array], reducer: type[Reducer], name: str, module: str) -> Any:
    """Return a family's function with the reducer fixed and its parameters as keywords."""
    ask: Ask = family.ask  # type: ignore[attr-defined]
    own = [
        parameter.replace(kind=Parameter.KEYWORD_ONLY)
        for parameter in signature(reducer).parameters.values()
    ]
    names = {parameter.name for parameter in own}
    selects = reducer.gradient == "selected"
    if selects:
        own.append(
            Parameter("return_indices", Parameter.KEYWORD_ONLY, default=False, annotation=bool)
        )

    def ask_reducer(x: Any, *args: Any, **kwargs: Any) -> Request:
        settings = {key: kwargs.pop(key) for key in names & kwargs.keys()}
        with_indices = selects and boolean("return_indices", kwargs.pop("return_indices", False))
        request = ask(x, *args, reduce=reducer(**settings), **kwargs)
        if with_indices and request.reducer.routing != "selected":
            wanted = "be False where no element is selected"
            raise ArgumentError(message("return_indices", wanted, "True"))
        request.with_indices = with_indices
        return request

    shared = [p for p in signature(ask).parameters.values() if p.name != "reduce"]
    _describe(ask_reducer, name, signature(ask).replace(parameters=[*shared, *own]))
    ask_reducer.__module__ = module
    ask_reducer.__doc__ = compose(family, reducer)
    return operator(ask_reducer)


def of_rank(base: Callable[P, Array], rank: int, module: str) -> Callable[P, Array]:
    """Return the operator on the last `rank` axes, so that integers suffice."""
    ask: Any = base.ask  # type: ignore[attr-defined]
    axes = tuple(range(-rank, 0))
    name = f"{base.__name__}{rank}d"

    def ask_rank(*args: Any, **kwargs: Any) -> Any:
        if "axes" in kwargs:
            raise TypeError(f"{name}() got an unexpected keyword argument 'axes'")
        return ask(*args, axes=axes, **kwargs)

    before = signature(ask)
    parameters = [p for p in before.parameters.values() if p.name != "axes"]
    _describe(ask_rank, name, before.replace(parameters=parameters))
    ask_rank.__module__ = module
    summary = (base.__doc__ or "").partition("\n")[0]
    which = "axis" if rank == 1 else f"{rank} axes"
    ask_rank.__doc__ = (
        f"{summary}\n\nThe last {which} are pooled: ``{name}(x, ...)`` is "
        f"``{base.__name__}(x, ..., axes={axes})``,\nand an integer stands for every axis. "
        f"See :func:`{base.__name__}`."
    )
    made: Callable[P, Array] = base.maker(ask_rank)  # type: ignore[attr-defined]
    return made


def of_ranks(
    base: Callable[P, Array], module: str
) -> tuple[Callable[P, Array], Callable[P, Array], Callable[P, Array]]:
    """Return the operator on the last axis, the last two and the last three."""
    return of_rank(base, 1, module), of_rank(base, 2, module), of_rank(base, 3, module)


def _describe(ask: Callable[..., Request], name: str, shown: Signature) -> None:
    ask.__name__ = ask.__qualname__ = name
    ask.__signature__ = shown  # type: ignore[attr-defined]
