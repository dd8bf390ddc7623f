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

from dataclasses import replace

from actions.complaint.record.draft import CONFIRMED, Draft, Field, State, Step, Value
from actions.complaint.record.needs import may_skip
from actions.complaint.steering import adding, corrections, moves, putting_right
from actions.complaint.steering.answering import take_answer
from actions.complaint.steering.at_summary import at_summary
from actions.complaint.steering.interruptions import means
from actions.complaint.steering.moves import Line, Message, Outcome
from actions.complaint.steering.pressed import pressed
from actions.complaint.steering.steered import steer
from actions.complaint.steering.told_before import told_before
from actions.complaint.told import party_names
from actions.complaint.told.intake import Understand
from actions.complaint.wording import clauses, phrases
from actions.understanding.text.folding import fold


def take(draft: Draft, message: Message, understand: Understand) -> Outcome:
    """Read one message. ``understand`` is called only when the words matter."""
    if message.is_payload:
        return pressed(draft, message)
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
    if draft.step is Step.SAME and (settled := told_before(draft, message, text, understand)):
        return settled
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


def _cancelling(draft: Draft, message: Message, text: str, understand: Understand) -> Outcome:
    back = replace(draft, step=Step.COLLECTING)
    if phrases.is_keep(text) or means(message, "deny"):
        return Outcome(back, (Line("form_goes_on"),))
    if phrases.wants_it_in(text):
        return moves.yes(back) if back.next_slot() == CONFIRMED else moves.no(draft)
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
    if len(text) <= phrases.SHORT and (steered := steer(back, message, text, understand)):
        return steered
    return adding.add(back, message.text.strip(), understand)


def _words(draft: Draft, message: Message, text: str, understand: Understand) -> Outcome:
    if not text:
        return moves.again(draft)
    steered = steer(draft, message, text, understand)
    if steered is not None:
        return steered
    if draft.step is Step.COLLECTING and (whom := _party_named(draft, text)):
        draft = draft.with_value(Field.SUBJECT, Value(whom))
        known = whom.rsplit(" ", 1)[-1]
        if known in text and len(clauses.pieces(text)) == 1:
            return Outcome(replace(draft, tries=0), (putting_right.is_now(draft, Field.SUBJECT),))
    asked = draft.next_slot()
    if asked == CONFIRMED or asked is None:
        return at_summary(draft, message, text, understand)
    return take_answer(draft, Field(asked), message, text, understand)


def _party_named(draft: Draft, text: str) -> str:
    known = draft.text(Field.SUBJECT)
    person = "" if draft.on_behalf else party_names.person_called(text, known)
    return person or party_names.party_named(text, known)
