"""What is around the outbox: pieces, accounts' turns, early receipts.

Revision 0002, after 0001.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from connectors.store.types import Moment

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sending_accounts",
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("next_free_at", Moment(), nullable=True),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("sent_that_day", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("channel", "account", name=op.f("pk_sending_accounts")),
    )
    op.create_table(
        "stray_receipts",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=128), nullable=False),
        sa.Column("ours", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("error_code", sa.String(length=32), nullable=True),
        sa.Column("error_detail", sa.Text(), nullable=True),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stray_receipts")),
    )
    with op.batch_alter_table("stray_receipts", schema=None) as batch_op:
        batch_op.create_index(
            "ix_stray_receipts_name", ["channel", "account", "name"], unique=False
        )

    op.create_table(
        "delivery_pieces",
        sa.Column("delivery_id", sa.String(length=40), nullable=False),
        sa.Column("piece", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("provider_id", sa.String(length=128), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("sent_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["delivery_id"],
            ["deliveries.id"],
            name=op.f("fk_delivery_pieces_delivery_id_deliveries"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("delivery_id", "piece", name=op.f("pk_delivery_pieces")),
    )
    with op.batch_alter_table("delivery_pieces", schema=None) as batch_op:
        batch_op.create_index(
            "ix_delivery_pieces_provider", ["channel", "account", "provider_id"], unique=False
        )

    with op.batch_alter_table("deliveries", schema=None) as batch_op:
        batch_op.create_index(
            "ix_deliveries_account_due",
            ["state", "channel", "account", "next_attempt_at"],
            unique=False,
        )
        batch_op.create_index(
            "ix_deliveries_held",
            ["state", "error_code"],
            unique=False,
            sqlite_where=sa.text("state = 'queued' AND error_code = 'window_closed'"),
            postgresql_where=sa.text("state = 'queued' AND error_code = 'window_closed'"),
        )


def downgrade() -> None:
    raise NotImplementedError("a store goes back by restoring a backup")
