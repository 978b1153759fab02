# Everything runs in .venv, made on first use from the pinned versions in constraints.txt.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready

.PHONY: demo test check bench pages validate clean

demo: $(READY)
	$(BIN)/hwsim run trained/vgg16_t1.pt arch_configs/loihi_like.yaml

test: $(READY)
	$(BIN)/pytest -n 2 -q

check: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(READY)
	$(BIN)/python -m benchmarks

# What README and docs quote from runs: figures, tables, sessions.
pages: $(READY)
	$(BIN)/hwsim figures paper --quiet
	$(BIN)/python -m pages
	$(BIN)/python -m tests.api.page

validate: $(READY)
	$(BIN)/python -m benchmarks.validation
	$(BIN)/python -m benchmarks.assumptions
	$(BIN)/python -m benchmarks.choices
	$(BIN)/python -m benchmarks.asynchronous

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; assert sys.version_info >= (3, 11), "hwsim needs Python 3.11 or newer"'
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --constraint constraints.txt torch==2.13.0
	$(BIN)/pip install --quiet --constraint constraints.txt --editable '.[dev]'
	touch $@

clean:
	rm -rf .venv
