"""The tables of the desk's own work: who is there, who waits, who is offered what, what is late.

* ``agent_presence``: when an agent was last seen, and whether they want to be offered anything.
* ``conversation_waits``: each time somebody waited for a person, from beginning to end; of one
  conversation at most one is open.
* ``agent_offers``: a waiting conversation offered to one agent for some seconds; at most one offer
  of a conversation, and one to an agent, stands.
* ``deadline_events``: a light that came on, once for each stretch of time it is about.
* ``callbacks``: promises to write back (漏话回拨), kept or not yet.
* ``conversation_fields``: the fields of an order as an agent corrected them beside the talk.
* ``note_mentions``: who was named in a note, and whether they have seen it.
* ``desk_plans``: what supervisors set over the configuration, one row a plan, with its version.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    UniqueConstraint,
)

from connectors.store.metadata import metadata, partial_index
from connectors.store.notes import conversation_notes as conversation_notes
from connectors.store.order_tables import work_orders as work_orders
from connectors.store.schema import conversations
from connectors.store.types import Json, Moment

agent_presence = Table(
    "agent_presence",
    metadata,
    Column("agent_id", ForeignKey("agents.id"), primary_key=True),
    Column("seen_at", Moment, nullable=False),
    Column("ready", Boolean, nullable=False, server_default="1"),
    Column("missed", Integer, nullable=False, server_default="0"),  # offers in a row
    Column("offered_at", Moment),
    # Counts what the agent took: the row that makes two takings of one agent follow one another.
    Column("taken", Integer, nullable=False, server_default="0"),
)

conversation_waits = Table(
    "conversation_waits",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("conversation_id", ForeignKey("conversations.id"), nullable=False, index=True),
    Column("channel", String(32), nullable=False),
    Column("skill", String(20), nullable=False),
    Column("reason", String(32), nullable=False),
    Column("began_at", Moment, nullable=False, index=True),
    Column("place", Integer, nullable=False),  # in the queue, when it began
    # What the person was told last, and when; NULL: nothing yet.
    Column("told_at", Moment),
    Column("told_place", Integer),
    Column("told_minutes", Integer),
    Column("ended_at", Moment),
    Column("outcome", String(12)),
    Column("agent_id", ForeignKey("agents.id")),
    Column("answered_at", Moment),  # the agent's first words
    CheckConstraint(
        "outcome IN ('taken', 'withdrawn', 'callback', 'closed')",
        name="outcome",
    ),
    Index("ix_conversation_waits_skill_ended", "skill", "ended_at"),
)
waits_open = conversation_waits.c.ended_at.is_(None)
partial_index(
    "ix_conversation_waits_open",
    conversation_waits.c.conversation_id,
    unique=True,
    where=waits_open,
)

agent_offers = Table(
    "agent_offers",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("conversation_id", ForeignKey("conversations.id"), nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("agent_id", ForeignKey("agents.id"), nullable=False),
    Column("offered_at", Moment, nullable=False, index=True),
    Column("expires_at", Moment, nullable=False),
    Column("outcome", String(12)),  # NULL while the offer stands
    CheckConstraint("outcome IN ('taken', 'missed', 'declined', 'void')", name="outcome"),
    Index("ix_agent_offers_conversation_epoch", "conversation_id", "epoch"),
)
offer_stands = agent_offers.c.outcome.is_(None)
partial_index(
    "ix_agent_offers_standing",
    agent_offers.c.conversation_id,
    unique=True,
    where=offer_stands,
)
partial_index(
    "ix_agent_offers_one_each",
    agent_offers.c.agent_id,
    unique=True,
    where=offer_stands,
)

deadline_events = Table(
    "deadline_events",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("kind", String(12), nullable=False),
    Column("subject", String(40), nullable=False),  # a conversation's id or an order's number
    Column("began_at", Moment, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("light", String(8), nullable=False),
    Column("at", Moment, nullable=False, index=True),
    Column("agent_id", String(40)),
    Column("settled_at", Moment),
    Column("settled_by", String(64)),
    UniqueConstraint("kind", "subject", "began_at", "light"),
    CheckConstraint("kind IN ('answer', 'order', 'callback')", name="kind"),
    CheckConstraint("light IN ('yellow', 'orange', 'red')", name="light"),
)
unsettled = deadline_events.c.settled_at.is_(None)
partial_index(
    "ix_deadline_events_unsettled",
    deadline_events.c.light,
    where=unsettled,
)

callbacks = Table(
    "callbacks",
    metadata,
    Column("number", ForeignKey("work_orders.number"), primary_key=True),
    Column("conversation_id", ForeignKey("conversations.id"), nullable=False, index=True),
    Column("promised_at", Moment, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("done_at", Moment),
    Column("done_by", String(64)),
)
owed = callbacks.c.done_at.is_(None)
partial_index("ix_callbacks_owed", callbacks.c.due_at, where=owed)

conversation_fields = Table(
    "conversation_fields",
    metadata,
    Column("conversation_id", ForeignKey("conversations.id"), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("fields", Json, nullable=False),
    Column("updated_at", Moment, nullable=False),
    Column("updated_by", String(64), nullable=False),
)

note_mentions = Table(
    "note_mentions",
    metadata,
    Column("note_id", ForeignKey("conversation_notes.id", ondelete="CASCADE"), primary_key=True),
    Column("agent_id", ForeignKey("agents.id"), primary_key=True),
    Column("seen_at", Moment),
)
unseen = note_mentions.c.seen_at.is_(None)
partial_index(
    "ix_note_mentions_unseen",
    note_mentions.c.agent_id,
    where=unseen,
)

desk_plans = Table(
    "desk_plans",
    metadata,
    Column("name", String(16), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("plan", Json, nullable=False),
    Column("updated_at", Moment, nullable=False),
    Column("updated_by", String(64), nullable=False),
)

Index(
    "ix_conversations_queue",
    conversations.c.owner,
    conversations.c.queue_rank,
    conversations.c.waiting_since,
)
Index("ix_conversations_recent", conversations.c.owner, conversations.c.last_inbound_at)
held_by = conversations.c.agent_id.is_not(None)
partial_index(
    "ix_conversations_agent",
    conversations.c.agent_id,
    where=held_by,
)
unanswered = conversations.c.unanswered_since.is_not(None)
partial_index(
    "ix_conversations_unanswered",
    conversations.c.unanswered_since,
    where=unanswered,
)
