"""What agents tell one another about a conversation; its person never sees it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Column, Connection, ForeignKey, Integer, Table, Text, insert, select

from connectors.ids import AgentId
from connectors.store.metadata import metadata
from connectors.store.types import Moment

conversation_notes = Table(
    "conversation_notes",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("conversation_id", ForeignKey("conversations.id"), nullable=False, index=True),
    Column("at", Moment, nullable=False),
    Column("agent_id", ForeignKey("agents.id"), nullable=False),
    Column("text", Text, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Note:
    at: datetime
    agent_id: AgentId
    text: str


def add(
    conn: Connection,
    now: datetime,
    conversation_id: str,
    agent_id: AgentId,
    text: str,
) -> int:
    """The note's number."""
    number: int = conn.execute(
        insert(conversation_notes)
        .values(conversation_id=conversation_id, at=now, agent_id=agent_id, text=text)
        .returning(conversation_notes.c.id)
    ).scalar_one()
    return number


def of(conn: Connection, conversation_id: str) -> list[Note]:
    """All notes on a conversation, the first one first."""
    rows = conn.execute(
        select(conversation_notes)
        .where(conversation_notes.c.conversation_id == conversation_id)
        .order_by(conversation_notes.c.id)
    )
    return [Note(r.at, AgentId(r.agent_id), r.text) for r in rows]
