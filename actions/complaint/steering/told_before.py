"""A matter reported before: what is to become of it, once the earlier order was shown."""

from __future__ import annotations

from dataclasses import replace

from actions.complaint.record.draft import Draft, Field, Value
from actions.complaint.record.needs import ON_SITE
from actions.complaint.steering import moves
from actions.complaint.steering.interruptions import aside, interrupts, means
from actions.complaint.steering.moves import Line, Message, Outcome
from actions.complaint.told.intake import Understand
from actions.complaint.wording import appeal_words, asked_of_us, phrases
from actions.orders import wording

US = "12345热线"
ANOTHER = 0.5  # of the first level of what is another matter
LEAST_MATTER = 5  # characters that tell more of the matter


def told_before(
    draft: Draft, message: Message, text: str, understand: Understand
) -> Outcome | None:
    """Urge, add or anew, with what is told besides; None where a longer message asks something."""
    if both := appeal_words.about_earlier_and_more(text):
        onto, more = both
        whole = Value(f"{draft.text(Field.MATTER)}\n{more}")
        return moves.settle_same(draft.with_value(Field.MATTER, whole), onto)
    if len(text) <= phrases.SHORT and (chosen := appeal_words.about_earlier(text)):
        return moves.settle_same(draft, chosen)
    if (beside := _another(draft, text, understand)) is not None:
        return beside
    if len(text) > phrases.SHORT and asked_of_us.is_question(text):
        return None
    return _of_the_same(draft, message, text)


def _another(draft: Draft, text: str, understand: Understand) -> Outcome | None:
    """What is announced as something else (另外，门口路灯也坏了), where it is another matter: it waits
    until it is settled what becomes of this one."""
    rest = appeal_words.another_matter(text) or appeal_words.addition(text) or ""
    if len(rest) < LEAST_MATTER:
        return None
    read = understand(rest)
    path = read.category.path
    sure = bool(path) and read.category.confidence[0] >= ANOTHER
    if not sure or read.appeal_type not in ON_SITE or path[:1] == draft.category[:1]:
        return None
    others = replace(draft, others=(*draft.others, rest), tries=0)
    return Outcome(others, (Line("form_another_kept"),))


def _of_the_same(draft: Draft, message: Message, text: str) -> Outcome:
    """What says none of the three of an order shown: more of it, a word on how slow it is, thanks.
    What was told goes to the order at least."""
    if phrases.is_cancel(text):
        return moves.ask_cancel(draft)
    if means(message, "thank", "goodbye") or wording.thanks(text):
        return moves.settle_same(draft, "add")
    told = f"{draft.text(Field.MATTER)}\n{message.text.strip()}"
    more = draft.with_value(Field.MATTER, Value(told))
    if appeal_words.complains_of_us(text):  # how we dealt with it is a matter of its own
        return moves.settle_same(more.with_value(Field.SUBJECT, Value(US)), "new")
    if appeal_words.grumbles(text) or appeal_words.of_us(text):
        return moves.settle_same(more, "urge")
    if interrupts(message, text):
        return aside(draft, message)
    if len(text) < LEAST_MATTER or asked_of_us.is_question(text) or phrases.is_yes(text):
        return moves.again(draft)
    return Outcome(replace(more, tries=0), (Line("form_added"),))
