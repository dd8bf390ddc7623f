#!/usr/bin/env bash
# Resolves the dependencies into hashed locks; `--upgrade` takes the newest there are.
# Locks name packages and hashes, never addresses.
set -euo pipefail
cd "$(dirname "$0")/.."
uv=$(bash scripts/find_uv.sh)
case "$uv" in /*) ;; *) uv="$PWD/$uv" ;; esac
flags=(--quiet --universal --generate-hashes --no-annotate --no-header "$@")
"$uv" pip compile "${flags[@]}" --python-version 3.11 pyproject.toml -o requirements.lock
"$uv" pip compile "${flags[@]}" --python-version 3.11 pyproject.toml --group dev \
  -c requirements.lock -o requirements-dev.lock
cd bot
"$uv" pip compile "${flags[@]}" --python-version 3.10 pyproject.toml -o requirements.lock
