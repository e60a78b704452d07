# Vigie 311: each target does its own set-up. `make demo` and `make test` are all that a fresh machine needs.

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: help install demo test lint bench lock clean

BIN := .venv/bin
PORT ?= 8050
ROWS ?= 500000

# The demo keeps to a folder of its own: invented requests never mix with a city's.
DEMO := var/demo
DEMO_ENV := VIGIE_DEMO=1 VIGIE_STORE=sqlite:///$(DEMO)/vigie.db VIGIE_MART=$(DEMO)/mart VIGIE_MEDIA=$(DEMO)/media

help: ## say what there is
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 18

install: ## the virtual environment in .venv, from requirements.lock
	@scripts/setup.sh

demo: install $(DEMO)/requests-$(ROWS).csv ## invented requests on http://127.0.0.1:8050 (PORT=, ROWS=)
	@$(DEMO_ENV) $(BIN)/vigie ingest montreal $(DEMO)/requests-$(ROWS).csv
	@$(DEMO_ENV) $(BIN)/vigie build
	@$(DEMO_ENV) $(BIN)/vigie serve --port $(PORT)

$(DEMO)/requests-%.csv: | install
	@mkdir -p $(DEMO)
	@$(BIN)/vigie generate $(DEMO)/part.csv --rows $*
	@mv $(DEMO)/part.csv $@

test: ## every test, with its own PostgreSQL and the machine's Chromium
	@scripts/setup.sh test
	@$(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder

lint: install ## ruff, mypy, import-linter
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

bench: install ## the benchmarks, beside their peers (ROWS for another size: python -m benchmarks --help)
	@$(BIN)/python -m benchmarks

lock: install ## requirements.lock from pyproject.toml (UPGRADE=1: the newest of everything)
	@scripts/lock.sh

clean: ## what tests, benchmarks and the demo left; never .venv, never a store of yours
	@rm -rf $(DEMO) var/bench test-artifacts build *.egg-info
	@rm -rf .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
