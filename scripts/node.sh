#!/usr/bin/env bash
# Node.js 18.19 or newer with npm, and the packages of a folder as its lock says; installed if missing.
# usage: scripts/node.sh FOLDER
set -euo pipefail
cd "$(dirname "$0")/.."
enough() {
  command -v npm >/dev/null && node -e \
    'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 18 || (a === 18 && b >= 19) ? 0 : 1)' 2>/dev/null
}
enough || bash scripts/apt_install.sh nodejs npm
enough || {
  echo "setup: Node.js 18.19 or newer with npm is needed; this system's packages give $(node --version 2>/dev/null || echo none)." >&2
  echo "setup: install it from https://nodejs.org and run this again" >&2
  exit 1
}
folder=$1
# One at a time, and only when the lock has changed since.
exec 9>"$folder/.npm.lock"
flock 9
done="$folder/node_modules/.installed"
cmp -s "$folder/package-lock.json" "$done" && exit 0
(cd "$folder" && npm ci --silent --no-audit --no-fund 9>&-) || {
  echo "setup: npm could not install what $folder/package-lock.json names; is the package registry reachable?" >&2
  exit 1
}
cp "$folder/package-lock.json" "$done"
