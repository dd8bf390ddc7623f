"""Orders about the same matter, beside an order: whose they are, and by which fields they match."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from actions.work_orders import alike
from actions.work_orders.alike import Likeness, Reason
from connectors.desk.office import Office
from connectors.store import order_matters, order_work
from connectors.store.order_matters import Sketch
from connectors.store.work_orders import WorkOrder

REASONS = (Reason.CATEGORY, Reason.PLACE, Reason.TIME, Reason.WORDS)


@dataclass(frozen=True, slots=True)
class Neighbour:
    """``same_person``: they told it before or after; else it is of the cluster of many people."""

    number: str
    same_person: bool
    words: str
    why: tuple[str, ...]


async def neighbours(office: Office, order: WorkOrder) -> list[Neighbour]:
    """What was linked to the order or it to, and what its person told about the same matter."""
    filed = order.filed
    own = Sketch(
        order.number,
        order.created_at,
        filed.category,
        filed.place_text or "",
        filed.place_region,
        filed.content,
        None
        if filed.latitude is None or filed.longitude is None
        else (filed.latitude, filed.longitude),
    )

    def unit(conn: Connection) -> tuple[set[str], list[Sketch]]:
        theirs: set[str] = set()
        if filed.contact_id is not None:
            rows = order_work.of_person(conn, filed.contact_id, filed.conversation_id or "")
            theirs = {row.number for row in rows} - {order.number}
        span = alike.CLUSTER_WITHIN
        after = order_matters.linked_to(
            conn, order.number, order.created_at - span, order.created_at + span
        )
        wanted = {*filed.related, *after, *theirs} - {order.number}
        return theirs, order_matters.of_numbers(conn, wanted) if wanted else []

    theirs, sketches = await office.database.read(unit)
    linked = [one for one in sketches if one.number not in theirs]
    repeated = [
        one
        for one in sketches
        if one.number in theirs
        and abs(own.at - one.at) <= alike.REPEATED_WITHIN
        and (alike.told_again(own, [one]) or alike.told_again(one, [own]))
    ]
    return [
        Neighbour(one.number, one in repeated, one.words, _why(office, alike.likeness(own, one)))
        for one in (*repeated, *linked)
    ]


def _why(office: Office, found: Likeness) -> tuple[str, ...]:
    values = {
        Reason.CATEGORY: "/".join(found.category),
        Reason.PLACE: f"{found.place:.0%}",
        Reason.TIME: f"{found.apart.total_seconds() / 86400:.1f}",
        Reason.WORDS: f"{found.words:.0%}",
    }
    return tuple(
        office.texts.say(f"alike_{reason.value}", "", value=values[reason])
        for reason in REASONS
        if reason in found.reasons
    )
