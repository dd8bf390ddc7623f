"""A message no rule is sure about: find out what it is."""

from __future__ import annotations

from rasa_sdk.events import FollowupAction, SlotSet
from rasa_sdk.interfaces import Tracker

from actions import history, offers
from actions.answer import (
    and_the_matter,
    look_up,
    more,
    offer_candidates,
    question_and_matter,
    show,
)
from actions.base import TurnAction, heard_as
from actions.complaint import appeal_words, asked_of_us, opening
from actions.complaint import state as complaint_state
from actions.complaint.fields import AppealType
from actions.complaint.folding import fold
from actions.identity import reading, state
from actions.identity.moving import comes_back, left_here
from actions.orders.lookup import Task
from actions.orders.opening import open_lookup
from actions.topics import topics
from actions.turn import Button, Event, Speaker, Turn
from actions.work_orders import number
from knowledge.judge import Verdict

FAILURES_BEFORE_PERSON = 2
TELLS_A_MATTER = 8  # characters from which a text may be a matter told
LONGEST_CODE = 24  # characters of a message that gives a code and says little else
SURE_OF_KIND = 0.5  # share of the likeliest kind of appeal
LONG_STATEMENT = 12  # characters of a statement that somebody does not make without a reason
LIKELY_TOPIC = 0.6  # of the category's first level, for such a statement
SURE_OF_TOPIC = 0.9  # of the category's first level, where a statement leaves its kind open


class Fallback(TurnAction):
    """The knowledge base if it is sure; else a matter, if the text tells one; else a question."""

    action_name = "action_fallback"

    async def act(self, turn: Turn, speaker: Speaker, tracker: Tracker) -> list[Event]:
        return await self.resolve(turn, speaker, tracker)

    async def resolve(self, turn: Turn, speaker: Speaker, tracker: Tracker) -> list[Event]:
        """The message understood; the contact it gives is kept for the matter still to be told."""
        contact = opening.contact_in(turn, tracker.get_slot("person"))
        if contact is None:
            return await self._resolve(turn, speaker, tracker)
        offer = offers.standing(tracker)
        if offer is not None and offer["kind"] == offers.VERIFY:
            return heard_as("verify_phone", turn.text, turn, tracker)
        kept = SlotSet("person", contact)
        if opening.tells_nothing_else(self.services, turn):
            speaker.say("contact_kept")
            return [kept, *self._kept_waiting(turn, tracker)]
        return [kept, *await self._resolve(turn, speaker, tracker)]

    def _kept_waiting(self, turn: Turn, tracker: Tracker) -> list[Event]:
        """What was told before and not understood yet still stands after a message beside it."""
        offer = offers.standing(tracker)
        if offer is None or not offer["text"]:
            return []
        return [offers.make(turn, offer["kind"], text=offer["text"])]

    async def _resolve(self, turn: Turn, speaker: Speaker, tracker: Tracker) -> list[Event]:
        text = turn.text.strip()
        if turn.active_form or not text:
            speaker.say("fallback_ask", topics())
            return []
        if await comes_back(self.services, turn, tracker):
            return heard_as("continue_elsewhere", turn.text, turn, tracker)
        if (about := await more(self.services, turn, speaker, tracker)) is not None:
            return about
        if events := await self._code(turn, text):
            return events
        if number.read(text) is not None:
            return await open_lookup(self.services, Task.PROGRESS, turn, speaker, tracker)
        matter = complaint_state.understander(self.services, turn)(text)
        kind = matter.appeal_type
        tells = kind is not None and kind is not AppealType.CONSULT
        stated = not asked_of_us.is_question(fold(text)) and len(text) >= TELLS_A_MATTER
        needed = LIKELY_TOPIC if len(text) >= LONG_STATEMENT else SURE_OF_TOPIC
        topical = bool(matter.category.path) and matter.category.confidence[0] >= needed
        sure = tells and (matter.appeal.confidence >= SURE_OF_KIND or (stated and topical))
        # Who states what is somewhere has no question about a rule.
        somewhere = stated and opening.states_of_a_place(turn.text, matter)
        if somewhere or opening.only_where(self.services, turn):
            announced = None if tells else AppealType.COMPLAINT
            if not somewhere and await left_here(self.services, turn, tracker):
                return heard_as("continue_elsewhere", turn.text, turn, tracker)
            if not somewhere:
                asked = opening.of_what_was_asked(self.services, turn, tracker)
                text = asked or opening.with_what_was_told(text, tracker)
            events = opening.open_events(
                self.services, turn, text, speaker, tracker, announced=announced
            )
            return [*events, FollowupAction("complaint_form")]
        if not sure or asked_of_us.is_question(fold(text)):
            asked, beside = question_and_matter(turn)
            earlier = history.earlier_questions(tracker)
            found = await look_up(self.services, turn, asked if beside else text, earlier)
            answer = found.answer
            if answer.verdict is Verdict.ANSWER:
                show(found, speaker, turn)
                return [SlotSet("failures", None), *and_the_matter(beside, turn, speaker)]
            if answer.verdict is Verdict.CANDIDATES and (beside or not tells):
                offer_candidates(answer, speaker)
                said = [offers.make(turn, offers.SAID, text=text)]
                return [
                    SlotSet("failures", None),
                    *(and_the_matter(beside, turn, speaker) or said),
                ]
        if sure and (len(text) >= TELLS_A_MATTER or matter.category.topical):
            events = opening.open_events(self.services, turn, text, speaker, tracker)
            return [*events, FollowupAction("complaint_form")]
        if (whole := opening.with_fragments(text, tracker)) != text:
            read = complaint_state.understander(self.services, turn)(whole)
            if read.appeal_type not in (None, AppealType.CONSULT) and read.category.path:
                events = opening.open_events(self.services, turn, text, speaker, tracker)
                return [*events, FollowupAction("complaint_form")]
        if asked := opening.of_what_was_asked(self.services, turn, tracker):
            events = opening.open_events(self.services, turn, asked, speaker, tracker)
            return [*events, FollowupAction("complaint_form")]
        return self._ask(turn, text, speaker, tracker)

    async def _code(self, turn: Turn, text: str) -> list[Event]:
        """Six digits said while a code asked for here is still good: the verification goes on."""
        if reading.code(text) is None or len(text) > LONGEST_CODE:
            return []
        phone = await self.services.verification.waiting(turn)
        if phone is None:
            return []
        return [*state.project(state.Verifying(phone), requested=False), FollowupAction(state.FORM)]

    def _ask(self, turn: Turn, text: str, speaker: Speaker, tracker: Tracker) -> list[Event]:
        """A useful question; after two in a row, a person."""
        count = failures_before(tracker) + 1
        text = opening.with_fragments(text, tracker)
        failed = SlotSet("failures", {"count": count, "after": turn.message_id})
        if count >= FAILURES_BEFORE_PERSON:
            speaker.say("fallback_offer", (Button("button_human", "/ask_human"), *topics()[:3]))
            return [failed, offers.make(turn, offers.HUMAN, text=text)]
        speaker.say("fallback_ask", topics())
        # Whatever was said is kept: choosing "反映问题" need not say it again.
        return [failed, offers.make(turn, offers.REGISTER, text=text)]


class Clarify(Fallback):
    """Something is up ("有个事想问一下"): ask which sort, with ready answers."""

    action_name = "action_clarify"

    async def act(self, turn: Turn, speaker: Speaker, tracker: Tracker) -> list[Event]:
        about = await more(self.services, turn, speaker, tracker)
        if about is not None:
            return about
        if len(turn.text) >= TELLS_A_MATTER and not turn.is_payload:
            return await self.resolve(turn, speaker, tracker)
        announced = appeal_words.announced(fold(turn.text))
        if announced is not None and not turn.active_form:
            events = opening.open_events(
                self.services, turn, _of_whom(turn.text), speaker, tracker, announced=announced
            )
            return [*events, FollowupAction(complaint_state.FORM)]
        speaker.say("clarify", topics())
        return []


def _of_whom(text: str) -> str:
    """An announcement with whom it is about (我要投诉肯德基); empty where it names nobody."""
    said = fold(text)
    beside = appeal_words.beside_announcement(said)
    return text if beside != said and appeal_words.is_name(beside) else ""


class InformOutside(Fallback):
    """A bare piece of information where nothing was asked: an order's number, or a puzzle."""

    action_name = "action_inform_outside"


def failures_before(tracker: Tracker) -> int:
    """How many messages in a row, up to the one before this, could not be answered."""
    failed = tracker.get_slot("failures")
    if not failed or failed["after"] != history.message_before(tracker):
        return 0
    return int(failed["count"])
