#!/usr/bin/env bash
# Installs Debian/Ubuntu packages that are missing; says what to type when it may not.
set -euo pipefail
look() {
  missing=()
  for package in "$@"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q "ok installed" || missing+=("$package")
  done
}
look "$@"
[ ${#missing[@]} -eq 0 ] && exit 0
# One at a time: tests on several cores may want something at the same moment. A server that a
# package starts must not inherit the lock, or it would never be free again.
exec 9>"${TMPDIR:-/tmp}/huiying-apt.$(id -u).lock"
flock 9
look "$@"
[ ${#missing[@]} -eq 0 ] && exit 0
if [ "$(id -u)" = 0 ]; then
  sudo=()
elif sudo -n true 2>/dev/null; then
  sudo=(sudo)
else
  echo "setup: these packages are missing: ${missing[*]}" >&2
  echo "setup: run: sudo apt-get update && sudo apt-get install -y ${missing[*]}" >&2
  exit 1
fi
echo "setup: installing ${missing[*]}" >&2
export DEBIAN_FRONTEND=noninteractive
install() { "${sudo[@]}" apt-get install -y -qq -o DPkg::Lock::Timeout=300 --no-install-recommends "${missing[@]}" >/dev/null 9>&-; }
install 2>/dev/null || { "${sudo[@]}" apt-get update -qq >&2 9>&- && install; }
