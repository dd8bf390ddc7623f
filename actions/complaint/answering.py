"""What an answer to the question asked does to a complaint: what it says, what it tells beside it.

An answer that fits its question by pattern is taken first; then what the message tells of other
fields; then its words, where the question takes words; otherwise the question again, differently.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from actions.complaint import (
    answers,
    appeal_words,
    asked_of_us,
    contacts_told,
    intake,
    moves,
    phrases,
    places_told,
    talk,
    where,
)
from actions.complaint.contact import bare_name, find_local, find_phone
from actions.complaint.draft import WIDE, Draft, Field, State, Step, Value
from actions.complaint.enterprise import find_enterprise
from actions.complaint.fields import CreditCode, Fields, Span
from actions.complaint.folding import fold
from actions.complaint.intake import Understand
from actions.complaint.interruptions import INTERRUPTIONS, SURE, aside, interrupts
from actions.complaint.moves import TRIES_BEFORE_HELP, Line, Message, Outcome
from actions.complaint.needs import ON_SITE
from actions.complaint.noted import all_of, still_to_come, unkept, with_all
from actions.complaint.putting_right import is_more, is_now
from actions.complaint.understand import Understanding

SHORT_NO = 10  # characters; a longer message says more than that it would rather not
SURE_OF_TOPIC = 0.95  # of the category's first level, of words that are no place
LEAST_WORDS = 2  # characters of an answer to another question that may still tell something
_NAMES_NOBODY = frozenset({Field.PHONE, Field.PLACE, Field.TIME})  # a name is the teller's own
_NO_QUESTIONS = frozenset({Field.PLACE, Field.TIME, Field.SUBJECT, Field.ENTERPRISE, Field.NAME})
_HAN = re.compile(r"[\u4e00-\u9fff]")


def take_answer(
    draft: Draft, asked: Field, message: Message, text: str, understand: Understand
) -> Outcome:
    """The draft after an answer to ``asked``; ``text`` is the message's folded words."""
    draft = contacts_told.with_their_name(draft, text)
    if draft.step is Step.COLLECTING:
        if answered := _unknown_beside(draft, asked, message, text, understand):
            return answered
        if beside_it := _about_the_question(draft, asked, text):
            return beside_it
    if asked is not Field.MATTER and draft.step is Step.COLLECTING:
        if (rest := talk.gives_up(asked, message.text)) is not None:
            if not rest:
                return moves.skip(draft)
            return _without_the_answer(draft, asked, message, rest, understand)
        if (answer := talk.without_talk(message.text)) != message.text:
            message, text = replace(message, text=answer), fold(answer).strip()
    if asked is Field.MATTER and draft.step is Step.COLLECTING:
        if phrases.hurries(text):
            return moves.skip(draft)
        if len(text) < LEAST_WORDS:
            return moves.again(draft)  # 车
    if draft.step is Step.COLLECTING and _only_announces(text):
        return Outcome(draft)
    unwilling = asked is Field.PHONE and phrases.refuses_phone(text)
    if unwilling or phrases.is_skip(text) or _would_rather_not(message, text):
        return moves.skip(draft)
    if draft.for_enterprise and phrases.has_no_code(text):
        draft = draft.with_value(Field.CREDIT_CODE, Value("", State.SKIPPED))
        if asked in (Field.ENTERPRISE, Field.CREDIT_CODE):
            return Outcome(replace(draft.with_value(asked, Value("", State.SKIPPED)), tries=0))
    if asked is not Field.MATTER and draft.step is Step.COLLECTING and phrases.hurries(text):
        return moves.hurry(draft)
    if draft.on_behalf and (heard := _of_the_other(draft, asked, message, text, understand)):
        return heard
    understood = understand(message.text)
    if asked is Field.PHONE:  # 妈妈的是138…: whose number it is, not whom it is told for
        understood = replace(understood, fields=replace(understood.fields, on_behalf=None))
    fields = contacts_told.own_contact(message.text, understood.fields)
    if asked is Field.PHONE and fields.phone is None and (local := find_local(text)):
        fields = replace(fields, phone=local)
    if asked in _NAMES_NOBODY and fields.phone is None and (name := bare_name(text)):
        return with_all(draft, {Field.NAME: Value(name)})
    if asked is not Field.PHONE and (called := contacts_told.who_with_number(text, fields)):
        return with_all(draft, {Field.NAME: Value(called), **intake.values(fields)})
    fields = answers.with_whole_names(message.text, fields)
    if draft.for_enterprise and Field.ENTERPRISE in draft.open_fields():
        fields = answers.with_own_firm(message.text, fields)
    fits = answers.fits(asked, fields)
    changing = draft.step is Step.CHANGING
    told_more = not changing and (
        answers.tells_more(asked, message.text, understood)
        or (asked in (Field.PLACE, Field.TIME, Field.SUBJECT) and phrases.wishes(text))
    )
    if not fits and told_more and not interrupts(message, text):
        return moves.add(draft, message.text.strip(), understand)
    theirs = find_phone(text) if asked is Field.PHONE and fields.phone is None else None
    if theirs is not None and theirs.valid:  # said to be somebody else's (老板叫张三，电话…)
        noted = moves.add(draft, message.text.strip(), understand)
        return replace(noted, lines=(Line("form_their_phone"),), quiet=True)
    if not fits:
        if interrupts(message, text):
            return aside(draft, message)
        more = appeal_words.addition(text)
        if more is not None and asked is not Field.MATTER:
            return moves.add(draft, more, understand)
        if asked is Field.PHONE:
            return _without_phone(draft, message, fields, understood, understand)
    if not fits and (phrases.is_yes(text) or phrases.is_no(text)):
        return moves.again(draft)
    if not fits and asked in _NO_QUESTIONS and asked_of_us.is_question(text):
        return moves.again(draft)
    if not fits and not changing:
        if asked is Field.SUBJECT and (whom := answers.institution(message.text, fields)):
            draft = intake.found(draft.with_value(asked, Value(whom)), fields)
            return Outcome(replace(draft, last=asked, tries=0))
        if others := answers.something_else(asked, message.text, fields):
            return all_of(draft, others, fields, understood)
        if asked is Field.PLACE and _is_a_matter(understood) and not answers.like_a_place(text):
            return moves.add(draft, message.text.strip(), understand)  # 晚上施工
        if asked is Field.TIME and not answers.like_a_time(text):
            return moves.add(draft, message.text.strip(), understand)
        if asked is not Field.PLACE and phrases.points_only(text):
            return _and_what(draft) if asked is Field.MATTER else moves.again(draft)
    if asked is not Field.MATTER and not fits and contacts_told.only_digits(text):
        said = {"digits": str(len(moves.digits(text)))}
        line = Line("form_phone_wrong_beside", said)
        return Outcome(replace(draft, tries=draft.tries + 1), (line,))
    if asked is Field.ENTERPRISE:  # 合肥某某有限公司 says nothing of where it happened
        fields = replace(fields, place=None, subject=None)
    if asked is Field.CREDIT_CODE and fields.credit_code and not fields.credit_code.valid:
        return _wrong_code(draft, fields.credit_code.value)
    if asked is Field.PLACE and not changing and answers.only_plate(text):
        return moves.add(draft, message.text.strip(), understand)
    whole = asked is Field.MATTER  # 垃圾堆成山，三天没人收: when it was is part of what it is
    own = message.text if whole else answers.own_words(asked, message.text, fields)
    of_us = ""
    if asked is Field.TIME:
        own, of_us = answers.time_alone(message.text, own, fields)
    if asked is Field.PLACE:
        own, of_us = answers.place_alone(answers.without_talk(own, fields), fields)
    value = intake.answer(asked, own, fields)
    if value is None:
        others = {} if asked is Field.MATTER or changing else intake.values(fields)
        if Field.PHONE in others:
            draft = contacts_told.with_post(draft, message.text, fields)
        if not others and asked is Field.CREDIT_CODE and tells(message, text):
            return moves.add(draft, message.text.strip(), understand)
        return with_all(draft, others) if others else moves.again(draft)
    known = draft.get(asked)
    if asked is Field.PLACE and draft.which_city() and not changing and known:
        place = places_told.settled(known, value.text, fields)
        if "region" not in place.detail and fields.place and fields.place.region:
            place = value  # another place altogether
        return Outcome(replace(draft.with_value(asked, place), last=asked, tries=0))
    if asked is Field.PLACE and not changing and known is None and where.is_wide(value.text):
        value = replace(value, detail={**value.detail, WIDE: "yes"})  # asked about once more
    future = asked is Field.TIME and intake.in_the_future(fields, understood.now)
    if future and draft.tries == 0 and value.text not in draft.text(Field.MATTER):
        return still_to_come(draft, value.text)
    if asked is Field.PLACE and answers.only_points(text, fields) and draft.tries == 0:
        pointed = fields.place.text if fields.place else value.text
        if len(answers.besides(message.text, fields)) >= answers.LEAST_TOLD and fields.place:
            draft = moves.add(draft, message.text.strip(), understand).draft or draft
        else:
            pointed = value.text
            draft = _with_what_stands_there(draft, value.text, understand)
        which = Line("form_which_place", {"said": pointed})
        return Outcome(replace(draft, tries=1), (which,), quiet=True)
    if asked is Field.MATTER and not changing:
        told = intake.told(draft, understood, message.text)
        about = draft.text(Field.SUBJECT)
        if about and about not in message.text:  # 投诉物业, and then 就是收费贵
            told = intake.placed_in_tree(told, understand(f"{about}{message.text}"))
        return Outcome(replace(told, last=asked, tries=0))
    if changing:
        draft = draft.with_value(asked, intake.put_right(draft.get(asked), asked, value))
    else:
        draft = intake.with_said(draft, asked, value)
    if asked is Field.PHONE and fields.name is None:
        draft = contacts_told.with_post(draft, message.text, fields)
    lines: tuple[Line, ...] = ()
    if changing:
        lines = (is_now(draft, asked),)
    else:
        draft = intake.found(draft, fields)
        if asked is not Field.PLACE:
            draft = _with_place_beside(draft, fields)
    draft = replace(draft, step=Step.COLLECTING, changing=None, last=asked, tries=0)
    beside = contacts_told.beside(message.text, fields) if asked is Field.PHONE else ""
    code = fields.credit_code
    if code is not None and not code.valid and draft.next_slot() == Field.CREDIT_CODE:
        return _wrong_code(draft, code.value)
    if beside and asked_of_us.asks_how_long(fold(beside)):
        return Outcome(draft, (moves.how_it_goes_on(draft),))
    beside = beside or of_us
    if asked is Field.PHONE and beside and (others := _only_fields(beside, understand)):
        return with_all(draft, others)
    return moves.add(draft, beside, understand) if beside else Outcome(draft, lines)


def _with_place_beside(draft: Draft, fields: Fields) -> Draft:
    """The draft with the place told beside an answer (昨晚七点多 在大东门站), where another was told
    before it (226路公交车): nothing that is said is lost."""
    place = fields.place
    if place is None or not places_told.tells_where(place) or not draft.text(Field.PLACE):
        return draft
    if any(place.text in draft.text(one) for one in (Field.PLACE, Field.SUBJECT, Field.MATTER)):
        return draft
    return intake.with_said(draft, Field.PLACE, places_told.value_of(place))


def _only_fields(beside: str, understand: Understand) -> Mapping[Field, Value]:
    """The fields that words beside a number tell, where they tell nothing else; else none."""
    fields = understand(beside).fields
    if fields.wanted and len(beside) - len(fields.wanted.text) <= LEAST_WORDS:
        return {Field.WANTED: Value(fields.wanted.text)}
    return answers.something_else(Field.PHONE, beside, fields)


def _without_the_answer(
    draft: Draft, asked: Field, message: Message, rest: str, understand: Understand
) -> Outcome:
    """A message that gives up on the question and tells something else: that is taken first, and
    if it holds the answer after all (不记得几号了，反正是上个月), so much the better."""
    fields = contacts_told.own_contact(rest, understand(rest).fields)
    if answers.fits(asked, fields):
        told = replace(message, text=rest)
        return take_answer(draft, asked, told, fold(rest).strip(), understand)
    skipped = moves.skip(draft)
    draft = skipped.draft or draft
    called = fields.name if asked is Field.PHONE else None
    if called is not None and len(answers.besides(rest, fields)) <= LEAST_WORDS:
        noted = with_all(draft, {Field.NAME: Value(called.text)})
    elif others := answers.something_else(asked, rest, fields):
        noted = all_of(draft, others, fields, understand(rest))
    else:
        noted = moves.add(draft, rest, understand)
    return replace(noted, lines=(*noted.lines, *skipped.lines), quiet=noted.quiet or skipped.quiet)


def _is_a_matter(understood: Understanding) -> bool:
    """Whether words clearly tell what is the matter, however few they are."""
    category = understood.category
    topical = bool(category.path) and category.confidence[0] >= SURE_OF_TOPIC
    return topical and understood.appeal_type in ON_SITE and understood.fields.place is None


def _only_announces(text: str) -> bool:
    """Whether a message says no more than that something will be told (就是想反映一下)."""
    beside = appeal_words.beside_announcement(text)
    return text != beside and len(beside) < LEAST_WORDS


def _with_what_stands_there(draft: Draft, said: str, understand: Understand) -> Draft:
    """The draft with what a place that only points names all the same: which one is still to be
    told, but that a car park doubles its price belongs to the matter."""
    told = draft.text(Field.MATTER)
    if not told or said in told or not phrases.is_a_kind_of_place(said):
        return draft
    whole = f"{told}，{said}"
    draft = intake.placed_in_tree(draft, understand(whole))
    return draft.with_value(Field.MATTER, Value(whole))


def _about_the_question(draft: Draft, asked: Field, text: str) -> Outcome | None:
    """What is said of the question itself: whether it must be answered, whether another number
    will do; that something is not known; what whom it is about is called."""
    if asked_of_us.asks_to_skip(text):
        return moves.skip(draft)
    if asked is Field.SUBJECT and (whom := answers.party_named(text, "")):  # 平台是抖音
        return with_all(draft.without(Field.SUBJECT), {Field.SUBJECT: Value(whom)})
    if asked is Field.PHONE and asked_of_us.asks_which_phone(text):
        return Outcome(draft, (Line("form_phone_any"),), quiet=True)
    if unknown := asked_of_us.unknown(text):
        name = Field(unknown)
        if name is asked:
            return moves.skip(draft)
        left_out = draft if draft.text(name) else draft.with_value(name, Value("", State.SKIPPED))
        return Outcome(replace(left_out, tries=0), (Line("form_never_mind"),))
    if asked is not Field.PHONE and phrases.has_no_phone(text):
        without = draft.with_value(Field.PHONE, Value("", State.SKIPPED))
        return Outcome(replace(without, tries=0), (Line("form_without_phone"),))
    if asked is not Field.PLACE and (nearer := nearer_place(draft, text)):
        return nearer
    if asked is not Field.MATTER and not draft.on_behalf and (called := answers.named(text)):
        return with_all(draft.without(Field.SUBJECT), {Field.SUBJECT: Value(called)})
    return None


def _unknown_beside(
    draft: Draft, asked: Field, message: Message, text: str, understand: Understand
) -> Outcome | None:
    """An answer beside a clause that says what else is not known (绿地公馆 物业叫什么我不晓得)."""
    unknown = asked_of_us.unknown(text)
    if not unknown or Field(unknown) is asked:
        return None
    name, rest = Field(unknown), talk.gives_up(Field(unknown), message.text)
    if not rest:
        return None
    if not draft.text(name):
        draft = draft.with_value(name, Value("", State.SKIPPED))
    return take_answer(draft, asked, replace(message, text=rest), fold(rest).strip(), understand)


def nearer_place(draft: Draft, text: str) -> Outcome | None:
    """The building said of a place that was told (7栋); None where a message is no building."""
    known, building = draft.text(Field.PLACE), answers.building(text)
    if not known or not building:
        return None
    place = replace(draft.values[Field.PLACE], text=f"{known}{building}")
    draft = replace(draft.with_value(Field.PLACE, place), tries=0)
    return Outcome(draft, (is_more(draft, Field.PLACE),))


def _wrong_code(draft: Draft, said: str) -> Outcome:
    line = Line("form_credit_code_wrong", {"digits": str(len(said))})
    return Outcome(replace(draft, tries=draft.tries + 1), (line,), quiet=True)


def _and_what(draft: Draft) -> Outcome:
    """Where it is was said, by pointing; what it is is asked again, with an example."""
    return Outcome(replace(draft, tries=draft.tries + 1), (Line("form_and_what"),), quiet=True)


def _of_the_other(
    draft: Draft, asked: Field, message: Message, text: str, understand: Understand
) -> Outcome | None:
    """What is said of the one a matter is told for, whatever was asked: their number, that they
    agree."""
    number, rest = contacts_told.their_number(message.text)
    if not number:
        if len(text) <= phrases.SHORT and phrases.only_agrees(text):
            return Outcome(replace(draft, consent="yes", tries=0), (Line("form_consent_kept"),))
        return None
    draft = replace(draft, their_phone=number, tries=0)
    if phrases.only_agrees(fold(rest)):
        draft, rest = replace(draft, consent="yes"), ""
    if rest and (rest != message.text):
        return take_answer(
            draft, asked, replace(message, text=rest), fold(rest).strip(), understand
        )
    if asked is Field.PHONE:
        return Outcome(draft, (Line("form_their_phone"),), quiet=True)
    return Outcome(draft, (Line("form_their_phone_kept"),))


def _would_rather_not(message: Message, text: str) -> bool:
    sure = message.intent == "skip_field" and message.confidence >= SURE
    return sure and len(text) < SHORT_NO and not asked_of_us.is_question(text)


def tells(message: Message, text: str) -> bool:
    """Whether a short message that no field takes still tells something of the matter."""
    if message.intent in INTERRUPTIONS or asked_of_us.is_question(text):
        return False
    enough = text if message.intent == "inform" else _HAN.findall(text)
    return len(enough) >= LEAST_WORDS


def _without_phone(
    draft: Draft,
    message: Message,
    fields: Fields,
    understood: Understanding,
    understand: Understand,
) -> Outcome:
    """The phone was asked for and no valid number was given."""
    said = message.text
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
    told = intake.values(fields)
    beside = answers.besides(said, fields)
    more = understood.appeal_type is not None and len(beside) >= contacts_told.TELLS_MORE
    lost = any(unkept(draft, name, told) for name in told)
    noted = all_of(draft, told, fields, understood)
    if noted.quiet:
        return noted
    # Nothing that is said is lost: what no field takes becomes part of the matter.
    if more or lost or (noted.lines and len(beside) >= LEAST_WORDS):
        return moves.add(noted.draft or draft, said.strip(), understand)
    if noted.lines or told:  # told already, and said again
        return noted
    if tells(message, text):
        return moves.add(draft, said.strip(), understand)
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
