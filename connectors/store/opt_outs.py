"""Who wants nothing but what they ask for."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, and_, delete, insert, select
from sqlalchemy.sql.elements import ColumnElement

from connectors.store.delivery_tables import opt_outs


def has(conn: Connection, channel: str, address: str) -> bool:
    found = conn.execute(select(opt_outs.c.at).where(_of(channel, address))).first()
    return found is not None


def stop(conn: Connection, channel: str, address: str, now: datetime) -> bool:
    """Writes it down; False when it was so already."""
    if has(conn, channel, address):
        return False
    conn.execute(insert(opt_outs).values(channel=channel, address=address, at=now))
    return True


def resume(conn: Connection, channel: str, address: str) -> bool:
    """Takes it back; False when there was nothing to take back."""
    return conn.execute(delete(opt_outs).where(_of(channel, address))).rowcount > 0


def _of(channel: str, address: str) -> ColumnElement[bool]:
    return and_(opt_outs.c.channel == channel, opt_outs.c.address == address)
