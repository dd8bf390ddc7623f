"""Taking a step with an order: its place on the way, what was written, the line in the record.

For those who work on the local register: the desk, and the person's own answer when they are asked
whether it is solved. All in the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from actions.work_orders import nodes as stations
from actions.work_orders.tickets import ChangeKind
from actions.work_orders.way import Step, next_station, station
from connectors.sanitize import printable
from connectors.store import follow_ups, order_work, tickets, work_orders
from connectors.store.follow_up_tables import Result
from connectors.store.work_orders import Node, WorkOrder
from connectors.texts import Texts

NOTE_MOST = 2000  # characters of an answer or a reason
UNIT_MOST = 64
HELPERS_MOST = 8  # units that help with one order
OUTCOMES = ("solved", "partly", "procedural")
HOUSE = "house"  # who took a step, when nobody did: time ran out
_TOLD_ON = {Step.SETTLE: ChangeKind.FOLLOW_UP, Step.REOPEN: ChangeKind.REOPEN}
"""What the person said when they were asked, for the ticket system that worked on the order."""
NEEDS_NOTE = frozenset({Step.RETURN, Step.REFUSE, Step.ANSWER, Step.REOPEN})


class StepRefused(Exception):
    """The step cannot be taken so; ``key`` names the text that says what is missing."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


@dataclass(frozen=True, slots=True)
class Said:
    """What is written with a step: an answer or a reason, the unit it goes to and who helps it, how
    it ended, and what the person said of it (``rating`` 1 to 5)."""

    note: str = ""
    unit: str = ""
    helpers: tuple[str, ...] = ()
    outcome: str = ""
    solved: bool | None = None
    rating: int | None = None


def checked(step: Step, said: Said) -> Said:
    """What was written, cleaned. Raises :class:`StepRefused` when something is missing or long."""
    note, unit, helpers = printable(said.note), unit_name(said.unit), helping(said)
    if len(note) > NOTE_MOST:
        raise StepRefused("order_note_too_long")
    if step in NEEDS_NOTE and not note:
        raise StepRefused("order_needs_note")
    if step is Step.DISPATCH and not 0 < len(unit) <= UNIT_MOST:
        raise StepRefused("order_needs_unit")
    if len(helpers) > HELPERS_MOST or any(len(one) > UNIT_MOST for one in helpers):
        raise StepRefused("order_helpers_too_many")
    if step is Step.APPROVE and said.outcome not in OUTCOMES:
        raise StepRefused("order_needs_outcome")
    if said.rating is not None and not 1 <= said.rating <= 5:
        raise StepRefused("order_needs_rating")
    return replace(said, note=note, unit=unit, helpers=helpers)


def unit_name(written: str) -> str:
    """A unit's name on one line."""
    return " ".join(printable(written).split())


def helping(said: Said) -> tuple[str, ...]:
    """Who helps, each once, and not the unit itself."""
    named = (unit_name(one) for one in said.helpers)
    return tuple(dict.fromkeys(one for one in named if one and one != unit_name(said.unit)))


def units(texts: Texts, unit: str, helpers: tuple[str, ...]) -> str:
    """A unit and who helps it, as people read it."""
    if not helpers:
        return unit
    return texts.say("order_unit_helped", unit=unit, helpers="、".join(helpers))


def take(
    conn: Connection,
    texts: Texts,
    number: str,
    step: Step,
    said: Said,
    *,
    actor: str,
    now: datetime,
    trace_id: str | None = None,
) -> WorkOrder:
    """Takes a step and returns the order as it was before.

    ``trace_id``: of the message it was taken by, if by one.
    Raises ``LookupError`` for an unknown number, :class:`StepRefused` for what is written, and
    :class:`~actions.work_orders.way.ForbiddenStep` when the order stands elsewhere. Of two who take
    one at once, the second is judged by where the first has left the order.
    """
    said = checked(step, said)
    if not order_work.hold(conn, number):
        raise LookupError(number)
    order = work_orders.by_number(conn, number)
    assert order is not None
    here, to = station(order), next_station(order, step)
    notes = _notes(texts, order, step, said, now)
    office = texts.say("office_name")
    moved = stations.moved(order.nodes, to, now, office, order.handling.unit, notes)
    order_work.set_nodes(conn, number, moved)
    if changes := _changes(step, said):
        order_work.set_handling(conn, number, changes)
    if step is Step.REOPEN:
        order_work.run_anew(conn, order, now)
    order_work.add_step(
        conn,
        now,
        number,
        actor=actor,
        step=step.value,
        station=here or "",
        note=units(texts, said.unit, said.helpers) or said.note or None,
    )
    if step in _TOLD_ON:
        kind, solved = _TOLD_ON[step], False if step is Step.REOPEN else said.solved
        tickets.tell(
            conn,
            number,
            kind.value,
            now,
            text=said.note,
            trace_id=trace_id,
            solved=solved,
            rating=said.rating,
        )
        tickets.heeded(conn, number, now)  # what it told before is no longer so
        follow_ups.end(conn, number, _result(solved, actor), actor, now)
    return order


def _result(solved: bool | None, actor: str) -> Result:
    """What came of asking. Without a word it was no answer, or a call in vain."""
    if solved is None:
        return Result.UNANSWERED if actor == HOUSE else Result.UNREACHED
    return Result.SOLVED if solved else Result.UNSOLVED


def unanswered(conn: Connection, texts: Texts, number: str, now: datetime) -> None:
    """Nothing came back in time: the order is archived, and a word that comes later still counts.

    Raises what :func:`take` raises.
    """
    said = Said(note=texts.say("follow_up_unanswered"))
    take(conn, texts, number, Step.SETTLE, said, actor=HOUSE, now=now)
    take(conn, texts, number, Step.ARCHIVE, Said(), actor=HOUSE, now=now)


def settle_late(
    conn: Connection, number: str, *, actor: str, now: datetime, trace_id: str | None = None
) -> None:
    """The person says that it is solved, after the time for it has run out."""
    order_work.set_handling(conn, number, {"solved": True})
    tickets.tell(conn, number, ChangeKind.FOLLOW_UP.value, now, trace_id=trace_id, solved=True)
    follow_ups.answer_late(conn, number, Result.SOLVED, actor, now)


def reopen_closed(
    conn: Connection, order: WorkOrder, note: str, *, actor: str, now: datetime
) -> None:
    """An archived order is handled anew: who was asked elsewhere says that it is not solved."""
    follow_ups.answer_late(conn, order.number, Result.UNSOLVED, actor, now)
    here = stations.moved(order.nodes, stations.HANDLED, now, "", None, {})
    order_work.set_nodes(conn, order.number, here)
    order_work.set_handling(
        conn, order.number, {"status": "open", "outcome": None, "solved": False}
    )
    order_work.run_anew(conn, order, now)
    order_work.add_step(
        conn,
        now,
        order.number,
        actor=actor,
        step=Step.REOPEN.value,
        station=stations.ARCHIVED,
        note=note,
    )


def finish(
    conn: Connection, texts: Texts, number: str, note: str, *, actor: str, now: datetime
) -> None:
    """Archives an order of ours that had nothing for anybody to handle; nothing if it is over."""
    order = work_orders.by_number(conn, number) if order_work.hold(conn, number) else None
    here = station(order) if order is not None else None
    if order is None or here is None or order.ticket is not None:
        return
    done = Node(here, "done", now, texts.say("office_name"), note)  # the others were never passed
    ended = tuple(done if node.name == here else node for node in order.nodes)
    order_work.set_nodes(conn, number, ended)
    order_work.set_handling(conn, number, {"status": "closed", "answer": note})
    archive = Step.ARCHIVE.value
    order_work.add_step(conn, now, number, actor=actor, step=archive, station=here, note=note)


def rate(
    conn: Connection, number: str, rating: int, now: datetime, *, trace_id: str | None = None
) -> None:
    """The person's rating, 1 to 5, once the order is settled."""
    order_work.set_handling(conn, number, {"rating": rating})
    kind = ChangeKind.FOLLOW_UP.value
    tickets.tell(conn, number, kind, now, trace_id=trace_id, solved=True, rating=rating)


def _notes(
    texts: Texts, order: WorkOrder, step: Step, said: Said, now: datetime
) -> Mapping[str, str | None]:
    """What the person will read beside the stations this step passes."""
    match step:
        case Step.DISPATCH:
            named = units(texts, said.unit, said.helpers)
            return {stations.DISPATCHED: texts.say("order_note_unit", unit=named)}
        case Step.ANSWER:
            return {stations.ANSWERED: said.note}
        case Step.APPROVE:
            late = order.filed.due_at is not None and now > order.filed.due_at
            return {
                stations.REVIEWED: texts.say(f"order_outcome_{said.outcome}"),
                stations.PRESSED: texts.say("order_note_pressed" if late else "order_note_in_time"),
            }
        case _:
            return {}


def _changes(step: Step, said: Said) -> dict[str, object]:
    match step:
        case Step.DISPATCH:
            return {"unit": said.unit, "helpers": list(said.helpers)}
        case Step.RETURN:
            return {"unit": None, "helpers": None}
        case Step.ANSWER:
            return {"answer": said.note}
        case Step.APPROVE:
            return {"outcome": said.outcome}
        case Step.SETTLE:
            return {"solved": said.solved, "rating": said.rating}
        case Step.REOPEN:
            return {"outcome": None, "solved": False, "rating": said.rating}
        case Step.ARCHIVE:
            return {"status": "closed"}
        case _:
            return {}
