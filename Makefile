# From a fresh clone, with Python 3.10 to 3.14 and make alone:  make run,  make test
PYTHON  ?= python3
VENV    ?= .venv
WORKERS ?= auto
BIN      = $(VENV)/bin

.DEFAULT_GOAL := run
.PHONY: run test format bench vcsim contract pages clean help

run: $(VENV)/.ready  ## run the conformance suite against the emulator, and print where the report is
	@$(BIN)/vim25-conformance run --target emulator -n $(WORKERS)

test: $(VENV)/.ready  ## style, types, tests
	$(BIN)/ruff check --quiet .
	$(BIN)/ruff format --check --quiet .
	$(BIN)/mypy
	$(BIN)/pytest --quiet -n $(WORKERS)

format: $(VENV)/.ready  ## fix style and formatting
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/.ready  ## measure the emulator beside vcsim (needs vcsim, or Go to install it)
	@$(BIN)/python -m benchmarks measure

vcsim: $(VENV)/.ready  ## run the suite against vcsim and the emulator, and compare (needs vcsim or Go)
	@$(BIN)/python -m benchmarks compare

contract: $(VENV)/.ready  ## write wsdl/: the contract of what the emulator implements
	@for folder in wsdl/*/; do release=$$(basename $$folder); \
	$(BIN)/vim25-emulator wsdl --implemented --force --api-version $$release -o $$folder || exit; \
	$(BIN)/vim25-emulator openapi --force --api-version $$release -o $$folder/openapi.json || exit; done

pages: $(VENV)/.ready  ## write docs/: the implemented methods, the tables of Fault Tolerance, VI/JSON
	@$(BIN)/python -m vim25_emulator.pages docs
	@$(BIN)/python -m vim25_conformance.json_page docs/vi-json.md

clean:  ## remove everything that was built here
	rm -rf $(VENV) .tox build dist runs *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis

help:  ## list the targets
	@sed -n 's/^\([a-z]*\):.*## */\1\t/p' $(MAKEFILE_LIST) | expand -t 10

$(VENV)/.ready: setup.cfg pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "make: there is no $(PYTHON); install Python 3.10 to 3.14, or say make PYTHON=…" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; (3, 10) <= sys.version_info[:2] <= (3, 14) or sys.exit("make: Python 3.10 to 3.14 is needed, $(PYTHON) is %d.%d; try: make PYTHON=python3.11" % sys.version_info[:2])'
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "make: $(PYTHON) cannot make virtual environments; on Debian or Ubuntu: apt install python3-venv" >&2; exit 1; }
	@echo "Preparing $(VENV) (once, or after a change of dependencies)"
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv $(VENV)  # also after an interrupted one
	@$(BIN)/python -m pip install --quiet --upgrade pip
	@$(BIN)/python -m pip install --quiet --quiet --editable '.[dev]'  # errors, and no warnings
	@touch $@
