"""After the clock went back: moments that have not come yet.

What was put off by the old time would wait for it to return; what was sent by it would count
against every later message of the person. What was sent, or held back, before the person wrote last
stays before it: else all of it would count against what they wrote, and shut their window. Only for
a gateway that is alone: among several, their database's clock is the right one for all.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, Table, delete, select, update

from connectors.store.delivery_tables import held, pieces, reply_grants
from connectors.store.schema import conversations, deliveries
from connectors.store.ticket_tables import ticket_sends


def pull_back(conn: Connection, since: datetime, now: datetime, under_way: Iterable[str]) -> None:
    """Makes ``since`` of what is said to have happened later than ``now``, and due what was put off
    then; but for the deliveries ``under_way``. ``since``: the right time when the wrong one may
    have been told last, so before whatever the clock has told since it is right.
    """
    begun = deliveries.c.id.in_(list(under_way))
    before = since - timedelta(microseconds=1)
    wrote = select(conversations.c.id).where(conversations.c.id == deliveries.c.conversation_id)
    overtaken = wrote.where(conversations.c.last_inbound_at > deliveries.c.updated_at).exists()
    put_off = [held, deliveries.c.updated_at > now]
    _set(conn, deliveries, [*put_off, overtaken], updated_at=before)
    _set(conn, deliveries, put_off, updated_at=since)
    waits = [deliveries.c.state == "queued", deliveries.c.updated_at > now, ~begun]
    _set(
        conn,
        deliveries,
        [*waits, deliveries.c.next_attempt_at > now],
        next_attempt_at=now,
        updated_at=now,
    )
    answered = (
        select(deliveries.c.id)
        .join(conversations, conversations.c.id == deliveries.c.conversation_id)
        .where(
            deliveries.c.id == pieces.c.delivery_id,
            conversations.c.last_inbound_at > pieces.c.sent_at,
        )
        .exists()
    )
    _set(conn, pieces, [pieces.c.sent_at > now, answered], sent_at=before)
    _set(conn, pieces, [pieces.c.sent_at > now], sent_at=since)
    talks = conversations.c.last_inbound_at > now
    _set(conn, conversations, [talks], last_inbound_at=since)
    conn.execute(delete(reply_grants).where(reply_grants.c.opened_at > now))
    later = [ticket_sends.c.state == "queued", ticket_sends.c.updated_at > now]
    _set(conn, ticket_sends, later, next_attempt_at=now, updated_at=now)


def _set(
    conn: Connection, table: Table, where: list[ColumnElement[bool]], **values: datetime
) -> None:
    conn.execute(update(table).where(*where).values(**values))
