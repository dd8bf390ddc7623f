"""An agent has written to a person: the clock stops, and what was promised them is kept."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from connectors.store import callbacks, conversations, deadline_events


def answered(conn: Connection, conversation_id: str, agent_id: str, now: datetime) -> None:
    """Stops the clock, settles its lights, keeps the callbacks promised there."""
    conversations.answer(conn, conversation_id, agent_id, now)
    deadline_events.settle_answers(conn, conversation_id, now, agent_id)
    callbacks.keep(conn, conversation_id, agent_id, now)
