"""Files people send, and what uses them.

Revision 0011, after 0010.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from connectors.store.types import Moment

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "attachments",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("media", sa.String(length=40), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("kept_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachments")),
    )
    op.create_table(
        "attachment_uses",
        sa.Column("used_by", sa.String(length=40), nullable=False),
        sa.Column("attachment_id", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("used_by", "attachment_id", name=op.f("pk_attachment_uses")),
    )
    op.create_index("ix_attachment_uses_attachment_id", "attachment_uses", ["attachment_id"])


def downgrade() -> None:
    raise NotImplementedError("a store goes back by restoring a backup")
