# Two commands, from a clean clone: `make demo` and `make test`. Everything goes into .venv/ here.

VENV := .venv
ifeq ($(OS),Windows_NT)
BIN := $(VENV)/Scripts
else
BIN := $(VENV)/bin
endif

# Kept bytecode, whatever the shell says: tests start some thousand processes, and without it each compiles the program anew (0.5 s).
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help demo test slow fuzz soak bench check docs lowest screenshots environment clean

help:
	@echo "make demo         show the viewer on a scan that is simulated at this moment"
	@echo "make test         run the tests          (ARGS='-k name' picks some)"
	@echo "make slow         run the tests that take long: hangs, killed writers, long scans"
	@echo "make fuzz         broken files of every kind, through window and commands (ARGS='--minutes 10' limits it, ARGS='--cases 5000' is the long run)"
	@echo "make soak         2 million frames, an hour at 10 Hz, 500 files in one window (ARGS='--minutes 10' shortens it)"
	@echo "make bench        measure it beside others, in one table (ARGS='--json FILE' writes it, ARGS='--only NAME' picks some)"
	@echo "make check        style, types, layers"
	@echo "make docs         the manual, the library's page and its reference as one site: build/site/index.html"
	@echo "make lowest       run the tests with the lowest versions that pyproject.toml allows"
	@echo "make screenshots  draw the manual's pictures anew, from scans that are simulated at this moment"
	@echo "make environment  make .venv/ with everything, and start nothing"
	@echo "make clean        remove .venv/ and the caches"

demo: environment
	$(BIN)/swmr-viewer demo $(ARGS)

# Three at a time on two processors: much of a test is waiting for other processes.
test: environment
	$(BIN)/pytest -n 3 --dist worksteal --max-worker-restart 0 -m "not slow" $(ARGS)

slow: environment
	$(BIN)/pytest -n 3 --dist worksteal --max-worker-restart 0 -m slow $(ARGS)

fuzz: environment
	$(BIN)/python -m tests.reliability.fuzz $(ARGS)

soak: environment
	$(BIN)/python -m tests.reliability.soak $(ARGS)

# Each figure beside a peer in the same run; with nothing else at work on the machine it takes under ten minutes.
bench: environment
	@$(BIN)/python -m tests.benchmarks $(ARGS)

check: environment
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

docs: environment
	$(BIN)/python -m mkdocs build  # not --quiet: warnings would not count

lowest: environment
	.ci/lowest $(VENV)-lowest
	$(subst $(VENV),$(VENV)-lowest,$(BIN))/pytest -n 3 --dist worksteal --max-worker-restart 0 -m "not slow" $(ARGS)

screenshots: environment
	$(BIN)/python docs/make_screenshots.py
	$(BIN)/python docs/window_sizes.py $(ARGS)  # ARGS=FOLDER: a picture of each state at each size, light and dark

environment: $(VENV)/.system-libraries

$(VENV)/.installed: pyproject.toml .ci/environment
	.ci/environment $(VENV)
	@touch $@

$(VENV)/.system-libraries: $(VENV)/.installed .ci/system_libraries.py swmr_viewer/commands/system_libraries.py
	$(BIN)/python .ci/system_libraries.py
	@touch $@

clean:
	rm -rf $(VENV) $(VENV)-lowest build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
