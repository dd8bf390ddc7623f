"""Text that fits: two segments at most, the choices in them, the rest behind a short link."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.channel import Capabilities, TextUnit
from connectors.delivery.rendering import render
from connectors.ids import ConversationId, MessageId
from connectors.links import LENGTH, Links, LinkState
from connectors.messages import Author, Choice, Citation, Stored, Text, plain_text
from tests.house import the_texts
from tests.store.people import NOON

SIGNATURE = "【12345】"
LINKS = Links(b"k" * 32, "https://12345.example.gov.cn/s/", timedelta(days=7))
SMS = Capabilities(
    max_text=2,
    text_unit=TextUnit.SMS_SEGMENTS,
    signature=SIGNATURE,
    emoji=False,
    texts="sms",
    elsewhere=LINKS.url,
)
GSM7 = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
TWICE = "\f^{}\\[~]|€"


def counted(text: str) -> int:
    """Segments, counted independently: units are laid one after the other into the handset's
    segments, where a pair that belongs together never goes over an edge."""
    if all(char in GSM7 + TWICE for char in text):
        units, alone, joined = [2 if char in TWICE else 1 for char in text], 160, 153
    else:
        units, alone, joined = [len(char.encode("utf-16-be")) // 2 for char in text], 70, 67
    if sum(units) <= alone:
        return 1 if text else 0
    segments, room = 1, joined
    for unit in units:
        if unit > room:
            segments, room = segments + 1, joined
        room -= unit
    return segments


def message(*words: str, choices: tuple[str, ...] = (), identity: str = "m_1") -> Stored:
    return Stored(
        MessageId(identity),
        ConversationId("c_1"),
        1,
        Author.BOT,
        tuple(Text(one) for one in words),
        NOON,
        tuple(Choice(f"k{n}", label, label) for n, label in enumerate(choices)),
    )


def shown(stored: Stored) -> list[str]:
    return [SIGNATURE + plain_text(piece.parts) for piece in render(stored, SMS, the_texts())]


WORDS = st.text(
    st.sampled_from("您好请问身份证丢了怎么补办，要带什么材料？。；abcXYZ 0123456789€^~😀🎉\n—…"),
    min_size=1,
    max_size=600,
)


@given(WORDS, st.lists(st.text("甲乙丙丁咨询政策反映问题a1", min_size=1, max_size=9), max_size=6))
@settings(deadline=None, max_examples=150)
def test_an_answer_is_one_message_of_two_segments_with_its_choices(
    words: str, labels: list[str]
) -> None:
    texts = shown(message(words, choices=tuple(labels)))
    assert len(texts) <= 1
    for text in texts:
        assert counted(text) <= 2
        for number, label in enumerate(labels, 1):
            assert f"{number}. {label}" in text
        assert not re.search("[\U0001f300-\U0001faff]", text)


@given(WORDS)
@settings(deadline=None, max_examples=100)
def test_what_does_not_fit_says_where_to_read_on_and_loses_no_beginning(words: str) -> None:
    stored = message(words)
    for text in shown(stored):
        if LINKS.url(stored) in text:
            head = text.removeprefix(SIGNATURE).split("…全文：")[0]
            bare = re.sub("[\U0001f300-\U0001faff]", "", words).strip()
            assert bare.startswith(head)
            assert counted(SIGNATURE + bare) > 2


def test_a_short_answer_has_no_link() -> None:
    assert shown(message("好的。")) == ["【12345】好的。"]


def test_choices_too_long_for_two_segments_come_after_the_words_and_are_all_there() -> None:
    labels = tuple(f"第{n}类事项的办理指南以及需要的全部材料清单" for n in range(1, 9))
    texts = shown(message("请选择" * 60, choices=labels))
    assert len(texts) > 1
    assert all(counted(text) <= 2 for text in texts)
    assert all(any(label in text for text in texts) for label in labels)


def test_the_address_of_the_original_stands_on_the_page_and_not_in_the_message() -> None:
    citation = Citation(
        "身份证", "补领身份证，交验户口簿。", "e1", link="https://www.gov.cn/very/long"
    )
    stored = Stored(MessageId("m"), ConversationId("c"), 1, Author.BOT, (citation,), NOON)
    assert all("gov.cn/very" not in text for text in shown(stored))


def test_a_quotation_that_leaves_something_out_says_where_the_whole_stands() -> None:
    cut = Citation("身份证", "第一条，可以。第二条，不可以。", "e1", text="第一条，可以。")
    whole = Citation("身份证", "第一条，\n可以。", "e1", text="《身份证》：第一条，可以。")
    for citation, linked in ((cut, True), (whole, False)):
        stored = Stored(MessageId("m"), ConversationId("c"), 1, Author.BOT, (citation,), NOON)
        (text,) = shown(stored)
        assert (LINKS.url(stored) in text) is linked


# Links ----------------------------------------------------------------------------------------


def test_a_message_always_has_the_same_code_and_no_other_has_it() -> None:
    codes = [LINKS.code(message("甲", identity=f"m_{n}")) for n in range(500)]
    assert codes == [LINKS.code(message("乙", identity=f"m_{n}")) for n in range(500)]
    assert len(set(codes)) == 500
    assert all(len(code) == LENGTH and code.isalnum() for code in codes)


def test_a_link_ends() -> None:
    code, ends = LINKS.code(message("甲")), LINKS.ends(message("甲"))
    assert timedelta(days=7) <= ends - NOON <= timedelta(days=8)
    assert LINKS.look(code, NOON) is LinkState.GOOD
    assert LINKS.look(code, ends - timedelta(seconds=1)) is LinkState.GOOD
    assert LINKS.look(code, ends) is LinkState.EXPIRED


@given(st.integers(0, LENGTH - 1), st.sampled_from("23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijk"))
def test_one_letter_changed_is_forged(place: int, letter: str) -> None:
    code = LINKS.code(message("甲"))
    changed = code[:place] + letter + code[place + 1 :]
    expected = LinkState.GOOD if changed == code else LinkState.FORGED
    assert LINKS.look(changed, NOON) is expected


@pytest.mark.parametrize(
    "code", ["", "x", "a" * 20, "z" * 20, "z" * 21, "../etc/passwd", "０" * 20]
)
def test_what_is_no_code_is_forged(code: str) -> None:
    assert LINKS.look(code, NOON) is LinkState.FORGED


def test_another_house_makes_other_codes() -> None:
    other = Links(b"q" * 32, LINKS.base, LINKS.life)
    assert other.look(LINKS.code(message("甲")), NOON) is LinkState.FORGED


# What forms ask ---------------------------------------------------------------------------------


def questions() -> list[tuple[str, str]]:
    texts = the_texts()
    asked = [key for key in texts.keys() if key.startswith("ask_")]  # noqa: SIM118
    return [(key, texts.say(key, "sms")) for key in asked]


@pytest.mark.parametrize(("key", "text"), questions())
def test_what_a_form_asks_fits_one_segment_with_its_signature(key: str, text: str) -> None:
    assert counted(SIGNATURE + text) == 1, key
