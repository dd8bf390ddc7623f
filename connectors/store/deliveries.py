"""Sending, as the store sees it: what is due on each account, its pieces, what became of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, exists, insert, or_, select, tuple_, update

from connectors.messages import Purpose
from connectors.store.delivery_tables import (
    WINDOW_CLOSED,
    held,
    pieces,
    reply_grants,
    urgent,
)
from connectors.store.identity.people import person_of
from connectors.store.outbox import Delivery
from connectors.store.prepared import Prepared
from connectors.store.schema import conversations, deliveries, messages
from connectors.store.turns import Account

_earlier = deliveries.alias("earlier")
_free = and_(
    deliveries.c.state == "queued",
    or_(
        # A code waits for nothing, and nothing waits for it.
        deliveries.c.purpose == Purpose.VERIFICATION.value,
        ~exists().where(
            _earlier.c.conversation_id == deliveries.c.conversation_id,
            _earlier.c.seq < deliveries.c.seq,
            _earlier.c.state == "queued",
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
        deliveries.c.state == "queued",
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
    return [_delivery(row) for row in conn.execute(query.order_by(deliveries.c.seq))]


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
    cut: Cut | None = None,
) -> None:
    """Notes that the platform took one piece. A receipt may have been quicker than we."""
    same = and_(pieces.c.delivery_id == delivery.id, pieces.c.piece == piece)
    known = conn.execute(select(pieces.c.state).where(same)).first()
    values: dict[str, Any] = {"provider_id": _cut(provider_id), "sent_at": now}
    if cut is not None:
        values |= {"cut_to": cut.sends, "joined_up_to": cut.up_to}
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


def hold(conn: Connection, delivery_id: str, until: datetime, detail: str, now: datetime) -> None:
    """Keeps a delivery back until the person writes again, at most ``until`` then.

    It is marked with when they last did, as far as this transaction sees: a message that is being
    stored at this very moment, and was received before it, lets the delivery go all the same.
    """
    seen = conn.execute(
        select(conversations.c.last_inbound_at, reply_grants.c.opened_at)
        .join(deliveries, deliveries.c.conversation_id == conversations.c.id)
        .outerjoin(reply_grants, reply_grants.c.conversation_id == conversations.c.id)
        .where(deliveries.c.id == delivery_id)
    ).first()
    known = [moment for moment in seen or () if moment is not None]
    _still_queued(
        conn,
        delivery_id,
        next_attempt_at=until,
        error_code=WINDOW_CLOSED,
        error_detail=detail,
        updated_at=max(known, default=now),
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


def pull_back(conn: Connection, now: datetime, under_way: Iterable[str]) -> int:
    """After the clock went back: what was put off by the old time is due now.

    Only for a gateway that is alone: among several, another one's clock may be the right one.
    """
    result = conn.execute(
        update(deliveries)
        .where(
            deliveries.c.state == "queued",
            deliveries.c.updated_at > now,
            deliveries.c.next_attempt_at > now,
            deliveries.c.id.not_in(list(under_way)),
        )
        .values(next_attempt_at=now, updated_at=now)
    )
    return result.rowcount


def find(conn: Connection, delivery_id: str) -> Delivery | None:
    row = conn.execute(select(deliveries).where(deliveries.c.id == delivery_id)).first()
    return _delivery(row) if row else None


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
    for column, value in (("channel", channel), ("account", account), ("error_code", code)):
        if value is not None:
            query = query.where(deliveries.c[column] == value)
    rows = conn.execute(query.order_by(deliveries.c.updated_at.desc()).limit(limit))
    return [_delivery(row) for row in rows]


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


def _delivery(row: Row[Any]) -> Delivery:
    return Delivery(**{field.name: row._mapping[field.name] for field in fields(Delivery)})
