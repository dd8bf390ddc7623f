"""What the tests of the store write with."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from connectors.channel import Accepted
from connectors.messages import Inbound, Text
from connectors.store import accepting, conversations
from connectors.store.conversations import Conversation
from connectors.store.database import Database

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
IDLE = timedelta(hours=12)


def inbound(text: str = "路灯坏了", *, person: str = "v1", id: str = "m1") -> Inbound:  # noqa: A002
    return Inbound(
        channel="webchat",
        account="default",
        address=person,
        external_id=f"{person}:{id}",
        parts=(Text(text),),
        received_at=NOON,
    )


async def write(
    database: Database,
    text: str = "路灯坏了",
    *,
    person: str = "v1",
    id: str = "m1",  # noqa: A002
    at: datetime = NOON,
    channel: str = "webchat",
) -> Accepted:
    message = replace(inbound(text, person=person, id=id), channel=channel)
    return await database.transact(lambda conn: accepting.accept(conn, message, at, IDLE))


async def conversation(database: Database, conversation_id: str) -> Conversation:
    found = await database.read(lambda conn: conversations.get(conn, conversation_id))
    assert found is not None
    return found
