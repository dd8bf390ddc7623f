"""Whether a message is about an order at all, or tells a matter of its own."""

from __future__ import annotations

import re

from rasa_sdk.interfaces import Tracker

from actions.answer import shown_before
from actions.complaint import first_draft
from actions.complaint import state as complaint_state
from actions.complaint.wording import appeal_words, asked_of_us
from actions.orders.lookup import secret_in
from actions.services import Services
from actions.turn import Turn
from actions.understanding.fields import AppealType
from actions.understanding.text.folding import fold
from actions.work_orders import number

SURE = 0.5
CERTAIN = 0.85
LONG_STATEMENT = 12  # characters of a statement nobody makes of an order without naming it
LEAST = 5  # characters that may tell a matter
_ABOUT_AN_ORDER = re.compile(
    r"工单|单号|单子|编号|进度|进展|催|撤|补充|结果|回复|答复|处理得|办得|到哪|"
    r"(?:投诉|反映|举报|申请|登记|报)(?:过|的)|上次|上回|之前|刚才"
)


_AN_ORDER = re.compile(
    r"工单|单号|单子|编号|进度|进展|撤|补充|(?:投诉|反映|举报|登记)(?:过|的)|上次|上回"
)


def names_an_order(text: str) -> bool:
    """Whether the words are those used of an order ("进度", "上次反映的")."""
    return _ABOUT_AN_ORDER.search(text) is not None


def asks_about_a_rule(turn: Turn) -> bool:
    """Whether what sounded like an addition is a question that names no order (那要准备啥材料)."""
    if turn.is_payload or turn.confidence >= CERTAIN or names_an_order(turn.text):
        return False
    return asked_of_us.is_question(fold(turn.text))


def tells_a_matter(services: Services, turn: Turn, tracker: Tracker) -> bool:
    """Whether a message taken for one about an order tells a matter of its own.

    "我家停水两天了，没人管" sounds like urging, but names no order. Of somebody without
    one, right after a rule was shown, 催 is what we are to do.
    """
    if turn.is_payload or tracker.get_slot("complaint") or number.read(turn.text) is not None:
        return False
    filed_none = bool(shown_before(tracker)) and not tracker.get_slot("last_order")
    if filed_none and len(turn.text) >= LONG_STATEMENT:  # 五保 was asked after; 村里说等，帮忙催催
        if _AN_ORDER.search(turn.text) is not None:
            return False
    elif turn.confidence >= CERTAIN or names_an_order(turn.text):
        return False
    read = complaint_state.understander(services, turn)(turn.text)
    kind = read.appeal_type
    return kind not in (None, AppealType.CONSULT) and read.appeal.confidence >= SURE


def leaves(services: Services, turn: Turn, text: str) -> bool:
    """Whether somebody asked for an order's number tells a matter instead."""
    if number.read(turn.text) is not None or secret_in(turn.text) or len(text) < LEAST:
        return False
    meant = turn.intent in first_draft.KIND_OF_INTENT and turn.confidence >= SURE
    told = len(text) >= LONG_STATEMENT and not asked_of_us.is_question(text)
    if not appeal_words.complains(text) and (not (meant or told) or names_an_order(text)):
        return False
    read = complaint_state.understander(services, turn)(turn.text)
    sure = not told or read.appeal.confidence >= SURE
    return sure and read.appeal_type not in (None, AppealType.CONSULT)
