"""The person's word on an order that is done (回访): settled and archived, or handled anew.

In the caller's transaction. Raises what :func:`~actions.work_orders.steps.take` raises.
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
) -> None:
    """It is solved."""
    said = Said(solved=True, rating=rating, note=note)
    steps.take(conn, texts, number, Step.SETTLE, said, actor=CITIZEN, now=now)
    steps.take(conn, texts, number, Step.ARCHIVE, Said(), actor=CITIZEN, now=now)


def reopen(
    conn: Connection,
    texts: Texts,
    number: str,
    note: str,
    now: datetime,
    *,
    rating: int | None = None,
) -> None:
    """It is not solved, and why."""
    said = Said(note=note[:NOTE_MOST], rating=rating)
    steps.take(conn, texts, number, Step.REOPEN, said, actor=CITIZEN, now=now)


def settle_late(conn: Connection, number: str, now: datetime) -> None:
    """It is solved, said after the order was archived without an answer."""
    steps.settle_late(conn, number, actor=CITIZEN, now=now)


def reopen_archived(conn: Connection, order: WorkOrder, note: str, now: datetime) -> None:
    """It is handled anew after all: rated low, or the answer came late."""
    said = note[:NOTE_MOST]
    steps.reopen_closed(conn, order, said, actor=CITIZEN, now=now)
    tickets.tell(conn, order.number, ChangeKind.REOPEN.value, now, text=said, solved=False)
    tickets.heeded(conn, order.number, now)
