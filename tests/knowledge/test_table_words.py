"""What a row of a table says by itself: under its headings, with its unit."""

from __future__ import annotations

import pytest

from knowledge.answer import Answerer
from knowledge.phrasing.shown import Piece, Shown
from knowledge.phrasing.support import Grounds
from knowledge.query import Query
from knowledge.table_words import table_rows
from tests.knowledge.conftest import TODAY, BaseOf, entry

GRANTS = """补贴见下表。

| 楼层 | 市级补贴（万元/台） | 区级补贴（万元/台） |
| --- | --- | --- |
| 四层 | 6 | 4 |
| 五层 | 8 | 7 |

一层不分摊。"""


@pytest.mark.parametrize(
    ("heading", "row", "above", "said"),
    [
        ("楼层|补贴（万元/台）", "五层|8", "", "五层：补贴8万元"),
        (
            "类别|标准：城镇|标准：农村",
            "低保|800|700",
            "单位：元/月",
            "低保：标准城镇800元，标准农村700元",
        ),
        (
            "序号|机关|地址|电话",
            "1|城东所|人民路8号|3811000",
            "",
            "城东所：地址：人民路8号，电话3811000",
        ),
        ("项目|时间", "办证|周六开", "", "办证：时间：周六开"),
        ("类别|等级|标准", "三属|—|500", "", "三属：标准500"),
    ],
)
def test_a_row_is_said_with_its_headings_and_units(
    heading: str, row: str, above: str, said: str
) -> None:
    rule = "|".join(["---"] * (heading.count("|") + 1))
    (found,) = table_rows("\n".join(f"|{line}|" for line in (heading, rule, row)), above)
    assert found.in_words() == said


def test_each_row_is_where_it_stands() -> None:
    assert [GRANTS[row.start : row.end] for row in table_rows(GRANTS)] == [
        "| 四层 | 6 | 4 |",
        "| 五层 | 8 | 7 |",
    ]


@pytest.mark.parametrize(
    ("sentence", "stands"),
    [
        ("五层加装电梯，市级补贴8万元。", True),
        ("五层市级补贴8万元，区级补贴7万元。", True),
        ("四层区级补贴4万元。", True),
        ("四层加装电梯，区级补贴4万元。", True),
        ("四层加装电梯，区级补贴7万元。", False),
        ("五层加装电梯，市级补贴8万元，区级补贴4万元。", False),
        ("五层市级补贴6万元。", False),
        ("四层区级补贴6万元。", False),
        ("六层市级补贴8万元。", False),
        ("五层区级补贴8万元。", False),
    ],
)
def test_a_true_sentence_from_a_table_stands_and_another_rows_does_not(
    sentence: str, stands: bool
) -> None:
    shown = Shown("a", "既有住宅加装电梯实施意见", (Piece("补贴标准", GRANTS),), ())
    assert Grounds(shown).support(sentence) is stands


def test_of_a_table_the_row_asked_for_is_marked(base_of: BaseOf) -> None:
    text = """| 人员 | 等级 | 标准 |
| --- | --- | --- |
| 残疾军人 | 一级 | 1263 |
| 残疾军人 | 二级 | 1143 |
| 残疾军人 | 三级 | 1003 |"""
    answerer = Answerer(base_of(entry("a", "残疾军人抚恤标准", text), entry("b", "户口迁移")))
    answer, _ = answerer.consider(Query("二级残疾军人抚恤标准是多少", on=TODAY))
    (cited,) = answer.passages
    assert [cited.quote[start:end] for start, end in cited.marks] == ["| 残疾军人 | 二级 | 1143 |"]


def test_the_letter_a_rule_came_with_is_not_what_is_shown_of_it(base_of: BaseOf) -> None:
    parts = [
        ("一、对象", "初中一年级女生。", ""),
        ("印发说明", "现将《疫苗免费接种方案》印发给你们，请认真组织实施。", ""),
    ]
    answerer = Answerer(base_of(entry("a", "疫苗免费接种方案", sections=parts), entry("b", "户口")))
    answer, _ = answerer.consider(Query("疫苗免费接种方案", on=TODAY))
    assert [cited.heading for cited in answer.passages] == ["一、对象"]


def test_an_amount_in_a_table_is_an_amount(base_of: BaseOf) -> None:
    parts = [
        ("", "各区民政局：提高烈士家属抚恤补助标准，具体见附表。", ""),
        ("附表：标准（单位：元/年）", "| 类别 | 标准 |\n| --- | --- |\n| 遗属 | 42120 |", ""),
    ]
    found = entry("a", "提高烈士家属抚恤补助标准的通知", sections=parts)
    answer, _ = Answerer(base_of(found, entry("b", "户口"))).consider(
        Query("烈士家属一年能领多少抚恤补助", on=TODAY)
    )
    assert "42120" in answer.passages[0].quote


def test_of_a_rule_without_an_opening_the_section_asked_for_is_shown(base_of: BaseOf) -> None:
    parts = [
        ("一、入学条件", "随迁子女的父母一方连续居住半年以上。", ""),
        ("二、报名时间", "小学：7月6日至7月8日，逾期统筹安排随迁子女入学。", ""),
        ("三、咨询", "随迁子女入学请找教体局。", ""),
    ]
    found = entry("a", "随迁子女入学通知", sections=parts)
    answer, _ = Answerer(base_of(found, entry("b", "户口"))).consider(
        Query("随迁子女入学小学哪天报名", on=TODAY)
    )
    assert answer.passages[0].heading == "二、报名时间"


def test_who_asks_what_they_are_given_is_not_told_what_it_costs(base_of: BaseOf) -> None:
    parts = [
        ("扶助标准", "每人每月1090元。", ""),
        ("办理时限", "45个工作日", "time"),
        ("费用", "不收费", "fee"),
    ]
    found = entry("a", "特别扶助金申领", sections=parts)
    answerer = Answerer(base_of(found, entry("b", "户口迁移")))
    answer, _ = answerer.consider(Query("特别扶助金每月补助多少钱", on=TODAY))
    assert answer.passages[0].heading == "扶助标准"
    answer, _ = answerer.consider(Query("特别扶助金申领手续费多少钱", on=TODAY))
    assert answer.passages[0].heading == "费用"
