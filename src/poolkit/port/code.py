"""Translations as source code of the framework that they are for."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from poolkit._errors import UnsupportedError
from poolkit.dialects.translation import Translation
from poolkit.port.library import JAX, KERAS, TENSORFLOW, TORCH
from poolkit.port.lines import INDENT, arguments, wrap
from poolkit.port.onnx_code import write_graph

__all__ = ["LANGUAGES", "code_of", "script_of"]


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
        return F.max_pool2d(x, kernel_size=2, stride=2, ceil_mode=True)
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


def _poolkit(translation: Translation, name: str) -> str:
    assert translation.call is not None
    said = ", ".join(["x", *arguments(translation.params)])
    call = wrap(f"{INDENT}return poolkit.{translation.call.op}({said})")
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
