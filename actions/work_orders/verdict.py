"""The person's word on an order that is done (回访): settled and archived, or handled anew.

In the caller's transaction. ``trace_id`` is that of the message they said it in. Raises what
:func:`~actions.work_orders.steps.take` raises.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from actions.work_orders import steps
from actions.work_orders.steps import NOTE_MOST, Said
from actions.work_orders.tickets import ChangeKind
from actions.work_orders.way import Step
from connectors.store import tickets
from connectors.store.work_orders import WorkOrder
from connectors.texts import Texts

CITIZEN = "citizen"  # who took the step


def settle(
    conn: Connection,
    texts: Texts,
    number: str,
    now: datetime,
    *,
    rating: int | None = None,
    note: str = "",
    trace_id: str | None = None,
) -> None:
    """It is solved."""
    said = Said(solved=True, rating=rating, note=note)
    for step, what in ((Step.SETTLE, said), (Step.ARCHIVE, Said())):
        steps.take(conn, texts, number, step, what, actor=CITIZEN, now=now, trace_id=trace_id)


def reopen(
    conn: Connection,
    texts: Texts,
    number: str,
    note: str,
    now: datetime,
    *,
    rating: int | None = None,
    trace_id: str | None = None,
) -> None:
    """It is not solved, and why."""
    said = Said(note=note[:NOTE_MOST], rating=rating)
    steps.take(conn, texts, number, Step.REOPEN, said, actor=CITIZEN, now=now, trace_id=trace_id)


def settle_late(
    conn: Connection, number: str, now: datetime, *, trace_id: str | None = None
) -> None:
    """It is solved, said after the order was archived without an answer."""
    steps.settle_late(conn, number, actor=CITIZEN, now=now, trace_id=trace_id)


def reopen_archived(
    conn: Connection, order: WorkOrder, note: str, now: datetime, *, trace_id: str | None = None
) -> None:
    """It is handled anew after all: rated low, or the answer came late."""
    said = note[:NOTE_MOST]
    steps.reopen_closed(conn, order, said, actor=CITIZEN, now=now)
    tickets.tell(
        conn,
        order.number,
        ChangeKind.REOPEN.value,
        now,
        text=said,
        trace_id=trace_id,
        solved=False,
    )
    tickets.heeded(conn, order.number, now)
