# The only task runner. `make` prints what there is.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PACKAGES := patrol checklists schemas sync media server
# Two cores are the smallest machine the suite is meant for.
WORKERS ?= 2
# Clients as shipped that tests drive.
CLIENTS := tests/server/photos/clients
NODE := PATH="$(CURDIR)/$(BIN):$$PATH"
WEB_SOURCES := $(shell find field design catalogue -type f -not -path '*/node_modules/*' -not -path '*/generated/*')
SEEDS ?= 2000
START ?= 0

export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: kill-phone console-screens screens bench-phone help setup run demo ledger test check format lint types arch web app tests simulate bench coverage kill migration locks clean

help: ## print this help
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  \033[1m%-11s\033[0m %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# --- set-up: every target that needs the environment makes it -------------------------------

$(BIN)/uv: | requirements-dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or newer is needed; say which with make PYTHON=…"; exit 1; }
	@$(PYTHON) -m venv $(VENV) \
		|| { echo "python3 -m venv failed: on Debian, apt-get install python3-venv"; exit 1; }
	@$(BIN)/pip install --quiet --require-hashes \
		-r <(awk '/^uv==/ {found = 1} found {print} found && !/\\$$/ {exit}' requirements-dev.txt)

$(VENV)/.run: requirements.txt requirements-build.txt | $(BIN)/uv
	@$(BIN)/uv pip install --quiet --require-hashes -r requirements.txt -r requirements-build.txt
	@touch $@

$(VENV)/.dev: requirements-dev.txt requirements.txt requirements-build.txt $(CLIENTS)/package-lock.json | $(BIN)/uv
	@$(BIN)/uv pip sync --quiet --require-hashes requirements-dev.txt
	@cd $(CLIENTS) && $(NODE) npm ci --silent --no-audit --no-fund
	@touch $(VENV)/.run $@

# Node comes from PyPI: Python is the only thing that must be there.
field/node_modules/.installed: field/package-lock.json field/.npmrc | $(VENV)/.run
	@cd field && $(NODE) npm ci --silent
	@touch $@

build/.web: field/node_modules/.installed $(WEB_SOURCES)
	@cd field && $(NODE) npm run --silent build
	@touch $@

setup: $(VENV)/.dev field/node_modules/.installed ## make .venv with everything needed to work on the project

# --- use ------------------------------------------------------------------------------------

run: $(VENV)/.run build/.web ## serve on 127.0.0.1:8000 (PORT, QIANSHAO_DATA_DIR), Ctrl-C stops everything
	@exec $(BIN)/python -m server.serve

demo: $(VENV)/.run ## five phones with no network, one merged round, and a recount that must agree: SEED=2022
	@$(BIN)/python -m server.demo --seed $(or $(SEED),2022)

ledger: $(VENV)/.run ## write docs/ledger-coverage.md: which items serve which row of the notice
	@$(BIN)/python -m checklists ledger docs/ledger-coverage.md

# --- check ----------------------------------------------------------------------------------

test: check ## everything that must hold before a change lands (the same as `make check`)

check: lint types arch web tests ## format, lint, types, import contracts, web sources, tests on both databases

format: $(VENV)/.dev field/node_modules/.installed ## format the code
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .
	@cd field && $(NODE) npm run --silent format

lint: $(VENV)/.dev ## formatting and lint, changing nothing
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .

types: $(VENV)/.dev ## mypy, strict
	@$(BIN)/mypy

arch: $(VENV)/.dev ## who may import whom
	@$(BIN)/lint-imports --no-cache

tests: $(VENV)/.dev build/.web ## the test suite; ARGS="tests/sync -k fork" narrows it
	@$(BIN)/pytest -n $(WORKERS) --no-loadscope-reorder $(ARGS)

web: build/.web ## format, lint, types and tests of field/, and of what was built
	@cd field && $(NODE) npm run --silent lint && $(NODE) npm run --silent types && $(NODE) npm test --silent

app: build/.web ## build the phone app and the console's assets into build/

screens: $(VENV)/.dev build/.web ## pictures of every screen of the phone app, three themes, two sizes, into build/screens
	@$(BIN)/python -m tests.browser.screens

console-screens: $(VENV)/.dev build/.web ## pictures of every page of the console, both themes, four sizes, into build/console-screens
	@$(BIN)/python -m tests.browser.console_screens

bench-phone: $(VENV)/.dev build/.web ## measure the phone app in Chromium slowed down four times
	@$(BIN)/python -m bench.phone

simulate: $(VENV)/.dev ## play seeds of the sync protocol: SEEDS=100000 START=0; DEFECTS=1 plants every defect
	@$(BIN)/python -m simulation $(SEEDS) --start $(START) --workers $(WORKERS) $(if $(DEFECTS),--defects)

bench: $(VENV)/.dev ## measure exchanges, the board and the rules on both databases (half an hour); BENCH="exchange --clients 8"
ifdef BENCH
	@$(BIN)/python -m bench.$(BENCH)
else
	@for what in exchange photos board plan_exchange judging media likeness; do echo; echo "== $$what"; $(BIN)/python -m bench.$$what; done
endif

coverage: $(VENV)/.dev ## the suite with branch coverage
	@$(BIN)/coverage erase
	@$(BIN)/coverage run -m pytest $(ARGS)
	@$(BIN)/coverage combine --quiet
	@$(BIN)/coverage report

kill: $(VENV)/.dev ## kill -9 the server under load, again and again, and count what is lost: CUTS=200
	@$(BIN)/python -m tests.holds.killing $(CUTS)

kill-phone: $(VENV)/.dev build/.web ## kill -9 the browsers of five phones on one visit, again and again: KILLS=100 SEED=1
	@$(BIN)/python -m tests.browser.campaign $(or $(KILLS),100) $(or $(SEED),1)

migration: $(VENV)/.dev ## write a migration for what changed in the models: NAME="add photo digest"
	@scratch=$$(mktemp -d); trap 'rm -rf "$$scratch"' EXIT; \
		QIANSHAO_DATA_DIR=$$scratch $(BIN)/python -m server.cli migration "$(NAME)"

locks: $(BIN)/uv ## compile requirements*.in into the pinned, hashed requirements*.txt
	@for name in requirements requirements-build requirements-dev; do \
		$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
			--no-header $(UPGRADE) $$name.in -o $$name.txt; done

clean: ## remove what make and the tools made, data excepted
	@rm -rf $(VENV) build field/node_modules field/generated .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache htmlcov .coverage*
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
