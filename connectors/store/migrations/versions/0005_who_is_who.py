"""Who is who: phones, links between contacts, codes, forms left open.

Revision 0005, after 0004.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from connectors.store.types import Moment

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "contact_links",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("target", sa.String(length=40), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("how", sa.String(length=16), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("undone_at", Moment(), nullable=True),
        sa.Column("undone_by", sa.String(length=64), nullable=True),
        sa.Column("sealed", sa.Boolean(), server_default="0", nullable=False),
        sa.CheckConstraint("how IN ('code', 'operator')", name=op.f("ck_contact_links_how")),
        sa.CheckConstraint("source <> target", name=op.f("ck_contact_links_apart")),
        sa.ForeignKeyConstraint(
            ["source"], ["contacts.id"], name=op.f("fk_contact_links_source_contacts")
        ),
        sa.ForeignKeyConstraint(
            ["target"], ["contacts.id"], name=op.f("fk_contact_links_target_contacts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_links")),
    )
    with op.batch_alter_table("contact_links", schema=None) as batch_op:
        batch_op.create_index(
            "ix_contact_links_standing",
            ["source"],
            unique=True,
            sqlite_where=sa.text("undone_at IS NULL"),
            postgresql_where=sa.text("undone_at IS NULL"),
        )
        batch_op.create_index(batch_op.f("ix_contact_links_target"), ["target"], unique=False)

    op.create_table(
        "phones",
        sa.Column("phone", sa.String(length=20), nullable=False),
        sa.Column("contact_id", sa.String(length=40), nullable=False),
        sa.Column("proved_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts.id"], name=op.f("fk_phones_contact_id_contacts")
        ),
        sa.PrimaryKeyConstraint("phone", name=op.f("pk_phones")),
    )
    with op.batch_alter_table("phones", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_phones_contact_id"), ["contact_id"], unique=False)

    op.create_table(
        "open_forms",
        sa.Column("conversation_id", sa.String(length=40), nullable=False),
        sa.Column("session", sa.Integer(), nullable=False),
        sa.Column("draft", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("updated_at", Moment(), nullable=False),
        sa.Column("taken_by", sa.String(length=40), nullable=True),
        sa.Column("held", sa.Boolean(), server_default="1", nullable=False),
        sa.Column("offered_to", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_open_forms_conversation_id_conversations"),
        ),
        sa.PrimaryKeyConstraint("conversation_id", name=op.f("pk_open_forms")),
    )
    op.create_table(
        "phone_codes",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=False),
        sa.Column("conversation_id", sa.String(length=40), nullable=False),
        sa.Column("contact_id", sa.String(length=40), nullable=False),
        sa.Column("asked_by", sa.String(length=40), nullable=False),
        sa.Column("nonce", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("issued_at", Moment(), nullable=False),
        sa.Column("expires_at", Moment(), nullable=False),
        sa.Column("answered_by", sa.String(length=40), nullable=True),
        sa.Column("outcome", sa.String(length=10), nullable=True),
        sa.CheckConstraint(
            "state IN ('active', 'used', 'dead', 'expired', 'replaced', 'dropped')",
            name=op.f("ck_phone_codes_state"),
        ),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts.id"], name=op.f("fk_phone_codes_contact_id_contacts")
        ),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_phone_codes_conversation_id_conversations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phone_codes")),
        sa.UniqueConstraint("asked_by", name=op.f("uq_phone_codes_asked_by")),
    )
    with op.batch_alter_table("phone_codes", schema=None) as batch_op:
        batch_op.create_index(
            "ix_phone_codes_active",
            ["phone"],
            unique=True,
            sqlite_where=sa.text("state = 'active'"),
            postgresql_where=sa.text("state = 'active'"),
        )
        batch_op.create_index("ix_phone_codes_contact", ["contact_id", "issued_at"], unique=False)
        batch_op.create_index(
            "ix_phone_codes_conversation", ["conversation_id", "issued_at"], unique=False
        )
        batch_op.create_index("ix_phone_codes_issued_at", ["issued_at"], unique=False)
        batch_op.create_index("ix_phone_codes_phone", ["phone", "issued_at"], unique=False)


def downgrade() -> None:
    raise NotImplementedError("a store goes back by restoring a backup")
