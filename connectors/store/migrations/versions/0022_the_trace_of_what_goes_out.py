"""The trace of what goes to a ticket system: from the message it came of.

Revision 0022, after 0021.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("ticket_sends", sa.Column("trace_id", sa.String(length=40)))


def downgrade() -> None:
    raise NotImplementedError("a store goes back by restoring a backup")
