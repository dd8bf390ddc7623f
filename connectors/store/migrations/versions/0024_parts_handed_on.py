"""Which message a part of a long text message went on in.

Revision 0024, after 0023.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sms_parts", sa.Column("handed_as", sa.String(length=160), nullable=True))


def downgrade() -> None:
    raise NotImplementedError("a store goes back by restoring a backup")
