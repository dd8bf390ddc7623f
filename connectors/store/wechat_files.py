"""Files people sent on WeChat that are still to be fetched.

A row is what makes the message durable until its file is here; once it is, the message stands in
the conversation and the row is gone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, and_, delete, func, insert, select, update
from sqlalchemy.sql.elements import ColumnElement

from connectors.store.schema import EXTERNAL_ID_MOST
from connectors.store.wechat_tables import wechat_files


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file to be fetched. ``silent``: nobody is to answer it."""

    channel: str
    account: str
    external_id: str
    address: str
    kind: str
    media_id: str
    silent: bool
    received_at: datetime
    attempts: int = 0


def want(conn: Connection, wanted: Wanted, now: datetime) -> None:
    """Notes the file; a repeat changes nothing. It may be fetched from ``now`` on."""
    known = conn.execute(select(wechat_files.c.kind).where(_of(wanted))).first()
    if known is None:
        conn.execute(
            insert(wechat_files).values(
                channel=wanted.channel,
                account=wanted.account,
                external_id=wanted.external_id[:EXTERNAL_ID_MOST],
                address=wanted.address,
                kind=wanted.kind,
                media_id=wanted.media_id,
                silent=wanted.silent,
                received_at=wanted.received_at,
                next_at=now,
            )
        )


def claim(
    conn: Connection, channel: str, now: datetime, life: timedelta, most: int
) -> list[Wanted]:
    """Takes up to ``most`` files that are due; nobody else does within ``life``."""
    due = conn.execute(
        select(wechat_files)
        .where(wechat_files.c.channel == channel, wechat_files.c.next_at <= now)
        .order_by(wechat_files.c.next_at)
        .limit(most)
    ).all()
    taken = []
    for row in due:
        wanted = Wanted(
            row.channel,
            row.account,
            row.external_id,
            row.address,
            row.kind,
            row.media_id,
            row.silent,
            row.received_at,
            row.attempts + 1,
        )
        claimed = conn.execute(
            update(wechat_files)
            .where(_of(wanted), wechat_files.c.next_at == row.next_at)
            .values(next_at=now + life, attempts=wanted.attempts)
        )
        if claimed.rowcount:
            taken.append(wanted)
    return taken


def next_at(conn: Connection, channel: str) -> datetime | None:
    """When the next file is due."""
    found: datetime | None = conn.execute(
        select(func.min(wechat_files.c.next_at)).where(wechat_files.c.channel == channel)
    ).scalar_one()
    return found


def later(conn: Connection, wanted: Wanted, at: datetime) -> None:
    """It could not be had now."""
    conn.execute(update(wechat_files).where(_of(wanted)).values(next_at=at))


def done(conn: Connection, wanted: Wanted) -> None:
    """It is here, or will never be."""
    conn.execute(delete(wechat_files).where(_of(wanted)))


def _of(wanted: Wanted) -> ColumnElement[bool]:
    return and_(
        wechat_files.c.channel == wanted.channel,
        wechat_files.c.account == wanted.account,
        wechat_files.c.external_id == wanted.external_id[:EXTERNAL_ID_MOST],
    )
