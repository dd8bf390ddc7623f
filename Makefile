# Two commands do everything: `make run` and `make test`.
.DEFAULT_GOAL := help
HUIYING := .venv/bin/huiying
ARGS ?=
# Where Python is told to keep no bytecode, it would compile all of Rasa, seconds of a core, each time
# one starts.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help setup setup-dev run train test unit e2e chaos cluster bench lint format lock clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' Makefile

setup: ## both environments, from their locks
	@bash scripts/setup.sh

setup-dev:
	@bash scripts/setup.sh --dev

run: setup ## start everything and print the addresses (Ctrl-C stops)
	@exec $(HUIYING) run $(ARGS)

train: setup ## train the bot if its data has changed
	@cd bot && .venv/bin/python -m runtime train

test: setup-dev ## lint, types, unit, Rasa's tests, and the whole product in a browser
	@bash scripts/test.sh

unit: setup-dev ## the fast tests only
	@.venv/bin/pytest -q -m "not e2e and not rasa" $(ARGS)

e2e: setup-dev ## the whole product in a real browser
	@bash scripts/apt_install.sh chromium fonts-noto-cjk && .venv/bin/pytest -q -m e2e $(ARGS)

chaos: setup-dev ## kill processes while a platform pushes messages, then prove none was lost
	@.venv/bin/python -m tests.chaos $(ARGS)

cluster: setup-dev ## the topology of docker-compose.yml as plain processes on the loopback
	@.venv/bin/python -m tests.cluster $(ARGS)

bench: setup-dev train ## measure, as ratios against a bare ceiling in the same run
	@.venv/bin/python -m tests.bench $(ARGS)

lint: setup-dev ## ruff, and mypy in strict mode
	@.venv/bin/ruff check . && .venv/bin/ruff format --check . && .venv/bin/mypy

format: setup-dev ## let ruff put the code in form
	@.venv/bin/ruff check --fix --quiet . ; .venv/bin/ruff format .

lock: ## resolve the dependencies anew
	@bash scripts/lock.sh

clean: ## remove environments, models and data of this checkout (asks first)
	@printf 'This removes .venv, bot/.venv, bot/models and var (all conversations). Type yes: ' && \
	  read answer && [ "$$answer" = yes ] && rm -rf .venv bot/.venv bot/models var
