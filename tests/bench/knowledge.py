"""A knowledge base of 100,000 passages: built, asked, and added to while people are talking.

    python -m tests.bench.knowledge [--passages N] [--json]

*Built* by ``huiying knowledge ingest`` in a process of its own: its time, its processor time and
the most memory it held. *Asked* the labelled questions of ``tests/knowledge`` by the path that
answers people, in a process that does nothing else: time and processor time of each, and the
memory. *Added to* one entry at a time, in a thread, as the editor's pages do, with a search after
each, while a ticker says how long the event loop was held; beside it how long the same ticker was
held while nothing was done, which is the machine's own share.

The passages are made up from the clauses of the sample base and the words of public business; the
same ones every time. Exits with 1 when a figure is not reached.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from knowledge.answer import Answerer
from knowledge.base import KnowledgeBase, base_folder
from knowledge.clock import today
from knowledge.labelled import read_questions
from knowledge.lexicon import official_words
from knowledge.published.editor import Editor
from knowledge.query import Query

ROOT = Path(__file__).parents[2]
QUESTIONS = ROOT / "tests" / "knowledge" / "questions.jsonl"
BASE = "bench"
PASSAGES = 100_000
CLAUSES = 12
"""Clauses of a passage: some 200 characters, as in articles of laws and service items."""
ROUNDS = 2
ADDED = 8
TICK = 0.001
"""Seconds between two looks of the ticker."""


def made_up(count: int) -> Iterator[str]:
    """Entries as JSON lines, one passage each."""
    some = random.Random(12345)
    words = sorted({word for said in official_words().values() for word in said})
    text = "".join(p.read_text(encoding="utf-8") for p in (ROOT / "knowledge/corpus").rglob("*.md"))
    clauses = [c for c in re.split(r"[，。；：\s|#-]+", text) if 4 <= len(c) <= 30]
    # Rare pairs of characters too: without them every list of the index would be a long one.
    signs = [chr(n) for n in range(0x4E00, 0x9FA6)]
    for number in range(count):
        about = f"{some.choice(words)}{some.choice(words)}"
        said = [some.choice(clauses) for _ in range(CLAUSES)]
        said[3] = f"{some.choice(said)}{''.join(some.choices(signs, k=6))}"
        said[7] = f"{about}由{some.choice(words)}负责"
        row = {"id": f"made-{number}", "title": f"{about}第{number}号", "region": "000000"}
        yield json.dumps({**row, "text": "，".join(said) + "。"}, ensure_ascii=False)


def built(data: Path, count: int) -> dict[str, float]:
    """Seconds, processor seconds and megabytes of an ingest."""
    source = data / "made-up.jsonl"
    with source.open("w", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in made_up(count))
    began = time.perf_counter()
    command = [sys.executable, "-m", "connectors.cli", "knowledge", "ingest", "--base", BASE]
    child = subprocess.Popen(
        [*command, str(source)], cwd=ROOT, env=_environment(data), stdout=subprocess.DEVNULL
    )
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"huiying knowledge ingest ended with {child.returncode}")
    return {
        "seconds": time.perf_counter() - began,
        "cpu_seconds": used.ru_utime + used.ru_stime,
        "memory_mb": used.ru_maxrss / 1024,
    }


def asked() -> dict[str, float]:
    """How long an answer takes; in a process of its own, see :func:`part`."""
    answerer = Answerer(KnowledgeBase.open(BASE))
    queries = [labelled.query(today()) for labelled in read_questions(QUESTIONS)]
    for query in queries[:20]:  # libraries, tables and what is read but once
        answerer.answer(query)
    took, used = [], []
    for query in queries * ROUNDS:
        began, cpu = time.perf_counter(), time.thread_time()
        answerer.answer(query)
        took.append((time.perf_counter() - began) * 1e3)
        used.append((time.thread_time() - cpu) * 1e3)
    return {
        "questions": len(took),
        "p50_ms": float(np.percentile(took, 50)),
        "p99_ms": float(np.percentile(took, 99)),
        "cpu_p50_ms": float(np.percentile(used, 50)),
        "cpu_p99_ms": float(np.percentile(used, 99)),
        "memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


async def added() -> dict[str, Any]:
    """Entries saved one by one, each searched for right after, with the loop watched."""
    editor = Editor(base_folder(BASE))
    answerer = Answerer(KnowledgeBase.open(BASE))
    await asyncio.to_thread(answerer.answer, Query("身份证怎么办", today()))

    def save(number: int) -> None:
        title = f"新办事项{number}号须知"
        text = f"办理新办事项{number}号，应当携带有效证件到窗口提出申请。"
        values = {"id": f"new-{number}", "title": title, "text": text, "region": "000000"}
        editor.save(editor.draft(values)[0], "bench", "bench")

    def search(number: int) -> None:
        answer = answerer.answer(Query(f"新办事项{number}号怎么办理", today()))
        if not any(cited.entry_id == f"new-{number}" for cited in answer.passages):
            raise SystemExit(f"entry {number} was saved and is not found")

    idle, _ = await _held(lambda: time.sleep(0.5))
    seconds, cpu, held = list[float](), list[float](), list[tuple[float, float]]()
    for number in range(ADDED):

        def once(number: int = number) -> None:
            began, used = time.perf_counter(), time.thread_time()
            save(number)
            seconds.append(time.perf_counter() - began)
            cpu.append(time.thread_time() - used)
            search(number)

        held.append(await _held(once))
    return {
        "seconds": median(seconds),
        "worst_seconds": max(seconds),
        "cpu_seconds": median(cpu),
        "held_ms": max(worst for worst, _ in held) * 1e3,
        "held_mostly_ms": median(worst for worst, _ in held) * 1e3,
        "held_cpu_ms": max(used for _, used in held) * 1e3,
        "held_by_nothing_ms": idle * 1e3,
    }


async def _held(work: Callable[[], None]) -> tuple[float, float]:
    """The longest the loop was held while ``work`` ran in a thread, in seconds; and the most that
    this process used of the processor meanwhile, which a busy machine does not stretch."""
    worst = most_used = 0.0
    working = asyncio.create_task(asyncio.to_thread(work))
    while not working.done():
        before, used = time.perf_counter(), time.process_time()
        await asyncio.sleep(TICK)
        worst = max(worst, time.perf_counter() - before - TICK)
        most_used = max(most_used, time.process_time() - used)
    await working
    return worst, most_used


def _environment(data: Path) -> dict[str, str]:
    return {**os.environ, "HUIYING_DATA_DIR": str(data), "PYTHONPATH": str(ROOT)}


def part(name: str, data: Path) -> Any:
    """One part, in a process that has done nothing else."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.knowledge", "--part", name],
        cwd=ROOT,
        env=_environment(data),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return json.loads(done.stdout.splitlines()[-1])


def measure(count: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="huiying-bench-") as name:
        data = Path(name)
        return {
            "passages": count,
            "built": built(data, count),
            "asked": part("asked", data),
            "added": part("added", data),
        }


def show(result: dict[str, Any]) -> str:
    made, answers, adds = result["built"], result["asked"], result["added"]
    return (
        f"knowledge base of {result['passages']:,} passages\n"
        f"  built in {made['seconds']:.1f} s ({made['cpu_seconds']:.1f} s of processor), "
        f"at most {made['memory_mb']:.0f} MB\n"
        f"  an answer: p50 {answers['p50_ms']:.1f} ms, p99 {answers['p99_ms']:.1f} ms "
        f"(processor {answers['cpu_p50_ms']:.1f} and {answers['cpu_p99_ms']:.1f}), "
        f"{answers['memory_mb']:.0f} MB\n"
        f"  an entry added in {adds['seconds']:.2f} s, at worst {adds['worst_seconds']:.2f} "
        f"({adds['cpu_seconds']:.2f} s of processor); the event loop held for "
        f"{adds['held_ms']:.0f} ms at worst, mostly {adds['held_mostly_ms']:.0f} "
        f"(of processor {adds['held_cpu_ms']:.0f}; with nothing done: "
        f"{adds['held_by_nothing_ms']:.0f})"
    )


def reached(result: dict[str, Any]) -> bool:
    return bool(
        result["built"]["seconds"] <= 60
        and max(result["built"]["memory_mb"], result["asked"]["memory_mb"]) <= 600
        and result["asked"]["p99_ms"] <= 15
        and result["added"]["worst_seconds"] <= 1
        and result["added"]["held_ms"] <= 20
    )


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.knowledge", description=__doc__)
    parser.add_argument("--passages", type=int, default=PASSAGES)
    parser.add_argument("--part", choices=["asked", "added"], help=argparse.SUPPRESS)
    parser.add_argument("--json", action="store_true", help="one line of JSON, for make bench")
    args = parser.parse_args()
    if args.part:
        print(json.dumps(asked() if args.part == "asked" else asyncio.run(added())))
        return 0
    result = measure(args.passages)
    print(json.dumps(result) if args.json else show(result))
    return 0 if reached(result) else 1


if __name__ == "__main__":
    raise SystemExit(main())
