"""The moves a message can make on a complaint being taken, each a pure function."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from actions.complaint.record.draft import (
    ASKED_WHICH,
    CONFIRMED,
    POINTED,
    Draft,
    Field,
    Privacy,
    State,
    Step,
    Value,
)
from actions.complaint.record.needs import may_skip, needed
from actions.complaint.told import contacts_told, places_told
from actions.complaint.wording import appeal_words, asked_of_us, phrases, said_to_us
from actions.understanding.fields import AppealType, Fields
from actions.understanding.people.contact import area_code, find_phone
from actions.understanding.text.folding import fold
from actions.work_orders.register import RecordKind

TRIES_BEFORE_HELP = 2
MORE = "more"  # beside the keys of the lines: what the first list leaves out
DIGITS_OF_A_TRY = 5  # so many digits are an attempt at a phone number


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
    again. ``asks``: what the message asks, beside the form; the base answers it, then the form asks
    again. ``quiet``: no question follows. ``onto``: the matter goes to the earlier order, as an
    urging or an addition, and the form ends.
    """

    draft: Draft | None
    lines: tuple[Line, ...] = ()
    yields: bool = False
    asks: str = ""
    quiet: bool = False
    onto: RecordKind | None = None


def start_change(draft: Draft, name: Field) -> Outcome:
    return Outcome(replace(draft, step=Step.CHANGING, changing=name, tries=0, confirmed=False))


def tap(draft: Draft, row: str) -> Outcome:
    """A row of the summary is to be changed; ``row`` is its key."""
    again = replace(draft, step=Step.COLLECTING, changing=None, confirmed=False)
    if row in set(Field):
        return start_change(draft, Field(row))
    if row == MORE:
        return Outcome(replace(again, step=Step.CHOOSING_MORE))
    if row in ("kind", "privacy"):
        return Outcome(again, (Line(f"form_which_{row}"),), quiet=True)
    if row == "files" and draft.files:
        return Outcome(again, (Line("form_which_files"),), quiet=True)
    if row == "files":
        return Outcome(again, (Line("form_files_welcome"),))
    if row == "on_behalf":  # whether they agree, their number, or that it is one's own matter
        return Outcome(replace(again, consent=None, their_phone=""))
    return Outcome(again)


def drop_files(draft: Draft) -> Outcome:
    """What was sent shall not go with the order after all."""
    return Outcome(replace(draft, files={}, spot={}, tries=0), (Line("form_files_dropped"),))


def set_kind(draft: Draft, kind: AppealType) -> Outcome:
    privacy = draft.privacy if kind is AppealType.REPORT else Privacy.OPEN
    changed = replace(
        draft,
        kind=kind,
        privacy=privacy,
        needed=needed(kind, privacy, draft.by_category, draft.for_enterprise),
        confirmed=False,
        tries=0,
    )
    return Outcome(changed, (Line("form_kind_changed", {"kind": kind.value}),))


def privacy_answered(draft: Draft, text: str) -> Outcome | None:
    """The answer to "shall your identity be kept confidential?"; None where it is none."""
    if wish := appeal_words.privacy(text):
        return set_privacy(draft, wish)
    if phrases.hurries(text) or phrases.is_no(text) or phrases.is_skip(text):
        return Outcome(replace(draft, privacy_offered=True, tries=0))
    return set_privacy(draft, Privacy.CONFIDENTIAL) if phrases.is_yes(text) else None


def set_privacy(draft: Draft, privacy: Privacy) -> Outcome:
    wished = privacy
    if privacy is Privacy.ANONYMOUS and Field.PHONE in needed(draft.kind, privacy):
        # Somebody must be reachable: where a contact is needed, anonymous becomes confidential.
        privacy = Privacy.CONFIDENTIAL
    changed = replace(
        draft,
        privacy=privacy,
        privacy_offered=True,
        needed=needed(draft.kind, privacy, draft.by_category, draft.for_enterprise),
        confirmed=False,
        tries=0,
    )
    if privacy is Privacy.ANONYMOUS:
        changed = changed.without(Field.NAME).without(Field.PHONE)
    if privacy is not wished and draft.privacy is privacy and Field.PHONE in draft.open_fields():
        # told already that it will be confidential: whoever still gives no name gives no number
        without = changed.with_value(Field.PHONE, Value("", State.SKIPPED))
        return Outcome(without, (Line("form_without_phone"),))
    if privacy is not wished:
        return Outcome(changed, (Line("form_confidential_instead"),))
    return Outcome(changed, (Line(f"form_privacy_{privacy.value}"),))


def ask_cancel(draft: Draft) -> Outcome:
    return Outcome(replace(draft, step=Step.CANCELLING, confirmed=False))


def yes(draft: Draft) -> Outcome:
    if draft.step is Step.CANCELLING:
        return Outcome(None, (Line("form_cancelled"),))
    if draft.step is Step.PLACING:
        return settle_spot(draft, here=True)
    if draft.step is Step.SAME:  # which of the three is still open
        return again(draft)
    if draft.asks_privacy():
        return set_privacy(draft, Privacy.CONFIDENTIAL)
    if draft.asks_consent():
        return set_consent(draft, "yes")
    if draft.next_slot() == CONFIRMED:
        return Outcome(replace(draft, step=Step.COLLECTING, confirmed=True))
    return again(draft)


def no(draft: Draft) -> Outcome:
    if draft.step is Step.CANCELLING:
        return Outcome(replace(draft, step=Step.COLLECTING), (Line("form_goes_on"),))
    if draft.step is Step.PLACING:
        return settle_spot(draft, here=False)
    if draft.step is Step.SAME:
        return settle_same(draft, "new")
    if draft.asks_privacy():
        return Outcome(replace(draft, privacy_offered=True, tries=0))
    if draft.asks_consent():
        return set_consent(draft, "no")
    if draft.next_slot() == CONFIRMED:
        return Outcome(replace(draft, step=Step.CHOOSING))
    asked = draft.next_slot()
    if asked is not None and may_skip(draft, Field(asked)):
        return skip(draft)
    return again(draft)


def consent(draft: Draft, message: Message, text: str) -> Outcome | None:
    """The answer to "does the one it is told for agree?"; None where it is none."""
    if phrases.for_oneself(text):
        return set_consent(draft, "self")
    phone = find_phone(fold(message.text))
    if phone is not None and phone.valid:
        draft = replace(draft, their_phone=phone.value)
    if phrases.is_skip(text) or phrases.disagrees(text):
        return set_consent(draft, "no" if phrases.disagrees(text) else "unknown")
    if phrases.hurries(text) or phrases.hands_in(text):  # 报吧 says nothing of the other
        return set_consent(draft, "unknown")
    if phrases.agrees(text) or (phone is not None and phone.valid):
        return set_consent(draft, "yes")
    return None


def set_consent(draft: Draft, said: str) -> Outcome:
    """Noted with the order; nobody is turned away for the lack of it."""
    if said == "self":
        return Outcome(replace(draft, on_behalf=None, tries=0), (Line("form_for_oneself"),))
    return Outcome(replace(draft, consent=said, tries=0))


def set_city(draft: Draft, code: str) -> Outcome:
    """Which of the places of that name is meant."""
    place = draft.get(Field.PLACE)
    if place is None or code not in draft.which_city():
        return again(draft)
    names = {code: name for name, code in places_told.cities(draft.which_city()).items()}
    settled = places_told.in_city(place.text, code, names.get(code, ""))
    return Outcome(replace(draft.with_value(Field.PLACE, settled), last=Field.PLACE, tries=0))


def settle_spot(draft: Draft, *, here: bool) -> Outcome:
    """Whether it was where the photo was taken; if not, that place is forgotten."""
    spot, draft = draft.spot, replace(draft, step=Step.COLLECTING, spot={}, tries=0)
    if not here or not spot:
        return Outcome(draft)
    known = draft.get(Field.PLACE)
    text = known.text if known is not None and known.state is State.SAID else spot["text"]
    where = {key: spot[key] for key in ("latitude", "longitude", POINTED) if key in spot}
    if known is not None and known.state is State.SAID:
        where.pop(POINTED, None)
    detail = {**(known.detail if known is not None else {}), **where}
    return Outcome(
        replace(draft.with_value(Field.PLACE, Value(text, detail=detail)), last=Field.PLACE)
    )


def settle_same(draft: Draft, chosen: str) -> Outcome:
    """Told before: the earlier order is urged or added to, or this becomes an order of its own."""
    onto = {"urge": RecordKind.URGE, "add": RecordKind.SUPPLEMENT}.get(chosen)
    if onto is not None and draft.earlier:
        return Outcome(draft, onto=onto)
    return Outcome(replace(draft, step=Step.COLLECTING, earlier={}, tries=0))


def skip(draft: Draft) -> Outcome:
    asked = draft.next_slot()
    if draft.step is Step.CHANGING:
        return Outcome(replace(draft, step=Step.COLLECTING, changing=None, tries=0))
    if draft.asks_privacy():
        return Outcome(replace(draft, privacy_offered=True, tries=0))
    if draft.asks_consent():
        return set_consent(draft, "unknown")
    if asked is None or asked == CONFIRMED:
        return again(draft)
    name = Field(asked)
    if name is Field.SUBJECT and draft.text(name):  # of what kind it is, is said
        said = Value(draft.text(name), detail={ASKED_WHICH: "yes"})
        return Outcome(replace(draft.with_value(name, said), last=name, tries=0))
    if name is Field.PLACE and draft.text(name):  # the place itself is said
        said = Value(draft.text(name))
        return Outcome(replace(draft.with_value(name, said), last=name, tries=0))
    urged = draft.refused is name or (  # told already that it may be left out
        name is Field.PHONE and draft.privacy is Privacy.CONFIDENTIAL
    )
    if not may_skip(draft, name) and (not urged or name is Field.MATTER):
        # Said why once; whoever still would rather not is not turned away.
        needed_line = Line(f"form_needed_{name.value}")
        return Outcome(replace(draft, refused=name), (needed_line,), quiet=True)
    skipped = draft.with_value(name, Value("", State.SKIPPED))
    return Outcome(replace(skipped, last=name, tries=0))


def hurry(draft: Draft) -> Outcome:
    """Enough has been asked: what may be left out is left out, what may not is said to be missing."""
    for name in draft.open_fields():
        if not may_skip(draft, name) and draft.refused is not name:
            needed_line = Line(f"form_needed_{name.value}")
            return Outcome(replace(draft, refused=name), (needed_line,), quiet=True)
        draft = draft.with_value(name, draft.get(name) or Value("", State.SKIPPED))
    return Outcome(replace(draft, tries=0))


def again(draft: Draft) -> Outcome:
    tries = draft.tries + 1
    lines = (Line("form_offer_help"),) if tries >= TRIES_BEFORE_HELP else (Line("form_again"),)
    return Outcome(replace(draft, tries=tries), lines)


def phone_problem(text: str, fields: Fields) -> Line | None:
    said = digits(fields.phone.value) if fields.phone is not None else _longest_number(text)
    if len(said) < DIGITS_OF_A_TRY:
        return None
    return Line("form_phone_wrong", {"digits": str(len(said))})


_LOCAL_NUMBER = re.compile(r"[2-8][0-9]{6,7}(?:转[0-9]{1,5})?")


def with_area_code(draft: Draft, text: str) -> Draft | None:
    """The draft with the area code of the local number told before (前面加0551); None where a
    message tells none."""
    known, area = draft.text(Field.PHONE), area_code(text) if len(text) <= phrases.SHORT else ""
    if not area or _LOCAL_NUMBER.fullmatch(known) is None:
        return None
    whole = draft.with_value(Field.PHONE, Value(f"{area}-{known}"))
    return replace(whole, step=Step.COLLECTING, changing=None, tries=0)


_PLATE = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Z][·.]?[A-Z0-9]{5,6}",
    re.IGNORECASE,
)


def _longest_number(text: str) -> str:
    """The digits of the longest number in a text, as one is read out (138 0000 12); those of a
    vehicle's plate are none."""
    numbers = re.findall(r"[0-9](?:[ -]?[0-9])*", _PLATE.sub("，", text))
    return max(map(digits, numbers), key=len, default="")


def how_it_goes_on(draft: Draft) -> Line:
    """What becomes of it once it is handed in; nobody calls whoever left no number."""
    phone = draft.get(Field.PHONE)
    unreachable = phone is not None and phone.state is State.SKIPPED
    code = unreachable or draft.privacy is Privacy.ANONYMOUS
    return Line("form_wait_time_code" if code else "form_wait_time")


def about_us(draft: Draft, asked: str) -> Line | None:
    """The answer to what is asked of this matter's way, or of what may be sent."""
    if asked_of_us.asks_how_long(asked) and not asked_of_us.names_an_order(asked):
        return how_it_goes_on(draft)
    return Line("form_files_welcome") if asked_of_us.asks_about_files(asked) else None


def answers_beside(draft: Draft, text: str) -> tuple[Line, ...]:
    """The answers to the clauses of a message that ask something of us, each once."""
    lines = [about_us(draft, one) for one in said_to_us.asked(text)]
    return tuple({line.key: line for line in lines if line is not None}.values())


def gives_phone(text: str) -> bool:
    """Whether a message gives a number of the person's own to call."""
    phone = contacts_told.own_contact(text, Fields(phone=find_phone(text))).phone
    return phone is not None and phone.valid


def digits(text: str) -> str:
    return "".join(re.findall(r"[0-9]", text))
