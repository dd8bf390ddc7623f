"""The desk's lists of conversations: who waits, who is talked with, who was here of late."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, func, or_, select

from connectors import logs
from connectors.conversation.ownership import Owner
from connectors.conversation.skills import Skill
from connectors.ids import ConversationId
from connectors.store.conversations import UNREADABLE, Conversation, of_row
from connectors.store.schema import agents, conversations

log = logs.get(__name__)


@dataclass(frozen=True, slots=True)
class DeskRow:
    """A line in the desk's list."""

    conversation: Conversation
    agent_name: str | None


def listed(
    conn: Connection,
    owner: Owner,
    limit: int = 100,
    *,
    agent_id: str | None = None,
    skills: Collection[str] | None = None,
    overdue: datetime | None = None,
) -> list[DeskRow]:
    """Conversations of one owner: the waiting in the order they are called, others by latest
    message. ``agent_id``: those in one agent's hands; ``skills``: those for an agent of these, and
    those that have waited since before ``overdue``."""
    where = [conversations.c.owner == owner.value, *_for(skills, overdue)]
    if agent_id is not None:
        where.append(conversations.c.agent_id == agent_id)
    order: list[ColumnElement[object]] = (
        [conversations.c.queue_rank, conversations.c.waiting_since]
        if owner is Owner.WAITING
        else [conversations.c.last_inbound_at.desc()]
    )
    chosen = conn.execute(_ids.where(*where).order_by(*order).limit(limit))
    ids = list(chosen.scalars())
    found = _read(conn, ids)
    return [found[ConversationId(one)] for one in ids if one in found]


def unreadable(conn: Connection) -> list[ConversationId]:
    """Conversations somebody waits in or an agent holds, and no list shows: their rows cannot be
    read."""
    owner = conversations.c.owner
    theirs = owner.not_in([Owner.BOT.value, Owner.CLOSED.value])
    ids = [ConversationId(one) for one in conn.execute(_ids.where(theirs)).scalars()]
    found = _read(conn, ids)
    return [one for one in ids if one not in found]


_ids = select(conversations.c.id)


def one(conn: Connection, conversation_id: str) -> DeskRow | None:
    """The line of one conversation. Raises one of ``UNREADABLE``."""
    return next(iter(_rows(conn, [conversation_id])), None)


def count_waiting(
    conn: Connection, skills: Collection[str] | None = None, overdue: datetime | None = None
) -> int:
    """How many wait that an agent of these skills may serve."""
    return int(
        conn.execute(
            select(func.count()).where(
                conversations.c.owner == Owner.WAITING.value, *_for(skills, overdue)
            )
        ).scalar_one()
    )


def _for(skills: Collection[str] | None, overdue: datetime | None) -> list[ColumnElement[bool]]:
    """What ``may_serve`` says, as a condition."""
    if skills is None:
        return []
    needed = func.coalesce(conversations.c.skill, Skill.GENERAL.value)
    theirs = needed.in_(sorted({*skills, Skill.CRISIS.value}))
    if overdue is None:
        return [theirs]
    return [or_(theirs, conversations.c.waiting_since <= overdue)]


def _read(conn: Connection, ids: Collection[str]) -> dict[ConversationId, DeskRow]:
    """The lines that can be read: one that cannot does not hide the others."""
    try:
        return {row.conversation.id: row for row in _rows(conn, ids)}
    except UNREADABLE as error:
        if len(ids) > 1:
            return {key: row for one in ids for key, row in _read(conn, [one]).items()}
        (one,) = ids
        log.error("conversation.unreadable", conversation_id=one, reason=type(error).__name__)
        return {}


def _rows(conn: Connection, ids: Collection[str]) -> list[DeskRow]:
    rows = conn.execute(
        select(conversations, agents.c.name.label("agent_name"))
        .outerjoin(agents, agents.c.id == conversations.c.agent_id)
        .where(conversations.c.id.in_(ids))
    )
    return [DeskRow(of_row(dict(row._mapping)), row._mapping["agent_name"]) for row in rows]
