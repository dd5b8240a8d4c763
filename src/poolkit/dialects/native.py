"""Native names: functions that take a framework's own words and say what they mean."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import update_wrapper
from inspect import Parameter, signature
from typing import Any

import numpy as np

from poolkit._errors import ArgumentError, ArgumentTypeError, UnsupportedError, message
from poolkit.dialects.layer import Answer, Meaning
from poolkit.reducers.reducer import Array

__all__ = ["Dialect", "Native"]


class Native:
    """A framework's operator, under its own name and with its own parameters.

    Called with arrays it gives what the framework gives; :meth:`read` says what parameters
    mean. The wrapped function has the input arrays as its positional-only parameters, which it
    does not look at, and the native parameters after them. Where it has a parameter ``rank``,
    that is the number of axes of the first array. Inputs with a default may be left out.
    """

    def __init__(self, function: Callable[..., Meaning], names: tuple[str, ...]) -> None:
        update_wrapper(self, function)
        self.function = function
        self.names = names
        parameters = signature(function).parameters
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
        return self.function(*(None for _ in self.inputs), **params)

    def answer(self, arrays: tuple[Any, ...], args: tuple[Any, ...], params: Any) -> Answer:
        """Return all that a call gives back."""
        made = tuple(None if array is None else np.asarray(array) for array in arrays)
        if self.takes_rank:
            params = {**params, "rank": 0 if made[0] is None else made[0].ndim}
        return self.function(*made, *args, **params).answer(*made)

    def __call__(self, *args: Any, **params: Any) -> Any:
        """Return the output; with the indices, and other outputs, where there are some."""
        count = len(self.inputs)
        answer = self.answer(args[:count], args[count:], params)
        extra = ([] if answer.argmax is None else [answer.argmax]) + list(answer.others.values())
        return (answer.y, *extra) if extra else answer.y


@dataclass
class Dialect:
    """A framework's words.

    Attributes
    ----------
    name : str
    operators : dict
        The native operators, by the names that the framework has for them.
    """

    name: str
    operators: dict[str, Native] = field(default_factory=dict)

    def operator(self, *names: str) -> Callable[[Callable[..., Meaning]], Native]:
        """Return a decorator that makes a function the operator of these names."""

        def wrap(function: Callable[..., Meaning]) -> Native:
            native = Native(function, names)
            for name in names:
                self.operators[name] = native
            return native

        return wrap

    def find(self, op: str) -> Native:
        """Return the operator of a native name."""
        if op not in self.operators:
            listed = ", ".join(self.operators)
            raise ArgumentError(message("op", f"be one of {self.name}'s: {listed}", repr(op)))
        return self.operators[op]

    def run(
        self, op: str, inputs: Mapping[str, Any], params: Mapping[str, Any], gradient: Any = None
    ) -> dict[str, Array]:
        """Return all outputs of a call, by their names: see :func:`poolkit.dialects.run`."""
        native = self.find(op)
        missing = [name for name in native.required if name not in inputs]
        if missing:
            raise ArgumentTypeError(message("inputs", f"hold {', '.join(missing)}", list(inputs)))
        arrays = tuple(inputs.get(name) for name in native.inputs)
        answer = native.answer(arrays, (), dict(params))
        outputs = {"y": answer.y, **answer.others}
        if answer.argmax is not None:
            outputs["argmax"] = answer.argmax
        if gradient is not None:
            if answer.pull_back is None:
                raise UnsupportedError(f"{self.name} has no gradient for {op}.")
            outputs["gx"] = answer.pull_back(np.asarray(gradient))
        return outputs
