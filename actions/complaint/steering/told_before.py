"""A matter reported before: what is to become of it, once the earlier order was shown."""

from __future__ import annotations

from dataclasses import replace

from actions.complaint.record.draft import Draft, Field, Value
from actions.complaint.steering import moves
from actions.complaint.steering.interruptions import aside, interrupts, means
from actions.complaint.steering.moves import Line, Message, Outcome
from actions.complaint.wording import appeal_words, asked_of_us, phrases
from actions.orders import wording

LEAST_MATTER = 5  # characters that tell more of the matter


def told_before(draft: Draft, message: Message, text: str) -> Outcome | None:
    """Urge, add or anew; None where a longer message says none of them."""
    if both := appeal_words.about_earlier_and_more(text):
        onto, more = both
        whole = Value(f"{draft.text(Field.MATTER)}\n{more}")
        return moves.settle_same(draft.with_value(Field.MATTER, whole), onto)
    if len(text) > phrases.SHORT:
        return None
    if chosen := appeal_words.about_earlier(text):
        return moves.settle_same(draft, chosen)
    return _of_the_same(draft, message, text)


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
