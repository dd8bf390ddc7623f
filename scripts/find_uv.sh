#!/usr/bin/env bash
# Prints the path of uv, installing it for this project when the machine has none.
set -euo pipefail
cd "$(dirname "$0")/.."
tools=var/tools
for candidate in "$(command -v uv 2>/dev/null || true)" "$HOME/.local/bin/uv" "$tools/bin/uv"; do
  # A pyenv shim may exist while the version in force has no uv: ask it.
  if [ -n "$candidate" ] && "$candidate" --version >/dev/null 2>&1; then
    echo "$candidate"
    exit 0
  fi
done
say() { echo "setup: $*" >&2; }
python=$(command -v python3 || true)
if [ -z "$python" ]; then
  bash scripts/apt_install.sh python3 python3-venv
  python=$(command -v python3)
fi
say "installing uv into $tools"
if ! "$python" -m venv "$tools" >/dev/null 2>&1; then
  bash scripts/apt_install.sh python3-venv
  rm -rf "$tools"
  "$python" -m venv "$tools"
fi
"$tools/bin/pip" install --quiet uv >&2
echo "$tools/bin/uv"
