"""WeChat: consents, cursors; sends granted without a message, and how a message was cut.

Revision 0012, after 0011.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from connectors.store.types import Moment

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:

    op.create_table(
        "wechat_consents",
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("openid", sa.String(length=128), nullable=False),
        sa.Column("template", sa.String(length=64), nullable=False),
        sa.Column("times", sa.Integer(), server_default="0", nullable=False),
        sa.Column("always", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("last_event", sa.String(length=160), nullable=True),
        sa.Column("updated_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("account", "openid", "template", name=op.f("pk_wechat_consents")),
    )
    op.create_table(
        "wechat_cursors",
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("open_kfid", sa.String(length=64), nullable=False),
        sa.Column("cursor", sa.String(length=128), nullable=False),
        sa.Column("updated_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("account", "open_kfid", name=op.f("pk_wechat_cursors")),
    )
    op.create_table(
        "reply_grants",
        sa.Column("conversation_id", sa.String(length=40), nullable=False),
        sa.Column("opened_at", Moment(), nullable=False),
        sa.Column("ends_at", Moment(), nullable=False),
        sa.Column("sends", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_reply_grants_conversation_id_conversations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("conversation_id", name=op.f("pk_reply_grants")),
    )
    with op.batch_alter_table("delivery_pieces", schema=None) as batch_op:
        batch_op.add_column(sa.Column("cut_to", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("joined_up_to", sa.Integer(), nullable=True))


def downgrade() -> None:
    raise NotImplementedError("a store goes back by restoring a backup")
