# Two commands: `make demo` and `make test`. Everything is installed into .venv from hashed lock files.

PYTHON ?= python3
PORT ?= 5050
INSTANCE ?= demo
VENV := .venv
IN_VENV := $(VENV)/bin/python

.PHONY: demo test lint lock screens

# The demonstration on http://127.0.0.1:$(PORT), the sandbox on the next port; data in $(INSTANCE). Ctrl-C stops it.
# With PANEL=1 the dean's office carries orders to an imitated panel by hand.
demo: $(VENV)/runs
	@exec env $(if $(PANEL),PORTAL_MINISTRY__CONNECTOR=panel) $(IN_VENV) app.py --demo --tied --port $(PORT) --instance "$(INSTANCE)"

test: $(VENV)/develops
	$(IN_VENV) -m pytest $(TESTS)

lint: $(VENV)/develops
	$(VENV)/bin/ruff check
	$(VENV)/bin/ruff format --check
	$(VENV)/bin/mypy
	$(VENV)/bin/djlint --check --lint portal/templates
	$(VENV)/bin/lint-imports

# Pictures of every state in screens/, taken from a demonstration of its own; open screens/index.html.
screens: $(VENV)/develops
	$(IN_VENV) -m tests.screens

# Needs the network: resolves pyproject.toml anew. The address of a package index never gets into a lock file.
LOCKING := $(VENV)/bin/pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras \
	--no-emit-index-url --no-emit-trusted-host --no-emit-find-links
lock: $(VENV)/develops
	$(LOCKING) --extra=demo --extra=postgresql --output-file=requirements.lock pyproject.toml
	$(LOCKING) --all-extras --constraint=requirements.lock --output-file=requirements-dev.lock pyproject.toml

# The stamps are empty files, newer than the lock that was installed.
$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Potrzebny jest Python 3.11 lub nowszy: make PYTHON=...")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/runs: requirements.lock | $(VENV)/bin/python
	$(IN_VENV) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@

$(VENV)/develops: requirements-dev.lock | $(VENV)/bin/python
	$(IN_VENV) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@ $(VENV)/runs
