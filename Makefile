# Two commands for a fresh Debian machine with Python 3.11: `make demo` takes a real flight to a lead, `make test` proves the rest.
# Both install what they need into .venv from pinned, hashed packages.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
FUZZ_SECONDS ?= 3600
PROGRAMS := apertium apertium-eng-spa tesseract-ocr tesseract-ocr-spa

.PHONY: demo test lint fuzz programs constraints clean

demo: $(VENV)/ready
	$(BIN)/python examples/demo.py

test: $(VENV)/ready lint
	$(BIN)/pytest

lint: $(VENV)/ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# For every night: an hour of coverage-guided fuzzing of the reader of motion imagery. Atheris is no dependency of anything else.
fuzz: $(VENV)/ready
	$(BIN)/pip install --quiet --disable-pip-version-check atheris==3.0.0
	$(BIN)/python benchmarks/fuzz_motion.py -max_total_time=$(FUZZ_SECONDS)

$(VENV)/ready: pyproject.toml constraints.txt
	$(PYTHON) -c 'import ensurepip' 2>/dev/null || { apt-get update -q && apt-get install -qy python3-venv; }
	$(PYTHON) -m venv --clear $(VENV)
	@$(MAKE) --no-print-directory programs
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r constraints.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	$(BIN)/python examples/compile.py
	touch $@

# Apertium translates and Tesseract reads scans; both are called as programs. Without them the rest of the path goes on.
programs:
	@for program in $(PROGRAMS); do dpkg -s $$program >/dev/null 2>&1 || missing="$$missing $$program"; done; \
	test -z "$$missing" || { apt-get update -qq && apt-get install -qqy $$missing; } >/dev/null 2>&1 || \
	echo "$$missing cannot be installed here: translation and scans say so, everything else works"

# Pins every package with its hashes and without any index address; run it after changing a dependency.
constraints: $(VENV)/ready
	$(BIN)/pip install --quiet pip-tools
	$(BIN)/pip-compile --quiet --upgrade --generate-hashes --strip-extras --allow-unsafe --no-header --no-emit-options --no-annotate \
	  --extra all --extra test --output-file constraints.txt pyproject.toml

clean:
	rm -rf $(VENV) build dist workspace demo-workspace
