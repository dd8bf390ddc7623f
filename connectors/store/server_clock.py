"""One time for all gateways: that of the PostgreSQL server they share.

What one gateway writes down for later (when a message is tried again, until when a sending is
claimed), another one reads. If each went by the clock of its own machine, one that is wrong by
hours would delay for hours what the others could do now. So the server is asked, and between two
answers the monotonic clock, which nobody sets, carries on. The embedded store has one gateway and
goes by the machine's clock.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import Connection, func, select

from connectors import logs
from connectors.clock import Clock, SystemClock
from connectors.store.database import Database, PostgresDatabase, StoreUnavailable

log = logs.get(__name__)

EVERY: Final = 10.0  # seconds between two questions
TELLING: Final = 1.0  # seconds an answer may have been under way and still tell the time
WRONG: Final = timedelta(seconds=5)  # what this machine's clock may be off before we mind


@asynccontextmanager
async def clock_of(database: Database) -> AsyncIterator[Clock]:
    """The clock a gateway with this store goes by. Raises ``StoreUnavailable`` at the start."""
    if not isinstance(database, PostgresDatabase):
        yield SystemClock()
        return
    clock = ServerClock(database)
    await clock.ask()
    keeping = asyncio.create_task(clock.keep(), name="server clock")
    try:
        yield clock
    finally:
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)


class ServerClock:
    def __init__(
        self,
        database: Database,
        *,
        machine: Clock | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._db = database
        self._machine = machine or SystemClock()
        self._monotonic = monotonic
        self._told, self._at = self._machine.now(), monotonic()
        self._wrong = False

    def now(self) -> datetime:
        return self._told + timedelta(seconds=self._monotonic() - self._at)

    async def ask(self) -> None:
        """Asks the server once. Raises ``StoreUnavailable``."""
        asked = self._monotonic()
        told = await self._db.read(_server_time)
        answered = self._monotonic()
        if answered - asked > TELLING:
            return
        self._told, self._at = told, (asked + answered) / 2
        self._mind_the_machine()

    async def keep(self) -> None:
        """Asks from time to time until cancelled; while the server is away time goes on."""
        while True:
            await asyncio.sleep(EVERY)
            with suppress(StoreUnavailable):
                await self.ask()

    def _mind_the_machine(self) -> None:
        off = self._machine.now() - self.now()
        wrong = abs(off) > WRONG
        if wrong and not self._wrong:
            log.warning("clock.differs", from_database_by=round(off.total_seconds()))
        self._wrong = wrong


def _server_time(conn: Connection) -> datetime:
    moment: datetime = conn.execute(select(func.clock_timestamp())).scalar_one()
    return moment.astimezone(UTC)
