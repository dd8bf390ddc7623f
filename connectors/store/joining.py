"""Deliveries that go together, because only some sends are left to a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, or_, select

from connectors.store.deliveries import delivery_of
from connectors.store.delivery_tables import pieces
from connectors.store.outbox import Delivery
from connectors.store.schema import deliveries


@dataclass(frozen=True, slots=True)
class Cut:
    """How a message was made to fit the sends that were left: into how many, and up to which
    message of the conversation what followed was joined to it."""

    sends: int
    up_to: int


def cut_of(conn: Connection, delivery_id: str) -> Cut | None:
    """How the pieces already sent were cut, if they were."""
    row = conn.execute(
        select(pieces.c.cut_to, pieces.c.joined_up_to)
        .where(pieces.c.delivery_id == delivery_id, pieces.c.cut_to.is_not(None))
        .limit(1)
    ).first()
    return Cut(row.cut_to, row.joined_up_to) if row is not None else None


def following(
    conn: Connection, delivery: Delivery, now: datetime, up_to: int | None = None
) -> list[Delivery]:
    """What waits to be said on the same account after this, in order; codes go by themselves.
    What is held back, or is begun by us and waits for its hour, is not among them."""
    query = select(deliveries).where(
        deliveries.c.conversation_id == delivery.conversation_id,
        deliveries.c.channel == delivery.channel,
        deliveries.c.account == delivery.account,
        deliveries.c.seq > delivery.seq,
        deliveries.c.state == "queued",
        deliveries.c.purpose == delivery.purpose,
        deliveries.c.next_attempt_at <= now,
        or_(deliveries.c.expires_at.is_(None), deliveries.c.expires_at > now),
    )
    if up_to is not None:
        query = query.where(deliveries.c.seq <= up_to)
    return [delivery_of(row) for row in conn.execute(query.order_by(deliveries.c.seq))]
