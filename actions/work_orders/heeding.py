"""What a ticket system tells of an order: taken over into its way, and told to its person.

Other systems have other stations and skip some of ours, so an order goes straight to the station
the news stands for. Forward is always possible; back only by news that mean to go back. News older
than what is known already, or of a station the order has left, change nothing any more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection

from actions.work_orders import nodes as stations
from actions.work_orders.news import Teller
from actions.work_orders.steps import (
    HELPERS_MOST,
    NOTE_MOST,
    UNIT_MOST,
    Said,
    unit_name,
    units,
)
from actions.work_orders.tickets import News, Status, Taken
from actions.work_orders.way import Step
from connectors import logs
from connectors.sanitize import printable
from connectors.store import audit, follow_ups, order_work, ticket_events, tickets, work_orders
from connectors.store.conversations import Conversation
from connectors.store.follow_up_tables import Result
from connectors.store.work_orders import WorkOrder
from connectors.texts import Texts

log = logs.get(__name__)

OF_A_SYSTEM = "ticket:"  # before the name of a system that took a step


class Heeded(StrEnum):
    """What became of news."""

    APPLIED = "applied"
    LATE = "late"  # overtaken by what is known already


@dataclass(frozen=True, slots=True)
class Effect:
    """What news did. ``told``: the conversations in which something was said of it."""

    heeded: Heeded
    told: tuple[Conversation, ...] = ()
    second: str | None = None
    """Another number than the one the order has: the first stays, somebody must look."""


# Where the order stands after it, and the step of ours it is like. None: where it stood.
_MEANING: Mapping[Status, tuple[str | None, Step | None]] = {
    Status.ACCEPTED: (stations.DISPATCHED, Step.CHECK),
    Status.DISPATCHED: (stations.SIGNED, Step.DISPATCH),
    Status.SIGNED: (stations.HANDLED, Step.SIGN),
    Status.RETURNED: (stations.DISPATCHED, Step.RETURN),
    Status.NOTED: (None, None),
    Status.ANSWERED: (stations.REVIEWED, Step.ANSWER),
    Status.REFUSED: (stations.HANDLED, Step.REFUSE),
    Status.CLOSED: (stations.ASKED, Step.APPROVE),
    Status.REJECTED: (stations.ASKED, None),
    Status.REOPENED: (stations.HANDLED, Step.REOPEN),
    Status.WITHDRAWN: (None, None),
    Status.ARCHIVED: (stations.ARCHIVED, Step.ARCHIVE),
}
_BACK = frozenset({Status.RETURNED, Status.REFUSED, Status.REOPENED})
_ORDER = {name: place for place, name in enumerate(stations.STATIONS)}


def taken(
    conn: Connection, teller: Teller, order: WorkOrder, answer: Taken, now: datetime
) -> Effect:
    """The ticket system has taken the order, and said its number, or a token for it, or neither.

    What it told before it said the number is heeded now.
    """
    ticket = order.ticket
    assert ticket is not None
    receipt = printable(answer.receipt or "")
    if not receipt:
        tickets.keep_token(conn, order.number, answer.token)
        return Effect(Heeded.APPLIED)
    if not tickets.accept(conn, order.number, receipt, now):
        return _second(conn, order, receipt, now)
    told = teller.final(conn, order, receipt, now)
    effects = [Effect(Heeded.APPLIED, (told,) if told else ())]
    for event in ticket_events.waiting(conn, ticket.system, receipt):
        fresh = work_orders.by_number(conn, order.number)
        assert fresh is not None
        effect = heed(conn, teller, fresh, news_of(event.body, event.at), now)
        ticket_events.settle(conn, event, order.number, effect.heeded.value)
        effects.append(effect)
    return Effect(Heeded.APPLIED, tuple(talk for one in effects for talk in one.told))


def heed(conn: Connection, teller: Teller, order: WorkOrder, news: News, now: datetime) -> Effect:
    """Takes news over, in the caller's transaction, who holds the order."""
    ticket = order.ticket
    assert ticket is not None
    numbered = Effect(Heeded.APPLIED)
    if news.receipt and news.receipt != ticket.receipt:
        numbered = taken(conn, teller, order, Taken(news.receipt), now)
        if numbered.second:
            return numbered
        order = work_orders.by_number(conn, order.number) or order
    news = replace(
        news,
        at=min(news.at, now),
        unit=unit_name(news.unit)[:UNIT_MOST],
        helpers=tuple(unit_name(one)[:UNIT_MOST] for one in news.helpers[:HELPERS_MOST]),
        note=printable(news.note)[:NOTE_MOST],
        answer=printable(news.answer)[:NOTE_MOST],
    )
    effect = _moved(conn, teller, order, news, now)
    return replace(effect, told=(*numbered.told, *effect.told))


def _moved(conn: Connection, teller: Teller, order: WorkOrder, news: News, now: datetime) -> Effect:
    ticket = order.ticket
    assert ticket is not None
    target, step = _MEANING[news.status]
    if _overtaken(order, news, target, ticket.status_at):
        return Effect(Heeded.LATE)
    if target is not None:
        _go(conn, teller.texts, order, news, target)
    changes = _changes(order, news)
    if changes:
        order_work.set_handling(conn, order.number, changes)
    if news.status is Status.REOPENED:
        order_work.run_anew(conn, order, news.at)
    here = stations.current(order.nodes)
    actor, note = f"{OF_A_SYSTEM}{ticket.system}", news.answer or news.note or news.unit or None
    order_work.add_step(
        conn,
        news.at,
        order.number,
        actor=actor[:64],
        step=step.value if step else news.status.value,
        station=here.name if here else "",
        note=note,
    )
    tickets.heeded(conn, order.number, news.at)
    if news.status is Status.WITHDRAWN or target not in (None, stations.ASKED):
        follow_ups.end(conn, order.number, Result.OVERTAKEN, actor[:64], now)
    told = _tell(conn, teller, order, news, step, now)
    return Effect(Heeded.APPLIED, (told,) if told else ())


def _overtaken(order: WorkOrder, news: News, target: str | None, known: datetime | None) -> bool:
    """Whether news tell nothing that is still so."""
    if known is not None and news.at < known:
        return True
    if order.status == "withdrawn":
        return True
    if order.status == "closed":
        return news.status is not Status.REOPENED
    if news.status is Status.NOTED or target is None:
        return False
    here = stations.current(order.nodes)
    place = _ORDER[here.name] if here else len(_ORDER)
    if news.status in _BACK:
        return place <= _ORDER[target]
    if place == _ORDER[target]:  # said again, unless it went to another unit
        return not (news.unit and news.unit != order.handling.unit)
    return place > _ORDER[target]


def _go(conn: Connection, texts: Texts, order: WorkOrder, news: News, target: str) -> None:
    unit = news.unit or order.handling.unit
    named = units(texts, unit, news.helpers or order.handling.helpers) if unit else None
    notes = {
        stations.DISPATCHED: texts.say("order_note_unit", unit=named) if named else None,
        stations.ANSWERED: news.answer or order.handling.answer,
        stations.REVIEWED: texts.say(f"order_outcome_{news.outcome or 'unsaid'}"),
    }
    to = None if news.status is Status.ARCHIVED else target
    moved = stations.moved(order.nodes, to, news.at, texts.say("office_name"), unit, notes)
    order_work.set_nodes(conn, order.number, moved)


def _changes(order: WorkOrder, news: News) -> dict[str, object]:
    changes: dict[str, object] = {}
    if news.unit:
        changes |= {"unit": news.unit, "helpers": list(news.helpers)}
    if news.answer:
        changes["answer"] = news.answer
    if news.due_at is not None and news.due_at != order.filed.due_at:
        changes["due_at"] = news.due_at
    match news.status:
        case Status.RETURNED:
            changes |= {"unit": None, "helpers": None}
        case Status.CLOSED if news.outcome:
            changes["outcome"] = news.outcome
        case Status.REJECTED:
            changes |= {"outcome": "procedural", "answer": news.answer or news.note}
        case Status.REOPENED:
            changes |= {"outcome": None, "status": "open"}
        case Status.WITHDRAWN:
            changes["status"] = "withdrawn"
        case Status.ARCHIVED:
            changes["status"] = "closed"
    return changes


def _tell(
    conn: Connection,
    teller: Teller,
    order: WorkOrder,
    news: News,
    step: Step | None,
    now: datetime,
) -> Conversation | None:
    if news.status is Status.REJECTED:
        reason = news.note or news.answer or teller.texts.say("order_answer_unsaid")
        return teller.reject(conn, order, reason, now)
    if news.status is Status.NOTED:
        if not news.note:
            return None
        return teller.say(conn, order, "order_news_note", now, note=news.note)
    if step is None:
        return None
    known = order.handling
    handling = replace(known, unit=news.unit or known.unit, answer=news.answer or known.answer)
    said = Said(unit=news.unit, helpers=news.helpers, outcome=news.outcome)
    return teller.step(conn, replace(order, handling=handling), step, said, now)


def _second(conn: Connection, order: WorkOrder, receipt: str, now: datetime) -> Effect:
    """The order has a number already. The same again is nothing new; another is an alarm."""
    ticket = tickets.of_order(conn, order.number)
    if ticket is None or ticket.receipt == receipt:
        return Effect(Heeded.APPLIED)
    audit.record(
        conn,
        now,
        actor=f"{OF_A_SYSTEM}{ticket.system}",
        event="ticket.second_number",
        number=order.number,
        first=ticket.receipt,
        second=receipt,
    )
    log.error("ticket.second_number", system=ticket.system, number=order.number)
    return Effect(Heeded.LATE, second=receipt)


def news_of(body: Mapping[str, object], at: datetime) -> News:
    """News as they are kept while it is not known which order they mean."""
    due = body.get("due_at")
    return News(
        Status(str(body["status"])),
        at,
        unit=str(body.get("unit") or ""),
        helpers=tuple(h) if isinstance(h := body.get("helpers"), list) else (),
        note=str(body.get("note") or ""),
        answer=str(body.get("answer") or ""),
        outcome=str(body.get("outcome") or ""),
        due_at=datetime.fromisoformat(str(due)) if due else None,
    )


def kept(news: News) -> dict[str, str | list[str]]:
    """News as JSON, for :func:`news_of`."""
    said: dict[str, str | list[str]] = {
        name: getattr(news, name) for name in ("unit", "note", "answer", "outcome")
    }
    said["status"] = news.status.value
    said["helpers"] = list(news.helpers)
    said["due_at"] = news.due_at.isoformat() if news.due_at else ""
    return {name: value for name, value in said.items() if value}
