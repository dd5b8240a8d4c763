"""Every public name is documented, and every file is short and honestly named."""

import importlib
import inspect
import pkgutil
import re
from pathlib import Path

import pytest

import poolkit

ROOT = Path(__file__).parents[2]
FORBIDDEN = {"utils", "util", "helpers", "helper", "common", "misc", "core", "manager"}
SECTIONS = ["Parameters", "Returns", "Raises", "Notes", "Examples"]


MODULES = [
    poolkit,
    *(
        importlib.import_module(found.name)
        for found in pkgutil.walk_packages(poolkit.__path__, "poolkit.")
        if found.name not in ("poolkit.__main__", "poolkit._kernels")
    ),
]


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_public_names_are_documented(module):
    assert module.__doc__, module.__name__
    for name in getattr(module, "__all__", []):
        thing = getattr(module, name)
        if inspect.isclass(thing) or inspect.isfunction(thing):
            assert thing.__doc__, f"{module.__name__}.{name}"


@pytest.mark.parametrize(
    "name", [name for name in poolkit.ops.__all__ if not re.search(r"\dd$", name)]
)
def test_operators_document_everything(name):
    operator = getattr(poolkit, name)
    for section in SECTIONS:
        assert re.search(rf"^ *{section}\n *-+$", operator.__doc__, re.MULTILINE), section
    notes = operator.__doc__.partition("Notes\n")[2]
    for rule in ["NaN", "ties", "empty", "dtype", "gradient", "source"]:
        assert re.search(rf"\b{rule}\b", notes, re.IGNORECASE), rule
    for parameter in inspect.signature(operator).parameters:
        assert re.search(rf"^ *{parameter} : ", operator.__doc__, re.MULTILINE), parameter


@pytest.mark.parametrize("folder", ["src", "tests", "cpp", "examples", "docs"])
def test_no_grab_bags(folder):
    for path in (ROOT / folder).rglob("*"):
        assert path.stem not in FORBIDDEN, path


def test_files_are_short():
    for path in (ROOT / "src").rglob("*.py"):
        lines = path.read_text(encoding="utf-8").count("\n")
        assert lines <= 300, f"{path} has {lines} lines"
