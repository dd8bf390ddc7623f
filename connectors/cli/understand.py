"""``huiying understand``: the bot's own understanding, line by line.

Rasa's NLU runs in its own environment (``bot/nlu_worker.py``), one process per core; what comes
back goes through the same ``actions.complaint.understand`` the form uses. Order is kept.
"""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any

from actions.complaint.understand import Nlu, understand
from connectors import bot_process
from connectors.clock import CHINA, SystemClock
from connectors.settings import load

AHEAD = 512  # lines read ahead of the slowest worker
TEXT_MOST = 20_000  # characters of one text


@dataclass(frozen=True, slots=True)
class _Line:
    """An input line: what was asked, or what is wrong with it."""

    id: Any
    text: str
    now: datetime
    error: str | None = None


def run_understand(jobs: int) -> int:
    """Reads standard input to its end; returns the exit status."""
    settings = load()
    jobs = jobs or min(4, os.cpu_count() or 1)
    try:
        trained = subprocess.run(  # noqa: S603
            bot_process.command("train"), cwd=bot_process.folder(), stdout=sys.stderr, check=False
        )
        if trained.returncode:
            return trained.returncode
        workers = [_start() for _ in range(jobs)]
    except bot_process.BotMissing as missing:
        print(f"huiying: {missing}", file=sys.stderr)
        return 1
    pending: queue.Queue[tuple[_Line, int] | None] = queue.Queue(AHEAD)
    feeder = threading.Thread(target=_feed, args=(sys.stdin, workers, pending), daemon=True)
    feeder.start()
    try:
        while (item := pending.get()) is not None:
            line, worker = item
            print(json.dumps(_answer(line, workers[worker], settings.region), ensure_ascii=False))
    except BrokenPipeError:
        return 1
    finally:
        sys.stdout.flush()
        for process in workers:
            process.terminate()
            process.wait()
    return 0


def _answer(line: _Line, worker: subprocess.Popen[str], region: str | None) -> dict[str, Any]:
    if line.error:
        return {"id": line.id, "error": line.error}
    assert worker.stdout is not None
    raw = worker.stdout.readline()
    if not raw:
        raise SystemExit("huiying: the NLU process ended; see its lines above")
    seen = json.loads(raw)
    nlu = Nlu(
        seen["intent"]["name"],
        seen["intent"]["confidence"],
        tuple((name, confidence) for name, confidence in seen["ranking"]),
    )
    understood = understand(line.text, nlu, line.now, home_region=region)
    return {"id": line.id, **understood.to_json()}


def _start() -> subprocess.Popen[str]:
    process = subprocess.Popen(  # noqa: S603
        bot_process.command("nlu"),
        cwd=bot_process.folder(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    assert process.stdout is not None
    ready = process.stdout.readline()
    if not ready or not json.loads(ready).get("ready"):
        raise SystemExit("huiying: the NLU process did not start; see its lines above")
    return process


def _feed(
    source: IO[str],
    workers: list[subprocess.Popen[str]],
    pending: queue.Queue[tuple[_Line, int] | None],
) -> None:
    """Deals lines to the workers in turn, in step with the queue the answers are read from."""
    turn = 0
    for line in _read(source):
        worker = turn % len(workers)
        if line.error is None:
            stdin = workers[worker].stdin
            assert stdin is not None
            stdin.write(json.dumps({"id": turn, "text": line.text}) + "\n")
            stdin.flush()
            turn += 1
        pending.put((line, worker))
    pending.put(None)


def _read(source: IO[str]) -> Iterator[_Line]:
    clock = SystemClock()
    for number, raw in enumerate(source, 1):
        if not raw.strip():
            continue
        now = clock.now().astimezone(CHINA)
        try:
            given = json.loads(raw)
            text = given["text"]
            if not isinstance(text, str):
                raise TypeError("text must be a string")
            if given.get("now"):
                now = datetime.fromisoformat(given["now"])
                now = now if now.tzinfo else now.replace(tzinfo=CHINA)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            yield _Line(None, "", now, f"line {number} is not {{id, text[, now]}}: {error}")
            continue
        if len(text) > TEXT_MOST:
            yield _Line(given.get("id"), "", now, f"text is longer than {TEXT_MOST} characters")
            continue
        text = text.encode("utf-8", "replace").decode("utf-8")  # lone surrogates become "?"
        yield _Line(given.get("id"), text, now)
