#!/usr/bin/env bash
# Everything that must hold before a change may land. Stops at the first part that fails.
set -euo pipefail
cd "$(dirname "$0")/.."
part() { printf '\n== %s\n' "$*"; }

part "lint and types"
.venv/bin/ruff check .
.venv/bin/ruff format --check .
.venv/bin/mypy

part "train the bot"
(cd bot && .venv/bin/python -m runtime train)

part "Rasa: data and stories"
(cd bot && .venv/bin/python -m runtime validate && .venv/bin/python -m runtime test stories)

part "install what the tests need"
bash scripts/apt_install.sh chromium fonts-noto-cjk postgresql redis-server kannel nginx-light libfaketime

part "tests, side by side: most of their time is waiting"
.venv/bin/pytest -q -m "not e2e" --numprocesses 2 --dist loadfile "$@"

part "the whole product, in a browser"
exec .venv/bin/pytest -q -m e2e "$@"
