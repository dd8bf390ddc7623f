"""Conversations: found or made for an address, owned, numbered, sessioned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from connectors.conversation.ownership import Owner
from connectors.ids import AgentId, ContactId, ConversationId, new_id
from connectors.messages import Person
from connectors.store.prepared import Prepared
from connectors.store.schema import contacts, conversations

UNREADABLE = (ValueError, TypeError, KeyError)
"""What a row raises that cannot be read: SQLite takes any value in any column."""


@dataclass(frozen=True, slots=True)
class Conversation:
    id: ConversationId
    contact_id: ContactId
    channel: str
    account: str
    address: str
    owner: Owner
    epoch: int
    fence: int
    agent_id: AgentId | None
    skill: str | None
    handoff_reason: str | None
    waiting_since: datetime | None
    session: int
    last_seq: int
    last_inbound_at: datetime | None
    queue_rank: int = 0
    unanswered_since: datetime | None = None
    last_agent_id: AgentId | None = None
    care: bool = False

    @property
    def person(self) -> Person:
        return Person(self.contact_id, self.id, self.channel, self.account, self.address)

    @property
    def session_id(self) -> str:
        """What Rasa knows this session as. A new one begins a fresh tracker."""
        return f"{self.id}.{self.session}"


def of_row(r: Mapping[str, Any]) -> Conversation:
    """The conversation of a row. Raises one of :data:`UNREADABLE`."""
    return Conversation(
        id=ConversationId(r["id"]),
        contact_id=ContactId(r["contact_id"]),
        channel=r["channel"],
        account=r["account"],
        address=r["address"],
        owner=Owner(r["owner"]),
        epoch=r["epoch"],
        fence=r["fence"],
        agent_id=AgentId(r["agent_id"]) if r["agent_id"] else None,
        skill=r["skill"],
        handoff_reason=r["handoff_reason"],
        waiting_since=r["waiting_since"],
        session=r["session"],
        last_seq=r["last_seq"],
        last_inbound_at=r["last_inbound_at"],
        queue_rank=r["queue_rank"],
        unanswered_since=r["unanswered_since"],
        last_agent_id=AgentId(r["last_agent_id"]) if r["last_agent_id"] else None,
        care=r["care"],
    )


def get(conn: Connection, conversation_id: str) -> Conversation | None:
    row = _get.first(conn, {"of": conversation_id})
    return of_row(_get.named(row)) if row else None


_get = Prepared(select(conversations).where(conversations.c.id == bindparam("of")))


def hold(conn: Connection, conversation_id: str) -> Conversation:
    """The conversation, which nobody else changes until this transaction ends.

    Raises ``LookupError`` when there is none.
    """
    row = _hold.first(conn, {"of": conversation_id})
    if row is None:
        raise LookupError(conversation_id)
    return of_row(_hold.named(row))


_hold = Prepared(
    select(conversations).where(conversations.c.id == bindparam("of")).with_for_update()
)


def pass_fence(conn: Connection, conversation_id: str, fence: int) -> Conversation | None:
    """The conversation, held as by :func:`hold`, with its fence raised behind us; None when
    somebody else has raised it since it was ``fence``."""
    row = _pass_fence.first(conn, {"of": conversation_id, "seen": fence})
    return of_row(_pass_fence.named(row)) if row else None


_pass_fence = Prepared(
    update(conversations)
    .where(conversations.c.id == bindparam("of"), conversations.c.fence == bindparam("seen"))
    .values(fence=conversations.c.fence + 1)
    .returning(*conversations.c)
)


def find(conn: Connection, channel: str, account: str, address: str) -> Conversation | None:
    row = _find.first(conn, {"on": channel, "at": account, "of": address})
    return of_row(_find.named(row)) if row else None


_find = Prepared(
    select(conversations).where(
        conversations.c.channel == bindparam("on"),
        conversations.c.account == bindparam("at"),
        conversations.c.address == bindparam("of"),
    )
)


def make(
    conn: Connection,
    channel: str,
    account: str,
    address: str,
    now: datetime,
    contact_id: str | None = None,
    *,
    care: bool = False,
) -> None:
    """Makes the conversation of an address, and a contact of its own unless one is named.

    Raises ``IntegrityError`` when somebody was quicker; a unit run again then finds theirs.
    """
    if contact_id is None:
        contact_id = new_id("p")
        _new_contact.run(conn, {"id": contact_id, "created_at": now})
    _new_conversation.run(
        conn,
        {
            "id": new_id("c"),
            "contact_id": contact_id,
            "channel": channel,
            "account": account,
            "address": address,
            "owner": Owner.BOT.value,
            "care": care,
            "created_at": now,
        },
    )


_new_contact = Prepared.insert(contacts, "id", "created_at")
_new_conversation = Prepared.insert(
    conversations,
    "id",
    "contact_id",
    "channel",
    "account",
    "address",
    "owner",
    "care",
    "created_at",
)


def next_seq(conn: Connection, conversation_id: str) -> int:
    """Takes the next place in the conversation; also the row lock that orders its writers."""
    taken = _take_seq.first(conn, {"of": conversation_id})
    if taken is None:
        raise LookupError(conversation_id)
    return int(taken[0])


_take_seq = Prepared(
    update(conversations)
    .where(conversations.c.id == bindparam("of"))
    .values(last_seq=conversations.c.last_seq + 1)
    .returning(conversations.c.last_seq)
)


def new_session(conn: Connection, conversation_id: str) -> None:
    """Ends the bot's session: the next turn begins with an empty tracker."""
    conn.execute(
        update(conversations)
        .where(conversations.c.id == conversation_id)
        .values(session=conversations.c.session + 1)
    )


@dataclass(frozen=True, slots=True)
class Contact:
    id: ContactId
    region: str | None
    audience: str
    verified_phone: str | None


def contact(conn: Connection, contact_id: str) -> Contact:
    row = _contact.first(conn, {"of": contact_id})
    if row is None:
        raise LookupError(contact_id)
    r = _contact.named(row)
    return Contact(ContactId(r["id"]), r["region"], r["audience"], r["verified_phone"])


_contact = Prepared(select(contacts).where(contacts.c.id == bindparam("of")))
