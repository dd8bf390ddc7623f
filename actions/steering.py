"""Moves of the talk itself, outside a form or beside its question."""

from __future__ import annotations

import re
from typing import Any

from rasa_sdk.events import FollowupAction, SlotSet
from rasa_sdk.interfaces import Tracker

from actions import history, offers, payloads
from actions.answer import (
    AnswerPolicy,
    another_case,
    answered_by_a_rule,
    more,
    of_the_rule,
    offered_before,
    shown_before,
)
from actions.base import TurnAction, heard_as, set_slots
from actions.complaint import opening, outside_form
from actions.complaint import state as complaint_state
from actions.complaint.record.draft import CONFIRMED, Draft, Field
from actions.complaint.replies import fraud
from actions.complaint.steering import corrections, moves
from actions.complaint.wording import appeal_words, asked_of_us, phrases
from actions.identity.moving import comes_back, continue_events, was_offered
from actions.orders.lookup import Slot
from actions.topics import topics
from actions.turn import Button, Event, Speaker, Turn
from actions.understanding.fields import AppealType
from actions.understanding.text.folding import fold
from actions.work_orders.register import RecordKind
from connectors.store.work_orders import by_number

_LANGUAGE = re.compile("话|语|方言|口音|土腔|繁体|[a-z]{3}|听[^，。]{0,2}懂")


def takes_up_again(turn: Turn, tracker: Tracker) -> Draft | None:
    """The complaint just cancelled, where it is filed after all (哎还是报吧)."""
    offer = offers.standing(tracker)
    if turn.is_payload or offer is None or offer["kind"] != offers.CANCELLED:
        return None
    said = fold(turn.text)
    if phrases.is_no(said) or not (phrases.is_keep(said) or asked_of_us.asks_to_register(said)):
        return None
    return Draft.from_json(offer["draft"])


class Answer(AnswerPolicy):
    """A question is answered; whoever complains in so many words, or asks in anger what is still
    not done, is no asker."""

    async def act(self, turn: Turn, speaker: Speaker, tracker: Tracker) -> list[Event]:
        told = fold(turn.text)
        matter = appeal_words.complains(told) or fraud.just_paid(told)
        matter = matter or outside_form.is_a_grievance(turn)
        if turn.active_form or turn.is_payload or not matter:
            return await super().act(turn, speaker, tracker)
        events = await opening.open_events(
            self.services, turn, turn.text, speaker, tracker, announced=appeal_words.announced(told)
        )
        return [*events, FollowupAction(complaint_state.FORM)]


def _opened_again(turn: Turn, draft: Draft, speaker: Speaker) -> list[Event]:
    speaker.say("form_goes_on")
    return [SlotSet("offer", None), *complaint_state.resume(turn, draft)]


class Affirm(TurnAction):
    """Yes: to what was offered just before; else a friendly question."""

    action_name = "action_affirm"

    async def act(self, turn: Turn, speaker: Speaker, tracker: Tracker) -> list[Event]:
        if again := takes_up_again(turn, tracker):
            return _opened_again(turn, again, speaker)
        if not turn.is_payload and (told := outside_form.told_to_register(turn.text)):
            events = await opening.open_events(self.services, turn, told, speaker, tracker)
            return [*events, FollowupAction(complaint_state.FORM)]
        offer = offers.standing(tracker)
        if asked_of_us.asks_to_register(fold(turn.text)) and (asked := _asked(offer, tracker)):
            # 登记问题, whatever else was offered
            offer = {"kind": offers.REGISTER, "text": asked, "appeal": (offer or {}).get("appeal")}
        match offer:
            case {"kind": offers.HUMAN}:
                speaker.effect({"effect": "handoff", "skill": "general", "reason": "offered"})
                return set_slots(offer=None, hush=turn.message_id)
            case {"kind": offers.REGISTER, "text": text, "appeal": appeal}:
                kind = AppealType(appeal) if appeal else None
                events = await opening.open_events(
                    self.services, turn, text, speaker, tracker, announced=kind
                )
                return [*events, FollowupAction(complaint_state.FORM)]
            case {"kind": offers.FORM}:
                return await continue_events(self.services, turn, speaker, tracker)
            case _ if await comes_back(self.services, turn, tracker):
                return await continue_events(self.services, turn, speaker, tracker)
            case _ if await was_offered(self.services, turn):
                return await continue_events(self.services, turn, speaker, tracker)
            case _:
                speaker.say("affirm_nothing")
                return []


def _asked(offer: dict[str, Any] | None, tracker: Tracker) -> str:
    """What was said, or asked of a rule, just before."""
    if offer and offer["text"]:
        return str(offer["text"])
    asked = history.earlier_questions(tracker)
    return asked[-1] if asked and (shown_before(tracker) or offered_before(tracker)) else ""


class Deny(TurnAction):
    action_name = "action_deny"

    async def act(self, turn: Turn, speaker: Speaker, tracker: Tracker) -> list[Event]:
        if outside_form.tells_a_trouble(self.services, turn):
            events = await opening.open_events(self.services, turn, turn.text, speaker, tracker)
            return [*events, FollowupAction(complaint_state.FORM)]
        speaker.say("deny_offer" if offers.standing(tracker) else "deny_nothing")
        return [SlotSet("offer", None)]


class Chitchat(TurnAction):
    """Small talk, unless what sounds like it tells a trouble (饭馆的菜里吃出钢丝球)."""

    action_name = "action_chitchat"

    async def act(self, turn: Turn, speaker: Speaker, tracker: Tracker) -> list[Event]:
        if outside_form.tells_a_trouble(self.services, turn):
            events = await opening.open_events(self.services, turn, turn.text, speaker, tracker)
            return [*events, FollowupAction(complaint_state.FORM)]
        if not turn.active_form and await answered_by_a_rule(self.services, turn, tracker):
            return heard_as("ask_policy", turn.text, turn, tracker)
        speaker.say("chitchat")
        return []


class Capability(TurnAction):
    """What the service can do, unless what sounds like asking so is about the rule just shown
    (周末上班吗)."""

    action_name = "action_capability"

    async def act(self, turn: Turn, speaker: Speaker, tracker: Tracker) -> list[Event]:
        events = await of_the_rule(self.services, turn, speaker, tracker)
        if events is not None:
            return events
        speaker.say("capability", () if turn.plain else topics())
        return []


class SpeakLanguage(TurnAction):
    """Which languages are spoken here, unless what sounds so names none (老板说调休行吗)."""

    action_name = "action_speak_language"

    async def act(self, turn: Turn, speaker: Speaker, tracker: Tracker) -> list[Event]:
        if not turn.active_form and _LANGUAGE.search(fold(turn.text)) is None:
            return heard_as("ask_policy", turn.text, turn, tracker)
        speaker.say(
            "speak_language",
            (
                Button("button_dialect", payloads.compose("ask_human", "dialect")),
                Button("button_go_on_typing", "/ask_capability"),
            ),
        )
        return []


class CancelOutside(TurnAction):
    action_name = "action_cancel_outside"

    async def act(self, turn: Turn, speaker: Speaker, tracker: Tracker) -> list[Event]:
        if again := takes_up_again(turn, tracker):
            return _opened_again(turn, again, speaker)
        if tracker.get_slot("last_order"):
            speaker.say(
                "cancel_order",
                (Button("button_withdraw", "/withdraw_order"),),
                number=tracker.get_slot("last_order"),
            )
        else:
            speaker.say("cancel_nothing")
        return [SlotSet("offer", None)]


class StartOver(TurnAction):
    action_name = "action_start_over"

    async def act(self, turn: Turn, speaker: Speaker, tracker: Tracker) -> list[Event]:
        speaker.say("start_over", topics())
        return set_slots(offer=None, failures=None)


class CorrectOutside(TurnAction):
    """Something is wrong, but nothing is being filled in: an order filed can be added to."""

    action_name = "action_correct_outside"

    async def act(self, turn: Turn, speaker: Speaker, tracker: Tracker) -> list[Event]:
        filed = tracker.get_slot("last_order")
        said = corrections.find(fold(turn.text))
        if filed and said is not None and said.value and await self._noted(filed, turn, speaker):
            return []
        if await comes_back(self.services, turn, tracker):
            return heard_as("continue_elsewhere", turn.text, turn, tracker)
        if filed:
            speaker.say(
                "correct_order", (Button("button_supplement", "/supplement_order"),), number=filed
            )
        elif outside_form.tells_a_matter(self.services, turn):
            # a form filled in elsewhere and pasted is no correction of ours
            events = await opening.open_events(self.services, turn, turn.text, speaker, tracker)
            return [*events, FollowupAction(complaint_state.FORM)]
        else:
            speaker.say("correct_nothing", topics())
        return []

    async def _noted(self, number: str, turn: Turn, speaker: Speaker) -> bool:
        """Whether what is right instead could go to the order of this conversation as it stands."""
        register = self.services.work_orders
        order = await self.services.database.read(lambda conn: by_number(conn, number))
        if order is None or order.status != "open":
            return False
        if order.filed.conversation_id != turn.conversation_id:
            return False
        await register.add(
            order.number,
            RecordKind.SUPPLEMENT,
            turn.text.strip(),
            key=f"{order.number}:{turn.message_id}"[:80],
            conversation_id=turn.conversation_id,
        )
        speaker.say("order_corrected_later", number=order.receipt)
        return True


class ChooseOption(TurnAction):
    """ "第二个": press that button, as if the person had."""

    action_name = "action_choose_option"

    async def act(self, turn: Turn, speaker: Speaker, tracker: Tracker) -> list[Event]:
        button = payloads.chosen(turn.text, history.last_choices(tracker))
        payload = payloads.parse(button["payload"]) if button else None
        if payload is None:
            speaker.say("choose_unclear", topics())
            return []
        return heard_as(
            payload.intent, f"/{payload.intent}", turn, tracker, entities=payload.entities
        )


class Repeat(TurnAction):
    """Say the last turn again. Inside a form the form itself asks again."""

    action_name = "action_repeat"

    async def act(self, turn: Turn, speaker: Speaker, tracker: Tracker) -> list[Event]:
        if turn.active_form:
            return []
        if outside_form.tells_a_matter(self.services, turn):
            return heard_as("complain", turn.text, turn, tracker)
        words = history.last_words(tracker)
        if not words:
            speaker.say("repeat_nothing", topics())
        for said in words:
            speaker.say_again(said)
        return []


class Explain(TurnAction):
    """The same in other words: the question of a form, or the last thing said."""

    action_name = "action_explain"

    async def act(self, turn: Turn, speaker: Speaker, tracker: Tracker) -> list[Event]:
        events = await another_case(self.services, turn, speaker, tracker)
        if events is not None:
            return events
        if not turn.active_form and asked_of_us.takes_in(fold(turn.text)):  # 明白了
            speaker.say("affirm_nothing")
            return []
        asked = turn.requested if turn.active_form else None
        if asked in {*Field, CONFIRMED, *Slot}:
            speaker.say(f"explain_{asked}")
            return []
        words = history.last_words(tracker)
        if any((said.custom or {}).get("part") == "citation" for said in words):
            speaker.say("explain_citation", (Button("button_human", "/ask_human"),))
            return [offers.make(turn, offers.HUMAN)]
        speaker.say("explain_again", (Button("button_human", "/ask_human"),))
        for said in words:
            speaker.say_again(said)
        return []


class WaitTime(TurnAction):
    """How long it takes: what was just answered, or else an order."""

    action_name = "action_wait_time"

    async def act(self, turn: Turn, speaker: Speaker, tracker: Tracker) -> list[Event]:
        events = await more(self.services, turn, speaker, tracker)
        if events is None:
            events = await of_the_rule(self.services, turn, speaker, tracker)
        if events is not None:
            return events
        progress = Button("button_progress", "/query_progress")
        speaker.say("wait_time", (progress, Button("button_human", "/ask_human")))
        return []


class WhyNeedInfo(TurnAction):
    action_name = "action_why_need_info"

    async def act(self, turn: Turn, speaker: Speaker, tracker: Tracker) -> list[Event]:
        events = await more(self.services, turn, speaker, tracker)
        if events is None:
            events = await of_the_rule(self.services, turn, speaker, tracker)
        if events is not None:
            return events
        asked = turn.requested if turn.active_form else None
        named = (
            corrections.field_named(fold(turn.text))
            if turn.active_form == complaint_state.FORM
            else None
        )
        key = f"why_{named or asked}"
        speaker.say(key if asked and speaker.has(key) else "why_general")
        return []


class Wait(TurnAction):
    action_name = "action_wait"

    async def act(self, turn: Turn, speaker: Speaker, tracker: Tracker) -> list[Event]:
        if not turn.active_form and outside_form.tells_a_matter(self.services, turn):
            events = await opening.open_events(self.services, turn, turn.text, speaker, tracker)
            return [*events, FollowupAction(complaint_state.FORM)]
        speaker.say("wait")
        return [SlotSet("hush", turn.message_id)]


# 88, 886 and 3166 are said for good-bye; any other number (80多了) tells something.
_FAREWELLS = re.compile(r"(?<![0-9])(?:88+6*|3166)(?![0-9岁多年月号个元块])")


class Goodbye(TurnAction):
    action_name = "action_goodbye"

    async def act(self, turn: Turn, speaker: Speaker, tracker: Tracker) -> list[Event]:
        if not turn.active_form and moves.digits(_FAREWELLS.sub("", fold(turn.text))):
            return heard_as("inform", turn.text, turn, tracker)
        filed = tracker.get_slot("last_order")
        if filed:
            speaker.say("goodbye_filed", number=filed)
        else:
            speaker.say("goodbye")
        return []
