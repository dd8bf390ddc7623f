"""The register as those see it who work on it: lists, the steps taken, where an order stands."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Row, func, insert, or_, select, update

from connectors.store.identity.people import person_of
from connectors.store.order_tables import (
    standing_at,
    work_order_nodes,
    work_order_records,
    work_order_steps,
    work_orders,
)
from connectors.store.ticket_tables import tickets
from connectors.store.work_orders import Node, WorkOrder


@dataclass(frozen=True, slots=True)
class OrderRow:
    """A line in a list of orders."""

    number: str
    created_at: datetime
    kind: str
    title: str
    place_text: str | None
    urgency: str
    risk: tuple[str, ...]
    unit: str | None
    due_at: datetime | None
    status: str
    station: str | None  # where it stands; None once all stations are passed
    urged: int
    outcome: str | None = None
    solved: bool | None = None
    rating: int | None = None
    due_from: datetime | None = None

    @property
    def runs_since(self) -> datetime:
        """Since when the time runs in which it is due."""
        return self.due_from or self.created_at


@dataclass(frozen=True, slots=True)
class StepTaken:
    at: datetime
    actor: str
    step: str
    station: str
    note: str | None


@dataclass(frozen=True, slots=True)
class Record:
    """What the person added to an order after filing it: an urging, a supplement, a withdrawal."""

    at: datetime
    kind: str
    text: str


_station = (
    select(work_order_nodes.c.name)
    .where(work_order_nodes.c.number == work_orders.c.number, standing_at)
    .limit(1)
    .scalar_subquery()
)
_urged = (
    select(func.count())
    .select_from(work_order_records)
    .where(work_order_records.c.number == work_orders.c.number, work_order_records.c.kind == "urge")
    .scalar_subquery()
)
_rows = select(work_orders, _station.label("station"), _urged.label("urged"))


def listed(
    conn: Connection,
    *,
    status: str = "open",
    station: str | None = None,
    words: str = "",
    limit: int = 100,
) -> list[OrderRow]:
    """Orders of a status: those due first, or (closed ones) the latest.

    ``words`` is looked for in number, title, content, place and unit, and in the number a ticket
    system gave.
    """
    query = _rows.where(work_orders.c.status == status)
    if station is not None:
        query = query.where(_station == station)
    if words:
        like = f"%{words.replace('%', '').replace('_', '')}%"
        searched = ("number", "title", "content", "place_text", "unit")
        theirs = select(tickets.c.number).where(tickets.c.receipt.ilike(like))
        found = [work_orders.c[name].ilike(like) for name in searched]
        query = query.where(or_(work_orders.c.number.in_(theirs), *found))
    first = (
        (work_orders.c.due_at.is_(None), work_orders.c.due_at, work_orders.c.number)
        if status == "open"
        else (work_orders.c.created_at.desc(), work_orders.c.number)
    )
    return [_row(row) for row in conn.execute(query.order_by(*first).limit(limit))]


def of_person(
    conn: Connection, contact_id: str, conversation_id: str, limit: int = 20
) -> list[OrderRow]:
    """The orders a person has filed from any address, the latest first; anonymous ones only of this
    conversation."""
    members = person_of(conn, contact_id).members
    query = _rows.where(
        or_(
            work_orders.c.contact_id.in_(members),
            work_orders.c.conversation_id == conversation_id,
        )
    )
    latest = (work_orders.c.created_at.desc(), work_orders.c.number.desc())
    return [_row(row) for row in conn.execute(query.order_by(*latest).limit(limit))]


def counts(conn: Connection) -> dict[str, int]:
    """How many open orders stand at each station."""
    rows = conn.execute(
        select(work_order_nodes.c.name, func.count())
        .join(work_orders, work_orders.c.number == work_order_nodes.c.number)
        .where(standing_at, work_orders.c.status == "open")
        .group_by(work_order_nodes.c.name)
    )
    return {row[0]: row[1] for row in rows}


def hold(conn: Connection, number: str) -> bool:
    """Nobody else takes a step with this order until the transaction ends; False: no such order."""
    query = select(work_orders.c.number).where(work_orders.c.number == number).with_for_update()
    return conn.execute(query).first() is not None


def set_nodes(conn: Connection, number: str, nodes: tuple[Node, ...]) -> None:
    """Replaces where the order stands."""
    for position, node in enumerate(nodes):
        conn.execute(
            update(work_order_nodes)
            .where(work_order_nodes.c.number == number, work_order_nodes.c.position == position)
            .values(state=node.state, at=node.at, by=node.by, note=node.note)
        )


def set_handling(conn: Connection, number: str, values: Mapping[str, object]) -> None:
    """Changes columns of an order: unit, answer, outcome, solved, rating, status, related."""
    conn.execute(update(work_orders).where(work_orders.c.number == number).values(**values))


def run_anew(conn: Connection, order: WorkOrder, now: datetime) -> None:
    """Gives an order that is handled anew the time it had, from now on."""
    if order.filed.due_at is not None:
        had = order.filed.due_at - order.runs_since
        set_handling(conn, order.number, {"due_from": now, "due_at": now + had})


def add_step(
    conn: Connection,
    now: datetime,
    number: str,
    *,
    actor: str,
    step: str,
    station: str,
    note: str | None,
) -> None:
    conn.execute(
        insert(work_order_steps).values(
            number=number, at=now, actor=actor, step=step, station=station, note=note
        )
    )


def steps(conn: Connection, number: str) -> list[StepTaken]:
    """All steps taken, the first one first."""
    return steps_of(conn, (number,))[number]


def steps_of(conn: Connection, numbers: Collection[str]) -> dict[str, list[StepTaken]]:
    """The same of each of several orders."""
    found: dict[str, list[StepTaken]] = {number: [] for number in numbers}
    for r in conn.execute(
        select(work_order_steps)
        .where(work_order_steps.c.number.in_(numbers))
        .order_by(work_order_steps.c.id)
    ):
        found[r.number].append(StepTaken(r.at, r.actor, r.step, r.station, r.note))
    return found


def records(conn: Connection, number: str) -> list[Record]:
    """What the person added, the first one first."""
    return records_of(conn, (number,))[number]


def records_of(conn: Connection, numbers: Collection[str]) -> dict[str, list[Record]]:
    """The same of each of several orders."""
    found: dict[str, list[Record]] = {number: [] for number in numbers}
    for r in conn.execute(
        select(work_order_records)
        .where(work_order_records.c.number.in_(numbers))
        .order_by(work_order_records.c.id)
    ):
        found[r.number].append(Record(r.at, r.kind, r.text))
    return found


def _row(row: Row[tuple[object, ...]]) -> OrderRow:
    r = row._mapping
    named = {name: r[name] for name in OrderRow.__dataclass_fields__}
    return OrderRow(**named | {"risk": tuple(named["risk"])})
