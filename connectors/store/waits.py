"""Who waits for a person, in which place, for how long; and how long it took of late."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from statistics import median

from sqlalchemy import Connection, and_, func, insert, or_, select, update

from connectors.conversation.ownership import Event, Owner
from connectors.conversation.skills import Skill
from connectors.store.desk_tables import conversation_waits as waits
from connectors.store.schema import conversations

LOOK_BACK = timedelta(hours=2)  # takes that say how long it takes now
SAMPLE = 20  # of them, the latest
ENOUGH = 3  # fewer say nothing
CALLBACK = "callback"  # the reason of a withdrawal that is a promise to write back

_OUTCOMES = {Event.TAKE: "taken", Event.CLOSE: "closed"}
_open = waits.c.ended_at.is_(None)


@dataclass(frozen=True, slots=True)
class Wait:
    """A stretch of waiting. ``told_…``: what the person was told last, None before."""

    id: int
    conversation_id: str
    skill: str
    began_at: datetime
    told_at: datetime | None
    told_place: int | None
    told_minutes: int | None


def begin(
    conn: Connection,
    conversation_id: str,
    now: datetime,
    *,
    channel: str,
    skill: str,
    reason: str,
    place: int,
) -> None:
    """Somebody begins to wait; what was left open of an earlier time is closed."""
    finish(conn, conversation_id, now, Event.WITHDRAW)
    conn.execute(
        insert(waits).values(
            conversation_id=conversation_id,
            channel=channel,
            skill=skill,
            reason=reason,
            began_at=now,
            place=place,
        )
    )


def move(conn: Connection, conversation_id: str, skill: str, reason: str) -> None:
    """Whoever waits goes on waiting, in another queue."""
    conn.execute(
        update(waits)
        .where(waits.c.conversation_id == conversation_id, _open)
        .values(skill=skill, reason=reason)
    )


def finish(
    conn: Connection,
    conversation_id: str,
    now: datetime,
    event: Event,
    *,
    reason: str = "",
    agent_id: str | None = None,
) -> None:
    outcome = "callback" if reason == CALLBACK else _OUTCOMES.get(event, "withdrawn")
    conn.execute(
        update(waits)
        .where(waits.c.conversation_id == conversation_id, _open)
        .values(ended_at=now, outcome=outcome, agent_id=agent_id)
    )


def answered(conn: Connection, conversation_id: str, agent_id: str | None, now: datetime) -> None:
    """Notes the agent's first words after a wait that ended with their taking it."""
    latest = (
        select(func.max(waits.c.id))
        .where(waits.c.conversation_id == conversation_id)
        .scalar_subquery()
    )
    conn.execute(
        update(waits)
        .where(
            waits.c.id == latest,
            waits.c.outcome == "taken",
            waits.c.answered_at.is_(None),
        )
        .values(answered_at=now, agent_id=agent_id)
    )


def open_of(conn: Connection, conversation_id: str) -> Wait | None:
    row = conn.execute(
        select(*_of_wait).where(waits.c.conversation_id == conversation_id, _open)
    ).first()
    return Wait(*row) if row is not None else None


_of_wait = (
    waits.c.id,
    waits.c.conversation_id,
    waits.c.skill,
    waits.c.began_at,
    waits.c.told_at,
    waits.c.told_place,
    waits.c.told_minutes,
)


def note_told(
    conn: Connection, conversation_id: str, now: datetime, place: int, minutes: int | None
) -> None:
    conn.execute(
        update(waits)
        .where(waits.c.conversation_id == conversation_id, _open)
        .values(told_at=now, told_place=place, told_minutes=minutes)
    )


def place(conn: Connection, rank: int, since: datetime, skill: str | None) -> int:
    """The place, from 1, of who waits since then: everybody of a lower rank goes first, then who
    has waited longer; of other queues only those anybody may serve (danger)."""
    skill = skill or Skill.GENERAL
    c = conversations.c
    ahead = conn.execute(
        select(func.count()).where(
            c.owner == Owner.WAITING.value,
            or_(
                func.coalesce(c.skill, Skill.GENERAL.value) == skill, c.skill == Skill.CRISIS.value
            ),
            or_(c.queue_rank < rank, and_(c.queue_rank == rank, c.waiting_since < since)),
        )
    ).scalar_one()
    return int(ahead) + 1


def minutes(conn: Connection, skill: str, place: int, now: datetime) -> int | None:
    """How many minutes somebody in that place will wait, by the latest takes of their queue.

    Each take says how long a place lasted: the wait divided by the place it began in. None where
    there were too few takes of late to say.
    """
    rows = conn.execute(
        select(waits.c.began_at, waits.c.ended_at, waits.c.place)
        .where(
            waits.c.skill == skill,
            waits.c.ended_at > now - LOOK_BACK,
            waits.c.outcome == "taken",
        )
        .order_by(waits.c.ended_at.desc())
        .limit(SAMPLE)
    ).all()
    if len(rows) < ENOUGH:
        return None
    each = median(
        max(0.0, (row.ended_at - row.began_at).total_seconds()) / max(1, row.place) for row in rows
    )
    return rounded(each * place)


def rounded(seconds: float) -> int:
    """Minutes as one may promise them: upwards, whole up to ten, then by fives; 0: no time."""
    whole = 0 if seconds < 20 else ceil(seconds / 60)
    return whole if whole <= 10 else 5 * ceil(whole / 5)
