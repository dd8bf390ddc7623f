"""The outbox: what still has to reach a person, in the order of each conversation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import Connection, bindparam, func, literal_column, select, union_all, update

from connectors.ids import ConversationId, MessageId, made_at
from connectors.messages import Purpose, Stored
from connectors.store import audit
from connectors.store.conversations import Conversation
from connectors.store.delivery_tables import given_up, queued
from connectors.store.prepared import Prepared
from connectors.store.schema import deliveries
from connectors.store.turns import Account


@dataclass(frozen=True, slots=True)
class Delivery:
    id: str
    message_id: MessageId
    conversation_id: ConversationId
    seq: int
    channel: str
    account: str
    purpose: str
    state: str
    attempts: int
    next_attempt_at: datetime
    expires_at: datetime | None
    error_code: str | None
    error_detail: str | None


_line = deliveries.alias("line")
_in_line = _line.c.state == literal_column("'queued'")  # a constant, for the index

Claim = Callable[[Connection, Conversation, Sequence[Stored]], None]
"""Claims what a conversation has to be sent first, if it may go now. What this unit has written for
it is given along: it need not be read again."""


def claim(conn: Connection, delivery: Delivery, until: datetime, now: datetime) -> bool:
    """Takes a delivery for sending: nobody else sees it as due before ``until``.

    Counts the attempt. False when another sender was quicker. ``now`` shows a claim made by a clock
    that was ahead.
    """
    seen = {"of": delivery.id, "tried": delivery.attempts, "until": until, "now": now}
    return _claim.run(conn, seen) == 1


_claim = Prepared(
    update(deliveries)
    .where(
        deliveries.c.id == bindparam("of"),
        deliveries.c.state == "queued",
        deliveries.c.attempts == bindparam("tried"),
    )
    .values(
        attempts=deliveries.c.attempts + 1,
        next_attempt_at=bindparam("until", type_=deliveries.c.next_attempt_at.type),
        updated_at=bindparam("now", type_=deliveries.c.updated_at.type),
    )
)


def claim_first(
    conn: Connection, account: Account, conversation_id: str, until: datetime, now: datetime
) -> Delivery | None:
    """Takes what a conversation has to be sent first of all, as :func:`claim` does; None when it
    has nothing, or what it has is for another account or later."""
    seen = {
        "of": conversation_id,
        "on": account[0],
        "at": account[1],
        "until": until,
        "now": now,
    }
    row = _claim_first.first(conn, seen)
    return Delivery(*row) if row else None


_claim_first = Prepared(
    update(deliveries)
    .where(
        deliveries.c.id
        == select(_line.c.id)
        .where(_line.c.conversation_id == bindparam("of"), _in_line)
        .order_by(_line.c.seq)
        .limit(1)
        .scalar_subquery(),
        deliveries.c.channel == bindparam("on"),
        deliveries.c.account == bindparam("at"),
        deliveries.c.next_attempt_at <= bindparam("now"),
    )
    .values(
        attempts=deliveries.c.attempts + 1,
        next_attempt_at=bindparam("until", type_=deliveries.c.next_attempt_at.type),
        updated_at=bindparam("now", type_=deliveries.c.updated_at.type),
    )
    .returning(*(deliveries.c[field.name] for field in fields(Delivery)))
)


def give_up(
    conn: Connection, delivery_id: str, state: str, code: str, detail: str, now: datetime
) -> None:
    """Ends a delivery as ``dead`` or ``expired``: visible on the desk, re-sendable."""
    conn.execute(
        update(deliveries)
        .where(deliveries.c.id == delivery_id)
        .values(state=state, error_code=code, error_detail=detail, updated_at=now)
    )


_RANK = {"queued": 0, "sent": 1, "delivered": 2, "seen": 3}


def receipt(conn: Connection, delivery_id: str, state: str, now: datetime) -> None:
    """Applies a receipt; receipts may come in any order, so a state only ever moves forward."""
    row = conn.execute(select(deliveries.c.state).where(deliveries.c.id == delivery_id)).first()
    if row is None or _RANK.get(state, 0) <= _RANK.get(row.state, 99):
        return
    conn.execute(
        update(deliveries).where(deliveries.c.id == delivery_id).values(state=state, updated_at=now)
    )


def seen_up_to(conn: Connection, conversation_id: str, seq: int, now: datetime) -> None:
    """The person's screen has shown everything up to ``seq``."""
    conn.execute(
        update(deliveries)
        .where(
            deliveries.c.conversation_id == conversation_id,
            deliveries.c.seq <= seq,
            deliveries.c.state.in_(["sent", "delivered"]),
        )
        .values(state="seen", updated_at=now)
    )


def states_of(conn: Connection, conversation_id: str) -> dict[str, str]:
    """Delivery state by message id, for the desk."""
    rows = conn.execute(
        select(deliveries.c.message_id, deliveries.c.state).where(
            deliveries.c.conversation_id == conversation_id
        )
    )
    return {row.message_id: row.state for row in rows}


def resend(conn: Connection, delivery_id: str, now: datetime, *, actor: str) -> bool:
    """Puts a dead or expired delivery back in the queue; False when it is neither, or a code that
    would come too late."""
    result = conn.execute(
        update(deliveries)
        .where(
            deliveries.c.id == delivery_id,
            deliveries.c.state.in_(["dead", "expired"]),
            deliveries.c.purpose != Purpose.VERIFICATION.value,
        )
        .values(
            state="queued",
            attempts=0,
            next_attempt_at=now,
            expires_at=None,
            error_code=None,
            error_detail=None,
            updated_at=now,
        )
    )
    if result.rowcount != 1:
        return False
    audit.record(conn, now, actor=actor, event="delivery.resent", delivery_id=delivery_id)
    return True


def depth(conn: Connection) -> dict[tuple[str, str], int]:
    """How many deliveries wait or were given up, by channel and state; those there are."""
    kind = (deliveries.c.channel, deliveries.c.state)
    rows = conn.execute(
        union_all(
            select(*kind, func.count()).where(queued).group_by(*kind),
            select(*kind, func.count()).where(given_up).group_by(*kind),
        )
    )
    return {(row[0], row[1]): row[2] for row in rows}


def oldest(conn: Connection) -> dict[str, datetime]:
    """Since when the first of each channel's queue has waited."""
    rows = conn.execute(
        select(deliveries.c.channel, func.min(deliveries.c.id))
        .where(queued)
        .group_by(deliveries.c.channel)
    )
    return {row[0]: made_at(row[1]) for row in rows}
