"""What a message does to a complaint being taken: one pure function, no I/O.

Order of reading, the first that fits decides:

1. a button of ours;
2. the answer to "really cancel?", to "which field?", and to "the same as before?";
3. a correction ("地址不对，是望江西路"), a change of kind, a wish for anonymity;
4. yes and no at the summary;
5. an answer to the slot asked for, by its own pattern (a phone number, a place, a time);
6. skipping, stopping;
7. an interruption, by intent: the form steps aside and the rule of that intent answers;
8. words taken as the answer, where the slot takes words; otherwise the question again, differently.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from actions.complaint import answers, intake, moves, phrases, where
from actions.complaint.draft import CONFIRMED, WIDE, Draft, Field, Privacy, Step, Value
from actions.complaint.fields import AppealType
from actions.complaint.folding import fold
from actions.complaint.intake import Understand
from actions.complaint.moves import TRIES_BEFORE_HELP, Line, Message, Outcome
from actions.complaint.needs import ON_SITE
from actions.complaint.understand import Understanding

SURE = 0.5  # confidence from which an intent may interrupt
HINT = 0.35  # enough where the words also fit (a short yes, a question)
SHORT_NO = 10  # characters; a longer message says more than that it would rather not

INTERRUPTIONS = frozenset(
    {
        "abuse", "ask_capability", "ask_human", "ask_identity", "ask_policy", "ask_wait_time",
        "chitchat", "continue_elsewhere", "despair", "emergency", "explain_again", "greet",
        "query_progress", "speak_language", "speak_slower", "thank", "threat",
        "urge_order", "verify_phone", "why_need_info",
    }
)  # fmt: skip
_OF_AN_ORDER = frozenset({"query_progress", "urge_order"})
# Asked for in words, these are easily the answer itself: only a question interrupts.
_NEEDS_QUESTION = frozenset({"ask_policy", "ask_wait_time", "ask_capability", "ask_identity"})
_KEPT = frozenset({Field.SUBJECT, Field.WANTED, Field.NAME, Field.ENTERPRISE})
LEAST_MATTER = 5  # characters of another matter told in passing
LEAST_WORDS = 3  # characters of an answer to another question that may still tell something


def take(draft: Draft, message: Message, understand: Understand) -> Outcome:
    """Read one message. ``understand`` is called only when the words matter."""
    if message.is_payload:
        return _button(draft, message)
    text = fold(message.text).strip()
    if draft.step is Step.CANCELLING:
        return _cancelling(draft, message, text, understand)
    if draft.step is Step.PLACING:
        return _placing(draft, message, text, understand)
    if draft.step is Step.SAME and len(text) <= phrases.SHORT:
        if chosen := phrases.about_earlier(text):
            return moves.settle_same(draft, chosen)
        if phrases.is_cancel(text):
            return moves.ask_cancel(draft)
        return Outcome(draft, yields=True) if _interrupts(message, text) else moves.again(draft)
    if draft.asks_privacy() and (chosen_privacy := moves.privacy_answered(draft, text)):
        return chosen_privacy
    if draft.asks_consent() and (agreed := moves.consent(draft, message, text, understand)):
        return agreed
    if draft.step is Step.ADDING:
        return _adding(draft, message, text, understand)
    if draft.step is Step.CHOOSING:
        named = phrases.field_named(text)
        if named is not None and phrases.correction(text) is None:
            return moves.start_change(draft, named)
    return _words(draft, message, text, understand)


# --- buttons


def _button(draft: Draft, message: Message) -> Outcome:
    choice = message.choice or ""
    kind, _, value = choice.partition(":")
    if kind == "field":
        return moves.tap(draft, value)
    if kind == "consent":
        return moves.set_consent(draft, value)
    if kind == "spot":
        return moves.settle_spot(draft, here=value == "yes")
    if kind == "city":
        return moves.set_city(draft, value)
    if kind == "same":
        return moves.settle_same(draft, value)
    if kind == "privacy" and value in set(Privacy):
        return moves.set_privacy(draft, Privacy(value))
    if kind == "kind" and value in set(AppealType):
        return moves.set_kind(draft, AppealType(value))
    match message.intent:
        case "skip_field":
            return moves.skip(draft)
        case "affirm":
            return moves.yes(draft)
        case "deny":
            return moves.no(draft)
        case "cancel":
            return moves.ask_cancel(draft)
        case "correct_field":
            return Outcome(replace(draft, step=Step.CHOOSING, confirmed=False))
        case _:
            return Outcome(draft, yields=True)


# --- steering


def _cancelling(draft: Draft, message: Message, text: str, understand: Understand) -> Outcome:
    back = replace(draft, step=Step.COLLECTING)
    if phrases.is_keep(text) or _is(message, "deny"):
        return Outcome(back, (Line("form_goes_on"),))
    if phrases.is_cancel(text) or phrases.is_yes(text) or _is(message, "affirm", "cancel"):
        return Outcome(None, (Line("form_cancelled"),))
    return _words(back, message, text, understand)


def _placing(draft: Draft, message: Message, text: str, understand: Understand) -> Outcome:
    """Was it where the photo was taken? Yes, no, or straight away where it was."""
    if phrases.is_yes(text) or (_is(message, "affirm") and len(text) <= phrases.SHORT):
        return moves.settle_spot(draft, here=True)
    elsewhere = moves.settle_spot(draft, here=False)
    if phrases.is_no(text) or (_is(message, "deny") and len(text) <= phrases.SHORT):
        return elsewhere
    assert elsewhere.draft is not None
    return _words(elsewhere.draft, message, text, understand)


def _adding(draft: Draft, message: Message, text: str, understand: Understand) -> Outcome:
    """The person said there is more: this is it, unless there is none after all."""
    back = replace(draft, step=Step.COLLECTING)
    if phrases.is_no(text) or phrases.is_skip(text):
        return Outcome(back)
    if len(text) <= phrases.SHORT and (steered := _steer(back, message, text, understand)):
        return steered
    return moves.add(back, message.text.strip(), understand)


def _words(draft: Draft, message: Message, text: str, understand: Understand) -> Outcome:
    if not text:
        return moves.again(draft)
    steered = _steer(draft, message, text, understand)
    if steered is not None:
        return steered
    asked = draft.next_slot()
    if asked == CONFIRMED or asked is None:
        return _at_summary(draft, message, text, understand)
    return _answer(draft, Field(asked), message, text, understand)


def _steer(draft: Draft, message: Message, text: str, understand: Understand) -> Outcome | None:
    other = phrases.kind_and_more(text)
    if other is not None and other[0] is not draft.kind and draft.text(Field.MATTER):
        return moves.set_kind_and_add(draft, *other, understand)
    another = phrases.another_matter(text)
    if another is not None and len(another) >= LEAST_MATTER and draft.text(Field.MATTER):
        others = replace(draft, others=(*draft.others, another), tries=0)
        return Outcome(others, (Line("form_another_kept"),))
    kind = phrases.kind(text)
    if kind is not None and kind is not draft.kind:
        return moves.set_kind(draft, kind)
    if phrases.kind_is_wrong(text):
        return moves.tap(draft, "kind")
    correction = phrases.correction(text)
    if correction is not None and draft.next_slot() != Field.MATTER:
        if draft.step is Step.CHANGING and correction.field is None and correction.value is None:
            return moves.again(draft)
        return moves.correct(draft, correction, text, understand)
    wish = phrases.privacy(text) if draft.next_slot() != Field.MATTER else None
    if wish is None and draft.kind in ON_SITE and draft.privacy is Privacy.OPEN:
        wish = phrases.fears(text)
    if wish is not None and (len(text) <= phrases.SHORT or draft.kind is AppealType.REPORT):
        return moves.set_privacy(draft, wish)
    if phrases.asks_how_long(text) and not phrases.names_an_order(text):
        return Outcome(draft, (Line("form_wait_time"),))
    return _move(draft, message, text) if len(text) <= phrases.SHORT else None


def _move(draft: Draft, message: Message, text: str) -> Outcome | None:
    """A short message that steers the talk itself."""
    if phrases.is_cancel(text) or _is(message, "cancel", "withdraw_order", "start_over"):
        return moves.ask_cancel(draft)
    if _is(message, "repeat_last"):
        return Outcome(draft)
    if _is(message, "wait"):
        return Outcome(draft, (Line("form_waits"),), quiet=True)
    if _is(message, "goodbye") and not moves.digits(text):
        return Outcome(draft, (Line("form_rests"),), quiet=True)
    return None


# --- the summary


def _at_summary(draft: Draft, message: Message, text: str, understand: Understand) -> Outcome:
    if phrases.is_yes(text) or (_is(message, "affirm") and len(text) <= phrases.SHORT):
        return moves.yes(draft)
    if phrases.is_no(text) or (_is(message, "deny") and len(text) <= phrases.SHORT):
        return moves.no(draft)
    more = phrases.addition(text)
    if more is not None:
        return moves.add(draft, more, understand)
    if _interrupts(message, text):
        return Outcome(draft, yields=True)
    fields = understand(message.text).fields
    before = draft
    if told := answers.something_else(None, message.text, fields):
        return _with_all(replace(draft, step=Step.COLLECTING), told)
    draft = intake.found(draft, fields)
    if draft != before:
        return Outcome(replace(draft, step=Step.COLLECTING, tries=0))
    if len(text) >= phrases.SHORT:
        return moves.add(draft, message.text.strip(), understand)
    return moves.again(draft)


# --- an answer


def _answer(
    draft: Draft, asked: Field, message: Message, text: str, understand: Understand
) -> Outcome:
    if phrases.is_skip(text) or _would_rather_not(message, text):
        return moves.skip(draft)
    if asked is not Field.MATTER and draft.step is Step.COLLECTING and phrases.hurries(text):
        return moves.hurry(draft)
    if draft.on_behalf and (heard := _of_the_other(draft, asked, message, text, understand)):
        return heard
    understood = understand(message.text)
    fields = answers.own_contact(message.text, understood.fields)
    fits = answers.fits(asked, fields)
    told_more = asked is Field.SUBJECT and answers.tells_more(message.text, fields)
    if not fits and (told_more or (asked is Field.PHONE and fields != understood.fields)):
        return moves.add(draft, message.text.strip(), understand)
    if not fits:
        if _interrupts(message, text):
            return Outcome(draft, yields=True)
        more = phrases.addition(text)
        if more is not None and asked is not Field.MATTER:
            return moves.add(draft, more, understand)
        if asked is Field.PHONE:
            return _without_phone(draft, message, understood, understand)
    if not fits and (phrases.is_yes(text) or phrases.is_no(text)):
        return moves.again(draft)
    changing = draft.step is Step.CHANGING
    if not fits and not changing:
        if others := answers.something_else(asked, message.text, fields):
            future = Field.TIME in others and intake.in_the_future(fields, understood.now)
            if future and draft.tries == 0:
                return _still_to_come(draft, others[Field.TIME].text)
            return _with_all(draft, others)
        if asked is not Field.PLACE and phrases.points_only(text):
            return _and_what(draft) if asked is Field.MATTER else moves.again(draft)
    if asked is not Field.MATTER and not fits and answers.only_digits(text):
        said = {"digits": str(len(moves.digits(text)))}
        line = Line("form_phone_wrong_beside", said)
        return Outcome(replace(draft, tries=draft.tries + 1), (line,))
    if asked is Field.ENTERPRISE:  # 合肥某某有限公司 says nothing of where it happened
        fields = replace(fields, place=None)
    if asked is Field.CREDIT_CODE and fields.credit_code and not fields.credit_code.valid:
        return _wrong_code(draft, fields.credit_code.value)
    value = intake.answer(asked, answers.own_words(asked, message.text, fields), fields)
    if value is None:
        others = {} if asked is Field.MATTER or changing else intake.values(fields)
        if Field.PHONE in others and draft.for_enterprise and draft.get(Field.NAME) is None:
            draft = answers.with_post(draft, message.text, fields)
        return _with_all(draft, others) if others else moves.again(draft)
    known = draft.get(asked)
    if asked is Field.PLACE and draft.which_city() and not changing and known:
        place = intake.settled(known, value.text, fields)
        if "region" not in place.detail and fields.place and fields.place.region:
            place = value  # another place altogether
        return Outcome(replace(draft.with_value(asked, place), last=asked, tries=0))
    if asked is Field.PLACE and not changing and known is None and where.is_wide(value.text):
        value = replace(value, detail={**value.detail, WIDE: "yes"})  # asked about once more
    future = asked is Field.TIME and intake.in_the_future(fields, understood.now)
    if future and draft.tries == 0:
        return _still_to_come(draft, value.text)
    if asked is Field.PLACE and answers.only_points(text, fields) and draft.tries == 0:
        which = Line("form_which_place", {"said": value.text})
        return Outcome(replace(draft, tries=1), (which,), quiet=True)
    if asked is Field.MATTER and not changing:
        told = intake.told(draft, understood, message.text)
        about = draft.text(Field.SUBJECT)
        if about and about not in message.text:  # 投诉物业, and then 就是收费贵
            told = intake.placed_in_tree(told, understand(f"{about}{message.text}"))
        return Outcome(replace(told, last=asked, tries=0))
    draft = intake.with_said(draft, asked, value)
    if asked is Field.PHONE and draft.for_enterprise and draft.get(Field.NAME) is None:
        draft = answers.with_post(draft, message.text, fields)
    lines: tuple[Line, ...] = ()
    if changing:
        lines = (moves.is_now(draft, asked),)
    else:
        draft = intake.found(draft, fields)
    draft = replace(draft, step=Step.COLLECTING, changing=None, last=asked, tries=0)
    beside = answers.beside(message.text, fields) if asked is Field.PHONE else ""
    code = fields.credit_code
    if code is not None and not code.valid and draft.next_slot() == Field.CREDIT_CODE:
        return _wrong_code(draft, code.value)
    return moves.add(draft, beside, understand) if beside else Outcome(draft, lines)


def _wrong_code(draft: Draft, said: str) -> Outcome:
    line = Line("form_credit_code_wrong", {"digits": str(len(said))})
    return Outcome(replace(draft, tries=draft.tries + 1), (line,), quiet=True)


def _still_to_come(draft: Draft, said: str) -> Outcome:
    line = Line("form_time_future", {"said": said})
    return Outcome(replace(draft, tries=draft.tries + 1), (line,), quiet=True)


def _and_what(draft: Draft) -> Outcome:
    """Where it is was said, by pointing; what it is is asked again, with an example."""
    return Outcome(replace(draft, tries=draft.tries + 1), (Line("form_and_what"),), quiet=True)


def _of_the_other(
    draft: Draft, asked: Field, message: Message, text: str, understand: Understand
) -> Outcome | None:
    """What is said of the one a matter is told for, whatever was asked: their number, that they
    agree."""
    number, rest = answers.their_number(message.text)
    if not number:
        if len(text) <= phrases.SHORT and phrases.only_agrees(text):
            return Outcome(replace(draft, consent="yes", tries=0), (Line("form_consent_kept"),))
        return None
    draft = replace(draft, their_phone=number, tries=0)
    if phrases.only_agrees(fold(rest)):
        draft, rest = replace(draft, consent="yes"), ""
    if rest and (rest != message.text):
        return _answer(draft, asked, replace(message, text=rest), fold(rest).strip(), understand)
    if asked is Field.PHONE:
        return Outcome(draft, (Line("form_their_phone"),), quiet=True)
    return Outcome(draft, (Line("form_their_phone_kept"),))


def _would_rather_not(message: Message, text: str) -> bool:
    return message.intent == "skip_field" and message.confidence >= SURE and len(text) < SHORT_NO


def _without_phone(
    draft: Draft, message: Message, understood: Understanding, understand: Understand
) -> Outcome:
    """The phone was asked for and no valid number was given."""
    said = message.text
    text, fields = fold(said).strip(), understood.fields
    problem = moves.phone_problem(text, fields)
    if problem is not None:
        tried = replace(draft, tries=draft.tries + 1)
        if tried.tries >= TRIES_BEFORE_HELP:
            return Outcome(tried, (problem, Line("form_offer_help")), quiet=True)
        return Outcome(tried, (problem,), quiet=True)
    if phrases.is_yes(text):
        return Outcome(draft, (Line("form_phone_please"),), quiet=True)
    told = intake.values(fields)
    if (
        understood.appeal_type is not None
        and len(answers.besides(said, fields)) >= answers.TELLS_MORE
    ):
        return moves.add(_with_all(draft, told).draft or draft, said.strip(), understand)
    noted = _with_all(draft, told)
    if noted.lines:
        return noted
    if message.intent == "inform" and len(text) >= LEAST_WORDS:
        return moves.add(draft, said.strip(), understand)  # nothing that is said is lost
    return moves.again(draft)


def _with_all(draft: Draft, told: Mapping[Field, Value]) -> Outcome:
    """All that a message told beside what was asked, said back: what is new, what it changed. Whom
    it is about, what is wanted and who tells it only a correction changes."""
    before = draft
    for name, value in told.items():
        if before.text(name) and name in _KEPT:
            continue
        if name is Field.WANTED and draft.kind in intake.WANTS_NOTHING_MORE:
            continue
        draft = intake.with_said(draft, name, value)
    fresh = [name.value for name in told if not before.text(name) and draft.text(name)]
    noted = (Line("form_noted", {"fields": ",".join(fresh)}),) if fresh else ()
    changed = tuple(
        moves.is_more(draft, name)
        if before.text(name) in draft.text(name)
        else moves.is_now(draft, name)
        for name in told
        if before.text(name) and before.text(name) != draft.text(name)
    )
    return Outcome(replace(draft, tries=0), noted + changed)


def _interrupts(message: Message, text: str) -> bool:
    if message.intent not in INTERRUPTIONS:
        return False
    if message.intent in _OF_AN_ORDER and not phrases.names_an_order(text):
        return False
    if message.intent in _NEEDS_QUESTION:
        return message.confidence >= HINT and phrases.is_question(text)
    return message.confidence >= SURE


def _is(message: Message, *intents: str) -> bool:
    return message.intent in intents and message.confidence >= HINT
