"""Asking people whether their order is solved (回访): begun, looked at, ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, func, insert, literal, or_, select, update

from connectors.store.follow_up_tables import Result, Way, Why, follow_ups
from connectors.store.follow_up_tables import still_open as _open
from connectors.store.order_tables import standing_at, work_order_nodes, work_orders
from connectors.store.schema import deliveries, messages


@dataclass(frozen=True, slots=True)
class FollowUp:
    id: int
    number: str
    began_at: datetime
    way: Way
    why: Why | None
    conversation_id: str | None
    message_id: str | None
    tries: int
    tried_at: datetime | None
    ended_at: datetime | None
    result: Result | None


@dataclass(frozen=True, slots=True)
class Call:
    """An order whose person must be called. ``phone`` is whole."""

    follow_up: FollowUp
    title: str
    urgency: str
    phone: str | None
    name: str | None
    unit: str | None


@dataclass(frozen=True, slots=True)
class Counts:
    """Of those begun since a day: how many in all, how they were asked, what came of them."""

    begun: int = 0
    to_call: int = 0
    waiting: int = 0
    solved: int = 0
    unsolved: int = 0
    unanswered: int = 0
    unreached: int = 0


def begin(
    conn: Connection,
    number: str,
    now: datetime,
    way: Way,
    *,
    why: Why | None = None,
    conversation_id: str | None = None,
    message_id: str | None = None,
) -> None:
    """The work on an order is done; what was open of it before is overtaken by this."""
    end(conn, number, Result.OVERTAKEN, "house", now)
    conn.execute(
        insert(follow_ups).values(
            number=number,
            began_at=now,
            way=way.value,
            why=why.value if why else None,
            conversation_id=conversation_id,
            message_id=message_id,
        )
    )


def end(conn: Connection, number: str, result: Result, by: str, now: datetime) -> None:
    """What came of it; nothing if nothing is open."""
    conn.execute(
        update(follow_ups)
        .where(follow_ups.c.number == number, _open)
        .values(ended_at=now, result=result.value, ended_by=by)
    )


def answer_late(conn: Connection, number: str, result: Result, by: str, now: datetime) -> None:
    """A word that came after the time had run out counts after all."""
    last = select(func.max(follow_ups.c.id)).where(follow_ups.c.number == number)
    conn.execute(
        update(follow_ups)
        .where(follow_ups.c.id == last.scalar_subquery())
        .values(ended_at=now, result=result.value, ended_by=by)
    )


def to_call(conn: Connection, follow_up: FollowUp, why: Why) -> None:
    """Writing has led nowhere: a person calls."""
    conn.execute(
        update(follow_ups)
        .where(follow_ups.c.id == follow_up.id, _open)
        .values(way=Way.CALL.value, why=why.value)
    )


def asked_at(conn: Connection, follow_up: FollowUp, conversation_id: str, message_id: str) -> None:
    """The question went another way than it began."""
    conn.execute(
        update(follow_ups)
        .where(follow_ups.c.id == follow_up.id, _open)
        .values(conversation_id=conversation_id, message_id=message_id)
    )


def tried(conn: Connection, number: str, now: datetime) -> int:
    """Somebody called in vain; how often that was now. 0: nobody has to call."""
    row = conn.execute(
        update(follow_ups)
        .where(follow_ups.c.number == number, _open, follow_ups.c.way == Way.CALL.value)
        .values(tries=follow_ups.c.tries + 1, tried_at=now)
        .returning(follow_ups.c.tries)
    ).first()
    return int(row[0]) if row else 0


def any_over(conn: Connection) -> bool:
    """Whether anybody is still to be asked about an order that is over."""
    return conn.execute(select(follow_ups.c.id).where(_open, _over).limit(1)).first() is not None


def end_over(conn: Connection, now: datetime) -> None:
    """Nobody is asked about orders that are over: withdrawn, say."""
    conn.execute(
        update(follow_ups)
        .where(_open, _over)
        .values(ended_at=now, result=Result.OVERTAKEN.value, ended_by="house")
    )


_over = follow_ups.c.number.in_(
    select(work_orders.c.number).where(
        work_orders.c.number == follow_ups.c.number, work_orders.c.status != "open"
    )
)


# Looking ----------------------------------------------------------------------------------------

_columns = [follow_ups.c[name] for name in FollowUp.__dataclass_fields__]


def latest(conn: Connection, number: str) -> FollowUp | None:
    """The last follow-up of an order, open or ended."""
    query = select(*_columns).where(follow_ups.c.number == number)
    row = conn.execute(query.order_by(follow_ups.c.id.desc()).limit(1)).first()
    return _of(tuple(row)) if row else None


def asked_in(conn: Connection, conversation_id: str, limit: int = 20) -> list[FollowUp]:
    """What was asked in a conversation, the latest first."""
    rows = conn.execute(
        select(*_columns)
        .where(follow_ups.c.conversation_id == conversation_id)
        .order_by(follow_ups.c.id.desc())
        .limit(limit)
    )
    return [_of(tuple(row)) for row in rows]


def not_begun(conn: Connection, station: str, limit: int) -> list[str]:
    """Open orders that stand at that station and nobody was told to ask about."""
    rows = conn.execute(
        select(work_order_nodes.c.number)
        .join(work_orders, work_orders.c.number == work_order_nodes.c.number)
        .outerjoin(follow_ups, and_(follow_ups.c.number == work_order_nodes.c.number, _open))
        .where(
            standing_at,
            work_order_nodes.c.name == station,
            work_orders.c.status == "open",
            follow_ups.c.id.is_(None),
        )
        .limit(limit)
    )
    return list(rows.scalars())


@dataclass(frozen=True, slots=True)
class Sending:
    """A question that was sent, and how far it got: the state of its delivery and since when."""

    follow_up: FollowUp
    channel: str | None
    state: str | None
    sent_at: datetime | None


def to_look_at(conn: Connection, before: datetime, limit: int) -> list[Sending]:
    """Open questions that were sent before then, or will not arrive the way they went."""
    rows = conn.execute(
        select(*_columns, deliveries.c.channel, deliveries.c.state, deliveries.c.sent_at)
        .outerjoin(deliveries, deliveries.c.message_id == follow_ups.c.message_id)
        .where(
            _open,
            follow_ups.c.way != Way.CALL.value,
            or_(
                deliveries.c.state.in_(("dead", "expired", "moved")),
                deliveries.c.sent_at <= before,
                and_(deliveries.c.id.is_(None), follow_ups.c.began_at <= before),
            ),
        )
        .order_by(follow_ups.c.id)
        .limit(limit)
    )
    return [Sending(_of(tuple(row[:-3])), *row[-3:]) for row in rows]


def moved_to(conn: Connection, message_id: str, key: str) -> tuple[str, str] | None:
    """(conversation, message) a question was said in instead; ``key`` begins the name of what was
    moved."""
    row = conn.execute(
        select(messages.c.conversation_id, messages.c.id)
        .join(deliveries, deliveries.c.message_id == message_id)
        .where(messages.c.dedup_key == literal(key) + deliveries.c.id)
    ).first()
    return (row[0], row[1]) if row else None


def calls(conn: Connection, limit: int = 200) -> list[Call]:
    """Who must be called: urgent matters first, then who has waited longest."""
    o = work_orders.c
    rows = conn.execute(
        select(*_columns, o.title, o.urgency, o.contact_phone, o.contact_name, o.unit)
        .join(work_orders, o.number == follow_ups.c.number)
        .where(_open, follow_ups.c.way == Way.CALL.value)
        .order_by(o.urgency == "normal", follow_ups.c.began_at)
        .limit(limit)
    )
    return [Call(_of(tuple(row[:-5])), *row[-5:]) for row in rows]


def count_calls(conn: Connection) -> int:
    """How many must be called."""
    query = select(func.count()).where(_open, follow_ups.c.way == Way.CALL.value)
    return int(conn.execute(query).scalar_one())


def counted(conn: Connection, since: datetime) -> Counts:
    """What came of those begun since then; those overtaken do not count."""
    counts = dict.fromkeys(Counts.__dataclass_fields__, 0)
    for way, result, number in conn.execute(
        select(follow_ups.c.way, follow_ups.c.result, func.count())
        .where(
            follow_ups.c.began_at >= since,
            or_(_open, follow_ups.c.result != Result.OVERTAKEN.value),
        )
        .group_by(follow_ups.c.way, follow_ups.c.result)
    ):
        counts["begun"] += number
        counts[result or ("to_call" if way == Way.CALL.value else "waiting")] += number
    return Counts(**counts)


def _of(row: tuple[object, ...]) -> FollowUp:
    known = dict(zip(FollowUp.__dataclass_fields__, row, strict=True))
    known["way"] = Way(str(known["way"]))
    known["why"] = Why(str(known["why"])) if known["why"] else None
    known["result"] = Result(str(known["result"])) if known["result"] else None
    return FollowUp(**known)  # type: ignore[arg-type]
