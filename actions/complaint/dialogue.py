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

import re
from dataclasses import replace

from actions.complaint.record.draft import CONFIRMED, Draft, Field, Privacy, State, Step, Value
from actions.complaint.record.needs import ON_SITE, may_skip
from actions.complaint.steering import answering, corrections, moves, putting_right
from actions.complaint.steering.answering import take_answer
from actions.complaint.steering.corrections import Correction
from actions.complaint.steering.interruptions import answers_better, aside, interrupts, means
from actions.complaint.steering.moves import Line, Message, Outcome
from actions.complaint.steering.no_answer import tells
from actions.complaint.steering.noted import with_all
from actions.complaint.told import contacts_told, contents, intake, party_names
from actions.complaint.told.intake import Understand
from actions.complaint.wording import appeal_words, asked_of_us, clauses, phrases
from actions.orders import wording
from actions.understanding.fields import AppealType, Fields
from actions.understanding.people.contact import bare_name, written_as
from actions.understanding.text.folding import fold
from knowledge.fitting import offices

NOTHING_ELSE = 8  # characters of a wish for privacy that tells no matter (匿名行吗)
THEIRS_ALONE = 30  # characters of a message that gives the other's number and little else
LEAST_TOLD = 6  # characters beside a value at the summary that tell more of the matter
LEAST_MATTER = 5  # characters of another matter told in passing


def take(draft: Draft, message: Message, understand: Understand) -> Outcome:
    """Read one message. ``understand`` is called only when the words matter."""
    if message.is_payload:
        return _button(draft, message)
    return _without_pressing(draft, _read(draft, message, understand))


def _without_pressing(before: Draft, outcome: Outcome) -> Outcome:
    """What may be left out is not asked for a third time of somebody who tells other things."""
    asked, after = before.next_slot(), outcome.draft
    if after is None or outcome.yields or asked is None:
        return outcome
    if asked == CONFIRMED or asked != after.next_slot() or after.step is not Step.COLLECTING:
        return outcome
    name = Field(asked)
    if name is Field.PHONE or not may_skip(after, name) or after.values == before.values:
        return outcome
    if before.passed is not name:
        return replace(outcome, draft=replace(after, passed=name))
    return replace(outcome, draft=after.with_value(name, Value("", State.SKIPPED)))


def _read(draft: Draft, message: Message, understand: Understand) -> Outcome:
    text = fold(message.text).strip()
    if draft.step is Step.CANCELLING:
        return _cancelling(draft, message, text, understand)
    if draft.step is Step.PLACING:
        return _placing(draft, message, text, understand)
    if draft.step is Step.SAME and (both := appeal_words.about_earlier_and_more(text)):
        onto, more = both
        whole = Value(f"{draft.text(Field.MATTER)}\n{more}")
        return moves.settle_same(draft.with_value(Field.MATTER, whole), onto)
    if draft.step is Step.SAME and len(text) <= phrases.SHORT:
        if chosen := appeal_words.about_earlier(text):
            return moves.settle_same(draft, chosen)
        return _of_the_same(draft, message, text)
    if draft.asks_privacy() and (chosen_privacy := moves.privacy_answered(draft, text)):
        return chosen_privacy
    if draft.asks_consent() and (agreed := moves.consent(draft, message, text)):
        return agreed
    if draft.step is Step.ADDING:
        return _adding(draft, message, text, understand)
    if draft.step in (Step.CHOOSING, Step.CHOOSING_MORE):
        if row := corrections.row_named(text):
            return moves.tap(draft, row)
        if phrases.is_yes(text) and not phrases.hurries(text):
            return Outcome(replace(draft, step=Step.COLLECTING))  # 对: nothing is to be changed
        named = corrections.field_named(text)
        if named is not None and corrections.find(text) is None:
            return moves.start_change(draft, named)
    return _words(draft, message, text, understand)


def _of_the_same(draft: Draft, message: Message, text: str) -> Outcome:
    """What says none of the three of an order shown: more of it, a word on how slow it is, thanks.
    What was told goes to the order at least."""
    if phrases.is_cancel(text):
        return moves.ask_cancel(draft)
    if means(message, "thank", "goodbye") or wording.thanks(text):
        return moves.settle_same(draft, "add")
    told = f"{draft.text(Field.MATTER)}\n{message.text.strip()}"
    more = draft.with_value(Field.MATTER, Value(told))
    if appeal_words.grumbles(text) or appeal_words.of_us(text):
        return moves.settle_same(more, "urge")
    if interrupts(message, text):
        return aside(draft, message)
    if len(text) < LEAST_MATTER or asked_of_us.is_question(text) or phrases.is_yes(text):
        return moves.again(draft)
    return Outcome(replace(more, tries=0), (Line("form_added"),))


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
    if kind == "files":
        return moves.drop_files(draft) if value == "none" else Outcome(draft)
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
    if phrases.is_keep(text) or means(message, "deny"):
        return Outcome(back, (Line("form_goes_on"),))
    if phrases.is_cancel(text) or phrases.is_yes(text) or means(message, "affirm", "cancel"):
        return Outcome(None, (Line("form_cancelled"),))
    return _words(back, message, text, understand)


def _placing(draft: Draft, message: Message, text: str, understand: Understand) -> Outcome:
    """Was it where the photo was taken? Yes, no, or straight away where it was."""
    agrees = phrases.is_yes(text) or phrases.points_at_the_photo(text)
    if agrees or (means(message, "affirm") and len(text) <= phrases.SHORT):
        return moves.settle_spot(draft, here=True)
    elsewhere = moves.settle_spot(draft, here=False)
    if phrases.is_no(text) or (means(message, "deny") and len(text) <= phrases.SHORT):
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
    if draft.step is Step.COLLECTING and (whom := _party_named(draft, text)):
        draft = draft.with_value(Field.SUBJECT, Value(whom))
        known = whom.rsplit(" ", 1)[-1]
        if known in text and len(clauses.pieces(text)) == 1:
            return Outcome(replace(draft, tries=0), (putting_right.is_now(draft, Field.SUBJECT),))
    asked = draft.next_slot()
    if asked == CONFIRMED or asked is None:
        return _at_summary(draft, message, text, understand)
    return take_answer(draft, Field(asked), message, text, understand)


def _party_named(draft: Draft, text: str) -> str:
    known = draft.text(Field.SUBJECT)
    person = "" if draft.on_behalf else party_names.person_called(text, known)
    return person or party_names.party_named(text, known)


def _steer(draft: Draft, message: Message, text: str, understand: Understand) -> Outcome | None:
    """What a message does that is about the complaint or the talk, whatever was asked; None where
    it is about neither."""
    if other := _other_kind(draft, text, understand):
        return other
    if dropped := _dropped(draft, text):
        return dropped
    if row := corrections.row_to_change(text):
        there = {"on_behalf": bool(draft.on_behalf), "files": bool(draft.files)}
        if there.get(row, True):
            return moves.tap(draft, row)
        return Outcome(replace(draft, step=Step.CHOOSING, confirmed=False))
    if draft.on_behalf and draft.next_slot() == CONFIRMED and len(text) <= THEIRS_ALONE:
        number, _ = contacts_told.their_number(message.text)
        if number:
            theirs = replace(draft, their_phone=number, tries=0)
            return Outcome(theirs, (Line("form_their_phone_kept"),))
    if whole := moves.with_area_code(draft, text):
        return Outcome(whole, (putting_right.is_now(whole, Field.PHONE),))
    correction = corrections.find(text) or corrections.find(
        fold(clauses.without_talk(message.text)).strip()
    )
    if correction is not None and _is_one(draft, correction, understand):
        if draft.step is Step.CHANGING and correction.field is None and correction.value is None:
            return moves.again(draft)
        return putting_right.correct(draft, correction, text, understand)
    if wished := _privacy_wished(draft, message, text, understand):
        return wished
    if draft.next_slot() != Field.MATTER and _of_an_office(text):
        return Outcome(draft, asks=text)
    question = asked_of_us.question_first(text)
    if about_us := _asked_of_us(draft, question or text):
        return about_us
    if question is not None and (beside := _asks_first(draft, message, question)):
        return beside
    return _move(draft, message, text, understand) if len(text) <= phrases.SHORT else None


_HEAD = re.compile(r"^(?:对了|哦|噢|那|等等|顺便|另外|[，, ])+")


def _of_an_office(text: str) -> bool:
    """Whether a message asks for an office's number, place or hours (婚姻登记处周六上班不)."""
    asked = _HEAD.sub("", text)
    return asked_of_us.is_question(asked) and offices.wanted(asked) is not None


def _asked_of_us(draft: Draft, text: str) -> Outcome | None:
    """The answer to what is asked of this matter's way, or of what may be sent."""
    if asked_of_us.asks_how_long(text) and not asked_of_us.names_an_order(text):
        return Outcome(draft, (moves.how_it_goes_on(draft),))
    if asked_of_us.asks_about_files(text):
        return Outcome(draft, (Line("form_files_welcome"),))
    return None


def _asks_first(draft: Draft, message: Message, question: str) -> Outcome | None:
    """A question announced as one; None where it is the matter itself, or another rule's."""
    if draft.next_slot() == Field.MATTER:
        return None
    if not question:
        return Outcome(draft, (Line("form_ask_away"),), quiet=True)
    return None if answers_better(message) else Outcome(draft, asks=question)


def _other_kind(draft: Draft, text: str, understand: Understand) -> Outcome | None:
    """Another kind of appeal than was understood, or another matter that waits for its turn."""
    if meant := appeal_words.kind_not_another(text):
        return moves.set_kind(draft, meant)
    other = appeal_words.kind_and_more(text)
    if other is not None and other[0] is not draft.kind and draft.text(Field.MATTER):
        return moves.set_kind_and_add(draft, *other, understand)
    another = appeal_words.another_matter(text)
    if another is not None and len(another) >= LEAST_MATTER and draft.text(Field.MATTER):
        others = replace(draft, others=(*draft.others, another), tries=0)
        return Outcome(others, (Line("form_another_kept"),))
    kind = appeal_words.kind(text)
    if kind is not None and (kind is not draft.kind or appeal_words.keeps_kind(text)):
        return moves.set_kind(draft, kind)
    return moves.tap(draft, "kind") if appeal_words.kind_is_wrong(text) else None


def _privacy_wished(
    draft: Draft, message: Message, text: str, understand: Understand
) -> Outcome | None:
    """A wish that nobody learn who tells it, or, of one who gave none, a number to call."""
    untold = draft.next_slot() == Field.MATTER  # which may well speak of secrets itself
    wish = None if untold and len(text) > NOTHING_ELSE else appeal_words.privacy(text)
    if wish is None and draft.kind in ON_SITE and draft.privacy is Privacy.OPEN:
        wish = appeal_words.fears(text)
    if wish is not None and (len(text) <= phrases.SHORT or draft.kind is AppealType.REPORT):
        return _with_privacy(draft, wish, message, understand)
    if wish is None and draft.privacy is Privacy.ANONYMOUS and moves.gives_phone(text):
        return _with_privacy(draft, Privacy.CONFIDENTIAL, message, understand)
    return None


def _is_one(draft: Draft, correction: Correction, understand: Understand) -> bool:
    """Whether a correction has something to put right: while the matter is asked for, only whom it
    is about can be wrong (我要投诉肯德基 · 不对，是麦当劳)."""
    said_before = (draft.on_behalf or "", *(draft.text(name) for name in Field))
    if correction.if_said and not any(_in(correction.old, one) for one in said_before):
        return False
    if correction.if_known and not _names_a_line(draft, correction):
        return False
    if correction.if_like:
        return bool(putting_right.like(draft.text(Field.MATTER), correction.value or ""))
    if correction.if_value and not putting_right.part_meant(draft, correction.value or ""):
        said = correction.value or ""
        told = understand(said).fields
        if not intake.values(told) or contents.besides(said, told):
            return False
    if draft.next_slot() != Field.MATTER:
        return True
    if correction.field not in (None, Field.MATTER):  # 时间改成每逢周末早上
        return correction.value is not None
    return bool(correction.value and draft.text(correction.field or Field.SUBJECT))


_LONGHAND = re.compile(r"天(?=[早晚])|(?<=[早晚])上")


def _in(old: str, said: str) -> bool:
    """Whether words were said, however long the day's name was (昨晚, of 昨天晚上十一点)."""
    return _LONGHAND.sub("", old) in _LONGHAND.sub("", said)


def _names_a_line(draft: Draft, correction: Correction) -> bool:
    """Whether a correction by a line's label means that line: it was told, or the lines are shown."""
    told = correction.field is not None and bool(draft.text(correction.field))
    wished = draft.kind not in intake.WANTS_NOTHING_MORE
    return told or (draft.next_slot() == CONFIRMED and wished)


def _dropped(draft: Draft, text: str) -> Outcome | None:
    """A field that shall be left out again."""
    what = phrases.dropped(text)
    if draft.files and corrections.row_named(what) == "files":
        return moves.drop_files(draft)
    name = corrections.field_named(what)
    if name is None or name is Field.MATTER or not draft.text(name):
        return None
    return Outcome(
        replace(draft.with_value(name, Value("", State.SKIPPED)), confirmed=False, tries=0),
        (Line("form_dropped", {"field": name.value}),),
    )


def _with_privacy(draft: Draft, wish: Privacy, message: Message, understand: Understand) -> Outcome:
    """What was asked for, and what is told with it (保密，但可以留电话138…; 匿名，公司在经开区)."""
    settled = moves.set_privacy(draft, wish)
    assert settled.draft is not None
    fields = contacts_told.own_contact(message.text, understand(message.text).fields)
    draft = settled.draft
    told = replace(
        Fields(), phone=fields.phone, name=fields.name, place=fields.place, subject=fields.subject
    )
    if whom := party_names.party_named(fold(message.text), draft.text(Field.SUBJECT)):
        draft = draft.with_value(Field.SUBJECT, Value(whom))
    if fields.phone and fields.phone.valid and draft.privacy is not Privacy.ANONYMOUS:
        draft = draft.with_value(Field.PHONE, intake.phone(fields.phone))
    draft = intake.found(draft, told)
    asked = draft.next_slot()
    if asked is None or asked == CONFIRMED or not may_skip(draft, Field(asked)):
        return replace(settled, draft=draft)
    if clauses.gives_up(Field(asked), message.text) is not None:  # 我不敢说，怕孩子被针对
        draft = draft.with_value(Field(asked), Value("", State.SKIPPED))
    return replace(settled, draft=draft)


def _move(draft: Draft, message: Message, text: str, understand: Understand) -> Outcome | None:
    """A short message that steers the talk itself."""
    if text.startswith("那") and phrases.no_longer(text):  # told what is known: 那就不用了
        return moves.ask_cancel(draft)
    if asked_of_us.goes_for_now(text):
        return Outcome(draft, (Line("form_rests"),), quiet=True)
    stops = means(message, "cancel", "withdraw_order", "start_over") and not (
        phrases.wishes(text) or phrases.hands_in(text)
    )
    if phrases.is_cancel(text) or stops:  # 要求撤销 is what is wanted
        return moves.ask_cancel(draft)
    if means(message, "repeat_last") or asked_of_us.insists(text):
        return Outcome(draft)
    if asked_of_us.goes_on(text):
        return Outcome(draft)
    ready = asked_of_us.is_back(text) or asked_of_us.asks_to_register(text)
    if draft.next_slot() != CONFIRMED and ready:  # 那继续吧, 那登记吧
        return Outcome(draft)
    if means(message, "wait") and not phrases.is_skip(text) and not _tells_where(text, understand):
        return Outcome(draft, (Line("form_waits"),), quiet=True)
    if means(message, "goodbye") and not moves.digits(text):
        return Outcome(draft, (Line("form_rests"),), quiet=True)
    return None


def _tells_where(text: str, understand: Understand) -> bool:
    """Whether a short message names a place: 我在琥珀山庄 is no wish to wait, nor 我没电话."""
    return Field.PLACE in intake.values(understand(text).fields)


# --- the summary


def _at_summary(draft: Draft, message: Message, text: str, understand: Understand) -> Outcome:
    if (unspelt := phrases.without_spelling(text)) != text:
        text, message = unspelt, replace(message, text=unspelt)
    if more_told := clauses.more_after_yes(text):
        fields = understand(more_told).fields
        if others := contents.something_else(None, more_told, fields):
            return with_all(draft, others, instead=True)
        return moves.add(draft, more_told, understand)
    if told_first := clauses.before_handing_in(message.text):
        message = replace(message, text=told_first, intent="inform")
        text = fold(told_first).strip()
    if nearer := answering.nearer_place(draft, text):
        return nearer
    if draft.text(Field.PHONE) and phrases.this_number(text):
        return Outcome(draft)
    if phrases.is_fine(text) or (means(message, "affirm") and len(text) <= phrases.SHORT):
        return moves.yes(draft)
    if phrases.no_longer(text):
        return moves.ask_cancel(draft)
    if phrases.is_no(text) or (means(message, "deny") and len(text) <= phrases.SHORT):
        return moves.no(draft)
    more = appeal_words.addition(text)
    if more is not None:
        return moves.add(draft, more, understand)
    if asked_of_us.asks_if_filed(text):
        return Outcome(draft, (Line("form_not_yet_filed"),))
    if phrases.is_skip(text) or asked_of_us.unknown(text):  # nothing is asked any more
        return Outcome(draft)
    if (theirs := contacts_told.with_their_name(draft, text)) != draft:
        return Outcome(replace(theirs, tries=0), (Line("form_noted", {"fields": "on_behalf"}),))
    called = bare_name(text) or (written_as(text) if len(text) <= phrases.SHORT else "")
    if draft.privacy is not Privacy.ANONYMOUS and (name := called):
        return putting_right.called(draft, name)
    if interrupts(message, text):
        return aside(draft, message)
    understood = understand(message.text)
    fields = contents.with_whole_names(message.text, understood.fields)
    if told := contents.something_else(None, message.text, fields):
        if Field.TIME in told and putting_right.coming(draft, Field.TIME, fields, understood.now):
            return putting_right.ask_the_day(draft, told[Field.TIME].text)
        return with_all(replace(draft, step=Step.COLLECTING), told, instead=True)
    found = intake.found(draft, fields)
    if found != draft and len(contents.besides(message.text, fields)) < LEAST_TOLD:
        fresh = [name.value for name in Field if found.text(name) and not draft.text(name)]
        noted = (Line("form_noted", {"fields": ",".join(fresh)}),) if fresh else ()
        return Outcome(replace(found, step=Step.COLLECTING, tries=0), noted)
    if len(text) >= phrases.SHORT:
        return moves.add(draft, message.text.strip(), understand)
    again = bool(intake.values(fields)) and not contents.besides(message.text, fields)
    if again:  # told already, and said again
        return Outcome(draft)
    if phrases.wishes(text) or tells(message, text):
        return moves.add(draft, message.text.strip(), understand)
    return Outcome(draft, asks=text) if asked_of_us.is_question(text) else moves.again(draft)
