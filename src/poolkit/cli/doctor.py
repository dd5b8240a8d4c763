"""`poolkit doctor`: installed frameworks, and models, held against the rules of pooling."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, track
from rich.text import Text

from poolkit._errors import MissingDependencyError
from poolkit.cli.port import say_size
from poolkit.cli.sheet import collect, echo_table, name_layers
from poolkit.doctor import FRAMEWORKS, find_framework
from poolkit.doctor.visit import LONGEST, Finding, visit
from poolkit.port.export import Fate, Verdict, judge
from poolkit.port.model_file import ENDINGS, read_model
from poolkit.port.pooling_layer import PoolingLayer

__all__ = ["doctor"]

SHOWN = 5
"""Rules of which a departure is written out."""

MARKS = {
    "same": ("✓", "green", "stays as it is"),
    "differs": ("!", "yellow", "the same numbers, but as noted below"),
    "steps": ("+", "yellow", "needs steps around it"),
    "lost": ("✗", "red", "cannot be said"),
}
FOR_ONE_SIZE = "¹"

THIS = "\0"
"""Stands for a framework's name, so that what is said of several is said once."""


def doctor(
    model: Annotated[
        Path | None,
        typer.Argument(
            metavar="MODEL",
            help=f"A model file ({ENDINGS}): says which of its pooling layers change meaning "
            "elsewhere. Without one, the installed frameworks are asked.",
            readable=False,
        ),
    ] = None,
    framework: Annotated[
        list[str] | None,
        typer.Option(help=f"Ask this one alone: {', '.join(FRAMEWORKS)}. May be repeated."),
    ] = None,
    draws: Annotated[int, typer.Option(help="Random calls for each framework.", min=1)] = 500,
    seed: Annotated[int, typer.Option(help="Of the random generator.", min=0)] = 0,
    timeout: Annotated[
        float, typer.Option(help="Seconds that each framework is waited for.", min=0)
    ] = LONGEST,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for machines.")] = False,
) -> None:
    """Name what frameworks here answer otherwise than they should, or what a model risks."""
    if model is not None:
        _examine(model, as_json)
        return
    names = list(dict.fromkeys(framework or FRAMEWORKS))
    for name in names:
        obstacle = find_framework(name).obstacle()
        if framework and obstacle is not None:
            raise MissingDependencyError(f"{name} cannot be asked: {obstacle}.")
    findings = {}
    for name in names:
        findings[name] = _ask(name, draws, seed, timeout)
        if not as_json:
            _say(name, findings[name])
    if as_json:
        facts = {
            name: {**asdict(finding), "is_well": finding.is_well}
            for name, finding in findings.items()
        }
        typer.echo(json.dumps(facts, indent=2))
    if not all(finding.is_well for finding in findings.values()):
        raise typer.Exit(1)


def _ask(name: str, draws: int, seed: int, timeout: float) -> Finding:
    """Ask a framework behind a bar."""
    console = Console(stderr=True)
    columns = (TextColumn("asking {task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as progress:
        task = progress.add_task(name, total=draws)
        return visit(name, draws, seed, timeout, lambda: progress.advance(task))


def _say(called: str, finding: Finding) -> None:
    name = typer.style(f"{finding.framework:12}", bold=True)
    if finding.version is None:
        typer.echo(f"{name}  -  {find_framework(called).obstacle()}")
        return
    said = [f"{finding.asked} calls"]
    if finding.departures:
        said.append(f"{len(finding.departures)} answered otherwise than its dialect")
    if finding.crash is not None:
        said.append("its process ended")
    mark, colour = ("✓", "green") if finding.is_well else ("✗", "red")
    heading = ", ".join(said if len(said) > 1 else [*said, "all as they should be"])
    typer.echo(f"{name}  {typer.style(mark, fg=colour)}  {finding.version}: {heading}")
    rules: dict[str, list[dict[str, Any]]] = {}
    for departure in finding.departures:
        rules.setdefault(departure["rule"], []).append(departure)
    for rule, departures in list(rules.items())[:SHOWN]:
        count = f"{len(departures)} times, first" if len(departures) > 1 else "once"
        typer.echo(f"    {typer.style(rule, bold=True)}, {count}:")
        typer.echo(f"      {departures[0]['said']}")
        if departures[0]["report"] is not None:
            typer.echo(f"      see {departures[0]['report']}")
    if len(rules) > SHOWN:
        typer.echo(f"    and of {len(rules) - SHOWN} other rules: see --json")
    if finding.crash is not None:
        typer.echo(f"    {typer.style('the process ended', bold=True)} at {finding.crash}")


def _examine(model: Path, as_json: bool) -> None:
    errors = Console(stderr=True)
    layers = read_model(model)
    slowly = track(
        layers, "examining", console=errors, transient=True, disable=not errors.is_terminal
    )
    verdicts = [judge(found) for found in slowly]
    if as_json:
        facts = {"model": str(model), "layers": [asdict(verdict) for verdict in verdicts]}
        typer.echo(json.dumps(facts, indent=2))
    elif not verdicts:
        typer.echo(f"{model.name} has no pooling layers.")
    else:
        _say_verdicts(layers, verdicts)


def _say_verdicts(layers: list[PoolingLayer], verdicts: list[Verdict]) -> None:
    targets = list(dict.fromkeys(to for verdict in verdicts for to in verdict.elsewhere))
    rows: list[list[str | Text]] = [
        [
            verdict.name,
            say_size(found.input_size),
            *(_mark(verdict.elsewhere.get(to)) for to in targets),
        ]
        for found, verdict in zip(layers, verdicts, strict=True)
    ]
    echo_table(("layer", "input", *targets), rows)
    typer.echo()
    fates = [fate for verdict in verdicts for fate in verdict.elsewhere.values()]
    kinds = {fate.kind for fate in fates}
    legend = [f"{mark} {said}" for kind, (mark, _, said) in MARKS.items() if kind in kinds]
    if any(fate.is_for_one_size for fate in fates):
        legend.append(f"{FOR_ONE_SIZE} for this input size alone")
    if legend:
        typer.echo(typer.style(" · ".join(legend), dim=True))
    for kind, (mark, colour, _) in MARKS.items():
        for sentence, (names, frameworks) in _sentences(verdicts, targets, kind).items():
            layers_too = "" if len(names) == len(verdicts) else f" ({name_layers(names, 0)})"
            who = typer.style(f"{mark} {', '.join(frameworks)}{layers_too}:", fg=colour)
            typer.echo(f"{who} {sentence}")
    for verdict in verdicts:
        if verdict.problem is not None:
            typer.echo(f"{typer.style(f'✗ {verdict.name}:', fg='red')} {verdict.problem}")


def _sentences(
    verdicts: list[Verdict], targets: list[str], kind: str
) -> dict[str, tuple[list[str], list[str]]]:
    """Return sentences about one kind of fate, with the layers and the frameworks of each."""
    grouped: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for to in targets:
        said = []
        for verdict in verdicts:
            fate = verdict.elsewhere.get(to)
            if fate is None or fate.kind != kind or kind == "same":
                continue
            first = () if kind == "differs" else (f"{fate.said.rstrip('.')}.",)
            said += [(each, verdict.name) for each in (*first, *fate.warnings)]
        for sentence, names in collect(said).items():
            key = sentence.replace(f" {to} ", f" {THIS} "), tuple(names)
            grouped.setdefault(key, []).append(to)
    return {
        sentence.replace(THIS, "these" if len(tos) > 1 else tos[0]): (list(names), tos)
        for (sentence, names), tos in grouped.items()
    }


def _mark(fate: Fate | None) -> Text:
    if fate is None:
        return Text("-")
    mark, colour, _ = MARKS[fate.kind]
    return Text(mark + (FOR_ONE_SIZE if fate.is_for_one_size else ""), style=colour)
