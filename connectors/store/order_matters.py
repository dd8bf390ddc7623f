"""What orders are about, in short: for telling whether two are about the same matter."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, select

from connectors.store.order_tables import work_orders

NEWEST = 500  # orders looked at, the latest first


@dataclass(frozen=True, slots=True)
class Sketch:
    """What is compared of an order; ``region`` is a GB/T 2260 code."""

    number: str
    at: datetime
    category: tuple[str, ...]
    place: str
    region: str | None
    words: str
    point: tuple[float, float] | None = None  # WGS-84 degrees, north and east


def of_contacts(conn: Connection, contacts: Collection[str], since: datetime) -> list[Sketch]:
    """Open orders that any of these contacts filed since then, the latest first."""
    return _read(conn, work_orders.c.contact_id.in_(contacts), work_orders.c.created_at >= since)


def in_region(conn: Connection, region: str | None, since: datetime, but: str) -> list[Sketch]:
    """Open orders of one region, or of which nobody said where they lie, filed since then, without
    those of the contact ``but``; where no region is given, those of all."""
    same = work_orders.c.place_region
    here = () if region is None else (same.is_(None) | same.startswith(_trunk(region)),)
    return _read(
        conn,
        *here,
        work_orders.c.contact_id.is_distinct_from(but),
        work_orders.c.created_at >= since,
    )


def _trunk(region: str) -> str:
    """What the codes of all that lies in a region begin with: 3401 of 340100."""
    return region.removesuffix("00").removesuffix("00")


def of_numbers(conn: Connection, numbers: Collection[str]) -> list[Sketch]:
    """These orders, whatever has become of them, the latest first."""
    return _read(conn, work_orders.c.number.in_(numbers), settled=True)


def linked_to(conn: Connection, number: str, since: datetime, until: datetime) -> list[str]:
    """Orders of that time that were linked to this one when they were filed."""
    rows = conn.execute(
        select(work_orders.c.number, work_orders.c.related)
        .where(work_orders.c.created_at.between(since, until))
        .order_by(work_orders.c.number.desc())
    )
    return [row.number for row in rows if number in row.related][:NEWEST]


def _read(conn: Connection, *where: ColumnElement[bool], settled: bool = False) -> list[Sketch]:
    table = work_orders.c
    rows = conn.execute(
        select(
            table.number,
            table.created_at,
            table.category,
            table.place_text,
            table.place_region,
            table.content,
            table.latitude,
            table.longitude,
        )
        .where(*(() if settled else (table.status == "open",)), *where)
        .order_by(table.number.desc())
        .limit(NEWEST)
    )
    return [
        Sketch(
            number,
            at,
            tuple(category),
            place or "",
            region,
            words,
            None if north is None or east is None else (north, east),
        )
        for number, at, category, place, region, words, north, east in rows
    ]
