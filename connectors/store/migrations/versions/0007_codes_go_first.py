"""Codes go first: an index of the few in the queue.

Revision 0007, after 0006.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


URGENT = sa.text("state = 'queued' AND purpose = 'verification'")


def upgrade() -> None:
    with op.batch_alter_table("deliveries", schema=None) as batch_op:
        batch_op.create_index(
            "ix_deliveries_urgent",
            ["channel", "account"],
            unique=False,
            sqlite_where=URGENT,
            postgresql_where=URGENT,
        )


def downgrade() -> None:
    raise NotImplementedError("a store goes back by restoring a backup")
