"""A message that does not hold, by pattern, what was asked for: what it tells instead."""

from __future__ import annotations

import re
from dataclasses import replace

from actions.complaint.record.draft import Draft, Field, Value
from actions.complaint.record.needs import ON_SITE
from actions.complaint.steering import adding, moves
from actions.complaint.steering.interruptions import (
    INTERRUPTIONS,
    NEEDS_QUESTION,
    aside,
    interrupts,
)
from actions.complaint.steering.moves import TRIES_BEFORE_HELP, Line, Message, Outcome
from actions.complaint.steering.noted import all_of, unkept
from actions.complaint.steering.read_answer import Answer
from actions.complaint.told import contacts_told, contents, intake
from actions.complaint.wording import appeal_words, asked_of_us, phrases
from actions.understanding.fields import CreditCode, Span
from actions.understanding.people.contact import find_phone
from actions.understanding.people.enterprise import find_enterprise
from actions.understanding.text.folding import fold
from actions.understanding.understand import Understanding

SURE_OF_TOPIC = 0.95  # of the category's first level, of words that are no place
LEAST_WORDS = 2  # characters of an answer to another question that may still tell something
TOLD_AT_LENGTH = 16  # characters that are kept though they ask: 那就帮我问问社保局，为什么不给我报
_NO_QUESTIONS = frozenset({Field.PLACE, Field.TIME, Field.SUBJECT, Field.ENTERPRISE, Field.NAME})
_MAY_WISH = frozenset({Field.PLACE, Field.TIME, Field.SUBJECT})
_HAN = re.compile(r"[\u4e00-\u9fff]")


def instead(draft: Draft, answer: Answer) -> Outcome | None:
    """What a message does that does not fit its question; None where its words may be the answer
    all the same."""
    asked, text = answer.asked, answer.text
    if told := _goes_on(draft, answer):
        return told
    if interrupts(answer.message, text):
        return aside(draft, answer.message)
    more = appeal_words.addition(text)
    if more is not None and asked is not Field.MATTER:
        return adding.add(draft, more, answer.understand)
    if asked is Field.PHONE:
        return _without_phone(draft, answer)
    if phrases.is_yes(text) or phrases.is_no(text):
        return moves.again(draft)
    if asked in _NO_QUESTIONS and asked_of_us.is_question(text):
        return moves.again(draft)
    if not answer.changing and (told := _of_others(draft, answer)):
        return told
    if asked is not Field.MATTER and contacts_told.only_digits(text):
        said = {"digits": str(len(moves.digits(text)))}
        line = Line("form_phone_wrong_beside", said)
        return Outcome(replace(draft, tries=draft.tries + 1), (line,))
    return None


def _goes_on(draft: Draft, answer: Answer) -> Outcome | None:
    """A message that goes on with the matter, or gives somebody else's number."""
    asked, text = answer.asked, answer.text
    told_more = not answer.changing and (
        contents.tells_more(asked, answer.message.text, answer.understood)
        or (asked in _MAY_WISH and phrases.wishes(text))
    )
    if told_more and not interrupts(answer.message, text):
        return answer.of_the_matter(draft)
    theirs = find_phone(text) if asked is Field.PHONE and answer.fields.phone is None else None
    if theirs is not None and theirs.valid:  # said to be somebody else's (老板叫张三，电话…)
        noted = answer.of_the_matter(draft)
        return replace(noted, lines=(Line("form_their_phone"),), quiet=True)
    return None


def _of_others(draft: Draft, answer: Answer) -> Outcome | None:
    """A message that tells other fields than the one asked for, or of the matter."""
    asked, text, fields = answer.asked, answer.text, answer.fields
    said = answer.message.text
    if asked is Field.SUBJECT and (whom := contents.institution(said, fields)):
        draft = intake.found(draft.with_value(asked, Value(whom)), fields)
        return Outcome(replace(draft, last=asked, tries=0))
    if others := contents.something_else(asked, said, fields):
        return all_of(draft, others, fields, answer.understood)
    nowhere = asked is Field.PLACE and not contents.like_a_place(text)
    if nowhere and (_is_a_matter(answer.understood) or contents.states(text)):
        return answer.of_the_matter(draft)  # 晚上施工
    if asked is Field.TIME and not contents.like_a_time(text):
        return answer.of_the_matter(draft)
    if asked is not Field.PLACE and phrases.points_only(text):
        return _and_what(draft) if asked is Field.MATTER else moves.again(draft)
    return None


def _is_a_matter(understood: Understanding) -> bool:
    """Whether words clearly tell what is the matter, however few they are."""
    category = understood.category
    topical = bool(category.path) and category.confidence[0] >= SURE_OF_TOPIC
    return topical and understood.appeal_type in ON_SITE and understood.fields.place is None


def _and_what(draft: Draft) -> Outcome:
    """Where it is was said, by pointing; what it is is asked again, with an example."""
    return Outcome(replace(draft, tries=draft.tries + 1), (Line("form_and_what"),), quiet=True)


def tells(message: Message, text: str) -> bool:
    """Whether a short message that no field takes still tells something of the matter."""
    small_talk = message.intent in INTERRUPTIONS - NEEDS_QUESTION  # what asks nothing is told
    if small_talk or asked_of_us.is_question(text):
        return False
    enough = text if message.intent == "inform" else _HAN.findall(text)
    return len(enough) >= LEAST_WORDS


def _without_phone(draft: Draft, answer: Answer) -> Outcome:
    """The phone was asked for and no valid number was given."""
    fields, said = answer.fields, answer.message.text
    text = fold(said).strip()
    if (code := fields.credit_code) is not None:
        return _code_for_phone(draft, code, fields.enterprise or find_enterprise(text))
    problem = None if fields.time is not None else moves.phone_problem(text, fields)
    if problem is not None:
        tried = replace(draft, tries=draft.tries + 1)
        if tried.tries >= TRIES_BEFORE_HELP:
            return Outcome(tried, (problem, Line("form_offer_help")), quiet=True)
        return Outcome(tried, (problem,), quiet=True)
    if phrases.is_yes(text):
        return Outcome(draft, (Line("form_phone_please"),), quiet=True)
    told = contents.values_with_how_long(fields)
    beside = contents.besides(said, fields)
    more = answer.understood.appeal_type is not None and len(beside) >= contacts_told.TELLS_MORE
    lost = any(unkept(draft, name, told) for name in told)
    noted = all_of(draft, told, fields, answer.understood)
    if noted.quiet:
        return noted
    # Nothing that is said is lost: what no field takes becomes part of the matter.
    happens = len(beside) >= LEAST_WORDS or contents.HAPPENS.search(beside) is not None
    if more or lost or (told and happens):  # 臭了快一个月了
        return answer.of_the_matter(noted.draft or draft)
    if noted.lines or told:  # told already, and said again
        return noted
    if tells(answer.message, text) or len(beside) >= TOLD_AT_LENGTH:
        return answer.of_the_matter(draft)
    return moves.again(draft)


def _code_for_phone(draft: Draft, code: CreditCode, firm: Span | None) -> Outcome:
    """A business's credit code where a number to call was asked for: a right one is kept, and whose
    it is."""
    if code.valid:
        if firm is not None:
            draft = replace(draft, for_enterprise=True).with_value(
                Field.ENTERPRISE, Value(firm.text)
            )
        draft = draft.with_value(Field.CREDIT_CODE, Value(code.value))
        kept = Line("form_noted", {"fields": Field.CREDIT_CODE.value})
        return Outcome(replace(draft, tries=0), (kept,))
    return Outcome(replace(draft, tries=draft.tries + 1), (Line("form_code_no_phone"),), quiet=True)
