"""Who talks with a person of WeCom's customer service: we, or one of the company's people there.

While somebody of the company has the conversation in WeCom, an agent has it here too, one without a
name: the bot is silent, a late answer of its falls, and the desk sees what is said.
"""

from __future__ import annotations

from sqlalchemy import Connection, select

from connectors import logs
from connectors.conversation.ownership import Event, ForbiddenTransition, Owner
from connectors.coordination.telling import tell
from connectors.house import House
from connectors.messages import Author, Choice, Outbound, Part
from connectors.store import conversations, deadline_events, deliveries, messages, owners, ratings
from connectors.store.conversations import Conversation
from connectors.store.schema import conversations as conversations_table
from connectors.store.schema import deliveries as deliveries_table

log = logs.get(__name__)

ACTOR = "wecom"
WAITING_MOST = 50  # looked at together
HELD_MOST = 200


class Sessions:
    def __init__(self, house: House, channel: str) -> None:
        self._house = house
        self._channel = channel

    async def taken(self, account: str, person: str) -> bool:
        """Somebody of the company has taken the conversation in WeCom; False: an agent of our own
        desk has it."""
        return await self._move(account, person, Event.TAKE)

    async def ended(self, account: str, person: str) -> bool:
        """They have ended it: the bot answers again. False: it was not with them any longer."""
        return await self._move(account, person, Event.HAND_BACK)

    async def with_our_desk(self) -> list[Conversation]:
        """Conversations that agents of our own desk have, the newest in front."""

        def unit(conn: Connection) -> list[Conversation]:
            table = conversations_table
            ids = conn.execute(
                select(table.c.id)
                .where(
                    table.c.owner == Owner.AGENT.value,
                    table.c.agent_id.is_not(None),
                    table.c.channel == self._channel,
                )
                .order_by(table.c.last_inbound_at.desc())
                .limit(HELD_MOST)
            ).scalars()
            found = [conversations.get(conn, one) for one in ids]
            return [one for one in found if one is not None]

        return await self._house.database.read(unit)

    async def waiting(self, account: str) -> list[Conversation]:
        """Conversations that wait for an agent, the longest waiting in front."""

        def unit(conn: Connection) -> list[Conversation]:
            ids = conn.execute(
                select(conversations_table.c.id)
                .where(
                    conversations_table.c.owner == Owner.WAITING.value,
                    conversations_table.c.channel == self._channel,
                    conversations_table.c.account == account,
                )
                .order_by(conversations_table.c.waiting_since)
                .limit(WAITING_MOST)
            ).scalars()
            found = [conversations.get(conn, one) for one in ids]
            return [one for one in found if one is not None]

        return await self._house.database.read(unit)

    async def note(
        self,
        account: str,
        person: str,
        parts: tuple[Part, ...],
        key: str,
        *,
        choices: tuple[Choice, ...] = (),
        author: Author = Author.AGENT,
    ) -> str:
        """Writes down what was said to the person in WeCom, once for each ``key``, without sending
        it; the message's id."""
        now = self._house.clock.now()

        def unit(conn: Connection) -> str:
            talk = _found_or_made(conn, self._channel, account, person, self._house)
            said = messages.add(
                conn,
                talk,
                Outbound(parts, author, choices),
                now,
                dedup_key=f"{self._channel}\x1f{account}\x1f{key}"[:300],
            )
            found = conn.execute(
                select(deliveries_table.c.id).where(
                    deliveries_table.c.message_id == said.id,
                    deliveries_table.c.state == "queued",
                )
            ).scalar_one_or_none()
            delivery = deliveries.find(conn, found) if found is not None else None
            if delivery is not None:
                deliveries.mark_sent(conn, delivery, "sent", None, now)
                if author is Author.AGENT:  # nobody waits for an answer any longer
                    owners.answer(conn, talk.id, None, now)
                    deadline_events.settle_answers(conn, talk.id, now, ACTOR)
            return said.id

        message_id = await self._house.database.transact(unit)
        talk = await self._house.database.read(
            lambda conn: conversations.find(conn, self._channel, account, person)
        )
        if talk is not None:
            await tell(self._house.coordinator, talk.id, "message")
        return message_id

    async def rated(self, account: str, person: str, rating: str) -> None:
        """Writes down how the person judged the service."""
        now = self._house.clock.now()

        def unit(conn: Connection) -> None:
            talk = conversations.find(conn, self._channel, account, person)
            if talk is not None:
                ratings.note(conn, talk.id, rating, ACTOR, now)

        await self._house.database.transact(unit)

    async def _move(self, account: str, person: str, event: Event) -> bool:
        now = self._house.clock.now()

        def unit(conn: Connection) -> Conversation | None:
            talk = _found_or_made(conn, self._channel, account, person, self._house)
            theirs = talk.owner is Owner.AGENT and talk.agent_id is None
            if event is Event.TAKE and theirs:
                return talk
            if event is Event.TAKE and talk.owner is Owner.AGENT:
                return None
            if event is Event.HAND_BACK and not theirs:
                return None
            if event is Event.TAKE and talk.owner is Owner.CLOSED:
                owners.change_owner(conn, talk.id, Event.REOPEN, now, actor=ACTOR)
            return owners.change_owner(conn, talk.id, event, now, actor=ACTOR)

        try:
            after = await self._house.database.transact(unit)
        except ForbiddenTransition as error:
            log.info("wechat.kf_not_moved", reason=str(error))
            return False
        if after is not None:
            log.info("wechat.kf_moved", conversation_id=after.id, owner=after.owner.value)
            await tell(self._house.coordinator, after.id, "owner", owner=after.owner.value)
        return after is not None


def _found_or_made(
    conn: Connection, channel: str, account: str, person: str, house: House
) -> Conversation:
    talk = conversations.find(conn, channel, account, person)
    if talk is None:
        conversations.make(conn, channel, account, person, house.clock.now())
        talk = conversations.find(conn, channel, account, person)
    assert talk is not None
    return talk
