"""The local register of work orders: what was handed in, where it stands, what was added.

The embedded stand-in for a city's ticket system. Constraints carry the promises: a form instance
files once (``key``), an order has one row per node of its progress, and a day's serial numbers
have no gaps that a rolled-back transaction did not leave.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import Connection, RowMapping, func, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from connectors.store import attachments
from connectors.store.order_tables import (
    work_order_checks,
    work_order_nodes,
    work_order_records,
    work_order_serials,
    work_orders,
)
from connectors.store.tickets import Ticket, of_orders

EVERY_STEP = "steps"  # of ``notify``: the person agreed to be told of each
_LISTED = (
    "category",
    "category_confidence",
    "risk",
    "related",
    "attachments",
    "suggested_helpers",
    "unit_reasons",
)


@dataclass(frozen=True, slots=True)
class NewWorkOrder:
    """What is known of a matter when it is handed in. ``key`` names the form instance.

    ``category_confidence``: of each of its levels, 0..1; empty when a person chose it.
    ``suggested_helpers``: who helps the suggested unit (协办). ``notify``: of an order without a
    conversation, what its phone is told (:class:`actions.work_orders.reach.Notify`).
    """

    key: str
    channel: str
    kind: str
    title: str
    content: str
    category: tuple[str, ...] = ()
    category_confidence: tuple[float, ...] = ()
    conversation_id: str | None = None
    contact_id: str | None = None
    caller_phone: str | None = None
    contact_name: str | None = None
    contact_phone: str | None = None
    confidential: bool = False
    anonymous: bool = False
    on_behalf: str | None = None
    time_text: str | None = None
    time_from: datetime | None = None
    time_to: datetime | None = None
    recurrence: str | None = None
    place_text: str | None = None
    place_region: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    subject: str | None = None
    wanted: str | None = None
    enterprise: str | None = None
    credit_code: str | None = None
    duration: str | None = None
    reported_before: bool = False
    urgency: str = "normal"
    risk: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    suggested_unit: str | None = None
    suggested_helpers: tuple[str, ...] = ()
    unit_confidence: float | None = None
    unit_reasons: tuple[str, ...] = ()
    due_at: datetime | None = None
    attachments: tuple[str, ...] = ()
    notify: str | None = None


@dataclass(frozen=True, slots=True)
class Node:
    """One of the ten stations of an order's way (快递式查询)."""

    name: str
    state: str
    at: datetime | None = None
    by: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Handling:
    """What the office has done with an order. ``helpers``: who helps the unit (协办).

    ``outcome``: solved (实质办结), partly (阶段性办结) or procedural (程序性办结). ``solved`` and
    ``rating`` (1 to 5) are what the person said when asked afterwards.
    """

    unit: str | None = None
    helpers: tuple[str, ...] = ()
    answer: str | None = None
    outcome: str | None = None
    solved: bool | None = None
    rating: int | None = None


@dataclass(frozen=True, slots=True)
class WorkOrder:
    """An order in the register."""

    number: str
    created_at: datetime
    status: str
    query_code: str | None
    filed: NewWorkOrder
    nodes: tuple[Node, ...] = field(default=())
    handling: Handling = Handling()
    ticket: Ticket | None = None
    """Where it was handed over to; None: it is worked on in the local register."""
    every_step: bool = False
    """Whether its person has agreed to be told of every step."""
    due_from: datetime | None = None
    """Since when its time runs, where it was given anew."""

    @property
    def runs_since(self) -> datetime:
        """Since when the time runs in which it is due."""
        return self.due_from or self.created_at

    @property
    def receipt(self) -> str:
        """The number the person is told: the ticket system's own, once it has given one."""
        return self.ticket.receipt if self.ticket and self.ticket.receipt else self.number

    @property
    def provisional(self) -> bool:
        """Whether the ticket system has still to take the order, so that its number may change."""
        return self.ticket is not None and self.ticket.receipt is None


def next_serial(conn: Connection, day: date) -> int:
    """The next serial number of ``day``, from 1. Holds the day's row until the commit."""
    dialect = postgresql if conn.dialect.name == "postgresql" else sqlite
    statement = dialect.insert(work_order_serials).values(day=day, last=1)
    return int(
        conn.execute(
            statement.on_conflict_do_update(
                index_elements=[work_order_serials.c.day],
                set_={"last": work_order_serials.c.last + 1},
            ).returning(work_order_serials.c.last)
        ).scalar_one()
    )


def add(
    conn: Connection,
    now: datetime,
    number: str,
    order: NewWorkOrder,
    nodes: tuple[Node, ...],
    query_code: str | None,
) -> WorkOrder:
    """Enter an order. Raises ``IntegrityError`` if its key or number is there already."""
    columns = {name: getattr(order, name) for name in NewWorkOrder.__dataclass_fields__}
    for listed in _LISTED:
        columns[listed] = list(columns[listed])
    conn.execute(
        insert(work_orders).values(
            **columns,
            number=number,
            created_at=now,
            status="open",
            query_code=query_code,
            every_step=order.notify == EVERY_STEP,
        )
    )
    conn.execute(
        insert(work_order_nodes),
        [
            {
                "number": number,
                "position": position,
                "name": node.name,
                "state": node.state,
                "at": node.at,
                "by": node.by,
                "note": node.note,
            }
            for position, node in enumerate(nodes)
        ],
    )
    attachments.use(conn, number, order.attachments)
    return WorkOrder(number, now, "open", query_code, order, nodes)


def by_key(conn: Connection, key: str) -> WorkOrder | None:
    """The order a form instance filed, if it has."""
    rows = conn.execute(select(work_orders).where(work_orders.c.key == key)).mappings().all()
    return next(_orders(conn, rows), None)


def by_number(conn: Connection, number: str) -> WorkOrder | None:
    """The order of that number, with its nodes."""
    return next(iter(by_numbers(conn, (number,))), None)


def by_numbers(conn: Connection, numbers: Sequence[str]) -> list[WorkOrder]:
    """The orders of those numbers, in that order, with their nodes."""
    query = select(work_orders).where(work_orders.c.number.in_(numbers))
    found = {one.number: one for one in _orders(conn, conn.execute(query).mappings().all())}
    return [found[number] for number in numbers if number in found]


def set_status(conn: Connection, number: str, status: str) -> None:
    conn.execute(update(work_orders).where(work_orders.c.number == number).values(status=status))


def set_phone(conn: Connection, number: str, phone: str) -> None:
    """Puts another number to call in place of the order's."""
    conn.execute(
        update(work_orders).where(work_orders.c.number == number).values(contact_phone=phone)
    )


def tell_every_step(conn: Connection, number: str, every: bool) -> None:
    """Notes whether the person wants to hear of every step, or of the main ones."""
    conn.execute(update(work_orders).where(work_orders.c.number == number).values(every_step=every))


def attach(conn: Connection, number: str, ids: tuple[str, ...]) -> None:
    """Files that came after the order was filed; those it has already are not added again."""
    there: list[str] = conn.execute(
        select(work_orders.c.attachments).where(work_orders.c.number == number).with_for_update()
    ).scalar_one()
    conn.execute(
        update(work_orders)
        .where(work_orders.c.number == number)
        .values(attachments=list(dict.fromkeys((*there, *ids))))
    )
    attachments.use(conn, number, ids)


def add_record(
    conn: Connection,
    now: datetime,
    number: str,
    *,
    kind: str,
    text: str,
    key: str,
    conversation_id: str | None,
) -> bool:
    """Note an urging, a supplement or a withdrawal; False if this very one is noted already."""
    known = conn.execute(
        select(work_order_records.c.id).where(work_order_records.c.key == key)
    ).first()
    if known:
        return False
    conn.execute(
        insert(work_order_records).values(
            number=number, at=now, kind=kind, text=text, key=key, conversation_id=conversation_id
        )
    )
    return True


def count_records(conn: Connection, number: str, kind: str) -> int:
    return int(
        conn.execute(
            select(func.count())
            .select_from(work_order_records)
            .where(work_order_records.c.number == number, work_order_records.c.kind == kind)
        ).scalar_one()
    )


def note_check(
    conn: Connection, now: datetime, number: str, *, passed: bool, conversation_id: str | None
) -> None:
    """Remember that somebody tried to look at ``number``; ``passed`` if the digits were right."""
    conn.execute(
        insert(work_order_checks).values(
            number=number, at=now, passed=passed, conversation_id=conversation_id
        )
    )


def failed_checks(
    conn: Connection, since: datetime, *, number: str, conversation_id: str | None
) -> int:
    """Wrong digits since then: for this number by anybody, or by this conversation for any."""
    same = work_order_checks.c.number == number
    if conversation_id is not None:
        same = or_(same, work_order_checks.c.conversation_id == conversation_id)
    return int(
        conn.execute(
            select(func.count())
            .select_from(work_order_checks)
            .where(same, work_order_checks.c.at >= since, work_order_checks.c.passed.is_(False))
        ).scalar_one()
    )


def _orders(conn: Connection, rows: Sequence[RowMapping]) -> Iterator[WorkOrder]:
    """As many look-ups for many as for one."""
    numbers = [row["number"] for row in rows]
    nodes: dict[str, list[Node]] = {number: [] for number in numbers}
    for node in conn.execute(
        select(work_order_nodes)
        .where(work_order_nodes.c.number.in_(numbers))
        .order_by(work_order_nodes.c.position)
    ):
        nodes[node.number].append(Node(node.name, node.state, node.at, node.by, node.note))
    tickets = of_orders(conn, numbers)
    for row in rows:
        number = row["number"]
        yield _order(row, tuple(nodes[number]), tickets.get(number))


def _order(row: RowMapping, nodes: tuple[Node, ...], ticket: Ticket | None) -> WorkOrder:
    filed = {name: row[name] for name in NewWorkOrder.__dataclass_fields__}
    for listed in _LISTED:
        filed[listed] = tuple(filed[listed] or ())
    handling = {name: row[name] for name in Handling.__dataclass_fields__}
    handling["helpers"] = tuple(handling["helpers"] or ())
    return WorkOrder(
        number=row["number"],
        created_at=row["created_at"],
        status=row["status"],
        query_code=row["query_code"],
        filed=NewWorkOrder(**filed),
        nodes=nodes,
        handling=Handling(**handling),
        ticket=ticket,
        every_step=row["every_step"],
        due_from=row["due_from"],
    )
