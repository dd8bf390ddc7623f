"""The stand a channel is put on: the gateway, the platform's side, and questions to the store."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, select

from connectors.messages import Author, Stored
from connectors.settings.outbox import Outbox
from connectors.store import conversations, deliveries, messages
from connectors.store.outbox import Delivery
from connectors.store.schema import deliveries as deliveries_table
from tests.clocks import MovableClock
from tests.contract.peer import Peer, listening_peer
from tests.contract.subject import Subject
from tests.contract.subjects import SUBJECTS
from tests.house import House, ScriptedDialogue, house

TABLES = ("forged", "stale", "replayed", "malformed", "oversized", "unknown", "unending",
          "peer_errors", "receipts", "forged_receipts")  # fmt: skip

each_channel = pytest.mark.parametrize(
    "channel", [pytest.param(subject, id=subject.title or subject.name) for subject in SUBJECTS]
)


def each_case(*tables: str) -> pytest.MarkDecorator:
    """Every case of the tables, of every channel: the test is given ``channel`` and ``case``."""
    cases = [
        pytest.param(subject, case, id=f"{subject.title or subject.name}: {name}")
        for subject in SUBJECTS
        for table in tables
        for name, case in getattr(subject, table).items()
    ]
    return pytest.mark.parametrize(("channel", "case"), cases)


@dataclass
class Stand:
    subject: Subject
    house: House
    peer: Peer
    dialogue: ScriptedDialogue
    clock: MovableClock

    async def stored(self) -> list[Stored]:
        """The person's conversation as the store has it."""
        account, address = self.subject.address

        def unit(conn: Connection) -> list[Stored]:
            found = conversations.find(conn, self.subject.name, account, address)
            return messages.after(conn, found.id, 0) if found is not None else []

        return await self.house.database.read(unit)

    async def said(self) -> list[str]:
        """What the person said, as the store has it."""
        return [one.text for one in await self.stored() if one.author is Author.CITIZEN]

    async def deliveries(self) -> list[Delivery]:
        """Everything that is or was to be sent, in the order it was said."""

        def unit(conn: Connection) -> list[Delivery]:
            ids = conn.execute(select(deliveries_table.c.id).order_by(deliveries_table.c.seq))
            found = [deliveries.find(conn, one) for one in ids.scalars().all()]
            return [one for one in found if one is not None]

        return await self.house.database.read(unit)

    async def until(self, true: Callable[[], Awaitable[bool]], limit: float = 8) -> None:
        async with asyncio.timeout(limit):
            while not await true():
                await asyncio.sleep(0.01)

    async def until_heard(
        self, *texts: str, person: str | None = None, together: bool = False
    ) -> None:
        """Waits until the person was shown exactly these texts, in this order; ``together``: what
        waited may have been joined, where the platform counts messages."""
        heard: list[str] = []

        async def shown() -> bool:
            nonlocal heard
            heard = await (self.subject.heard(person) if person else self.subject.heard())
            return heard == list(texts) or (together and "\n\n".join(heard) == "\n\n".join(texts))

        try:
            await self.until(shown)
        except TimeoutError:
            raise AssertionError(f"heard {heard} instead of {list(texts)}") from None

    async def until_states(self, *states: str) -> None:
        async def reached() -> bool:
            return [one.state for one in await self.deliveries()] == list(states)

        try:
            await self.until(reached)
        except TimeoutError:
            found = [(one.state, one.error_code) for one in await self.deliveries()]
            raise AssertionError(f"{found} instead of {states}") from None

    def later(self, delta: timedelta) -> None:
        """Lets time pass for everybody who looks at the clock."""
        self.clock.jump(delta)
        self.house.gateway.sender.wake()


@contextlib.asynccontextmanager
async def stand_for(channel: type[Subject], folder: Path) -> AsyncIterator[Stand]:
    dialogue, clock = ScriptedDialogue(), MovableClock()
    outbox = Outbox(rest_after=1000)
    async with listening_peer() as peer:
        settings: dict[str, Any] = {"outbox": outbox, "drain_seconds": 0.5}
        settings |= channel.settings(peer)
        async with house(folder, dialogue, clock=clock, **settings) as opened:
            subject = channel(opened, peer)
            async with subject.present():
                yield Stand(subject, opened, peer, dialogue, clock)
