# Everything sets itself up in .venv; nothing needs to be installed by hand
# but Python 3.11 or later, make and, for the compiled engine, a C++ compiler.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
SOURCES := pyproject.toml $(wildcard CMakeLists.txt) $(shell find src cpp -type f 2>/dev/null)
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.DEFAULT_GOAL := help
.PHONY: help demo test format clean

help: ## show this list
	@grep -E '^[a-z]+:.*##' Makefile | sed 's/:.*## /\t/' | expand -t 12

demo: $(VENV)/.demo ## pool a real photograph and write the pictures to demo/
	$(BIN)/python examples/photograph.py

test: $(VENV)/.test ## run every test, with coverage
	$(BIN)/python -m pytest --cov $(PYTEST_ARGUMENTS)

format: $(VENV)/.test ## put the source into its one format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

clean: ## remove the environment and whatever was made
	rm -rf $(VENV) build dist demo .coverage .mypy_cache .pytest_cache .ruff_cache .hypothesis

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed; give one as make PYTHON=...")'
	$(PYTHON) -m venv $(VENV)
	$(PIP) --upgrade pip

$(VENV)/.demo: $(BIN)/python $(SOURCES)
	$(PIP) '.[demo]'
	@touch $@

# PyTorch goes first and pinned: whatever else asks for it then takes this build.
$(VENV)/.test: $(BIN)/python $(SOURCES)
	$(PIP) torch==2.13.0
	$(PIP) '.[test]'
	@touch $@
