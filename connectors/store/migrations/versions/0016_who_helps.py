"""Orders: how sure their category is, and who helps the unit (协办).

Revision 0016, after 0015.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("category_confidence", "suggested_helpers", "helpers"):
        op.add_column("work_orders", sa.Column(name, sa.JSON(), nullable=True))


def downgrade() -> None:
    raise NotImplementedError("a store goes back by restoring a backup")
