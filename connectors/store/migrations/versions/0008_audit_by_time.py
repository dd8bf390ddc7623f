"""The trail of a day is found without reading all of it.

Revision 0008, after 0007.
"""

from __future__ import annotations

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(op.f("ix_audit_at"), "audit", ["at"])


def downgrade() -> None:
    raise NotImplementedError("a store goes back by restoring a backup")
