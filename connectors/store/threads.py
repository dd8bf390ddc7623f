"""Everything a person said and was told, over all their channels, in one thread."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, select

from connectors.ids import ConversationId
from connectors.messages import Stored
from connectors.store import messages
from connectors.store.conversations import Conversation, of_row
from connectors.store.identity.people import person_of
from connectors.store.schema import conversations

TALKS = 12  # conversations of one person that are shown, the latest


@dataclass(frozen=True, slots=True)
class Threaded:
    """A message and the channel it came or went by."""

    message: Stored
    channel: str


def talks(conn: Connection, conversation: Conversation) -> list[Conversation]:
    """The conversation, and the others of its person, the latest first."""
    members = person_of(conn, conversation.contact_id).members
    rows = conn.execute(
        select(conversations)
        .where(
            conversations.c.contact_id.in_(members),
            conversations.c.id != conversation.id,
            conversations.c.last_seq > conversations.c.erased_seq,
        )
        .order_by(conversations.c.last_inbound_at.desc())
        .limit(TALKS - 1)
    )
    return [conversation, *(of_row(dict(row._mapping)) for row in rows)]


def thread(
    conn: Connection, of: list[Conversation], after: Mapping[str, int], limit: int
) -> list[Threaded]:
    """What was said in these conversations behind a place in each, in the order of time; of a
    conversation without a place only the newest."""
    found: list[Threaded] = []
    for talk in of:
        place = after.get(talk.id)
        said = messages.after(conn, talk.id, place or 0, limit, newest=place is None)
        found += [Threaded(one, talk.channel) for one in said]
    order = {talk.id: number for number, talk in enumerate(of)}
    return sorted(
        found,
        key=lambda one: (
            one.message.created_at,
            order[ConversationId(one.message.conversation_id)],
            one.message.seq,
        ),
    )[-limit:]
