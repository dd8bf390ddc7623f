"""Handing a person over to WeChat's own customer service (``transfer_customer_service``).

Where an account is set so, WeChat's agents talk with people, not ours. WeChat takes over only in
the answer to a message of the person's (never to an event), so the request that brought it waits
for the turn: when the turn asks for an agent, the answer is the transfer and the conversation
leaves our queue. A turn that takes too long is made up for at the person's next message.
"""

from __future__ import annotations

import asyncio
import contextlib
from datetime import datetime, timedelta

from sqlalchemy import Connection

from connectors import logs
from connectors.channels.wechat.receiving import Arrival
from connectors.conversation.ownership import Event, ForbiddenTransition, Owner
from connectors.coordination.coordinator import Happening
from connectors.house import House
from connectors.ids import MessageId
from connectors.store import conversations, inbox, owners
from connectors.store.conversations import Conversation

log = logs.get(__name__)

TRANSFER = "transfer_customer_service"
TRANSFER_WITHIN = timedelta(seconds=4.5)  # the platform waits for five
PENDING_MOST = 50  # messages of one person that are looked through
ACTOR = "wechat"


class Transfer:
    """The transfers of one channel."""

    def __init__(self, house: House, channel: str) -> None:
        self._house = house
        self._channel = channel

    async def wanted(self, arrival: Arrival, message_id: MessageId, until: datetime) -> bool:
        """Whether the turn of this message asked for an agent; then they are no longer ours."""
        talk = await self._house.database.read(lambda conn: self._talk(conn, arrival))
        if talk is None:
            return False
        async with self._house.coordinator.subscribe(f"conversation:{talk.id}") as heard:
            while True:
                owner, pending = await self._house.database.read(
                    lambda conn: self._look(conn, arrival, message_id)
                )
                if owner is Owner.WAITING:
                    return await self._let_go(talk)
                left = (until - self._house.clock.now()).total_seconds()
                if not pending or left <= 0:
                    return False
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(left):
                        await anext(heard)

    def _talk(self, conn: Connection, arrival: Arrival) -> Conversation | None:
        return conversations.find(conn, self._channel, arrival.account, arrival.what.person)

    def _look(
        self, conn: Connection, arrival: Arrival, message_id: MessageId
    ) -> tuple[Owner | None, bool]:
        """Who answers there now, and whether the message still waits for its turn."""
        talk = self._talk(conn, arrival)
        if talk is None:
            return None, False
        return talk.owner, any(
            one.id == message_id for one in inbox.pending(conn, talk.id, PENDING_MOST)
        )

    async def _let_go(self, talk: Conversation) -> bool:
        """Takes the conversation out of our queue, unless an agent of ours was quicker."""
        now = self._house.clock.now()

        def unit(conn: Connection) -> None:
            owners.change_owner(conn, talk.id, Event.WITHDRAW, now, actor=ACTOR)

        try:
            await self._house.database.transact(unit)
        except (ForbiddenTransition, LookupError):
            return False
        log.info("wechat.transferred", channel=self._channel, conversation_id=talk.id)
        desk = Happening("desk", "owner", {"conversation_id": talk.id, "owner": Owner.BOT.value})
        await self._house.coordinator.publish(desk)
        return True
