"""One process that is kept alive, as a container with ``restart: unless-stopped`` is."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

ENDS = 20  # times in a row, and it is not worth waiting any longer
RESTART = 0.5  # seconds until what ended is started again
STOP = 30.0  # seconds a process gets to end by itself


class NotReady(Exception):
    """Something did not come up; the end of its log says why."""


class Service:
    """Its output goes to ``log``; it and its children form a process group of their own."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        *,
        env: Mapping[str, str],
        cwd: Path,
        log: Path,
        ready: Callable[[], Awaitable[bool]],
    ) -> None:
        self.name = name
        self.ready = ready
        self._command = list(command)
        self._env = dict(env)
        self._cwd = cwd
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None
        self._keeping: asyncio.Task[None] | None = None
        self._ended = 0  # so many times by itself

    @property
    def pid(self) -> int | None:
        process = self._process
        return process.pid if process is not None and process.poll() is None else None

    def start(self) -> None:
        """Starts it, and starts it again whenever it ends, until stopped."""
        self._keeping = asyncio.create_task(self._keep(), name=f"keep {self.name}")

    async def once(self) -> None:
        """Runs it to its end. Raises :class:`NotReady` when that was not a good one."""
        self._process = self._open()
        if await asyncio.to_thread(self._process.wait) != 0:
            raise NotReady(f"{self.name} failed:\n{self.tail()}")

    async def until_ready(self, limit: float = 120.0) -> None:
        """Raises :class:`NotReady` after ``limit`` seconds, or when it ended too often by then."""
        ended = self._ended
        try:
            async with asyncio.timeout(limit):
                while not await self.ready():
                    if self._ended - ended >= ENDS:
                        raise NotReady(f"{self.name} ends as it starts:\n{self.tail()}")
                    await asyncio.sleep(0.1)
        except TimeoutError:
            raise NotReady(f"{self.name} is not ready after {limit:g} s:\n{self.tail()}") from None

    def send(self, number: signal.Signals) -> bool:
        """Sends a signal to the process itself; whether there was one."""
        pid = self.pid
        if pid is not None:
            os.kill(pid, number)
        return pid is not None

    async def stop(self) -> None:
        """As an operator stops it: it may finish what it does. It is not started again."""
        if self._keeping is not None:
            self._keeping.cancel()
            await asyncio.gather(self._keeping, return_exceptions=True)
            self._keeping = None
        process = self._process
        if process is None or process.poll() is not None:
            return
        process.send_signal(signal.SIGCONT)
        process.terminate()
        try:
            async with asyncio.timeout(STOP):
                while process.poll() is None:
                    await asyncio.sleep(0.05)
        except TimeoutError:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def tail(self) -> str:
        return self._log.read_text(errors="replace")[-3000:] if self._log.exists() else ""

    def _open(self) -> subprocess.Popen[bytes]:
        with self._log.open("ab") as log:
            return subprocess.Popen(
                self._command,
                cwd=self._cwd,
                env=self._env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    async def _keep(self) -> None:
        while True:
            self._process = self._open()
            while self._process.poll() is None:
                await asyncio.sleep(0.05)
            self._ended += 1
            await asyncio.sleep(RESTART)
