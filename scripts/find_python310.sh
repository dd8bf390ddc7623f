#!/usr/bin/env bash
# Prints the path of a CPython 3.10, which Rasa 3.6 needs.
# Looks at: RASA_PYTHON, the distribution's, PATH, pyenv's versions, uv's own, the usual folders, then a download by uv.
set -euo pipefail
uv=$1

is_310() {
  [ -n "$1" ] && [ -x "$1" ] && "$1" - 2>/dev/null <<'PY'
import ensurepip, sys
raise SystemExit(sys.version_info[:2] != (3, 10) or sys.implementation.name != "cpython")
PY
}

real() { "$1" -c 'import os, sys; print(os.path.realpath(sys.executable))'; }

if [ -n "${RASA_PYTHON:-}" ] && ! is_310 "$RASA_PYTHON"; then
  echo "setup: RASA_PYTHON=$RASA_PYTHON is not a CPython 3.10" >&2
  exit 1
fi
shopt -s nullglob
for candidate in \
  "${RASA_PYTHON:-}" /usr/bin/python3.10 \
  "$(command -v python3.10 2>/dev/null || true)" \
  "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.10.*/bin/python3.10 \
  "$HOME"/.local/bin/python3.10 /usr/local/bin/python3.10 \
  /opt/python/*3.10*/bin/python3.10 \
  "$HOME"/{miniconda3,miniforge3,anaconda3}/envs/*/bin/python3.10; do
  if is_310 "$candidate"; then
    real "$candidate"
    exit 0
  fi
done
found=$(UV_PYTHON_DOWNLOADS=never "$uv" python find --no-project 3.10 2>/dev/null || true)
if ! is_310 "$found"; then
  echo "setup: no CPython 3.10 here; letting uv download one" >&2
  "$uv" python install 3.10 >&2 || true
  found=$("$uv" python find --no-project --managed-python 3.10 2>/dev/null || true)
fi
if is_310 "$found"; then
  real "$found"
  exit 0
fi
cat >&2 <<'END'
setup: Rasa 3.6 needs Python 3.10 and none was found or could be downloaded. Do one of these:
setup:   uv python install 3.10
setup:   pyenv install 3.10
setup:   RASA_PYTHON=/path/to/python3.10 make setup
END
exit 1
