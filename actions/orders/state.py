"""A look-up in Rasa's tracker."""

from __future__ import annotations

from rasa_sdk.interfaces import Tracker

from actions.base import set_slots
from actions.orders.lookup import Lookup, Slot
from actions.turn import Event

FORM = "order_form"


def load(tracker: Tracker) -> Lookup | None:
    data = tracker.get_slot("order")
    return Lookup.from_json(data) if data else None


def project(lookup: Lookup, *, requested: bool = True) -> list[Event]:
    """The events that put a look-up into the tracker and the form's slots."""
    slots = {**lookup.slots(), "order": lookup.to_json()}
    if requested:
        asked = lookup.next_slot()
        slots["requested_slot"] = asked.value if asked else None
    return set_slots(**slots)


def forget() -> list[Event]:
    """The events that end the look-up."""
    return set_slots(**dict.fromkeys((*Slot, "order", "requested_slot")))
