# Everything sets itself up in .venv; nothing needs to be installed by hand
# but Python 3.11 or later, make and, for the compiled engine, a C++ compiler.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
SOURCES := pyproject.toml $(wildcard CMakeLists.txt) $(shell find src cpp -type f 2>/dev/null)
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.DEFAULT_GOAL := help
.PHONY: help demo test bench sanitize format clean

help: ## show this list
	@grep -E '^[a-z]+:.*##' Makefile | sed 's/:.*## /\t/' | expand -t 12

demo: $(VENV)/.demo ## pool a real photograph and write the pictures to demo/
	$(BIN)/python examples/photograph.py

test: $(VENV)/.test ## run every test, with coverage
	$(BIN)/python -m pytest --cov $(PYTEST_ARGUMENTS)

bench: $(VENV)/bench/.bench ## time poolkit beside its peers and write docs/benchmarks.md
	$(VENV)/bench/bin/python benchmarks/run.py --output docs/benchmarks.md $(BENCH_ARGUMENTS)

# The peers have an environment of their own: they pin what they share with the tests. Of torch's
# builds, torchvision's loads with the one that has no local version such as +cpu: hence ===.
$(VENV)/bench/.bench: $(SOURCES)
	$(PYTHON) -m venv $(VENV)/bench
	$(VENV)/bench/bin/python -m pip install --quiet torch===2.13.0
	$(VENV)/bench/bin/python -m pip install --quiet '.[bench]'
	@touch $@

sanitize: $(VENV)/.test ## run the engines' tests with addresses, overflows and races checked
	mkdir -p build
	c++ -std=c++20 -O1 -g -Wno-psabi -fsanitize=thread -pthread -o build/race_check \
		$(addprefix cpp/,race_check.cpp recipe.cpp threads.cpp layout.cpp smooth_layout.cpp dispatch.cpp kernels_baseline.cpp smooth_baseline.cpp)
	build/race_check
	$(PYTHON) -m venv --system-site-packages $(VENV)/sanitize
	echo "$(abspath $(VENV))/lib/$$($(BIN)/python -c 'import sys; print("python%d.%d" % sys.version_info[:2])')/site-packages" \
		> $$($(VENV)/sanitize/bin/python -c 'import site; print(site.getsitepackages()[0])')/test.pth
	$(VENV)/sanitize/bin/python -m pip install --quiet --no-deps --no-build-isolation --ignore-installed \
		--config-settings=cmake.define.POOLKIT_SANITIZE=ON --config-settings=build-dir=build/sanitize .
	LD_PRELOAD="$$(c++ -print-file-name=libasan.so) $$(c++ -print-file-name=libubsan.so)" \
		ASAN_OPTIONS=detect_leaks=0:allocator_may_return_null=1 \
		$(VENV)/sanitize/bin/python -m pytest tests/conformance tests/unit/engines $(PYTEST_ARGUMENTS)

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
