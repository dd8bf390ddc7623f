"""The same matter again from the same person (智能判重).

Who tells a matter once more is shown the order there is, and chooses: urge it, add to it, or file
anew.
"""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import Connection

from actions.complaint.record.draft import Draft, Field, Privacy, Step, Value
from actions.complaint.wording import appeal_words, phrases
from actions.orders import progress
from actions.services import Services
from actions.turn import Speaker, Turn
from actions.understanding.fields import AppealType
from actions.understanding.text.folding import fold
from actions.understanding.understand import Understanding
from actions.work_orders import alike, nodes
from actions.work_orders.register import RecordKind
from connectors.clock import in_china
from connectors.store import order_matters, work_orders
from connectors.store.identity.people import person_of
from connectors.store.order_matters import Sketch
from connectors.store.work_orders import WorkOrder

_KINDS = (AppealType.COMPLAINT, AppealType.REPORT, AppealType.HELP, AppealType.SUGGESTION)
DOSSIER_FROM = 5
"""Urgings and additions to one order from which a note asks for a dossier (疑难件)."""


async def compared(services: Services, turn: Turn, draft: Draft) -> Draft:
    """The draft, held against the person's open orders once its matter is told, and once more when
    its place is."""
    if draft.compared or not draft.text(Field.MATTER) or turn.contact_id is None:
        return draft
    if draft.step is not Step.COLLECTING:  # one question at a time; this comes with a later message
        return draft
    place = draft.get(Field.PLACE)
    checked = replace(draft, compared=place is not None)
    if draft.kind not in _KINDS or draft.privacy is Privacy.ANONYMOUS:
        return checked
    contact = turn.contact_id
    told = Sketch(
        "",
        turn.now,
        draft.category,
        draft.text(Field.PLACE),
        place.detail.get("region") if place else None,
        draft.text(Field.MATTER),
        _point(place),
    )

    def unit(conn: Connection) -> WorkOrder | None:
        members = person_of(conn, contact).members
        since = turn.now - alike.REPEATED_WITHIN
        found = alike.told_again(told, order_matters.of_contacts(conn, members, since))
        order = work_orders.by_number(conn, found.sketch.number) if found else None
        # Told in the same breath, the orders before it are of other matters.
        beside = order is not None and order.filed.key.rstrip("+") == draft.key.rstrip("+")
        return None if beside else order

    earlier = await services.database.read(unit)
    return met(draft, earlier) if earlier is not None else checked


async def spoken_of(
    services: Services, turn: Turn, read: Understanding, *, of_an_order: bool
) -> WorkOrder | None:
    """The person's open order that a message is about, by what it says of the matter.

    ``of_an_order``: it is known to speak of one, so that less in common will do.
    """
    contact = turn.contact_id
    if contact is None or turn.is_payload:
        return None
    since = turn.now - alike.REPEATED_WITHIN

    def orders(conn: Connection) -> list[Sketch]:
        return order_matters.of_contacts(conn, person_of(conn, contact).members, since)

    earlier = await services.database.read(orders)
    if not earlier:
        return None
    place = read.fields.place
    where, region = (place.text, place.region) if place else ("", None)
    category = read.category.settled if read.category.topical else ()
    said = Sketch("", turn.now, category, where, region, turn.text)
    found = alike.told_again(said, earlier)
    if found is None and of_an_order:
        found = alike.spoken_of(said, earlier)
    if found is None:
        return None
    number = found.sketch.number
    return await services.database.read(lambda conn: work_orders.by_number(conn, number))


async def another_meant(services: Services, turn: Turn, draft: Draft) -> WorkOrder | None:
    """The other order of theirs that somebody speaks of who was shown one (菜市场那个呢)."""
    contact, text = turn.contact_id, fold(turn.text)
    said = appeal_words.about_earlier(text)
    if contact is None or said == "new" or len(text) > phrases.SHORT:
        return None
    since = turn.now - alike.REPEATED_WITHIN

    def unit(conn: Connection) -> WorkOrder | None:
        orders = order_matters.of_contacts(conn, person_of(conn, contact).members, since)
        meant = alike.pointed_at(text, orders)
        if meant is None or meant.number == draft.earlier["number"]:
            return None
        return work_orders.by_number(conn, meant.number)

    return await services.database.read(unit)


async def tell_standing(services: Services, turn: Turn, draft: Draft, speaker: Speaker) -> None:
    """How far the order is that somebody was shown, where they ask that (几天能来人)."""
    number = draft.earlier["number"]
    order = await services.database.read(lambda conn: work_orders.by_number(conn, number))
    if order is not None:
        progress.tell_standing(order, turn.now, speaker)


def met(draft: Draft, earlier: WorkOrder) -> Draft:
    """The draft whose matter is that of an order there is; which of the three is to be asked."""
    station = nodes.current(earlier.nodes)
    day = in_china(earlier.created_at)
    return replace(
        draft,
        compared=True,
        step=Step.SAME,
        earlier={
            "number": earlier.number,
            "month": str(day.month),
            "day": str(day.day),
            "node": station.name if station else nodes.ARCHIVED,
        },
    )


async def record(
    services: Services, turn: Turn, draft: Draft, kind: RecordKind, speaker: Speaker
) -> None:
    """Urge or add to the earlier order, and say so."""
    number = draft.earlier["number"]
    recorded = await services.work_orders.add(
        number,
        kind,
        draft.text(Field.MATTER),
        key=f"{draft.key}:same",
        conversation_id=turn.conversation_id,
        files=tuple(draft.files),
    )
    speaker.say(f"order_{kind.value}_done", number=number, times=str(recorded.times))
    await ask_for_dossier(services, number, speaker)


async def ask_for_dossier(services: Services, number: str, speaker: Speaker) -> None:
    """The fifth time an order is urged or added to opens a dossier note, once."""

    def count(conn: Connection) -> int:
        kinds = (RecordKind.URGE, RecordKind.SUPPLEMENT)
        return sum(work_orders.count_records(conn, number, one) for one in kinds)

    if await services.database.read(count) >= DOSSIER_FROM:
        await services.work_orders.add(
            number,
            RecordKind.SUPPLEMENT,
            speaker.text("dossier_note", times=str(DOSSIER_FROM)),
            key=f"{number}:dossier",
            conversation_id=None,
        )


def _point(place: Value | None) -> tuple[float, float] | None:
    if place is None or "latitude" not in place.detail:
        return None
    return float(place.detail["latitude"]), float(place.detail["longitude"])
