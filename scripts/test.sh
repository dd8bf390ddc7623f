#!/usr/bin/env bash
# Everything that must hold before a change may land; what can run beside something else does.
# Stops at the first step that fails, with the output of what failed.
set -euo pipefail
cd "$(dirname "$0")/.."
logs=$(mktemp -d)
started=()
trap 'for pid in "${started[@]}"; do kill -- "-$pid" 2>/dev/null || true; done; rm -rf "$logs"' EXIT
began=$SECONDS
part() { printf '\n== %s (after %d s)\n' "$*" $((SECONDS - began)); }

# beside NAME COMMAND...: runs it in the background, in a process group of its own.
declare -A pid_of
beside() {
  local name=$1
  shift
  setsid "$@" > "$logs/$name" 2>&1 &
  pid_of[$name]=$!
  started+=("$!")
}
# done_with NAME...: waits for each and shows what it said.
done_with() {
  local name status=0
  for name in "$@"; do
    local failed=0
    wait "${pid_of[$name]}" || failed=$?
    part "$name: $([ "$failed" = 0 ] && echo passed || echo "FAILED ($failed)")"
    cat "$logs/$name"
    [ "$failed" = 0 ] || status=1
  done
  return $status
}

lint() { .venv/bin/ruff check . && .venv/bin/ruff format --check . && .venv/bin/mypy; }
product() { .venv/bin/pytest -q -m e2e "$@"; }
export -f lint product

for place in . "${TMPDIR:-/tmp}"; do
  free=$(df -Pm "$place" | awk 'NR == 2 { print $4 }')
  [ "$free" -ge 5000 ] || echo "little room on the disk: $free MB under $place; the tests write up to 5,000 MB" >&2
done

part "install what the tests need"
bash scripts/apt_install.sh chromium fonts-noto-cjk postgresql redis-server kannel nginx-light libfaketime

part "train the bot; beside it lint and types"
beside "lint and types" bash -c lint
(cd bot && .venv/bin/python -m runtime train)
done_with "lint and types"

part "tests, two at a time: most of their time is waiting; beside them the product in a browser"
beside "the whole product, in a browser" bash -c 'product "$@"' - "$@"
failed=0
.venv/bin/pytest -q -m "not e2e" --numprocesses 2 --dist loadfile "$@" || failed=$?
done_with "the whole product, in a browser" || failed=$?
[ "$failed" = 0 ] || exit "$failed"
part "all is well"
