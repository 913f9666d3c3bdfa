# `make demo` and `make test` do all their own set-up: they need Python 3.11+, make, and a
# package index. Everything stays inside this folder.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed

# Nothing is written outside the checkout: caches, Prefect's home, matplotlib's … all here.
export PIP_CACHE_DIR            := $(CURDIR)/.cache/pip
export XDG_CACHE_HOME           := $(CURDIR)/.cache
export PREFECT_HOME             ?= $(CURDIR)/.triptych/prefect
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export DO_NOT_TRACK             := 1

.PHONY: demo test unit browser servers topology coverage mutants check docs bench install clean

demo: install
	@$(BIN)/triptych new --into .triptych/demo --all --quiet
	$(BIN)/triptych run .triptych/demo/figuera/figuera.yaml --packs packs
	$(BIN)/triptych run .triptych/demo/tidal/tidal.yaml --packs packs
	@$(BIN)/triptych down --quiet
	@echo
	@echo "Open packs/autumn-box/home-cooks/en-GB/index.html to look at the first pack;"
	@echo "packs/ holds them all, each with its pictures, deck, copy sheet, manifest and zip."

# COVER=1 measures coverage, too, and fails under the floor in pyproject.toml
test: $(VENV)/.tests
	$(BIN)/pytest -q -n auto --dist loadfile -m "not topology and not browser and not servers" $(if $(COVER),--cov --cov-report=term:skip-covered)

servers: $(VENV)/.tests
	$(BIN)/pytest -q -n auto --dist loadfile -m servers

topology: $(VENV)/.tests
	$(BIN)/pytest -q -m topology --strict-markers tests/topology

browser: $(VENV)/.tests
	$(BIN)/pytest -q -m browser tests/browser

unit: $(VENV)/.tests
	$(BIN)/pytest -q -n auto --dist loadfile -m "not slow and not prefect and not providers"

check: $(VENV)/.tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pyright

coverage:
	$(MAKE) test COVER=1

mutants: $(VENV)/.tests
	$(BIN)/python -m tests.mutants

docs: $(VENV)/.tests
	$(BIN)/python -m tests.docs.layers

bench: install
	$(BIN)/python benchmarks/campaign.py

install: $(STAMP)

$(STAMP): requirements/run.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "triptych needs Python 3.11 or newer: make PYTHON=python3.12 …"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements/build.txt
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements/run.txt -c requirements/run.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@$(BIN)/python -m compileall -q triptych connectors flows  # where no bytecode is written, each start would compile
	@touch $@

$(VENV)/.tests: $(STAMP) requirements/test.txt
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements/test.txt -c requirements/test.txt
	@touch $@

clean:
	rm -rf $(VENV) .cache build dist
