"""What became of answers, and what a language model has used.

Revision 0013, after 0012.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from connectors.store.types import Moment

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "knowledge_votes",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("conversation_id", sa.String(length=40), nullable=False),
        sa.Column("asked_id", sa.String(length=40), nullable=False),
        sa.Column("entry_id", sa.String(length=200), nullable=False),
        sa.Column("passage_id", sa.String(length=220), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("region", sa.String(length=6), nullable=True),
        sa.Column("vote", sa.String(length=12), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_knowledge_votes")),
        sa.UniqueConstraint(
            "conversation_id",
            "asked_id",
            "entry_id",
            name=op.f("uq_knowledge_votes_conversation_id_asked_id_entry_id"),
        ),
    )
    op.create_index(
        "ix_knowledge_votes_entry_id_at", "knowledge_votes", ["entry_id", "at"], unique=False
    )
    op.create_table(
        "model_days",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.Column("tokens", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_model_days")),
    )


def downgrade() -> None:
    raise NotImplementedError("a store goes back by restoring a backup")
