"""Sending, as the store sees it: what is due on each account, its pieces, what became of it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Connection,
    Row,
    and_,
    bindparam,
    exists,
    insert,
    literal_column,
    or_,
    select,
    tuple_,
    update,
)

from connectors.messages import Purpose
from connectors.store.delivery_tables import GIVEN_UP, given_up, pieces, queued, urgent
from connectors.store.identity.people import person_of
from connectors.store.outbox import Delivery
from connectors.store.prepared import Prepared
from connectors.store.schema import conversations, deliveries, messages
from connectors.store.turns import Account

_earlier = deliveries.alias("earlier")
_free = and_(
    queued,
    or_(
        # A code waits for nothing, and nothing waits for it.
        deliveries.c.purpose == Purpose.VERIFICATION.value,
        ~exists().where(
            _earlier.c.conversation_id == deliveries.c.conversation_id,
            _earlier.c.seq < deliveries.c.seq,
            _earlier.c.state == literal_column("'queued'"),
            _earlier.c.purpose != Purpose.VERIFICATION.value,
        ),
    ),
)

# What is due ----------------------------------------------------------------------------------


def accounts(conn: Connection) -> list[Account]:
    """The accounts with something in the queue, found by stepping from one to the next."""
    found: list[Account] = []
    last = ("", "")
    while row := _next_account.first(conn, {"after_channel": last[0], "after_account": last[1]}):
        last = (str(row[0]), str(row[1]))
        found.append(last)
    return found


_next_account = Prepared(
    select(deliveries.c.channel, deliveries.c.account)
    .where(
        queued,
        tuple_(deliveries.c.channel, deliveries.c.account)
        > tuple_(bindparam("after_channel"), bindparam("after_account")),
    )
    .order_by(deliveries.c.channel, deliveries.c.account)
    .limit(1)
)


def due(conn: Connection, account: Account, now: datetime, limit: int) -> list[Delivery]:
    """Deliveries of one account whose time has come and that no earlier one of their talk blocks:
    codes first, then the longest waiting."""
    asked = {"on": account[0], "at": account[1], "now": now}
    codes = _due_codes.all(conn, asked | {"most": limit})
    others = _due_others.all(conn, asked | {"most": limit - len(codes)})
    return [Delivery(*row) for row in (*codes, *others)]


_on_account = and_(
    deliveries.c.channel == bindparam("on"), deliveries.c.account == bindparam("at"), _free
)
_due = (
    select(*(deliveries.c[field.name] for field in fields(Delivery)))
    .where(_on_account, deliveries.c.next_attempt_at <= bindparam("now"))
    .order_by(deliveries.c.next_attempt_at, deliveries.c.seq)
    .limit(bindparam("most"))
)
_due_codes = Prepared(_due.where(urgent))
_due_others = Prepared(_due.where(~urgent))


def next_due_at(conn: Connection, account: Account, after: datetime) -> datetime | None:
    """When the next delivery of the account that nothing blocks wants its attempt."""
    row = _next_due.first(conn, {"on": account[0], "at": account[1], "now": after})
    return row[0] if row else None


_next_due = Prepared(
    select(deliveries.c.next_attempt_at)
    .where(_on_account, deliveries.c.next_attempt_at > bindparam("now"))
    .order_by(deliveries.c.next_attempt_at)
    .limit(1)
)


def any_behind(conn: Connection, delivery: Delivery) -> bool:
    """Whether the delivery, or a later one of its conversation, has still to be sent."""
    seen = {"of": delivery.conversation_id, "first": delivery.seq}
    return _any_behind.first(conn, seen) is not None


_any_behind = Prepared(
    select(deliveries.c.id)
    .where(
        deliveries.c.conversation_id == bindparam("of"),
        deliveries.c.seq >= bindparam("first"),
        queued,
    )
    .limit(1)
)


def keep_claim(conn: Connection, delivery_id: str, until: datetime) -> None:
    """Says that the sending goes on."""
    _still_queued(conn, delivery_id, next_attempt_at=until)


# What became of it ----------------------------------------------------------------------------


def pieces_sent(conn: Connection, delivery_id: str) -> frozenset[int]:
    """Which pieces need not be sent again."""
    rows = conn.execute(
        select(pieces.c.piece).where(
            pieces.c.delivery_id == delivery_id, pieces.c.state != "failed"
        )
    )
    return frozenset(rows.scalars())


def provider_ids(conn: Connection, delivery_id: str) -> list[str]:
    """What the platform calls the pieces it has taken."""
    rows = conn.execute(
        select(pieces.c.provider_id).where(
            pieces.c.delivery_id == delivery_id, pieces.c.provider_id.is_not(None)
        )
    )
    return list(rows.scalars())


def note_piece(
    conn: Connection,
    delivery: Delivery,
    piece: int,
    provider_id: str | None,
    now: datetime,
    *,
    cut_to: int | None = None,
    joined_up_to: int | None = None,
) -> None:
    """Notes that the platform took one piece, and how its message was made to fit, if it was. A
    receipt may have been quicker than we."""
    same = and_(pieces.c.delivery_id == delivery.id, pieces.c.piece == piece)
    known = conn.execute(select(pieces.c.state).where(same)).first()
    values: dict[str, Any] = {"provider_id": _cut(provider_id), "sent_at": now}
    if cut_to is not None:
        values |= {"cut_to": cut_to, "joined_up_to": joined_up_to}
    if known is not None:
        state = "sent" if known.state == "failed" else known.state
        conn.execute(update(pieces).where(same).values(values | {"state": state}))
        return
    key = {"delivery_id": delivery.id, "piece": piece}
    account = {"channel": delivery.channel, "account": delivery.account}
    conn.execute(insert(pieces).values(**key, **account, **values, state="sent"))


def mark_sent(
    conn: Connection, delivery: Delivery, state: str, provider_id: str | None, now: datetime
) -> None:
    """Ends the sending with ``state`` (as far as its receipts have carried it). Where a receipt for
    the whole delivery was quicker, that state stays."""
    done = {"of": delivery.id, "named": _cut(provider_id), "now": now}
    if _end_queued.run(conn, done | {"in_state": state}) == 0:
        _end_anyhow.run(conn, done)


_end = (
    update(deliveries)
    .where(deliveries.c.id == bindparam("of"))
    .values(
        provider_id=bindparam("named", type_=deliveries.c.provider_id.type),
        sent_at=bindparam("now", type_=deliveries.c.sent_at.type),
        updated_at=bindparam("now", type_=deliveries.c.updated_at.type),
        error_code=None,
        error_detail=None,
    )
)
_end_anyhow = Prepared(_end)
_end_queued = Prepared(
    _end.where(deliveries.c.state == "queued").values(
        state=bindparam("in_state", type_=deliveries.c.state.type)
    )
)


def try_again(
    conn: Connection, delivery_id: str, at: datetime, code: str, detail: str, now: datetime
) -> None:
    """Puts a delivery that failed back into the queue; one that was sent too, by its receipt."""
    conn.execute(
        update(deliveries)
        .where(deliveries.c.id == delivery_id, deliveries.c.state.in_(["queued", "sent"]))
        .values(
            state="queued",
            next_attempt_at=at,
            error_code=code,
            error_detail=detail,
            updated_at=now,
        )
    )


def said_at(conn: Connection, delivery: Delivery) -> datetime:
    """When the message was said."""
    moment: datetime = conn.execute(
        select(messages.c.created_at).where(messages.c.id == delivery.message_id)
    ).scalar_one()
    return moment


def has_key(conn: Connection, delivery: Delivery, beginning: str) -> bool:
    """Whether the message was written under a deduplication key that begins so."""
    key: str | None = conn.execute(
        select(messages.c.dedup_key).where(messages.c.id == delivery.message_id)
    ).scalar_one_or_none()
    return key is not None and key.startswith(beginning)


def find(conn: Connection, delivery_id: str) -> Delivery | None:
    row = conn.execute(select(deliveries).where(deliveries.c.id == delivery_id)).first()
    return delivery_of(row) if row else None


def listed(
    conn: Connection,
    states: Collection[str],
    *,
    channel: str | None = None,
    account: str | None = None,
    code: str | None = None,
    limit: int = 100,
) -> list[Delivery]:
    """Deliveries in one of the states, the last changed first."""
    query = select(deliveries).where(deliveries.c.state.in_(states))
    if set(states) <= set(GIVEN_UP):
        query = query.where(given_up)  # which has an index
    for column, value in (("channel", channel), ("account", account), ("error_code", code)):
        if value is not None:
            query = query.where(deliveries.c[column] == value)
    rows = conn.execute(query.order_by(deliveries.c.updated_at.desc()).limit(limit))
    return [delivery_of(row) for row in rows]


def other_conversations(conn: Connection, conversation_id: str) -> list[str]:
    """The person's other conversations, the one they wrote in last first."""
    contact_id: str | None = conn.execute(
        select(conversations.c.contact_id).where(conversations.c.id == conversation_id)
    ).scalar_one_or_none()
    if contact_id is None:
        return []
    rows = conn.execute(
        select(conversations.c.id)
        .where(
            conversations.c.contact_id.in_(person_of(conn, contact_id).members),
            conversations.c.id != conversation_id,
        )
        .order_by(conversations.c.last_inbound_at.desc(), conversations.c.id)
    )
    return list(rows.scalars())


def _still_queued(conn: Connection, delivery_id: str, **values: object) -> None:
    conn.execute(
        update(deliveries)
        .where(deliveries.c.id == delivery_id, deliveries.c.state == "queued")
        .values(values)
    )


def _cut(provider_id: str | None) -> str | None:
    return provider_id[:128] if provider_id else None


def delivery_of(row: Row[Any]) -> Delivery:
    return Delivery(**{field.name: row._mapping[field.name] for field in fields(Delivery)})
