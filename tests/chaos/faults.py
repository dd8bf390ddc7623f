"""What is done to the product, one thing after the other, each until all is well again."""

from __future__ import annotations

import asyncio
import random
import ssl
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Protocol

Fault = Callable[[], Awaitable[None]]
"""Does its harm, and mends what does not mend itself."""

Callback = Callable[[], object]

RECOVERY = 90.0  # seconds until everything must answer again, where starting takes less


class Topology(Protocol):
    """The product under attack, however many processes it has."""

    @property
    def url(self) -> str: ...

    @property
    def tls(self) -> ssl.SSLContext | None: ...

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    async def ready(self) -> bool: ...

    def faults(self) -> dict[str, Fault]: ...


@dataclass(frozen=True, slots=True)
class Span:
    """A fault, from its beginning until all was well again (seconds of the monotonic clock)."""

    name: str
    begin: float
    end: float


class NotRecovered(Exception):
    """The product did not come back by itself."""


@dataclass
class Attack:
    """``names``: the faults in turn, where wanted ``again`` and again until told to stop;
    ``once_each`` is set when each was done. ``recovery``: seconds until all must be well again."""

    topology: Topology
    names: Sequence[str]
    every: float
    again: bool = True
    recovery: float = RECOVERY
    done: list[Span] = field(default_factory=list)
    once_each: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self, stop: asyncio.Event) -> None:
        """Raises :class:`NotRecovered`."""
        try:
            await self._run(stop)
        finally:
            self.once_each.set()

    async def _run(self, stop: asyncio.Event) -> None:
        faults, dice = self.topology.faults(), random.Random(7)
        while self.names and not stop.is_set():
            with suppress(TimeoutError):
                async with asyncio.timeout(self.every * dice.uniform(0.6, 1.4)):
                    await stop.wait()
                    break
            name = self.names[len(self.done) % len(self.names)]
            say(f"fault: {name}")
            began = time.monotonic()
            await faults[name]()
            await self._recovered(name)
            self.done.append(Span(name, began, time.monotonic()))
            if len(self.done) >= len(self.names):
                self.once_each.set()
                if not self.again:
                    return

    async def _recovered(self, name: str) -> None:
        try:
            async with asyncio.timeout(self.recovery):
                while not await self.topology.ready():
                    await asyncio.sleep(0.3)
        except TimeoutError:
            raise NotRecovered(f"not ready {self.recovery:.0f} s after {name}") from None


async def held(seconds: float, begin: Callback, end: Callback) -> None:
    """A harm that lasts."""
    await asyncio.to_thread(begin)
    try:
        await asyncio.sleep(seconds)
    finally:
        await asyncio.to_thread(end)


def say(line: str) -> None:
    print(f"chaos: {line}", file=sys.stderr, flush=True)
