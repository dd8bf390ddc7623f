"""Orders handed over to other people's ticket systems: which one, and where each stands there."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from connectors.store import audit, ticket_sends
from connectors.store.order_tables import work_orders
from connectors.store.ticket_tables import tickets


@dataclass(frozen=True, slots=True)
class Ticket:
    """An order at a ticket system. ``receipt``: its number there; None while it is provisional."""

    number: str
    system: str
    receipt: str | None = None
    token: str | None = None
    accepted_at: datetime | None = None
    status_at: datetime | None = None


def hand_over(
    conn: Connection, number: str, system: str, now: datetime, trace_id: str | None = None
) -> None:
    """An order just entered is to go to ``system``. ``trace_id``: of the message it came of."""
    conn.execute(insert(tickets).values(number=number, system=system))
    ticket_sends.enqueue(conn, number, system, ticket_sends.FILE, number, None, now, trace_id)


def tell(
    conn: Connection,
    number: str,
    kind: str,
    now: datetime,
    *,
    text: str = "",
    trace_id: str | None = None,
    **said: bool | int | None,
) -> bool:
    """What happened to an order after it was filed is to be told where it is worked on.

    ``trace_id``: of the message that said so; without one it is part of what the order came of.
    False when that is the local register, so that nobody has to be told.
    """
    ticket = of_order(conn, number)
    if ticket is None:
        return False
    count = ticket_sends.count(conn, number)
    body = {"text": text, "at": now.isoformat(timespec="seconds"), **said}
    key = f"{number}:{count}:{kind}"
    trace = trace_id or ticket_sends.first_trace(conn, number)
    ticket_sends.enqueue(conn, number, ticket.system, kind, key, body, now, trace)
    return True


# Where an order stands ---------------------------------------------------------------------------


def of_order(conn: Connection, number: str) -> Ticket | None:
    """The ticket of an order; None for one of the local register."""
    return of_orders(conn, (number,)).get(number)


def of_orders(conn: Connection, numbers: Collection[str]) -> dict[str, Ticket]:
    """Their tickets by number; none for those of the local register."""
    rows = conn.execute(select(tickets).where(tickets.c.number.in_(numbers)))
    return {row.number: _ticket(row) for row in rows}


def with_receipt(conn: Connection, receipt: str, system: str | None = None) -> list[Ticket]:
    """The orders that have this number at their ticket system; rarely more than one."""
    query = select(tickets).where(tickets.c.receipt == receipt).order_by(tickets.c.number)
    if system is not None:
        query = query.where(tickets.c.system == system)
    return [_ticket(row) for row in conn.execute(query)]


def accept(conn: Connection, number: str, receipt: str, now: datetime) -> bool:
    """Notes the final number of an order; False when it has one already, which stays."""
    done = conn.execute(
        update(tickets)
        .where(tickets.c.number == number, tickets.c.receipt.is_(None))
        .values(receipt=receipt, accepted_at=now)
    )
    return done.rowcount == 1


def keep_token(conn: Connection, number: str, token: str | None) -> None:
    """The order is there, its number to come: by a look with the token, or told by itself."""
    conn.execute(
        update(tickets)
        .where(tickets.c.number == number, tickets.c.receipt.is_(None))
        .values(token=token)
    )


def heeded(conn: Connection, number: str, at: datetime) -> None:
    conn.execute(update(tickets).where(tickets.c.number == number).values(status_at=at))


def keep_here(conn: Connection, number: str, now: datetime, *, actor: str) -> bool:
    """Our own register takes over an order its ticket system has not accepted; else False."""
    of_it = (tickets.c.number == number, tickets.c.receipt.is_(None), tickets.c.token.is_(None))
    if conn.execute(delete(tickets).where(*of_it)).rowcount != 1:
        return False
    ticket_sends.skip_all(conn, number, now, "kept_here")
    audit.record(conn, now, actor=actor, event="ticket.kept_here", number=number)
    return True


# Looking how orders stand ------------------------------------------------------------------------


def to_look_at(conn: Connection, system: str, now: datetime, limit: int) -> list[Ticket]:
    """Open orders of a system whose time to be asked for has come."""
    rows = conn.execute(
        select(tickets)
        .join(work_orders, work_orders.c.number == tickets.c.number)
        .where(
            tickets.c.system == system,
            tickets.c.look_at <= now,
            work_orders.c.status == "open",
        )
        .order_by(tickets.c.look_at)
        .limit(limit)
    )
    return [_ticket(row) for row in rows]


def look_again(
    conn: Connection, numbers: Collection[str], at: datetime | None, *, in_vain: bool = False
) -> None:
    """When these are to be asked for next; claims them too: nobody else asks before."""
    conn.execute(
        update(tickets)
        .where(tickets.c.number.in_(numbers))
        .values(look_at=at, looks=tickets.c.looks + 1 if in_vain else 0)
    )


def _ticket(row: Row[Any]) -> Ticket:
    r = row._mapping
    return Ticket(**{name: r[name] for name in Ticket.__dataclass_fields__})
