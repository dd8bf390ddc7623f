"""How the service goes: a day's numbers, from messages, waits, deadlines and orders."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median, quantiles

from sqlalchemy import ColumnElement, Connection, case, func, select

from connectors.conversation.ownership import Owner
from connectors.conversation.skills import Skill
from connectors.ids import first_id
from connectors.messages import Author
from connectors.store import ratings
from connectors.store.delivery_tables import given_up
from connectors.store.desk_tables import conversation_waits
from connectors.store.order_tables import stands_at, work_orders
from connectors.store.schema import conversations, messages

HOURS = 24


@dataclass(frozen=True, slots=True)
class Spread:
    """Of several times, in seconds: how many, the one in the middle, the one nine of ten keep to.
    None while there is none."""

    count: int = 0
    median: float | None = None
    p90: float | None = None

    @classmethod
    def of(cls, seconds: Sequence[float]) -> Spread:
        if not seconds:
            return cls()
        p90 = quantiles(seconds, n=10, method="inclusive")[-1] if len(seconds) > 1 else seconds[0]
        return cls(len(seconds), median(seconds), p90)


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody who asked for a person. Seconds until they were taken, and until the first words;
    None: not."""

    hour: int
    channel: str
    outcome: str | None
    taken: float | None
    answered: float | None


@dataclass(frozen=True, slots=True)
class Waits:
    """Those who asked for a person: how many, how many got one, in what time.

    ``first``: until an agent's first words, by channel too; each hour has its own.
    """

    asked: int
    answered: int
    callbacks: int
    taken: Spread
    first: Spread
    first_of: tuple[tuple[str, Spread], ...]
    asked_by_hour: tuple[int, ...]
    answered_by_hour: tuple[int, ...]
    first_by_hour: tuple[Spread, ...]


@dataclass(frozen=True, slots=True)
class Board:
    """``conversations``: in which somebody wrote; ``by_hour``: messages by hour from ``since``;
    ``talks_by_hour``: (those the bot served alone, those with a person) by the hour they began.

    ``contained``: conversations the bot served without a person. ``judged``: how many people said
    how they were served by a person, and how many of them were pleased.
    """

    waiting: int
    waiting_for: tuple[tuple[str, int], ...]
    longest: timedelta | None
    talking: int
    conversations: int
    contained: int
    waits: Waits
    by_hour: tuple[int, ...]
    talks_by_hour: tuple[tuple[int, int], ...]
    filed: int
    open: int
    late: int
    rating: float | None
    undelivered: int
    judged: int
    pleased: int


def board(conn: Connection, since: datetime, now: datetime, done: Collection[str] = ()) -> Board:
    """The numbers from ``since`` (the day's beginning) to ``now``. ``done``: the stations at which
    no order is late any more."""
    # By the label: an expression with a parameter, written twice, is two to PostgreSQL.
    skill = func.coalesce(conversations.c.skill, Skill.GENERAL.value).label("waits_for")
    since_when = conversations.c.waiting_since
    queue = conn.execute(
        select(skill, func.count(), func.min(case((_is_past(since_when, now), since_when))))
        .where(conversations.c.owner == Owner.WAITING.value)
        .group_by(skill)
    ).all()
    oldest = min((row[2] for row in queue if row[2] is not None), default=None)
    written = conn.execute(
        select(messages.c.conversation_id, messages.c.created_at).where(
            messages.c.id >= first_id("m", since),  # an old store is not read through for a day
            messages.c.author == Author.CITIZEN.value,
            messages.c.created_at >= since,
            _is_past(messages.c.created_at, now),
        )
    ).all()
    began: dict[str, datetime] = {}
    for row in written:
        talk, at = row.conversation_id, row.created_at
        began[talk] = min(began.get(talk, at), at)
    with_person = _with_person(conn, since)
    hours = Counter(_hour(row.created_at, since) for row in written)
    orders = work_orders.c
    rating = conn.execute(select(func.avg(orders.rating))).scalar_one()
    judged = ratings.counted(conn, since)
    return Board(
        waiting=sum(row[1] for row in queue),
        waiting_for=tuple(sorted((str(row[0]), int(row[1])) for row in queue)),
        longest=max(now - oldest, timedelta(0)) if oldest else None,
        talking=_count(conn, conversations.c.owner == Owner.AGENT.value),
        conversations=len(began),
        contained=len(began.keys() - with_person),
        waits=waits_of(_asked(conn, since)),
        by_hour=tuple(hours.get(hour, 0) for hour in range(HOURS)),
        talks_by_hour=_talks_by_hour(began, with_person, since),
        filed=_count(conn, orders.created_at >= since),
        open=_count(conn, orders.status == "open"),
        late=_count(conn, (orders.status == "open") & (orders.due_at < now) & ~stands_at(done)),
        rating=None if rating is None else float(rating),
        undelivered=_count(conn, given_up),
        judged=judged.total(),
        pleased=judged[ratings.GOOD],
    )


def waits_of(asked: Iterable[Asked]) -> Waits:
    """The day's waits put together."""
    rows = list(asked)
    taken = [row.taken for row in rows if row.taken is not None]
    first = [row.answered for row in rows if row.answered is not None]
    by_channel: defaultdict[str, list[float]] = defaultdict(list)
    by_hour: defaultdict[int, list[float]] = defaultdict(list)
    for row in rows:
        if row.answered is not None:
            by_channel[row.channel].append(row.answered)
            by_hour[row.hour].append(row.answered)
    asked_in = Counter(row.hour for row in rows)
    answered_in = Counter(row.hour for row in rows if row.taken is not None)
    return Waits(
        asked=len(rows),
        answered=len(taken),
        callbacks=sum(row.outcome == "callback" for row in rows),
        taken=Spread.of(taken),
        first=Spread.of(first),
        first_of=tuple((name, Spread.of(by_channel[name])) for name in sorted(by_channel)),
        asked_by_hour=tuple(asked_in.get(hour, 0) for hour in range(HOURS)),
        answered_by_hour=tuple(answered_in.get(hour, 0) for hour in range(HOURS)),
        first_by_hour=tuple(Spread.of(by_hour.get(hour, [])) for hour in range(HOURS)),
    )


def _asked(conn: Connection, since: datetime) -> list[Asked]:
    """Everybody who began to wait since then."""
    c = conversation_waits.c
    rows = conn.execute(
        select(c.channel, c.began_at, c.ended_at, c.outcome, c.answered_at).where(
            c.began_at >= since
        )
    )
    return [
        Asked(
            _hour(row.began_at, since),
            row.channel,
            row.outcome,
            _seconds(row.began_at, row.ended_at) if row.outcome == "taken" else None,
            _seconds(row.began_at, row.answered_at),
        )
        for row in rows
    ]


def _with_person(conn: Connection, since: datetime) -> set[str]:
    """Conversations that had, or have, a person: those who asked, and those an agent spoke in."""
    asked = conn.execute(
        select(conversation_waits.c.conversation_id).where(conversation_waits.c.began_at >= since)
    ).scalars()
    spoken = conn.execute(
        select(messages.c.conversation_id).where(
            messages.c.id >= first_id("m", since),
            messages.c.author == Author.AGENT.value,
            messages.c.created_at >= since,
        )
    ).scalars()
    held = conn.execute(
        select(conversations.c.id).where(conversations.c.owner == Owner.AGENT.value)
    ).scalars()
    return {*asked, *spoken, *held}


def _talks_by_hour(
    began: dict[str, datetime], with_person: set[str], since: datetime
) -> tuple[tuple[int, int], ...]:
    alone = Counter(_hour(at, since) for talk, at in began.items() if talk not in with_person)
    helped = Counter(_hour(at, since) for talk, at in began.items() if talk in with_person)
    return tuple((alone.get(hour, 0), helped.get(hour, 0)) for hour in range(HOURS))


def _is_past(column: ColumnElement[datetime], now: datetime) -> ColumnElement[bool]:
    """Leaves out moments nobody can have written: SQLite takes any words in any column, and words
    sort after every moment. A day is for clocks that were ahead."""
    return column <= now + timedelta(days=1)


def _hour(at: datetime, since: datetime) -> int:
    return int((at - since) / timedelta(hours=1))


def _seconds(began: datetime, ended: datetime | None) -> float | None:
    """A clock that went back in between makes it no time at all, never less."""
    return None if ended is None else max(0.0, (ended - began).total_seconds())


def _count(conn: Connection, condition: object) -> int:
    return int(conn.execute(select(func.count()).where(condition)).scalar_one())  # type: ignore[arg-type]
