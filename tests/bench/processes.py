"""The product's processes for a measurement: on free ports, on a data folder of their own."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from connectors import bot_process

TICK = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")
READY_WITHIN = 120.0  # seconds
TOKEN = "bench-token"


@dataclass(frozen=True)
class Process:
    pid: int
    url: str

    @property
    def cpu(self) -> float:
        """Seconds of processor time so far, all threads."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICK

    @property
    def memory(self) -> int:
        """Resident bytes."""
        return int(Path(f"/proc/{self.pid}/statm").read_text().split()[1]) * PAGE


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@asynccontextmanager
async def started(
    command: list[str], url: str, health: str, env: Mapping[str, str], cwd: Path | None = None
) -> AsyncIterator[Process]:
    """Runs the process while inside, from when it is ready (anything but a refused connection or
    503). Raises ``SystemExit`` with its last lines when it is not in time."""
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            command, cwd=cwd, env={**os.environ, **env}, stdout=log, stderr=log
        )
        try:
            if not await _answers(process, url + health):
                log.seek(0)
                raise SystemExit(f"{command} is not ready:\n{log.read()[-3000:].decode()}")
            yield Process(process.pid, url)
        finally:
            process.terminate()
            try:
                await asyncio.to_thread(process.wait, 30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


async def _answers(process: subprocess.Popen[bytes], url: str) -> bool:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)) as http:
        for _ in range(int(READY_WITHIN / 0.2)):
            if process.poll() is not None:
                return False
            try:
                async with http.get(url) as response:
                    if response.status != 503:
                        return True
            except (aiohttp.ClientError, OSError, TimeoutError):
                pass
            await asyncio.sleep(0.2)
    return False


def command(*words: str) -> list[str]:
    return [sys.executable, "-m", "connectors.cli", *words]


@asynccontextmanager
async def gateway(
    data: Path, env: Mapping[str, str], *, health: str = "/health/live"
) -> AsyncIterator[Process]:
    """A gateway as an operator starts it, but for its ports and folder."""
    port = free_port()
    own = {
        "HUIYING_PORT": str(port),
        "HUIYING_DATA_DIR": str(data),
        "HUIYING_INTERNAL_TOKEN": TOKEN,
        "HUIYING_LOG_FORMAT": "json",
        "HUIYING_ACTIONS_PORT": str(free_port()),
        **env,
    }
    async with started(command("gateway"), f"http://127.0.0.1:{port}", health, own) as process:
        yield process


@asynccontextmanager
async def rasa(data: Path, actions_port: int) -> AsyncIterator[Process]:
    """Rasa with the trained model, whose actions are the gateway's."""
    port = free_port()
    env = {
        "HUIYING_INTERNAL_TOKEN": TOKEN,
        "HUIYING_ACTIONS_URL": f"http://127.0.0.1:{actions_port}/actions",
        "HUIYING_RASA_DB": str(data / "rasa.db"),
    }
    words = bot_process.command("run", "--port", str(port))
    async with started(
        words, f"http://127.0.0.1:{port}", "/webhooks/huiying/health", env, bot_process.folder()
    ) as process:
        yield process


def percentile(values: list[float], share: float) -> float:
    """The value below which this share of the values lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
