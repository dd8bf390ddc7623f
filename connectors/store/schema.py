"""Contacts, conversations, messages, deliveries, agents, audit. Constraints carry the promises:

* ``messages.dedup_key`` is unique: a platform's repeat is one message.
* ``(conversation_id, seq)`` is unique: a conversation has one order.
* ``conversations.epoch`` and ``.fence`` guard the commit of a turn (see ``conversation/worker``).
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
    Text,
    UniqueConstraint,
)

from connectors.store.metadata import metadata
from connectors.store.types import Json, Moment

ADDRESS_MOST = 128  # characters of a person's address on a channel
EXTERNAL_ID_MOST = 160  # characters of a platform's message id

contacts = Table(
    "contacts",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("created_at", Moment, nullable=False),
    Column("region", String(6)),  # GB/T 2260, when known
    Column("audience", String(16), nullable=False, server_default="person"),
    Column("verified_phone", String(20)),
)

conversations = Table(
    "conversations",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("contact_id", ForeignKey("contacts.id"), nullable=False, index=True),
    Column("channel", String(32), nullable=False),
    Column("account", String(64), nullable=False),
    Column("address", String(ADDRESS_MOST), nullable=False),
    Column("owner", String(20), nullable=False),
    Column("epoch", Integer, nullable=False, server_default="0"),
    Column("fence", Integer, nullable=False, server_default="0"),
    Column("agent_id", ForeignKey("agents.id")),
    Column("skill", String(20)),
    Column("handoff_reason", String(32)),
    Column("waiting_since", Moment),
    # Whom an agent is called for first: the lower, the sooner (conversation/skills.py).
    Column("queue_rank", Integer, nullable=False, server_default="0"),
    # Since when a person's words, or their asking for a person, have had no answer of an agent.
    Column("unanswered_since", Moment),
    Column("last_agent_id", String(40)),  # who talked with them last
    Column("care", Boolean, nullable=False, server_default="0"),  # 关怀模式: large and slow
    Column("session", Integer, nullable=False, server_default="1"),
    Column("last_seq", Integer, nullable=False, server_default="0"),
    Column("last_inbound_at", Moment),
    # What was said up to here has been erased on request or by age (see ``store/privacy``).
    Column("erased_seq", Integer, nullable=False, server_default="0"),
    Column("created_at", Moment, nullable=False),
    UniqueConstraint("channel", "account", "address"),
    CheckConstraint("owner IN ('bot', 'waiting_for_agent', 'agent', 'closed')", name="owner"),
)

messages = Table(
    "messages",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("conversation_id", ForeignKey("conversations.id"), nullable=False),
    Column("seq", Integer, nullable=False),
    Column("author", String(10), nullable=False),
    Column("agent_id", ForeignKey("agents.id")),
    Column("parts", Json, nullable=False),
    Column("choices", Json),
    Column("picked", Json),
    Column("external_id", String(EXTERNAL_ID_MOST)),
    Column("dedup_key", String(300), unique=True),
    Column("trace_id", String(40), nullable=False, server_default=""),
    # pending → handled | failed for what people write; NULL for what we write.
    Column("inbox_state", String(10)),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("noticed", Boolean, nullable=False, server_default="0"),  # told "received, please wait"
    Column("in_reply_to", String(40)),
    Column("created_at", Moment, nullable=False),
    UniqueConstraint("conversation_id", "seq"),
    Index(
        "ix_messages_pending",
        "conversation_id",
        "seq",
        sqlite_where=Column("inbox_state") == "pending",
        postgresql_where=Column("inbox_state") == "pending",
    ),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("message_id", ForeignKey("messages.id"), nullable=False, unique=True),
    Column("conversation_id", ForeignKey("conversations.id"), nullable=False),
    Column("seq", Integer, nullable=False),
    Column("channel", String(32), nullable=False),
    Column("account", String(64), nullable=False),
    Column("purpose", String(16), nullable=False, server_default="answer"),
    Column("state", String(12), nullable=False),  # queued sent delivered seen dead expired
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("next_attempt_at", Moment, nullable=False),
    Column("expires_at", Moment),
    Column("provider_id", String(128)),
    Column("error_code", String(32)),
    Column("error_detail", Text),
    Column("sent_at", Moment),
    Column("updated_at", Moment, nullable=False),
    Index("ix_deliveries_conversation_order", "conversation_id", "seq"),
)

agents = Table(
    "agents",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("login", String(64), nullable=False, unique=True),
    Column("name", String(64), nullable=False),
    Column("role", String(16), nullable=False, server_default="agent"),
    Column("password_hash", Text, nullable=False),
    Column("active", Boolean, nullable=False, server_default="1"),
    Column("created_at", Moment, nullable=False),
    Column("skills", Json),  # NULL: every one
    Column("max_load", Integer),  # open talks at a time; NULL: as configured
    Column("version", Integer, nullable=False, server_default="0"),
)

agent_sessions = Table(
    "agent_sessions",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("agent_id", ForeignKey("agents.id"), nullable=False),
    Column("csrf", String(64), nullable=False),
    Column("expires_at", Moment, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("at", Moment, nullable=False, index=True),
    Column("conversation_id", String(40), index=True),
    Column("actor", String(64), nullable=False),
    Column("event", String(40), nullable=False),
    Column("detail", Json, nullable=False),
)

knowledge_gaps = Table(
    "knowledge_gaps",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("at", Moment, nullable=False),
    Column("conversation_id", String(40)),
    Column("question", Text, nullable=False),
    Column("region", String(6)),
    Column("reason", String(32), nullable=False),
)

# Who works on what, while that cannot be told elsewhere (``store/leases.py``).
leases = Table(
    "leases",
    metadata,
    Column("name", String(160), primary_key=True),
    Column("holder", String(40), nullable=False),
    Column("until", Moment, nullable=False),
)
