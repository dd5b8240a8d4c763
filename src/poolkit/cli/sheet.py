"""What reports have in common: tables as wide as the terminal, and what holds for which layers."""

from collections.abc import Iterable, Sequence

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

__all__ = ["collect", "echo_table", "name_layers"]

UNBOUNDED = 10_000
"""Columns of what is no terminal: rows are lines there."""

NARROW = 100
"""Columns of a terminal below which no room is wasted between those of a table."""

NAMED = 3
"""Layers that are named one by one."""


def echo_table(heads: Sequence[str], rows: Iterable[Sequence[str | Text]]) -> None:
    """Print a table without lines, its first column bold."""
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(width=UNBOUNDED, highlight=False)
    gap = 1 if console.width < NARROW else 2
    table = Table(box=None, pad_edge=False, padding=(0, gap, 0, 0), header_style="dim")
    for number, head in enumerate(heads):
        style = "bold" if number == 0 else ""
        table.add_column(Text(head), style=style, overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell) if isinstance(cell, str) else cell for cell in row))
    with console.capture() as captured:
        console.print(table)
    for line in captured.get().splitlines():
        typer.echo(line.rstrip())


def collect(said: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Return sentences with the names that each goes with."""
    found: dict[str, list[str]] = {}
    for sentence, name in said:
        found.setdefault(sentence, []).append(name)
    return found


def name_layers(names: Sequence[str], count: int) -> str:
    """Return names of layers in a few words, of `count` that there are."""
    if len(names) == count:
        return "all" if count > 1 else names[0]
    if len(names) <= NAMED + 1:
        return ", ".join(names)
    return f"{', '.join(names[:NAMED])} and {len(names) - NAMED} more"
