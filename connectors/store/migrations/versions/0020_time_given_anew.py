"""Since when an order's time runs, where it is handled anew.

Revision 0020, after 0019.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from connectors.store.types import Moment

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("work_orders", sa.Column("due_from", Moment()))


def downgrade() -> None:
    raise NotImplementedError("a store goes back by restoring a backup")
