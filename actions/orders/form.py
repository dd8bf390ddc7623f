"""The actions of ``order_form``: open, validate, ask, and do what was wanted."""

from __future__ import annotations

import re
from dataclasses import replace

from rasa_sdk.events import ActionExecutionRejected, ActiveLoop, FollowupAction, SlotSet
from rasa_sdk.interfaces import Tracker
from sqlalchemy import Connection

from actions import sent
from actions.answer import more
from actions.base import TurnAction, set_slots
from actions.complaint import opening, phrases
from actions.complaint import state as complaint_state
from actions.complaint.fields import AppealType
from actions.complaint.folding import fold
from actions.complaint.summary import count_files
from actions.orders import progress
from actions.orders.lookup import MOST_TRIES, Lookup, Slot, Task, secret_in
from actions.orders.own import asks_for_all, own_order
from actions.services import Services
from actions.turn import Button, Event, Speaker, Turn
from actions.work_orders import number
from actions.work_orders.register import RecordKind, Refusal
from connectors.store import work_orders
from connectors.store.work_orders import WorkOrder

FORM = "order_form"
SURE = 0.5
LEAST_MATTER = 5  # characters that may tell a matter
CERTAIN = 0.85
_TASK_WORDS = (
    (Task.WITHDRAW, re.compile(r"撤回|撤销|撤诉|撤单|撤掉|取消工单|不投诉了")),
    (Task.URGE, re.compile(r"催|抓紧|赶紧办|快点办")),
    (Task.SUPPLEMENT, re.compile(r"补充|追加|再加")),
)
_ABOUT_AN_ORDER = re.compile(
    r"工单|单号|单子|编号|进度|进展|催|撤|补充|结果|回复|答复|处理得|办得|到哪|"
    r"(?:投诉|反映|举报|申请|登记|报)(?:过|的)|上次|上回|之前|刚才"
)
# Inside the look-up these have answers of their own; everything else comes back to the question.
_INTERRUPTIONS = frozenset(
    {
        "abuse", "ask_capability", "ask_human", "ask_identity", "ask_policy", "ask_wait_time",
        "chitchat", "despair", "emergency", "explain_again", "greet", "rate_bad", "rate_good",
        "send_files", "speak_language", "speak_slower", "thank", "threat", "verify_phone",
        "why_need_info",
    }
)  # fmt: skip
_RECORDS = {
    Task.URGE: RecordKind.URGE,
    Task.SUPPLEMENT: RecordKind.SUPPLEMENT,
    Task.WITHDRAW: RecordKind.WITHDRAW,
}


class OpenOrder(TurnAction):
    """Begin a look-up with whatever the message says of it."""

    action_name = "action_open_order"

    async def act(self, turn: Turn, speaker: Speaker, tracker: Tracker) -> list[Event]:
        if await self._told_of(turn, speaker):
            return [ActiveLoop(None), *forget()]
        intent, _ = turn.best_intent()
        said = "" if turn.is_payload else phrases.supplement(fold(turn.text))
        if said:
            return await self._supplement(said, turn, speaker, tracker)
        task = Task(intent) if intent in set(Task) else Task.PROGRESS
        if turn.confidence < CERTAIN:
            task = next((t for t, words in _TASK_WORDS if words.search(turn.text)), task)
        if _tells_a_matter(self.services, turn, tracker):
            events = opening.open_events(self.services, turn, turn.text, speaker, tracker)
            return [ActiveLoop(None), *events, FollowupAction(complaint_state.FORM)]
        if not _ABOUT_AN_ORDER.search(turn.text):
            # "几天能办好" after a rule was shown asks about the rule.
            answered = await more(self.services, turn, speaker, tracker)
            if answered is not None:
                return [ActiveLoop(None), *answered, *forget()]
        own = await own_order(self.services, task, turn, speaker, tracker)
        if isinstance(own, Lookup):
            return [ActiveLoop(None), *project(own, requested=False)]
        if own:  # the form finds nothing to look up and is over
            return [ActiveLoop(None), *forget()]
        return await open_events(self.services, task, turn, speaker, tracker)

    async def _told_of(self, turn: Turn, speaker: Speaker) -> bool:
        """Whether the press of a button said of how many steps the person wants to be told."""
        which, _, number_ = (turn.choice or "").partition(":")
        if which not in (progress.EVERY_STEP, progress.MAIN_STEPS):
            return False
        every = which == progress.EVERY_STEP

        def unit(conn: Connection) -> WorkOrder | None:
            order = work_orders.by_number(conn, number_)
            if order is None or order.filed.conversation_id != turn.conversation_id:
                return None
            work_orders.tell_every_step(conn, order.number, every)
            return order

        order = await self.services.database.transact(unit)
        if order is not None:
            key = "every_step_on" if every else "every_step_off"
            speaker.say(key, number=order.receipt)
        return order is not None

    async def _supplement(
        self, said: str, turn: Turn, speaker: Speaker, tracker: Tracker
    ) -> list[Event]:
        """ "补充一下，4栋也没水": the order is looked up, and what is added is said already."""
        own = await own_order(self.services, Task.SUPPLEMENT, turn, speaker, tracker)
        if own is True:
            return [ActiveLoop(None), *forget()]
        if own is False:
            own = await _begun(self.services, Task.SUPPLEMENT, turn, speaker, tracker)
        events = project(replace(own, detail=said), requested=False)
        return [ActiveLoop(None), *events, FollowupAction(FORM)]


def _tells_a_matter(services: Services, turn: Turn, tracker: Tracker) -> bool:
    """Whether a message taken for one about an order tells a matter of its own.

    "我家停水两天了，没人管" sounds like urging, but names no order.
    """
    if turn.is_payload or turn.confidence >= CERTAIN or tracker.get_slot("complaint"):
        return False
    if _ABOUT_AN_ORDER.search(turn.text) or number.read(turn.text) is not None:
        return False
    read = complaint_state.understander(services, turn)(turn.text)
    kind = read.appeal_type
    return kind not in (None, AppealType.CONSULT) and read.appeal.confidence >= SURE


def _leaves(services: Services, turn: Turn, text: str) -> bool:
    """Whether somebody asked for an order's number tells a matter instead."""
    if number.read(turn.text) is not None or secret_in(turn.text) or len(text) < LEAST_MATTER:
        return False
    meant = turn.intent in opening.KIND_OF_INTENT and turn.confidence >= SURE
    if not phrases.complains(text) and (not meant or _ABOUT_AN_ORDER.search(text)):
        return False
    kind = complaint_state.understander(services, turn)(turn.text).appeal_type
    return kind not in (None, AppealType.CONSULT)


async def open_events(
    services: Services, task: Task, turn: Turn, speaker: Speaker, tracker: Tracker
) -> list[Event]:
    """Put a look-up into the tracker; the form is still to be started."""
    lookup = await _begun(services, task, turn, speaker, tracker)
    return [ActiveLoop(None), *project(lookup, requested=False)]


async def open_lookup(
    services: Services, task: Task, turn: Turn, speaker: Speaker, tracker: Tracker
) -> list[Event]:
    """The same where no rule starts the form."""
    events = await open_events(services, task, turn, speaker, tracker)
    return [*events, FollowupAction(FORM)]


class ValidateOrderForm(TurnAction):
    """Decide what each message inside the look-up means."""

    action_name = "validate_order_form"

    async def act(self, turn: Turn, speaker: Speaker, tracker: Tracker) -> list[Event]:
        lookup = load(tracker)
        if lookup is None:
            return [SlotSet("requested_slot", None)]
        if lookup.seen == turn.message_id:
            return project(lookup)
        lookup = replace(lookup, seen=turn.message_id)
        text = fold(turn.text).strip()
        asked = lookup.next_slot()
        if _stops(turn, text, asked):
            speaker.say("lookup_stopped")
            return forget()
        before = lookup
        if asked is Slot.DETAIL:
            return self._detail(lookup, turn, text, speaker)
        if not turn.is_payload and asks_for_all(text):
            own = await own_order(self.services, lookup.task, turn, speaker, tracker)
            if own:
                return project(own) if isinstance(own, Lookup) else forget()
        if not turn.is_payload and _leaves(self.services, turn, text):
            events = opening.open_events(self.services, turn, turn.text, speaker, tracker)
            return [*forget(), *events]  # FinishOrder goes on with it
        if not turn.is_payload:
            lookup = await _read(self.services, lookup, turn, speaker)
        if lookup.tries >= MOST_TRIES:
            speaker.say("lookup_given_up")
            speaker.effect({"effect": "handoff", "skill": "general", "reason": "lookup"})
            return forget()
        if lookup != before:
            # A look-up that failed has said what to do; asking again would only repeat it.
            quiet = lookup.tries > before.tries
            return [*project(lookup), SlotSet("hush", turn.message_id if quiet else None)]
        if turn.intent in _INTERRUPTIONS and (turn.is_payload or turn.confidence >= SURE):
            return [SlotSet("order", lookup.to_json()), ActionExecutionRejected(FORM)]
        if tracker.get_slot("complaint") and turn.intent != "repeat_last":
            return forget()  # no number after all: back to the complaint that was left open
        if phrases.is_skip(text):
            speaker.say("lookup_without", (Button("button_human", "/ask_human"),))
        elif turn.intent != "repeat_last":
            speaker.say(f"lookup_again_{asked or Slot.NUMBER}")
            return [*project(lookup), SlotSet("hush", turn.message_id)]
        return project(lookup)

    def _detail(self, lookup: Lookup, turn: Turn, text: str, speaker: Speaker) -> list[Event]:
        """The text of a supplement, or yes or no to withdrawing."""
        if lookup.task is Task.SUPPLEMENT:
            if turn.intent == "ask_human" and turn.confidence >= SURE:
                return [SlotSet("order", lookup.to_json()), ActionExecutionRejected(FORM)]
            words = turn.text.strip()
            if turn.intent == "send_files":
                words = count_files((one.media for one in sent.files(turn)), speaker.text)
            return project(replace(lookup, detail=words or speaker.text("label_place")))
        if turn.intent == "affirm" or phrases.is_yes(text) or phrases.is_cancel(text):
            return project(replace(lookup, detail="yes"))
        if turn.intent == "deny" or phrases.is_no(text):
            speaker.say("withdraw_not")
            return forget()
        speaker.say("form_again")
        return project(lookup)


async def _begun(
    services: Services, task: Task, turn: Turn, speaker: Speaker, tracker: Tracker
) -> Lookup:
    """The look-up with what the message, and the talk before it, say of the order."""
    known = load(tracker)
    lookup = Lookup(task, seen=turn.message_id)
    if turn.is_payload and known is not None and known.secret is not None:
        # A button under an order just shown is about that order, whose digits were given.
        lookup = replace(lookup, number=known.number, secret=known.secret)
    elif not turn.is_payload:
        lookup = await _read(services, lookup, turn, speaker)
    if lookup.number is None and number.read(turn.text) is None:
        lookup = replace(lookup, number=tracker.get_slot("last_order"))
    return lookup


async def _read(services: Services, lookup: Lookup, turn: Turn, speaker: Speaker) -> Lookup:
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


def _stops(turn: Turn, text: str, asked: Slot | None) -> bool:
    if asked is Slot.DETAIL:
        return False
    return phrases.is_cancel(text) or (
        turn.intent in ("cancel", "goodbye", "start_over")
        and (turn.is_payload or turn.confidence >= SURE)
        and secret_in(text) is None
        and len(text) <= phrases.SHORT
    )


class AskOrderSlot(TurnAction):
    """Ask for one slot of the look-up."""

    def __init__(self, services: Services, slot: Slot) -> None:
        super().__init__(services)
        self.slot = slot

    def name(self) -> str:
        return f"action_ask_order_form_{self.slot}"

    async def act(self, turn: Turn, speaker: Speaker, tracker: Tracker) -> list[Event]:
        lookup = load(tracker)
        if lookup is None or tracker.get_slot("hush") == turn.message_id:
            return []
        match self.slot:
            case Slot.NUMBER:
                speaker.say("ask_order_number")
            case Slot.TAIL:
                speaker.say("ask_order_secret", number=lookup.number or "")
            case Slot.DETAIL if lookup.task is Task.WITHDRAW:
                speaker.say(
                    "ask_withdraw",
                    (Button("button_withdraw_yes", "/affirm"), Button("button_keep", "/deny")),
                    number=lookup.number or "",
                )
            case Slot.DETAIL:
                speaker.say("ask_supplement", number=lookup.number or "")
        return []


class FinishOrder(TurnAction):
    """Do what the look-up was for; then come back to a complaint that was left open."""

    action_name = "action_finish_order"

    async def act(self, turn: Turn, speaker: Speaker, tracker: Tracker) -> list[Event]:
        lookup = load(tracker)
        events: list[Event] = []
        if lookup is not None and lookup.number and lookup.secret and lookup.next_slot() is None:
            await self._do(lookup, lookup.number, lookup.secret, turn, speaker)
            events = set_slots(last_order=lookup.number)
            if lookup.task is Task.SUPPLEMENT:
                events += set_slots(sent=None)
        draft = complaint_state.load(tracker)
        if draft is not None:
            if draft.seen != turn.message_id:
                speaker.say("form_resumes")
            events += complaint_state.resume(turn, draft)
        return events

    async def _do(
        self, lookup: Lookup, order_number: str, secret: str, turn: Turn, speaker: Speaker
    ) -> None:
        register = self.services.work_orders
        order = await register.look_up(order_number, secret, turn.conversation_id)
        if not isinstance(order, WorkOrder):  # cannot be: the form has just checked it
            speaker.say("lookup_given_up")
            speaker.effect({"effect": "handoff", "skill": "general", "reason": "lookup"})
            return
        if lookup.task is Task.PROGRESS:
            here = turn.conversation_id == order.filed.conversation_id
            progress.show(order, turn.now, speaker, here=here)
            return
        if order.status != "open":
            speaker.say(f"order_is_{order.status}", number=order.receipt)
            return
        adds = lookup.task is Task.SUPPLEMENT
        files = tuple(one.id for one in sent.files(turn)) if adds else ()
        done = await register.add(
            order.number,
            _RECORDS[lookup.task],
            lookup.detail or turn.text,
            key=f"{order.number}:{turn.message_id}"[:80],
            conversation_id=turn.conversation_id,
            files=files,
        )
        speaker.say(f"order_{_RECORDS[lookup.task]}_done", number=order.receipt, times=done.times)


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
