"""A message read as the answer to the question asked: what it tells, with the question in mind."""

from __future__ import annotations

from dataclasses import dataclass, replace

from actions.complaint.record.draft import Draft, Field, Step
from actions.complaint.steering import adding
from actions.complaint.steering.moves import Message, Outcome
from actions.complaint.told import contacts_told, contents
from actions.complaint.told.intake import Understand
from actions.understanding.fields import Fields
from actions.understanding.people.contact import find_local
from actions.understanding.understand import Understanding


@dataclass(frozen=True, slots=True)
class Answer:
    """What ``message`` says to the question for ``asked``.

    ``text``: its folded words.  ``understood``: what they mean by themselves; ``fields``: what they
    tell as an answer.  ``fits``: whether the very thing asked for is among these by pattern.
    ``changing``: it was asked because this line of the summary is to be changed.
    ``understand`` reads other words as said now.
    """

    asked: Field
    message: Message
    text: str
    understood: Understanding
    fields: Fields
    fits: bool
    changing: bool
    understand: Understand

    def of_the_matter(self, draft: Draft) -> Outcome:
        """All of the message as more of the matter."""
        return adding.add(draft, self.message.text.strip(), self.understand)


def read(draft: Draft, asked: Field, message: Message, text: str, understand: Understand) -> Answer:
    """The answer ``message`` gives; ``text`` is its folded words."""
    understood = understand(message.text)
    if asked is Field.PHONE:  # 妈妈的是138…: whose number it is, not whom it is told for
        understood = replace(understood, fields=replace(understood.fields, on_behalf=None))
    fields = contacts_told.own_contact(message.text, understood.fields)
    if asked is Field.PHONE and fields.phone is None and (local := find_local(text)):
        fields = replace(fields, phone=local)
    return Answer(
        asked=asked,
        message=message,
        text=text,
        understood=understood,
        fields=fields,
        fits=contents.fits(asked, fields),
        changing=draft.step is Step.CHANGING,
        understand=understand,
    )


def with_names(draft: Draft, answer: Answer) -> Answer:
    """The answer with the names of places and firms as they were said."""
    fields = contents.with_whole_names(answer.message.text, answer.fields)
    if draft.for_enterprise and not draft.text(Field.ENTERPRISE):
        fields = contents.with_own_firm(answer.message.text, fields)
    return replace(answer, fields=fields, fits=contents.fits(answer.asked, fields))
