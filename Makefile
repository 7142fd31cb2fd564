# The habits of this project, one command each. `make help` lists them.
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help setup demo up down score test exhaustive release lint bench chaos month attacks cases unseen docs lock

help:  ## list these commands
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

setup: .venv/.ready  ## make .venv with the pinned and hashed requirements

.venv/.ready: requirements.lock pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 or newer is needed: set PYTHON=/path/to/python3"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; $(PYTHON) is $$($(PYTHON) -V). Set PYTHON=/path/to/python3.11"; exit 1; }
	@echo "setting up .venv (about a minute the first time)"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r requirements-bootstrap.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes --compile-bytecode -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

demo: setup  ## set up everything, read the demo invoices with a real model, say where to look
	@$(BIN)/counterfoil up
	@$(BIN)/counterfoil demo

up: setup  ## start the local stack: Temporal, Phoenix, the model, the worker
	@$(BIN)/counterfoil up

down:  ## stop the local stack
	@test ! -x $(BIN)/counterfoil || $(BIN)/counterfoil down

PDFS ?= ../shared/corpus/invoices/pdf_noxml
GT ?= ../shared/corpus/invoices/gt
score: setup  ## read documents with known truth (PDFS=folder GT=folder) with the running stack, and score what came of it
	@$(BIN)/counterfoil score $(PDFS) $(GT) $(SCORE)

test: setup  ## run the tests (real Temporal, Phoenix and databases; a scripted endpoint for the GPU)
	@$(BIN)/python -m pytest -n 3 --dist loadfile

exhaustive: setup  ## the tests that take long: whole corpora, hostile sizes, servers stopped and started, a storm of duplicates
	@$(BIN)/python -m pytest -n 2 --dist loadfile -m exhaustive

release: setup  ## the last released version and this one after it: what waits and what is at work goes on (in small; all of it in `exhaustive`)
	@$(BIN)/python -m pytest -n 0 -m release

lint: setup  ## ruff, strict types, the import contract of the rooms, unused dependencies
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/deptry .
	@$(BIN)/mypy

docs: setup  ## write docs/configuration.md from the settings
	@$(BIN)/python -m docs.configuration

lock:  ## resolve the requirements anew, pinned and hashed, naming no host
	@$(BIN)/uv pip compile --quiet --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --all-extras --group dev -o requirements.lock pyproject.toml

BENCH ?= --json .counterfoil/bench.json --plot .counterfoil/bench.png
bench: setup  ## measure speed, latency, CPU, saturation and large batches, beside peers that do the same job (BENCH=arguments)
	@$(BIN)/python -m tests.evals.bench $(BENCH)

cases: setup  ## read small inputs, each of a kind of difficulty, and hold them against what is right (CASES=arguments)
	@$(BIN)/python -m tests.evals.unseen.cases $(CASES)

unseen: setup  ## how well invoices are read by code alone, and how many need nobody (UNSEEN=arguments)
	@$(BIN)/python -m tests.evals.unseen $(UNSEEN)

CHAOS ?= --json .counterfoil/chaos.json
chaos: setup  ## kill workers, endpoint, Phoenix and Temporal at random under 200 documents, and hold all records together (CHAOS=arguments)
	@$(BIN)/python -m tests.evals.chaos $(CHAOS)

MONTH ?= --json .counterfoil/month.json
month: setup  ## 300 generated invoices with planted faults through all checks: precision, recall, wrongly approved (MONTH=arguments)
	@mkdir -p .counterfoil
	@$(BIN)/python -m tests.evals.month $(MONTH)

ATTACKS ?= --json .counterfoil/attacks.json
attacks: setup  ## documents and people that try to be paid, each with its outcome: wrongly approved must be 0 (ATTACKS=arguments)
	@mkdir -p .counterfoil
	@$(BIN)/python -m tests.evals.attacks $(ATTACKS)
