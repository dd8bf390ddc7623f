"""The actions of ``complaint_form``: open, validate, ask, hand in."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from rasa_sdk.events import ActionExecutionRejected, FollowupAction, SlotSet
from rasa_sdk.interfaces import Tracker

from actions import history, offers, payloads
from actions.base import TurnAction, set_slots
from actions.complaint import dialogue, intake, matters, questions, repeats, summary
from actions.complaint.draft import CONFIRMED, Draft, Field, Privacy, Value
from actions.complaint.fields import AppealType
from actions.complaint.intake import Understand
from actions.complaint.moves import Line, Message, Outcome
from actions.complaint.needs import needed
from actions.complaint.understand import Nlu, Understanding, understand
from actions.services import Services
from actions.turn import Button, Event, Speaker, Turn
from actions.work_orders.order import new_work_order

FORM = "complaint_form"
KIND_OF_INTENT = {
    "complain": AppealType.COMPLAINT,
    "report_violation": AppealType.REPORT,
    "seek_help": AppealType.HELP,
    "make_suggestion": AppealType.SUGGESTION,
    "give_praise": AppealType.PRAISE,
    "request_anonymous": AppealType.REPORT,
    "request_confidential": AppealType.REPORT,
}
PRIVACY_OF_INTENT = {
    "request_anonymous": Privacy.ANONYMOUS,
    "request_confidential": Privacy.CONFIDENTIAL,
}
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
    "form_offer_help": (Button("button_human", "/ask_human"), Button("button_cancel", "/cancel")),
    "form_needed_contact_phone": (Button("button_no_phone", "/skip_field"),),
    "form_needed_place": (Button("button_no_place", "/skip_field"),),
}
# Announcing a matter is not telling it: "我要投诉" leaves the question open.
BARE_ANNOUNCEMENT = 9  # characters


class OpenComplaint(TurnAction):
    """Understand the whole first message once, and acknowledge it in one sentence."""

    action_name = "action_open_complaint"

    async def act(self, turn: Turn, speaker: Speaker, tracker: Tracker) -> list[Event]:
        text = turn.text
        if turn.is_payload:  # a button: about what was said just before, if that was kept
            offer = offers.standing(tracker)
            text = offer["text"] if offer and offer["kind"] == offers.REGISTER else ""
        return open_events(self.services, turn, text, speaker, tracker)


def open_events(
    services: Services,
    turn: Turn,
    text: str,
    speaker: Speaker,
    tracker: Tracker,
    *,
    announced: AppealType | None = None,
) -> list[Event]:
    """Acknowledge a matter and put its draft into the tracker; the form is still to be started.

    ``announced``: the kind, where the words say more than the intent.
    """
    draft = open_draft(services, turn, text, announced)
    draft = with_person(draft, tracker.get_slot("person"), turn.verified_phone)
    speaker.say(questions.acknowledgement(draft))
    if draft.others:
        speaker.say("form_several", count=str(1 + len(draft.others)))
    return [*project(draft, turn, requested=False), *set_slots(offer=None, failures=None)]


def open_draft(
    services: Services, turn: Turn, text: str, announced: AppealType | None = None
) -> Draft:
    """A draft holding everything ``text`` says; empty but for its kind if it says nothing."""
    intent, _ = turn.best_intent()
    kind = AppealType(turn.choice) if turn.choice in set(AppealType) else None
    kind = announced or kind or KIND_OF_INTENT.get(intent, AppealType.COMPLAINT)
    privacy = PRIVACY_OF_INTENT.get(intent, Privacy.OPEN)
    draft = Draft(
        key=instance_key(turn),
        kind=kind,
        privacy=privacy,
        privacy_offered=privacy is not Privacy.OPEN,
        needed=needed(kind, privacy),
        seen=turn.message_id,
    )
    text = text.strip()
    if not text:
        return draft
    understand_one = understander(services, turn)
    if len(text) <= BARE_ANNOUNCEMENT:
        return intake.found(draft, understand_one(text).fields)
    first, *others = matters.apart(text)
    return replace(intake.told(draft, understand_one(first), first), others=tuple(others))


def instance_key(turn: Turn) -> str:
    """The form instance's key: the same message opens the same instance however often it comes."""
    return f"{turn.conversation_id or 'local'}:{turn.message_id}"[:80]


def with_person(draft: Draft, person: dict[str, str] | None, phone: str | None) -> Draft:
    """Take over name and phone given earlier, and the phone the channel has verified."""
    if draft.privacy is Privacy.ANONYMOUS:
        return draft
    known = person or {}
    for name, text in ((Field.NAME, known.get("name")), (Field.PHONE, known.get("phone") or phone)):
        if text and draft.get(name) is None:
            draft = draft.with_value(name, Value(text))
    return draft


class ValidateComplaintForm(TurnAction):
    """Decide what each message inside the form means."""

    action_name = "validate_complaint_form"

    async def act(self, turn: Turn, speaker: Speaker, tracker: Tracker) -> list[Event]:
        draft = load(tracker)
        if draft is None:  # cannot be opened without a draft; close rather than loop
            return [SlotSet("requested_slot", None)]
        if draft.seen == turn.message_id:
            return project(await repeats.compared(self.services, turn, draft), turn)
        message = _message(turn, tracker)
        outcome = dialogue.take(draft, message, understander(self.services, turn))
        if outcome.onto is not None:
            number = draft.earlier["number"]
            await repeats.record(self.services, turn, draft, outcome.onto, speaker)
            return [*clear(), *set_slots(last_order=number)]
        if outcome.draft is not None and not outcome.yields:
            told = await repeats.compared(self.services, turn, outcome.draft)
            outcome = replace(outcome, draft=told)
        return self._apply(outcome, turn, speaker)

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


class SubmitComplaint(TurnAction):
    """Hand the complaint in and say its number. Once per form instance, however often called."""

    action_name = "action_submit_complaint"

    async def act(self, turn: Turn, speaker: Speaker, tracker: Tracker) -> list[Event]:
        draft = load(tracker)
        if draft is None or not draft.confirmed:  # cancelled inside the form
            return []
        told_for = summary.told_for(draft, speaker.text)
        new = new_work_order(draft, turn, summary.title(draft, speaker.text), told_for)
        new = await repeats.linked(self.services, turn, new)
        order = await self.services.work_orders.file(new)
        filed = "provisional" if order.provisional else "filed"
        key = f"order_{filed}_code" if order.query_code else f"order_{filed}"
        status = "status_provisional" if order.provisional else "status_received"
        speaker.show(
            {
                "part": "order",
                "number": order.receipt,
                "title": order.filed.title,
                "status": speaker.text(status),
            },
            speaker.text(key, number=order.receipt, code=order.query_code or ""),
        )
        follows = self._next(draft, turn, speaker)
        if not follows:
            speaker.say("order_next", (Button("button_progress", "/query_progress"),))
        person = {"name": draft.text(Field.NAME), "phone": draft.text(Field.PHONE)}
        keep = draft.privacy is not Privacy.ANONYMOUS
        return [
            *clear(),
            *set_slots(
                last_order=order.number,
                person=person if keep else tracker.get_slot("person"),
            ),
            *follows,
        ]

    def _next(self, draft: Draft, turn: Turn, speaker: Speaker) -> list[Event]:
        """The next matter of the same breath, with the contact already given; empty if none is."""
        if not draft.others:
            return []
        text, *others = draft.others
        opened = Draft(
            key=f"{draft.key}+",
            kind=AppealType.COMPLAINT,
            privacy=draft.privacy,
            privacy_offered=draft.privacy_offered,
            on_behalf=draft.on_behalf,
            consent=draft.consent,
            their_phone=draft.their_phone,
            others=tuple(others),
        )
        # Said in an earlier message: the classifier has only heard this one.
        region = self.services.settings.region
        understood = understand(text, Nlu("nlu_fallback", 0.0), turn.now, home_region=region)
        told = intake.told(opened, understood, text)
        place, name, phone = map(draft.get, (Field.PLACE, Field.NAME, Field.PHONE))
        for field, known in ((Field.PLACE, place), (Field.NAME, name), (Field.PHONE, phone)):
            if known is not None and told.get(field) is None:
                told = told.with_value(field, known)
        speaker.say("form_next_matter", matter=summary.brief(told))
        return resume(turn, told)


# --- the draft in the tracker


def resume(turn: Turn, draft: Draft, phone: str | None = None) -> list[Event]:
    """The events that bring back a form left open: this message was not said to it.

    ``phone``: proved to be the person's in the meantime.
    """
    draft = with_person(replace(draft, seen=turn.message_id), None, phone)
    return [*project(draft, turn, requested=False), SlotSet("hush", None), FollowupAction(FORM)]


def load(tracker: Tracker) -> Draft | None:
    data = tracker.get_slot("complaint")
    return Draft.from_json(data) if data else None


def project(draft: Draft, turn: Turn, *, requested: bool = True) -> list[Event]:
    """The events that put a draft into the tracker and the form's slots.

    Slots that stay as they are get no event: a conversation's cost grows with its events.
    """
    changed = {k: v for k, v in draft.slots().items() if turn.slots.get(k) != v}
    slots: dict[str, Any] = {**changed, "complaint": draft.to_json()}
    if requested:
        slots["requested_slot"] = draft.next_slot()
    return set_slots(**slots)


def clear() -> list[Event]:
    """The events that end a form and forget its draft."""
    names = [*(name.value for name in Field), CONFIRMED, "complaint", "hush", "requested_slot"]
    return [SlotSet(name, None) for name in names]


def understander(services: Services, turn: Turn) -> Understand:
    """Understand texts as this turn's: its intent, its moment, this deployment's region."""
    intent, confidence = turn.best_intent()
    nlu = Nlu(intent, confidence, turn.ranking)

    def read(text: str) -> Understanding:
        return understand(text, nlu, turn.now, home_region=services.settings.region)

    return read
