"""Orders: the business they are told for, how long it has gone on, whether it was reported before.

Revision 0018, after 0017.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("work_orders", sa.Column("enterprise", sa.Text()))
    op.add_column("work_orders", sa.Column("credit_code", sa.String(18)))
    op.add_column("work_orders", sa.Column("duration", sa.Text()))
    op.add_column(
        "work_orders",
        sa.Column("reported_before", sa.Boolean(), server_default="0", nullable=False),
    )


def downgrade() -> None:
    raise NotImplementedError("a store goes back by restoring a backup")
