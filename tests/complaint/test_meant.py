"""Slips, pinyin and Latin letters are read as they were meant; spans stay the person's."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from actions.understanding.fields import AppealType
from actions.understanding.matter.category import categorise, often_said
from actions.understanding.matter.category_tree import tree
from actions.understanding.meant import as_meant
from actions.understanding.text.folding import fold
from actions.understanding.understand import Nlu, Understanding, understand
from tests.complaint.evaluate import read_rows


def meant(text: str) -> str:
    return as_meant(fold(text), often_said)


def read(text: str) -> Understanding:
    return understand(text, Nlu("nlu_fallback", 0.0), datetime(2026, 3, 2, 9, tzinfo=UTC))


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("我要头诉物业", "我要投诉物业"),
        ("我要头诉物业，电梯怀了", "我要投诉物业，电梯坏了"),
        ("楼下噪因扰民", "楼下噪音扰民"),
        ("退修金怎么算", "退休金怎么算"),
        ("架校不退费", "驾校不退费"),
        ("老板脱欠工资", "老板拖欠工资"),
        ("底保怎么办", "低保怎么办"),
        ("有人毒博", "有人赌博"),
        ("拆千补偿款没到", "拆迁补偿款没到"),
    ],
)
def test_a_character_of_the_same_sound_is_put_right(typed: str, said: str) -> None:
    assert meant(typed) == said


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("wo yao tousu", "我要投诉"),
        ("dianti huaile", "电梯坏了"),
        ("laoban bu fa gongzi", "老板不发工资"),
        ("gongjijin怎么提取", "公积金怎么提取"),
        ("ktv太吵", "歌厅太吵"),
        ("WiFi连不上", "网络连不上"),
        ("APP退款", "软件退款"),
        ("PM2.5超标", "雾霾超标"),
    ],
)
def test_letters_are_read_as_the_chinese_they_stand_for(typed: str, said: str) -> None:
    assert meant(typed).replace(" ", "") == said


@pytest.mark.parametrize(
    "text",
    [
        "和谐家园物业不作为",
        "她有哮喘，住院了",
        "我哋条村冇水",
        "Vanke City的车位",
        "hello world",
        "是C2区的业主",
        "K8路不停",
        "前期物业不交账",
    ],
)
def test_what_is_no_slip_stays(text: str) -> None:
    assert meant(text) == fold(text)


def test_nothing_moves_and_few_texts_without_slips_are_touched() -> None:
    here = Path(__file__).parent
    texts = [fold(row["text"]) for row in read_rows(here / "texts.jsonl")]
    changed = [
        text
        for text in texts
        if _without_letters(text) != as_meant(_without_letters(text), often_said)
    ]
    assert all(len(as_meant(text, often_said)) == len(text) for text in texts)
    assert len(changed) / len(texts) < 0.05


def _without_letters(text: str) -> str:
    return "".join("，" if c.isascii() and c.isalpha() else c for c in text)


def test_spans_are_what_the_person_typed() -> None:
    said = read("wo yao tousu 幸福小区3栋噪因扰民，请处里")
    assert said.appeal_type is AppealType.COMPLAINT
    assert said.category.path[0] == "环境保护"
    assert said.fields.place is not None
    assert said.fields.place.text == "幸福小区3栋"
    assert "噪因" in said.fields.matter


@pytest.mark.parametrize(("name", "least"), [("slips.tsv", 0.88), ("plain_words.tsv", 0.86)])
def test_few_words_find_their_first_level_slips_or_not(name: str, least: float) -> None:
    first = {leaf.path[1]: leaf.path[0] for leaf in tree()}
    lines = Path(__file__).with_name(name).read_text(encoding="utf-8").splitlines()
    pairs = [line.split("\t") for line in lines]
    right = [text for text, second in pairs if categorise(meant(text)).path[:1] == (first[second],)]
    assert len(right) / len(pairs) >= least
