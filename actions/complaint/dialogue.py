"""What a message does to a complaint being taken: one pure function, no I/O.

Order of reading, the first that fits decides:

1. a button of ours;
2. the answer to "really cancel?" and to "which field?";
3. a correction ("地址不对，是望江西路"), a change of kind, a wish for anonymity;
4. yes and no at the summary;
5. an answer to the slot asked for, by its own pattern (a phone number, a place, a time);
6. skipping, stopping;
7. an interruption, by intent: the form steps aside and the rule of that intent answers;
8. words taken as the answer, where the slot takes words; otherwise the question again, differently.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from actions.complaint import intake, phrases
from actions.complaint.draft import CONFIRMED, Draft, Field, Privacy, State, Step, Value
from actions.complaint.fields import AppealType, Fields
from actions.complaint.folding import fold
from actions.complaint.intake import Understand
from actions.complaint.needs import may_skip, needed

SURE = 0.5  # confidence from which an intent may interrupt
HINT = 0.35  # enough where the words also fit (a short yes, a question)
TRIES_BEFORE_HELP = 2
DIGITS_OF_A_TRY = 5  # so many digits are an attempt at a phone number

INTERRUPTIONS = frozenset(
    {
        "abuse", "ask_capability", "ask_human", "ask_identity", "ask_policy", "ask_wait_time",
        "chitchat", "despair", "emergency", "explain_again", "greet", "query_progress",
        "rate_bad", "rate_good", "speak_language", "speak_slower", "thank", "threat",
        "urge_order", "why_need_info",
    }
)  # fmt: skip
# Asked for in words, these are easily the answer itself: only a question interrupts.
_NEEDS_QUESTION = frozenset({"ask_policy", "ask_wait_time", "ask_capability", "ask_identity"})
_FREE_WORDS = frozenset({Field.MATTER, Field.WANTED, Field.SUBJECT, Field.PLACE})


@dataclass(frozen=True, slots=True)
class Line:
    """A text to say before the next question."""

    key: str
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Message:
    """A message inside the form. ``choice`` is what a pressed button stands for."""

    text: str
    intent: str
    confidence: float
    choice: str | None = None
    is_payload: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """The draft after the message (None: cancelled) and what is to be said.

    ``yields``: the message is not for the form; the rule of its intent runs, then the form asks
    again. ``quiet``: no question follows.
    """

    draft: Draft | None
    lines: tuple[Line, ...] = ()
    yields: bool = False
    quiet: bool = False


def take(draft: Draft, message: Message, understand: Understand) -> Outcome:
    """Read one message. ``understand`` is called only when the words matter."""
    if message.is_payload:
        return _button(draft, message)
    text = fold(message.text).strip()
    if draft.step is Step.CANCELLING:
        return _cancelling(draft, message, text, understand)
    if draft.step is Step.CHOOSING:
        chosen = phrases.field_named(text)
        if chosen is not None and phrases.correction(text) is None:
            return _start_change(draft, chosen)
    return _words(draft, message, text, understand)


# --- buttons


def _button(draft: Draft, message: Message) -> Outcome:
    choice = message.choice or ""
    kind, _, value = choice.partition(":")
    if kind == "field" and value in set(Field):
        return _start_change(draft, Field(value))
    if kind == "privacy" and value in set(Privacy):
        return _set_privacy(draft, Privacy(value))
    if kind == "kind" and value in set(AppealType):
        return _set_kind(draft, AppealType(value))
    match message.intent:
        case "skip_field":
            return _skip(draft)
        case "affirm":
            return _yes(draft)
        case "deny":
            return _no(draft)
        case "cancel":
            return _ask_cancel(draft)
        case "correct_field":
            return Outcome(replace(draft, step=Step.CHOOSING, confirmed=False))
        case _:
            return Outcome(draft, yields=True)


# --- steering


def _cancelling(draft: Draft, message: Message, text: str, understand: Understand) -> Outcome:
    back = replace(draft, step=Step.COLLECTING)
    if phrases.is_cancel(text) or phrases.is_yes(text) or _is(message, "affirm", "cancel"):
        return Outcome(None, (Line("form_cancelled"),))
    if phrases.is_no(text) or _is(message, "deny"):
        return Outcome(back, (Line("form_goes_on"),))
    return _words(back, message, text, understand)


def _words(draft: Draft, message: Message, text: str, understand: Understand) -> Outcome:
    if not text:
        return _again(draft)
    steered = _steer(draft, message, text, understand)
    if steered is not None:
        return steered
    asked = draft.next_slot()
    if asked == CONFIRMED or asked is None:
        return _at_summary(draft, message, text, understand)
    return _answer(draft, Field(asked), message, text, understand)


def _steer(draft: Draft, message: Message, text: str, understand: Understand) -> Outcome | None:
    kind = phrases.kind(text)
    if kind is not None and kind is not draft.kind:
        return _set_kind(draft, kind)
    correction = phrases.correction(text)
    if correction is not None and draft.next_slot() != Field.MATTER:
        if draft.step is Step.CHANGING and correction.field is None and correction.value is None:
            return _again(draft)
        return _correct(draft, correction, text, understand)
    wish = phrases.privacy(text) if draft.next_slot() != Field.MATTER else None
    if wish is not None and (len(text) <= phrases.SHORT or draft.kind is AppealType.REPORT):
        return _set_privacy(draft, wish)
    return _move(draft, message, text) if len(text) <= phrases.SHORT else None


def _move(draft: Draft, message: Message, text: str) -> Outcome | None:
    """A short message that steers the talk itself."""
    if phrases.is_cancel(text) or _is(message, "cancel", "withdraw_order", "start_over"):
        return _ask_cancel(draft)
    if _is(message, "repeat_last"):
        return Outcome(draft)
    if _is(message, "wait"):
        return Outcome(draft, (Line("form_waits"),), quiet=True)
    if _is(message, "goodbye") and not _digits(text):
        return Outcome(draft, (Line("form_rests"),), quiet=True)
    return None


def _correct(
    draft: Draft, correction: phrases.Correction, text: str, understand: Understand
) -> Outcome:
    name, value = correction.field, correction.value
    if name is None and value is None:
        if draft.next_slot() == CONFIRMED or draft.last is None:
            return Outcome(replace(draft, step=Step.CHOOSING, confirmed=False))
        return _start_change(draft, draft.last)
    if value is None:
        assert name is not None  # else both would be None
        return _start_change(draft, name)
    fields = understand(value).fields
    if name is None:
        name = _field_meant(draft, fields)
    return _change(draft, name, value, fields)


def _field_meant(draft: Draft, fields: Fields) -> Field:
    """Which field a bare new value ("不对，是望江西路") is about."""
    kinds = intake.values(fields)
    for name in (Field.PHONE, Field.PLACE, Field.TIME, Field.NAME):
        if name in kinds and (draft.get(name) is not None or name in draft.needed):
            return name
    return draft.last or Field.MATTER


def _change(draft: Draft, name: Field, text: str, fields: Fields) -> Outcome:
    value = intake.answer(name, text, fields)
    if value is None:
        line = _phone_problem(text, fields) if name is Field.PHONE else None
        changing = replace(draft, step=Step.CHANGING, changing=name, confirmed=False)
        return Outcome(changing, (line,) if line else ())
    changed = replace(
        draft.with_value(name, value),
        step=Step.COLLECTING, changing=None, last=name, tries=0, confirmed=False,
    )  # fmt: skip
    return Outcome(changed, (Line("form_changed", {"field": name.value, "value": value.text}),))


def _start_change(draft: Draft, name: Field) -> Outcome:
    return Outcome(replace(draft, step=Step.CHANGING, changing=name, tries=0, confirmed=False))


def _set_kind(draft: Draft, kind: AppealType) -> Outcome:
    privacy = draft.privacy if kind is AppealType.REPORT else Privacy.OPEN
    changed = replace(
        draft,
        kind=kind,
        privacy=privacy,
        needed=needed(kind, privacy, draft.by_category),
        confirmed=False,
        tries=0,
    )
    return Outcome(changed, (Line("form_kind_changed", {"kind": kind.value}),))


def _set_privacy(draft: Draft, privacy: Privacy) -> Outcome:
    changed = replace(
        draft,
        privacy=privacy,
        privacy_offered=True,
        needed=needed(draft.kind, privacy, draft.by_category),
        confirmed=False,
        tries=0,
    )
    if privacy is Privacy.ANONYMOUS:
        changed = changed.without(Field.NAME).without(Field.PHONE)
        if Field.PHONE in changed.needed:
            # Somebody must be reachable: where a contact is needed, anonymous becomes confidential.
            changed = replace(changed, privacy=Privacy.CONFIDENTIAL)
            return Outcome(changed, (Line("form_confidential_instead"),))
    return Outcome(changed, (Line(f"form_privacy_{privacy.value}"),))


def _ask_cancel(draft: Draft) -> Outcome:
    return Outcome(replace(draft, step=Step.CANCELLING, confirmed=False))


# --- the summary


def _yes(draft: Draft) -> Outcome:
    if draft.step is Step.CANCELLING:
        return Outcome(None, (Line("form_cancelled"),))
    if draft.next_slot() == CONFIRMED:
        return Outcome(replace(draft, step=Step.COLLECTING, confirmed=True))
    return _again(draft)


def _no(draft: Draft) -> Outcome:
    if draft.step is Step.CANCELLING:
        return Outcome(replace(draft, step=Step.COLLECTING), (Line("form_goes_on"),))
    if draft.next_slot() == CONFIRMED:
        return Outcome(replace(draft, step=Step.CHOOSING))
    asked = draft.next_slot()
    if asked is not None and may_skip(draft, Field(asked)):
        return _skip(draft)
    return _again(draft)


def _at_summary(draft: Draft, message: Message, text: str, understand: Understand) -> Outcome:
    if phrases.is_yes(text) or (_is(message, "affirm") and len(text) <= phrases.SHORT):
        return _yes(draft)
    if phrases.is_no(text) or (_is(message, "deny") and len(text) <= phrases.SHORT):
        return _no(draft)
    more = phrases.addition(text)
    if more is not None:
        return _add(draft, more, understand) if more else Outcome(draft, (Line("form_add"),))
    if _interrupts(message, text):
        return Outcome(draft, yields=True)
    fields = understand(message.text).fields
    before = draft
    draft = intake.found(draft, fields)
    if draft != before:
        return Outcome(replace(draft, step=Step.COLLECTING, tries=0))
    if len(text) >= phrases.SHORT:
        return _add(draft, message.text.strip(), understand)
    return _again(draft)


def _add(draft: Draft, more: str, understand: Understand) -> Outcome:
    """Take what a person adds to the matter."""
    told = draft.text(Field.MATTER)
    joined = f"{told}\n{more}" if told else more
    draft = intake.found(draft, understand(more).fields)
    return Outcome(
        replace(draft.with_value(Field.MATTER, Value(joined)), step=Step.COLLECTING, tries=0),
        (Line("form_added"),),
    )


# --- an answer


def _answer(
    draft: Draft, asked: Field, message: Message, text: str, understand: Understand
) -> Outcome:
    if phrases.is_skip(text):
        return _skip(draft)
    fields = understand(message.text).fields
    fits = _fits(asked, fields)
    if not fits:
        if _interrupts(message, text):
            return Outcome(draft, yields=True)
        if asked is Field.PHONE:
            return _without_phone(draft, text, fields)
        more = phrases.addition(text)
        if more is not None and asked is not Field.MATTER:
            return _add(draft, more, understand) if more else Outcome(draft, (Line("form_add"),))
    if not fits and (phrases.is_yes(text) or phrases.is_no(text)):
        return _again(draft)
    value = intake.answer(asked, message.text, fields)
    if value is None:
        return _again(draft)
    if asked is Field.PLACE and _only_points(fields) and draft.tries == 0:
        return Outcome(replace(draft, tries=1), (Line("form_which_place", {"said": value.text}),))
    if asked is Field.MATTER and draft.step is not Step.CHANGING:
        told = intake.told(draft, understand(message.text), message.text)
        return Outcome(replace(told, last=asked, tries=0))
    draft = draft.with_value(asked, value)
    lines: tuple[Line, ...] = ()
    if draft.step is Step.CHANGING:
        lines = (Line("form_changed", {"field": asked.value, "value": value.text}),)
    else:
        draft = intake.found(draft, fields)
    return Outcome(replace(draft, step=Step.COLLECTING, changing=None, last=asked, tries=0), lines)


def _fits(asked: Field, fields: Fields) -> bool:
    """Whether the message holds, by pattern, the very thing asked for."""
    match asked:
        case Field.PHONE:
            return fields.phone is not None and fields.phone.valid
        case Field.PLACE:
            return fields.place is not None
        case Field.TIME:
            return fields.time is not None
        case Field.NAME:
            return fields.name is not None
        case _:
            return False


def _only_points(fields: Fields) -> bool:
    return fields.place is not None and not intake.tells_where(fields.place)


def _without_phone(draft: Draft, text: str, fields: Fields) -> Outcome:
    """The phone was asked for and no valid number was given."""
    problem = _phone_problem(text, fields)
    if problem is not None:
        return Outcome(replace(draft, tries=draft.tries + 1), (problem,))
    draft = intake.found(draft, fields)
    if fields.name is not None:
        return Outcome(replace(draft, tries=0))
    return _again(draft)


def _phone_problem(text: str, fields: Fields) -> Line | None:
    digits = fields.phone.value if fields.phone is not None else _digits(text)
    if len(digits) < DIGITS_OF_A_TRY:
        return None
    return Line("form_phone_wrong", {"digits": str(len(digits)), "said": digits})


def _digits(text: str) -> str:
    return "".join(re.findall(r"[0-9]", text))


def _skip(draft: Draft) -> Outcome:
    asked = draft.next_slot()
    if draft.step is Step.CHANGING:
        return Outcome(replace(draft, step=Step.COLLECTING, changing=None, tries=0))
    if asked is None or asked == CONFIRMED:
        return _again(draft)
    name = Field(asked)
    if not may_skip(draft, name):
        return Outcome(replace(draft, tries=draft.tries + 1), (Line(f"form_needed_{name.value}"),))
    skipped = draft.with_value(name, Value("", State.SKIPPED))
    return Outcome(replace(skipped, last=name, tries=0))


def _again(draft: Draft) -> Outcome:
    tries = draft.tries + 1
    lines = (Line("form_offer_help"),) if tries >= TRIES_BEFORE_HELP else (Line("form_again"),)
    return Outcome(replace(draft, tries=tries), lines)


def _interrupts(message: Message, text: str) -> bool:
    if message.intent not in INTERRUPTIONS:
        return False
    if message.intent in _NEEDS_QUESTION:
        return message.confidence >= HINT and phrases.is_question(text)
    return message.confidence >= SURE


def _is(message: Message, *intents: str) -> bool:
    return message.intent in intents and message.confidence >= HINT
