# make app    install what is needed into .venv, fetch and verify the models, serve http://127.0.0.1:7860 or the next free port
#             (make app HOST=0.0.0.0 PORT=8080 MODELS=ffhq; further options of app.py in OPTIONS)
# make test   the same for development, with what training and evaluation need, then run every test
# make lint   ruff and pyright
# make installed   build the wheel and use it in an empty environment (fetches PyTorch again)
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
HOST ?=
PORT ?=
MODELS ?= embedded
OPTIONS ?=

.PHONY: app test installed lint format env env-dev clean
.DEFAULT_GOAL := app

app: env
	$(BIN)/python app.py --models $(MODELS) $(if $(HOST),--host $(HOST)) $(if $(PORT),--port $(PORT)) $(OPTIONS)

test: env-dev
	$(BIN)/python -m tests.browser.chromium
	$(BIN)/python -m $(if $(TESTS),pytest $(TESTS),tests)

installed: env-dev
	.ci/installed

lint: env-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pyright

format: env-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

env: $(VENV)/.installed
env-dev: $(VENV)/.installed-dev

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(0 if (3, 10) <= v <= (3, 13) else f"Python 3.10 to 3.13 is needed, and $(PYTHON) is {v[0]}.{v[1]}. Name another: make PYTHON=python3.12")'
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "Creating .venv failed. On Debian and Ubuntu: apt install python3-venv"; exit 1; }
	$(BIN)/python -m pip install --quiet --upgrade pip

$(VENV)/.installed: requirements.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install -r requirements.txt
	@touch $@

$(VENV)/.installed-dev: requirements-dev.txt requirements-research.txt $(VENV)/.installed
	$(BIN)/python -m pip install --quiet -r requirements-dev.txt
	@touch $@

clean:
	rm -rf $(VENV)
