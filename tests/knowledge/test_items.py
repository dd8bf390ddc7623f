"""A base of service items: what an item is called says more than the little text it has."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from knowledge.model import Audience, Entry, Kind
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
    hits = base.search(Query("毕业证书想做个公证", TODAY), 50).hits
    found = [str(hit.entry.id) for hit in hits]
    ahead = found.index("学历公证指引") < found.index("人才引进")
    assert ahead is (kind is Kind.SERVICE)


def test_the_judge_goes_by_words_that_weigh_every_title_alike(base_of: BaseOf) -> None:
    query = Query("毕业证书查询", TODAY)
    guide = base_of(*items(Kind.GUIDE)).search(query).hits[0]
    item = base_of(*items(Kind.SERVICE)).search(query).hits[0]
    assert guide.entry.id == item.entry.id
    assert item.words == pytest.approx(guide.words)
    assert item.score > guide.score


def persons(name: str) -> Entry:
    return replace(entry(name, name, audience=Audience.PERSON), kind=Kind.SERVICE)


@pytest.mark.parametrize(
    ("name", "question", "found"),
    [
        ("货运企业名录查询", "货运企业名录在哪", True),
        ("货运企业名录查询", "货运企业名录怎么办", True),
        ("道路货运登记", "道路货运怎么登记", False),  # an item for persons stays theirs
        ("注册安全工程师登记", "我们主管的注册安全工程师怎么登记", True),
        ("注册安全工程师登记", "注册安全登记", False),
    ],
)
def test_what_a_business_may_be_told_of_items_for_persons(
    base_of: BaseOf, name: str, question: str, found: bool
) -> None:
    query = Query(question, TODAY, audience="enterprise")
    assert bool(base_of(persons(name)).search(query).hits) is found


def test_a_business_that_asks_about_its_people_is_still_given_rules_in_force_only(
    base_of: BaseOf,
) -> None:
    ended = replace(persons("员工健康证办理"), effective_to=date(2020, 1, 1))
    query = Query("员工健康证怎么办", TODAY, audience="enterprise")
    assert not base_of(ended).search(query).hits
