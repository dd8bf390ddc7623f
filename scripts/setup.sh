#!/usr/bin/env bash
# Makes both environments from their locks: .venv (the gateway) and bot/.venv (Rasa).
# `--dev` adds what the tests need. Does nothing when they are there and the locks have not changed.
set -euo pipefail
cd "$(dirname "$0")/.."
lock=requirements.lock
[ "${1:-}" = "--dev" ] && lock=requirements-dev.lock

uv=$(bash scripts/find_uv.sh)
export UV_LINK_MODE=${UV_LINK_MODE:-copy}

# up_to_date STAMP FILE...: whether the environment was made from these very files.
stamp_of() { cat "$@" | sha256sum | cut -d' ' -f1; }
up_to_date() { [ -x "$(dirname "$1")/bin/python" ] && [ "$(cat "$1" 2>/dev/null)" = "$2" ]; }

want=$(stamp_of pyproject.toml "$lock")
dev_want=$(stamp_of pyproject.toml requirements-dev.lock)
if ! up_to_date .venv/.huiying "$want" && ! up_to_date .venv/.huiying "$dev_want"; then
  echo "setup: the gateway's environment (.venv)" >&2
  # The distribution's own first: it is built with the compiler's profile and kept patched. One from
  # source usually is not, and runs the gateway a third slower (docs/speed.md).
  python=""
  for wanted in /usr/bin/python3 /usr/bin/python3.{14,13,12,11} 3.11 3.12 3.13 '>=3.11'; do
    case $wanted in
      /*) [ -x "$wanted" ] && "$wanted" -c 'import sqlite3, ssl, sys; raise SystemExit(sys.version_info < (3, 11))' 2>/dev/null &&
            python=$wanted && break ;;
      *) python=$(UV_PYTHON_DOWNLOADS=never "$uv" python find --no-project "$wanted" 2>/dev/null) && break ;;
    esac
  done
  if [ -z "$python" ]; then
    echo "setup: no Python 3.11 or newer here; letting uv download one" >&2
    "$uv" python install 3.12 >&2
    python=3.12
  fi
  [ -x .venv/bin/python ] && .venv/bin/python -c 'import sys; raise SystemExit(sys.version_info < (3, 11))' ||
    "$uv" venv --quiet --clear --python "$python" .venv
  "$uv" pip sync --python .venv/bin/python --require-hashes "$lock" >&2
  "$uv" pip install --quiet --python .venv/bin/python --no-deps --editable . >&2
  echo "$want" > .venv/.huiying
fi

want=$(stamp_of bot/pyproject.toml bot/requirements.lock)
if ! up_to_date bot/.venv/.huiying "$want"; then
  echo "setup: Rasa's environment (bot/.venv)" >&2
  python=$(bash scripts/find_python310.sh "$uv")
  [ -x bot/.venv/bin/python ] && bot/.venv/bin/python -c 'import sys; raise SystemExit(sys.version_info[:2] != (3, 10))' ||
    "$uv" venv --quiet --clear --python "$python" bot/.venv
  "$uv" pip sync --python bot/.venv/bin/python --require-hashes bot/requirements.lock >&2
  echo "$want" > bot/.venv/.huiying
fi
