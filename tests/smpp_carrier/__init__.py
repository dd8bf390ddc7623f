"""A carrier that speaks SMPP 3.4, by another hand: the npm package ``smpp``, driven from a test."""

from __future__ import annotations

import asyncio
import json
import subprocess
from pathlib import Path
from typing import Any

from tests.structure.source import ROOT

HERE = Path(__file__).parent
LIMIT = 30.0  # seconds


class Carrier:
    """Listens for the SMSC's client, Kannel. Parts of a long message are told one by one."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._told: list[dict[str, Any]] = []
        self._new = asyncio.Condition()

    async def __aenter__(self) -> Carrier:
        install = ["bash", str(ROOT / "scripts/node.sh"), str(HERE)]
        await asyncio.to_thread(subprocess.check_call, install)
        self._process = await asyncio.create_subprocess_exec(
            "node", str(HERE / "carrier.js"), str(self._port),
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        self._listening = asyncio.create_task(self._listen())
        await self._hear("listening", 1)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._process.terminate()
        await self._process.wait()
        await self._listening

    async def bound(self) -> None:
        await self._hear("bound", 1)

    async def submitted(self, count: int) -> list[tuple[str, str]]:
        """Number and text of the first messages given to us, once there are as many."""
        told = await self._hear("submitted", count)
        return [(f"+{one['to'].removeprefix('+')}", one["text"]) for one in told]

    def fail_next(self, state: str, error: str) -> None:
        """The next message cannot be delivered, and the receipt says so."""
        self._ask({"failNext": {"state": state, "error": error}})

    def deliver(self, sender: str, receiver: str, text: str) -> None:
        """Brings a message from a handset, a long one in parts."""
        self._ask({"deliver": {"from": sender, "to": receiver, "text": text}})

    def _ask(self, what: dict[str, Any]) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(what).encode() + b"\n")

    async def _listen(self) -> None:
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            async with self._new:
                self._told.append(json.loads(line))
                self._new.notify_all()

    async def _hear(self, what: str, count: int) -> list[Any]:
        def heard() -> list[Any]:
            return [one[what] for one in self._told if what in one]

        async with asyncio.timeout(LIMIT), self._new:
            await self._new.wait_for(lambda: len(heard()) >= count)
        return heard()[:count]
