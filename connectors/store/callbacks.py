"""Promises to write back to somebody who did not get a person (漏话回拨)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, insert, select, update

from connectors.ids import ConversationId
from connectors.store import audit
from connectors.store.desk_tables import callbacks, deadline_events, owed
from connectors.store.schema import conversations


@dataclass(frozen=True, slots=True)
class Callback:
    number: str
    conversation_id: ConversationId
    channel: str
    promised_at: datetime
    due_at: datetime


def promise(
    conn: Connection, number: str, conversation_id: str, now: datetime, due_at: datetime
) -> None:
    """Notes the promise that goes with an order; the same one twice is one."""
    known = conn.execute(select(callbacks.c.number).where(callbacks.c.number == number)).first()
    if known is None:
        conn.execute(
            insert(callbacks).values(
                number=number, conversation_id=conversation_id, promised_at=now, due_at=due_at
            )
        )


def still_owed(conn: Connection, limit: int = 50) -> list[Callback]:
    """Promises not kept yet, those due first."""
    rows = conn.execute(
        select(
            callbacks.c.number,
            callbacks.c.conversation_id,
            conversations.c.channel,
            callbacks.c.promised_at,
            callbacks.c.due_at,
        )
        .join(conversations, conversations.c.id == callbacks.c.conversation_id)
        .where(owed)
        .order_by(callbacks.c.due_at, callbacks.c.number)
        .limit(limit)
    )
    return [Callback(*row) for row in rows]


def count_owed(conn: Connection) -> int:
    return int(conn.execute(select(func.count()).where(owed)).scalar_one())


def keep(conn: Connection, conversation_id: str, by: str, now: datetime) -> list[str]:
    """An agent has written to the person: what was promised there is kept; the numbers of the
    orders it was promised by."""
    numbers = list(
        conn.execute(
            update(callbacks)
            .where(callbacks.c.conversation_id == conversation_id, owed)
            .values(done_at=now, done_by=by)
            .returning(callbacks.c.number)
        ).scalars()
    )
    for number in numbers:
        audit.record(
            conn,
            now,
            actor=by,
            event="callback.kept",
            conversation_id=conversation_id,
            number=number,
        )
        conn.execute(
            update(deadline_events)
            .where(
                deadline_events.c.kind == "callback",
                deadline_events.c.subject == number,
                deadline_events.c.settled_at.is_(None),
            )
            .values(settled_at=now, settled_by=by)
        )
    return numbers
