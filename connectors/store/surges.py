"""Surges (未诉先办): many more orders of one area and category in an hour than there usually are.

One surge is one row from its first hour to its last: however often it is looked at, it is new once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import (
    JSON,
    Column,
    Connection,
    Float,
    Index,
    Integer,
    String,
    Table,
    func,
    insert,
    select,
    update,
)

from connectors.ids import new_id
from connectors.store.metadata import metadata
from connectors.store.order_tables import work_orders
from connectors.store.types import Moment

surges = Table(
    "surges",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("region", String(6), nullable=False),  # GB/T 2260; empty: no order said
    Column("category", JSON, nullable=False),  # its first two levels
    Column("usual", Float, nullable=False),  # orders an hour
    Column("most", Integer, nullable=False),  # orders in its worst hour
    Column("orders", JSON, nullable=False),  # their numbers: the cluster
    Column("began_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
    Column("ended_at", Moment),
    Column("settled_by", String(40)),  # the supervisor who has seen to it
    Index("ix_surges_ended_at", "ended_at"),
)

HOUR: Final = timedelta(hours=1)
_LEVELS = 2
_MOST_ORDERS = 200

Topic = tuple[str, tuple[str, ...]]
"""A region (empty: unknown) and the first levels of a category."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What counts as a surge: ``factor`` times the usual rate, and no fewer than ``least`` orders
    in an hour. The usual rate is that of the ``days`` before this hour."""

    factor: float = 3.0
    least: int = 10
    days: int = 28


@dataclass(frozen=True, slots=True)
class Surge:
    id: str
    region: str
    category: tuple[str, ...]
    usual: float
    most: int
    orders: tuple[str, ...]
    began_at: datetime
    seen_at: datetime
    ended_at: datetime | None
    settled_by: str | None


def look(conn: Connection, now: datetime, rule: Rule) -> list[Surge]:
    """Notes what surges now and what has stopped; the surges that are new.

    One that goes on grows; it ends after an hour below the threshold's half.
    """
    running = {(one.region, one.category): one for one in open_surges(conn)}
    lately = _orders(conn, now - HOUR, now)
    fresh = []
    for topic, numbers in lately.items():
        known = running.pop(topic, None)
        if known is not None:
            if len(numbers) * 2 >= rule.least:
                _grow(conn, known, numbers, now)
            else:
                _end_if_over(conn, known, now)
            continue
        if len(numbers) < rule.least:
            continue
        usual = _usual(conn, topic, now - HOUR, rule.days)
        if len(numbers) >= rule.factor * usual:
            fresh.append(_begin(conn, topic, numbers, usual, now))
    for known in running.values():  # not one order in this hour
        _end_if_over(conn, known, now)
    return fresh


def open_surges(conn: Connection) -> list[Surge]:
    """Surges that go on, the latest first."""
    return _read(conn, surges.c.ended_at.is_(None))


def unsettled(conn: Connection, since: datetime) -> list[Surge]:
    """Surges no supervisor has seen to, those that have ended since then among them."""
    return _read(
        conn,
        surges.c.settled_by.is_(None),
        surges.c.ended_at.is_(None) | (surges.c.ended_at >= since),
    )


def get(conn: Connection, surge_id: str) -> Surge | None:
    return next(iter(_read(conn, surges.c.id == surge_id)), None)


def settle(conn: Connection, surge_id: str, actor: str) -> bool:
    """A supervisor has seen to it; False when another one had."""
    return (
        conn.execute(
            update(surges)
            .where(surges.c.id == surge_id, surges.c.settled_by.is_(None))
            .values(settled_by=actor)
        ).rowcount
        == 1
    )


def _orders(conn: Connection, since: datetime, until: datetime) -> Mapping[Topic, list[str]]:
    table = work_orders.c
    rows = conn.execute(
        select(table.number, table.place_region, table.category)
        .where(table.created_at > since, table.created_at <= until, table.status != "withdrawn")
        .order_by(table.number)
    )
    found: dict[Topic, list[str]] = defaultdict(list)
    for number, region, category in rows:
        if len(category) >= _LEVELS:
            found[region or "", tuple(category[:_LEVELS])].append(number)
    return found


def _usual(conn: Connection, topic: Topic, before: datetime, days: int) -> float:
    """Orders an hour in the days before; of a younger store, since its first order."""
    table = work_orders.c
    first: datetime | None = conn.execute(select(func.min(table.created_at))).scalar_one()
    since = before - timedelta(days=days)
    if first is not None and first > since:
        since = first
    hours = max(1.0, (before - since) / HOUR)
    region, category = topic
    rows = conn.execute(
        select(table.category).where(
            table.created_at > since,
            table.created_at <= before,
            table.place_region == region if region else table.place_region.is_(None),
        )
    ).scalars()
    return sum(tuple(one[:_LEVELS]) == category for one in rows) / hours


def _begin(
    conn: Connection, topic: Topic, numbers: list[str], usual: float, now: datetime
) -> Surge:
    surge_id = new_id("s")
    conn.execute(
        insert(surges).values(
            id=surge_id,
            region=topic[0],
            category=list(topic[1]),
            usual=usual,
            most=len(numbers),
            orders=numbers[:_MOST_ORDERS],
            began_at=now,
            seen_at=now,
        )
    )
    return _read(conn, surges.c.id == surge_id)[0]


def _grow(conn: Connection, known: Surge, numbers: list[str], now: datetime) -> None:
    orders = list(dict.fromkeys((*known.orders, *numbers)))[:_MOST_ORDERS]
    conn.execute(
        update(surges)
        .where(surges.c.id == known.id)
        .values(most=max(known.most, len(numbers)), orders=orders, seen_at=now)
    )


def _end_if_over(conn: Connection, known: Surge, now: datetime) -> None:
    if now - known.seen_at >= HOUR:
        conn.execute(update(surges).where(surges.c.id == known.id).values(ended_at=now))


def _read(conn: Connection, *where: object) -> list[Surge]:
    rows = conn.execute(
        select(surges).where(*where).order_by(surges.c.began_at.desc())  # type: ignore[arg-type]
    ).mappings()
    return [
        Surge(**{**row, "category": tuple(row["category"]), "orders": tuple(row["orders"])})
        for row in rows
    ]
