"""What becomes of a model's pooling layers in other frameworks."""

from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from poolkit._errors import PoolError
from poolkit.dialects.compare import compare
from poolkit.dialects.native_layer import NativeLayer
from poolkit.dialects.translate import Translation, translate
from poolkit.port.code import code_of
from poolkit.port.model_file import read_model
from poolkit.port.onnx_graph import OPSET
from poolkit.port.pooling_layer import PoolingLayer
from poolkit.port.torch_module import read_module

if TYPE_CHECKING:
    import torch

__all__ = ["TARGETS", "Fate", "Ported", "Verdict", "examine", "judge", "port_layer"]

TARGETS = ("torch", "tensorflow", "keras", "jax", "onnx", "caffe", "darknet", "matlab")
"""Frameworks that models are ported to."""

ALL_SIZES = "all sizes"


@dataclass(frozen=True)
class Ported:
    """A pooling layer in the words of another framework.

    Attributes
    ----------
    found : PoolingLayer
    translation : Translation or None
        None where it cannot be said.
    code : str or None
        In the framework's language.
    refusal : str or None
        Why it cannot be said.
    """

    found: PoolingLayer
    translation: Translation | None
    code: str | None
    refusal: str | None

    @property
    def warnings(self) -> tuple[str, ...]:
        """Where behaviour differs though the numbers agree."""
        return () if self.translation is None else self.translation.warnings

    @property
    def scope(self) -> str | None:
        """The input sizes that it holds for, in words."""
        return None if self.translation is None else self.translation.scope

    @property
    def is_for_one_size(self) -> bool:
        """Whether it holds for the layer's own input size alone."""
        return self.scope is not None and not self.scope.startswith(ALL_SIZES)


@dataclass(frozen=True)
class Fate:
    """What becomes of a layer in one framework.

    Attributes
    ----------
    kind : {"same", "differs", "steps", "lost"}
        The same numbers always; but for NaN, −∞, indices or gradients; with steps around the
        framework's layer, or slices in its place; or never.
    said : str
        The framework's layer and steps; why there are none.
    scope : str or None
        The input sizes that it holds for, in words.
    warnings : tuple of str
        Where behaviour differs though the numbers agree.
    """

    kind: Literal["same", "differs", "steps", "lost"]
    said: str
    scope: str | None = None
    warnings: tuple[str, ...] = ()

    @property
    def is_for_one_size(self) -> bool:
        """Whether it holds for the layer's own input size alone."""
        return self.scope is not None and not self.scope.startswith(ALL_SIZES)

    def __str__(self) -> str:
        size = f", for {self.scope} alone" if self.is_for_one_size else ""
        return {
            "same": f"stays as it is{size}",
            "differs": f"changes meaning{size}: {' '.join(self.warnings)}",
            "steps": f"needs steps around it{size}: {self.said}",
            "lost": f"is lost: {self.said}",
        }[self.kind]


@dataclass(frozen=True)
class Verdict:
    """What becomes of one pooling layer elsewhere.

    Attributes
    ----------
    name, layer : str
        The layer.
    problem : str or None
        Why it can be said nowhere, not even in its own framework.
    elsewhere : dict of str to Fate
        By the names of the other frameworks.
    """

    name: str
    layer: str
    problem: str | None = None
    elsewhere: dict[str, Fate] = field(default_factory=dict)

    def __str__(self) -> str:
        lines = [f"{self.name}: {self.layer}"]
        if self.problem is not None:
            lines.append(f"  {self.problem}")
        return "\n".join([*lines, *(f"  {to:10}  {fate}" for to, fate in self.elsewhere.items())])


def port_layer(found: PoolingLayer, to: str) -> Ported:
    """Say a model's layer in another framework's words: for all sizes, else for its own.

    Parameters
    ----------
    found : PoolingLayer
    to : str
        One of `TARGETS`.
    """
    if found.layer is None:
        return Ported(found, None, None, found.problem)
    asked = Asked(f"{found.layer} of {found.layer.rank}", to, found.input_size, found.layer)
    return Ported(found, *_say(asked))


@dataclass(frozen=True)
class Asked:
    """What is asked again and again, for models repeat their layers."""

    text: str
    to: str
    size: tuple[int, ...] | None
    layer: NativeLayer = field(compare=False)


@lru_cache(maxsize=4096)
def _say(asked: Asked) -> tuple[Translation | None, str | None, str | None]:
    """Return a translation and its code; None, None and the reason where there is none.

    The framework's own layer comes before steps around it, all sizes before one alone.
    """
    refusal = None
    several = None
    for size in (None, asked.size) if asked.size is not None else (None,):
        try:
            made = translate(asked.layer, asked.to, size=size)
            made = _beside_its_runtime(made, size)
            said = made, code_of(made), None
        except PoolError as fault:
            refusal = str(fault)
            continue
        if made.is_call_alone:
            return said
        several = several or said
    return several or (None, None, refusal)


def _beside_its_runtime(made: Translation, size: tuple[int, ...] | None) -> Translation:
    """Return a translation to ONNX with a warning where ONNX Runtime parts from the standard."""
    if made.call is None or made.to != "onnx":
        return made
    params = {**made.params, "opset": OPSET}
    runtime = NativeLayer("onnxruntime", made.call.op, params, made.call.rank)
    found = compare(made.call, runtime, size=size if made.is_call_alone else None)
    if found:
        return made
    said = str(found).splitlines()[-1].removeprefix("differ, ")
    return replace(made, warnings=(*made.warnings, f"ONNX Runtime departs from ONNX: {said}"))


def examine(model: "Path | str | torch.nn.Module") -> list[Verdict]:
    """Say what becomes of a model's pooling layers when it is exported elsewhere.

    Parameters
    ----------
    model : path or torch.nn.Module

    Returns
    -------
    list of Verdict
        Each prints as a few lines.
    """
    layers = read_model(Path(model)) if isinstance(model, str | Path) else read_module(model)
    return [judge(found) for found in layers]


def judge(found: PoolingLayer) -> Verdict:
    """Say what becomes of a layer in every other framework."""
    verdict = Verdict(found.name, str(found), found.problem)
    if found.problem is None:
        for to in TARGETS:
            if to != found.dialect:
                verdict.elsewhere[to] = _fate(port_layer(found, to))
    return verdict


def _fate(ported: Ported) -> Fate:
    made = ported.translation
    if made is None:
        return Fate("lost", str(ported.refusal))
    steps = str(made).removesuffix(f" (for {made.scope})")
    if not made.is_call_alone:
        return Fate("steps", steps, made.scope, made.warnings)
    return Fate("differs" if made.warnings else "same", steps, made.scope, made.warnings)
