"""Indexes of deliveries that hold only what is still to be found by them.

Nearly all deliveries have been sent; a conversation's first in line was looked for among all it was
ever sent.

Revision 0021, after 0020.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_INDEXES = (
    ("account_due", ["channel", "account", "next_attempt_at"], "state = 'queued'"),
    ("in_line", ["conversation_id", "seq"], "state = 'queued'"),
    ("given_up", ["state", "updated_at"], "state IN ('dead', 'expired')"),
    ("provider", ["channel", "account", "provider_id"], "provider_id IS NOT NULL"),
)


def upgrade() -> None:
    for name in ("due", "account_due", "provider"):
        op.drop_index(f"ix_deliveries_{name}", "deliveries")
    for name, columns, which in _INDEXES:
        op.create_index(
            f"ix_deliveries_{name}",
            "deliveries",
            columns,
            sqlite_where=sa.text(which),
            postgresql_where=sa.text(which),
        )


def downgrade() -> None:
    raise NotImplementedError("a store goes back by restoring a backup")
