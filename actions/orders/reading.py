"""What a message says of an order: its number, and the digits that prove whose it is."""

from __future__ import annotations

from dataclasses import replace

from actions.orders.lookup import MOST_TRIES, Lookup, secret_in
from actions.services import Services
from actions.turn import Speaker, Turn
from actions.understanding.text.folding import fold
from actions.work_orders import number
from actions.work_orders.register import Refusal
from connectors.store.work_orders import WorkOrder


async def read(services: Services, lookup: Lookup, turn: Turn, speaker: Speaker) -> Lookup:
    """Take number and digits out of a message; check them when both are there."""
    reading, text = number.read(turn.text), turn.text
    if reading is None and lookup.number is None:
        called = await services.work_orders.called(text)
        if called is not None:
            lookup = replace(lookup, number=called[0], secret=None)
            text = fold(text).replace(fold(called[1]), " ")
    if reading is not None and reading.number is None:
        speaker.say("lookup_number_misread", written=reading.written.strip())
        return replace(lookup, number=None)
    if reading is not None:
        lookup = replace(lookup, number=reading.number, secret=None)
    secret = secret_in(text) if lookup.secret is None else None
    if lookup.number is None or secret is None:
        return lookup
    found = await services.work_orders.look_up(lookup.number, secret, turn.conversation_id)
    if isinstance(found, WorkOrder):
        return replace(lookup, secret=secret, tries=0)
    if found is Refusal.TOO_MANY_GUESSES:
        return replace(lookup, tries=MOST_TRIES)
    lookup = replace(lookup, tries=lookup.tries + 1)
    if lookup.tries < MOST_TRIES:
        speaker.say("lookup_no_match", left=MOST_TRIES - lookup.tries)
    return lookup
