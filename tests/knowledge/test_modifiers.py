"""A word before a thing makes it another, and a rule that never says it is not asserted."""

from __future__ import annotations

from datetime import date

import pytest

from knowledge.answer import Answerer
from knowledge.judging.judge import Verdict
from knowledge.judging.modifiers import of_another
from knowledge.model import Entry
from knowledge.query import Query
from knowledge.text import fold
from tests.knowledge.conftest import BaseOf, entry

PENSION = entry("p", "城乡居民基本养老保险", "年满十六周岁的城乡居民可以参加养老保险，按年缴费。")
SCHOOL = entry("s", "中小学转学、学籍办理", "转学由家长向转入学校申请。")
REFUND = entry("r", "商家不给开发票怎么办", "商家不给发票可以向税务机关举报。")
FUND = entry("f", "住房公积金提取条件", "买房、租房可以提取公积金。")


@pytest.mark.parametrize(
    ("question", "rule", "another"),
    [
        ("商业养老保险怎么领", PENSION, True),
        ("居民养老保险怎么领", PENSION, False),
        ("养老保险怎么领", PENSION, False),
        ("我想领养老保险", PENSION, False),
        ("今年养老保险怎么交", PENSION, False),
        ("没工作养老保险怎么交", PENSION, False),
        ("2025年养老保险怎么交", PENSION, False),
        ("大学转学怎么办", SCHOOL, True),
        ("转学怎么办", SCHOOL, False),
        ("店家不给发票怎么办", REFUND, False),
        ("什么情况可以提公积金", FUND, False),
    ],
)
def test_a_word_a_rule_never_says_before_what_it_is_called_after_makes_it_another(
    question: str, rule: Entry, another: bool
) -> None:
    assert of_another(fold(question), rule) is another


def test_a_rule_that_says_the_word_is_about_it_too() -> None:
    both = entry("b", PENSION.title, f"{PENSION.text}商业养老保险另行购买。")
    assert not of_another(fold("商业养老保险怎么领"), both)


def test_what_happened_further_on_in_a_story_makes_nothing_another() -> None:
    assert not of_another(fold("我在这边干了三年多，老板说商业养老保险他不管，怎么办"), PENSION)


@pytest.mark.parametrize(
    ("question", "verdict"),
    [("养狗登记怎么办理", Verdict.ANSWER), ("赛鸽养狗登记怎么办理", Verdict.CANDIDATES)],
)
def test_another_thing_is_offered_and_not_asserted(
    base_of: BaseOf, question: str, verdict: Verdict
) -> None:
    rule = entry(
        "dog", "养狗登记怎么办理", "养狗登记到派出所办理，带狗的照片和免疫证明，当场发证。"
    )
    base = base_of(rule, entry("cat", "垃圾分类", "厨余垃圾投入绿色的桶。"))
    answer = Answerer(base).answer(Query(text=question, on=date(2026, 11, 22)))
    assert answer.verdict is verdict
    assert answer.reason == ("confident" if verdict is Verdict.ANSWER else "other_thing")
