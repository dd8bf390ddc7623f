"""What an answer to the question asked does to a complaint: what it says, what it tells beside it.

What is said of the question itself comes first (it is not known, it had rather be left out).  An
answer that fits its question by pattern is then kept (:mod:`~actions.complaint.steering.keep_answer`); one
that does not may tell of other fields or of the matter (:mod:`~actions.complaint.steering.no_answer`); else
its words are taken, where the question takes words, or it is asked again, differently.
"""

from __future__ import annotations

import re
from dataclasses import replace

from actions.complaint.record.draft import Draft, Field, State, Step, Value
from actions.complaint.record.needs import ON_SITE, may_skip
from actions.complaint.steering import adding, moves
from actions.complaint.steering.interruptions import SURE
from actions.complaint.steering.keep_answer import keep
from actions.complaint.steering.moves import Line, Message, Outcome
from actions.complaint.steering.no_answer import LEAST_WORDS, instead
from actions.complaint.steering.noted import all_of, with_all
from actions.complaint.steering.putting_right import is_more
from actions.complaint.steering.read_answer import Answer, read, with_names
from actions.complaint.told import (
    buildings,
    contacts_told,
    contents,
    intake,
    party_names,
    places_told,
)
from actions.complaint.told.intake import Understand
from actions.complaint.wording import appeal_words, asked_of_us, clauses, phrases
from actions.understanding.people.contact import bare_name
from actions.understanding.text.folding import fold

SHORT_NO = 10  # characters; a longer message says more than that it would rather not
_NAMES_NOBODY = frozenset({Field.PHONE, Field.PLACE, Field.TIME})  # a name is the teller's own
_WORDS_NEEDED = frozenset({Field.MATTER, Field.PLACE, Field.TIME, Field.SUBJECT})
_ONLY_DIGITS = re.compile(r"[0-9]{5,6}")
_OF_A_FIRM = frozenset({Field.ENTERPRISE, Field.CREDIT_CODE})


def take_answer(
    draft: Draft, asked: Field, message: Message, text: str, understand: Understand
) -> Outcome:
    """The draft after an answer to ``asked``; ``text`` is the message's folded words."""
    draft = contacts_told.with_their_name(draft, text)
    collecting = draft.step is Step.COLLECTING
    if collecting and (said := _of_the_question(draft, asked, message, text, understand)):
        return said
    if asked is not Field.MATTER:
        plain, text = _without_talk(message, text)
        beside = moves.answers_beside(draft, message.text) if plain != message else ()
        if beside:  # 138…, 你们多久能处理啊
            outcome = take_answer(draft, asked, plain, text, understand)
            lines = {line.key: line for line in (*outcome.lines, *beside)}
            return replace(outcome, lines=tuple(lines.values()))
        message = plain
        if collecting and asked in _WORDS_NEEDED and clauses.only_talk(message.text):
            return moves.again(draft)  # 自己查去
    if declined := _declined(draft, asked, message, text):
        return declined
    if draft.for_enterprise and phrases.has_no_code(text):
        draft = draft.with_value(Field.CREDIT_CODE, Value("", State.SKIPPED))
        if asked in _OF_A_FIRM:
            return Outcome(replace(draft.with_value(asked, Value("", State.SKIPPED)), tries=0))
    hurries = collecting and asked is not Field.MATTER and phrases.hurries(text)
    if hurries and not contents.fits(asked, understand(message.text).fields):  # 上个星期就这样
        return moves.hurry(draft)
    if collecting and may_skip(draft, asked) and phrases.has_told_all(text):
        return moves.hurry(draft)
    if draft.on_behalf and (heard := _of_the_other(draft, asked, message, text, understand)):
        return heard
    return _as_read(draft, read(draft, asked, message, text, understand))


def _without_talk(message: Message, text: str) -> tuple[Message, str]:
    """The message without what is said to us beside the answer and what is taken back in the same
    breath, and its folded words."""
    said = clauses.without_talk(clauses.as_put_right(message.text))
    if said == message.text:
        return message, text
    return replace(message, text=said), fold(said).strip()


def _as_read(draft: Draft, answer: Answer) -> Outcome:
    """What the words of an answer do, once they are read."""
    asked, text, fields = answer.asked, answer.text, answer.fields
    if asked in _NAMES_NOBODY and fields.phone is None and (name := bare_name(text)):
        return with_all(draft, {Field.NAME: Value(name)})
    if asked is not Field.PHONE and (called := contacts_told.who_with_number(text, fields)):
        return with_all(draft, {Field.NAME: Value(called), **intake.values(fields)})
    if fields.phone is None and asked in _WORDS_NEEDED and _ONLY_DIGITS.fullmatch(text):
        return moves.again(draft)  # a code that was taken already
    answer = with_names(draft, answer)
    if not answer.fits and (other := instead(draft, answer)):
        return other
    if asked is Field.PLACE and not answer.changing and _tells_it_all(answer):
        place = places_told.value_of(fields.place) if fields.place else Value(answer.message.text)
        return answer.of_the_matter(intake.with_said(draft, Field.PLACE, place))
    return keep(draft, answer)


_ANNOUNCES = re.compile(r"(?:想|要|来)(?:反映|反应|投诉|举报|求助)")


def _tells_it_all(answer: Answer) -> bool:
    """Whether an answer to where it is begins anew and tells the matter itself with its place (我想反映
    我们村的自来水浑得像泥汤，罗河镇店桥村)."""
    fields, said = answer.fields, answer.message.text
    where = fields.place is not None and places_told.tells_where(fields.place)
    announced = _ANNOUNCES.search(answer.text) is not None
    more = len(contents.besides(said, fields)) >= contacts_told.TELLS_MORE
    return where and announced and more and answer.understood.appeal_type in ON_SITE


def _of_the_question(
    draft: Draft, asked: Field, message: Message, text: str, understand: Understand
) -> Outcome | None:
    """What is said of the question itself, with what is told beside that."""
    if answered := _unknown_beside(draft, asked, message, text, understand):
        return answered
    if beside_it := _about_the_question(draft, asked, text):
        return beside_it
    if asked is Field.SUBJECT and (which := party_names.which_one(text, draft.text(asked))):
        name, rest = which  # 新安驾校，教练跑了, of 驾校
        draft = intake.found(draft.with_value(asked, Value(name)), understand(name).fields)
        return adding.add(replace(draft, last=asked), rest, understand)
    if asked is Field.SUBJECT:
        fields = understand(message.text).fields
        whom = party_names.called(text) or party_names.named_before_place(text, fields)
    if asked is Field.SUBJECT and whom:
        told = intake.values(fields)
        beside = {name: value for name, value in told.items() if value.text not in whom}
        return with_all(draft.without(Field.SUBJECT), {**beside, Field.SUBJECT: Value(whom)})
    if asked is Field.MATTER or (left := clauses.gives_up(asked, message.text)) is None:
        return None
    if not left:
        return moves.skip(draft)
    return _without_the_answer(draft, asked, message, left, understand)


def _declined(draft: Draft, asked: Field, message: Message, text: str) -> Outcome | None:
    """A message that gives no answer and tells nothing: hurried, too short, unwilling."""
    if draft.step is Step.COLLECTING:
        if asked is Field.MATTER and phrases.hurries(text):
            return moves.skip(draft)
        if asked is Field.MATTER and len(text) < LEAST_WORDS:
            return moves.again(draft)  # 车
        if _only_announces(text):
            return Outcome(draft)
    unwilling = asked is Field.PHONE and phrases.refuses_phone(text)
    if unwilling or phrases.is_skip(text) or _would_rather_not(message, text):
        return moves.skip(draft)
    return None


def _without_the_answer(
    draft: Draft, asked: Field, message: Message, rest: str, understand: Understand
) -> Outcome:
    """A message that gives up on the question and tells something else: that is taken first, and
    if it holds the answer after all (不记得几号了，反正是上个月), so much the better."""
    fields = contacts_told.own_contact(rest, understand(rest).fields)
    if contents.fits(asked, fields):
        told = replace(message, text=rest)
        return take_answer(draft, asked, told, fold(rest).strip(), understand)
    skipped = moves.skip(draft)
    draft = skipped.draft or draft
    called = fields.name if asked is Field.PHONE else None
    if called is not None and len(contents.besides(rest, fields)) <= LEAST_WORDS:
        noted = with_all(draft, {Field.NAME: Value(called.text)})
    elif others := contents.something_else(asked, rest, fields):
        noted = all_of(draft, others, fields, understand(rest))
    else:
        noted = adding.add(draft, rest, understand)
    return replace(noted, lines=(*noted.lines, *skipped.lines), quiet=noted.quiet or skipped.quiet)


def _only_announces(text: str) -> bool:
    """Whether a message says no more than that something will be told (就是想反映一下)."""
    beside = appeal_words.beside_announcement(text)
    return text != beside and len(beside) < LEAST_WORDS


def _about_the_question(draft: Draft, asked: Field, text: str) -> Outcome | None:
    """What is said of the question itself: whether it must be answered, whether another number
    will do; that something is not known; what whom it is about is called."""
    if asked is not Field.PHONE and phrases.has_no_phone(text):
        without = draft.with_value(Field.PHONE, Value("", State.SKIPPED))
        return Outcome(replace(without, tries=0), (Line("form_without_phone"),))
    if asked_of_us.asks_to_skip(text):
        return moves.skip(draft)
    if asked is Field.SUBJECT and (whom := party_names.party_named(text, "")):  # 平台是抖音
        return with_all(draft.without(Field.SUBJECT), {Field.SUBJECT: Value(whom)})
    if asked is Field.PHONE and asked_of_us.asks_which_phone(text):
        return Outcome(draft, (Line("form_phone_any"),), quiet=True)
    if unknown := asked_of_us.unknown(text):
        name = Field(unknown)
        if name is asked:
            return moves.skip(draft)
        left_out = draft if draft.text(name) else draft.with_value(name, Value("", State.SKIPPED))
        return Outcome(replace(left_out, tries=0), (Line("form_never_mind"),))
    if asked is Field.PLACE and draft.place_before and phrases.same_place(text):
        there = draft.with_value(Field.PLACE, Value(draft.place_before))
        return Outcome(replace(there, last=asked, tries=0), (is_more(there, asked),))
    if asked is not Field.PLACE and (nearer := nearer_place(draft, text)):
        return nearer
    if asked is not Field.MATTER and not draft.on_behalf and (called := party_names.named(text)):
        return with_all(draft.without(Field.SUBJECT), {Field.SUBJECT: Value(called)})
    return None


def _unknown_beside(
    draft: Draft, asked: Field, message: Message, text: str, understand: Understand
) -> Outcome | None:
    """An answer beside a clause that says what else is not known (绿地公馆 物业叫什么我不晓得)."""
    unknown = asked_of_us.unknown(text)
    if not unknown or Field(unknown) is asked:
        return None
    name, rest = Field(unknown), clauses.gives_up(Field(unknown), message.text)
    if not rest:
        return None
    if not draft.text(name):
        draft = draft.with_value(name, Value("", State.SKIPPED))
    return take_answer(draft, asked, replace(message, text=rest), fold(rest).strip(), understand)


def nearer_place(draft: Draft, text: str) -> Outcome | None:
    """The building said of a place that was told (7栋); None where a message is no building."""
    known = draft.text(Field.PLACE)
    building = buildings.building(text) or buildings.flat(known, text)
    if not known or not building:
        return None
    place = replace(draft.values[Field.PLACE], text=buildings.with_building(known, building))
    draft = replace(draft.with_value(Field.PLACE, place), tries=0)
    return Outcome(draft, (is_more(draft, Field.PLACE),))


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
