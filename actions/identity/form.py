"""The actions of ``verify_form``: open, validate, ask, and say that the phone is proved."""

from __future__ import annotations

import math
from dataclasses import replace

from rasa_sdk.events import ActionExecutionRejected, ActiveLoop, SlotSet
from rasa_sdk.interfaces import Tracker

from actions import payloads
from actions.base import TurnAction
from actions.complaint import state as complaint_state
from actions.complaint.wording import phrases
from actions.identity import reading
from actions.identity.moving import offer_form
from actions.identity.state import FORM, MOST_TRIES, Slot, Verifying, forget, load, project
from actions.services import Services
from actions.turn import Button, Event, Speaker, Turn
from actions.understanding.text.folding import fold
from connectors.phones import Fault, Phone, shown
from connectors.store.identity.codes import Issued, Limit, Limited, Outcome, OwnAlready

SURE = 0.5
RESEND = "resend"
RESEND_BUTTON = Button("button_resend_code", payloads.compose("verify_phone", RESEND))
STOP_BUTTON = Button("button_stop_verifying", "/cancel")
HUMAN_BUTTON = Button("button_human", "/ask_human")
ORDERS_BUTTON = Button("button_my_orders", payloads.compose("query_progress", "mine"))
# These have answers of their own, after which the question is asked again.
_INTERRUPTIONS = frozenset(
    {
        "abuse", "ask_capability", "ask_human", "ask_identity", "ask_policy", "ask_wait_time",
        "chitchat", "despair", "emergency", "explain_again", "greet", "speak_language",
        "speak_slower", "thank", "threat", "why_need_info",
    }
)  # fmt: skip
# These open something else: the verification is over, and nothing asks for the code any more.
_LEAVINGS = frozenset(
    {
        "complain", "report_violation", "seek_help", "make_suggestion", "give_praise", "on_behalf",
        "request_anonymous", "request_confidential", "query_progress", "urge_order",
        "supplement_order", "withdraw_order", "continue_elsewhere",
    }
)  # fmt: skip


class OpenVerify(TurnAction):
    """Begin with whatever the message says; say so where no code can be sent."""

    action_name = "action_open_verify"

    async def act(self, turn: Turn, speaker: Speaker, tracker: Tracker) -> list[Event]:
        left = [ActiveLoop(None)] if turn.active_form else []
        if not turn.is_payload and reading.wants_apart(turn.text):
            parted = await self.services.verification.leave(turn)
            speaker.say("verify_left" if parted else "verify_not_linked")
            return [*left, *forget()]
        if not self.services.verification.available:
            speaker.say("verify_unavailable", (HUMAN_BUTTON,))
            return [*left, *forget()]
        given = None if turn.is_payload else _phone_in(self.services, turn)
        if given is None and turn.verified_phone is not None:
            speaker.say("verify_already", (ORDERS_BUTTON,), tail=turn.verified_phone[-4:])
            return [*left, *forget(), *await offer_form(self.services, turn, speaker)]
        state = Verifying(seen=turn.message_id)
        if given is None:
            return [*left, *project(state, requested=False), SlotSet("hush", None)]
        return [*left, *await _ask_code(self.services, state, given, turn, speaker)]


class ValidateVerifyForm(TurnAction):
    """Decide what each message inside the verification means."""

    action_name = "validate_verify_form"

    async def act(self, turn: Turn, speaker: Speaker, tracker: Tracker) -> list[Event]:
        state = load(tracker)
        if state is None:  # nothing can be verified here; close rather than loop
            return [SlotSet("requested_slot", None)]
        if state.seen == turn.message_id:
            return project(state)
        state = replace(state, seen=turn.message_id)
        if _stops(turn):
            await self.services.verification.drop(turn)
            speaker.say("verify_stopped")
            return forget()
        given = None if turn.is_payload else _phone_in(self.services, turn)
        if given is not None and given != state.phone:
            return await _ask_code(self.services, state, given, turn, speaker)
        if state.phone is None:
            return self._number(state, turn, speaker)
        return await self._code(state, state.phone, turn, speaker)

    def _number(self, state: Verifying, turn: Turn, speaker: Speaker) -> list[Event]:
        """The number was asked for and no mobile was given."""
        read = reading.phone(turn.text, self.services.settings.identity.countries)
        fault = Fault.NONE if turn.is_payload else read.fault or Fault.NONE
        if fault is Fault.NONE and (elsewhere := _elsewhere(state, turn)) is not None:
            return elsewhere
        tried = replace(state, tries=state.tries + 1)
        help_offered = (HUMAN_BUTTON, STOP_BUTTON) if tried.tries >= MOST_TRIES else ()
        speaker.say(f"verify_{fault.value}", help_offered)
        return _quietly(tried, turn)

    async def _code(
        self, state: Verifying, phone: Phone, turn: Turn, speaker: Speaker
    ) -> list[Event]:
        """The code was asked for."""
        given = None if turn.is_payload else reading.code(turn.text)
        if given is not None:
            return await self._given(state, phone, given, turn, speaker)
        if turn.choice == RESEND or reading.wants_another_code(turn.text):
            return await _ask_code(self.services, state, phone, turn, speaker)
        if reading.wants_another_number(turn.text):
            return [*project(replace(state, phone=None, tries=0)), SlotSet("hush", None)]
        if not turn.is_payload and reading.tries_a_code(turn.text):
            speaker.say("verify_six_digits")
            return _quietly(state, turn)
        if (elsewhere := _elsewhere(state, turn)) is not None:
            return elsewhere
        if turn.intent == "repeat_last":
            return project(state)
        speaker.say("verify_code_please", (RESEND_BUTTON, STOP_BUTTON))
        return _quietly(state, turn)

    async def _given(
        self, state: Verifying, phone: Phone, given: str, turn: Turn, speaker: Speaker
    ) -> list[Event]:
        answered = await self.services.verification.answer(turn, given)
        match answered.outcome:
            case Outcome.RIGHT:
                return project(replace(state, phone=answered.phone or phone, proved=True))
            case Outcome.WRONG:
                speaker.say("verify_wrong", left=answered.left)
            case Outcome.DEAD:
                speaker.say("verify_dead", (RESEND_BUTTON, STOP_BUTTON, HUMAN_BUTTON))
            case Outcome.EXPIRED | Outcome.NONE:
                speaker.say("verify_expired", (RESEND_BUTTON, STOP_BUTTON))
        return _quietly(state, turn)


class AskVerifySlot(TurnAction):
    """Ask for one slot of the verification."""

    def __init__(self, services: Services, slot: Slot) -> None:
        super().__init__(services)
        self.slot = slot

    def name(self) -> str:
        return f"action_ask_{FORM}_{self.slot}"

    async def act(self, turn: Turn, speaker: Speaker, tracker: Tracker) -> list[Event]:
        state = load(tracker)
        if state is None or tracker.get_slot("hush") == turn.message_id:
            return []
        match self.slot:
            case Slot.PHONE:
                speaker.say("ask_verify_form_phone_to_verify")
            case Slot.CODE:
                life = self.services.settings.identity.code_life
                speaker.say(
                    "ask_verify_form_phone_code",
                    (RESEND_BUTTON, STOP_BUTTON),
                    tail=(state.phone or "")[-4:],
                    minutes=max(1, round(life.total_seconds() / 60)),
                )
        return []


class FinishVerify(TurnAction):
    """Say that it is done and what can be done now; come back to a complaint left open."""

    action_name = "action_finish_verify"

    async def act(self, turn: Turn, speaker: Speaker, tracker: Tracker) -> list[Event]:
        state = load(tracker)
        events: list[Event] = forget()
        draft = complaint_state.load(tracker)
        proved = None
        if state is not None and state.proved and state.phone is not None:
            speaker.say(
                "verify_done",
                () if draft else (ORDERS_BUTTON,),
                tail=state.phone[-4:],
            )
            proved = shown(state.phone)
            if draft is None:
                events += await offer_form(self.services, turn, speaker)
        if draft is not None:
            speaker.say("form_resumes")
            events += complaint_state.resume(turn, draft, proved)
        return events


# --- steps


async def _ask_code(
    services: Services, state: Verifying, phone: Phone, turn: Turn, speaker: Speaker
) -> list[Event]:
    """Has a code sent, which the form's question then tells, or says what stands against it."""
    asked = await services.verification.ask(turn, phone)
    match asked:
        case Issued():
            sent = replace(state, phone=phone, tries=0)
            return [*project(sent), SlotSet("hush", None)]
        case Limited(limit=Limit.AGAIN, wait=wait):
            seconds = max(1, math.ceil(wait.total_seconds()))
            speaker.say("verify_wait_again", (RESEND_BUTTON, STOP_BUTTON), seconds=seconds)
            # Where this very number was asked for here, its code is still good.
            return _quietly(replace(state, phone=phone), turn)
        case Limited(limit=limit, wait=wait):
            hours = max(1, math.ceil(wait.total_seconds() / 3600))
            speaker.say(f"verify_wait_{limit.value}", (HUMAN_BUTTON,), hours=hours)
        case OwnAlready():
            speaker.say("verify_already", (ORDERS_BUTTON,), tail=phone[-4:])
        case None:
            speaker.say("verify_unavailable", (HUMAN_BUTTON,))
    return forget()


def _quietly(state: Verifying, turn: Turn) -> list[Event]:
    """The events after a step that has said what to do: no question follows."""
    return [*project(state), SlotSet("hush", turn.message_id)]


def _phone_in(services: Services, turn: Turn) -> Phone | None:
    return reading.phone(turn.text, services.settings.identity.countries).phone


def _stops(turn: Turn) -> bool:
    if turn.is_payload:
        return turn.intent in ("cancel", "deny")
    if reading.code(turn.text) is not None:
        return False
    text = fold(turn.text).strip()
    return phrases.is_cancel(text) or (
        turn.intent in ("cancel", "goodbye", "start_over", "deny")
        and turn.confidence >= SURE
        and len(text) <= phrases.SHORT
    )


def _elsewhere(state: Verifying, turn: Turn) -> list[Event] | None:
    """The message is not for the verification: answered by its own rule, or the end of it."""
    if not turn.is_payload and turn.confidence < SURE:
        return None
    if turn.intent in _INTERRUPTIONS:
        return [SlotSet("verify", state.to_json()), ActionExecutionRejected(FORM)]
    if turn.intent in _LEAVINGS:
        return [*forget(), ActionExecutionRejected(FORM)]
    return None
