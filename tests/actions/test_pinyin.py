"""Chinese typed in Latin letters is read, and what is not Chinese is left alone.

``pinyin.tsv`` holds what people may type to a hotline and what they mean, none of it in the texts
that were counted; run this file to see what is read and how well.
"""

from __future__ import annotations

import itertools
from difflib import SequenceMatcher
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from actions.understanding.pinyin.reading import Reading, read

OWN = [
    line.split("\t")
    for line in Path(__file__).with_name("pinyin.tsv").read_text(encoding="utf-8").splitlines()
]


def said(typed: str) -> Reading:
    reading = read(typed)
    assert reading is not None, typed
    return reading


def share_of_characters(pairs: list[tuple[str, str]]) -> float:
    right = sum(
        block.size
        for one, other in pairs
        for block in SequenceMatcher(None, one, other, autojunk=False).get_matching_blocks()
    )
    return right / sum(len(meant) for _, meant in pairs)


@pytest.mark.parametrize("spaces", [" ", ""])
def test_what_people_type_is_read(spaces: str) -> None:
    assert len(OWN) >= 100
    readings = [(said(typed.replace(" ", spaces)), meant) for typed, meant in OWN]
    exact = [reading.text == meant for reading, meant in readings]
    sure = [reading.sure for reading, _ in readings]
    both = list(itertools.compress(exact, sure))
    assert share_of_characters([(r.text, meant) for r, meant in readings]) >= 0.95
    assert sum(exact) / len(exact) >= 0.85
    assert sum(sure) / len(sure) >= 0.75
    assert sum(both) / len(both) >= 0.9


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("WO YAO TOUSU", "我要投诉"),
        ("ｗｏ ｙａｏ ｔｏｕｓｕ", "我要投诉"),
        ("wǒ yào tóusù", "我要投诉"),
        ("wo3 yao4 tou2 su4", "我要投诉"),
        ("wo yao tousu, dianhua 13800001234", "我要投诉,电话13800001234"),
        ("xi'an", "西安"),
        ("etc zenme banli", "etc怎么办理"),
        ("lvse tongdao", "绿色通道"),
        ("shengfenzheng", "身份证"),
        ("zuanrengong", "转人工"),
    ],
)
def test_however_it_is_typed(typed: str, meant: str) -> None:
    reading = said(typed)
    assert meant in (reading.text, *reading.others[:1])


@pytest.mark.parametrize(
    "text",
    ["hello", "Can you help me?", "ok", "TD", "R", "A", "12345", "", "你好ma", "привет",
     "https://example.com/a", "someone@example.com", "/affirm", "qwrt", "SMS"],
)  # fmt: skip
def test_what_is_no_pinyin_is_left_alone(text: str) -> None:
    assert read(text) is None


def test_a_name_is_not_taken_for_sure() -> None:
    reading = said("wo xing wang")
    assert not reading.sure
    assert "我姓王" in (reading.text, *reading.others)


@settings(max_examples=50)
@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz' 1,ǎü我", max_size=60))
@example("eng")  # a syllable of a character that is in no word
@example("eng wo xiang")
def test_anything_can_be_typed(text: str) -> None:
    reading = read(text)
    assert reading is None or reading.text
