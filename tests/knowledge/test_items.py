"""A base of service items: what an item is called says more than the little text it has."""

from __future__ import annotations

from dataclasses import replace

import pytest

from knowledge.model import Entry, Kind
from knowledge.query import Query
from tests.knowledge.conftest import TODAY, BaseOf, entry

DEEDS = ["公证指引", "查询", "考试报名", "注销登记"]
THINGS = ["毕业证书", "导游证", "厨师证", "商标", "房屋", "渔船", "遗嘱", "驾照", "电表", "苗木"]
LONG = "先由单位审核，再交毕业证书、学位证书和身份证复印件，本人到场，毕业两年内有效。"


def items(kind: Kind) -> list[Entry]:
    named = [
        entry(f"{thing}{deed}", f"{thing}{deed}", f"{thing}{deed}由市里办理。")
        for thing in THINGS
        for deed in DEEDS
        if (thing, deed) != ("毕业证书", "公证指引")
    ]
    found = [
        *named,
        entry("学历公证指引", "学历公证指引", "学历公证指引由市里办理。"),
        entry("人才引进", "人才引进申报", LONG),
    ]
    return [replace(one, kind=kind) for one in found]


@pytest.mark.parametrize("kind", [Kind.GUIDE, Kind.SERVICE])
def test_what_is_to_be_done_stands_in_the_name_of_an_item(base_of: BaseOf, kind: Kind) -> None:
    base = base_of(*items(kind))
    found = [str(hit.entry.id) for hit in base.search(Query("毕业证书想做个公证", TODAY)).hits]
    ahead = found.index("学历公证指引") < found.index("人才引进")
    assert ahead is (kind is Kind.SERVICE)


def test_the_judge_goes_by_words_that_weigh_every_title_alike(base_of: BaseOf) -> None:
    query = Query("毕业证书查询", TODAY)
    guide = base_of(*items(Kind.GUIDE)).search(query).hits[0]
    item = base_of(*items(Kind.SERVICE)).search(query).hits[0]
    assert guide.entry.id == item.entry.id
    assert item.words == pytest.approx(guide.words)
    assert item.score > guide.score
