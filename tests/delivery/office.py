"""A post office to test: a real sender over a real store, and a channel that does as it is told."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from aiohttp import web
from sqlalchemy import Connection, select, update

from connectors.channel import Capabilities, Rendered, SendError, Sent
from connectors.coordination.coordinator import Happening
from connectors.coordination.in_process import InProcessCoordinator
from connectors.delivery.sender import Sender
from connectors.messages import Outbound, Person, Stored, Text
from connectors.settings.outbox import Outbox
from connectors.store import conversations, deliveries, messages
from connectors.store.conversations import Conversation
from connectors.store.database import Database
from connectors.store.outbox import Delivery
from connectors.store.schema import conversations as conversations_table
from connectors.store.schema import deliveries as deliveries_table
from connectors.texts import Texts
from tests.clocks import MovableClock

TEXTS = Texts.load()

# Tests of what PostgreSQL could do differently.
both = pytest.mark.parametrize(
    "where", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True
)
Outcome = SendError | Sent | Exception | Callable[[Rendered], Awaitable[Sent]]


def found_or_made(
    conn: Connection, channel: str, account: str, address: str, now: datetime
) -> Conversation:
    known = conversations.find(conn, channel, account, address)
    if known is None:
        conversations.make(conn, channel, account, address, now)
        known = conversations.find(conn, channel, account, address)
    assert known is not None
    return known


@dataclass
class Wire:
    """A channel: remembers what it was asked to send and answers after a script."""

    name: str = "wire"
    capabilities: Capabilities = field(default_factory=Capabilities)
    script: deque[Outcome] = field(default_factory=deque)
    always: Outcome = field(default_factory=Sent)
    tries: list[tuple[str, str]] = field(default_factory=list)  # (address, text)
    sent: list[tuple[str, str]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    times: list[float] = field(default_factory=list)

    def routes(self) -> list[web.AbstractRouteDef]:
        return []

    async def send(self, rendered: Rendered) -> Sent:
        words = "\n".join(part.text for part in rendered.parts if isinstance(part, Text))
        self.tries.append((rendered.person.address, words))
        self.keys.append(rendered.key)
        self.times.append(asyncio.get_running_loop().time())
        outcome = self.script.popleft() if self.script else self.always
        if isinstance(outcome, Exception):
            raise outcome
        answer = outcome if isinstance(outcome, Sent) else await outcome(rendered)
        self.sent.append((rendered.person.address, words))
        return answer

    async def typing(self, person: Person) -> None:
        return

    async def run(self) -> None:
        return

    async def close(self) -> None:
        return


class Office:
    def __init__(
        self,
        database: Database,
        *channels: Wire,
        clock: MovableClock | None = None,
        alone: bool = True,
        **settings: object,
    ) -> None:
        self.db = database
        self.channels = {channel.name: channel for channel in channels}
        self.clock = clock or MovableClock()
        self.coordinator = InProcessCoordinator()
        settings = {"rest_after": 1000} | settings
        self.sender = Sender(
            database=database,
            coordinator=self.coordinator,
            channels=self.channels,
            clock=self.clock,
            texts=TEXTS,
            settings=Outbox.model_validate(settings),
            alone=alone,
        )
        self.heard: list[Happening] = []

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator[Office]:
        running = asyncio.create_task(self.sender.run())
        listening = asyncio.create_task(self._listen())
        try:
            yield self
        finally:
            await self.sender.stop(0.3)
            await running
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)

    async def _listen(self) -> None:
        async with self.coordinator.subscribe("desk") as happenings:
            async for happening in happenings:
                self.heard.append(happening)

    # What people and we do ---------------------------------------------------------------------

    async def say(
        self,
        *lines: str,
        to: str = "p1",
        channel: str = "wire",
        account: str = "a",
        expires_in: timedelta | None = None,
    ) -> list[str]:
        """Puts messages of ours into the outbox; their delivery ids."""
        now = self.clock.now()

        def unit(conn: Connection) -> list[str]:
            conversation = found_or_made(conn, channel, account, to, now)
            said: list[Stored] = [
                messages.add(
                    conn,
                    conversation,
                    Outbound((Text(line),)),
                    now,
                    expires_at=now + expires_in if expires_in is not None else None,
                )
                for line in lines
            ]
            return [
                conn.execute(
                    select(deliveries_table.c.id).where(deliveries_table.c.message_id == one.id)
                ).scalar_one()
                for one in said
            ]

        ids = await self.db.transact(unit)
        self.sender.wake()
        return ids

    async def writes(self, who: str = "p1", channel: str = "wire", account: str = "a") -> None:
        """The person writes to us (only that they did is noted)."""
        now = self.clock.now()

        def unit(conn: Connection) -> None:
            found = found_or_made(conn, channel, account, who, now)
            conn.execute(
                update(conversations_table)
                .where(conversations_table.c.id == found.id)
                .values(last_inbound_at=now)
            )

        await self.db.transact(unit)
        self.sender.wake()

    async def same_person(self, *addresses: tuple[str, str]) -> None:
        """Makes conversations at (channel, address) that belong to one contact."""
        now = self.clock.now()

        def unit(conn: Connection) -> None:
            found = [found_or_made(conn, c, "a", a, now) for c, a in addresses]
            conn.execute(
                update(conversations_table)
                .where(conversations_table.c.id.in_([one.id for one in found]))
                .values(contact_id=found[0].contact_id)
            )

        await self.db.transact(unit)

    # What has become of it ---------------------------------------------------------------------

    async def find(self, delivery_id: str) -> Delivery:
        found = await self.db.read(lambda conn: deliveries.find(conn, delivery_id))
        assert found is not None
        return found

    async def states(self, ids: list[str]) -> list[str]:
        return [(await self.find(one)).state for one in ids]

    async def until(self, true: Callable[[], bool | Awaitable[bool]], limit: float = 5) -> None:
        """Waits until something has come about; fails after ``limit`` seconds."""
        async with asyncio.timeout(limit):
            while True:
                value = true()
                if value if isinstance(value, bool) else await value:
                    return
                await asyncio.sleep(0.005)

    async def until_states(self, ids: list[str], *states: str, limit: float = 5) -> None:
        async def reached() -> bool:
            return await self.states(ids) == list(states)

        try:
            await self.until(reached, limit)
        except TimeoutError:
            raise AssertionError(f"{await self.states(ids)} instead of {states}") from None

    async def settled(self, seconds: float = 0.15) -> None:
        """Waits long enough to see that nothing more happens."""
        await asyncio.sleep(seconds)
