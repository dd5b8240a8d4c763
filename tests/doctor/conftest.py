"""A fake framework, known to this process and to those that it starts."""

import os
from pathlib import Path

import pytest

import poolkit.doctor

HERE = str(Path(__file__).parent)
MADE_KNOWN = f"""
import poolkit.doctor
poolkit.doctor.FRAMEWORKS += ("fake",)
poolkit.doctor.__path__.append({HERE!r})
"""


@pytest.fixture
def fake(monkeypatch, tmp_path):
    """Return what makes the fake framework behave in one way."""
    (tmp_path / "sitecustomize.py").write_text(MADE_KNOWN, encoding="utf-8")
    sources = str(Path(poolkit.__file__).parents[1])
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), sources]))
    monkeypatch.setattr(poolkit.doctor, "FRAMEWORKS", (*poolkit.doctor.FRAMEWORKS, "fake"))
    monkeypatch.setattr(poolkit.doctor, "__path__", [*poolkit.doctor.__path__, HERE])
    return lambda way: monkeypatch.setenv("FAKE", way)
