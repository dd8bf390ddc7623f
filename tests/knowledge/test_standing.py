"""How high a rule stands, by its name, and what that does to the order."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from knowledge.base import KnowledgeBase
from knowledge.model import Entry, EntryId, Kind, RegionCode, Section
from knowledge.published.publish import publish
from knowledge.published.store import EntryStore
from knowledge.query import Query
from knowledge.standing import Standing, is_article, laws_first, standing_of
from knowledge.tuning import Tuning
from tests.knowledge.test_particulars import ON, entry

SAID = "承租人应当按照约定的期限支付租金。"


@pytest.mark.parametrize(
    ("title", "standing", "article"),
    [
        ("中华人民共和国民法典第七百二十一条", Standing.LAW, True),
        ("中华人民共和国民法典 第三编 合同 第五章 第十条", Standing.LAW, True),
        ("中华人民共和国刑法（2023年修正） 第一百三十三条之一", Standing.LAW, True),
        ("民法典 合同编 第七百二十一条", Standing.LAW, True),
        ("中华人民共和国专利法", Standing.LAW, False),
        ("物业管理条例 第二十四条", Standing.BELOW, True),
        ("关于适用《中华人民共和国民法典》的解释（一） 第十条", Standing.BELOW, True),
        ("中华人民共和国专利法实施细则", Standing.BELOW, False),
        ("企业名称登记管理办法", Standing.BELOW, False),
        ("算法推荐服务怎么备案", Standing.NONE, False),
        ("补办身份证的方法", Standing.NONE, False),
    ],
)
def test_a_rule_stands_as_high_as_its_name_says(
    title: str, standing: Standing, article: bool
) -> None:
    assert standing_of(entry("a", title, SAID)) is standing
    assert is_article(entry("a", title, SAID)) is article


def test_local_rules_and_service_items_stand_nowhere() -> None:
    law = entry("a", "中华人民共和国专利法", SAID)
    assert standing_of(replace(law, region=RegionCode("340000"))) is Standing.NONE
    assert standing_of(replace(law, kind=Kind.SERVICE)) is Standing.NONE


def test_what_is_no_rule_of_the_state_keeps_its_place() -> None:
    standing = [Standing.BELOW, Standing.NONE, Standing.LAW, Standing.BELOW]
    scores = [10.0, 9.8, 9.5, 9.0]
    order = laws_first(range(4), scores.__getitem__, standing.__getitem__, 0.15)
    assert order == [2, 1, 0, 3]
    assert laws_first(range(4), scores.__getitem__, standing.__getitem__, 0.0) == [0, 1, 2, 3]


def _published(folder: Path, entries: list[Entry]) -> KnowledgeBase:
    with EntryStore(folder / "entries.sqlite") as store:
        with store.transaction():
            for one in entries:
                store.put(one, "test", "test")
        publish(folder, store)
    return KnowledgeBase(folder)


@pytest.mark.parametrize("weight", [0.15, 0.0])
def test_the_law_goes_before_the_ordinance_that_says_the_same(
    tmp_path: Path, weight: float
) -> None:
    base = _published(
        tmp_path,
        [
            entry("ordinance", "租赁管理条例 第九条", SAID),
            entry("law", "中华人民共和国租赁法 第三条", SAID + "期限不明的，应当在届满时支付。"),
            entry("guide", "租房提取公积金", "租住住房的职工可以提取。"),
        ],
    )
    asked = Query("租客应当按什么期限支付租金", ON)
    found = base.search(asked, tuning=replace(Tuning(), law_weight=weight))
    assert [h.entry.id for h in found.hits][:2] == (
        ["law", "ordinance"] if weight else ["ordinance", "law"]
    )
    first = found.passages(1)[0]
    assert (first.entry == EntryId("law")) is bool(weight)


def test_a_long_article_of_a_statute_is_held_back_less_than_a_long_guide(tmp_path: Path) -> None:
    """An article is long where its matter has many cases; a guide, where it speaks of much."""
    more = "有下列情形的除外：当事人另有约定；交易习惯不同；法律另有规定。" * 6
    scores = {}
    for name, title in (("article", "合同管理条例 第九条"), ("guide", "合同管理办事须知")):
        folder = tmp_path / name
        folder.mkdir()
        short = entry("short", "其他事项", "其他事项按照规定。")
        long = Entry(EntryId("long"), title, (Section("", SAID + more),))
        found = _published(folder, [short, long]).search(Query("租金支付的期限", ON))
        scores[name] = max(found.scores.best)
    assert scores["article"] > scores["guide"]
