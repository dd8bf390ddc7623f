"""What people say when asked whether it is solved (回访): settled and rated, or handled anew.

Said out of the blue, with no order that waits for the answer, it is taken as thanks or as regret.
"""

from __future__ import annotations

from rasa_sdk.interfaces import Tracker
from sqlalchemy import Connection

from actions.base import TurnAction
from actions.feedback import said_after
from actions.turn import Button, Event, Speaker, Turn
from actions.work_orders import nodes, steps, verdict
from connectors.store import order_work, work_orders
from connectors.store.votes import Vote
from connectors.store.work_orders import WorkOrder

RATING = "rating"  # kind of a choice: "rating:<number>:<1 to 5>"
STARS = ("5", "4", "3", "2", "1")
LOW = 2  # a rating up to this one is met with an apology and a person


class RateGood(TurnAction):
    """It is solved: the order is settled and archived, and a rating asked for, once."""

    action_name = "action_rate_good"

    async def act(self, turn: Turn, speaker: Speaker, tracker: Tracker) -> list[Event]:
        if (turn.choice or "").startswith(f"{RATING}:"):
            await self._rate(turn, speaker)
            return []
        settled = await self._settle(turn)
        if settled is None:
            about = await said_after(self.services, turn, speaker, tracker, Vote.UP)
            if about is None:
                speaker.say("rated_good")
            return about or []
        stars = (
            Button(f"button_stars_{n}", f'/rate_good{{"choice":"{RATING}:{settled.number}:{n}"}}')
            for n in STARS
        )
        speaker.say("follow_up_settled", stars, number=settled.receipt)
        return []

    async def _settle(self, turn: Turn) -> WorkOrder | None:
        def unit(conn: Connection) -> WorkOrder | None:
            order = _waiting(conn, turn)
            if order is not None:
                verdict.settle(conn, self.services.texts, order.number, turn.now)
            return order

        return await self.services.database.transact(unit)

    async def _rate(self, turn: Turn, speaker: Speaker) -> None:
        _, number, stars = (turn.choice or "").split(":", 2)
        rating = int(stars)

        def unit(conn: Connection) -> bool:
            order = work_orders.by_number(conn, number)
            filed = order.filed if order else None
            if filed is None or turn.conversation_id != filed.conversation_id:
                return False
            steps.rate(conn, number, rating, turn.now)
            return True

        noted = await self.services.database.transact(unit)
        if noted and rating <= LOW:
            speaker.say("rated_low", (Button("button_human", "/ask_human"),))
        else:
            speaker.say("rated_thanks")


class RateBad(TurnAction):
    """It is not solved: the order is handled anew, with what the person says of it."""

    action_name = "action_rate_bad"

    async def act(self, turn: Turn, speaker: Speaker, tracker: Tracker) -> list[Event]:
        said = speaker.text("follow_up_unsolved_note") if turn.is_payload else turn.text

        def unit(conn: Connection) -> WorkOrder | None:
            order = _waiting(conn, turn)
            if order is not None:
                verdict.reopen(conn, self.services.texts, order.number, said, turn.now)
            return order

        order = await self.services.database.transact(unit)
        person = Button("button_human", "/ask_human")
        if order is None:
            about = await said_after(self.services, turn, speaker, tracker, Vote.UNSOLVED)
            if about is not None:
                return about
            speaker.say("rated_bad", (person, Button("button_progress", "/query_progress")))
        else:
            more = Button("button_supplement", "/supplement_order")
            speaker.say("follow_up_reopened", (more, person), number=order.receipt)
        return []


def _waiting(conn: Connection, turn: Turn) -> WorkOrder | None:
    """The person's order that waits for their word; the latest if several do."""
    if turn.conversation_id is None or turn.contact_id is None:
        return None
    mine = order_work.of_person(conn, turn.contact_id, turn.conversation_id)
    asked = (row.number for row in mine if row.status == "open" and row.station == nodes.ASKED)
    number = next(asked, None)
    return work_orders.by_number(conn, number) if number is not None else None
