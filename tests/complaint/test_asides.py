"""What is beside the matter is passed over, the matter itself never."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import pytest

from actions.understanding.matter.appeal import judge_appeal
from actions.understanding.matter.asides import asides, without_asides
from actions.understanding.matter.category import categorise
from actions.understanding.text.folding import fold

INTRODUCTION = (
    "您好，我是本地一名开了多年出租车的司机，家里有两个孩子，母亲七十多岁，身体还算硬朗。这几年城里的路越修越宽，"
    "公园也多了，孩子上学就在家门口，这些都要感谢政府。写信之前我想了好几天，说得不好请您谅解。"
)
LAW = (
    "依照民法典的有关规定，公民的合法权益受法律保护，任何组织和个人不得侵犯。"
    "以上情况句句属实。此致敬礼！"
)
MATTERS = [
    ("楼下烧烤店的油烟天天往我家窗户里灌，开不了窗。", "投诉", "环境保护"),
    ("公积金异地贷款怎么办理，需要准备哪些材料？", "咨询", "住房保障与房地产"),
    ("建议把八路车的末班时间延长到晚上十点，方便上晚班的人。", "建议", "交通运输"),
    ("我要举报一家没有执照的诊所，在出租屋里给人打针。", "举报", "卫生健康"),
]


@pytest.mark.parametrize(("matter", "kind", "first"), MATTERS)
def test_a_matter_is_the_same_behind_an_introduction_and_before_a_law(
    matter: str, kind: str, first: str
) -> None:
    letter = fold(INTRODUCTION + matter + LAW)
    left = without_asides(letter)
    assert fold(matter) in left
    assert len(left) < len(letter) / 2
    category = categorise(letter)
    assert category.path[0] == first
    assert judge_appeal(letter, (), category).kind == kind


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("市民来电反映：", "请核实处理并回复。"),
        ("【网络渠道】诉求人（女士）称：", "望相关部门核查，并将办理结果告知市民。"),
        ("接12345热线工单：来电人表示，", "请在五个工作日内反馈。（来电人要求回复）"),
    ],
)
@pytest.mark.parametrize(("matter", "kind", "first"), MATTERS)
def test_the_desks_words_are_no_part_of_the_matter(
    matter: str, kind: str, first: str, before: str, after: str
) -> None:
    note = fold(before + matter + after)
    assert without_asides(note).startswith(fold(matter)[:-1])
    category = categorise(note)
    assert category.path[0] == first
    assert judge_appeal(note, (), category).kind == kind


@pytest.mark.parametrize(
    "text",
    [
        "没水",
        "谢谢",
        "居民楼下面烧烤店油烟太大，请处理。",
        "企业开办需要哪些材料？",
        "市民卡丢了怎么补办",
        "我是一名退休教师，感谢社区工作人员多年来的照顾。",
    ],
)
def test_a_short_text_is_read_whole(text: str) -> None:
    assert without_asides(fold(text)).startswith(fold(text)[:8])


def test_where_all_seems_beside_the_matter_nothing_is_passed_over() -> None:
    letter = fold(INTRODUCTION + LAW)
    assert without_asides(letter) == letter or len(without_asides(letter)) > 3


def test_a_question_is_never_passed_over() -> None:
    letter = fold(INTRODUCTION + "这些规定合理吗？" + LAW)
    assert "这些规定合理吗？" in without_asides(letter)


def test_letters_keep_most_of_what_they_tell() -> None:
    file = Path(__file__).with_name("long.jsonl")
    letters = [fold(json.loads(line)["text"]) for line in file.read_text("utf-8").splitlines()]
    left = [len(without_asides(letter)) / len(letter) for letter in letters]
    assert 0.6 < sum(left) / len(left) < 1
    assert min(left) > 0.2


def test_bounds_are_in_order_and_within_the_text() -> None:
    letter = fold("市民来电反映：" + INTRODUCTION + MATTERS[0][0] + LAW)
    found = asides(letter)
    assert found
    assert all(0 <= start < end <= len(letter) for start, end in found)
    assert list(found) == sorted(found)
    assert all(one[1] <= other[0] for one, other in pairwise(found))
