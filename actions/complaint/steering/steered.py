"""What a message does that is about the complaint or the talk, whatever was asked."""

from __future__ import annotations

import re
from dataclasses import replace

from actions.complaint.record.draft import CONFIRMED, Draft, Field, Step
from actions.complaint.steering import corrections, moves, putting_right
from actions.complaint.steering.corrects import has_what_to_correct
from actions.complaint.steering.interruptions import answers_better, aside, interrupts, means
from actions.complaint.steering.moves import Line, Message, Outcome
from actions.complaint.steering.settled import dropped, other_kind, privacy_wished
from actions.complaint.told import contacts_told, contents, intake
from actions.complaint.told.intake import Understand
from actions.complaint.wording import asked_of_us, clauses, phrases
from actions.complaint.wording.said_to_us import lacks_number
from actions.understanding.text.folding import fold
from knowledge.fitting import offices

THEIRS_ALONE = 30  # characters of a message that gives the other's number and little else


_OWN_NUMBER = re.compile("(?:把|将|那|我的?|[，, ])*(?:联系)?(?:电话|手机|号码)")


def steer(draft: Draft, message: Message, text: str, understand: Understand) -> Outcome | None:
    """What a message does that is about the complaint or the talk, whatever was asked; None where
    it is about neither."""
    if other := other_kind(draft, text, understand):
        return other
    if left_out := dropped(draft, text):
        return left_out
    if row := corrections.row_to_change(text):
        there = {"on_behalf": bool(draft.on_behalf), "files": bool(draft.files)}
        if there.get(row, True):
            return moves.tap(draft, row)
        return Outcome(replace(draft, step=Step.CHOOSING, confirmed=False))
    correction = corrections.find(text) or corrections.find(
        fold(clauses.without_talk(message.text)).strip()
    )
    changed = correction is not None and correction.field is Field.PHONE
    own_number = changed and _OWN_NUMBER.match(text) is not None  # 电话换成我老公的…
    at_lines = draft.next_slot() == CONFIRMED and len(text) <= THEIRS_ALONE
    if draft.on_behalf and at_lines and not own_number:
        number, _ = contacts_told.their_number(message.text)
        if number:
            theirs = replace(draft, their_phone=number, tries=0)
            return Outcome(theirs, (Line("form_their_phone_kept"),))
    if whole := moves.with_area_code(draft, text):
        return Outcome(whole, (putting_right.is_now(whole, Field.PHONE),))
    if correction is not None and has_what_to_correct(draft, correction, understand):
        if draft.step is Step.CHANGING and correction.field is None and correction.value is None:
            return moves.again(draft)
        return putting_right.correct(draft, correction, text, understand)
    if wished := privacy_wished(draft, message, text, understand):
        return wished
    if draft.next_slot() != Field.MATTER and _of_an_office(text):
        return Outcome(draft, asks=text)
    question = asked_of_us.question_first(text)
    if about_us := moves.about_us(draft, question or text):
        return Outcome(draft, (about_us,))
    if question is not None and (beside := _asks_first(draft, message, question)):
        return beside
    return _move(draft, message, text, understand) if len(text) <= phrases.SHORT else None


_HEAD = re.compile(r"^(?:对了|哦|噢|那|等等|顺便|另外|[，, ])+")


def _of_an_office(text: str) -> bool:
    """Whether a message asks for an office's number, place or hours (婚姻登记处周六上班不)."""
    asked = _HEAD.sub("", text)
    return asked_of_us.is_question(asked) and offices.wanted(asked) is not None


def _asks_first(draft: Draft, message: Message, question: str) -> Outcome | None:
    """A question announced as one; None where it is the matter itself, or another rule's."""
    if draft.next_slot() == Field.MATTER:
        return None
    if not question:
        return Outcome(draft, (Line("form_ask_away"),), quiet=True)
    return None if answers_better(message) else Outcome(draft, asks=question)


def _move(draft: Draft, message: Message, text: str, understand: Understand) -> Outcome | None:
    """A short message that steers the talk itself."""
    if text.startswith("那") and phrases.no_longer(text):  # told what is known: 那就不用了
        return moves.ask_cancel(draft)
    if not draft.for_enterprise and lacks_number(text):
        return Outcome(draft, (Line("form_never_mind"),))
    if asked_of_us.goes_for_now(text):
        return Outcome(draft, (Line("form_rests"),), quiet=True)
    if draft.next_slot() != CONFIRMED and interrupts(message, text) and phrases.only_thanks(text):
        return aside(draft, message)
    stops = means(message, "cancel", "withdraw_order", "start_over") and not (
        phrases.wishes(text)
        or phrases.hands_in(text)
        or _tells_when(draft, message, text, understand)
    )
    if phrases.is_cancel(text) or stops:  # 要求撤销 is what is wanted
        return moves.ask_cancel(draft)
    again = means(message, "repeat_last") and not (
        draft.next_slot() == Field.TIME and _JUST.match(text)
    )
    if again or asked_of_us.insists(text):
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


# 刚看到的, but not what was just said to us (刚才说了).
_JUST = re.compile(
    r"(?:我|就|是|也)*刚(?:刚|才)?[^，。你您]{0,3}(?:看[到见]|发现|发生|碰[到见上]|遇[到见上]|听[到见]|开始|坏|停|断|掉|拍)"
)


def _tells_when(draft: Draft, message: Message, text: str, understand: Understand) -> bool:
    """Whether a short message answers when it was: 上个月撤的 takes nothing back, and whoever names
    a time since which it is so (从周一开始) does not begin again."""
    asked = draft.next_slot() == Field.TIME or message.intent == "start_over"
    return asked and contents.fits(Field.TIME, understand(text).fields)


def _tells_where(text: str, understand: Understand) -> bool:
    """Whether a short message names a place: 我在琥珀山庄 is no wish to wait, nor 我没电话."""
    return Field.PLACE in intake.values(understand(text).fields)
