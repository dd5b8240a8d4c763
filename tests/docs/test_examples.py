"""The examples in docstrings, the README and the documentation run and print what they say."""

import doctest
import importlib
import pkgutil
from pathlib import Path

import pytest

import poolkit

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / name for name in ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md")]
PAGES += sorted((ROOT / "docs").glob("*.md"))
MODULES = [
    found.name
    for found in pkgutil.walk_packages(poolkit.__path__, "poolkit.")
    if found.name not in ("poolkit.__main__", "poolkit._kernels")
]
FLAGS = doctest.NORMALIZE_WHITESPACE


@pytest.mark.parametrize("name", MODULES)
def test_docstrings(name):
    module = importlib.import_module(name)
    for public in getattr(module, "__all__", []):
        getattr(module, public)  # some are made when they are asked for
    results = doctest.testmod(module, optionflags=FLAGS)
    assert results.failed == 0
    if name == "poolkit.ops.named":
        assert results.attempted > 50


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_pages(page):
    results = doctest.testfile(str(page), module_relative=False, optionflags=FLAGS)
    assert results.failed == 0
    if page.name == "README.md":
        assert results.attempted > 5
