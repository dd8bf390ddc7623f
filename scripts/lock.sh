#!/usr/bin/env bash
# Resolves the dependencies anew into hashed locks. Locks name packages, never addresses.
set -euo pipefail
cd "$(dirname "$0")/.."
uv=$(bash scripts/find_uv.sh)
flags=(--quiet --universal --generate-hashes --no-annotate --no-header "$@")
"$uv" pip compile "${flags[@]}" --python-version 3.11 pyproject.toml -o requirements.lock
"$uv" pip compile "${flags[@]}" --python-version 3.11 pyproject.toml --group dev \
  -c requirements.lock -o requirements-dev.lock
cd bot
"../$uv" --version >/dev/null 2>&1 && uv="../$uv"
"$uv" pip compile "${flags[@]}" --python-version 3.10 pyproject.toml -o requirements.lock
