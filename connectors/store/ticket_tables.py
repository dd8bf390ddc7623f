"""The tables of what goes to other people's ticket systems and what comes back from them.

An order without a row in ``tickets`` is worked on in the local register. One with a row has been
handed over, or waits to be: it is final once ``receipt``, the number given there, is known.
"""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from connectors.store.metadata import metadata
from connectors.store.types import Json, Moment

RECEIPT_MOST = 64  # characters of a number or token given by a ticket system

tickets = Table(
    "tickets",
    metadata,
    Column("number", ForeignKey("work_orders.number"), primary_key=True),
    Column("system", String(64), nullable=False),
    Column("receipt", String(RECEIPT_MOST)),
    Column("token", String(RECEIPT_MOST)),  # stands for the receipt until it is given
    Column("accepted_at", Moment),
    Column("status_at", Moment),  # of the latest news heeded; what is older moves nothing
    Column("look_at", Moment),  # when to ask how it stands; NULL: never
    Column("looks", Integer, nullable=False, server_default="0"),  # in vain, in a row
    Index("ix_tickets_system_receipt", "system", "receipt"),
    Index("ix_tickets_look_at", "look_at"),
)

ticket_sends = Table(
    "ticket_sends",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("number", ForeignKey("work_orders.number"), nullable=False),
    Column("system", String(64), nullable=False),
    Column("kind", String(12), nullable=False),
    Column("key", String(120), nullable=False, unique=True),
    Column("body", Json),
    Column("trace_id", String(40)),  # of the message it came of, if of one
    Column("state", String(8), nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("next_attempt_at", Moment, nullable=False),
    Column("error_code", String(32)),
    Column("error_detail", Text),
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    CheckConstraint(
        "kind IN ('file', 'urge', 'supplement', 'withdraw', 'reopen', 'follow_up')", name="kind"
    ),
    CheckConstraint("state IN ('queued', 'sent', 'dead', 'skipped')", name="state"),
    Index("ix_ticket_sends_number_id", "number", "id"),
    Index("ix_ticket_sends_state_next", "state", "next_attempt_at"),
)

ticket_events = Table(
    "ticket_events",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("system", String(64), nullable=False),
    Column("event_id", String(80), nullable=False),
    Column("number", String(24)),  # of our order, once it is known which one is meant
    Column("receipt", String(RECEIPT_MOST)),
    Column("body", Json),  # what was told; gone once it has been heeded
    Column("at", Moment, nullable=False),  # when it happened, as told
    Column("received_at", Moment, nullable=False),
    Column("state", String(8), nullable=False),
    UniqueConstraint("system", "event_id"),
    CheckConstraint("state IN ('applied', 'late', 'waiting')", name="state"),
    Index("ix_ticket_events_state", "state", "system", "receipt"),
    Index("ix_ticket_events_number", "number"),
)
