"""Orders: whether their person wants to be told of every step.

Revision 0017, after 0016.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "work_orders", sa.Column("every_step", sa.Boolean(), server_default="0", nullable=False)
    )


def downgrade() -> None:
    raise NotImplementedError("a store goes back by restoring a backup")
