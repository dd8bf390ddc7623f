"""An agent has written to a person: the clock stops, and what was promised them is kept."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from actions.work_orders import steps
from connectors.store import callbacks, deadline_events, owners
from connectors.texts import Texts


def answered(
    conn: Connection, texts: Texts, conversation_id: str, agent_id: str, now: datetime
) -> None:
    """Stops the clock, settles its lights, keeps the callbacks promised there: calling back is all
    there was to do with their orders."""
    owners.answer(conn, conversation_id, agent_id, now)
    deadline_events.settle_answers(conn, conversation_id, now, agent_id)
    for number in callbacks.keep(conn, conversation_id, agent_id, now):
        steps.finish(conn, texts, number, texts.say("callback_kept"), actor=agent_id, now=now)
