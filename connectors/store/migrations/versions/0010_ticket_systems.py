"""Other people's ticket systems: what goes to them, what they told, how sure a suggested unit is.

Revision 0010, after 0009.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from connectors.store.types import Json, Moment

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("work_orders", sa.Column("unit_confidence", sa.Float(), nullable=True))
    op.add_column("work_orders", sa.Column("unit_reasons", Json, nullable=True))
    op.create_table(
        "tickets",
        sa.Column("number", sa.String(length=24), nullable=False),
        sa.Column("system", sa.String(length=64), nullable=False),
        sa.Column("receipt", sa.String(length=64), nullable=True),
        sa.Column("token", sa.String(length=64), nullable=True),
        sa.Column("accepted_at", Moment(), nullable=True),
        sa.Column("status_at", Moment(), nullable=True),
        sa.Column("look_at", Moment(), nullable=True),
        sa.Column("looks", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["number"], ["work_orders.number"], name=op.f("fk_tickets_number_work_orders")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_tickets")),
    )
    op.create_index("ix_tickets_system_receipt", "tickets", ["system", "receipt"])
    op.create_index("ix_tickets_look_at", "tickets", ["look_at"])
    op.create_table(
        "ticket_sends",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("number", sa.String(length=24), nullable=False),
        sa.Column("system", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("body", Json, nullable=True),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_attempt_at", Moment(), nullable=False),
        sa.Column("error_code", sa.String(length=32), nullable=True),
        sa.Column("error_detail", sa.Text(), nullable=True),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("updated_at", Moment(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('file', 'urge', 'supplement', 'withdraw', 'reopen', 'follow_up')",
            name=op.f("ck_ticket_sends_kind"),
        ),
        sa.CheckConstraint(
            "state IN ('queued', 'sent', 'dead', 'skipped')", name=op.f("ck_ticket_sends_state")
        ),
        sa.ForeignKeyConstraint(
            ["number"], ["work_orders.number"], name=op.f("fk_ticket_sends_number_work_orders")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_sends")),
        sa.UniqueConstraint("key", name=op.f("uq_ticket_sends_key")),
    )
    op.create_index("ix_ticket_sends_number_id", "ticket_sends", ["number", "id"])
    op.create_index("ix_ticket_sends_state_next", "ticket_sends", ["state", "next_attempt_at"])
    op.create_table(
        "ticket_events",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("system", sa.String(length=64), nullable=False),
        sa.Column("event_id", sa.String(length=80), nullable=False),
        sa.Column("number", sa.String(length=24), nullable=True),
        sa.Column("receipt", sa.String(length=64), nullable=True),
        sa.Column("body", Json, nullable=True),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("received_at", Moment(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.CheckConstraint(
            "state IN ('applied', 'late', 'waiting')", name=op.f("ck_ticket_events_state")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_events")),
        sa.UniqueConstraint("system", "event_id", name=op.f("uq_ticket_events_system_event_id")),
    )
    op.create_index("ix_ticket_events_state", "ticket_events", ["state", "system", "receipt"])
    op.create_index("ix_ticket_events_number", "ticket_events", ["number"])


def downgrade() -> None:
    raise NotImplementedError("a store goes back by restoring a backup")
