"""Answers titled by their questions: of those on one subject the one whose title asks the same."""

from __future__ import annotations

import pytest

from knowledge.fitting.titled import wants
from knowledge.model import Entry
from knowledge.query import Query
from tests.knowledge.conftest import TODAY, BaseOf, entry

ANSWERS = {
    "amount": ("失业金每个月发多少钱？", "失业金按最低工资的九成发，每个月打进社保卡。"),
    "span": ("失业金可以领多长时间？", "失业金按缴费年限定，最长二十四个月，中断后接着领。"),
    "day": ("失业金什么时候到账？", "失业金每月十五日以前打进社保卡，节假日顺延。"),
    "who": ("失业金由谁发？", "失业金由参保地的社保机构发，单位不经手。"),
    "how": ("失业金在网上怎么申请？", "失业金在小程序里填写社保卡号就能申请。"),
}


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("失业金最多给发几个月", "span"),
        ("失业金多少个月", "span"),
        ("失业金每个月几千块", "amount"),
        ("失业金哪天能进卡", "day"),
        ("失业金归哪个部门发", "who"),
        ("失业金网上申请", "how"),
    ],
)
def test_the_answer_whose_title_asks_the_same_comes_first(
    base_of: BaseOf, question: str, asked: str
) -> None:
    base = base_of(*(entry(key, *texts) for key, texts in ANSWERS.items()))
    assert base.search(Query(question, TODAY)).hits[0].entry.id == asked


def test_a_rule_of_several_sections_is_not_known_by_its_title(base_of: BaseOf) -> None:
    def guide(key: str) -> Entry:
        title, text = ANSWERS[key]
        return entry(key, title, text, sections=[("怎么办", "带身份证到社区办。", "")])

    hits = base_of(*map(guide, ANSWERS)).search(Query("失业金几个月", TODAY)).hits
    assert hits[0].entry.id == "amount"


def test_years_of_age_and_copies_are_no_amount_of_money() -> None:
    assert wants("多少岁能办") == frozenset()
    assert wants("要几个月份的流水") == frozenset()
    assert wants("多少钱一次") == {"amount"}
