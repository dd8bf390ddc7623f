"""Two gateways' workers over one store, as a cluster has them; a dialogue after a script."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from connectors.channel import Capabilities
from connectors.clock import Clock, SystemClock
from connectors.conversation.guards import Guards
from connectors.conversation.turn_taker import TurnTaker
from connectors.conversation.worker import Worker
from connectors.coordination.coordinator import Coordinator
from connectors.ids import ConversationId
from connectors.messages import Author, Inbound, Stored, Text
from connectors.settings.dialogue import Dialogue
from connectors.store import accepting, messages
from connectors.store.database import Database
from connectors.store.outbox import Claim
from tests.house import ScriptedDialogue, the_texts


class NoOutbox:
    """What is written stays where it is."""

    def wake(self) -> None:
        pass

    @asynccontextmanager
    async def claiming(self) -> AsyncIterator[Claim]:
        yield lambda conn, talk, said: None


@dataclass
class Gateway:
    """A gateway's worker and its own bot."""

    database: Database
    coordinator: Coordinator
    bot: ScriptedDialogue = field(default_factory=ScriptedDialogue)
    clock: Clock = field(default_factory=SystemClock)
    join: timedelta = timedelta(0)
    parallel: int = 32

    def __post_init__(self) -> None:
        turns = TurnTaker(
            database=self.database,
            coordinator=self.coordinator,
            dialogue=self.bot,
            read=lambda text: None,
            guards=Guards(lambda text: ()),
            clock=self.clock,
            texts=the_texts(),
            settings=Dialogue(notice_after=10, attempts=3),
            capabilities=lambda name: Capabilities(join_burst=self.join),
            outbox=NoOutbox(),
        )
        self.worker = Worker(
            turns,
            database=self.database,
            coordinator=self.coordinator,
            ready=self.bot.ready,
            parallel=self.parallel,
        )

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Gateway]:
        await self.worker.start()
        try:
            yield self
        finally:
            await self.worker.stop(1)

    async def accept(self, person: str, *texts: str) -> ConversationId:
        """Stores messages and tells nobody of them, as a gateway killed at that moment does."""
        now = self.clock.now()
        for number, text in enumerate(texts):
            inbound = Inbound(
                channel="test",
                account="main",
                address=person,
                external_id=f"{person}-{text}-{number}",
                parts=(Text(text),),
                received_at=now,
            )
            accepted = await self.database.transact(
                lambda conn, one=inbound: accepting.accept(conn, one, now, timedelta(hours=1))
            )
        return accepted.conversation_id

    async def answers(self, conversation_id: ConversationId, count: int = 1) -> list[Stored]:
        """What the bot said, once there are ``count`` answers."""
        async with asyncio.timeout(20):
            while True:
                said = await self.database.read(
                    lambda conn: messages.after(conn, conversation_id, 0)
                )
                answers = [message for message in said if message.author is Author.BOT]
                if len(answers) >= count:
                    return answers
                await asyncio.sleep(0.02)


def asked(*bots: ScriptedDialogue) -> list[Any]:
    """What the bots were asked, all together."""
    return [request.text for bot in bots for request in bot.requests]
