# Two commands do everything on a fresh machine with Python 3.11+: make demo, make test.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
OUT := out/demo

.PHONY: demo test thorough check bench clean

demo: $(VENV)/.installed
	$(BIN)/boligkort demo $(OUT) --overwrite

# A file goes to one process, which so builds what its tests share once.
test: $(VENV)/.developing
	$(BIN)/python -m pytest -q -n 2 --dist loadfile -m "not thorough" --cov --cov-branch --cov-report=term --cov-fail-under=95

# Many seeds of what make test tries a few of: damaged files, planted cities, simulated panels.
thorough: $(VENV)/.developing
	$(BIN)/python -m pytest -q -n 2 -m thorough

check: $(VENV)/.developing
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/.developing
	set -e; for file in benchmarks/*.py; do $(BIN)/python "$$file"; done

# The pins in constraints.txt hold for both; the stamps make a second call quick.
$(VENV)/.installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	touch $@

$(VENV)/.developing: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	touch $@

clean:
	rm -rf $(VENV) out dist
