"""Lights that came on: what was late, or about to be, and whether somebody has seen to it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, case, func, insert, select, update

from connectors.conversation.ownership import Owner
from connectors.store import audit
from connectors.store.desk_tables import callbacks, owed, unanswered
from connectors.store.desk_tables import deadline_events as events
from connectors.store.order_tables import stands_at, work_orders
from connectors.store.schema import agents, conversations


@dataclass(frozen=True, slots=True)
class Running:
    """A stretch of time that has an end. ``agent_id``: in whose hands it is; ``queue``: which one
    somebody waits in, or was taken from."""

    kind: str
    subject: str
    began_at: datetime
    channel: str
    agent_id: str | None
    due_at: datetime | None = None
    queue: str | None = None


@dataclass(frozen=True, slots=True)
class Alert:
    """A light somebody must see to. ``agent``: the name of who has it in hand."""

    id: int
    kind: str
    subject: str
    light: str
    at: datetime
    due_at: datetime
    agent: str | None


def unanswered_talks(conn: Connection, before: datetime, limit: int = 500) -> list[Running]:
    """Persons without an agent's answer since before then, the longest first."""
    c = conversations.c
    rows = conn.execute(
        select(c.id, c.unanswered_since, c.channel, c.agent_id, c.skill)
        .where(
            unanswered,
            c.unanswered_since <= before,
            c.owner.in_((Owner.WAITING.value, Owner.AGENT.value)),
        )
        .order_by(c.unanswered_since)
        .limit(limit)
    )
    return [Running("answer", *row[:4], queue=row[4]) for row in rows]


def owed_callbacks(conn: Connection, limit: int = 500) -> list[Running]:
    """Callbacks promised and not kept, those due first."""
    rows = conn.execute(
        select(callbacks.c.number, callbacks.c.promised_at, callbacks.c.due_at)
        .where(owed)
        .order_by(callbacks.c.due_at)
        .limit(limit)
    )
    return [Running("callback", row[0], row[1], "", None, row[2]) for row in rows]


def open_orders(conn: Connection, done: Collection[str], limit: int = 1000) -> list[Running]:
    """Orders that are open, those due first; without those at ``done``, the stations at which the
    work is over."""
    c = work_orders.c
    rows = conn.execute(
        select(c.number, func.coalesce(c.due_from, c.created_at), c.channel, c.due_at)
        .where(c.status == "open", c.due_at.is_not(None), ~stands_at(done))
        .order_by(c.due_at)
        .limit(limit)
    )
    return [Running("order", row[0], row[1], row[2], None, row[3]) for row in rows]


def noted(conn: Connection, kind: str, subjects: list[str]) -> set[tuple[str, datetime, str]]:
    """(subject, beginning, light) of what was noted already of these."""
    rows = conn.execute(
        select(events.c.subject, events.c.began_at, events.c.light).where(
            events.c.kind == kind, events.c.subject.in_(subjects)
        )
    )
    return {(row[0], row[1], row[2]) for row in rows}


def note(conn: Connection, running: Running, due_at: datetime, light: str, now: datetime) -> bool:
    """Notes that a light came on; False when that was noted before. The lights below it that are
    still unsettled are settled by it: one alert a matter."""
    same = (
        events.c.kind == running.kind,
        events.c.subject == running.subject,
        events.c.began_at == running.began_at,
    )
    if conn.execute(select(events.c.id).where(*same, events.c.light == light)).first():
        return False
    conn.execute(
        update(events)
        .where(*same, events.c.settled_at.is_(None))
        .values(settled_at=now, settled_by="desk")
    )
    conn.execute(
        insert(events).values(
            kind=running.kind,
            subject=running.subject,
            began_at=running.began_at,
            due_at=due_at,
            light=light,
            at=now,
            agent_id=running.agent_id,
        )
    )
    audit.record(
        conn,
        now,
        actor="desk",
        event=f"deadline.{light}",
        conversation_id=running.subject if running.kind == "answer" else None,
        kind=running.kind,
        subject=running.subject,
    )
    return True


def settle_answers(conn: Connection, conversation_id: str, now: datetime, by: str) -> None:
    """The person has their answer."""
    conn.execute(
        update(events)
        .where(
            events.c.kind == "answer",
            events.c.subject == conversation_id,
            events.c.settled_at.is_(None),
        )
        .values(settled_at=now, settled_by=by)
    )


def settle_over(conn: Connection, now: datetime, done: Collection[str]) -> int:
    """Settles the lights of what is over: talks nobody waits in, orders closed or at ``done``."""
    talks = select(conversations.c.id).where(
        conversations.c.id == events.c.subject, conversations.c.unanswered_since.is_not(None)
    )
    orders = select(work_orders.c.number).where(
        work_orders.c.number == events.c.subject,
        work_orders.c.status == "open",
        ~stands_at(done),
    )
    return conn.execute(
        update(events)
        .where(
            events.c.settled_at.is_(None),
            case(
                (events.c.kind == "answer", ~talks.exists()),
                (events.c.kind == "order", ~orders.exists()),
                else_=False,
            ),
        )
        .values(settled_at=now, settled_by="desk")
    ).rowcount


def settle(conn: Connection, event_id: int, now: datetime, by: str) -> bool:
    """A supervisor has seen to it; False when that was done already."""
    changed = conn.execute(
        update(events)
        .where(events.c.id == event_id, events.c.settled_at.is_(None))
        .values(settled_at=now, settled_by=by)
        .returning(events.c.kind, events.c.subject)
    ).first()
    if changed is None:
        return False
    audit.record(
        conn,
        now,
        actor=by,
        event="deadline.settled",
        conversation_id=changed.subject if changed.kind == "answer" else None,
        subject=changed.subject,
    )
    return True


def alerts(conn: Connection, limit: int = 50) -> list[Alert]:
    """Orange and red lights nobody has seen to, the worst and oldest first."""
    rows = conn.execute(
        select(
            events.c.id,
            events.c.kind,
            events.c.subject,
            events.c.light,
            events.c.at,
            events.c.due_at,
            agents.c.name,
        )
        .outerjoin(agents, agents.c.id == events.c.agent_id)
        .where(events.c.settled_at.is_(None), events.c.light.in_(("orange", "red")))
        .order_by(events.c.light.desc(), events.c.at)
        .limit(limit)
    )
    return [Alert(*row) for row in rows]


def counts(conn: Connection, since: datetime) -> dict[tuple[str, str], int]:
    """How many lights came on since then, by kind and light."""
    rows = conn.execute(
        select(events.c.kind, events.c.light, func.count())
        .where(events.c.at >= since)
        .group_by(events.c.kind, events.c.light)
    )
    return {(row[0], row[1]): row[2] for row in rows}
