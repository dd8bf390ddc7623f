"""How soon ``huiying understand`` answers, and how many texts a second after that.

    python -m tests.bench.understand [--texts N] [--json]

The start is the time to the answer of a single text, the whole command included; the rate is that
of the rest of many, in its two processes, and a core: by the time of the processor that both took.
"""

from __future__ import annotations

import argparse
import itertools
import json
import resource
import subprocess
import time
from typing import NamedTuple

from connectors.settings import ROOT
from tests.bench.processes import command

TEXTS = ROOT / "tests" / "complaint" / "texts.jsonl"


class Taken(NamedTuple):
    """Seconds from start to end, and of the processor."""

    wall: float
    processor: float


def measure(texts: int) -> dict[str, float]:
    known = [json.loads(line) for line in TEXTS.read_text(encoding="utf-8").splitlines()]
    asked = [
        json.dumps({"id": n, "text": one["text"], "now": one["now"]}, ensure_ascii=False) + "\n"
        for n, one in zip(range(texts), itertools.cycle(known), strict=False)
    ]
    starts = [_taken(asked[:1]) for _ in range(3)]
    start = Taken(min(one.wall for one in starts), min(one.processor for one in starts))
    whole = _taken(asked)
    return {
        "start_seconds": start.wall,
        "texts": texts,
        "per_second": (texts - 1) / (whole.wall - start.wall),
        "per_second_a_core": (texts - 1) / (whole.processor - start.processor),
    }


def _taken(lines: list[str]) -> Taken:
    began, used = time.perf_counter(), _processor()
    done = subprocess.run(
        command("understand"), input="".join(lines).encode(), capture_output=True, check=True
    )
    assert len(done.stdout.splitlines()) == len(lines)
    return Taken(time.perf_counter() - began, _processor() - used)


def _processor() -> float:
    """Of all processes that were started and have ended."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return ended.ru_utime + ended.ru_stime


def show(result: dict[str, float]) -> str:
    return (
        f"understand: the first answer after {result['start_seconds']:.1f} s (target 5), then "
        f"{result['per_second']:.0f} texts a second, {result['per_second_a_core']:.0f} a core "
        "(target 200)"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description="huiying understand")
    parser.add_argument("--texts", type=int, default=2_000)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    result = measure(args.texts)
    print(json.dumps(result) if args.json else show(result))


if __name__ == "__main__":
    main()
