"""A pooling layer found in a model."""

from collections.abc import Mapping
from dataclasses import dataclass
from inspect import Parameter, signature
from typing import Any, TypeAlias

from poolkit import dialects
from poolkit._errors import ArgumentError, PoolError
from poolkit.dialects.native_layer import NativeLayer

__all__ = ["MOST_LAYERS", "PoolingLayer", "Size", "bad_file", "find_layer", "shorten"]

Size: TypeAlias = tuple[int, ...] | None

MOST_LAYERS = 10_000
"""Layers of a model that are read."""

LONGEST_SIDE = 2**31
"""From this length of an axis on, sizes are taken for damage."""

LARGEST_NUMBER = 2**20
"""Of what parameters hold: lengths and strides beyond it are taken for damage too."""


@dataclass(frozen=True)
class PoolingLayer:
    """A pooling layer found in a model.

    Attributes
    ----------
    name : str
        The model's name for it.
    dialect, op : str
        The framework and its operator.
    params : mapping of str to object
        The native parameters that the model gives.
    layer : NativeLayer or None
        None where the framework would refuse it, or it is no pooling by windows alone.
    problem : str or None
        The reason for that.
    input_size, output_size : tuple of int, or None
        The lengths of the pooled axes; None where the model does not tell them.
    """

    name: str
    dialect: str
    op: str
    params: Mapping[str, Any]
    layer: NativeLayer | None
    problem: str | None
    input_size: Size
    output_size: Size

    def __str__(self) -> str:
        return f"{self.op}({self.arguments})"

    def with_size(self, lengths: tuple[int, ...]) -> "PoolingLayer":
        """Return the layer with an input size: one length for all axes, or one each."""
        if self.layer is None:
            return self
        size = lengths * self.layer.pooled if len(lengths) == 1 else lengths
        return find_layer(self.name, self.dialect, self.op, self.params, size, self.layer.rank)

    @property
    def arguments(self) -> str:
        """The native parameters, as in a call."""
        given = (f"{name}={shorten(repr(value), 60)}" for name, value in self.params.items())
        return shorten(", ".join(given), 300)


def find_layer(
    name: str,
    dialect: str,
    op: str,
    params: Mapping[str, Any],
    input_size: Size,
    rank: int | None = None,
) -> PoolingLayer:
    """Return a layer of a model, read in its framework's words."""
    layer, problem, output_size = None, None, None
    name = shorten(_printable(name), 120)
    if input_size is not None and not all(0 < n < LONGEST_SIDE for n in input_size):
        input_size = None
    try:
        _check_names(dialect, op, params)
        _check_numbers(params)
        read = NativeLayer(dialect, op, params, rank)
        _ = read.meaning  # refuses what the framework does
        layer = read
        if input_size is not None and len(input_size) != read.pooled:
            input_size = None
        if input_size is not None:
            others = (1,) * ((read.rank or 0) - len(input_size))
            output_size = read.output_shape((*others, *input_size))[len(others) :]
    except (PoolError, TypeError, ValueError, OverflowError) as fault:
        problem = shorten(" ".join(_printable(str(fault).split("\nHint:")[0]).split()), 300)
    return PoolingLayer(name, dialect, op, params, layer, problem, input_size, output_size)


def _check_names(dialect: str, op: str, params: Mapping[str, Any]) -> None:
    parameters = signature(dialects.find(dialect).find(op).function).parameters
    if any(each.kind is Parameter.VAR_KEYWORD for each in parameters.values()):
        return
    known = [
        name
        for name, each in parameters.items()
        if each.kind is not Parameter.POSITIONAL_ONLY and name != "rank"
    ]
    for name in params:
        if name not in known:
            raise ArgumentError(f"{op} has no parameter `{name}`; it has {', '.join(known)}.")
    for name in known:
        if parameters[name].default is Parameter.empty and name not in params:
            raise ArgumentError(f"{op} has no `{name}`, which must be given.")


def _check_numbers(params: Mapping[str, Any]) -> None:
    for name, value in params.items():
        for each in value if isinstance(value, list | tuple) else (value,):
            if isinstance(each, int) and abs(each) > LARGEST_NUMBER:
                raise ArgumentError(f"`{name}` is larger than any array's length: {each:.6g}.")


def bad_file(wanted: str, came: object) -> ArgumentError:
    """Return the error of a file: what was wanted of it, and what came."""
    return ArgumentError(f"the file must {wanted}; got {shorten(_printable(str(came)), 160)}.")


def shorten(text: str, most: int) -> str:
    """Return a text with its middle left out where it is long."""
    return text if len(text) <= most else f"{text[: most - 20]} … {text[-17:]}"


def _printable(text: str) -> str:
    """Return a text without what terminals obey, or cannot write."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c == "\n" else repr(c)[1:-1] for c in text)
