"""The actions inside ``complaint_form``: what each message means, and the next question."""

from __future__ import annotations

from dataclasses import replace

from rasa_sdk.events import ActionExecutionRejected, SlotSet
from rasa_sdk.interfaces import Tracker

from actions import history, offers, payloads, sent
from actions.answer import AnswerPolicy
from actions.base import TurnAction, set_slots
from actions.complaint import dialogue
from actions.complaint.enclosed import enclose
from actions.complaint.next_matter import next_matter
from actions.complaint.record.draft import CONFIRMED, Field, Step
from actions.complaint.replies import known_incident, outside, questions, repeats
from actions.complaint.replies.checks import warn
from actions.complaint.state import FORM, clear, load, project, understander
from actions.complaint.steering.moves import Line, Message, Outcome
from actions.complaint.wording import appeal_words
from actions.orders import wording
from actions.services import Services
from actions.turn import Button, Event, Speaker, Turn
from actions.understanding.fields import AppealType
from actions.understanding.text.folding import fold

SEND_FILES = "send_files"
LINE_BUTTONS: dict[str, tuple[Button, ...]] = {
    "form_which_kind": tuple(
        Button("button_title", payloads.compose("correct_field", f"kind:{kind}"), {"title": kind})
        for kind in AppealType
        if kind is not AppealType.CONSULT
    ),
    "form_which_privacy": (
        Button("button_open", payloads.compose("correct_field", "privacy:open")),
        Button("button_confidential", payloads.compose("correct_field", "privacy:confidential")),
        Button("button_anonymous", payloads.compose("correct_field", "privacy:anonymous")),
    ),
    "form_which_files": (
        Button("button_no_files", payloads.compose("correct_field", "files:none")),
        Button("button_keep_files", payloads.compose("correct_field", "files:keep")),
    ),
    "form_offer_help": (Button("button_human", "/ask_human"), Button("button_cancel", "/cancel")),
    "form_needed_contact_phone": (Button("button_no_phone", "/skip_field"),),
    "form_needed_place": (Button("button_no_place", "/skip_field"),),
}


class ValidateComplaintForm(TurnAction):
    """Decide what each message inside the form means."""

    action_name = "validate_complaint_form"
    reads = True

    async def act(self, turn: Turn, speaker: Speaker, tracker: Tracker) -> list[Event]:
        draft = load(tracker)
        if draft is None:  # cannot be opened without a draft; close rather than loop
            return [SlotSet("requested_slot", None)]
        if draft.seen == turn.message_id:
            await known_incident.tell(self.services, turn, draft, speaker)
            return project(await repeats.compared(self.services, turn, draft), turn)
        if turn.files or turn.location:
            if turn.intent == SEND_FILES and not sent.is_new(turn, draft.files):
                speaker.effect({"effect": "silence"})  # the same photo again
                return [SlotSet("hush", turn.message_id)]
            draft = enclose(draft, turn.files, turn.location, speaker)
            if turn.intent == SEND_FILES:  # and no words
                draft = replace(draft, seen=turn.message_id)
                return [*project(draft, turn), SlotSet("hush", None)]
        message = _message(turn, tracker)
        if not message.is_payload:
            asked = draft.next_slot()
            warn(
                message.text,
                speaker,
                phone_asked=asked == Field.PHONE,
                code_asked=draft.for_enterprise,
            )
        if draft.step is Step.SAME and not message.is_payload:
            said = fold(turn.text)
            if wording.about(said) is wording.About.STANDS or wording.may_ask_how_far(said):
                await repeats.tell_standing(self.services, turn, draft, speaker)
                return [*clear(), *set_slots(last_order=draft.earlier["number"])]
            other = await repeats.another_meant(self.services, turn, draft)
            if other is not None:
                draft = replace(repeats.met(draft, other), seen=turn.message_id)
                if appeal_words.about_earlier(fold(turn.text)) is None:
                    return project(draft, turn)
        outcome = dialogue.take(draft, message, understander(self.services, turn))
        if outcome.onto is not None:
            number = draft.earlier["number"]
            settled = outcome.draft or draft
            await repeats.record(self.services, turn, settled, outcome.onto, speaker)
            last = set_slots(last_order=number)
            following = next_matter(settled, turn, self.services.settings.region, speaker)
            if following is None:
                return [*clear(), *last]
            return [*project(following, turn), SlotSet("hush", None), *last]
        if outcome.draft is not None and not outcome.yields:
            await known_incident.tell(self.services, turn, outcome.draft, speaker)
            outside.tell(draft, outcome.draft, self.services.settings.region, speaker)
            told = await repeats.compared(self.services, turn, outcome.draft)
            outcome = replace(outcome, draft=told)
        if outcome.draft is None and draft.text(Field.MATTER):
            kept = offers.make(
                turn,
                offers.CANCELLED,
                text=draft.text(Field.MATTER),
                appeal=draft.kind,
                draft=replace(draft, step=Step.COLLECTING, confirmed=False).to_json(),
            )
            return [*self._apply(outcome, turn, speaker), kept]
        answered: list[Event] = []
        if outcome.asks:
            question = replace(turn, text=outcome.asks)
            answered = await AnswerPolicy(self.services).act(question, speaker, tracker)
        return [*answered, *self._apply(outcome, turn, speaker)]

    def _apply(self, outcome: Outcome, turn: Turn, speaker: Speaker) -> list[Event]:
        for line in outcome.lines:
            say_line(line, speaker)
        if outcome.draft is None:
            return clear()
        draft = replace(outcome.draft, seen=turn.message_id)
        if outcome.yields:
            return [SlotSet("complaint", draft.to_json()), ActionExecutionRejected(FORM)]
        hush = turn.message_id if outcome.quiet else None
        return [*project(draft, turn), SlotSet("hush", hush)]


def _message(turn: Turn, tracker: Tracker) -> Message:
    """The message as the form reads it; "第二个" is read as the button it means."""
    message = Message(
        turn.text, turn.intent, turn.confidence, turn.choice, is_payload=turn.is_payload
    )
    if turn.intent != "choose_option" or turn.is_payload:
        return message
    button = payloads.chosen(turn.text, history.last_choices(tracker))
    if button is None:
        return message
    pressed = payloads.parse(button["payload"])
    if pressed is None:
        return replace(message, text=button["payload"], intent="inform")
    return Message(button["payload"], pressed.intent, 1.0, pressed.entities.get("choice"), True)


def say_line(line: Line, speaker: Speaker) -> None:
    """Say a line of the dialogue; a field it names is said by its label."""
    values = dict(line.values)
    if "field" in values:
        values["field"] = speaker.text(f"label_{values['field']}")
    if "fields" in values:
        labels = [speaker.text(f"label_{one}") for one in values["fields"].split(",")]
        values["fields"] = speaker.text("and").join(labels)
    speaker.say(line.key, LINE_BUTTONS.get(line.key, ()), **values)


class AskComplaintSlot(TurnAction):
    """Ask for one slot of the form, one question a message."""

    def __init__(self, services: Services, slot: str) -> None:
        super().__init__(services)
        self.slot = slot

    def name(self) -> str:
        return f"action_ask_complaint_form_{self.slot}"

    async def act(self, turn: Turn, speaker: Speaker, tracker: Tracker) -> list[Event]:
        draft = load(tracker)
        if draft is None or tracker.get_slot("hush") == turn.message_id:
            return []
        if self.slot == CONFIRMED:
            questions.ask_confirmation(draft, speaker)
            return []
        questions.ask(draft, Field(self.slot), speaker)
        if questions.offers_privacy(draft, Field(self.slot)):
            return [SlotSet("complaint", replace(draft, privacy_offered=True).to_json())]
        return []
