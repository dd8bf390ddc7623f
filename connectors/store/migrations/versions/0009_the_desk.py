"""Who is at the desk, who waits, what is offered to whom, what is late.

Whoever waits while this runs goes on waiting, in the order of before.

Revision 0009, after 0008.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from connectors.store.types import Moment

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "deadline_events",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("began_at", Moment(), nullable=False),
        sa.Column("due_at", Moment(), nullable=False),
        sa.Column("light", sa.String(length=8), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("agent_id", sa.String(length=40), nullable=True),
        sa.Column("settled_at", Moment(), nullable=True),
        sa.Column("settled_by", sa.String(length=64), nullable=True),
        sa.CheckConstraint(
            "kind IN ('answer', 'order', 'callback')", name=op.f("ck_deadline_events_kind")
        ),
        sa.CheckConstraint(
            "light IN ('yellow', 'orange', 'red')", name=op.f("ck_deadline_events_light")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deadline_events")),
        sa.UniqueConstraint(
            "kind",
            "subject",
            "began_at",
            "light",
            name=op.f("uq_deadline_events_kind_subject_began_at_light"),
        ),
    )
    with op.batch_alter_table("deadline_events", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_deadline_events_at"), ["at"], unique=False)
        batch_op.create_index(
            "ix_deadline_events_unsettled",
            ["light"],
            unique=False,
            sqlite_where=sa.text("settled_at IS NULL"),
            postgresql_where=sa.text("settled_at IS NULL"),
        )

    op.create_table(
        "desk_plans",
        sa.Column("name", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("plan", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("updated_at", Moment(), nullable=False),
        sa.Column("updated_by", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_desk_plans")),
    )
    op.create_table(
        "agent_presence",
        sa.Column("agent_id", sa.String(length=40), nullable=False),
        sa.Column("seen_at", Moment(), nullable=False),
        sa.Column("ready", sa.Boolean(), server_default="1", nullable=False),
        sa.Column("missed", sa.Integer(), server_default="0", nullable=False),
        sa.Column("offered_at", Moment(), nullable=True),
        sa.Column("taken", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agents.id"], name=op.f("fk_agent_presence_agent_id_agents")
        ),
        sa.PrimaryKeyConstraint("agent_id", name=op.f("pk_agent_presence")),
    )
    op.create_table(
        "agent_offers",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("conversation_id", sa.String(length=40), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("agent_id", sa.String(length=40), nullable=False),
        sa.Column("offered_at", Moment(), nullable=False),
        sa.Column("expires_at", Moment(), nullable=False),
        sa.Column("outcome", sa.String(length=12), nullable=True),
        sa.CheckConstraint(
            "outcome IN ('taken', 'missed', 'declined', 'void')",
            name=op.f("ck_agent_offers_outcome"),
        ),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agents.id"], name=op.f("fk_agent_offers_agent_id_agents")
        ),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_agent_offers_conversation_id_conversations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agent_offers")),
    )
    with op.batch_alter_table("agent_offers", schema=None) as batch_op:
        batch_op.create_index(
            "ix_agent_offers_conversation_epoch", ["conversation_id", "epoch"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_agent_offers_offered_at"), ["offered_at"], unique=False
        )
        batch_op.create_index(
            "ix_agent_offers_one_each",
            ["agent_id"],
            unique=True,
            sqlite_where=sa.text("outcome IS NULL"),
            postgresql_where=sa.text("outcome IS NULL"),
        )
        batch_op.create_index(
            "ix_agent_offers_standing",
            ["conversation_id"],
            unique=True,
            sqlite_where=sa.text("outcome IS NULL"),
            postgresql_where=sa.text("outcome IS NULL"),
        )

    op.create_table(
        "callbacks",
        sa.Column("number", sa.String(length=24), nullable=False),
        sa.Column("conversation_id", sa.String(length=40), nullable=False),
        sa.Column("promised_at", Moment(), nullable=False),
        sa.Column("due_at", Moment(), nullable=False),
        sa.Column("done_at", Moment(), nullable=True),
        sa.Column("done_by", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_callbacks_conversation_id_conversations"),
        ),
        sa.ForeignKeyConstraint(
            ["number"], ["work_orders.number"], name=op.f("fk_callbacks_number_work_orders")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_callbacks")),
    )
    with op.batch_alter_table("callbacks", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_callbacks_conversation_id"), ["conversation_id"], unique=False
        )
        batch_op.create_index(
            "ix_callbacks_owed",
            ["due_at"],
            unique=False,
            sqlite_where=sa.text("done_at IS NULL"),
            postgresql_where=sa.text("done_at IS NULL"),
        )

    op.create_table(
        "conversation_fields",
        sa.Column("conversation_id", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("fields", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("updated_at", Moment(), nullable=False),
        sa.Column("updated_by", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_conversation_fields_conversation_id_conversations"),
        ),
        sa.PrimaryKeyConstraint("conversation_id", name=op.f("pk_conversation_fields")),
    )
    op.create_table(
        "conversation_waits",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("conversation_id", sa.String(length=40), nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("skill", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("began_at", Moment(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("told_at", Moment(), nullable=True),
        sa.Column("told_place", sa.Integer(), nullable=True),
        sa.Column("told_minutes", sa.Integer(), nullable=True),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.Column("outcome", sa.String(length=12), nullable=True),
        sa.Column("agent_id", sa.String(length=40), nullable=True),
        sa.Column("answered_at", Moment(), nullable=True),
        sa.CheckConstraint(
            "outcome IN ('taken', 'withdrawn', 'callback', 'closed')",
            name=op.f("ck_conversation_waits_outcome"),
        ),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agents.id"], name=op.f("fk_conversation_waits_agent_id_agents")
        ),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_conversation_waits_conversation_id_conversations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversation_waits")),
    )
    with op.batch_alter_table("conversation_waits", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_conversation_waits_began_at"), ["began_at"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_conversation_waits_conversation_id"), ["conversation_id"], unique=False
        )
        batch_op.create_index(
            "ix_conversation_waits_open",
            ["conversation_id"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )
        batch_op.create_index(
            "ix_conversation_waits_skill_ended", ["skill", "ended_at"], unique=False
        )

    op.create_table(
        "note_mentions",
        sa.Column("note_id", sa.Integer(), nullable=False),
        sa.Column("agent_id", sa.String(length=40), nullable=False),
        sa.Column("seen_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agents.id"], name=op.f("fk_note_mentions_agent_id_agents")
        ),
        sa.ForeignKeyConstraint(
            ["note_id"],
            ["conversation_notes.id"],
            name=op.f("fk_note_mentions_note_id_conversation_notes"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("note_id", "agent_id", name=op.f("pk_note_mentions")),
    )
    with op.batch_alter_table("note_mentions", schema=None) as batch_op:
        batch_op.create_index(
            "ix_note_mentions_unseen",
            ["agent_id"],
            unique=False,
            sqlite_where=sa.text("seen_at IS NULL"),
            postgresql_where=sa.text("seen_at IS NULL"),
        )

    with op.batch_alter_table("agents", schema=None) as batch_op:
        batch_op.add_column(sa.Column("skills", sa.JSON(none_as_null=True), nullable=True))
        batch_op.add_column(sa.Column("max_load", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("version", sa.Integer(), server_default="0", nullable=False))

    with op.batch_alter_table("conversations", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("queue_rank", sa.Integer(), server_default="0", nullable=False)
        )
        batch_op.add_column(sa.Column("unanswered_since", Moment(), nullable=True))
        batch_op.add_column(sa.Column("last_agent_id", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("care", sa.Boolean(), server_default="0", nullable=False))
        batch_op.drop_index(batch_op.f("ix_conversations_owner_waiting"))
        batch_op.create_index(
            "ix_conversations_agent",
            ["agent_id"],
            unique=False,
            sqlite_where=sa.text("agent_id IS NOT NULL"),
            postgresql_where=sa.text("agent_id IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_conversations_queue", ["owner", "queue_rank", "waiting_since"], unique=False
        )
        batch_op.create_index("ix_conversations_recent", ["owner", "last_inbound_at"], unique=False)
        batch_op.create_index(
            "ix_conversations_unanswered",
            ["unanswered_since"],
            unique=False,
            sqlite_where=sa.text("unanswered_since IS NOT NULL"),
            postgresql_where=sa.text("unanswered_since IS NOT NULL"),
        )

    op.execute(
        "UPDATE conversations SET queue_rank = 3, unanswered_since = waiting_since "
        "WHERE owner = 'waiting_for_agent'"
    )
    op.execute("UPDATE conversations SET queue_rank = 0 WHERE skill = 'crisis'")
    op.execute(
        "INSERT INTO conversation_waits "
        "(conversation_id, channel, skill, reason, began_at, place) "
        "SELECT id, channel, coalesce(skill, 'general'), coalesce(handoff_reason, ''), "
        "waiting_since, 1 FROM conversations "
        "WHERE owner = 'waiting_for_agent' AND waiting_since IS NOT NULL"
    )


def downgrade() -> None:
    raise NotImplementedError("a store goes back by restoring a backup")
