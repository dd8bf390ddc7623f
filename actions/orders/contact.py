"""The number to call of an order already handed in, put right (电话留错了，应该是139…)."""

from __future__ import annotations

from rasa_sdk.interfaces import Tracker
from sqlalchemy import Connection

from actions import offers
from actions.base import set_slots
from actions.complaint.record.draft import Field
from actions.complaint.steering import corrections
from actions.complaint.wording import asked_of_us
from actions.orders.own import filed_by
from actions.services import Services
from actions.turn import Event, Speaker, Turn
from actions.understanding.people.contact import find_phone
from connectors.store import work_orders
from connectors.store.work_orders import WorkOrder

TAIL = 4  # digits at most that stand for the end of the number known


async def heard(
    services: Services, turn: Turn, text: str, speaker: Speaker, tracker: Tracker
) -> list[Event] | None:
    """What follows from words that put right the number of the order spoken of last; None where a
    message does not."""
    last = tracker.get_slot("last_order")
    if last is None or asked_of_us.is_question(text):
        return None
    offer = offers.standing(tracker)
    asked = offer is not None and offer["kind"] == offers.PHONE
    correction = corrections.find(text)
    if not asked and (correction is None or correction.field is not Field.PHONE):
        return None
    order = await _open_order(services, turn, last)
    if order is None:
        return None
    value = correction.value if correction is not None else None
    phone = _whole(order.filed.contact_phone or "", value or text)
    if phone is None and asked:
        return None  # something else was said
    if phone is None:
        speaker.say("order_phone_which")
        return [offers.make(turn, offers.PHONE, text=order.number)]
    await services.work_orders.change_phone(
        order.number,
        phone,
        speaker.text("order_phone_note", phone=phone),
        key=f"{order.number}:{turn.message_id}"[:80],
        conversation_id=turn.conversation_id,
    )
    speaker.say("order_phone_changed", number=order.receipt, phone=phone)
    person = {**(tracker.get_slot("person") or {}), "phone": phone}
    return set_slots(person=person, offer=None, failures=None)


async def _open_order(services: Services, turn: Turn, number: str) -> WorkOrder | None:
    """The order of that number, where whoever speaks handed it in and it is still worked on."""

    def unit(conn: Connection) -> WorkOrder | None:
        if number not in {one.number for one in filed_by(conn, turn, number)}:
            return None
        order = work_orders.by_number(conn, number)
        return order if order is not None and order.status == "open" else None

    return await services.database.read(unit)


def _whole(known: str, said: str) -> str | None:
    """The number said, or the number known with its last digits put right; None where neither."""
    if known and said.isdecimal() and len(said) <= TAIL:
        return known[: -len(said)] + said
    phone = find_phone(said)
    return phone.value if phone is not None and phone.valid else None
