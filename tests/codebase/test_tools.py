"""The linter, the formatter and the type checker find nothing."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

COMMANDS = {
    "format": ["ruff", "format", "--check", "."],
    "lint": ["ruff", "check", "."],
    "types": ["mypy"],
    "changelog": ["towncrier", "build", "--draft", "--version", "next"],
}


@pytest.mark.parametrize("tool", COMMANDS)
def test_finds_nothing(tool):
    found = subprocess.run(
        [sys.executable, "-m", *COMMANDS[tool]],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    assert found.returncode == 0, found.stdout + found.stderr
