# Every command of the project. `make help` lists them.
.DEFAULT_GOAL := help
SHELL := /bin/bash

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.made
WORKER := argosy/_bin/tool_worker
PAGE := argosy/_ui/index.html
MODULES := ui/node_modules/.made
CLUSTER ?=
# Tests run in this many processes.
JOBS ?= 3

export PYTHONDONTWRITEBYTECODE ?= 1
unexport KUBECONFIG

help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

setup: $(STAMP) ## Make the virtual environment from the locked requirements

$(STAMP): requirements/bootstrap.txt requirements/dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Argosy needs Python 3.11 or later: make PYTHON=python3.11")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(BIN)/python -m ensurepip >/dev/null
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bootstrap.txt
	@VIRTUAL_ENV=$(VENV) $(BIN)/uv pip sync --quiet --require-hashes requirements/bootstrap.txt requirements/dev.txt
	@VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

worker: $(WORKER) ## Build the tool worker (Helm, Kustomize, YAML) into the package

$(WORKER): $(shell find tool_worker -name "*.go" -o -name "go.*")
	@$(PYTHON) tools/build/go_program.py tool_worker --install-to $@ >/dev/null

devcluster: ## Build the control plane that the demo and the tests run on (minutes, once)
	@$(PYTHON) tools/build/go_program.py devcluster

ui: $(PAGE) ## Build the web page into the package

$(MODULES): ui/package-lock.json ui/package.json
	@PATH="$$($(PYTHON) tools/build/node.py):$$PATH"; cd ui && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

$(PAGE): $(MODULES) $(shell find ui -path ui/node_modules -prune -o -path ui/dist -prune -o -type f -print 2>/dev/null)
	@PATH="$$($(PYTHON) tools/build/node.py):$$PATH"; cd ui && npm run --silent build -- --logLevel warn
	@rm -rf argosy/_ui && cp -r ui/dist argosy/_ui && touch $@

demo: $(STAMP) $(WORKER) $(PAGE) ## Run all of it and show the main job; CLUSTER=kubeconfig uses your own cluster
	@$(PYTHON) tools/build/debian.py git
	@$(if $(CLUSTER),,$(PYTHON) tools/build/go_program.py devcluster >/dev/null)
	@exec $(BIN)/python tools/demo $(if $(CLUSTER),--cluster $(CLUSTER))

test: $(STAMP) $(WORKER) $(PAGE) devcluster lint ## Set up and run every test
	@$(PYTHON) tools/build/debian.py git chromium postgresql openssh-client openssh-server bubblewrap gnupg docker-registry
	@$(MAKE) --no-print-directory --jobs=2 --output-sync=line test-journeys test-parts

test-parts: ## Run every test but the journeys
	@PATH="$$($(PYTHON) tools/build/go_program.py --go):$$PATH" && cd tool_worker && CGO_ENABLED=0 go test ./...
	@PATH="$$($(PYTHON) tools/build/node.py):$$PATH" && cd ui && npm run --silent test
	@$(BIN)/python -m pytest --ignore tests/e2e --numprocesses $(JOBS)

test-journeys: ## Run the journeys end to end
	@$(BIN)/python -m pytest tests/e2e

lint: $(STAMP) $(PAGE) ## Check style, types and boundaries
	@$(BIN)/ruff check . && $(BIN)/ruff format --check --quiet .
	@$(BIN)/lint-imports --no-cache >/dev/null || $(BIN)/lint-imports --no-cache
	@PATH="$$($(PYTHON) tools/build/node.py):$$PATH" && $(BIN)/pyright
	@PATH="$$($(PYTHON) tools/build/node.py):$$PATH" && cd ui && npm run --silent lint

bench: $(STAMP) $(WORKER) devcluster ## Measure; results belong into docs/limits.md
	@$(BIN)/python benchmarks/run.py

bench-render: $(STAMP) $(WORKER) ## Measure renders beside the command lines, in two minutes
	@$(BIN)/python benchmarks/render

bench-compare: $(STAMP) devcluster ## Measure comparisons on a control plane, in half a minute
	@$(BIN)/python benchmarks/compare

bench-charts: $(STAMP) $(WORKER) devcluster ## Install popular projects and count false differences, in five minutes
	@$(BIN)/python benchmarks/charts

soak: $(STAMP) $(WORKER) devcluster ## Edit at random for MINUTES (30); verdicts must be the API server's
	@$(BIN)/python benchmarks/soak $(if $(MINUTES),--minutes $(MINUTES))

fmt: $(STAMP) ## Format the Python and the page
	@$(BIN)/ruff check --fix-only --quiet . ; $(BIN)/ruff format --quiet .
	@PATH="$$($(PYTHON) tools/build/node.py):$$PATH" && cd ui && npm run --silent fmt

lock: ## Resolve the dependencies anew and write requirements/*.txt
	@$(BIN)/uv lock --quiet --upgrade
	@$(BIN)/uv export --quiet --no-header --no-emit-project --no-dev --all-extras > requirements/runtime.txt
	@$(BIN)/uv export --quiet --no-header --no-emit-project --all-extras > requirements/dev.txt

clean: ## Remove what was made in this folder (caches outside of it stay)
	@rm -rf $(VENV) argosy/_bin argosy/_ui ui/node_modules ui/dist dist build .pytest_cache .ruff_cache .hypothesis

.PHONY: help setup worker devcluster ui demo test test-parts test-journeys lint bench bench-charts bench-compare bench-render soak fmt lock clean
