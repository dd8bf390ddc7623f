"""What became of answers out of the knowledge base, and what a language model has used."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Date, Index, Integer, String, Table, Text
from sqlalchemy import UniqueConstraint as Unique

from connectors.store.metadata import metadata
from connectors.store.types import Moment

knowledge_votes = Table(
    "knowledge_votes",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("at", Moment, nullable=False),
    Column("conversation_id", String(40), nullable=False),
    Column("asked_id", String(40), nullable=False),  # the message that was answered
    Column("entry_id", String(200), nullable=False),
    Column("passage_id", String(220), nullable=False),
    Column("question", Text, nullable=False),
    Column("region", String(6)),
    Column("vote", String(12), nullable=False),  # up, down, unsolved
    # Whoever thinks better of it changes the vote on that answer; there is never a second.
    Unique("conversation_id", "asked_id", "entry_id"),
    Index("ix_knowledge_votes_entry_id_at", "entry_id", "at"),
)

model_days = Table(
    "model_days",
    metadata,
    Column("day", Date, primary_key=True),  # in China
    Column("calls", Integer, nullable=False),
    Column("tokens", BigInteger, nullable=False),
)
