"""How the service goes: a day's numbers, from messages, audit and orders."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median, quantiles

from sqlalchemy import Connection, func, select

from connectors.conversation.ownership import Owner
from connectors.ids import first_id
from connectors.messages import Author
from connectors.store.order_tables import work_orders
from connectors.store.schema import audit, conversations, deliveries, messages

HANDOFF, TAKE, WITHDRAW = "owner.handoff", "owner.take", "owner.withdraw"


@dataclass(frozen=True, slots=True)
class Waits:
    """Of those who asked for a person: how many, how many were answered, how long they waited.

    Seconds; None while nobody has been answered.
    """

    asked: int
    answered: int
    median: float | None
    p90: float | None


@dataclass(frozen=True, slots=True)
class Board:
    """``conversations``: in which somebody wrote; ``by_hour``: messages by hour from ``since``.

    ``contained``: conversations the bot served without a person.
    """

    waiting: int
    longest: timedelta | None
    talking: int
    conversations: int
    contained: int
    waits: Waits
    by_hour: tuple[int, ...]
    filed: int
    open: int
    late: int
    solved: int
    unsolved: int
    rating: float | None
    undelivered: int


def board(conn: Connection, since: datetime, now: datetime) -> Board:
    """The numbers from ``since`` (the day's beginning) to ``now``."""
    waiting = conn.execute(
        select(func.count(), func.min(conversations.c.waiting_since)).where(
            conversations.c.owner == Owner.WAITING.value
        )
    ).one()
    written = conn.execute(
        select(messages.c.conversation_id, messages.c.created_at).where(
            messages.c.id >= first_id("m", since),  # an old store is not read through for a day
            messages.c.author == Author.CITIZEN.value,
            messages.c.created_at >= since,
        )
    ).all()
    trail = conn.execute(
        select(audit.c.conversation_id, audit.c.event, audit.c.at)
        .where(audit.c.at >= since, audit.c.event.in_((HANDOFF, TAKE, WITHDRAW)))
        .order_by(audit.c.id)
    ).all()
    active = {row.conversation_id for row in written}
    with_person = {row.conversation_id for row in trail if row.event in (HANDOFF, TAKE)}
    hours = Counter(int((row.created_at - since) / timedelta(hours=1)) for row in written)
    orders = work_orders.c
    rating = conn.execute(select(func.avg(orders.rating))).scalar_one()
    return Board(
        waiting=waiting[0],
        longest=now - waiting[1] if waiting[1] else None,
        talking=_count(conn, conversations.c.owner == Owner.AGENT.value),
        conversations=len(active),
        contained=len(active - with_person),
        waits=_waits((row.conversation_id, row.event, row.at) for row in trail),
        by_hour=tuple(hours.get(hour, 0) for hour in range(24)),
        filed=_count(conn, orders.created_at >= since),
        open=_count(conn, orders.status == "open"),
        late=_count(conn, (orders.status == "open") & (orders.due_at < now)),
        solved=_count(conn, orders.solved.is_(True)),
        unsolved=_count(conn, orders.solved.is_(False)),
        rating=None if rating is None else float(rating),
        undelivered=_count(conn, deliveries.c.state.in_(("dead", "expired"))),
    )


def _count(conn: Connection, condition: object) -> int:
    return int(conn.execute(select(func.count()).where(condition)).scalar_one())  # type: ignore[arg-type]


def _waits(trail: Iterable[tuple[str, str, datetime]]) -> Waits:
    """Pairs each asking with the taking that answered it; asking again while waiting is one."""
    asked: dict[str, datetime] = {}
    count, seconds = 0, []
    for talk, event, at in trail:
        if event == HANDOFF:
            count += talk not in asked
            asked.setdefault(talk, at)
        elif talk in asked:
            began = asked.pop(talk)
            if event == TAKE:
                seconds.append((at - began).total_seconds())
    p90 = quantiles(seconds, n=10, method="inclusive")[-1] if len(seconds) > 1 else None
    return Waits(
        count,
        len(seconds),
        median(seconds) if seconds else None,
        p90 if p90 is not None else (seconds[0] if seconds else None),
    )
