"""What ticket systems told us: each event once, and kept until it is known which order it means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from connectors.store.ticket_tables import ticket_events


@dataclass(frozen=True, slots=True)
class Event:
    """News of an order, as it was told. ``body`` is empty once it has been heeded."""

    id: int
    system: str
    event_id: str
    number: str | None
    receipt: str | None
    body: Mapping[str, Any]
    at: datetime
    received_at: datetime
    state: str


def known(conn: Connection, system: str, event_id: str) -> str | None:
    """What became of an event told before: its state; None for a new one."""
    found: str | None = conn.execute(
        select(ticket_events.c.state).where(
            ticket_events.c.system == system, ticket_events.c.event_id == event_id
        )
    ).scalar_one_or_none()
    return found


def keep(
    conn: Connection,
    system: str,
    event_id: str,
    *,
    number: str | None,
    receipt: str | None,
    body: Mapping[str, Any] | None,
    at: datetime,
    now: datetime,
    state: str,
) -> None:
    """Writes an event down. Raises ``IntegrityError`` for one told before."""
    conn.execute(
        insert(ticket_events).values(
            system=system,
            event_id=event_id,
            number=number,
            receipt=receipt,
            body=body,
            at=at,
            received_at=now,
            state=state,
        )
    )


def waiting(conn: Connection, system: str, receipt: str) -> list[Event]:
    """News of a number nobody knew yet when they came, in the order in which they happened."""
    rows = conn.execute(
        select(ticket_events)
        .where(
            ticket_events.c.system == system,
            ticket_events.c.receipt == receipt,
            ticket_events.c.state == "waiting",
        )
        .order_by(ticket_events.c.at, ticket_events.c.id)
    )
    return [_event(row) for row in rows]


def settle(conn: Connection, event: Event, number: str, state: str) -> None:
    """An event that waited has found its order."""
    conn.execute(
        update(ticket_events)
        .where(ticket_events.c.id == event.id)
        .values(number=number, state=state, body=None)
    )


def unknown(conn: Connection, limit: int = 200) -> list[Event]:
    """News of numbers nobody knows, the latest first."""
    rows = conn.execute(
        select(ticket_events)
        .where(ticket_events.c.state == "waiting")
        .order_by(ticket_events.c.received_at.desc(), ticket_events.c.id.desc())
        .limit(limit)
    )
    return [_event(row) for row in rows]


def forget(conn: Connection, before: datetime) -> None:
    """Deletes what came before a moment: nobody repeats an event for so long."""
    conn.execute(delete(ticket_events).where(ticket_events.c.received_at < before))


def _event(row: Any) -> Event:
    r = row._mapping
    named = {name: r[name] for name in Event.__dataclass_fields__}
    return Event(**named | {"body": named["body"] or {}})
