"""Matters find their place in the tree; a broken tree says where it is broken."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from actions.understanding.matter import category
from actions.understanding.matter.category import Category, categorise
from actions.understanding.matter.category_tree import (
    CategoryTreeError,
    group_of,
    read_tree,
    tree,
)
from actions.understanding.text.folding import fold
from actions.understanding.text.words import word_lists
from actions.understanding.training import UTTERANCES, read_categories


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("楼上漏水把我家天花板泡了", ("物业管理", "装修与邻里")),
        ("工地半夜还在打桩，吵得睡不着", ("城乡建设", "建筑施工管理")),
        ("公交车等了四十分钟都不来", ("交通运输", "公共汽车")),
        ("公司拖欠我三个月工资", ("劳动和社会保障", "工资支付")),
        ("孩子上小学怎么划片", ("教育", "招生入学")),
        ("住院费医保怎么报销", ("医疗保障", "待遇报销")),
        ("餐馆吃出虫子还不肯赔", ("商贸与市场监管", "食品安全")),
        ("化工厂半夜偷排废水", ("环境保护", "水污染")),
        ("家里停水三天了", ("公用事业（水电气暖）", "供水服务")),
        ("低保为什么给我停了", ("民政", "最低生活保障")),
    ],
)
def test_a_matter_finds_its_category(text: str, path: tuple[str, str]) -> None:
    assert categorise(fold(text)).path[:2] == path


def test_confidence_falls_with_depth_and_is_a_share() -> None:
    found = categorise("公交车等了四十分钟都不来")
    first, second, third = found.confidence
    assert 1 >= first >= second >= third > 0
    assert found.topical


@pytest.mark.parametrize(
    ("text", "leaf"),
    [
        ("锦绣花园三号楼电梯坏了一个礼拜了，物业不管，老人上下楼太难", "小区电梯故障"),
        ("村里的路灯坏了大半年了，晚上黑灯瞎火的，什么时候能修", "路灯照明"),
        ("小区门口的垃圾堆了好几天没人清运，夏天臭气熏天", "垃圾清运不及时"),
        ("跟我们领导反映三次了，驾校收了钱一年多不安排练车，到底退不退费", "驾校退费"),
    ],
)
def test_the_leaf_is_found_among_scenery(text: str, leaf: str) -> None:
    assert categorise(fold(text)).path[2] == leaf


def test_a_level_that_is_not_sure_is_not_acted_upon() -> None:
    path = ("物业管理", "设施", "电梯")
    assert Category(path, (0.9, 0.6, 0.5)).settled == path
    assert Category(path, (0.9, 0.6, 0.1)).settled == path[:2]
    assert Category(path, (0.9, 0.1, 0.05)).settled == path[:1]
    assert Category(path, (0.9, 0.3, 0.3)).settled == path[:1]
    assert Category(path, (0.3, 0.3, 0.3)).settled == ()
    assert Category((), ()).settled == ()


@pytest.mark.parametrize("text", ["23路半个多小时没一辆", "在56路上站了一个小时"])
def test_a_numbered_line_is_a_bus(text: str) -> None:
    assert categorise(fold(text)).path[:2] == ("交通运输", "公共汽车")


@pytest.mark.parametrize("text", ["", "abc", "！！！", "12345"])
def test_no_known_word_is_no_category(text: str) -> None:
    assert categorise(text).path == ()


def test_every_leaf_is_complete_and_can_be_reached() -> None:
    leaves = tree()
    assert len({leaf.path for leaf in leaves}) == len(leaves)
    assert len({leaf.path[0] for leaf in leaves}) >= 20
    assert len({leaf.path[:2] for leaf in leaves}) >= 150
    for leaf in leaves:
        assert all(leaf.path)
        assert group_of(leaf.path[0]) == leaf.group


@pytest.mark.parametrize(
    "text", ["路灯全灭了，天黑没法走", "公司拖欠我三个月工资", "家里停水三天了"]
)
def test_a_matter_that_is_sure_needs_what_its_leaf_needs(text: str) -> None:
    found = categorise(fold(text))
    leaf = next(leaf for leaf in tree() if leaf.path == found.path)
    assert found.settled == leaf.path
    assert set(found.needs) == set(leaf.needs)


@pytest.mark.parametrize("text", ["我们公司招标被人搞鬼，想反映", "有人在小区里开黑旅馆"])
def test_what_may_be_one_of_many_needs_what_many_of_them_need(text: str) -> None:
    found = categorise(fold(text))
    assert len(found.settled) < 3
    assert "place" in found.needs


def test_that_there_is_one_more_thing_says_nothing_of_it() -> None:
    said = "楼下理发店占道停车"
    assert categorise(fold(f"还有一件事，{said}")).path == categorise(fold(said)).path


@pytest.mark.parametrize("text", ["鞋柜占楼道", "我家屋顶漏雨", "楼上漏水漏到我家"])
def test_a_short_matter_is_a_matter(text: str) -> None:
    assert categorise(fold(text)).topical


@pytest.mark.parametrize("text", ["谢谢你", "我问一下", "等一下", "你是机器人吗", "好的没问题"])
def test_small_talk_is_no_matter(text: str) -> None:
    assert not categorise(fold(text)).topical


def test_word_lists_name_second_levels_of_the_tree() -> None:
    known = {"/".join(leaf.path[:2]) for leaf in tree()}
    assert set(word_lists("category_terms")) <= known


def test_utterances_name_second_levels_of_the_tree() -> None:
    firsts = {leaf.path[0] for leaf in tree()}
    named = {second.split("/")[0] for _, second in read_categories(UTTERANCES)}
    assert named == firsts
    known = {"/".join(leaf.path[:2]) for leaf in tree()}
    blocks = re.findall(r"metadata: \{category: (.+)\}", _matters())
    assert set(blocks) == known


def _matters() -> str:
    return "".join(f.read_text(encoding="utf-8") for f in (UTTERANCES / "matters").glob("*.yml"))


def test_a_citys_own_tree_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text(
        "- name: 甲\n  group: 组\n  needs: [place]\n  children:\n"
        "    - name: 乙\n      children:\n"
        "        - {name: 丙, keywords: [词], examples: [句]}\n"
        "        - {name: 丁, needs: [time]}\n",
        encoding="utf-8",
    )
    third, fourth = read_tree(tmp_path)
    assert third.path == ("甲", "乙", "丙")
    assert (third.needs, third.group) == (("place",), "组")
    assert fourth.needs == ("time",)


def test_a_broken_tree_names_file_and_entry(tmp_path: Path) -> None:
    (tmp_path / "bad.yml").write_text("- name: 甲\n", encoding="utf-8")
    with pytest.raises(CategoryTreeError, match=r"bad\.yml.*甲"):
        read_tree(tmp_path)


@pytest.mark.parametrize(
    "text",
    ["", "路", "小区 路灯坏了😀没人修a，物业管理费w乱收", "A3区B栋垃圾没人清运，业主委员会不管"],
)
def test_terms_looked_up_together_are_those_looked_up_one_by_one(text: str) -> None:
    model = category._model()

    def alone(term: str) -> list[int]:
        if term.startswith("w"):
            return [model.words[term]] if term in model.words else []
        numbers = category._numbered_terms(model, term)[0].tolist()
        single = {number for c in term for number in alone(c)} if len(term) > 1 else set()
        return [number for number in numbers if number not in single]

    one_by_one = [number for term in category.terms(text) for number in alone(term)]
    assert sorted(category._numbered_terms(model, text)[0].tolist()) == sorted(one_by_one)
    assert one_by_one or not text
