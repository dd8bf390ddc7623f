"""Orders as others may list them: those of one caller, or those that concern the public."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Text, and_, cast, or_, select

from connectors.json_codec import dumps
from connectors.store import work_orders as store
from connectors.store.order_tables import stands_at, work_orders
from connectors.store.ticket_tables import tickets
from connectors.store.work_orders import WorkOrder


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which orders are asked for. ``names`` are our numbers, or those of a ticket system."""

    names: tuple[str, ...] = ()
    closed: bool | None = None
    """Whether the work on it is done, though its person may still be asked about it."""
    since: datetime | None = None
    until: datetime | None = None
    categories: tuple[tuple[str, ...], ...] = ()
    keys: str = ""
    """Beginning of the keys of the caller's own orders, which may be seen whatever they are."""
    others: bool = False
    """Whether others' orders may be seen, as far as they are public."""
    private: tuple[str, ...] = ()
    """Kinds of which not even the category is anybody's business."""
    done: tuple[str, ...] = ()
    """The stations at which the work is done."""


def listed(conn: Connection, wanted: Wanted, limit: int, offset: int = 0) -> list[WorkOrder]:
    """The orders, the latest first."""
    own = work_orders.c.key.startswith(wanted.keys, autoescape=True)
    public = and_(
        work_orders.c.confidential.is_(False),
        work_orders.c.anonymous.is_(False),
        work_orders.c.kind.not_in(wanted.private),
        cast(work_orders.c.risk, Text) == _stored(()),
        cast(work_orders.c.category, Text) != _stored(()),
    )
    seen = [own] if wanted.keys else []
    if wanted.others:
        seen.append(public)
    query = select(work_orders.c.number).where(or_(False, *seen))
    if wanted.names:
        theirs = select(tickets.c.number).where(tickets.c.receipt.in_(wanted.names))
        query = query.where(
            or_(work_orders.c.number.in_(wanted.names), work_orders.c.number.in_(theirs))
        )
    if wanted.closed is not None:
        done = or_(work_orders.c.status != "open", stands_at(wanted.done))
        query = query.where(done if wanted.closed else ~done)
    if wanted.since is not None:
        query = query.where(work_orders.c.created_at >= wanted.since)
    if wanted.until is not None:
        query = query.where(work_orders.c.created_at <= wanted.until)
    if wanted.categories:
        of_them = [_stored(path) for path in wanted.categories]
        query = query.where(cast(work_orders.c.category, Text).in_(of_them))
    latest = (work_orders.c.created_at.desc(), work_orders.c.number.desc())
    numbers = conn.execute(query.order_by(*latest).limit(limit).offset(offset)).scalars().all()
    return store.by_numbers(conn, numbers)


def _stored(members: Iterable[str]) -> str:
    """A list as a column of JSON holds it."""
    return dumps(list(members))
