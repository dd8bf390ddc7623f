"""The tables of the local register: orders, the nodes of their way, what was added, who did what.

``work_order_steps`` is the record of every step taken at the desk, those taken back included;
``work_order_nodes`` holds only where an order stands now.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    exists,
    literal_column,
)
from sqlalchemy.sql.selectable import Exists

from connectors.store.metadata import metadata, partial_index
from connectors.store.types import Json, Moment

work_orders = Table(
    "work_orders",
    metadata,
    Column("number", String(24), primary_key=True),
    Column("key", String(80), nullable=False, unique=True),
    Column("created_at", Moment, nullable=False),
    Column("channel", String(32), nullable=False),
    Column("conversation_id", String(40), index=True),
    Column("contact_id", String(40), index=True),
    Column("caller_phone", String(20)),
    Column("contact_name", String(64)),
    Column("contact_phone", String(20)),
    Column("confidential", Boolean, nullable=False),
    Column("anonymous", Boolean, nullable=False),
    Column("on_behalf", Text),
    Column("kind", String(8), nullable=False),
    Column("category", JSON, nullable=False),
    Column("category_confidence", Json),  # of each level, 0..1
    Column("title", String(120), nullable=False),
    Column("content", Text, nullable=False),
    Column("time_text", Text),
    Column("time_from", Moment),
    Column("time_to", Moment),
    Column("recurrence", String(120)),
    Column("place_text", Text),
    Column("place_region", String(6)),
    Column("latitude", Float),
    Column("longitude", Float),
    Column("subject", Text),
    Column("wanted", Text),
    Column("enterprise", Text),  # the business it is told for (企业诉求)
    Column("credit_code", String(18)),  # its unified social credit code, checked
    Column("duration", Text),  # how long it has gone on, as said
    Column("reported_before", Boolean, nullable=False, server_default="0"),  # as the person says
    Column("urgency", String(12), nullable=False),
    Column("risk", JSON, nullable=False),
    Column("related", JSON, nullable=False),  # numbers of duplicate or linked orders
    Column("suggested_unit", String(64)),
    Column("suggested_helpers", Json),  # who helps it (协办)
    Column("unit_confidence", Float),  # 0..1: how sure the suggestion is
    Column("unit_reasons", Json),  # why: codes of actions/understanding/matter/duty.py
    Column("due_at", Moment),
    # Since when the time until then runs, where it was given anew; NULL: since the filing.
    Column("due_from", Moment),
    Column("attachments", JSON, nullable=False),
    Column("query_code", String(12)),  # asked instead of a phone's digits when there is no phone
    Column("status", String(12), nullable=False),
    Column("unit", String(64)),  # who handles it (承办单位)
    Column("helpers", Json),  # who helps (协办单位)
    Column("answer", Text),  # the official answer (答复)
    Column("outcome", String(12)),  # how it was closed: solved, partly or procedural
    Column("solved", Boolean),  # what the person said when asked afterwards (回访)
    Column("rating", Integer),  # 1 to 5
    Column("every_step", Boolean, nullable=False, server_default="0"),  # told of each, as agreed
    # Of an order without a conversation: what its phone is told; see actions/work_orders/reach.py.
    Column("notify", String(8)),
    CheckConstraint("status IN ('open', 'withdrawn', 'closed')", name="status"),
    CheckConstraint("outcome IN ('solved', 'partly', 'procedural')", name="outcome"),
    CheckConstraint("rating BETWEEN 1 AND 5", name="rating"),
    Index("ix_work_orders_contact_phone", "contact_phone"),
    Index("ix_work_orders_status_due", "status", "due_at"),
)

work_order_nodes = Table(
    "work_order_nodes",
    metadata,
    Column("number", ForeignKey("work_orders.number"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("name", String(20), nullable=False),
    Column("state", String(8), nullable=False),
    Column("at", Moment),
    Column("by", String(64)),
    Column("note", Text),
    CheckConstraint("state IN ('done', 'current', 'todo')", name="state"),
)

# Constants: SQLite uses a partial index for no parameter.
standing_at = work_order_nodes.c.state == literal_column("'current'")
partial_index(
    "ix_work_order_nodes_current",
    work_order_nodes.c.name,
    where=standing_at,
)


def stands_at(names: Collection[str]) -> Exists:
    """Whether an order stands at one of these stations; for a query of ``work_orders``."""
    return exists().where(
        work_order_nodes.c.number == work_orders.c.number,
        standing_at,
        work_order_nodes.c.name.in_(names),
    )


work_order_records = Table(
    "work_order_records",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("number", ForeignKey("work_orders.number"), nullable=False, index=True),
    Column("key", String(80), nullable=False, unique=True),
    Column("at", Moment, nullable=False),
    Column("kind", String(12), nullable=False),
    Column("text", Text, nullable=False),
    Column("conversation_id", String(40)),
    CheckConstraint("kind IN ('urge', 'supplement', 'withdraw')", name="kind"),
)

work_order_checks = Table(
    "work_order_checks",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("number", String(24), nullable=False),
    Column("at", Moment, nullable=False),
    Column("conversation_id", String(40)),
    Column("passed", Boolean, nullable=False),
    Index("ix_work_order_checks_number_at", "number", "at"),
    Index("ix_work_order_checks_conversation_at", "conversation_id", "at"),
)

work_order_serials = Table(
    "work_order_serials",
    metadata,
    Column("day", Date, primary_key=True),
    Column("last", Integer, nullable=False),
)

work_order_steps = Table(
    "work_order_steps",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("number", ForeignKey("work_orders.number"), nullable=False, index=True),
    Column("at", Moment, nullable=False),
    Column("actor", String(64), nullable=False),
    Column("step", String(16), nullable=False),
    Column("station", String(20), nullable=False),  # where the order stood
    Column("note", Text),
)
