"""Translations as functions of Python libraries of arrays."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from poolkit.dialects.candidates import CHANNELS_LAST
from poolkit.dialects.translation import Translation
from poolkit.port.lines import INDENT, arguments, say_spans, wrap

__all__ = ["JAX", "KERAS", "TENSORFLOW", "TORCH", "Library", "layout_of"]


def layout_of(translation: Translation) -> tuple[int, ...]:
    """Return which axes of the framework's arrays are batch, channels and the pooled ones."""
    if translation.call is not None:
        return translation.call.layout
    if translation.to.startswith(CHANNELS_LAST) and translation.rank == translation.pooled + 2:
        return (0, translation.rank - 1, *range(1, translation.rank - 1))
    return tuple(range(translation.rank))


@dataclass(frozen=True)
class Library:
    """How a Python library of arrays says the steps of a translation.

    Attributes
    ----------
    call : callable
        From an operator and its parameters to a text with ``{x}`` in it.
    pad, padding_value : str
        A function of an array and a pair for each axis, and its argument for what to pad with,
        which is 0 by default.
    ones : str
        An array of ones like ``x``.
    concatenate, reduce : str
        Of ``parts`` and ``axis``; of ``part``, ``name`` and ``axis``.
    names : mapping of str to str
        What the library calls the reductions of an axis.
    pads_backwards : bool
        Whether padding is told from the last axis on, in one row of numbers.
    """

    call: Callable[[str, Mapping[str, Any]], str]
    pad: str
    padding_value: str
    ones: str
    concatenate: str
    reduce: str
    names: Mapping[str, str]
    pads_backwards: bool = False

    def write(self, translation: Translation, name: str) -> str:
        """Return a function."""
        body = [wrap(INDENT + line) for line in self._body(translation)]
        return "\n".join([f"def {name}(x):  # {_axes(translation)}", *body])

    def _body(self, translation: Translation) -> list[str]:
        times = "" if translation.factor == 1 else f" * {translation.factor!r}"
        if translation.call is None:
            return [*self._slices(translation), f"return x{times}"]
        pooled = self.call(translation.call.op, translation.call.params)
        cut = self._cut(translation)
        lines = [cut] if cut else []
        padded = self._pad(translation, "x", translation.padding_value)
        if not translation.divided_by_ones:
            lines += [f"x = {padded}"] if padded else []
            return [*lines, f"return {pooled.format(x='x')}{times}"]
        # The share of each window that lies inside the input.
        lines.append(f"ones = {self._pad(translation, self.ones, 0.0) or self.ones}")
        lines += [f"x = {padded}"] if padded else []
        lines.append(f"shares = {pooled.format(x='ones')}")
        return [*lines, f"return {pooled.format(x='x')} / shares{times}"]

    def _pad(self, translation: Translation, array: str, value: float) -> str:
        pairs = [(max(0, low), max(0, high)) for low, high in _pairs(translation)]
        if not any(map(any, pairs)):
            return ""
        said: Any = tuple(pairs)
        if self.pads_backwards:
            while not any(pairs[0]):
                pairs.pop(0)
            said = tuple(each for pair in reversed(pairs) for each in pair)
        number = 'float("-inf")' if value == -float("inf") else repr(value)
        worth = f", {self.padding_value}={number}" if value else ""
        return f"{self.pad}({array}, {said}{worth})"

    def _cut(self, translation: Translation) -> str:
        pairs = _pairs(translation)
        if not any(low < 0 or high < 0 for low, high in pairs):
            return ""
        index = ", ".join(
            f"{-low if low < 0 else ''}:{high if high < 0 else ''}" for low, high in pairs
        )
        return f"x = x[{index}]"

    def _slices(self, translation: Translation) -> list[str]:
        lines = []
        layout = layout_of(translation)
        slices = translation.slices or ()
        name = self.names[translation.reduce]
        for axis, along in zip(layout[-len(slices) :], slices, strict=True):
            steps = {each.step or 1 for each in along}
            step = f":{steps.pop()}" if steps != {1} else ""
            before = ":, " * axis
            if len(along) == 1:
                bounds = f"{along[0].start}:{along[0].stop}{step}"
                part = f"x[{before}{bounds}]"
                lines.append("x = " + self.reduce.format(part=part, name=name, axis=axis))
                continue
            part = f"x[{before}a:b{step}]"
            reduced = self.reduce.format(part=part, name=name, axis=axis)
            lines.append(f"spans = {say_spans([(each.start, each.stop) for each in along])}")
            parts = f"[{reduced} for a, b in spans]"
            lines.append("x = " + self.concatenate.format(parts=parts, axis=axis))
        return lines


def _pairs(translation: Translation) -> list[tuple[int, int]]:
    """Return padding for every axis of the framework's own layout."""
    layout = layout_of(translation)
    pairs = [(0, 0)] * len(layout)
    for axis, pair in zip(
        layout[len(layout) - len(translation.padding) :], translation.padding, strict=True
    ):
        pairs[axis] = pair
    return pairs


def _axes(translation: Translation) -> str:
    layout = layout_of(translation)
    spatial = {1: "L", 2: "HW", 3: "DHW"}.get(translation.pooled, "…")
    others = "NC"[2 - (len(layout) - len(spatial)) :]
    named = [""] * len(layout)
    for axis, name in zip(layout, others + spatial, strict=True):
        named[axis] = name
    return f"({', '.join(named)})"


def _arguments(params: Mapping[str, Any]) -> str:
    return "".join(f", {each}" for each in arguments(params))


def _torch(op: str, params: Mapping[str, Any]) -> str:
    return f"F.{op}({{x}}{_arguments(params)})"


def _in_one(params: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """Return parameters with one number for equal ones."""
    return {
        name: value[0] if name in names and len(set(value)) == 1 else value
        for name, value in params.items()
    }


def _tensorflow(op: str, params: Mapping[str, Any]) -> str:
    params = _in_one(params, "ksize", "strides")
    return f"tf.{op if '.' in op else 'nn.' + op}({{x}}{_arguments(params)})"


def _keras(op: str, params: Mapping[str, Any]) -> str:
    if op.startswith("ops."):
        return f"keras.{op}({{x}}{_arguments(params)})"
    params = _in_one(params, "pool_size", "strides", "output_size")
    if params.get("strides") == params.get("pool_size"):
        params.pop("strides", None)
    if params.get("padding") == "valid":
        del params["padding"]
    name = op if "." in op else f"layers.{op}"
    return f"keras.{name}({_arguments(params).removeprefix(', ')})({{x}})"


def _jax(op: str, params: Mapping[str, Any]) -> str:
    if op.rpartition(".")[2] == "reduce_window":
        known = {
            "max": ("-jnp.inf", "lax.max"),
            "add": ("0.0", "lax.add"),
            "min": ("jnp.inf", "lax.min"),
        }
        rest = dict(params)
        start, reducer = known[
            str(rest.pop("computation", rest.pop("reducer", "max"))).rpartition(".")[2]
        ]
        rest.pop("init_value", None)
        return f"lax.reduce_window({{x}}, {start}, {reducer}{_arguments(rest)})"
    if params.get("padding") == "VALID":
        params = {k: v for k, v in params.items() if k not in ("padding", "count_include_pad")}
    return f"nn.{op.rpartition('.')[2]}({{x}}{_arguments(params)})"


TORCH = Library(
    _torch,
    "F.pad",
    "value",
    "torch.ones_like(x)",
    "torch.cat({parts}, dim={axis})",
    "{part}.{name}({axis}, keepdim=True)",
    {"max": "amax", "mean": "mean", "sum": "sum"},
    pads_backwards=True,
)
TENSORFLOW = Library(
    _tensorflow,
    "tf.pad",
    "constant_values",
    "tf.ones_like(x)",
    "tf.concat({parts}, axis={axis})",
    "tf.reduce_{name}({part}, {axis}, keepdims=True)",
    {"max": "max", "mean": "mean", "sum": "sum"},
)
KERAS = Library(
    _keras,
    "keras.ops.pad",
    "constant_values",
    "keras.ops.ones_like(x)",
    "keras.ops.concatenate({parts}, axis={axis})",
    "keras.ops.{name}({part}, {axis}, keepdims=True)",
    {"max": "max", "mean": "mean", "sum": "sum"},
)
JAX = Library(
    _jax,
    "jnp.pad",
    "constant_values",
    "jnp.ones_like(x)",
    "jnp.concatenate({parts}, axis={axis})",
    "{part}.{name}({axis}, keepdims=True)",
    {"max": "max", "mean": "mean", "sum": "sum"},
)
