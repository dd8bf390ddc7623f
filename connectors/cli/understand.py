"""``huiying understand``: the bot's own understanding, line by line.

Rasa's NLU runs in its own environment (``bot/nlu_worker.py``), beside this process, in which what
comes back goes through the same ``actions.understanding.understand`` the form uses. Each works on
another line at a time. Order is kept.
"""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from connectors import bot_process
from connectors.cli.asked_lines import AskedLine, read_lines
from connectors.lifecycle import keep_what_is_loaded
from connectors.settings import load

if TYPE_CHECKING:
    from actions.understanding.matter.duty import DutyList
    from actions.understanding.pointed import Pointed
    from connectors.settings.llm import Llm

AHEAD = 512  # lines read ahead of the slowest worker


class _Ended(Exception):
    """An NLU process ended; the message says what to do."""


def run_understand(jobs: int, duties: Path | None = None, *, ask_model: bool = False) -> int:
    """Reads standard input to its end; returns the exit status. ``duties``: the list that says
    whose duty each is, instead of the configured one. ``ask_model``: the configured language model
    points at the fields too."""
    from actions.understanding.matter.duties import read_duties, shipped
    from actions.understanding.matter.duty import DutyList

    settings = load()
    file = duties or settings.orders.duties
    units = DutyList(read_duties(file) if file else shipped(), settings.region)
    if ask_model and settings.llm.url is None:
        print("huiying: no language model is configured: set llm.url", file=sys.stderr)
        return 1
    reader = Reader(settings.region, units, settings.llm if ask_model else None)
    workers: list[subprocess.Popen[bytes]] = []
    try:
        workers.append(_start("--train"))
        _warm_up()  # while Rasa's libraries are loaded over there
        _ready(workers[0])
        workers += [_start() for _ in range(jobs - 1)]
        for worker in workers[1:]:
            _ready(worker)
        _answer_all(workers, reader)
    except (bot_process.BotMissing, _Ended) as error:
        print(f"huiying: {error}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # for the last flush
        return 1
    finally:
        for worker in workers:
            worker.terminate()
            worker.wait()
    return 0


def _warm_up() -> None:
    from actions.understanding.understand import warm_up

    warm_up()
    keep_what_is_loaded()


@dataclass(frozen=True, slots=True)
class Reader:
    """What a line is read with: the city served, whose duty what is, and a model to point, if one
    is asked."""

    region: str | None
    units: DutyList
    llm: Llm | None

    def pointed(self, text: str) -> Pointed | None:
        """What the model points at; ``None`` without one, and where it fails, which is said."""
        if self.llm is None:
            return None
        from actions.pointing.once import point

        pointed, why = point(self.llm, text)
        if why:
            print(f"huiying: the language model was done without: {why}", file=sys.stderr)
        return pointed


def _answer_all(workers: list[subprocess.Popen[bytes]], reader: Reader) -> None:
    pending: queue.Queue[tuple[AskedLine, int] | None] = queue.Queue(AHEAD)
    feeder = threading.Thread(
        target=_feed, args=(sys.stdin.buffer, workers, pending), name="feeder", daemon=True
    )
    feeder.start()
    while (item := pending.get()) is not None:
        line, worker = item
        print(json.dumps(_answer(line, workers[worker], reader), ensure_ascii=False))
        if pending.empty():  # somebody may be waiting for this very answer
            sys.stdout.flush()


def _answer(line: AskedLine, worker: subprocess.Popen[bytes], reader: Reader) -> dict[str, Any]:
    from actions.understanding.understand import Nlu, understand

    if line.error:
        return {"id": line.id, "error": line.error}
    assert worker.stdout is not None
    raw = worker.stdout.readline()
    if not raw:
        raise _Ended("the NLU process ended; see its lines above")
    seen = json.loads(raw)
    nlu = Nlu(
        seen["intent"]["name"],
        seen["intent"]["confidence"],
        tuple((name, confidence) for name, confidence in seen["ranking"]),
    )
    pointed = reader.pointed(line.text)
    understood = understand(line.text, nlu, line.now, home_region=reader.region, pointed=pointed)
    place, category = understood.fields.place, understood.category
    found = reader.units.suggest(
        category.settled, category.confidence, place.region if place else None, line.text
    )
    unit = {
        "name": found.unit,
        "helpers": list(found.helpers),
        "confidence": found.confidence,
        "reasons": [one.value for one in found.reasons],
    }
    return {"id": line.id, **understood.to_json(), "unit": unit if found.unit else None}


def _start(*options: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603
        bot_process.command("nlu", *options),
        cwd=bot_process.folder(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )


def _ready(process: subprocess.Popen[bytes]) -> None:
    """Waits until the process has loaded the model. Raises :class:`_Ended`."""
    assert process.stdout is not None
    ready = process.stdout.readline()
    if not ready or not json.loads(ready).get("ready"):
        raise _Ended("the NLU process did not start; see its lines above")


def _feed(
    source: BinaryIO,
    workers: list[subprocess.Popen[bytes]],
    pending: queue.Queue[tuple[AskedLine, int] | None],
) -> None:
    """Deals lines to the workers in turn, in step with the queue the answers are read from."""
    turn = 0
    try:
        for line in read_lines(source):
            worker = turn % len(workers)
            if line.error is None:
                stdin = workers[worker].stdin
                assert stdin is not None
                stdin.write(json.dumps({"id": turn, "text": line.text}).encode() + b"\n")
                stdin.flush()
                turn += 1
            pending.put((line, worker))
    except BrokenPipeError:  # the worker is gone: who reads its answers finds out and says so
        pending.put((line, worker))
    pending.put(None)
