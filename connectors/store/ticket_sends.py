"""What still has to go to other people's ticket systems, and what became of it.

What goes to a ticket system goes in the order of each work order: nothing about an order is sent
before the order itself has been taken there, and nothing overtakes.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, and_, exists, func, insert, or_, select, update

from connectors.store import audit
from connectors.store.ticket_tables import ticket_sends

FILE = "file"
FARTHEST = timedelta(hours=2)  # nothing waits longer for its next try
_earlier = ticket_sends.alias("earlier")


@dataclass(frozen=True, slots=True)
class Send:
    """Something to be told to a ticket system, once. ``key`` is the same at every try."""

    id: int
    number: str
    system: str
    kind: str
    key: str
    body: Mapping[str, Any]
    state: str
    attempts: int
    next_attempt_at: datetime
    created_at: datetime
    updated_at: datetime
    error_code: str | None
    error_detail: str | None
    trace_id: str | None = None


def enqueue(
    conn: Connection,
    number: str,
    system: str,
    kind: str,
    key: str,
    body: Mapping[str, Any] | None,
    now: datetime,
    trace_id: str | None = None,
) -> None:
    """Writes down what is to go, after all that is written down about its order already."""
    conn.execute(
        insert(ticket_sends).values(
            number=number,
            system=system,
            kind=kind,
            key=key,
            body=body,
            trace_id=trace_id,
            state="queued",
            next_attempt_at=now,
            created_at=now,
            updated_at=now,
        )
    )


def count(conn: Connection, number: str) -> int:
    """How much was written down about an order, ever."""
    query = select(func.count()).select_from(ticket_sends).where(ticket_sends.c.number == number)
    return int(conn.execute(query).scalar_one())


def first_trace(conn: Connection, number: str) -> str | None:
    """The trace of the message an order came of."""
    query = select(ticket_sends.c.trace_id).where(
        ticket_sends.c.number == number, ticket_sends.c.kind == FILE
    )
    return conn.execute(query).scalar()


def skip_all(conn: Connection, number: str, now: datetime, code: str) -> None:
    """Nothing about an order goes any more."""
    conn.execute(
        update(ticket_sends)
        .where(ticket_sends.c.number == number, ticket_sends.c.state.in_(["queued", "dead"]))
        .values(state="skipped", error_code=code, updated_at=now)
    )


def due(conn: Connection, system: str, now: datetime, limit: int) -> list[Send]:
    """What may go now: its time has come and nothing earlier about its order stands before it."""
    blocked = exists().where(
        _earlier.c.number == ticket_sends.c.number,
        _earlier.c.id < ticket_sends.c.id,
        or_(
            _earlier.c.state == "queued",
            and_(_earlier.c.kind == FILE, _earlier.c.state != "sent"),
        ),
    )
    rows = conn.execute(
        select(ticket_sends)
        .where(
            ticket_sends.c.system == system,
            ticket_sends.c.state == "queued",
            or_(
                ticket_sends.c.next_attempt_at <= now,
                ticket_sends.c.next_attempt_at > now + FARTHEST,  # the clock has gone back
            ),
            ~blocked,
        )
        .order_by(ticket_sends.c.next_attempt_at, ticket_sends.c.id)
        .limit(limit)
    )
    return [_send(row) for row in rows]


def claim(conn: Connection, send: Send, until: datetime, now: datetime) -> bool:
    """Takes something for sending; False when another gateway was quicker."""
    done = conn.execute(
        update(ticket_sends)
        .where(
            ticket_sends.c.id == send.id,
            ticket_sends.c.state == "queued",
            ticket_sends.c.attempts == send.attempts,
        )
        .values(
            attempts=ticket_sends.c.attempts + 1,
            next_attempt_at=until,
            error_code=None,  # under way: :func:`hasten` leaves it alone
            updated_at=now,
        )
    )
    return done.rowcount == 1


def settle(
    conn: Connection,
    send: Send,
    state: str,
    now: datetime,
    *,
    again_at: datetime | None = None,
    code: str | None = None,
    detail: str | None = None,
) -> None:
    """What became of a try: sent, skipped, dead, or queued for another at ``again_at``."""
    values: dict[str, Any] = {
        "state": state,
        "updated_at": now,
        "error_code": code,
        "error_detail": detail,
    }
    if again_at is not None:
        values["next_attempt_at"] = again_at
    conn.execute(
        update(ticket_sends)
        .where(ticket_sends.c.id == send.id, ticket_sends.c.state == "queued")
        .values(**values)
    )


def hasten(conn: Connection, system: str, now: datetime) -> None:
    """The ticket system answers again: nothing that waited for it waits any longer."""
    conn.execute(
        update(ticket_sends)
        .where(
            ticket_sends.c.system == system,
            ticket_sends.c.state == "queued",
            ticket_sends.c.error_code.is_not(None),
            ticket_sends.c.next_attempt_at > now,
        )
        .values(next_attempt_at=now)
    )


def give_up_all(conn: Connection, system: str, now: datetime, code: str, detail: str) -> None:
    """Nothing that waits for a system will ever go there."""
    conn.execute(
        update(ticket_sends)
        .where(ticket_sends.c.system == system, ticket_sends.c.state == "queued")
        .values(state="dead", error_code=code, error_detail=detail, updated_at=now)
    )


def release(conn: Connection, now: datetime) -> None:
    """Claims of a gateway that is gone, when no other shares the store: tried again at once."""
    conn.execute(
        update(ticket_sends)
        .where(
            ticket_sends.c.state == "queued",
            ticket_sends.c.attempts > 0,
            ticket_sends.c.error_code.is_(None),
        )
        .values(next_attempt_at=now)
    )


def resend(conn: Connection, send_id: int, now: datetime, *, actor: str) -> bool:
    """Puts what was given up back into the queue; False when it was not given up."""
    done = conn.execute(
        update(ticket_sends)
        .where(ticket_sends.c.id == send_id, ticket_sends.c.state == "dead")
        .values(
            state="queued",
            attempts=0,
            next_attempt_at=now,
            created_at=now,
            updated_at=now,
            error_code=None,
            error_detail=None,
        )
    )
    if done.rowcount != 1:
        return False
    audit.record(conn, now, actor=actor, event="ticket.resent", send=send_id)
    return True


def find(conn: Connection, send_id: int) -> Send | None:
    row = conn.execute(select(ticket_sends).where(ticket_sends.c.id == send_id)).first()
    return _send(row) if row else None


def listed(
    conn: Connection,
    states: Collection[str],
    *,
    system: str | None = None,
    number: str | None = None,
    limit: int = 200,
) -> list[Send]:
    """Sends in these states, those changed last first."""
    query = select(ticket_sends).where(ticket_sends.c.state.in_(states))
    if system is not None:
        query = query.where(ticket_sends.c.system == system)
    if number is not None:
        query = query.where(ticket_sends.c.number == number)
    last = (ticket_sends.c.updated_at.desc(), ticket_sends.c.id.desc())
    return [_send(row) for row in conn.execute(query.order_by(*last).limit(limit))]


def systems(conn: Connection) -> list[str]:
    """The systems anything waits for."""
    query = select(ticket_sends.c.system).where(ticket_sends.c.state == "queued").distinct()
    return [str(name) for name in conn.execute(query).scalars()]


def depth(conn: Connection) -> dict[tuple[str, str], int]:
    """How many sends wait or were given up, by system and state."""
    rows = conn.execute(
        select(ticket_sends.c.system, ticket_sends.c.state, func.count())
        .where(ticket_sends.c.state.in_(["queued", "dead"]))
        .group_by(ticket_sends.c.system, ticket_sends.c.state)
    )
    return {(row[0], row[1]): row[2] for row in rows}


def oldest(conn: Connection) -> dict[str, datetime]:
    """Since when the first of each system's queue has waited."""
    rows = conn.execute(
        select(ticket_sends.c.system, func.min(ticket_sends.c.created_at))
        .where(ticket_sends.c.state == "queued")
        .group_by(ticket_sends.c.system)
    )
    return {row[0]: row[1] for row in rows}


def _send(row: Row[Any]) -> Send:
    r = row._mapping
    named = {name: r[name] for name in Send.__dataclass_fields__}
    return Send(**named | {"body": named["body"] or {}})
