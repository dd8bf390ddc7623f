"""What sounded like a matter and is something else: a question for the base, a talk begun elsewhere, an
order asked about, a wish for a person."""

from __future__ import annotations

import re

from rasa_sdk.interfaces import Tracker

from actions.answer import (
    SURE_OF_INTENT,
    answered_by_a_rule,
    of_an_office,
    offered_before,
    shown_before,
)
from actions.complaint.outside_form import only_where
from actions.complaint.wording import appeal_words, asked_of_us
from actions.identity.moving import comes_back, left_here
from actions.services import Services
from actions.turn import Turn
from actions.understanding.matter.rule_asked import asks_of_a_rule
from actions.understanding.text.folding import fold
from knowledge.judging.signals import asks, ends_in_asking
from knowledge.questions.question import points_back, what_about

SHORT_QUESTION = 12  # characters of one that may be about the rule just shown (一家能养几只)
RULE_QUESTION = 20  # characters of one that asks of a rule and tells nothing else
AS_LIKELY = 0.3  # chance of a question beside the likelier appeal
_AT_A_LOSS = re.compile("(?:不|没|被拒|过期|丢)[^，。]{0,6}(?:怎么办|咋办|咋整|怎么弄)[?？。 ]*$")
# Of a thing whether it may be done with it (电动车能不能推上楼充电), which asks nobody to do it.
_MAY_IT = re.compile(
    r"(?!建议|希望|请|你|您|政府|我)[^，。]{2,8}?(?:能不能|可不可以|可以|能|准不准|让不让)(?!再?多|不能|不可以|派|加|给|把|帮|划|设|装|修|管)"
    r"[^，。你您]{2,10}$"
)
_CLAUSES = re.compile(r"[，。！？?；\s]")
_WHETHER = re.compile(r"(?:[吗么]|(.)不\1[^,。]{0,2})[?？。 ]*$")  # 过了一年了还行吗, 房租贵不贵
_PLEADS = re.compile("[帮求救]|[想要来](?:投诉|举报|反映)|谁能|[退还]给我|[你您]们")
_WHO_CARES = re.compile("管|王法|天理|良心|公平|合理")
# How many are allowed, which no report asks: 一家能养几只, 一家几个人能领.
_HOW_MANY = re.compile(
    "(?:能|可以|最多|最少|限|允许)[^,。]{0,4}(?:几|多少)|(?:几|多少)[^,。]{1,3}(?:能|可以)"
)


async def heard_instead(services: Services, turn: Turn, tracker: Tracker) -> str:
    """The intent that a message which sounded like a matter is heard as; empty where it is one."""
    if turn.is_payload:
        return ""
    said = fold(turn.text)
    if asked_of_us.told_elsewhere(said) or await comes_back(services, turn, tracker):
        return "continue_elsewhere"
    if only_where(services, turn) and await left_here(services, turn, tracker):
        return "continue_elsewhere"
    if asked_of_us.asks_if_filed(said):
        return "query_progress"
    if asked_of_us.wants_a_person(said):
        return "ask_human"
    return "ask_policy" if await _is_for_the_base(services, turn, said, tracker) else ""


async def _is_for_the_base(services: Services, turn: Turn, said: str, tracker: Tracker) -> bool:
    """Whether a message asks what the base answers. The talk says so (it goes on about the rule just
    shown), its words do (it asks of an office, or of a rule that the base surely has), or the
    classifier hears it almost as likely and it ends in asking: an answer offers to register it, a
    form asks where it was. Whoever says that they complain does."""
    if of_an_office(turn):  # 供电局24小时电话
        return True
    if appeal_words.complains(said):
        return False
    if _goes_on_about_the_rule(said, turn, tracker):  # 自己辞职的呢
        return True
    if _asks_of_a_rule(said) and await answered_by_a_rule(services, turn, tracker):
        return True  # 高空抛物砸了车谁赔
    likely = dict(turn.ranking).get("ask_policy", 0.0) >= AS_LIKELY
    return likely and ends_in_asking(said) and not _PLEADS.search(said)  # 长寿钱是一年还是一月发


def _asks_of_a_rule(said: str) -> bool:
    """Whether a message is one clause that asks what holds by rule, or whether something may be done,
    and tells nothing beside."""
    alone = len(said) <= RULE_QUESTION and _CLAUSES.search(said.rstrip("，。？?！! ")) is None
    return alone and (asks_of_a_rule(said) or _MAY_IT.match(said) is not None)


def _goes_on_about_the_rule(said: str, turn: Turn, tracker: Tracker) -> bool:
    """Whether a message right after a rule, or an offer of some, goes on asking about it."""
    if not shown_before(tracker):
        return bool(what_about(said)) and offered_before(tracker)
    short = len(said) <= SHORT_QUESTION
    if points_back(said) or (short and _AT_A_LOSS.search(said)):  # 批不下来咋办
        return True
    whether = _WHETHER.search(said) and not _WHO_CARES.search(said)
    unsure = turn.confidence < SURE_OF_INTENT or bool(whether or _HOW_MANY.search(said))
    return unsure and short and asks(said)
