"""A rule named after other people, or another examination, is not given for sure."""

from __future__ import annotations

from datetime import date

import pytest

from knowledge.answer import Answerer
from knowledge.fitting.whom import for_others
from knowledge.judging.judge import Verdict
from knowledge.model import Entry
from knowledge.query import Query
from knowledge.text import fold
from tests.knowledge.conftest import BaseOf, entry

VETERANS = entry("v", "退役军人优待证申领", "退役军人可以申领优待证。")
BOTH = entry("b", "退役军人优待证申领", "退役军人和老年人都可以申领优待证。")
DEDUCTED = entry("d", "赡养老人专项附加扣除", "独生子女每月扣除3000元。")
GRADE = entry("g", "一级造价师考试报名", "一级造价师每年考一次。")
PUPIL = entry("p", "学生申诉处理", "学生对处分不服的，可以申诉。")
EXAM = entry("e", "高考报名条件", "高考报名在考试前一年进行。")


def test_a_short_question_for_somebody_finds_the_rule_named_after_them(base_of: BaseOf) -> None:
    fee = entry("fee", "采集证收费标准", "采集证收费五十元，小孩的采集证也收费五十元。")
    child = entry("child", "未成年人采集证办理", "由父母带着到窗口办理采集证。")
    answer = Answerer(base_of(fee, child)).answer(Query(text="小孩采集证", on=date(2026, 11, 22)))
    assert answer.passages[0].entry_id == "child"


@pytest.mark.parametrize(
    ("question", "entry", "others"),
    [
        ("请问老年人优待证怎么办", VETERANS, True),
        ("请问老年人优待证怎么办", BOTH, False),
        ("我父亲是退伍老兵，优待证怎么办", VETERANS, False),
        ("优待证怎么办", VETERANS, False),
        ("中考怎么报名", EXAM, True),
        ("高考怎么报名", EXAM, False),
        ("成人高考怎么报名", EXAM, True),
        ("独生子女的父母退休后有补助吗", DEDUCTED, True),
        ("独生子女赡养老人扣除多少", DEDUCTED, False),
        ("二级造价师怎么报名", GRADE, True),
        ("一造什么时候报名", GRADE, False),
        ("我是老师，对处分不服去哪申诉", PUPIL, True),
        ("老师处分了学生，学生不服怎么申诉", PUPIL, False),
        ("老师处分得不公平，孩子怎么申诉", PUPIL, False),
    ],
)
def test_who_is_asked_for_and_who_is_meant(question: str, entry: Entry, others: bool) -> None:
    assert for_others(fold(question), entry) is others


def test_a_rule_for_others_is_offered_and_not_given(base_of: BaseOf) -> None:
    answerer = Answerer(base_of(VETERANS, EXAM))

    def verdict(question: str) -> Verdict:
        return answerer.answer(Query(text=question, on=date(2026, 11, 22))).verdict

    assert verdict("退役军人优待证怎么申领？") is Verdict.ANSWER
    assert verdict("老年人优待证怎么申领？") is not Verdict.ANSWER
