"""``huiying run`` as the thing under attack: one gateway, one Rasa, SQLite."""

from __future__ import annotations

import os
import signal
import ssl
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from tests.chaos.clocks import WallClock
from tests.chaos.disk import Disk
from tests.chaos.faults import Callback, Fault, held
from tests.cluster.service import Service
from tests.cluster.topology import answers
from tests.servers import ROOT, free_port

PATTERNS = {"gateway": "connectors.cli gateway", "rasa": "runtime run"}


class Embedded:
    def __init__(self, folder: Path, settings: Mapping[str, str]) -> None:
        self._clock = WallClock(folder / "clock")
        self._disk = Disk(folder / "data", self._pids)
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.tls: ssl.SSLContext | None = None
        ours = {key: value for key, value in os.environ.items() if not key.startswith("HUIYING_")}
        env = ours | self._clock.environment() | dict(settings) | {
            "HUIYING_PORT": str(port),
            "HUIYING_ACTIONS_PORT": str(free_port()),
            "HUIYING_RASA_PORT": str(free_port()),
            "HUIYING_DATA_DIR": str(self._disk.folder),
            "HUIYING_LOG_FORMAT": "json",
        }  # fmt: skip
        self._run = Service(
            "huiying", [sys.executable, "-m", "connectors.cli", "run"],
            env=env, cwd=ROOT, log=folder / "run.log", ready=self.ready,
        )  # fmt: skip

    async def start(self) -> None:
        self._run.start()
        await self._run.until_ready(600)  # the bot may have to be trained

    async def stop(self) -> None:
        self._disk.free()
        await self._run.stop()
        self._disk.remove()

    async def ready(self) -> bool:
        return await answers(f"{self.url}/health/ready")

    def faults(self) -> dict[str, Fault]:
        return {
            "gateway": lambda: self._kill("gateway"),
            "rasa": lambda: self._kill("rasa"),
            "freeze": lambda: held(8, self._signal(signal.SIGSTOP), self._signal(signal.SIGCONT)),
            "disk": lambda: held(5, self._disk.fill, self._disk.free),
            "clock-ahead": lambda: held(10, *self._jump(7200)),
            "clock-back": lambda: held(10, *self._jump(-7200)),
            "clock-kill": self._die_in_the_future,
        }

    async def _kill(self, what: str) -> None:
        for pid in self._children(PATTERNS[what]):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    async def _die_in_the_future(self) -> None:
        await held(6, *self._jump(7200))
        await self._kill("gateway")

    def _signal(self, number: signal.Signals) -> Callback:
        def send() -> None:
            for pid in self._children(PATTERNS["gateway"]):
                with suppress(ProcessLookupError):
                    os.kill(pid, number)

        return send

    def _jump(self, seconds: int) -> tuple[Callback, Callback]:
        return lambda: self._clock.set(seconds), lambda: self._clock.set(0)

    def _children(self, pattern: str) -> list[int]:
        """Our own children of ``huiying run``: only they are ever killed."""
        listed = subprocess.run(
            ["ps", "-ww", "-eo", "pid,ppid,args"], capture_output=True, text=True, check=True
        ).stdout.splitlines()[1:]
        rows = [line.split(None, 2) for line in listed]
        return [int(r[0]) for r in rows if int(r[1]) == self._run.pid and pattern in r[2]]

    def _pids(self) -> Iterator[int]:
        for pattern in PATTERNS.values():
            yield from self._children(pattern)
