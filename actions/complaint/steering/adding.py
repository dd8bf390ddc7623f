"""What a person adds to a matter told: more of it, what they want done, how to be reached."""

from __future__ import annotations

import re
from dataclasses import replace

from actions.complaint.record.draft import Draft, Field, Step, Value
from actions.complaint.record.on_record import only_contact, without_contact
from actions.complaint.steering import moves
from actions.complaint.steering.moves import Line, Outcome
from actions.complaint.told import contacts_told, contents, intake
from actions.complaint.told.intake import Understand
from actions.complaint.wording import appeal_words, phrases
from actions.complaint.wording.said_to_us import without_known, without_talk
from actions.understanding.fields import AppealType
from actions.understanding.text.folding import fold

LONGEST_WISH = 30  # characters of a clause that says what is wanted


def add(draft: Draft, more: str, understand: Understand) -> Outcome:
    """Take what a person adds to the matter; announced only, ask for it."""
    if not more:
        return Outcome(replace(draft, step=Step.ADDING), (Line("form_add"),), quiet=True)
    if _only_wishes(draft, more):  # 我想让他们赔礼道歉
        wished = draft.with_value(Field.WANTED, Value(more.strip("，,。.!！ ")))
        noted = Line("form_noted", {"fields": Field.WANTED.value})
        return Outcome(replace(wished, step=Step.COLLECTING, tries=0), (noted,))
    told = draft.text(Field.MATTER)
    fields = contacts_told.own_contact(more, understand(more).fields)
    contact = fields.phone is not None or fields.id_number is not None
    words = _of_the_matter(draft, _on_record(more) if contact else more)
    answers = moves.answers_beside(draft, more)
    if not words and not contact:
        draft = intake.found(draft, contents.with_whole_names(more, fields))
        return Outcome(replace(draft, step=Step.COLLECTING, tries=0), answers)
    if not words and fields.phone is None and fields.id_number is not None:
        # not needed, and not kept
        return Outcome(replace(draft, step=Step.COLLECTING, tries=0), answers)
    joined = told if words in told else f"{told}\n{words}" if told else words
    if not draft.category:  # what was told before said little; but not of what kind it is
        placed = intake.placed_in_tree(draft, understand(joined))
        draft = placed if placed.kind is draft.kind else replace(draft, category=placed.category)
    draft = intake.found(draft, contents.with_whole_names(more, fields))
    return Outcome(
        replace(draft.with_value(Field.MATTER, Value(joined)), step=Step.COLLECTING, tries=0),
        (Line("form_added"), *answers),
    )


def _only_wishes(draft: Draft, more: str) -> bool:
    """Whether what is added is nothing but what is wanted, where that was not told yet."""
    said = fold(more).strip("，。！ ")
    one = len(said) <= LONGEST_WISH and re.search("[，。；？\n0-9]", said) is None
    known = fold(draft.text(Field.WANTED))
    read_of_it = known in said or known in fold(draft.text(Field.MATTER))  # stays in the matter
    open_to_it = draft.kind not in intake.WANTS_NOTHING_MORE and read_of_it
    return one and open_to_it and bool(draft.text(Field.MATTER)) and phrases.wishes(said)


_HEAD = re.compile(r"^(?:(?:哦|噢|嗯++)?对了|还有|另外|顺便说一下|忘了说)[，,：: ]+")


def _of_the_matter(draft: Draft, more: str) -> str:
    """What is added, without what is only said to us and what was said already."""
    known = "\n".join(draft.text(one) for one in (Field.MATTER, Field.PLACE, Field.SUBJECT))
    return _HEAD.sub("", without_known(without_talk(more), known))


def _on_record(more: str) -> str:
    return "" if only_contact(more) else without_contact(more)


def set_kind_and_add(draft: Draft, kind: AppealType, more: str, understand: Understand) -> Outcome:
    """Another kind, and in the same breath more of the matter."""
    changed = moves.set_kind(draft, kind)
    assert changed.draft is not None
    wish = appeal_words.privacy(more)
    if wish is not None and len(more) <= phrases.SHORT:  # 我要举报，别让他知道是我
        wished = moves.set_privacy(changed.draft, wish)
        return replace(wished, lines=(*changed.lines, *wished.lines))
    added = add(changed.draft, more, understand)
    return replace(changed, draft=added.draft)
