"""Who was named in a note, and has not seen it yet."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from connectors.ids import AgentId, ConversationId
from connectors.store.agents import Agent
from connectors.store.desk_tables import note_mentions, unseen
from connectors.store.notes import conversation_notes

LISTED = 20
_AT = re.compile(r"@([^\s@，。；：！？,;:!?]{1,64})")


@dataclass(frozen=True, slots=True)
class Mention:
    """A note in which somebody was named, not seen by them yet."""

    conversation_id: ConversationId
    at: datetime
    by: AgentId
    text: str


def named(text: str, staff: Iterable[Agent]) -> list[AgentId]:
    """Whom a note names: ``@`` and a login or a name, the longest that fits."""
    everybody = [(word, one.id) for one in staff for word in {one.login, one.name} if word]
    found: list[AgentId] = []
    for said in _AT.findall(text):
        fits = [(len(word), word, who) for word, who in everybody if said.startswith(word)]
        longest = max((size for size, _, _ in fits), default=0)
        found += [who for size, _, who in fits if size == longest and who not in found]
    return found


def note(conn: Connection, note_id: int, agent_ids: Iterable[AgentId]) -> None:
    """These shall see the note."""
    for one in agent_ids:
        conn.execute(insert(note_mentions).values(note_id=note_id, agent_id=one))


def waiting_for(conn: Connection, agent_id: str) -> list[Mention]:
    """What an agent has not seen yet, the latest first."""
    rows = conn.execute(
        select(
            conversation_notes.c.conversation_id,
            conversation_notes.c.at,
            conversation_notes.c.agent_id,
            conversation_notes.c.text,
        )
        .join(note_mentions, note_mentions.c.note_id == conversation_notes.c.id)
        .where(note_mentions.c.agent_id == agent_id, unseen)
        .order_by(conversation_notes.c.id.desc())
        .limit(LISTED)
    )
    return [Mention(ConversationId(r[0]), r[1], AgentId(r[2]), r[3]) for r in rows]


def seen(conn: Connection, agent_id: str, conversation_id: str, now: datetime) -> bool:
    """The agent has the conversation's notes before them; False when nothing was new."""
    there = select(conversation_notes.c.id).where(
        conversation_notes.c.conversation_id == conversation_id
    )
    return (
        conn.execute(
            update(note_mentions)
            .where(note_mentions.c.agent_id == agent_id, unseen, note_mentions.c.note_id.in_(there))
            .values(seen_at=now)
        ).rowcount
        > 0
    )
