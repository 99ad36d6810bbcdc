# One environment in .venv from the hashed lock; every target works on a fresh machine with Python 3.11+, make and pip.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
OUT ?= out
SHARED ?= ../shared

.PHONY: run test lint train evaluate bench files files-scores docs install lock clean

run: install  ## extract the sample reports into tables and show them
	$(BIN)/zhibiao extract samples/reports --out $(OUT) --format csv,parquet,xlsx,jsonl

test: install  ## the test suite
	$(BIN)/python -m pytest -q

lint: install  ## ruff, mypy, import contracts
	$(BIN)/ruff check pipeline tests
	$(BIN)/ruff format --check pipeline tests
	$(BIN)/mypy
	$(BIN)/lint-imports

train: install  ## models/core anew from annotations/ and models/config.cfg (some minutes on two cores)
	$(BIN)/zhibiao annotate check
	$(BIN)/zhibiao train

evaluate: install  ## patterns only, models only and both: scores on the project's own annotations, and on the shared reports where they are present
	$(BIN)/zhibiao evaluate $(if $(wildcard $(SHARED)/eval/score.py),--shared $(SHARED),)

bench: install  ## speed of the whole job and of each stage, as ratios to jieba in the same run
	$(BIN)/zhibiao bench samples/reports

files: install  ## build samples/files anew from samples/files/source: five formats, scans, and the truth in tests/gold/files (needs the Noto CJK fonts)
	$(BIN)/python -m zhibiao.annotate.files build

files-scores: install  ## docs/FILES.md: what is read from samples/files against the truth, scans, and the time of reading (some minutes)
	$(BIN)/python -m zhibiao.annotate.files score $(if $(wildcard $(SHARED)/files),--shared $(SHARED),) --write docs/FILES.md
	$(BIN)/python -m zhibiao.annotate.files speed $(if $(wildcard $(SHARED)/files),--shared $(SHARED),) --write docs/FILES.md

docs: install files-scores  ## write anew what commands write: the README's output, the tables of scores and speed
	UPDATE_DOCS=1 $(BIN)/python -m pytest -q tests/docs/test_readme.py
	$(BIN)/zhibiao evaluate $(if $(wildcard $(SHARED)/eval/score.py),--shared $(SHARED),) --curve --card models/CARD.md --write docs/SCORES.md
	$(BIN)/zhibiao evaluate --links --write docs/LINKING.md
	$(BIN)/zhibiao annotate agreement --write docs/AGREEMENT.md
	$(BIN)/zhibiao bench samples/reports --linking --write docs/BENCH.md

install: $(VENV)/.installed

$(VENV)/.installed: requirements.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: --no-binary jieba -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

lock:  ## write requirements.lock anew from pyproject.toml (needs uv)
	uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header -o requirements.lock build-requirements.in

clean:
	rm -rf $(OUT) build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
