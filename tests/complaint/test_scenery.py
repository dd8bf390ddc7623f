"""Where it is, since when and whom to call do not make another matter of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from actions.understanding.matter.category import categorise
from actions.understanding.matter.scenery import without_scenery
from actions.understanding.places.place import find_places
from actions.understanding.text.folding import fold

SHORT = [
    json.loads(line)
    for line in Path(__file__).with_name("short.jsonl").read_text(encoding="utf-8").splitlines()
]
BEFORE = ("地址：天河区体育东路118号财富广场B座1203，", "你好，我住云南省昆明市官渡区关上街道，")
AFTER = ("，三天没人管，手机号13800001234", "，打了好几次电话都没人来修，请尽快处理，谢谢")


def left(text: str) -> str:
    folded = fold(text)
    return without_scenery(folded, find_places(folded)[0])


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        ("庐阳区体育东路118号门口路灯坏了", "体育"),
        ("路灯坏了，我的手机号13800001234", "手机"),
        ("路灯坏了，打了三次电话没人管", "电话"),
        ("停气三天了，请尽快解决", "解决"),
        ("我姓王，路灯坏了", "王"),
    ],
)
def test_scenery_goes_and_the_matter_stays(text: str, gone: str) -> None:
    assert gone in text
    assert gone not in left(text)
    assert "路灯坏了" in left(text) or "停气" in left(text)


@pytest.mark.parametrize(
    "text",
    ["物业的电话打不通", "手机停机了", "道路坑坑洼洼", "市妇幼保健院挂不上号", "幼儿园乱收费"],
)
def test_what_a_matter_is_about_is_no_scenery(text: str) -> None:
    assert left(text) == text


def test_nothing_but_scenery_has_no_category() -> None:
    assert categorise("没人管").path == ()
    assert categorise("三天了，打了好几次电话，请尽快处理，谢谢").settled == ()


def test_a_short_matter_is_the_same_wherever_it_is_and_whoever_tells_it() -> None:
    chosen = [row["text"] for row in SHORT if row["gold"]["appeal_type"] == "投诉"][::4]
    same = 0
    for k, text in enumerate(chosen):
        bare = categorise(fold(text)).path[:1]
        dressed = BEFORE[k % 2] + text + AFTER[k // 2 % 2]
        same += categorise(fold(dressed)).path[:1] == bare
    assert same >= 0.88 * len(chosen)


def test_short_matters_find_their_first_level() -> None:
    right = sum(
        categorise(fold(row["text"])).path[:1] == (row["gold"]["category"][0],) for row in SHORT
    )
    assert right >= 0.89 * len(SHORT)


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        ("加油站旁边井盖没了", "加油站"),
        ("公交站边上的大树要倒了", "公交站"),
        ("图书馆门口盲道被占", "图书馆"),
    ],
)
def test_a_landmark_is_not_the_matter(text: str, gone: str) -> None:
    assert gone not in left(text)
    assert categorise(left(text)).path[:1] != categorise(gone).path[:1]


def test_what_a_landmark_itself_is_to_blame_for_stays() -> None:
    assert "加油站" in left("加油站旁边有点吵，加油站缺斤短两")
    assert "我家" in left("我家旁边工地夜里施工")
