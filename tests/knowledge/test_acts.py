"""A rule about one act is no answer to who asks for another."""

from __future__ import annotations

from datetime import date

import pytest

from knowledge.answer import Answerer
from knowledge.fitting.acts import asked_acts, other_act
from knowledge.judging.judge import Verdict
from knowledge.model import Entry
from knowledge.query import Query
from knowledge.text import fold
from tests.knowledge.conftest import BaseOf, entry

LOST = entry("lost", "营业执照丢失补领", "营业执照丢了，向登记机关申请补领，不收费。")
SETTING_UP = entry("new", "个体工商户登记（办营业执照）", "到登记机关申请登记，领取营业执照。")
CLOSING = entry("end", "个体工商户注销", "不再经营的，申请注销登记，缴回营业执照。")
DISABLED = entry("card", "残疾人证办理", "向残联申请残疾人证；丢失的可以补办。")
RENEWING = entry("renew", "驾驶证到期换证", "驾驶证到期的，期满前换证。")


@pytest.mark.parametrize(
    ("question", "entry", "other"),
    [
        ("营业执照怎么注销", LOST, True),
        ("营业执照怎么注销", CLOSING, False),
        ("营业执照怎么办", LOST, True),
        ("营业执照怎么办", SETTING_UP, False),
        ("营业执照丢了怎么办", LOST, False),
        ("营业执照不见了，去哪里办新的", LOST, False),
        ("营业执照变更要什么材料", LOST, True),
        ("残疾证丢了怎么补", DISABLED, False),
        ("残疾证怎么过户", DISABLED, True),
        ("驾照过期了还能换吗", RENEWING, False),
        ("驾照怎么申请", RENEWING, True),
        ("垃圾不分开丢要罚钱吗", SETTING_UP, False),
    ],
)
def test_the_act_asked_for_and_the_act_of_a_rule(question: str, entry: Entry, other: bool) -> None:
    folded = fold(question)
    assert other_act(folded, asked_acts(folded, folded), entry) is other


def test_what_was_said_last_is_what_is_to_be_done() -> None:
    assert asked_acts("注销呢", "营业执照丢了 注销呢") == {"end"}
    assert asked_acts("要多少钱", "营业执照丢了 要多少钱") == {"replace"}


def test_a_rule_about_another_act_is_offered_after_the_one_asked_for(base_of: BaseOf) -> None:
    answerer = Answerer(base_of(LOST, CLOSING, SETTING_UP))

    def ask(question: str) -> tuple[Verdict, str]:
        answer = answerer.answer(Query(text=question, on=date(2026, 11, 22)))
        return answer.verdict, answer.passages[0].entry_id if answer.passages else ""

    assert ask("营业执照丢了怎么补领") == (Verdict.ANSWER, "lost")
    verdict, first = ask("营业执照怎么变更")
    assert verdict is not Verdict.ANSWER
    verdict, first = ask("营业执照怎么办")
    assert first != "lost"
