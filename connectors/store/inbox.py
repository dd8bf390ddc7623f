"""The inbox: messages that wait for their turn, and how their stay in it ends."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, func, literal_column, select, update

from connectors.ids import ConversationId, MessageId
from connectors.messages import Stored
from connectors.store import messages
from connectors.store.prepared import Prepared
from connectors.store.schema import messages as messages_table


def pending(conn: Connection, conversation_id: str, most: int = 1) -> list[Stored]:
    """The oldest messages that wait for their turn, at most ``most``, in order."""
    rows = _pending.all(conn, {"of": conversation_id, "most": most})
    return [messages.of_row(_pending.named(row)) for row in rows]


_pending = Prepared(
    select(messages_table)
    .where(
        messages_table.c.conversation_id == bindparam("of"),
        messages_table.c.inbox_state
        == literal_column("'pending'"),  # SQLite's partial index wants it
    )
    .order_by(messages_table.c.seq)
    .limit(bindparam("most"))
)


def oldest_pending(conn: Connection, conversation_id: str) -> MessageId | None:
    """Only the id of the next message: it can be told even of a row that cannot be read."""
    row = _oldest_pending.first(conn, {"of": conversation_id})
    return MessageId(row[0]) if row else None


_oldest_pending = Prepared(
    select(messages_table.c.id)
    .where(
        messages_table.c.conversation_id == bindparam("of"),
        messages_table.c.inbox_state == literal_column("'pending'"),
    )
    .order_by(messages_table.c.seq)
    .limit(1)
)


def waiting(conn: Connection, after: str, limit: int) -> list[tuple[ConversationId, int]]:
    """Conversations in which something waits for its turn, in the order of their ids beginning
    behind ``after``, each with the place of its oldest such message."""
    rows = conn.execute(
        select(messages_table.c.conversation_id, func.min(messages_table.c.seq))
        .where(messages_table.c.inbox_state == "pending", messages_table.c.conversation_id > after)
        .group_by(messages_table.c.conversation_id)
        .order_by(messages_table.c.conversation_id)
        .limit(limit)
    )
    return [(ConversationId(row[0]), row[1]) for row in rows]


def count_pending(conn: Connection) -> int:
    return int(
        conn.execute(
            select(func.count())
            .select_from(messages_table)
            .where(messages_table.c.inbox_state == "pending")
        ).scalar_one()
    )


def count_attempt(conn: Connection, message_id: str) -> int:
    attempts: int = conn.execute(
        update(messages_table)
        .where(messages_table.c.id == message_id)
        .values(attempts=messages_table.c.attempts + 1)
        .returning(messages_table.c.attempts)
    ).scalar_one()
    return attempts


def mark_noticed(conn: Connection, message_id: str) -> bool:
    """Notes that the person was told to wait; False when they had been told already."""
    result = conn.execute(
        update(messages_table)
        .where(messages_table.c.id == message_id, messages_table.c.noticed.is_(False))
        .values(noticed=True)
    )
    return result.rowcount == 1


def mark(conn: Connection, message_id: str, state: str) -> None:
    """Ends a message's stay in the inbox as ``handled`` or ``failed``."""
    _mark.run(conn, {"of": message_id, "to": state})


_mark = Prepared(
    update(messages_table)
    .where(messages_table.c.id == bindparam("of"))
    .values(inbox_state=bindparam("to", type_=messages_table.c.inbox_state.type))
)
