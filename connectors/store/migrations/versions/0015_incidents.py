"""Notices of known incidents, who was told of them, and surges of like orders.

Revision 0015, after 0014.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from connectors.store.types import Moment

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "incident_notices",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("region", sa.String(length=6)),
        sa.Column("places", sa.JSON(), nullable=False),
        sa.Column("category", sa.JSON(), nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("until", Moment(), nullable=False),
        sa.Column("ended_at", Moment()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("updated_at", Moment(), nullable=False),
        sa.Column("updated_by", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident_notices")),
    )
    op.create_index("ix_incident_notices_until", "incident_notices", ["until"])
    op.create_table(
        "incident_tellings",
        sa.Column("notice_id", sa.String(length=40), nullable=False),
        sa.Column("conversation_id", sa.String(length=40), nullable=False),
        sa.Column("message_id", sa.String(length=40), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("insisted", sa.Boolean(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["notice_id"],
            ["incident_notices.id"],
            name=op.f("fk_incident_tellings_notice_id_incident_notices"),
        ),
        sa.PrimaryKeyConstraint("notice_id", "conversation_id", name=op.f("pk_incident_tellings")),
    )
    op.create_table(
        "surges",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.Column("category", sa.JSON(), nullable=False),
        sa.Column("usual", sa.Float(), nullable=False),
        sa.Column("most", sa.Integer(), nullable=False),
        sa.Column("orders", sa.JSON(), nullable=False),
        sa.Column("began_at", Moment(), nullable=False),
        sa.Column("seen_at", Moment(), nullable=False),
        sa.Column("ended_at", Moment()),
        sa.Column("settled_by", sa.String(length=40)),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_surges")),
    )
    op.create_index("ix_surges_ended_at", "surges", ["ended_at"])


def downgrade() -> None:
    raise NotImplementedError("a store goes back by restoring a backup")
