"""What was offered in the bot's last turn: a plain "好的" accepts it, one message later only."""

from __future__ import annotations

from typing import Any

from rasa_sdk.events import SlotSet
from rasa_sdk.interfaces import Tracker

from actions import history
from actions.turn import Event, Turn
from actions.understanding.fields import AppealType

HUMAN = "human"  # to be put through to a person
FORM = "form"  # to go on with a form begun elsewhere
VERIFY = "verify"  # to prove a phone, for what was begun elsewhere
SAID = "said"  # nothing, but what was said stands to be gone on with
RATING = "rating"  # points for the order whose number is the text
REASON = "reason"  # why the order whose number is the text is not solved
CANCELLED = "cancelled"  # nothing, but a complaint just cancelled is taken up again if asked for
PHONE = "phone"  # the number to call of the order whose number is the text
REGISTER = "register"  # to register a question or a matter already told (its text is kept)


def make(
    turn: Turn,
    kind: str,
    *,
    text: str = "",
    appeal: AppealType | None = None,
    draft: dict[str, Any] | None = None,
) -> Event:
    """The event that remembers an offer made in answer to this message.

    ``appeal``: as what kind of appeal ``text`` would be registered, where that is known; ``draft``:
    all that was told of it.
    """
    offer = {
        "kind": kind,
        "text": text,
        "appeal": appeal.value if appeal else None,
        "after": turn.message_id,
        **({"draft": draft} if draft else {}),
    }
    event: Event = SlotSet("offer", offer)
    return event


def standing(tracker: Tracker) -> dict[str, Any] | None:
    """The offer that this message answers, if one was made in the turn just before."""
    offer: dict[str, Any] | None = tracker.get_slot("offer")
    if offer is None or offer.get("after") != history.message_before(tracker):
        return None
    return offer
