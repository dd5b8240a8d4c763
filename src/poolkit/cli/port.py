"""`poolkit port`: a model's pooling layers in another framework's words."""

import json
import math
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import track

from poolkit._errors import ArgumentError, message
from poolkit.cli.sheet import collect, echo_table, name_layers
from poolkit.dialects.translation import Translation
from poolkit.port.code import script_of
from poolkit.port.export import TARGETS, Ported, port_layer
from poolkit.port.model_file import ENDINGS, read_model
from poolkit.port.pooling_layer import PoolingLayer, Size

__all__ = ["native_call", "port", "say_size"]


def port(
    model: Annotated[
        Path, typer.Argument(metavar="MODEL", help=f"A file: {ENDINGS}.", readable=False)
    ],
    to: Annotated[str, typer.Option(help=f"The framework: {', '.join(TARGETS)}.")],
    size: Annotated[
        str | None,
        typer.Option(help="Input size of layers whose size the file does not tell: 224x224."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for machines.")] = False,
) -> None:
    """Say every pooling layer of a model in another framework's words, and where they differ."""
    if to not in TARGETS:
        raise ArgumentError(message("--to", f"be one of {', '.join(TARGETS)}", repr(to)))
    lengths = None if size is None else _size(size)
    found = read_model(model)
    if lengths is not None:
        found = [each if each.input_size else each.with_size(lengths) for each in found]
    errors = Console(stderr=True)
    words = track(found, "porting", console=errors, transient=True, disable=not errors.is_terminal)
    ported = [port_layer(each, to) for each in words]
    if as_json:
        facts = {"model": str(model), "to": to, "layers": [_facts(each) for each in ported]}
        typer.echo(json.dumps(facts, indent=2))
    elif not ported:
        typer.echo(f"{model.name} has no pooling layers.")
    else:
        _say(ported, to)


def _size(text: str) -> tuple[int, ...]:
    parts = text.split("x")
    if not all(part.isascii() and part.isdecimal() and 0 < int(part[:9]) < 2**24 for part in parts):
        raise ArgumentError(message("--size", "be lengths such as 224x224", repr(text)))
    return tuple(map(int, parts))


def _say(ported: list[Ported], to: str) -> None:
    names = _names(ported)
    dialect, ops = ported[0].found.dialect, {each.found.op for each in ported}
    # Where one operator is all there is, it is the column's name, and its arguments the cells.
    head = f"{dialect} {ops.pop().rpartition('.')[2]}" if len(ops) == 1 else dialect
    rows = []
    for name, each in zip(names, ported, strict=True):
        found = each.found
        call = found.arguments if head != dialect else native_call(found)
        size = "?"
        if found.input_size is not None:
            size = f"{say_size(found.input_size)} → {say_size(found.output_size)}"
        rows.append((found.name, call, size, name or "✗"))
    echo_table(("layer", head, "input → output", to), rows)
    _say_code(ported, names)
    said = list(zip(names, ported, strict=True))
    scopes = [
        ("for the input size above alone.", str(name))
        for name, each in said
        if each.is_for_one_size
    ]
    warnings = [(warning, str(name)) for name, each in said for warning in each.warnings]
    refusals = [(str(each.refusal), each.found.name) for each in ported if each.code is None]
    called = len({name for name in names if name is not None})
    for mark, colour, sentences, count in (
        ("!", "yellow", [*scopes, *warnings], called),
        ("✗", "red", refusals, len(ported)),
    ):
        for sentence, repeated in collect(sentences).items():
            who = name_layers(list(dict.fromkeys(repeated)), count)
            typer.echo(f"{typer.style(f'{mark} {who}:', fg=colour)} {sentence}")


def _names(ported: list[Ported]) -> list[str | None]:
    """Return what each layer's code is called: layers that are said alike share theirs."""
    codes = list(dict.fromkeys(each.code for each in ported if each.code is not None))
    called = {code: f"pool_{number}" for number, code in enumerate(codes, 1)}
    if len(codes) == 1:
        called = {codes[0]: "pool"}
    return [None if each.code is None else called[each.code] for each in ported]


def _say_code(ported: list[Ported], names: list[str | None]) -> None:
    translations: dict[str, Translation] = {}
    notes: dict[str, list[str]] = {}
    count = len(ported)
    for name, each in zip(names, ported, strict=True):
        if name is not None and each.translation is not None:
            translations.setdefault(name, each.translation)
            notes.setdefault(name, []).append(each.found.name)
    typer.echo()
    if translations:
        said = {name: [name_layers(layers, count)] for name, layers in notes.items()}
        typer.echo(script_of(translations, said))
        typer.echo()


def native_call(found: PoolingLayer) -> str:
    """Return a layer's own call, short where the framework's modules go without saying."""
    return f"{found.op.rpartition('.')[2]}({found.arguments})"


def say_size(size: Size) -> str:
    """Return the lengths of the pooled axes, or that they are not known."""
    return "?" if size is None else "×".join(map(str, size))


def _facts(ported: Ported) -> dict[str, Any]:
    found, made = ported.found, ported.translation
    facts: dict[str, Any] = {
        "name": found.name,
        "dialect": found.dialect,
        "op": found.op,
        "params": found.params,
        "input_size": found.input_size,
        "output_size": found.output_size,
        "problem": found.problem,
        "call": None,
        "padding": [],
        "padding_value": 0.0,
        "divided_by_ones": False,
        "factor": 1.0,
        "slices": None,
        "scope": ported.scope,
        "code": ported.code,
        "refusal": ported.refusal,
        "warnings": ported.warnings,
    }
    if made is not None:
        facts |= {
            "padding": made.padding,
            "padding_value": made.padding_value,
            "divided_by_ones": made.divided_by_ones,
            "factor": made.factor,
        }
        if made.call is not None:
            facts["call"] = {"op": made.call.op, "params": made.call.params}
        if made.slices is not None:
            spans = [[(s.start, s.stop, s.step or 1) for s in along] for along in made.slices]
            facts["slices"] = {"reduce": made.reduce, "axes": spans}
    plain: dict[str, Any] = _plain(facts)
    return plain


def _plain(value: Any) -> Any:
    """Return what JSON can hold: NaN and infinities as words."""
    if isinstance(value, dict):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value if value is None or isinstance(value, str | int | float) else str(value)
