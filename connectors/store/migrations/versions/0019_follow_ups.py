"""Follow-ups of orders, whom to tell of an order filed by others, where orders stand found quickly.

What stands at 回访 already is taken up by the gateway's first look.

Revision 0019, after 0018.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from connectors.store.types import Moment

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("work_orders", sa.Column("notify", sa.String(8)))
    op.create_table(
        "follow_ups",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("number", sa.String(length=24), nullable=False),
        sa.Column("began_at", Moment(), nullable=False),
        sa.Column("way", sa.String(length=8), nullable=False),
        sa.Column("why", sa.String(length=12), nullable=True),
        sa.Column("conversation_id", sa.String(length=40), nullable=True),
        sa.Column("message_id", sa.String(length=40), nullable=True),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("tried_at", Moment(), nullable=True),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.Column("result", sa.String(length=12), nullable=True),
        sa.Column("ended_by", sa.String(length=64), nullable=True),
        sa.CheckConstraint("way IN ('message', 'caller', 'call')", name=op.f("ck_follow_ups_way")),
        sa.CheckConstraint(
            "result IN ('solved', 'unsolved', 'unanswered', 'unreached', 'overtaken')",
            name=op.f("ck_follow_ups_result"),
        ),
        sa.ForeignKeyConstraint(
            ["number"], ["work_orders.number"], name=op.f("fk_follow_ups_number_work_orders")
        ),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_follow_ups_conversation_id_conversations"),
        ),
        sa.ForeignKeyConstraint(
            ["message_id"], ["messages.id"], name=op.f("fk_follow_ups_message_id_messages")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follow_ups")),
    )
    with op.batch_alter_table("follow_ups", schema=None) as batch_op:
        for column in ("number", "began_at", "conversation_id"):
            batch_op.create_index(batch_op.f(f"ix_follow_ups_{column}"), [column], unique=False)
        batch_op.create_index(
            "ix_follow_ups_open",
            ["number"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )
    op.create_index(
        "ix_work_order_nodes_current",
        "work_order_nodes",
        ["name"],
        unique=False,
        sqlite_where=sa.text("state = 'current'"),
        postgresql_where=sa.text("state = 'current'"),
    )


def downgrade() -> None:
    raise NotImplementedError("a store goes back by restoring a backup")
