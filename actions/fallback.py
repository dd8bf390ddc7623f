"""A message no rule is sure about: find out what it is."""

from __future__ import annotations

from dataclasses import dataclass

from rasa_sdk.events import FollowupAction, SlotSet
from rasa_sdk.interfaces import Tracker

from actions import history, offers
from actions.answer import (
    and_the_matter,
    asked_before,
    look_up,
    more,
    question_and_matter,
    shown_before,
)
from actions.base import TurnAction, heard_as
from actions.complaint import opening, outside_form
from actions.complaint import state as complaint_state
from actions.complaint.replies import repeats
from actions.complaint.wording import appeal_words, asked_of_us, phrases
from actions.identity import reading, state
from actions.identity.moving import comes_back, left_here
from actions.orders.lookup import Task
from actions.orders.opening import open_lookup
from actions.quoting import offer_candidates, show
from actions.topics import topics
from actions.turn import Button, Event, Speaker, Turn
from actions.understanding.fields import AppealType
from actions.understanding.text.folding import fold
from actions.understanding.understand import Understanding
from actions.work_orders import number
from connectors.store.work_orders import WorkOrder
from knowledge.judging.judge import Verdict

FAILURES_BEFORE_PERSON = 2
TELLS_A_MATTER = 8  # characters from which a text may be a matter told
LONGEST_CODE = 24  # characters of a message that gives a code and says little else
SURE_OF_KIND = 0.5  # share of the likeliest kind of appeal
LONG_STATEMENT = 12  # characters of a statement that somebody does not make without a reason
LIKELY_TOPIC = 0.6  # of the category's first level, for such a statement
SURE_OF_TOPIC = 0.9  # of the category's first level, where a statement leaves its kind open


@dataclass(frozen=True, slots=True)
class _Heard:
    """A message as it was understood.

    ``asks``: it is put as a question.  ``stated``: it is a statement long enough to tell a matter.
    ``tells``: it is of a kind that is registered; ``sure``: surely so.
    """

    text: str
    read: Understanding
    asks: bool
    stated: bool
    tells: bool
    sure: bool


def _heard(text: str, read: Understanding) -> _Heard:
    asks = asked_of_us.is_question(fold(text))
    stated = not asks and len(text) >= TELLS_A_MATTER
    tells = _is_registered(read.appeal_type)
    needed = LIKELY_TOPIC if len(text) >= LONG_STATEMENT else SURE_OF_TOPIC
    topical = bool(read.category.path) and read.category.confidence[0] >= needed
    sure = tells and (read.appeal.confidence >= SURE_OF_KIND or (stated and topical))
    return _Heard(text, read, asks, stated, tells, sure)


def _is_registered(kind: AppealType | None) -> bool:
    return kind is not None and kind is not AppealType.CONSULT


class Fallback(TurnAction):
    """The knowledge base if it is sure; else a matter, if the text tells one; else a question."""

    action_name = "action_fallback"

    async def act(self, turn: Turn, speaker: Speaker, tracker: Tracker) -> list[Event]:
        return await self.resolve(turn, speaker, tracker)

    async def resolve(self, turn: Turn, speaker: Speaker, tracker: Tracker) -> list[Event]:
        """The message understood; the contact it gives is kept for the matter still to be told."""
        contact = outside_form.contact_in(turn, tracker.get_slot("person"))
        if contact is None:
            return await self._resolve(turn, speaker, tracker)
        offer = offers.standing(tracker)
        if offer is not None and offer["kind"] == offers.VERIFY:
            return heard_as("verify_phone", turn.text, turn, tracker)
        kept = SlotSet("person", contact)
        if outside_form.tells_nothing_else(self.services, turn):
            if await left_here(self.services, turn, tracker):  # 昨天问的电话，今天才答
                return [kept, *heard_as("continue_elsewhere", turn.text, turn, tracker)]
            speaker.say("contact_kept")
            return [kept, *self._kept_waiting(turn, tracker)]
        return [kept, *await self._resolve(turn, speaker, tracker)]

    def _kept_waiting(self, turn: Turn, tracker: Tracker) -> list[Event]:
        """What was told before and not understood yet still stands after a message beside it."""
        offer = offers.standing(tracker)
        if offer is None or not (offer["text"] or offer["kind"] == offers.FORM):
            return []
        return [offers.make(turn, offer["kind"], text=offer["text"])]

    async def _resolve(self, turn: Turn, speaker: Speaker, tracker: Tracker) -> list[Event]:
        text = turn.text.strip()
        if turn.active_form or not text:
            speaker.say("fallback_ask", topics())
            return []
        if asked_of_us.takes_in(fold(text)):
            speaker.say("affirm_nothing")
            return []
        if tracker.get_slot("last_order") and appeal_words.supplement(fold(text)):
            return [FollowupAction("action_open_order")]
        elsewhere = asked_of_us.told_elsewhere(fold(text))
        if elsewhere or await comes_back(self.services, turn, tracker):
            return heard_as("continue_elsewhere", turn.text, turn, tracker)
        if (about := await more(self.services, turn, speaker, tracker)) is not None:
            return about
        if (events := await self._code(turn, text, speaker, tracker)) is not None:
            return events
        if number.read(text) is not None:
            return await open_lookup(self.services, Task.PROGRESS, turn, speaker, tracker)
        heard = _heard(text, complaint_state.understander(self.services, turn)(text))
        if (told := await self._of_a_place(turn, heard, speaker, tracker)) is not None:
            return told
        earlier = await repeats.spoken_of(self.services, turn, heard.read, of_an_order=False)
        if earlier is not None:  # 怎么还在排，科学岛路洗车店
            return await self._opened(turn, text, speaker, tracker, earlier=earlier)
        if outside_form.is_a_grievance(turn):  # 我家门口那堆垃圾到底拉不拉
            return await self._opened(turn, text, speaker, tracker)
        asks = not heard.sure or heard.asks
        if asks and (answered := await self._answered(turn, heard, speaker, tracker)) is not None:
            return answered
        if matter := self._matter(turn, heard, tracker):
            return await self._opened(turn, matter, speaker, tracker)
        return self._ask(turn, text, speaker, tracker)

    async def _of_a_place(
        self, turn: Turn, heard: _Heard, speaker: Speaker, tracker: Tracker
    ) -> list[Event] | None:
        """Who states what is somewhere, or only where, has no question about a rule."""
        somewhere = heard.stated and outside_form.states_of_a_place(turn.text, heard.read)
        if not somewhere and not outside_form.only_where(self.services, turn):
            return None
        text = heard.text
        if not somewhere:
            if await left_here(self.services, turn, tracker):
                return heard_as("continue_elsewhere", turn.text, turn, tracker)
            asked = outside_form.of_what_was_asked(self.services, turn, tracker)
            text = asked or opening.with_what_was_told(text, tracker)
        announced = None if heard.tells else AppealType.COMPLAINT
        return await self._opened(turn, text, speaker, tracker, announced)

    async def _answered(
        self, turn: Turn, heard: _Heard, speaker: Speaker, tracker: Tracker
    ) -> list[Event] | None:
        """The answer, or the candidates, that the knowledge base has; None where it has neither."""
        asked, beside = question_and_matter(turn)
        earlier, before = asked_before(tracker), shown_before(tracker)
        question = asked if beside else heard.text
        found = await look_up(self.services, turn, question, earlier, before)
        answered = SlotSet("failures", None)
        if found.answer.verdict is Verdict.ANSWER:
            show(found, speaker, turn)
            return [answered, *and_the_matter(beside, turn, speaker)]
        if found.answer.verdict is Verdict.CANDIDATES and (beside or not heard.tells):
            offer_candidates(found.answer, speaker)
            said = [offers.make(turn, offers.SAID, text=heard.text)]
            return [answered, *(and_the_matter(beside, turn, speaker) or said)]
        return None

    def _matter(self, turn: Turn, heard: _Heard, tracker: Tracker) -> str:
        """The matter a message tells, by itself or after what was said before it; "" if none."""
        text = heard.text
        if heard.sure and (len(text) >= TELLS_A_MATTER or heard.read.category.topical):
            return text
        whole = opening.with_fragments(text, tracker)
        if whole != text and not phrases.points_only(fold(text)):
            read = complaint_state.understander(self.services, turn)(whole)
            if _is_registered(read.appeal_type) and read.category.path:
                return text
        return outside_form.of_what_was_asked(self.services, turn, tracker)

    async def _opened(
        self,
        turn: Turn,
        text: str,
        speaker: Speaker,
        tracker: Tracker,
        announced: AppealType | None = None,
        earlier: WorkOrder | None = None,
    ) -> list[Event]:
        """A complaint of what ``text`` tells, and its form."""
        events = await opening.open_events(
            self.services, turn, text, speaker, tracker, announced=announced, earlier=earlier
        )
        return [*events, FollowupAction(complaint_state.FORM)]

    async def _code(
        self, turn: Turn, text: str, speaker: Speaker, tracker: Tracker
    ) -> list[Event] | None:
        """Six digits said while a code asked for here is still good: the verification goes on. Once
        it is done, they are the same code again."""
        said = reading.code(text)
        if said is None or len(text) > LONGEST_CODE:
            return None
        phone = await self.services.verification.waiting(turn)
        if phone is not None:
            going_on = state.project(state.Verifying(phone), requested=False)
            return [*going_on, FollowupAction(state.FORM)]
        if turn.verified_phone is None or said != text:
            return None
        speaker.say("verify_already_done", tail=turn.verified_phone[-4:])
        return self._kept_waiting(turn, tracker)

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
            return await self._opened(turn, _of_whom(turn.text), speaker, tracker, announced)
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
