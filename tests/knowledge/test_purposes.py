"""Of service items alike, the one that is for what is wanted comes first."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from knowledge.model import Entry, Kind
from knowledge.query import Query
from tests.knowledge.conftest import BaseOf, entry


def item(entry_id: str, title: str, text: str = "提交申请表和身份证明，到窗口办理。") -> Entry:
    return replace(entry(entry_id, title, text), kind=Kind.SERVICE)


ITEMS = (
    item(
        "new",
        "水域滩涂养殖证核发（新申请）",
        "提交申请表、身份证明和界至图，到窗口办理。海域由市里受理。",
    ),
    item("end", "水域滩涂养殖证核发（注销）"),
    item("renew", "水域滩涂养殖证核发（延期）"),
    item("how-far", "水域滩涂养殖证办理进度查询"),
    item("look", "水域滩涂养殖证信息查询"),
    item("advice", "水域滩涂养殖证咨询"),
    item("foreign", "外国人水域滩涂养殖证核发"),
)


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("水域滩涂养殖证怎么申请", "new"),
        ("想办水域滩涂养殖证，要带什么", "new"),
        ("水域滩涂养殖证不养了怎么注销", "end"),
        ("水域滩涂养殖证快到期了怎么办延期", "renew"),
        ("水域滩涂养殖证办到哪一步了", "how-far"),
        ("邻居有没有水域滩涂养殖证，在哪查", "look"),
        ("水域滩涂养殖证的事先咨询一下，问谁", "advice"),
        ("我是外国人，水域滩涂养殖证怎么申请", "foreign"),
    ],
)
def test_the_item_for_what_is_wanted_comes_first(
    base_of: BaseOf, question: str, first: str
) -> None:
    found = base_of(*ITEMS).search(Query(text=question, on=date(2026, 11, 22)))
    assert str(found.hits[0].entry.id) == first


def test_an_item_far_better_stays_first_whatever_it_is_for(base_of: BaseOf) -> None:
    far = item("far", "烟草专卖零售许可证核发", "到烟草专卖局申请。")
    found = base_of(*ITEMS[1:2], far).search(Query(text="养殖证怎么申请", on=date(2026, 11, 22)))
    assert str(found.hits[0].entry.id) == "end"


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("渔业船员二级证书怎么换", "second"),
        ("渔业船员一级证书怎么换", "first"),
        ("拿的是乙级，渔业船员证书怎么换", "first"),
    ],
)
def test_of_two_grades_the_one_named_comes_first(
    base_of: BaseOf, question: str, first: str
) -> None:
    text = "渔业船员证书到期换证，带申请表、旧证书和照片到渔政窗口。"
    grades = (
        item("first", "一级渔业船员证书换证", text),
        item("second", "二级渔业船员证书换证（到期、损坏、遗失）", text),
    )
    found = base_of(*grades).search(Query(text=question, on=date(2026, 11, 22)))
    assert str(found.hits[0].entry.id) == first


def test_documents_keep_their_order(base_of: BaseOf) -> None:
    guides = [replace(one, kind=Kind.GUIDE) for one in ITEMS]
    query = Query(text="水域滩涂养殖证怎么申请，要界至图吗", on=date(2026, 11, 22))
    hits = base_of(*guides).search(query).hits
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
