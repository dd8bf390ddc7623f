"""A message at the summary: yes, no, or something that changes what stands in it."""

from __future__ import annotations

from dataclasses import replace

from actions.complaint.record.draft import Draft, Field, Privacy, Step
from actions.complaint.steering import adding, answering, moves, putting_right
from actions.complaint.steering.interruptions import aside, interrupts, means
from actions.complaint.steering.moves import Line, Message, Outcome
from actions.complaint.steering.no_answer import tells
from actions.complaint.steering.noted import with_all
from actions.complaint.steering.settled import beside_yes
from actions.complaint.told import contacts_told, contents, intake
from actions.complaint.told.intake import Understand
from actions.complaint.wording import appeal_words, asked_of_us, clauses, phrases
from actions.understanding.people.contact import bare_name, written_as
from actions.understanding.text.folding import fold

LEAST_TOLD = 6  # characters beside a value at the summary that tell more of the matter


def at_summary(draft: Draft, message: Message, text: str, understand: Understand) -> Outcome:
    if (unspelt := phrases.without_spelling(text)) != text:
        text, message = unspelt, replace(message, text=unspelt)
    if asked := clauses.asked_after_yes(text):
        return _agreed_and_asked(draft, asked)
    if beside_yes(draft, text):
        return moves.yes(draft)
    if more_told := clauses.more_after_yes(text):
        fields = understand(more_told).fields
        if others := contents.something_else(None, more_told, fields):
            return with_all(draft, others, instead=True)
        return adding.add(draft, more_told, understand)
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
        return adding.add(draft, more, understand)
    only_thanks = means(message, "thank") and len(text) <= phrases.SHORT
    if asked_of_us.asks_if_filed(text) or only_thanks:
        return Outcome(draft, (Line("form_not_yet_filed"),), quiet=only_thanks)
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
        return adding.add(draft, message.text.strip(), understand)
    again = bool(intake.values(fields)) and not contents.besides(message.text, fields)
    if again:  # told already, and said again
        return Outcome(draft)
    if phrases.wishes(text) or tells(message, text):
        return adding.add(draft, message.text.strip(), understand)
    return Outcome(draft, asks=text) if asked_of_us.is_question(text) else moves.again(draft)


def _agreed_and_asked(draft: Draft, asked: str) -> Outcome:
    """Handed in, and what was asked in the same breath answered (提交吧 多久有结果)."""
    agreed = moves.yes(draft)
    about_us = moves.about_us(draft, asked)
    if about_us is None and not asked_of_us.pleads(asked):
        return replace(agreed, asks=asked)
    return replace(agreed, lines=(about_us or moves.how_it_goes_on(draft),))
