"""Who is at the desk: noted when they do something, and every few seconds while a page is open."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from connectors import logs
from connectors.clock import Clock
from connectors.store import presence
from connectors.store.database import Database, StoreUnavailable

log = logs.get(__name__)

BEAT = timedelta(seconds=10)


class Attendance:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._open: Counter[str] = Counter()  # pages of each agent with a living socket
        self._noted: dict[str, datetime] = {}

    @contextmanager
    def page(self, agent_id: str) -> Iterator[None]:
        """The agent has a page open while inside."""
        self._open[agent_id] += 1
        try:
            yield
        finally:
            self._open[agent_id] -= 1
            if not self._open[agent_id]:
                del self._open[agent_id]

    async def touch(self, agent_id: str) -> None:
        """The agent has done something just now."""
        now, before = self._clock.now(), self._noted.get(agent_id)
        if before is None or not timedelta(0) <= now - before < BEAT:
            await self._note([agent_id], now)

    async def run(self) -> None:
        """Notes every few seconds, for ever, whose pages are open here."""
        while True:
            await asyncio.sleep(BEAT.total_seconds())
            try:
                await self._note(list(self._open), self._clock.now())
            except StoreUnavailable as error:
                log.error("store.unavailable", reason=str(error))

    async def _note(self, agent_ids: list[str], now: datetime) -> None:
        if not agent_ids:
            return
        await self._database.transact(lambda conn: presence.beat(conn, agent_ids, now))
        self._noted |= dict.fromkeys(agent_ids, now)
