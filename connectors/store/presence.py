"""Who is at the desk: when each agent was last seen, what they hold, whether they want more."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, insert, select, update

from connectors.conversation.ownership import Owner
from connectors.ids import AgentId
from connectors.store.desk_tables import agent_presence as presence
from connectors.store.schema import agents, conversations


@dataclass(frozen=True, slots=True)
class Present:
    """An agent somebody has seen. ``load``: open talks in their hands; ``offered_at``: when they
    were offered something last; ``missed``: offers in a row they did not take."""

    agent_id: AgentId
    name: str
    role: str
    skills: frozenset[str] | None
    max_load: int | None
    seen_at: datetime
    ready: bool
    missed: int
    offered_at: datetime | None
    load: int


def beat(conn: Connection, agent_ids: Collection[str], now: datetime) -> None:
    """These agents are at their desks now."""
    if not agent_ids:
        return
    known = set(
        conn.execute(
            update(presence)
            .where(presence.c.agent_id.in_(agent_ids))
            .values(seen_at=now)
            .returning(presence.c.agent_id)
        ).scalars()
    )
    for agent_id in sorted(set(agent_ids) - known):
        conn.execute(insert(presence).values(agent_id=agent_id, seen_at=now))


def set_ready(conn: Connection, agent_id: str, ready: bool, now: datetime) -> None:
    """Whether the agent wants to be offered anything."""
    beat(conn, [agent_id], now)
    conn.execute(
        update(presence).where(presence.c.agent_id == agent_id).values(ready=ready, missed=0)
    )


def note_missed(conn: Connection, agent_id: str, most: int) -> bool:
    """Counts an offer that was not taken; True when that was the last one for now."""
    row = conn.execute(
        update(presence)
        .where(presence.c.agent_id == agent_id)
        .values(missed=presence.c.missed + 1)
        .returning(presence.c.missed)
    ).first()
    if row is None or row.missed < most:
        return False
    conn.execute(update(presence).where(presence.c.agent_id == agent_id).values(ready=False))
    return True


def note_taken(conn: Connection, agent_id: str, now: datetime) -> None:
    """The agent takes something. To be called before their load is counted: of two takings of one
    agent at the same moment the later one then sees the earlier."""
    beat(conn, [agent_id], now)
    conn.execute(
        update(presence)
        .where(presence.c.agent_id == agent_id)
        .values(taken=presence.c.taken + 1, missed=0)
    )


def load_of(conn: Connection, agent_id: str) -> int:
    """How many open talks the agent holds."""
    return int(
        conn.execute(
            select(func.count()).where(
                conversations.c.agent_id == agent_id, conversations.c.owner == Owner.AGENT.value
            )
        ).scalar_one()
    )


def everybody(conn: Connection) -> list[Present]:
    """All active agents ever seen at a desk, editors left out, by name."""
    loads = {
        row[0]: row[1]
        for row in conn.execute(
            select(conversations.c.agent_id, func.count())
            .where(
                conversations.c.agent_id.is_not(None),
                conversations.c.owner == Owner.AGENT.value,
            )
            .group_by(conversations.c.agent_id)
        )
    }
    rows = conn.execute(
        select(
            agents.c.id,
            agents.c.name,
            agents.c.role,
            agents.c.skills,
            agents.c.max_load,
            presence.c.seen_at,
            presence.c.ready,
            presence.c.missed,
            presence.c.offered_at,
        )
        .join(presence, presence.c.agent_id == agents.c.id)
        .where(agents.c.active.is_(True), agents.c.role != "editor")
        .order_by(agents.c.name, agents.c.id)
    )
    return [
        Present(
            agent_id=AgentId(row.id),
            name=row.name,
            role=row.role,
            skills=None if row.skills is None else frozenset(row.skills),
            max_load=row.max_load,
            seen_at=row.seen_at,
            ready=row.ready,
            missed=row.missed,
            offered_at=row.offered_at,
            load=loads.get(row.id, 0),
        )
        for row in rows
    ]


def held_by_the_lost(
    conn: Connection, before: datetime, limit: int = 200
) -> list[tuple[str, AgentId]]:
    """Talks in the hands of agents nobody has seen since ``before``."""
    rows = conn.execute(
        select(conversations.c.id, conversations.c.agent_id)
        .join(presence, presence.c.agent_id == conversations.c.agent_id)
        .where(conversations.c.owner == Owner.AGENT.value, presence.c.seen_at < before)
        .order_by(conversations.c.id)
        .limit(limit)
    )
    return [(row[0], AgentId(row[1])) for row in rows]


def is_lost(conn: Connection, agent_id: str, before: datetime) -> bool:
    """Whether nobody has seen the agent since ``before``."""
    seen: datetime | None = conn.execute(
        select(presence.c.seen_at).where(presence.c.agent_id == agent_id)
    ).scalar_one_or_none()
    return seen is not None and seen < before


def is_ready(conn: Connection, agent_id: str) -> bool:
    """Whether the agent wants to be offered anything; one never seen does."""
    ready: bool | None = conn.execute(
        select(presence.c.ready).where(presence.c.agent_id == agent_id)
    ).scalar_one_or_none()
    return ready is None or ready
