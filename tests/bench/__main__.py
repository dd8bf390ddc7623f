"""All measurements, one after the other: ``make bench``, or ``python -m tests.bench [NAME …]``.

Prints each result, then all of them beside their targets, and writes them, with what the machine
was doing, to ``var/bench.json``. Bolt for Python, to compare with, is brought into a throw-away
environment, unless ``--no-bolt`` says otherwise. All of it takes about twelve minutes.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from connectors.settings import ROOT
from tests.bench import accept, desk, echo, knowledge, sms, sockets, table, turn, understand, wechat

SHOWN: dict[str, Callable[[dict[str, Any]], str]] = {
    "accept": accept.show,
    "desk": desk.show,
    "echo": echo.show,
    "knowledge": knowledge.show,
    "sockets": sockets.show,
    "turn": turn.show,
    "understand": understand.show,
    "sms": sms.show,
    "wechat": wechat.show,
}


def run(name: str, options: list[str]) -> dict[str, Any] | None:
    """One measurement, in a process of its own; None when it could not be made."""
    done = subprocess.run(
        [sys.executable, "-m", f"tests.bench.{name}", "--json", *options],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    try:  # one that fell short of its target has measured all the same
        found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    except (IndexError, ValueError):
        return None
    return found


def bolt(folder: str) -> str | None:
    """A Python with slack-bolt in it; None when it cannot be had."""
    python = Path(folder) / "bin" / "python"
    finding = ["bash", str(ROOT / "scripts" / "find_uv.sh")]
    uv = subprocess.run(finding, check=False, capture_output=True, text=True).stdout.strip()
    for step in (
        [uv, "venv", "--quiet", "--python", sys.executable, folder],
        [uv, "pip", "install", "--quiet", "--python", str(python), "slack-bolt", "aiohttp"],
    ):
        try:
            if subprocess.run(step, check=False).returncode:
                return None
        except OSError:
            return None
    return str(python)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[[], *SHOWN], help="default: all")
    parser.add_argument("--no-bolt", action="store_true", help="without Bolt for Python")
    parser.add_argument("--out", type=Path, default=ROOT / "var" / "bench.json")
    args = parser.parse_args()
    results: dict[str, Any] = {
        "at": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "load_before": os.getloadavg()[0],
        "disk_sync_ms": table.disk_sync_ms(),
    }
    missing = []
    with ExitStack() as stack:
        for name in args.names or SHOWN:
            options: list[str] = []
            if name == "accept" and not args.no_bolt:
                python = bolt(stack.enter_context(tempfile.TemporaryDirectory()))
                options = ["--bolt", python] if python else []
            result = run(name, options)
            if result is None:
                missing.append(name)
                continue
            results[name] = result
            print(SHOWN[name](result) + "\n", flush=True)
    results["load_after"] = os.getloadavg()[0]
    args.out.parent.mkdir(parents=True, exist_ok=True)
    args.out.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    table.show(results, args.names or SHOWN)
    print(
        f"written to {args.out}; load {results['load_before']:.1f} to {results['load_after']:.1f}"
    )
    if missing:
        print(f"could not be measured: {', '.join(missing)}", file=sys.stderr)
    return 1 if missing else 0


if __name__ == "__main__":
    raise SystemExit(main())
