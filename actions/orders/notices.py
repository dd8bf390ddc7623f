"""Of how many steps of an order its person wants to be told: pressed, or said in words."""

from __future__ import annotations

import re

from rasa_sdk.interfaces import Tracker
from sqlalchemy import Connection

from actions.orders import progress
from actions.services import Services
from actions.turn import Speaker, Turn
from actions.understanding.text.folding import fold
from connectors.store import work_orders
from connectors.store.work_orders import WorkOrder

_EVERY = re.compile(
    r"每一?步(?:都|就)?(?:要|给我|跟我|向我)?(?:通知|告诉|提醒|说)|(?:通知|告诉)我每一?步"
)
_MAIN = re.compile(r"只(?:要|用)?(?:通知|告诉)(?:我)?(?:要紧|重要|关键)的?")


async def chosen(services: Services, turn: Turn, speaker: Speaker, tracker: Tracker) -> bool:
    """Whether the message says so, of an order of this conversation; it is then noted and said."""
    which, number = _said(turn, tracker)
    if which not in (progress.EVERY_STEP, progress.MAIN_STEPS) or not number:
        return False
    every = which == progress.EVERY_STEP

    def unit(conn: Connection) -> WorkOrder | None:
        order = work_orders.by_number(conn, number)
        if order is None or order.filed.conversation_id != turn.conversation_id:
            return None
        work_orders.tell_every_step(conn, order.number, every)
        return order

    order = await services.database.transact(unit)
    if order is not None:
        speaker.say("every_step_on" if every else "every_step_off", number=order.receipt)
    return order is not None


def _said(turn: Turn, tracker: Tracker) -> tuple[str, str]:
    """Which of the two, and of which order; empty where nothing is said of it."""
    if turn.is_payload or turn.choice:
        which, _, number = (turn.choice or "").partition(":")
        return which, number
    text = fold(turn.text)
    last = tracker.get_slot("last_order") or ""
    if _EVERY.search(text):
        return progress.EVERY_STEP, last
    return (progress.MAIN_STEPS, last) if _MAIN.search(text) else ("", "")
