"""Deliveries kept back until the person writes, comes in, or agrees to another way."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, or_, select, update

from connectors.messages import Purpose
from connectors.store.delivery_tables import WINDOW_CLOSED, held, reply_grants
from connectors.store.prepared import Prepared
from connectors.store.schema import conversations, deliveries


def hold(conn: Connection, delivery_id: str, until: datetime, detail: str, now: datetime) -> None:
    """Keeps a delivery back until the person writes again, at most ``until`` then.

    It is marked with when they last did, as far as this transaction sees, or with when the
    conversation began: a message that is being stored at this very moment, and was received before
    it, lets the delivery go all the same.
    """
    seen = conn.execute(
        select(
            conversations.c.created_at, conversations.c.last_inbound_at, reply_grants.c.opened_at
        )
        .join(deliveries, deliveries.c.conversation_id == conversations.c.id)
        .outerjoin(reply_grants, reply_grants.c.conversation_id == conversations.c.id)
        .where(deliveries.c.id == delivery_id)
    ).first()
    known = [moment for moment in seen or () if moment is not None]
    conn.execute(
        update(deliveries)
        .where(deliveries.c.id == delivery_id, deliveries.c.state == "queued")
        .values(
            next_attempt_at=until,
            error_code=WINDOW_CLOSED,
            error_detail=detail,
            updated_at=max(known, default=now),
        )
    )


def any_reopened(conn: Connection) -> bool:
    """Whether somebody has written or come in whose answer is held back: nearly always not."""
    return _any_reopened.first(conn, {}) is not None


_reopened = (
    select(deliveries.c.id)
    .join(conversations, conversations.c.id == deliveries.c.conversation_id)
    .outerjoin(reply_grants, reply_grants.c.conversation_id == deliveries.c.conversation_id)
    .where(
        held,
        or_(
            conversations.c.last_inbound_at > deliveries.c.updated_at,
            reply_grants.c.opened_at > deliveries.c.updated_at,
        ),
    )
)
_any_reopened = Prepared(_reopened.limit(1))


def reopened(conn: Connection) -> list[str]:
    """Deliveries held back whose person has written since."""
    return list(conn.execute(_reopened).scalars())


def release(conn: Connection, delivery_ids: Collection[str], now: datetime) -> None:
    """Lets deliveries held back go on at once."""
    conn.execute(
        update(deliveries)
        .where(deliveries.c.id.in_(delivery_ids), held)
        .values(next_attempt_at=now, error_code=None, error_detail=None)
    )


def release_notices(conn: Connection, conversation_id: str, now: datetime) -> None:
    """Lets notices held back in a conversation go on at once: there may be a way for them now."""
    conn.execute(
        update(deliveries)
        .where(
            deliveries.c.conversation_id == conversation_id,
            deliveries.c.purpose == Purpose.NOTICE.value,
            held,
        )
        .values(next_attempt_at=now, error_code=None, error_detail=None)
    )
