"""The moves a message can make on a complaint being taken, each a pure function."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from actions.complaint import answers, intake, phrases
from actions.complaint.contact import find_phone
from actions.complaint.corrections import Correction
from actions.complaint.draft import CONFIRMED, POINTED, Draft, Field, Privacy, State, Step, Value
from actions.complaint.fields import AppealType, Fields
from actions.complaint.folding import fold
from actions.complaint.intake import Understand
from actions.complaint.needs import may_skip, needed
from actions.work_orders.register import RecordKind

TRIES_BEFORE_HELP = 2
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
    again. ``quiet``: no question follows. ``onto``: the matter goes to the earlier order, as an
    urging or an addition, and the form ends.
    """

    draft: Draft | None
    lines: tuple[Line, ...] = ()
    yields: bool = False
    quiet: bool = False
    onto: RecordKind | None = None


def correct(draft: Draft, correction: Correction, text: str, understand: Understand) -> Outcome:
    name, value = correction.field, correction.value
    if name is None and value is None:
        if draft.next_slot() == CONFIRMED or draft.last is None:
            return Outcome(replace(draft, step=Step.CHOOSING, confirmed=False))
        return start_change(draft, draft.last)
    if value is None:
        assert name is not None  # else both would be None
        return start_change(draft, name)
    fields = understand(value).fields
    if name is None:
        return put_right(draft, correction, value, fields, understand)
    return change(draft, name, value, fields)


def put_right(
    draft: Draft, correction: Correction, value: str, fields: Fields, understand: Understand
) -> Outcome:
    """A correction that names no field: what it says tells which, or the word that was wrong does.
    The matter itself is never replaced by a few words, only added to."""
    meant = field_meant(draft, fields)
    if meant is not Field.MATTER and meant in intake.values(fields):
        return change(draft, meant, value, fields)
    old = correction.old
    if old and old in draft.text(Field.MATTER):
        return reword(draft, old, value, understand)
    holder = next((name for name in Field if old and old in draft.text(name)), None)
    if holder is not None:
        whole = draft.text(holder).replace(old, value)
        return change(draft, holder, whole, understand(whole).fields)
    if meant is Field.MATTER and draft.text(Field.MATTER):
        return add(draft, value, understand)
    return change(draft, meant, value, fields)


def reword(draft: Draft, old: str, new: str, understand: Understand) -> Outcome:
    """A word of the matter was wrong (不是物业，是停车场): the words change, and with them whom it is
    about and where it belongs."""
    words = draft.text(Field.MATTER).replace(old, new)
    draft = draft.with_value(Field.MATTER, Value(words))
    for name in (Field.SUBJECT, Field.PLACE):
        if old in draft.text(name):
            draft = draft.with_value(name, Value(draft.text(name).replace(old, new)))
    draft = intake.placed_in_tree(draft, understand(words))
    changed = replace(draft, step=Step.COLLECTING, changing=None, tries=0, confirmed=False)
    return Outcome(changed, (is_now(changed, Field.MATTER),))


def field_meant(draft: Draft, fields: Fields) -> Field:
    """Which field a bare new value ("不对，是望江西路") is about."""
    kinds = intake.values(fields)
    for name in (Field.PHONE, Field.PLACE, Field.TIME, Field.NAME):
        if name in kinds and (draft.get(name) is not None or name in draft.needed):
            return name
    return draft.last or Field.MATTER


def change(draft: Draft, name: Field, text: str, fields: Fields) -> Outcome:
    value = intake.answer(name, text, fields)
    if value is None:
        line = phone_problem(text, fields) if name is Field.PHONE else None
        changing = replace(draft, step=Step.CHANGING, changing=name, confirmed=False)
        return Outcome(changing, (line,) if line else ())
    before = draft.text(name)
    if before and before != value.text and before in draft.text(Field.MATTER):
        corrected = dict.fromkeys((*draft.corrected, name))
        draft = replace(draft, corrected=tuple(corrected))
    changed = replace(
        intake.with_said(draft, name, value),
        step=Step.COLLECTING, changing=None, last=name, tries=0, confirmed=False,
    )  # fmt: skip
    return Outcome(changed, (is_now(changed, name),))


def is_now(draft: Draft, name: Field) -> Line:
    """What a field that was changed has become."""
    return Line("form_changed", {"field": name.value, "value": draft.text(name)})


def is_more(draft: Draft, name: Field) -> Line:
    """What a field is, now that more was said of it."""
    return Line("form_now", {"field": name.value, "value": draft.text(name)})


def start_change(draft: Draft, name: Field) -> Outcome:
    return Outcome(replace(draft, step=Step.CHANGING, changing=name, tries=0, confirmed=False))


def tap(draft: Draft, row: str) -> Outcome:
    """A row of the summary is to be changed; ``row`` is its key."""
    again = replace(draft, step=Step.COLLECTING, changing=None, confirmed=False)
    if row in set(Field):
        return start_change(draft, Field(row))
    if row in ("kind", "privacy"):
        return Outcome(again, (Line(f"form_which_{row}"),), quiet=True)
    if row == "on_behalf":
        return Outcome(replace(again, on_behalf=None), (Line("form_for_oneself"),))
    return Outcome(again)


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


def set_kind_and_add(draft: Draft, kind: AppealType, more: str, understand: Understand) -> Outcome:
    """Another kind, and in the same breath more of the matter."""
    changed = set_kind(draft, kind)
    assert changed.draft is not None
    wish = phrases.privacy(more)
    if wish is not None and len(more) <= phrases.SHORT:  # 我要举报，别让他知道是我
        wished = set_privacy(changed.draft, wish)
        return replace(wished, lines=(*changed.lines, *wished.lines))
    added = add(changed.draft, more, understand)
    return replace(changed, draft=added.draft)


def privacy_answered(draft: Draft, text: str) -> Outcome | None:
    """The answer to "shall your identity be kept confidential?"; None where it is none."""
    if wish := phrases.privacy(text):
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
    if phrases.hurries(text):
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
    names = {code: name for name, code in intake.cities(draft.which_city()).items()}
    settled = intake.in_city(place.text, code, names.get(code, ""))
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


def add(draft: Draft, more: str, understand: Understand) -> Outcome:
    """Take what a person adds to the matter; announced only, ask for it."""
    if not more:
        return Outcome(replace(draft, step=Step.ADDING), (Line("form_add"),), quiet=True)
    told = draft.text(Field.MATTER)
    joined = told if more in told else f"{told}\n{more}" if told else more
    if not draft.category:  # what was told before said little
        draft = intake.placed_in_tree(draft, understand(joined))
    fields = answers.own_contact(more, understand(more).fields)
    draft = intake.found(draft, answers.with_whole_names(more, fields))
    return Outcome(
        replace(draft.with_value(Field.MATTER, Value(joined)), step=Step.COLLECTING, tries=0),
        (Line("form_added"),),
    )


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
    said = digits(fields.phone.value if fields.phone is not None else text)
    if len(said) < DIGITS_OF_A_TRY:
        return None
    return Line("form_phone_wrong", {"digits": str(len(said))})


def digits(text: str) -> str:
    return "".join(re.findall(r"[0-9]", text))
