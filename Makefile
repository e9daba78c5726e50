# `make demo` prints an edition, `make test` passes the tests; each sets up what it needs.
.DEFAULT_GOAL := help
PY := .venv/bin/python
# One set-up serves them all: `make -j demo test` would begin two.
.NOTPARALLEL:

.PHONY: help
help: ## what can be typed
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: setup
setup: ## .venv with what Pressrun needs, and the system libraries
	@sh scripts/setup.sh run

.PHONY: setup-dev
setup-dev:
	@sh scripts/setup.sh dev

.PHONY: demo
demo: setup ## print the demo's edition: no internet, no Ollama
	@.venv/bin/pressrun demo $(ARGS)

.PHONY: test
test: setup-dev ## format, lint, types and tests, as CI runs them
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	$(PY) -m mypy
	$(PY) -m pytest $(ARGS)

.PHONY: setup-browser
setup-browser:
	@sh scripts/setup.sh browser

.PHONY: test-browser
test-browser: setup-browser ## Prefect's UI in Chromium, by a form filled in; pictures in build/browser
	$(PY) -m pytest -m browser tests/browser $(ARGS)

.PHONY: setup-faults
setup-faults:
	@sh scripts/setup.sh faults

.PHONY: test-faults
test-faults: setup-faults ## kills, restarts, several workers: minutes, on a machine that is not busy
	$(PY) -m pytest -m faults $(ARGS)

.PHONY: format
format: setup-dev ## format the code and mend what the linter can
	$(PY) -m ruff format .
	$(PY) -m ruff check --fix .

.PHONY: docs
docs: setup-dev ## renew the documents that are made from the code
	$(PY) scripts/make_docs.py

.PHONY: lock
lock: setup-dev ## renew the locked versions in requirements/
	sh scripts/lock.sh

.PHONY: clean
clean: ## remove .venv and caches
	rm -rf .venv .mypy_cache .ruff_cache dist build
