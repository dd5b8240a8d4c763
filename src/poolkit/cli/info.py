"""`poolkit info`: what this installation can do."""

import json
import os
import platform
from typing import Annotated, Any

import numpy as np
import typer

import poolkit
from poolkit.engines import ENGINES
from poolkit.engines.compiled import CompiledEngine

__all__ = ["info"]


def info(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for machines.")] = False,
) -> None:
    """Print the version, the engines and why any is missing, instruction set and threads."""
    facts = _facts()
    if as_json:
        typer.echo(json.dumps(facts, indent=2, ensure_ascii=False))
        return
    lines = [(name, facts[name]) for name in ("poolkit", "python", "numpy")]
    for number, (name, reason) in enumerate(facts["engines"].items()):
        state = "available" if reason is None else f"not available: {reason}"
        lines.append(("engines" if number == 0 else "", f"{name:9}  {state}"))
    if facts["instruction_set"] is not None:
        others = [name for name in facts["instruction_sets"] if name != facts["instruction_set"]]
        also = f" (also here: {', '.join(others)})" if others else ""
        lines.append(("instructions", facts["instruction_set"] + also))
    lines.append(("threads", f"{facts['threads']} of {facts['processors']} processors"))
    for label, text in lines:
        typer.echo(f"{typer.style(f'{label:12}', bold=True)}  {text}")


def _facts() -> dict[str, Any]:
    compiled = ENGINES[0].unavailable() is None
    return {
        "poolkit": poolkit.__version__,
        "python": f"{platform.python_version()} on {platform.system()} {platform.machine()}",
        "numpy": np.__version__,
        "engines": {engine.name: engine.unavailable() for engine in ENGINES},
        "instruction_set": CompiledEngine.instruction_set() if compiled else None,
        "instruction_sets": CompiledEngine.instruction_sets() if compiled else [],
        "threads": poolkit.get_num_threads() if compiled else 1,
        "processors": os.cpu_count(),
    }
