PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/$(if $(filter Windows_NT,$(OS)),Scripts,bin)
CONSTRAINTS = -c constraints.txt

.PHONY: demo weights test test-slow test-postgres test-browser test-live test-ray check schema reference docs prompts fixtures measure bench bench-scale bench-scale-10000 pictures reliability release \
  pins wheels audit licences bundle

$(VENV)/installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -q --disable-pip-version-check $(CONSTRAINTS) -e .
	touch $@

$(VENV)/installed-dev: $(VENV)/installed
	$(BIN)/python -m pip install -q --disable-pip-version-check $(CONSTRAINTS) -e ".[dev]"
	touch $@

$(VENV)/installed-docs: $(VENV)/installed
	$(BIN)/python -m pip install -q --disable-pip-version-check $(CONSTRAINTS) -e ".[docs]"
	touch $@

demo: $(VENV)/installed
	$(BIN)/scr-llm demo

test: $(VENV)/installed-dev
	$(BIN)/python -m pytest

test-slow: $(VENV)/installed-dev
	$(BIN)/python -m pytest -m slow

# All of them once more, with every project on a PostgreSQL server of the tests' own; skips, saying so, where there is none.
test-postgres: $(VENV)/installed-dev
	SCR_LLM_TEST_DATABASE=postgresql $(BIN)/python -m pytest -m "slow or not slow" -rs

test-browser: $(VENV)/installed-dev
	$(BIN)/python -m pytest tests/browser -m browser -n 0 -rs

test-live: $(VENV)/installed-dev
	$(BIN)/python -m pytest tests/live -m live -n 0 -rs

$(VENV)/installed-ray: $(VENV)/installed-dev
	$(BIN)/python -m pip install -q --disable-pip-version-check $(CONSTRAINTS) -e ".[ray]"
	touch $@

test-ray: $(VENV)/installed-ray
	$(BIN)/python -m pytest tests/test_engine.py tests/test_engine_vllm.py -m ray -n 0 -rs

reliability: $(VENV)/installed-dev
	$(BIN)/python tests/attacks/report.py

check: $(VENV)/installed-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

schema: $(VENV)/installed
	$(BIN)/python -m scr_llm.records.schema docs

reference: $(VENV)/installed
	$(BIN)/python docs/reference.py

# The docs as a site: open build/site/index.html.
docs: $(VENV)/installed-docs
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict

prompts: $(VENV)/installed-dev
	$(BIN)/python tests/test_prompts.py

fixtures: $(VENV)/installed-dev
	$(BIN)/python fixtures/make.py

weights: $(VENV)/installed-dev
	$(BIN)/python bench/train.py

measure: $(VENV)/installed-dev
	$(BIN)/python bench/coding.py
	$(BIN)/python bench/real.py $(addprefix --pfd ,$(PFD))
	$(BIN)/python bench/items.py $(addprefix --official ,$(OFFICIAL)) $(addprefix --pfd ,$(PFD))

bench: $(VENV)/installed-dev
	$(BIN)/python bench/review.py

bench-scale: $(VENV)/installed-dev
	$(BIN)/python bench/scale.py

bench-scale-10000: $(VENV)/installed-dev
	$(BIN)/python bench/scale.py 1000 10000

pictures: $(VENV)/installed-dev
	$(BIN)/python docs/pictures.py

$(VENV)/installed-release: $(VENV)/installed-dev
	$(BIN)/python -m pip install -q --disable-pip-version-check $(CONSTRAINTS) -e ".[release]"
	touch $@

release: $(VENV)/installed-release
	PYTHON=$(BIN)/python .ci/release

pins: $(VENV)/installed-release
	$(BIN)/python release/pins.py $(UPGRADE)

wheels: $(VENV)/installed-release
	$(BIN)/python release/platforms.py

audit: $(VENV)/installed-release
	$(BIN)/python release/vulnerabilities.py

PLATFORM ?= linux-x86_64
bundle: $(VENV)/installed-release
	$(BIN)/python release/bundle.py --platform $(PLATFORM) $(addprefix --python ,$(ONLY_PYTHON)) $(addprefix --extra ,$(EXTRAS))

licences: $(VENV)/installed-release
	$(BIN)/python -m pip install -q --disable-pip-version-check $(CONSTRAINTS) -e ".[learn,ocr,local,postgres,encoder,ray,mcp,otel]"
	$(BIN)/python release/licences.py
