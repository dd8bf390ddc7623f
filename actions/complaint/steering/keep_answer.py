"""The value an answer gives, kept in the draft with what is told beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from actions.complaint.record.draft import BUILDING, WIDE, Draft, Field, Step, Value
from actions.complaint.steering import adding, moves
from actions.complaint.steering.moves import Line, Outcome
from actions.complaint.steering.no_answer import LEAST_WORDS, tells
from actions.complaint.steering.noted import still_to_come, with_all
from actions.complaint.steering.putting_right import is_now
from actions.complaint.steering.read_answer import Answer
from actions.complaint.told import (
    buildings,
    contacts_told,
    contents,
    intake,
    party_names,
    places_told,
    where,
)
from actions.complaint.told.intake import Understand
from actions.complaint.wording import asked_of_us, clauses, phrases
from actions.understanding.fields import CreditCode, Fields
from actions.understanding.text.folding import fold

_WHERE_OF_A_FIRM = frozenset({Field.PLACE, Field.ENTERPRISE, Field.CREDIT_CODE})


def keep(draft: Draft, answer: Answer) -> Outcome:
    """The draft after an answer: its value kept, or asked for more exactly, or again."""
    asked, text = answer.asked, answer.text
    if asked is Field.ENTERPRISE:  # 合肥某某有限公司 says nothing of where it happened
        answer = replace(answer, fields=replace(answer.fields, place=None, subject=None))
    code = answer.fields.credit_code
    if asked is Field.CREDIT_CODE and code and not code.valid:
        return _wrong_code(draft, code.value)
    if asked in _WHERE_OF_A_FIRM and code is None and draft.for_enterprise:
        last = clauses.pieces(text)[-1] if text else ""
        if meant := contents.code_alone(text) or contents.code_alone(last):
            return _wrong_code(draft, meant)
    if asked is Field.ENTERPRISE and code and not answer.fields.enterprise:
        return _code_alone(draft, code)
    if asked is Field.PLACE and not answer.changing and contents.only_plate(text):
        return answer.of_the_matter(draft)
    own, beside = _own_words(answer)
    value = intake.answer(asked, own, answer.fields)
    if value is None:
        return _without_value(draft, answer)
    match asked:
        case Field.PLACE:
            if settled := _which_place(draft, answer, value):
                return settled
            if not answer.changing and draft.get(asked) is None and where.is_wide(value.text):
                value = replace(
                    value, detail={**value.detail, WIDE: "yes"}
                )  # asked about once more
            elif not answer.changing and draft.get(asked) is None and buildings.building(text):
                value = replace(value, detail={**value.detail, WIDE: BUILDING})
        case Field.TIME:
            future = intake.in_the_future(answer.fields, answer.understood.now)
            if future and draft.tries == 0 and value.text not in draft.text(Field.MATTER):
                return still_to_come(draft, value.text)
        case Field.MATTER if not answer.changing:
            return _matter(draft, answer)
    return _kept(draft, answer, value, beside)


def _own_words(answer: Answer) -> tuple[str, str]:
    """The words of the value asked for, and what a time or a place is told with besides."""
    said, fields = answer.message.text, answer.fields
    if answer.asked is Field.MATTER:  # 垃圾堆成山，三天没人收: when it was is part of what it is
        return said, ""
    own = contents.own_words(answer.asked, said, fields)
    if answer.asked is Field.TIME:
        return contents.time_alone(said, own, fields)
    if answer.asked is Field.PLACE:
        return contents.place_alone(contents.without_talk(own, fields), fields)
    return own, ""


def _without_value(draft: Draft, answer: Answer) -> Outcome:
    """No value for the field asked for: what is told of others, or the question again."""
    asked, fields = answer.asked, answer.fields
    others = {} if asked is Field.MATTER or answer.changing else intake.values(fields)
    if Field.PHONE in others:
        draft = contacts_told.with_post(draft, answer.message.text, fields)
    if not others and asked is Field.CREDIT_CODE and tells(answer.message, answer.text):
        return answer.of_the_matter(draft)
    return with_all(draft, others) if others else moves.again(draft)


def _which_place(draft: Draft, answer: Answer, value: Value) -> Outcome | None:
    """Which of the cities that have such a place, where that was asked; or, of a place that only
    points, the question which one it is."""
    fields, known = answer.fields, draft.get(Field.PLACE)
    if draft.which_city() and not answer.changing and known:
        place = places_told.settled(known, value.text, fields)
        if "region" not in place.detail and fields.place and fields.place.region:
            place = value  # another place altogether
        return Outcome(replace(draft.with_value(Field.PLACE, place), last=Field.PLACE, tries=0))
    if draft.tries or not contents.only_points(answer.text, fields):
        return None
    beside = contents.besides(answer.message.text, fields)
    if fields.place and len(beside) >= contents.LEAST_TOLD:
        pointed = fields.place.text
        draft = answer.of_the_matter(draft).draft or draft
    else:
        pointed = value.text
        draft = _with_what_stands_there(draft, value.text, answer.understand)
    which = Line("form_which_place", {"said": pointed})
    return Outcome(replace(draft, tries=1), (which,), quiet=True)


def _matter(draft: Draft, answer: Answer) -> Outcome:
    """The draft with the matter told."""
    said = answer.message.text
    if names := _only_who_and_where(answer):
        return with_all(draft, names)
    told = intake.told(draft, answer.understood, said)
    about = draft.text(Field.SUBJECT)
    if about and about not in said:  # 投诉物业, and then 就是收费贵
        told = intake.placed_in_tree(told, answer.understand(f"{about}{said}"))
    return Outcome(replace(told, last=Field.MATTER, tries=0))


def _only_who_and_where(answer: Answer) -> Mapping[Field, Value]:
    """Who it is about and where they are, of an answer that tells nothing they did (叫启航作文，在天鹅
    湖万达楼上); else empty."""
    whom = party_names.called(answer.text)
    place = answer.fields.place
    if not whom or place is None or whom in place.text:
        return {}
    beside = contents.besides(answer.message.text, answer.fields).replace(whom, "")
    if beside.strip("，,。 叫是他们就在") or not places_told.tells_where(place):
        return {}
    return {Field.SUBJECT: Value(whom), Field.PLACE: places_told.value_of(place)}


def _kept(draft: Draft, answer: Answer, value: Value, of_us: str) -> Outcome:
    """The draft with the value; ``of_us`` is what a time or a place was told with besides."""
    asked, fields, said = answer.asked, answer.fields, answer.message.text
    whom = fields.subject.text if fields.subject and asked is Field.PLACE else ""
    if whom and whom in value.text and not value.text.endswith(whom):
        fields = replace(fields, subject=None)  # 竹荫里社区 of 三里庵街道 竹荫里社区 邮政宿舍
    if answer.changing:
        draft = draft.with_value(asked, intake.put_right(draft.get(asked), asked, value))
    else:
        draft = intake.with_said(draft, asked, value)
    if asked is Field.PHONE and fields.name is None:
        draft = contacts_told.with_post(draft, said, fields)
    lines: tuple[Line, ...] = ()
    if answer.changing:
        lines = (is_now(draft, asked),)
    else:
        draft = intake.found(draft, fields)
        if asked is not Field.PLACE:
            draft = _with_place_beside(draft, fields)
    draft = replace(draft, step=Step.COLLECTING, changing=None, last=asked, tries=0)
    beside = contacts_told.beside(said, fields) if asked is Field.PHONE else ""
    beside = "" if beside == draft.text(Field.NAME) else beside  # 店长 小曹 131…
    code = fields.credit_code
    if code is not None and not code.valid and draft.next_slot() == Field.CREDIT_CODE:
        return _wrong_code(draft, code.value)
    if beside and asked_of_us.asks_how_long(fold(beside)):
        return Outcome(draft, (moves.how_it_goes_on(draft),))
    beside = beside or of_us
    if asked is Field.PHONE and beside and (others := _only_fields(beside, answer.understand)):
        return with_all(draft, others)
    return adding.add(draft, beside, answer.understand) if beside else Outcome(draft, lines)


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
    return contents.something_else(Field.PHONE, beside, fields)


def _with_what_stands_there(draft: Draft, said: str, understand: Understand) -> Draft:
    """The draft with what a place that only points names all the same: which one is still to be
    told, but that a car park doubles its price belongs to the matter."""
    told = draft.text(Field.MATTER)
    if not told or said in told or not phrases.is_a_kind_of_place(said):
        return draft
    whole = f"{told}，{said}"
    draft = intake.placed_in_tree(draft, understand(whole))
    return draft.with_value(Field.MATTER, Value(whole))


def _code_alone(draft: Draft, code: CreditCode) -> Outcome:
    """The code of a business whose name was asked for: kept where it is right, and the name asked
    again."""
    if not code.valid:
        return _wrong_code(draft, code.value)
    draft = draft.with_value(Field.CREDIT_CODE, Value(code.value))
    kept = Line("form_noted", {"fields": Field.CREDIT_CODE.value})
    return Outcome(replace(draft, tries=draft.tries + 1), (kept,))


def _wrong_code(draft: Draft, said: str) -> Outcome:
    line = Line("form_credit_code_wrong", {"digits": str(len(said))})
    return Outcome(replace(draft, tries=draft.tries + 1), (line,), quiet=True)
