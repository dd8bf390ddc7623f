"""Of service items about as good the one comes first whose name is what is asked for."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from knowledge.model import Entry, Kind
from knowledge.query import Query
from tests.knowledge.conftest import BaseOf, entry

ON = date(2026, 11, 22)
TEXT = "提交申请表和身份证明，到窗口办理。"


def item(entry_id: str, title: str, text: str = TEXT, issuer: str = "") -> Entry:
    return replace(entry(entry_id, title, text), kind=Kind.SERVICE, issuer=issuer)


def first(base_of: BaseOf, question: str, *items: Entry) -> str:
    return str(base_of(*items).search(Query(text=question, on=ON)).hits[0].entry.id)


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("渔船检验去哪里预约，要带船舶证书吗", "plain"),
        ("渔船防污底系统检验去哪里预约，要带船舶证书吗", "more"),
    ],
)
def test_a_name_that_says_what_nobody_asked_for_gives_way(
    base_of: BaseOf, question: str, wanted: str
) -> None:
    text = "渔船检验在渔港的检验窗口预约，要带船舶证书。船舶证书过期的先换证。"
    items = (item("more", "渔船防污底系统检验预约", text), item("plain", "渔船检验预约"))
    assert first(base_of, question, *items) == wanted


@pytest.mark.parametrize(("office", "wanted"), [("海洋研究所", "sea"), ("蔬菜研究所", "greens")])
def test_an_office_named_in_the_question_tells_whose_item_is_meant(
    base_of: BaseOf, office: str, wanted: str
) -> None:
    items = (
        item("greens", "科研成果查询", issuer="蔬菜研究所"),
        item("sea", "科研成果查询", issuer="海洋研究所"),
    )
    assert first(base_of, f"{office}的科研成果在哪里查", *items) == wanted


@pytest.mark.parametrize(
    ("question", "wanted"),
    [("潜水教练证注册到期了要再注册", "again"), ("第一次办潜水教练证注册", "new")],
)
def test_what_is_done_again_is_not_meant_by_who_does_it_the_first_time(
    base_of: BaseOf, question: str, wanted: str
) -> None:
    items = (item("again", "潜水教练证再次注册"), item("new", "潜水教练证首次注册"))
    assert first(base_of, question, *items) == wanted


def test_cases_in_brackets_need_not_be_asked_for(base_of: BaseOf) -> None:
    items = (
        item("cases", "渔业船员二级证书换证（到期、损坏、遗失）"),
        item("other", "渔业船员一级证书换证"),
    )
    assert first(base_of, "渔业船员二级证书怎么换", *items) == "cases"
