"""Frameworks asked one after the other, each in a process of its own."""

import json
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Timer
from typing import Any

from poolkit.doctor import find_framework
from poolkit.doctor.check import draw
from poolkit.doctor.framework import Framework

__all__ = ["LONGEST", "Finding", "visit"]

LONGEST = 1800.0
"""Seconds that a framework is waited for."""


@dataclass
class Finding:
    """What came of asking a framework.

    Attributes
    ----------
    framework : str
    version : str or None
        None if it is not installed.
    dialect : str
    asked : int
        How many calls it answered, or refused.
    departures : list of dict
        What :mod:`poolkit.doctor.__main__` prints of each departure.
    crash : str or None
        The call that killed the framework's process, and what was left to read of it.
    """

    framework: str
    version: str | None
    dialect: str
    asked: int = 0
    departures: list[dict[str, Any]] = field(default_factory=list)
    crash: str | None = None

    @property
    def is_well(self) -> bool:
        """Whether it answers as its dialect does."""
        return not self.departures and self.crash is None


def visit(
    name: str,
    draws: int,
    seed: int = 0,
    longest: float = LONGEST,
    answered: Callable[[], None] | None = None,
) -> Finding:
    """Ask a framework random calls, beside its dialect.

    Parameters
    ----------
    name : str
        One of ``poolkit.doctor.FRAMEWORKS``.
    draws : int
        How many calls.
    seed : int, default 0
        Of the random generator.
    longest : float, default 1800
        Seconds that it may take; what takes longer is ended.
    answered : callable, optional
        Called after each answer.

    Raises
    ------
    ArgumentError
        If there is no framework of that name.
    """
    framework = find_framework(name)
    finding = Finding(framework.name, framework.version(), framework.dialect)
    if finding.version is None:
        return finding
    command = [sys.executable, "-m", "poolkit.doctor", name, str(draws), str(seed)]
    late = False
    with (
        tempfile.TemporaryFile() as errors,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors) as process,
    ):

        def end() -> None:
            nonlocal late
            late = True
            process.kill()

        timer = Timer(longest, end)
        timer.start()
        try:
            _read(process, finding, answered)
            status = process.wait()
        finally:
            timer.cancel()
            process.kill()
        errors.seek(0)
        said = errors.read().decode(errors="replace").strip().splitlines()
    if late:
        reason = f"it took longer than {longest:g} seconds."
        finding.crash = f"{_call(framework, finding.asked, seed)}: {reason}"
    elif status != 0 or finding.asked < draws:
        reason = said[-1] if said else _end(status)
        finding.crash = f"{_call(framework, finding.asked, seed)}: {reason}"
    return finding


def _read(
    process: "subprocess.Popen[bytes]", finding: Finding, answered: Callable[[], None] | None
) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        try:
            answer = json.loads(line)
        except ValueError:  # the process ended in the midst of it
            return
        finding.asked += 1
        if answer is not None:
            finding.departures.append(answer)
        if answered is not None:
            answered()


def _end(status: int) -> str:
    """Return how a process that says nothing ended."""
    if status >= 0:
        return f"it ended with status {status}."
    try:
        return f"it was ended by {signal.Signals(-status).name}."
    except ValueError:
        return f"it was ended by signal {-status}."


def _call(framework: Framework, number: int, seed: int) -> str:
    """Return the call of a number, in words."""
    try:
        request = draw(framework, number, seed)
    except Exception:
        # Whatever keeps a framework from being asked may come from the drawing itself.
        return f"call {number}"
    return f"{request.op}({', '.join(f'{k}={v!r}' for k, v in request.params.items())})"
