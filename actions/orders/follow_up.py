"""What people say when asked whether it is solved (回访): settled and rated, or handled anew.

Said out of the blue, with no order that waits for the answer, it is taken as thanks or as regret.
"""

from __future__ import annotations

from rasa_sdk.events import FollowupAction
from rasa_sdk.interfaces import Tracker
from sqlalchemy import Connection

from actions import offers, payloads
from actions.answer import another_case, shown_before
from actions.base import TurnAction, heard_as
from actions.complaint import opening, outside_form
from actions.complaint import state as complaint_state
from actions.feedback import said_after
from actions.services import Services
from actions.turn import Button, Event, Speaker, Turn
from actions.understanding.text.folding import fold
from actions.work_orders import nodes, steps, verdict, way
from actions.work_orders.news import ASKED
from actions.work_orders.register import RecordKind
from connectors import logs
from connectors.store import follow_ups, order_work, work_orders
from connectors.store.votes import Vote
from connectors.store.work_orders import WorkOrder
from knowledge.questions.question import what_about

RATING = "rating"  # kinds of a choice: "rating:<number>:<1 to 5>"
REASON = "reason"  # "reason:<number>:<one of REASONS>"
REOPEN = "reopen"  # "reopen:<number>"
REASONS = ("nobody", "undone", "again", "untrue", "manner")
STARS = ("1", "2", "3", "4", "5")  # in this order: whoever answers by a digit means that many
LOW = 2  # a rating up to this one is met with an apology, handling it anew and a person


class RateGood(TurnAction):
    """It is solved: the order is settled and archived, and a rating asked for, once."""

    action_name = "action_rate_good"

    async def act(self, turn: Turn, speaker: Speaker, tracker: Tracker) -> list[Event]:
        if (turn.choice or "").startswith(f"{RATING}:"):
            _, number, stars = (turn.choice or "").split(":", 2)
            if stars in STARS:
                return await rate(self.services, turn, speaker, number, int(stars))
            speaker.say("rated_thanks")
            return []
        settled = await self._settle(turn)
        if settled is None:
            about = await said_after(self.services, turn, speaker, tracker, Vote.UP)
            if about is None:
                speaker.say("rated_good")
            return about or []
        points = (
            Button(f"button_stars_{n}", _choice("rate_good", RATING, settled.number, n))
            for n in STARS
        )
        speaker.say("follow_up_settled", points, number=settled.receipt)
        return [offers.make(turn, offers.RATING, text=settled.number)]

    async def _settle(self, turn: Turn) -> WorkOrder | None:
        texts, now, trace_id = self.services.texts, turn.now, logs.trace_id()

        def unit(conn: Connection) -> WorkOrder | None:
            order = waiting(conn, turn)
            if order is not None:
                verdict.settle(conn, texts, order.number, now, trace_id=trace_id)
            elif (order := _unanswered(conn, turn)) is not None:
                verdict.settle_late(conn, order.number, now, trace_id=trace_id)
            return order

        return await self.services.database.transact(unit)


async def rate(
    services: Services, turn: Turn, speaker: Speaker, number: str, rating: int
) -> list[Event]:
    """Points for an order that was filed or asked about here, kept and thanked for; few of them are
    met with an apology, handling it anew and a person."""
    trace_id = logs.trace_id()

    def unit(conn: Connection) -> bool:
        order = _of_this_talk(conn, turn, number)
        if order is not None and order.handling.rating != rating:  # pressed twice is said once
            steps.rate(conn, number, rating, turn.now, trace_id=trace_id)
        return order is not None

    noted = await services.database.transact(unit)
    if noted and rating <= LOW:
        again = Button("button_reopen", _choice("rate_bad", REOPEN, number))
        speaker.say("rated_low", (again, Button("button_human", "/ask_human")))
    else:
        speaker.say("rated_thanks")
    return []


class RateBad(TurnAction):
    """It is not solved: the order is handled anew, and why is asked, once; the reason goes to
    whoever handles it."""

    action_name = "action_rate_bad"

    async def act(self, turn: Turn, speaker: Speaker, tracker: Tracker) -> list[Event]:
        kind, _, rest = (turn.choice or "").partition(":")
        if kind == REASON:
            number, _, why = rest.partition(":")
            reason = speaker.text(f"follow_up_reason_{why}") if why in REASONS else ""
            return await note_reason(self.services, turn, speaker, number, reason)
        order = await self._reopened(turn, speaker, rest if kind == REOPEN else None)
        person = Button("button_human", "/ask_human")
        if order is not None:
            reasons = (
                Button(f"follow_up_reason_{why}", _choice("rate_bad", REASON, order.number, why))
                for why in REASONS
            )
            speaker.say("follow_up_reopened", (*reasons, person), number=order.receipt)
            return [offers.make(turn, offers.REASON, text=order.number)]
        events = await another_case(self.services, turn, speaker, tracker)
        if events is not None:  # what about another case, in words like regret
            return events
        if not turn.is_payload and shown_before(tracker) and what_about(fold(turn.text)):
            return heard_as("ask_policy", turn.text, turn, tracker)  # 不满意呢, of what is decided
        about = await said_after(self.services, turn, speaker, tracker, Vote.UNSOLVED)
        if about is not None:
            return about
        if outside_form.tells_a_trouble(self.services, turn):
            events = await opening.open_events(self.services, turn, turn.text, speaker, tracker)
            return [*events, FollowupAction(complaint_state.FORM)]
        speaker.say("rated_bad", (person, Button("button_progress", "/query_progress")))
        return []

    async def _reopened(
        self, turn: Turn, speaker: Speaker, archived: str | None
    ) -> WorkOrder | None:
        """The order that is handled anew: the one that waits for an answer, or the one just
        ``archived`` with few points."""
        said = speaker.text("follow_up_unsolved_note") if turn.is_payload else turn.text
        texts, now, trace_id = self.services.texts, turn.now, logs.trace_id()

        def unit(conn: Connection) -> WorkOrder | None:
            if archived is None:
                order = waiting(conn, turn)
                if order is not None:
                    verdict.reopen(conn, texts, order.number, said, now, trace_id=trace_id)
                elif (order := _unanswered(conn, turn)) is not None:
                    verdict.reopen_archived(conn, order, said, now, trace_id=trace_id)
                return order
            order = _of_this_talk(conn, turn, archived)
            if order is not None and order.status == "closed":
                verdict.reopen_archived(conn, order, said, now, trace_id=trace_id)
            return order

        return await self.services.database.transact(unit)


async def note_reason(
    services: Services, turn: Turn, speaker: Speaker, number: str, reason: str
) -> list[Event]:
    """Why it is not solved goes to whoever handles the order anew."""
    known = await services.database.read(lambda conn: _of_this_talk(conn, turn, number))
    person = Button("button_human", "/ask_human")
    if known is None or not reason:
        speaker.say("rated_bad", (person, Button("button_progress", "/query_progress")))
        return []
    await services.work_orders.add(
        number,
        RecordKind.SUPPLEMENT,
        speaker.text("follow_up_reason_note", reason=reason),
        key=f"{number}:{turn.message_id}"[:80],
        conversation_id=turn.conversation_id,
    )
    more = Button("button_supplement", "/supplement_order")
    speaker.say("follow_up_reason_noted", (more, person), reason=reason)
    return []


def _choice(intent: str, *parts: str) -> str:
    return payloads.compose(intent, ":".join(parts))


def _of_this_talk(conn: Connection, turn: Turn, number: str) -> WorkOrder | None:
    """The order of that number, if it was filed or asked about here; nobody else's is touched."""
    order = work_orders.by_number(conn, number)
    if order is None or turn.conversation_id is None:
        return None
    here = order.filed.conversation_id == turn.conversation_id
    return order if here or number in _asked_here(conn, turn.conversation_id) else None


def _asked_here(conn: Connection, conversation_id: str) -> list[str]:
    """The orders asked about in a conversation, the latest first."""
    return [one.number for one in follow_ups.asked_in(conn, conversation_id)]


def waiting(conn: Connection, turn: Turn) -> WorkOrder | None:
    """The order that waits for the person's word: the one the button names, else the latest of
    those they filed, or were asked about here."""
    if turn.conversation_id is None or turn.contact_id is None:
        return None
    kind, _, named = (turn.choice or "").partition(":")
    mine = [row.number for row in order_work.of_person(conn, turn.contact_id, turn.conversation_id)]
    for number in dict.fromkeys((*_asked_here(conn, turn.conversation_id), *mine)):
        if kind == ASKED and number != named:
            continue
        order = work_orders.by_number(conn, number)
        if order is not None and way.station(order) == nodes.ASKED:
            return order
    return None


def _unanswered(conn: Connection, turn: Turn) -> WorkOrder | None:
    """The order the button names, archived because the answer had not come in time."""
    kind, _, named = (turn.choice or "").partition(":")
    order = _of_this_talk(conn, turn, named) if kind == ASKED else None
    if order is None or order.status != "closed" or order.handling.solved is not None:
        return None
    return order
