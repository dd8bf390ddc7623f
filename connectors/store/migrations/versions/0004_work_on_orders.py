"""Work on orders: who handles one, the official answer, how it ended, every step taken.

Revision 0004, after 0003.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from connectors.store.types import Moment

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "work_order_steps",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("number", sa.String(length=24), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("step", sa.String(length=16), nullable=False),
        sa.Column("station", sa.String(length=20), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["number"],
            ["work_orders.number"],
            name=op.f("fk_work_order_steps_number_work_orders"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_order_steps")),
    )
    op.create_index(op.f("ix_work_order_steps_number"), "work_order_steps", ["number"])
    op.add_column("work_orders", sa.Column("unit", sa.String(length=64), nullable=True))
    op.add_column("work_orders", sa.Column("answer", sa.Text(), nullable=True))
    op.add_column("work_orders", sa.Column("solved", sa.Boolean(), nullable=True))
    # As column constraints: SQLite cannot add a table's constraint without copying the table.
    op.execute(
        "ALTER TABLE work_orders ADD COLUMN outcome VARCHAR(12) CONSTRAINT ck_work_orders_outcome "
        "CHECK (outcome IN ('solved', 'partly', 'procedural'))"
    )
    op.execute(
        "ALTER TABLE work_orders ADD COLUMN rating INTEGER CONSTRAINT ck_work_orders_rating "
        "CHECK (rating BETWEEN 1 AND 5)"
    )
    op.create_index("ix_work_orders_status_due", "work_orders", ["status", "due_at"])


def downgrade() -> None:
    raise NotImplementedError("a store goes back by restoring a backup")
