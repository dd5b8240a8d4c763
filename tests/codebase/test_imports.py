"""Imports run one way, and importing poolkit loads NumPy and nothing heavier."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "poolkit"

# What each part of the library may import from the others.
BELOW = {
    "_errors": set(),
    "geometry": {"_errors"},
    "_arguments": {"_errors", "geometry"},
    "_arrays": {"_errors"},
    "reducers": {"_errors"},
    "engines": {"_errors", "geometry", "reducers", "_kernels"},
    "ops": {"_errors", "_arguments", "_arrays", "geometry", "reducers", "engines"},
    "dialects": {"_errors", "_arguments", "_arrays", "geometry", "reducers", "engines", "ops"},
    "explain": {"_errors", "geometry", "reducers", "engines", "ops", "dialects"},
    "port": {"_errors", "dialects"},
    "doctor": {"_errors", "reducers", "dialects"},
    "cli": {
        "",
        "_errors",
        "_arguments",
        "_arrays",
        "geometry",
        "reducers",
        "engines",
        "ops",
        "dialects",
        "explain",
        "port",
        "doctor",
    },
    "__main__": {"cli"},
    "": {"_errors", "geometry", "reducers", "engines", "ops", "dialects"},
}
ONLY_STANDARD_LIBRARY = {"_errors", "geometry", "_arguments"}
OUTSIDE = {"numpy"}
WITH_EXTRAS = {"cli", "port", "doctor"}
MODULES = sorted(SOURCE.rglob("*.py"))


def part_of(path: Path) -> str:
    top = path.relative_to(SOURCE).parts[0].removesuffix(".py")
    return "" if top == "__init__" else top


def imports(path: Path) -> set[str]:
    """Return the dotted names that a file imports, wherever in it."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            if node.module == "poolkit":
                names |= {f"poolkit.{alias.name}" for alias in node.names}
            else:
                names.add(node.module or "")
    return names


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_imports_run_one_way(path):
    part = part_of(path)
    assert part in BELOW, f"say in this test what {part} may import"
    for name in imports(path):
        if name == "poolkit" or name.startswith("poolkit."):
            other = name.removeprefix("poolkit").removeprefix(".").partition(".")[0]
            if not (SOURCE / other).exists() and not (SOURCE / f"{other}.py").exists():
                other = other if other == "_kernels" else ""
            assert other == part or other in BELOW[part], f"{part} may not import {name}"
        elif part in ONLY_STANDARD_LIBRARY:
            assert name.partition(".")[0] in sys.stdlib_module_names, name
        elif part not in WITH_EXTRAS:
            top = name.partition(".")[0]
            assert top in sys.stdlib_module_names or top in OUTSIDE, name


def test_engines_do_not_import_each_other():
    engines = {"compiled", "portable", "reference"}
    for name in engines:
        for imported in imports(SOURCE / "engines" / f"{name}.py"):
            last = imported.rpartition(".")[2]
            assert last not in engines - {name}, f"{name} imports {imported}"
            assert last != "choose"


def test_reducers_and_geometry_do_not_know_each_other():
    for part, other in [("reducers", "geometry"), ("geometry", "reducers")]:
        for path in (SOURCE / part).glob("*.py"):
            assert not any(name.startswith(f"poolkit.{other}") for name in imports(path))


def test_importing_poolkit_loads_numpy_and_nothing_heavier():
    program = (
        "import sys, numpy; before = set(sys.modules); import poolkit;"
        "print('\\n'.join(set(sys.modules) - before))"
    )
    printed = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stdout.split()
    foreign = {
        name
        for name in printed
        if name.partition(".")[0] not in sys.stdlib_module_names | {"poolkit", "numpy"}
    }
    assert not foreign
    assert not any(name.startswith(("poolkit.cli", "poolkit.explain")) for name in printed)
