# Everything here sets itself up in $(VENV); all that is needed beforehand is Python 3.10 or newer.
# Another Python: make test PYTHON=python3.13

PYTHON ?= python3
VENV ?= .venv

BIN := $(VENV)/bin
TELL_SERIES := import sys; print("%d.%d" % sys.version_info[:2])
SERIES := $(shell $(PYTHON) -c '$(TELL_SERIES)' 2>/dev/null)
READY := $(VENV)/.ready-$(SERIES)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

.PHONY: help
help: ## what can be made (this list)
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' Makefile

.PHONY: demo
demo: $(READY) ## the main job, on a copy of examples/legacy_app
	@PATH="$(abspath $(BIN)):$$PATH" sh examples/demo.sh

.PHONY: test
test: lint types unit ## everything that has to hold: lint, types, unit

.PHONY: lint
lint: $(READY) ## ruff: mistakes and layout
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

.PHONY: types
types: $(READY) ## mypy --strict
	$(BIN)/mypy

.PHONY: unit
unit: $(READY) ## the tests, on every core
	$(BIN)/python -m pytest -n auto

.PHONY: proofs
proofs: $(READY) ## run every example of every rule on the real releases (fetches them once)
	$(BIN)/python -m tests.proofs

.PHONY: mutations
mutations: $(READY) ## make rules wrong at random, and see whether the proofs notice
	$(BIN)/python -m tests.proofs.mutations

EXAMPLES ?= 5000

.PHONY: fuzz
fuzz: $(READY) ## rewrite thousands of generated programs and run them before and after: make fuzz EXAMPLES=20000
	FUZZ_EXAMPLES=$(EXAMPLES) $(BIN)/python -m pytest -n auto tests/rewrite/properties

.PHONY: bench
bench: $(READY) ## speed, against Ruff and django-upgrade (fetches the corpus once)
	$(BIN)/python -m benchmarks.fetch --corpus
	$(BIN)/python -m benchmarks.bench

.PHONY: semantics
semantics: $(READY) ## what understanding code costs, beside the parse (fetches the corpora once)
	$(BIN)/python -m benchmarks.fetch
	$(BIN)/python -m benchmarks.fetch --corpus
	$(BIN)/python -m benchmarks.semantics

.PHONY: packages
packages: $(READY) ## check and fix real packages (fetches them once)
	$(BIN)/python -m benchmarks.fetch
	$(BIN)/python -m benchmarks.check_packages

.PHONY: labels
labels: $(READY) ## hold the findings to labels that were given by reading real packages (fetches them once)
	$(BIN)/python -m benchmarks.labels

.PHONY: hazards
hazards: $(READY) ## hold hazards in real packages to what readers of the code said of them (fetches them once)
	$(BIN)/python -m benchmarks.hazards

.PHONY: model
model: $(READY) ## write rules/model/starlette.toml from Starlette's releases (fetches them once)
	$(BIN)/python -m scripts.model

.PHONY: complete
complete: $(READY) ## which differences between Starlette's releases no rule covers
	$(BIN)/python -m scripts.completeness

.PHONY: release
release: $(READY) ## take in a new release of Starlette: make release VERSION=1.11.0
	@test -n '$(VERSION)' || { echo 'error: name the release: make release VERSION=1.11.0' >&2; exit 2; }
	@$(BIN)/python -m scripts.release '$(VERSION)'

.PHONY: docs
docs: $(READY) ## write docs/rules.md, docs/fastapi.md and docs/releases/ from the rules
	$(BIN)/python -m scripts.docs

.PHONY: oracle
oracle: $(READY) ## recall, against the warnings that real test suites raise (runs each once)
	$(BIN)/python -m benchmarks.oracle

.PHONY: suites
suites: $(READY) ## real test suites on their old Starlette, on the newest, and there after fix (runs each thrice)
	$(BIN)/python -m benchmarks.suites

.PHONY: clean
clean: ## remove what was made here, except for the fetched packages
	rm -rf $(VENV) .cache/venvs .hypothesis .mypy_cache .pytest_cache .ruff_cache build dist
	find . -name .git -prune -o -name __pycache__ -type d -prune -exec rm -rf {} +

# An environment of another Python is started afresh. pip learnt to install a dependency group in 25.1.
$(READY): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null || { \
	  echo 'error: Python 3.10 or newer is needed ($(PYTHON): $(or $(SERIES),not found));' \
	    'name one: make PYTHON=python3.12' >&2; exit 1; }
	@echo 'Setting up $(VENV) with Python $(SERIES) ...'
	@rm -f $(VENV)/.ready-*
	@test "$$($(BIN)/python -c '$(TELL_SERIES)' 2>/dev/null)" = '$(SERIES)' || $(PYTHON) -m venv --clear $(VENV)
	@$(BIN)/python -m pip install --quiet --upgrade 'pip>=25.1'
	@$(BIN)/python -m pip install --quiet --editable . --group dev
	@touch $@
