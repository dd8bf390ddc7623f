"""How satisfied somebody is, in words of their own: whether it is solved, how many points, and why
not (现在不漏了, 还行, 就换了一盏)."""

from __future__ import annotations

from rasa_sdk.interfaces import Tracker
from sqlalchemy import Connection

from actions import offers
from actions.base import heard_as
from actions.complaint.wording import asked_of_us
from actions.orders import follow_up, wording
from actions.services import Services
from actions.turn import Event, Speaker, Turn

LONGEST_REASON = 200  # characters of why it is not solved


async def heard(
    services: Services, turn: Turn, text: str, speaker: Speaker, tracker: Tracker
) -> list[Event] | None:
    """What follows from an answer to what was asked about an order done; None where it is none."""
    offer = offers.standing(tracker)
    if offer is not None and offer["kind"] == offers.RATING and (points := wording.stars(text)):
        return await follow_up.rate(services, turn, speaker, str(offer["text"]), points)
    if offer is not None and offer["kind"] == offers.REASON and _is_reason(turn, text):
        return await follow_up.note_reason(services, turn, speaker, str(offer["text"]), turn.text)
    solved = wording.is_solved(text)
    meant = "rate_good" if solved else "rate_bad"
    if solved is None or turn.intent == meant or not await waits(services, turn):
        return None
    return heard_as(meant, turn.text, turn, tracker)


async def waits(services: Services, turn: Turn) -> bool:
    """Whether somebody has been asked if an order is solved, and has not answered."""

    def unit(conn: Connection) -> bool:
        return follow_up.waiting(conn, turn) is not None

    return await services.database.read(unit)


def _is_reason(turn: Turn, text: str) -> bool:
    plainly = turn.intent in ("ask_human", "thank", "goodbye", "cancel", "choose_option", "deny")
    return (
        2 < len(text) <= LONGEST_REASON
        and not (plainly and turn.confidence >= 0.5)
        and not asked_of_us.is_question(text)
    )
