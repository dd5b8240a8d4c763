"""`poolkit info`, and the command line where its packages are missing."""

import json
import subprocess
import sys

from typer.testing import CliRunner

import poolkit
from poolkit.cli.application import application
from poolkit.engines import ENGINES
from poolkit.engines.compiled import CompiledEngine


def test_it_says_what_there_is():
    result = CliRunner().invoke(application, ["info"])
    assert result.exit_code == 0
    assert poolkit.__version__ in result.stdout
    for engine in ENGINES:
        assert engine.name in result.stdout
    if ENGINES[0].unavailable() is None:
        assert CompiledEngine.instruction_set() in result.stdout


def test_it_says_why_an_engine_is_missing(monkeypatch):
    reason = "it was not built, for want of a C++ compiler when poolkit was installed."
    monkeypatch.setattr(CompiledEngine, "unavailable", lambda self: reason)
    result = CliRunner().invoke(application, ["info"])
    assert f"compiled   not available: {reason}" in result.stdout
    assert "instructions" not in result.stdout
    facts = json.loads(CliRunner().invoke(application, ["info", "--json"]).stdout)
    assert facts["engines"] == {"compiled": reason, "portable": None, "reference": None}
    assert facts["instruction_set"] is None


def test_as_a_program():
    command = [sys.executable, "-m", "poolkit", "info", "--json"]
    facts = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    assert facts["poolkit"] == poolkit.__version__
    assert facts["engines"]["portable"] is None
    assert facts["threads"] >= 1


def test_missing_packages_are_named():
    program = "import sys; sys.modules['typer'] = None; from poolkit.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert done.stderr == (
        'poolkit: the command line needs typer.\nHint: pip install "poolkit[cli]"\n'
    )
