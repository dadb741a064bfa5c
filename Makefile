# make build   set up everything, make a demo delivery if none is configured, run
#              dbt build and print what came out
# make test    set up everything and run every test
# make docs    the documents as a site, with every table and column: docs/_build/site
# make setup   only install
.PHONY: build test docs setup lint clean
.DELETE_ON_ERROR:

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV := uv==0.13.9

# No tool of ours reports home.
export DBT_SEND_ANONYMOUS_USAGE_STATS = false
export DO_NOT_TRACK = 1
export GX_ANALYTICS_ENABLED = false
# Imports of code that was never compiled take three times as long.
unexport PYTHONDONTWRITEBYTECODE

build: setup
	$(BIN)/counterarm build

test: setup lint
	$(BIN)/pytest --numprocesses 2

docs: setup
	$(BIN)/dbt --quiet parse --target-path docs/_build/dbt
	$(BIN)/dbt --quiet docs generate --no-compile --empty-catalog \
	  --target-path docs/_build/dbt
	mkdir -p docs/_build/tables
	$(BIN)/python docs/catalog.py docs/_build/dbt \
	  "$${COUNTERARM_WAREHOUSE:-warehouse/counterarm.duckdb}" docs/_build/tables/tables.html
	$(BIN)/sphinx-build --fail-on-warning --nitpicky --quiet docs docs/_build/site
	@echo "open docs/_build/site/index.html"

setup: $(VENV)/.installed

lint: setup
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/sqlfluff lint --nocolor --disable-progress-bar models tests/dbt

$(VENV)/.installed: requirements.txt pyproject.toml
	$(PYTHON) -m venv $(VENV) || { \
	  echo "No virtual environment could be made: on Debian, install python3-venv."; \
	  exit 1; }
	$(BIN)/python -m pip install --quiet "$(UV)"
	$(BIN)/uv pip install --quiet --python $(BIN)/python --compile-bytecode \
	  --require-hashes --requirement requirements.txt
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --editable .
	touch $@

clean:
	rm -rf $(VENV) target logs warehouse reports gates demo docs/_build
