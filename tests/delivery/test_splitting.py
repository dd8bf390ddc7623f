"""Where a long text may be divided."""

from __future__ import annotations

import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from connectors.channel import Capabilities, TextUnit
from connectors.delivery.graphemes import graphemes
from connectors.delivery.measure import fits, size
from connectors.delivery.splitting import Fits, pack, shorten, split

FAMILY = "👨‍👩‍👧‍👦"


def characters(most: int) -> Fits:
    return lambda text: len(text) <= most


def sms(most: int, signature: str = "") -> Fits:
    shape = Capabilities(max_text=most, text_unit=TextUnit.SMS_SEGMENTS, signature=signature)
    return lambda text: fits(text, shape)


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


@pytest.mark.parametrize(
    "whole",
    [
        "HY20260101-000001-5",
        "≥18周岁",
        "30 天",
        "½小时",
        "5㎡",
        "1.2.3节",
        "https://12345.example.gov.cn/o/a1b2c3?x=1&y=2#top",
        "13800001234",
        "138 0000 1234",
        "0551-12345678",
        "12,345.67元",
        "2026年3月15日",
        "9:00-17:30",
        "国办发〔2020〕53号",
        "三千五百二十万元",
        "someone@example.com",
        "１２３４５",
        "Guangzhou",
        "第十二条",
        "2026-03-15 09:30",
        "www.hefei.gov.cn/a/b?x=1&y=2",
        "hefei.gov.cn:8080/x",
        "-12.5℃",
        "(0551)6353 0000",
        "12 345 678元",
        "百分之三十五",
        "二〇二六年三月十五日",
        "3×4米",
        "皖A12345",
        FAMILY,
        "e\u0301\u0302",
        "🇨🇳",
        "👍🏽",
    ],
)
def test_what_belongs_together_stays_together_wherever_the_limit_falls(whole: str) -> None:
    for before in range(30):
        text = "说" * before + whole + "完" * 30
        for piece in (pieces := split(text, characters(32))):
            assert len(piece) <= 50
        unit = whole if "〔" not in whole else "〔2020〕53号"
        if len(unit) <= 32:
            assert any(unit in piece for piece in pieces), (before, pieces)
        assert "".join(pieces) == text


@given(
    st.text(alphabet="好，。！？\n 12a.€😀\u0301\u200d👩（）", max_size=400),
    st.integers(min_value=1, max_value=60),
)
def test_every_piece_fits_nothing_is_lost_and_no_character_is_cut(text: str, most: int) -> None:
    clusters = set(graphemes(text.strip()))
    assume(all(len(c) <= most for c in clusters))
    pieces = split(text, characters(most))
    assert all(len(piece) <= most for piece in pieces)
    assert all(piece == piece.strip() and piece for piece in pieces)
    assert squeezed("".join(pieces)) == squeezed(text)


@given(st.text(max_size=600), st.sampled_from(list(TextUnit)), st.integers(1, 200))
def test_no_text_and_no_limit_breaks_it(text: str, unit: TextUnit, most: int) -> None:
    shape = Capabilities(max_text=most, text_unit=unit)
    pieces = split(text, lambda piece: fits(piece, shape))
    assert squeezed("".join(pieces)) == squeezed(text)
    for piece in pieces:
        assert fits(piece, shape) or len(list(graphemes(piece))) == 1


@given(st.lists(st.integers(0, 10**14), min_size=1, max_size=30), st.integers(15, 60))
def test_no_number_is_ever_cut(numbers: list[int], most: int) -> None:
    text = "，".join(f"编号{number}已经登记好了" for number in numbers)
    found = [n for piece in split(text, characters(most)) for n in re.findall(r"\d+", piece)]
    assert found == [str(number) for number in numbers]


HAN = st.text(alphabet="艘盏趟栋纸国道线米吨路员", min_size=1, max_size=2)
NUMBER = st.from_regex(r"[1-9][0-9]{0,3}(?:\.[0-9]{1,2})?", fullmatch=True)
TOGETHER = st.one_of(
    # a number and its measure, whatever that is, and what stands before it
    st.builds("{}{}{}{}".format, st.sampled_from(["", "约", "第", "共"]), NUMBER,
              st.sampled_from(["", " "]), HAN),
    # a rate
    st.builds("{}{}/{}".format, NUMBER, st.sampled_from(["米", "元", "次", "毫克"]),
              st.sampled_from(["分", "户", "天", "升"])),
    # a code, with and without a blank, and what kind of thing it names
    st.builds("{}{}{}{}".format, st.from_regex(r"[A-Z]{1,4}(?:/[A-Z])?", fullmatch=True),
              st.sampled_from(["", " "]), NUMBER, HAN),
    # several with one name
    st.builds("第{}、{}号楼".format, st.integers(1, 99), st.integers(1, 99)),
    st.builds("{}、{}和{}单元".format, *[st.integers(1, 9)] * 3),
    # an address of the web with words in it
    st.from_regex(
        r"https://[a-z]{2,6}\.cn(?:/[a-z0-9]{1,4}|/[政务公开指南]{1,4}){1,2}/(?:20[0-9][0-9])?[通知]{1,2}\.html",
        fullmatch=True,
    ),
)  # fmt: skip


@given(st.lists(TOGETHER, min_size=1, max_size=6), st.integers(44, 60), st.data())
def test_numbers_with_their_measures_codes_and_lists_stay_whole(
    wholes: list[str], most: int, data: st.DataObject
) -> None:
    fillers = [data.draw(st.text("说完好了呢", min_size=6, max_size=30)) for _ in wholes]
    text = "".join(f"{filler}（{whole}）" for filler, whole in zip(fillers, wholes, strict=True))
    bare = "".join(f"{filler}{whole}" for filler, whole in zip(fillers, wholes, strict=True)) + "呢"
    for said in (text, bare):
        pieces = split(said, characters(most))
        for whole in wholes:
            assert any(whole in piece for piece in pieces), (whole, pieces)


@given(
    st.text(alphabet="好的a1 ，。😀", max_size=500),
    st.integers(1, 4),
    st.sampled_from(["", "【某市】"]),
)
def test_sms_pieces_keep_to_their_segments_with_the_signature(
    text: str, most: int, signature: str
) -> None:
    for piece in split(text, sms(most, signature)):
        assert size(signature + piece, TextUnit.SMS_SEGMENTS) <= most


def test_a_cut_falls_between_sentences_where_one_is_near() -> None:
    text = "第一句话讲了一件事情。第二句话讲了另一件事情。第三句话很长很长很长很长很长很长。"
    assert split(text, characters(28))[0] == "第一句话讲了一件事情。第二句话讲了另一件事情。"


def test_a_cut_falls_between_paragraphs_before_sentences() -> None:
    text = "开头一段。\n\n办理材料一、身份证。二、户口本。三、照片两张。四、申请表一份。"
    assert split("说明" * 7 + text, characters(28))[0].endswith("开头一段。")


def test_closing_marks_stay_with_what_they_close() -> None:
    for most in range(6, 30):
        for piece in split(
            "他说：“路灯坏了三天了（真的）。”然后就走了，没有再回来过。", characters(most)
        ):
            assert piece[0] not in "”。，）："
            assert piece[-1] not in "“（"


def test_an_address_longer_than_the_limit_is_cut_because_it_must_be() -> None:
    address = "https://example.gov.cn/" + "a" * 100
    pieces = split(address, characters(50))
    assert "".join(pieces) == address
    assert [len(piece) for piece in pieces] == [50, 50, 23]


def test_a_limit_too_small_for_a_character_still_sends_whole_characters() -> None:
    assert split(FAMILY + "好", characters(1)) == [FAMILY, "好"]


def test_blocks_are_joined_while_they_fit() -> None:
    assert pack(["一二", "三四", "五六七八九十", "零"], characters(5)) == [
        "一二\n三四",
        "五六七八九",
        "十\n零",
    ]


def test_a_text_is_shortened_with_where_to_read_on() -> None:
    text = "第一条规定如下。第二条规定如下。第三条规定如下。"
    assert shorten(text, characters(100), "…全文：链接") == text
    assert (
        shorten(text, characters(23), "…全文：链接")
        == "第一条规定如下。第二条规定如下。…全文：链接"
    )


def test_a_very_long_text_of_nothing_but_signs_is_quick() -> None:
    for text in (
        "-" * 20_000,
        "." * 20_000,
        "1" * 20_000,
        "a@" * 10_000,
        " 好" * 10_000,
        "(" * 20_000,
    ):
        assert squeezed("".join(split(text, characters(300)))) == squeezed(text)
