"""After the clock went back: moments that have not come yet.

What was put off by the old time would wait for it to return; what was sent by it would count
against every later message of the person. Only for a gateway that is alone: among several, their
database's clock is the right one for all.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Table, delete, update

from connectors.store.delivery_tables import held, pieces, reply_grants
from connectors.store.schema import conversations, deliveries
from connectors.store.ticket_tables import ticket_sends


def pull_back(conn: Connection, since: datetime, now: datetime, under_way: Iterable[str]) -> None:
    """Makes ``since`` of what is said to have happened later than ``now``, and due what was put off
    then; but for the deliveries ``under_way``. ``since``: the right time when the wrong one may
    have been told last, so before whatever the clock has told since it is right.
    """
    begun = deliveries.c.id.in_(list(under_way))
    _set(conn, deliveries, [held, deliveries.c.updated_at > now], updated_at=since)
    waits = [deliveries.c.state == "queued", deliveries.c.updated_at > now, ~begun]
    _set(
        conn,
        deliveries,
        [*waits, deliveries.c.next_attempt_at > now],
        next_attempt_at=now,
        updated_at=now,
    )
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
