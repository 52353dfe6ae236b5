# Hearwell. `make up` runs it, `make test` proves it.
# Say PYTHON=, PORT=, DATA= or DATABASE_URL= to choose otherwise.

SHELL := /bin/sh
UV_VERSION := 0.13.9
VENV := .venv
RUN := $(VENV)/bin
export UV_PYTHON_DOWNLOADS := never
export UV_PROJECT_ENVIRONMENT := $(VENV)
# Images for containers like to set it; then each of our processes compiles everything anew.
unexport PYTHONDONTWRITEBYTECODE
# Three processes for two cores: many tests wait for a browser or a child process.
TEST_JOBS ?= $(shell expr \( 3 \* $$(getconf _NPROCESSORS_ONLN) + 1 \) / 2)

.DEFAULT_GOAL := help
.PHONY: help up test test-long test-live check bench wheel sbom audit clean

help:
	@echo "make up      run Hearwell on this machine (PORT=8000, DATA=…)"
	@echo "make test    everything: lint, types, architecture, all tests, a real browser"
	@echo "make test-long  ten times the cases of every connector's properties"
	@echo "make test-live  connectors against real servers of their networks (needs node, npm)"
	@echo "make check   lint, types, architecture; under a minute"
	@echo "make bench   the measurements, as JSON"
	@echo "make sbom    what a release is made of (CycloneDX), to dist/"
	@echo "make audit   known holes in what it is made of (asks pypi.org)"

up: $(VENV)/.synced
	@exec $(RUN)/hearwell up

test: $(VENV)/.synced-dev
	@$(RUN)/python tools/browser.py
	@$(MAKE) --no-print-directory check
	$(RUN)/pytest --numprocesses=$(TEST_JOBS)

# What reads strangers' bytes, with all its cases: 10,000 a connector.
test-long: $(VENV)/.synced-dev
	TEST_LONG=1 $(RUN)/pytest --numprocesses=$(TEST_JOBS) tests/unit/connectors

# Real servers are installed below ~/.cache/hearwell-live on first use: some minutes, once.
test-live: $(VENV)/.synced-live
	$(RUN)/pytest -m live -n0 -rs tests/live

check: $(VENV)/.synced-dev
	@$(RUN)/python tools/check.py

bench: $(VENV)/.synced-dev
	@$(RUN)/python -m bench

wheel: $(VENV)/.synced
	$(RUN)/uv build --wheel --quiet

# What is shipped: the core and the extras that the container has.
LOCKED := $(RUN)/uv export --quiet --locked --no-dev --extra metrics --extra pdf --extra tracing --no-emit-project

sbom: $(VENV)/.synced
	@mkdir -p dist
	@$(LOCKED) --format cyclonedx1.5 --preview-features sbom-export --output-file dist/hearwell.cdx.json
	@echo dist/hearwell.cdx.json

# Not part of `make check`, which needs no network.
audit: $(VENV)/.synced
	@mkdir -p dist
	@$(LOCKED) --output-file dist/locked.txt
	@$(RUN)/uv tool run --from pip-audit==2.10.1 pip-audit --strict --disable-pip --require-hashes --requirement dist/locked.txt

clean:
	rm -rf $(VENV) dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

$(VENV)/.uv-$(UV_VERSION):
	@sh tools/make-venv.sh $(VENV) $(UV_VERSION)
	@touch $@

# --inexact: running the house does not take away what the tests need.
$(VENV)/.synced: $(VENV)/.uv-$(UV_VERSION) pyproject.toml uv.lock
	@$(RUN)/uv sync --locked --no-dev --extra pdf --inexact --quiet
	@touch $@

$(VENV)/.synced-dev: $(VENV)/.uv-$(UV_VERSION) pyproject.toml uv.lock
	@$(RUN)/uv sync --locked --inexact --quiet
	@touch $@ $(VENV)/.synced

$(VENV)/.synced-live: $(VENV)/.synced-dev
	@$(RUN)/uv sync --locked --group live --inexact --quiet
	@touch $@
