"""Translations as source code of the framework that they are for."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from poolkit._errors import UnsupportedError
from poolkit.dialects.candidates import CHANNELS_LAST
from poolkit.dialects.translation import Translation
from poolkit.port.lines import INDENT, arguments, say_spans, wrap
from poolkit.port.onnx_code import write_graph

__all__ = ["LANGUAGES", "code_of", "layout_of", "script_of"]


def code_of(translation: Translation, name: str = "pool") -> str:
    """Return a translation as code of its framework.

    Parameters
    ----------
    translation : Translation
    name : str, default "pool"
        Of the function, or of the layer.

    Returns
    -------
    str
        A function of an array in the framework's own layout, a layer, or a section of a model
        file: whichever the framework has.

    Raises
    ------
    UnsupportedError
        If no code is written for the framework.

    Examples
    --------
    >>> import poolkit
    >>> from poolkit.port.code import code_of
    >>> layer = ("caffe", "Pooling", {"pool": "MAX", "kernel_size": 2, "stride": 2})
    >>> print(code_of(poolkit.translate(layer, "torch", size=6)))
    import torch.nn.functional as F
    <BLANKLINE>
    <BLANKLINE>
    def pool(x):  # (N, C, H, W)
        return F.max_pool2d(x, kernel_size=2, ceil_mode=True)
    """
    return script_of({name: translation})


def script_of(
    translations: Mapping[str, Translation], notes: Mapping[str, Sequence[str]] | None = None
) -> str:
    """Return translations to one framework as one text: imports once, then function by function.

    Parameters
    ----------
    translations : mapping of str to Translation
        By the names of the functions, or of the layers.
    notes : mapping of str to sequence of str, optional
        Lines that go with each as comments.

    Raises
    ------
    UnsupportedError
        If no code is written for the framework.
    """
    (to,) = {each.to for each in translations.values()}
    if to not in LANGUAGES:
        raise UnsupportedError(f"code is written for {', '.join(LANGUAGES)}, not for {to}.")
    language = LANGUAGES[to]
    imports: dict[str, None] = {}
    parts = []
    for name, translation in translations.items():
        body = language.write(translation, name)
        comments = [f"{language.comment} {line}" for line in (notes or {}).get(name, ())]
        parts.append("\n".join([*comments, body]))
        imports |= dict.fromkeys(i for i in language.imports if f"{i.split()[-1]}." in body)
    blank = "\n" * (1 + language.blank_lines)
    ordered = [each for each in language.imports if each in imports]
    return blank.join(["\n".join(ordered), *parts] if ordered else parts)


def layout_of(translation: Translation) -> tuple[int, ...]:
    """Return which axes of the framework's arrays are batch, channels and the pooled ones."""
    if translation.call is not None:
        return translation.call.layout
    if translation.to.startswith(CHANNELS_LAST) and translation.rank == translation.pooled + 2:
        return (0, translation.rank - 1, *range(1, translation.rank - 1))
    return tuple(range(translation.rank))


@dataclass(frozen=True)
class Language:
    """How a framework's models are written.

    Attributes
    ----------
    write : callable
        From a translation and a name to text.
    comment : str
        What comments begin with.
    imports : tuple of str
        Lines, needed where the text holds the name that they bring.
    blank_lines : int
        Between one layer and the next.
    """

    write: Callable[[Translation, str], str]
    comment: str = "#"
    imports: tuple[str, ...] = ()
    blank_lines: int = 1


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


def _poolkit(translation: Translation, name: str) -> str:
    assert translation.call is not None
    said = _arguments(translation.params)
    call = wrap(f"{INDENT}return poolkit.{translation.call.op}(x{said})")
    return f"def {name}(x):\n{call}"


def _caffe(translation: Translation, name: str) -> str:
    lines = ["layer {", f'  name: "{name}"', '  type: "Pooling"', '  bottom: "x"', '  top: "y"']
    lines.append("  pooling_param {")
    for key, value in translation.params.items():
        said = str(value).lower() if isinstance(value, bool) else value
        lines.append(f"    {key}: {said}")
    return "\n".join([*lines, "  }", "}"])


def _darknet(translation: Translation, name: str) -> str:
    del name  # sections have none
    assert translation.call is not None
    return "\n".join(
        [f"[{translation.call.op}]", *(f"{k}={v}" for k, v in translation.params.items())]
    )


def _matlab(translation: Translation, name: str) -> str:
    assert translation.call is not None
    params = dict(translation.params)
    size = [params.pop(each) for each in ("poolSize", "outputSize") if each in params]
    given = [_matlab_value(each) for each in size]
    given += [f"{key}={_matlab_value(value)}" for key, value in params.items()]
    said = f"({', '.join(given)})" if given else ""
    return f"{name} = {translation.call.op}{said};"


def _matlab_value(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, list | tuple):
        if len(set(map(str, value))) == 1 and not isinstance(value[0], list | tuple):
            return _matlab_value(value[0])
        if value and isinstance(value[0], list | tuple):
            return f"[{'; '.join(' '.join(map(str, row)) for row in value)}]"
        return f"[{' '.join(map(str, value))}]"
    return str(value)


def _onnx(translation: Translation, name: str) -> str:
    if translation.call is not None and translation.is_call_alone:
        params = {k: v for k, v in translation.params.items() if k != "opset"}
        said = [f'"{translation.call.op}"', '["x"]', '["y"]', *arguments(params)]
        return wrap(f"{name} = onnx.helper.make_node({', '.join(said)})")
    return write_graph(translation, name)


LANGUAGES: dict[str, Language] = {
    "poolkit": Language(_poolkit, imports=("import poolkit",)),
    "torch": Language(
        TORCH.write, imports=("import torch", "import torch.nn.functional as F"), blank_lines=2
    ),
    "tensorflow": Language(TENSORFLOW.write, imports=("import tensorflow as tf",), blank_lines=2),
    "keras": Language(KERAS.write, imports=("import keras",), blank_lines=2),
    "jax": Language(
        JAX.write,
        imports=("import jax.numpy as jnp", "from flax import linen as nn", "from jax import lax"),
        blank_lines=2,
    ),
    "onnx": Language(_onnx, imports=("import numpy as np", "import onnx")),
    "caffe": Language(_caffe),
    "darknet": Language(_darknet),
    "matlab": Language(_matlab, "%"),
}
"""How the code of each framework is written."""
