"""Native names: functions that take a framework's own words and say what they mean."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import update_wrapper
from inspect import Parameter, signature
from typing import Any

from poolkit._arrays import as_numeric_array
from poolkit._errors import ArgumentError, ArgumentTypeError, UnsupportedError, message
from poolkit.dialects.layer import Answer, Meaning
from poolkit.dialects.plain import Call, Plain
from poolkit.reducers.reducer import Array

__all__ = ["Dialect", "Native"]


class Native:
    """A framework's operator, under its own name and with its own parameters.

    Called with arrays it gives what the framework gives; :meth:`read` says what parameters
    mean. The wrapped function has the input arrays as its positional-only parameters, which it
    does not look at, and the native parameters after them. Where it has a parameter ``rank``,
    that is the number of axes of the first array. Inputs with a default may be left out.
    """

    def __init__(
        self, function: Callable[..., Meaning], names: tuple[str, ...], gives_indices: bool
    ) -> None:
        update_wrapper(self, function)
        self.function = function
        self.names = names
        self.gives_indices = gives_indices
        self.signature = signature(function)
        parameters = self.signature.parameters
        self.inputs = tuple(
            name for name, p in parameters.items() if p.kind is Parameter.POSITIONAL_ONLY
        )
        self.required = tuple(
            name for name in self.inputs if parameters[name].default is Parameter.empty
        )
        self.takes_rank = "rank" in parameters

    def read(self, *, rank: int | None = None, **params: Any) -> Meaning:
        """Return what parameters mean.

        Raises
        ------
        ArgumentError, ArgumentTypeError
            If the framework refuses them.
        """
        if self.takes_rank:
            params["rank"] = rank
        return self._mean((None,) * len(self.inputs), params)

    def answer(self, arrays: tuple[Any, ...], args: tuple[Any, ...], params: Any) -> Answer:
        """Return all that a call gives back."""
        made = self._inputs(arrays, params)
        params = {name: value for name, value in params.items() if name not in self.inputs}
        if self.takes_rank:
            params = {**params, "rank": 0 if made[0] is None else made[0].ndim}
        return self._mean((*made, *args), params).answer(*made)

    def refuse_missing(self, given: Mapping[str, Any]) -> None:
        """Raise unless all input arrays that are required are given."""
        missing = [name for name in self.required if name not in given]
        if missing:
            raise ArgumentTypeError(message("inputs", f"hold {', '.join(missing)}", list(given)))

    def _inputs(self, arrays: tuple[Any, ...], params: Mapping[str, Any]) -> tuple[Any, ...]:
        """Return the input arrays, those that come by name among the parameters too."""
        given = dict(zip(self.inputs, arrays, strict=False))
        given.update((name, params[name]) for name in self.inputs if name in params)
        self.refuse_missing(given)
        return tuple(
            None if given.get(name) is None else as_numeric_array(given[name], name)
            for name in self.inputs
        )

    def _mean(self, args: tuple[Any, ...], params: Mapping[str, Any]) -> Meaning:
        try:
            self.signature.bind(*args, **params)
        except TypeError as fault:
            known = [name for name in self.signature.parameters if name != "rank"]
            wanted = f"be those of {self.names[0]}({', '.join(known)})"
            came = str(fault).removeprefix("got ")
            raise ArgumentTypeError(message("params", wanted, came)) from fault
        return self.function(*args, **params)

    def __call__(self, *args: Any, **params: Any) -> Any:
        """Return the output; with the indices, and other outputs, where there are some."""
        count = len(self.inputs)
        answer = self.answer(args[:count], args[count:], params)
        indices = [answer.argmax] if self.gives_indices and answer.argmax is not None else []
        extra = indices + list(answer.others.values())
        return (answer.y, *extra) if extra else answer.y


@dataclass
class Dialect:
    """A framework's words.

    Attributes
    ----------
    name : str
    operators : dict
        The native operators, by the names that the framework has for them.
    propose : callable, optional
        From plain words to native calls that may say the same, the best first.
    """

    name: str
    operators: dict[str, Native] = field(default_factory=dict)
    propose: Callable[[Plain], Iterator[Call]] | None = None

    def operator(
        self, *names: str, gives_indices: bool = True
    ) -> Callable[[Callable[..., Meaning]], Native]:
        """Return a decorator that makes a function the operator of these names.

        Without `gives_indices` a call gives the output alone, though there are indices: the
        framework has them as an output that few ask for.
        """

        def wrap(function: Callable[..., Meaning]) -> Native:
            native = Native(function, names, gives_indices)
            for name in names:
                self.operators[name] = native
            return native

        return wrap

    def proposer(
        self, propose: Callable[[Plain], Iterator[Call]]
    ) -> Callable[[Plain], Iterator[Call]]:
        """Decorate the function that goes from plain words to native calls."""
        self.propose = propose
        return propose

    def find(self, op: str) -> Native:
        """Return the operator of a native name, with the modules before it or without."""
        if op in self.operators:
            return self.operators[op]
        last = _last(op)
        meant = {id(each): each for name, each in self.operators.items() if _last(name) == last}
        if len(meant) != 1:
            listed = ", ".join(self.operators)
            raise ArgumentError(message("op", f"be one of {self.name}'s: {listed}", repr(op)))
        return next(iter(meant.values()))

    def run(
        self, op: str, inputs: Mapping[str, Any], params: Mapping[str, Any], gradient: Any = None
    ) -> dict[str, Array]:
        """Return all outputs of a call, by their names: see :func:`poolkit.dialects.run`."""
        native = self.find(op)
        native.refuse_missing(inputs)
        arrays = tuple(inputs.get(name) for name in native.inputs)
        answer = native.answer(arrays, (), dict(params))
        outputs = {"y": answer.y, **answer.others}
        if answer.argmax is not None:
            outputs["argmax"] = answer.argmax
        if gradient is not None:
            if answer.pull_back is None:
                raise UnsupportedError(f"{self.name} has no gradient for {op}.")
            outputs["gx"] = answer.pull_back(_gradient(gradient, answer.y))
        return outputs


def _last(name: str) -> str:
    return name.rpartition(".")[2]


def _gradient(gradient: Any, y: Array) -> Array:
    given = as_numeric_array(gradient, "grad_output")
    if given.shape != y.shape:
        raise ArgumentError(
            message("grad_output", f"have the output's shape, {y.shape}", given.shape)
        )
    return given
