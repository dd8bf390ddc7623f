"""To a person: asked for, or because of danger. The gateway changes ownership, no action does."""

from __future__ import annotations

import re

from rasa_sdk.events import SlotSet
from rasa_sdk.interfaces import Tracker

from actions import offers
from actions.answer import another_case, shown_before
from actions.base import TurnAction, heard_as, set_slots
from actions.complaint import outside_form
from actions.complaint.replies import fraud
from actions.complaint.state import FORM
from actions.complaint.wording import appeal_words
from actions.turn import Button, Event, Speaker, Turn
from actions.understanding.danger import risk
from actions.understanding.matter import rule_asked
from actions.understanding.text.folding import fold
from knowledge.questions.question import what_about

SKILLS = frozenset({"general", "enterprise", "elderly", "dialect", "video"})
ALARMS = frozenset({"emergency", "threat", "despair"})
PATIENCE = 1  # abusive messages answered with a calm sentence before a person is offered


_A_PERSON_OF_OURS = re.compile(
    r"人工|真人|活人|接线|话务|转接|专员|坐席|座席|工作人员|你们的?人|找个?人|跟人|和人|你们客服|领导"
)


def _asks_for_nobody(turn: Turn) -> bool:
    """Whether a message names nobody that we could bring in, though it sounded like it."""
    return not turn.active_form and _A_PERSON_OF_OURS.search(fold(turn.text)) is None


class Handoff(TurnAction):
    action_name = "action_handoff"

    async def act(self, turn: Turn, speaker: Speaker, tracker: Tracker) -> list[Event]:
        events = await another_case(self.services, turn, speaker, tracker)
        if events is not None:
            return events
        if _asks_for_nobody(turn) and shown_before(tracker) and what_about(fold(turn.text)):
            return heard_as("ask_policy", turn.text, turn, tracker)  # 找不到人呢, of a rule
        if _asks_for_nobody(turn) and outside_form.tells_a_matter(self.services, turn):
            return heard_as("complain", turn.text, turn, tracker)  # 京东客服骗了我九千八
        if not turn.is_payload and fraud.just_paid(turn.text):
            speaker.say("form_fraud_now")
        skill = turn.choice if turn.choice in SKILLS else None
        draft = tracker.get_slot("complaint") or {}
        firm = turn.audience == "enterprise" or draft.get("for_enterprise")
        skill = skill or ("enterprise" if firm else "general")
        speaker.effect({"effect": "handoff", "skill": skill, "reason": "asked"})
        # A form stays as it is, but must not ask its question over the person's head.
        return set_slots(hush=turn.message_id, failures=None, offer=None)


class Safety(TurnAction):
    """Whom to call, at once, and a person in the same breath."""

    action_name = "action_safety"

    async def act(self, turn: Turn, speaker: Speaker, tracker: Tracker) -> list[Event]:
        intent, _ = turn.best_intent()
        if turn.calm and not turn.active_form:
            return heard_as("complain", turn.text, turn, tracker)
        if (
            intent != "despair"
            and not turn.active_form
            and rule_asked.asks_of_a_rule(fold(turn.text))
        ):
            return heard_as("ask_policy", turn.text, turn, tracker)  # 火灾事故认定怎么复核
        alarm = intent if intent in ALARMS else "emergency"
        if alarm == "threat" and appeal_words.suffered(fold(turn.text)):
            alarm = "emergency"  # 他把我打了: told by whom it was done to
        elif alarm == "emergency" and risk.only_sounds_like_one(fold(turn.text)):
            return heard_as("complain", turn.text, turn, tracker)
        speaker.say(f"gateway_{alarm}")
        speaker.effect({"effect": "handoff", "skill": "crisis", "reason": "safety"})
        return [SlotSet("hush", turn.message_id)]


class Abuse(TurnAction):
    """Once calm; then a person is offered. Never an answer in kind."""

    action_name = "action_abuse"

    async def act(self, turn: Turn, speaker: Speaker, tracker: Tracker) -> list[Event]:
        if not turn.active_form and outside_form.tells_beside_abuse(self.services, turn):
            return heard_as("complain", turn.text, turn, tracker)  # 一群废物 路修了半年没修好
        times = int(tracker.get_slot("abuse") or 0) + 1
        if times <= PATIENCE:
            told = turn.active_form == FORM and tracker.get_slot("matter")
            speaker.say("abuse_calm_in_form" if told else "abuse_calm")
        else:
            speaker.say("abuse_offer", (Button("button_human", "/ask_human"),))
            # One question at a time: a form's own waits for the next message.
            hush = SlotSet("hush", turn.message_id)
            return [SlotSet("abuse", times), offers.make(turn, offers.HUMAN), hush]
        return [SlotSet("abuse", times)]
